"""The PLZ-Stammdatei (SDPLZ 1.06): whole or not at all, and what P2-460 says of a code that is not in it."""

import io
import json
import os
import random
import threading
from pathlib import Path
from typing import Any

import pytest

import inputs
from papierbruecke.card.model import Anschrift, Postfach, Versicherter
from papierbruecke.cli import main
from papierbruecke.errors import Cancelled, InputRefused
from papierbruecke.practice.check_plz import CheckPlz
from papierbruecke.practice.import_file import PROGRESS_EVERY
from papierbruecke.practice.sdplz import read_sdplz
from papierbruecke.practice.sqlcipher_stammdaten import open_stammdaten
from papierbruecke.record.read_input import read_ersatzschein, read_rezept
from papierbruecke.vault.key import Key
from papierbruecke.wiring import Desk
from sdplz_file import END, HEADER, line, record, sdplz

NUMBER = 100_000 if os.environ.get("PAPIERBRUECKE_LANG") == "1" else 2_000
KEY = Key(bytes(32))


def read(data: bytes) -> list[str]:
    return list(read_sdplz(io.BytesIO(data)))


def refused(data: bytes) -> str:
    with pytest.raises(InputRefused) as caught:
        read(data)
    (objection,) = caught.value.einwaende
    assert (objection.feld, objection.regel) == ("datei", "SDPLZ 1.06")
    return objection.text


def test_every_postal_code_is_read_with_one_area_or_several() -> None:
    data = HEADER + record("50171", ("38", "27")) + record("01067") + record("99999", ("93", "89"), ("98", "94")) + END
    assert read(data) == ["50171", "01067", "99999"]


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "keine PLZ-Stammdatei"),
        (b"PLZ;Ort\r\n12345;Musterstadt\r\n", "Zeile 1"),
        (HEADER, "unvollständig"),
        (HEADER + END, "keine Postleitzahl"),
        (HEADER + record("50171"), "unvollständig"),
        (sdplz("50171").replace(b"50171", b"5017X"), "fünf Ziffern"),
        (sdplz("50171").replace(b"0140150", b"0150150"), "Länge von Zeile 7"),
        (sdplz("50171").replace(b"\r\n", b"\n"), "Zeile 1"),
        (sdplz("50171") + b"mehr", "Nach dem Ende"),
        (sdplz("50171").replace(b"2150", b"6301"), "Satzart"),
        (line("9106", "3") + sdplz("50171"), "beginnt nicht mit der Satzart"),
        (record("50171") + END, "keine PLZ-Stammdatei"),
        (sdplz("50171").replace(b"PLZ1016.01", b"KTS1016.01"), "keine PLZ-Stammdatei"),
        (sdplz("50171").replace(b"22002", b"92002"), "Quartal"),
        (b"\x00" * 5_000, "Zeile 1"),
        (b"9" * 5_000_000, "Zeile 1"),
    ],
)
def test_anything_else_is_refused_with_the_next_step(data: bytes, word: str) -> None:
    assert word in refused(data)


def test_mutated_files_are_read_or_refused_and_nothing_else() -> None:
    seed = 20261125
    chance = random.Random(seed)
    good = sdplz("50171", "01067", "12345")
    for number in range(NUMBER):
        data = bytearray(good)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(data))
            match chance.randrange(3):
                case 0:
                    data[at] = chance.randrange(256)
                case 1:
                    del data[at : at + chance.randint(1, 40)]
                case _:
                    data[at:at] = data[: chance.randint(1, 40)]
            if not data:
                break
        try:
            codes = read(bytes(data))
        except InputRefused:
            continue
        assert all(len(code) == 5 and code.isdigit() for code in codes), (seed, number)


@pytest.fixture
def check(tmp_path: Path) -> Any:
    store = open_stammdaten(tmp_path, KEY)
    yield CheckPlz(store)
    store.close()


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def person(plz: str | None, land: str | None = "D", box: str | None = None) -> Versicherter:
    return Versicherter(
        vorname="Erika",
        nachname="Testfall",
        anschrift=Anschrift(plz=plz, ort="Musterhausen", land=land) if plz else None,
        postfach=Postfach(postfach="12", plz=box) if box else None,
    )


