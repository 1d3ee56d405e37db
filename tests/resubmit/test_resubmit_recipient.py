"""The Nachversand asks the directory of the TI for the Krankenkasse, through the whole desk and real sockets."""

import json
from pathlib import Path
from typing import Any

import pytest

import inputs
import stores
from counterparts.simulator import simulator as simulator
from papierbruecke.cli import main
from papierbruecke.drill.model import Stoerfall
from papierbruecke.drill.simulator import Simulator
from papierbruecke.outbox.model import Zustand
from papierbruecke.record.model import BelegArt
from papierbruecke.record.read_input import read_au
from papierbruecke.resubmit.texts import EMPFAENGER_FEHLT, EMPFAENGER_MEHRERE, VERZEICHNIS_GESTOERT
from papierbruecke.wiring import Desk

SECRET = "nur zum Testen"
IK = "101234561"


@pytest.fixture
def desk(simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A desk that knows no address of any Krankenkasse."""
    monkeypatch.setenv("PAPIERBRUECKE_PASSPHRASE", SECRET)
    desk = Desk(tmp_path / "daten", passphrase=SECRET)
    desk.save_settings(simulator.settings())
    yield desk
    desk.close()


def au(desk: Desk) -> Any:
    """A printed sick note in the store of this desk."""
    known = desk.store().stoerungen(nur_offene=True)
    stoerung = known[0] if known else stores.stoerung(desk.store())
    made = stores.beleg(desk.store(), BelegArt.AU, stoerung)
    made = made.model_copy(update={"inhalt": read_au(inputs.as_bytes(inputs.au()))})
    desk.store().put(made, {"kk": b"%PDF"}, "sk")
    desk.store().advance(made.kennung, Zustand.ERFASST, Zustand.GEDRUCKT, "sk")
    return made


def test_the_directory_finds_the_kasse_and_is_asked_once_a_day(desk: Desk, simulator: Simulator) -> None:
    made = [au(desk).kennung for _ in range(3)]
    assert desk.drain_and_wait("sk", warten_s=20).finished
    assert simulator.vzd.anfragen == [IK]
    assert simulator.vzd.objections == []
    address = f"eau@kasse-{IK}.kim.telematik-test"
    assert {desk.store().versuche(kennung)[0].empfaenger for kennung in made} == {address}
    au(desk)
    assert desk.drain_and_wait("sk", warten_s=20).finished
    assert simulator.vzd.anfragen == [IK]
    assert desk.settings.kim.kassenadressen == {}  # what a machine said is no confirmation


@pytest.mark.parametrize(
    ("entries", "satz", "grund"),
    [
        ([], EMPFAENGER_FEHLT, "keiner"),
        ([("Ohne Adresse", ())], EMPFAENGER_FEHLT, "keiner"),
        ([("Zwei", ("a@kasse.kim.telematik-test", "b@kasse.kim.telematik-test"))], EMPFAENGER_MEHRERE, "mehrere"),
        ([(f"Viele {n}", (f"v{n}@kasse.kim.telematik-test",)) for n in range(30)], EMPFAENGER_MEHRERE, "mehrere"),
    ],
)
def test_none_or_several_take_the_paper_way_until_a_person_confirms(
    desk: Desk, simulator: Simulator, entries: Any, satz: str, grund: str
) -> None:
    made = au(desk)
    simulator.vzd.eintraege[IK] = entries
    for _ in range(2):
        result = desk.drain("sk")
        assert [(z.zustand, z.satz) for z in result.zeilen if z.zustand is Zustand.SIGNIERT][-1:] == [
            (Zustand.SIGNIERT, satz)
        ]
    told = [e.detail for e in desk.store().events(made.kennung) if e.was == "empfaenger.fehlt"]
    assert told == [{"grund": grund}]
    desk.confirm_address(IK, f"eau@kasse-{IK}.kim.telematik-test", "sk")
    assert desk.drain_and_wait("sk", warten_s=20).finished


def test_a_directory_in_trouble_leaves_the_note_for_the_next_run(desk: Desk, simulator: Simulator) -> None:
    made = au(desk)
    simulator.disturb(Stoerfall(stelle="vzd", art="ablehnen", code=52, anzahl=1))
    result = desk.drain("sk")
    satz = result.zeilen[-1].satz
    assert satz.startswith(VERZEICHNIS_GESTOERT.partition("{")[0])
    assert not [e for e in desk.store().events(made.kennung) if e.was == "empfaenger.fehlt"]
    assert desk.drain_and_wait("sk", warten_s=20).finished


def command(capsys: pytest.CaptureFixture[str], desk: Desk, *args: str) -> tuple[int, Any]:
    code = main(["kassenadresse", *args, "--daten", str(desk.daten), "--json"])
    out = capsys.readouterr().out
    return code, json.loads(out) if out else None


def test_the_command_asks_confirms_and_forgets(
    desk: Desk, simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    address = f"eau@kasse-{IK}.kim.telematik-test"
    code, found = command(capsys, desk, IK)
    assert (code, found["adresse"], found["quelle"]) == (0, address, "verzeichnis")
    assert command(capsys, desk, IK)[1]["quelle"] == "gemerkt"
    code, found = command(capsys, desk, IK, "--bestaetigen", "falsch@beispiel.de")
    assert (code, found["fehler"][0]["feld"]) == (2, "kim_adresse")
    code, found = command(capsys, desk, IK, "--bestaetigen", "hand@kasse.kim.telematik-test")
    assert (code, found["quelle"], found["adresse"]) == (0, "hand", "hand@kasse.kim.telematik-test")
    assert command(capsys, desk, IK, "--vergessen")[1]["quelle"] == "gemerkt"
    simulator.vzd.eintraege[IK] = []
    code, found = command(capsys, desk, IK, "--erfragen")
    assert (code, found["adresse"], found["grund"]) == (1, None, "keiner")
    code, found = command(capsys, desk)
    assert (code, [(e["ik"], e["quelle"]) for e in found["adressen"]]) == (0, [(IK, "gemerkt")])
    assert command(capsys, desk, "12345")[1]["fehler"][0]["feld"] == "ik"
