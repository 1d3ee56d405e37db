"""The doctor switches the Komfortsignatur on and off from the command line, and Ctrl+C ends a run cleanly."""

import _thread
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

import inputs
import processes
import stores
from papierbruecke.cli import main
from papierbruecke.commands.afterwards import until_interrupted
from papierbruecke.drill.model import KonnektorZustand, Stoerfall
from papierbruecke.drill.simulator import Simulator
from papierbruecke.errors import EnvironmentFailure
from papierbruecke.outbox.model import Zustand
from papierbruecke.record.model import BelegArt
from papierbruecke.record.read_input import read_au
from papierbruecke.wiring import Desk

SECRET = "nur zum Testen"


@pytest.fixture
def desk(simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A practice whose Konnektor allows the Komfortsignatur."""
    monkeypatch.setenv("PAPIERBRUECKE_PASSPHRASE", SECRET)
    desk = Desk(tmp_path / "daten", passphrase=SECRET)
    desk.save_settings(simulator.settings())
    simulator.konnektor.services.zustand = KonnektorZustand(komfort="pin")
    yield desk
    desk.close()


def au(desk: Desk) -> UUID:
    known = desk.store().stoerungen(nur_offene=True)
    made = stores.beleg(desk.store(), BelegArt.AU, known[0] if known else stores.stoerung(desk.store()))
    made = made.model_copy(update={"inhalt": read_au(inputs.as_bytes(inputs.au()))})
    desk.store().put(made, {"kk": b"%PDF"}, "sk")
    desk.store().advance(made.kennung, Zustand.ERFASST, Zustand.GEDRUCKT, "sk")
    return made.kennung


def komfort(desk: Desk, *wish: str, code: int = 0) -> dict[str, object]:
    return processes.answer_here("--daten", desk.daten, "komfortsignatur", *wish, code=code)


def fresh(desk: Desk) -> Desk:
    """The desk as the next process sees it."""
    desk.close()
    return Desk(desk.daten, passphrase=SECRET)


def test_on_sends_by_itself_off_waits_for_the_doctor(simulator: Simulator, desk: Desk) -> None:
    assert komfort(desk, code=1)["aktiv"] is False
    assert komfort(desk, "ein") == {
        "schema": "komfortsignatur",
        "version": 1,
        "moeglich": True,
        "aktiv": True,
        "rest": 250,
        "rest_s": 5 * 3600 + 30 * 60,
    }
    assert komfort(desk)["aktiv"] is True
    desk = fresh(desk)
    assert desk.settings.konnektor.komfortsignatur
    kennung = au(desk)
    assert desk.drain("sk", automatisch=True).finished, "nobody had to type a PIN"
    assert desk.store().uebersicht(kennung).zustand is Zustand.ZUGESTELLT  # type: ignore[union-attr]
    assert komfort(desk)["rest"] == 249
    assert komfort(desk, "aus")["aktiv"] is False
    desk = fresh(desk)
    assert not desk.settings.konnektor.komfortsignatur
    waiting = au(desk)
    desk.drain("sk", automatisch=True)
    assert desk.store().uebersicht(waiting).zustand is Zustand.GEDRUCKT  # type: ignore[union-attr]
    assert komfort(desk, "aus")["aktiv"] is False, "off twice is off"
    desk.close()


def test_who_switched_it_when_is_in_the_history(desk: Desk) -> None:
    desk.switch_comfort(True, "Dr. Probe", lambda _: None)
    desk.switch_comfort(False, "Dr. Probe", lambda _: None)
    noted = [(e.wer, e.detail) for e in desk.store().events() if e.was == "komfortsignatur"]
    assert noted == [("Dr. Probe", {"stand": "ein"}), ("Dr. Probe", {"stand": "aus"})]


def test_the_terminal_is_announced_and_a_refused_pin_changes_nothing(
    simulator: Simulator, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    simulator.disturb(Stoerfall(stelle="ActivateComfortSignature", art="ablehnen", code=4049, anzahl=1))
    assert main(["--daten", str(desk.daten), "komfortsignatur", "ein"]) == 3
    said = capsys.readouterr().err
    assert said.index("KT Empfang") < said.index("abgebrochen")
    assert not fresh(desk).settings.konnektor.komfortsignatur


def test_off_is_off_even_while_the_konnektor_does_not_answer(simulator: Simulator, desk: Desk) -> None:
    desk.switch_comfort(True, "sk", lambda _: None)
    simulator.scenario("konnektor-aus")
    simulator.konnektor.listener.cut()
    with pytest.raises(EnvironmentFailure):
        desk.switch_comfort(False, "sk", lambda _: None)
    assert not desk.settings.konnektor.komfortsignatur


def test_without_a_set_up_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPIERBRUECKE_PASSPHRASE", SECRET)
    assert main(["--daten", str(tmp_path / "leer"), "komfortsignatur", "ein"]) == 3
    assert main(["--daten", str(tmp_path / "leer"), "komfortsignatur", "vielleicht"]) == 2


@pytest.fixture
def hears_ctrl_c() -> Iterator[None]:
    """A program that was started in the background hears no Ctrl+C; these tests do, wherever they run."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("hears_ctrl_c")
def test_ctrl_c_sets_the_event_and_the_work_ends_by_itself() -> None:
    def work(cancel: threading.Event) -> str:
        _thread.interrupt_main()
        return "abgebrochen" if cancel.wait(20) else "nie gehört"

    assert until_interrupted(work) == "abgebrochen"


def test_what_the_work_raises_is_not_mistaken_for_waiting() -> None:
    def work(cancel: threading.Event) -> None:
        raise TimeoutError("of its own")

    with pytest.raises(TimeoutError, match="of its own"):
        until_interrupted(work)


@pytest.mark.usefixtures("hears_ctrl_c")
def test_ctrl_c_at_the_terminal_stops_the_konnektor_and_keeps_the_rest(
    simulator: Simulator, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [au(desk) for _ in range(3)]
    simulator.disturb(Stoerfall(stelle="SignRequest", art="langsam", dauer_s=60, anzahl=1))
    monkeypatch.setattr("papierbruecke.commands.afterwards.say", lambda text: _thread.interrupt_main())
    answer = processes.answer_here("--daten", desk.daten, "nachversand", code=130)
    assert answer["abgebrochen"] is True
    assert [a.name for a in simulator.konnektor.anfragen].count("StopSignature") >= 1
    assert {desk.store().uebersicht(k).zustand for k in made} == {Zustand.GEDRUCKT}  # type: ignore[union-attr]