def test_without_the_file_nothing_is_said(check: CheckPlz) -> None:
    assert check.remarks(person("00000")) == ()


def test_p2_460_a_code_that_does_not_exist_is_a_remark(check: CheckPlz, tmp_path: Path) -> None:
    assert check.import_sdplz(write(tmp_path / "PLZ74_1.202", sdplz("50171", "01067", "50171"))) == 2
    assert check.remarks(person("50171", box="01067")) == ()
    (remark,) = check.remarks(person("50172"))
    assert remark.code == "plz.unbekannt"
    assert "50172" in remark.text
    assert len(check.remarks(person("50172", box="99999"))) == 2
    assert len(check.remarks(person("50172", box="50172"))) == 1, "the same thing is said once"
    assert check.remarks(person("1010", land="A")) == (), "abroad the real code stays (P2-460, case b 3b)"
    assert check.remarks(person(None)) == ()


def test_a_broken_file_or_a_stopped_import_leaves_the_old_one(check: CheckPlz, tmp_path: Path) -> None:
    check.import_sdplz(write(tmp_path / "alt", sdplz("50171")))
    many = sdplz(*(f"{n:05d}" for n in range(10_000, 13_000)))
    with pytest.raises(InputRefused):
        check.import_sdplz(write(tmp_path / "neu", many[:-20]))
    stop = threading.Event()
    seen: list[int] = []

    def progress(number: int) -> None:
        seen.append(number)
        stop.set()

    with pytest.raises(Cancelled):
        check.import_sdplz(write(tmp_path / "neu", many), progress, stop)
    assert seen == [PROGRESS_EVERY]
    with pytest.raises(InputRefused):
        check.import_sdplz(tmp_path / "fehlt")
    assert check.remarks(person("50171")) == ()
    assert check.import_sdplz(write(tmp_path / "neu", many)) == 3_000
    assert check.remarks(person("50171")) != (), "the new file takes the place of the old one"


def test_the_command_takes_it_in_and_the_forms_say_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPIERBRUECKE_PASSPHRASE", "nur zum Testen")
    desk = ["--daten", str(tmp_path / "daten"), "--json"]
    assert main([*desk, "listen", "plz", str(write(tmp_path / "x", b"PLZ"))]) == 2
    assert json.loads(capsys.readouterr().out)["fehler"][0]["regel"] == "SDPLZ 1.06"
    assert main([*desk, "listen", "plz", str(write(tmp_path / "PLZ74_1.202", sdplz("50171")))]) == 0
    assert json.loads(capsys.readouterr().out)["eintraege"] == 1
    slip = write(tmp_path / "ein.json", inputs.as_bytes(inputs.ersatzschein()))
    assert main([*desk, "ersatzschein", str(slip), "-o", str(tmp_path / "a.pdf")]) == 0, "a remark, no refusal"
    said = json.loads(capsys.readouterr().out)["warnungen"]
    assert "plz.unbekannt" in [each["code"] for each in said]


def test_only_what_was_typed_is_checked(tmp_path: Path) -> None:
    desk = Desk(tmp_path, passphrase="nur zum Testen")
    desk.check_plz().import_sdplz(write(tmp_path / "PLZ74_1.202", sdplz("50171")))
    document = inputs.rezept()
    found = {}
    for herkunft in ("karte", "hand"):
        eingabe = read_rezept(inputs.as_bytes(document | {"herkunft": herkunft}))
        found[herkunft] = [w.code for w in desk.check_rezept(eingabe).warnungen if w.code == "plz.unbekannt"]
    assert found == {"karte": [], "hand": ["plz.unbekannt"]}
    slip = read_ersatzschein(inputs.as_bytes(inputs.ersatzschein()))
    assert "plz.unbekannt" in [w.code for w in desk.check_personalien(slip).warnungen]
    desk.close()
