"""The commands of this room in a real data folder, without and with stored observations."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from lage_world import ALL_OK, CERT, OFFLINE, World
from papierbruecke.cli import main
from papierbruecke.outage.incident import Stoerung
from papierbruecke.outage.model import Dienst
from papierbruecke.wiring import Desk

SECRET = "nur zum Testen"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A desk that has watched an outage of half an hour and has nothing set up to ask."""
    monkeypatch.setenv("PAPIERBRUECKE_PASSPHRASE", SECRET)
    desk = Desk(tmp_path / "daten", passphrase=SECRET)
    samples, world, now = desk.samples(), World(), datetime.now(UTC)
    world.vpn, world.states, world.lagebild = False, OFFLINE, ALL_OK | {"ti_zugang": "aus", "sha256": "22" * 32}
    for ago in range(1800, 0, -20):
        moment = now - timedelta(seconds=ago)
        samples.add([m for probe in ("P0", "P3", "P4", "P7", "P13") for m in world.ask(probe, moment)])
    samples.add(world.ask("P6", now) + world.ask("P8", now) + world.ask("P9", now))
    stoerung = Stoerung(id=uuid4(), beginn=now - timedelta(minutes=25), dienste=(Dienst.KIM,), diagnose="D24")
    desk.store().begin_stoerung(stoerung, "test")
    desk.close()
    return tmp_path / "daten"


def run(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, Any]:
    code = main([*args, "--json"])
    out = capsys.readouterr().out
    return code, json.loads(out) if out else None


def test_zertifikate(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "liste.csv"
    code, found = run(capsys, "zertifikate", "--daten", str(folder), "--ohne-abruf", "-o", str(target))
    assert code == 0
    assert (found["schema"], found["version"]) == ("zertifikate", 1)
    assert {row["was"] for row in found["zertifikate"]} == {"TLS", "SMC-B", "HBA"}
    assert target.read_bytes().startswith(b"\xef\xbb\xbfWas;Wo;")
    pdf = tmp_path / "liste.pdf"
    assert run(capsys, "zertifikate", "--daten", str(folder), "--ohne-abruf", "-o", str(pdf))[0] == 0
    assert pdf.read_bytes().startswith(b"%PDF")


def test_stoerungsbericht(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pdf, text = tmp_path / "b.pdf", tmp_path / "b.json"
    code, found = run(capsys, "stoerungsbericht", "--daten", str(folder), "-o", str(pdf))
    assert code == 0
    assert (found["schema"], found["haupt"]["id"]) == ("stoerungsbericht", "D24")
    assert found["kette"] == []
    assert [row["sha256"] for row in found["zertifikate"]] == [CERT["sha256"]]
    assert pdf.read_bytes().startswith(b"%PDF")
    assert run(capsys, "stoerungsbericht", "--daten", str(folder), "-o", str(text))[0] == 0
    assert json.loads(text.read_bytes())["kopf_hash"] == found["kopf_hash"]
    code, refused = run(capsys, "stoerungsbericht", "--daten", str(folder), "--stoerung", "zzz")
    assert (code, refused["fehler"][0]["feld"]) == (2, "--stoerung")


def test_verlauf(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "verlauf.csv"
    code, found = run(capsys, "verlauf", "--daten", str(folder), "--zeitraum", "woche", "-o", str(target))
    assert (code, found["schema"]) == (1, "verlauf")
    tracks = {spur["name"]: spur for spur in found["spuren"]}
    assert tracks["Internet"]["anteil"] == 1.0
    assert tracks["TI-Zugang"]["anteil"] == 0.0
    rows = [row.split(";") for row in target.read_text(encoding="utf-8-sig").splitlines()]
    assert {len(row) for row in rows} == {6}
    (total,) = [row for row in rows if row[0] == "TI-Zugang" and row[3] == "Summe der Störungen"]
    pieces = [row for row in rows if row[0] == "TI-Zugang" and row[3] == "gestört"]
    assert total[5] == "0,00"
    assert int(total[4]) == sum(int(row[4]) for row in pieces) >= 30
    assert run(capsys, "verlauf", "--daten", str(folder), "--zeitraum", "jahr")[0] == 1
    target = tmp_path / "verlauf.json"
    code, found = run(capsys, "verlauf", "--daten", str(folder), "--zeitraum", "woche", "-o", str(target))
    assert code == 1
    assert json.loads(target.read_bytes()) == found


def test_netzseite(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = run(capsys, "netzseite", "--daten", str(folder))
    assert code == 0
    assert any("100.102.0.0/15" in line for line in found["zeilen"])
    assert any("TI-Lagebild" in line for line in found["zeilen"])


def test_nothing_is_made_where_nothing_was_set_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "leer"
    for command, wanted in (("zertifikate", 3), ("netzseite", 3), ("stoerungsbericht", 2)):
        code, answer = run(capsys, command, "--daten", str(empty))
        assert code == wanted
        assert answer["fehler"][0]["text"]
    assert not empty.exists()


def test_schemas_are_published(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("lage", "zertifikate", "stoerungsbericht"):
        assert main(["schema", name]) == 0
        assert json.loads(capsys.readouterr().out)["type"] == "object"


def told(folder: Path) -> list[tuple[str, str | None]]:
    desk = Desk(folder, passphrase=SECRET)
    words = [m for m in desk.samples().since(datetime.now(UTC) - timedelta(days=1)) if m.probe == "P15"]
    desk.close()
    return [(m.ziel, m.schluessel) for m in words]


def test_melden_takes_what_real_work_showed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for args in (
        ("nachweis", "3"),
        ("nachweis", "3", "--fehler", "12101", "--ik", "109519005"),
        ("nachweis", "2"),
        ("erezept", "fehler"),
        ("epa", "ok"),
        ("neustart",),
    ):
        assert run(capsys, "melden", *args, "--daten", str(folder))[0] == 0
    assert told(folder) == [
        ("vsdm", "pn.3"),
        ("vsdm", "pn.fachdienst"),
        ("vsdm", None),
        ("erezept", "erezept.fachdienst"),
        ("epa", None),
        ("konnektor", "kon.neustart"),
    ]


@pytest.mark.parametrize(
    "args",
    [("nachweis",), ("nachweis", "7"), ("erezept", "vielleicht"), ("nachweis", "3", "--ik", "12"), ("epa",)],
)
def test_melden_refuses_what_means_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], args: tuple[str, ...]
) -> None:
    assert run(capsys, "melden", *args, "--daten", str(folder))[0] == 2
    assert told(folder) == []
