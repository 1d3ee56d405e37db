"""Everything that can be wrong around the program: a sentence, exit code 3, nothing lost, nothing half-made."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import inputs
import processes
from papierbruecke.wiring import Desk


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[processes.SimulatorProcess]:
    with processes.SimulatorProcess(tmp_path_factory.mktemp("ti") / "daten") as started:
        yield started


@pytest.fixture
def desk(simulator: processes.SimulatorProcess, tmp_path: Path) -> Path:
    """A set-up desk of its own with one printed AU."""
    folder = tmp_path / "platz"
    folder.mkdir()
    for name in ("schluessel.json", "simulator.json", "simulator.schluessel", "einstellungen.db"):
        (folder / name).write_bytes((simulator.daten / name).read_bytes())
    document = inputs.au() | {"datum": processes.today()}
    document["au"] |= dict.fromkeys(("seit", "bis", "festgestellt"), processes.today())
    (tmp_path / "au.json").write_bytes(inputs.as_bytes(document))
    made = processes.answer_here("--daten", folder, "au", tmp_path / "au.json", "-o", tmp_path / "au.pdf", "--ablegen")
    processes.answer_here("--daten", folder, "beleg", made["belegnummern"][0], "--gedruckt", code=1)
    return folder


def change(folder: Path, part: str, **values: Any) -> None:
    opened = Desk(folder)
    settings = opened.settings
    opened.save_settings(settings.model_copy(update={part: getattr(settings, part).model_copy(update=values)}))
    opened.close()


def only_beleg(folder: Path) -> dict[str, Any]:
    (line,) = processes.answer_here("--daten", folder, "belege", code=1)["belege"]
    return line


def failure(*arguments: str | Path) -> dict[str, Any]:
    document = processes.answer_here(*arguments, code=3)
    (entry,) = document["fehler"]
    assert entry["text"].endswith((".", "!", "?"))
    return entry


def test_a_wrong_key_touches_nothing(desk: Path, tmp_path: Path) -> None:
    (desk / "simulator.json").unlink()  # an ordinary folder from now on
    before = {path.name: path.read_bytes() for path in desk.iterdir()}
    (tmp_path / "schluessel.txt").write_text("falsch", encoding="utf-8")
    found = failure("--daten", desk, "--schluessel-datei", tmp_path / "schluessel.txt", "belege")
    assert found["code"] == "speicher.schluessel"
    assert {path.name: path.read_bytes() for path in desk.iterdir()} == before


def test_a_half_written_folder_is_named_and_left_alone(desk: Path) -> None:
    whole = (desk / "belege.db").read_bytes()
    (desk / "belege.db").write_bytes(whole[: len(whole) // 2])
    for leftover in desk.glob("belege.db-*"):
        leftover.unlink()
    assert failure("--daten", desk, "belege")["code"] in {"speicher.beschaedigt", "speicher.schluessel"}
    (desk / "belege.db").write_bytes(whole)
    assert only_beleg(desk)["zustand"] == "gedruckt"


def test_a_lost_key_file_never_becomes_a_new_key(desk: Path) -> None:
    kept = (desk / "schluessel.json").read_bytes()
    (desk / "schluessel.json").unlink()
    assert failure("--daten", desk, "belege")["code"] == "speicher.beschaedigt"
    assert not (desk / "schluessel.json").exists()
    (desk / "schluessel.json").write_bytes(kept)
    assert only_beleg(desk)["zustand"] == "gedruckt"


def test_a_changed_konnektor_certificate_is_said_and_nothing_is_signed(desk: Path) -> None:
    change(desk, "konnektor", fingerabdruck="0" * 64)
    lage = processes.answer_here("--daten", desk, "lage", code=1)
    probe = next(p for p in lage["proben"] if p["id"] == "P5")
    assert probe["ergebnis"] == "fehler"
    assert lage["diagnose"] is not None
    assert "ausgefallen" not in lage["diagnose"]["satz"]
    tried = processes.answer_here("--daten", desk, "nachversand", code=1)
    assert tried["offen"] == 1
    assert only_beleg(desk)["zustand"] == "gedruckt"


def test_a_refused_kim_login_leaves_the_signed_note_waiting(desk: Path, simulator: processes.SimulatorProcess) -> None:
    change(desk, "kim", passwort="falsch")
    tried = processes.answer_here("--daten", desk, "nachversand", code=1)
    assert tried["offen"] == 1
    line = only_beleg(desk)
    assert line["zustand"] in {"gedruckt", "signiert"}
    arrived = {entry["dokumenten_id"].removeprefix("urn:uuid:") for entry in simulator.krankenkasse()}
    assert line["kennung"] not in arrived


@pytest.mark.usefixtures("qapp")  # one Qt application for the whole run, whoever asks first
def test_a_printer_that_is_not_there_leaves_the_beleg_stored(desk: Path) -> None:
    change(desk, "druck", au_drucker="Gibt-es-nicht")
    line = only_beleg(desk)
    opened = Desk(desk)
    try:
        with pytest.raises(Exception, match="drucker") as caught:
            opened.print_beleg(opened.store().find()[0].kennung, "test", grund="verloren", freigabe="ds")
    finally:
        opened.close()
    assert getattr(caught.value, "belegnummer", None) == line["belegnummer"]
    assert only_beleg(desk)["zustand"] == "gedruckt"


@pytest.mark.parametrize(
    ("content", "feld"),
    [(b"{", ""), (b"\xff", ""), (b"[]", ""), (b'{"rezept": 1}', "versicherter"), (b"", "")],
)
def test_broken_input_is_exit_2_with_a_field_and_leaves_no_file(tmp_path: Path, content: bytes, feld: str) -> None:
    (tmp_path / "r.json").write_bytes(content)
    refused = processes.answer_here("rezept", tmp_path / "r.json", "-o", tmp_path / "r.pdf", code=2)
    assert feld in {entry["feld"] for entry in refused["fehler"]}
    assert all(entry["regel"] and entry["text"] for entry in refused["fehler"])
    assert not (tmp_path / "r.pdf").exists()
