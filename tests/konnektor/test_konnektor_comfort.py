"""Komfortsignatur on and off, and a stopped signature, over SOAP at the simulated Konnektor."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from papierbruecke.clock import SystemClock
from papierbruecke.drill.model import KonnektorZustand, Stoerfall
from papierbruecke.drill.simulator import Simulator
from papierbruecke.errors import EnvironmentFailure
from papierbruecke.konnektor.client import SoapKonnektor
from papierbruecke.konnektor.model import KonnektorFehler
from papierbruecke.konnektor.switch_comfort import SwitchComfort


@pytest.fixture
def konnektor(simulator: Simulator) -> Iterator[SoapKonnektor]:
    made = SoapKonnektor(simulator.settings().konnektor, SystemClock())
    yield made
    made.close()


def play(simulator: Simulator, **state: Any) -> None:
    simulator.konnektor.services.zustand = KonnektorZustand.model_validate(state)


def switch(konnektor: SoapKonnektor, user_id: str | None = None) -> SwitchComfort:
    return SwitchComfort(konnektor, user_id)


def test_the_doctor_switches_it_on_signs_without_a_pin_and_switches_it_off(
    simulator: Simulator, konnektor: SoapKonnektor
) -> None:
    play(simulator, komfort="pin", komfort_rest=20)
    told: list[str] = []
    assert not switch(konnektor).state().aktiv
    state, user = switch(konnektor).on(told.append)
    assert (state.aktiv, state.rest) == (True, 20)
    assert ["KT Empfang" in each for each in told] == [True]
    assert switch(konnektor, user).on(told.append) == (state, user), "it is on: nobody is asked again"
    assert len(told) == 1
    hba = next(card.handle for card in konnektor.karten() if card.typ == "HBA")
    assert konnektor.sign({"a": b"<a/>"}, hba, user)[0].p7s
    assert switch(konnektor, user).state().rest == 19
    assert not switch(konnektor, user).off().aktiv
    assert not switch(konnektor, user).off().aktiv, "off already: the Konnektor is not asked for it"
    asked = [each.name for each in simulator.konnektor.anfragen if each.name.startswith("Deactivate")]
    assert len(asked) == 1


def test_every_time_it_is_switched_on_there_is_a_new_user(simulator: Simulator, konnektor: SoapKonnektor) -> None:
    play(simulator, komfort="pin")
    users = []
    for _ in range(2):
        _, user = switch(konnektor).on(lambda _: None)
        users.append(user)
        switch(konnektor, user).off()
    assert len(set(users)) == 2


def test_another_user_does_not_get_the_silence(simulator: Simulator, konnektor: SoapKonnektor) -> None:
    play(simulator, komfort="pin")
    switch(konnektor).on(lambda _: None)
    assert not switch(konnektor, simulator.settings().konnektor.user_id).state().aktiv


@pytest.mark.parametrize(
    ("state", "code"),
    [({"komfort": "aus"}, "komfort.nicht_erlaubt"), ({"komfort": "pin", "hba": {"gesteckt": False}}, "komfort.karte")],
)
def test_what_is_missing_is_said_before_anybody_types_a_pin(
    simulator: Simulator, konnektor: SoapKonnektor, state: dict[str, Any], code: str
) -> None:
    play(simulator, **state)
    told: list[str] = []
    with pytest.raises(EnvironmentFailure) as failed:
        switch(konnektor).on(told.append)
    assert (failed.value.code, told) == (code, [])
    assert not switch(konnektor).off().aktiv


@pytest.mark.parametrize(("fault", "words"), [(4043, "nicht rechtzeitig"), (4049, "abgebrochen")])
def test_a_pin_that_never_came_leaves_it_off(
    simulator: Simulator, konnektor: SoapKonnektor, fault: int, words: str
) -> None:
    play(simulator, komfort="pin")
    simulator.disturb(Stoerfall(stelle="ActivateComfortSignature", art="ablehnen", code=fault, anzahl=1))
    with pytest.raises(KonnektorFehler) as failed:
        switch(konnektor).on(lambda _: None)
    assert words in failed.value.text
    assert not switch(konnektor).state().aktiv


def test_a_running_signature_is_stopped_over_a_second_line(simulator: Simulator, konnektor: SoapKonnektor) -> None:
    simulator.disturb(Stoerfall(stelle="SignRequest", art="langsam", jede=2, dauer_s=60, anzahl=1))
    hba = next(card.handle for card in konnektor.karten() if card.typ == "HBA")
    jobs: list[str] = []
    begun = threading.Event()

    def note(job: str) -> None:
        jobs.append(job)
        begun.set()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(konnektor.sign, {key: b"<a/>" for key in "abc"}, hba, "drtestfall", note)
        assert begun.wait(20)
        while not stopped(konnektor, jobs[0]):
            assert not running.done()
        answers = running.result()
    assert [each.fehler for each in answers][1:] == [4049, 4049]
    with pytest.raises(KonnektorFehler):
        konnektor.signatur_stoppen(jobs[0])


def stopped(konnektor: SoapKonnektor, job: str) -> bool:
    """Whether the Konnektor knew the job by now."""
    try:
        konnektor.signatur_stoppen(job)
    except KonnektorFehler:
        return False
    return True
