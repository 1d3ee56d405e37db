"""A person puts Dienste on paper and takes them back, one by one (design §2)."""

from datetime import timedelta
from pathlib import Path

import pytest

import stores
from papierbruecke.clock import SetClock
from papierbruecke.errors import InputRefused
from papierbruecke.outage.incident import dienste_in_papier
from papierbruecke.outage.model import Dienst
from papierbruecke.outage.switch_mode import SwitchMode
from papierbruecke.outbox.store import Outbox


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Outbox:
    clock = SetClock(stores.MORGENS)
    return stores.memory(clock) if request.param == "memory" else stores.file(tmp_path, clock)


def test_begin_and_end(store: Outbox) -> None:
    clock = SetClock(stores.MORGENS)
    switch = SwitchMode(store, clock)
    made = switch.begin([Dienst.KIM, Dienst.EREZEPT], "kein Tunnel", "sk", diagnose="D24")
    assert made.dienste == (Dienst.EREZEPT, Dienst.KIM)
    assert (made.grund, made.diagnose, made.beginn) == ("kein Tunnel", "D24", stores.MORGENS)
    assert set(dienste_in_papier(store.stoerungen())) == {Dienst.EREZEPT, Dienst.KIM}
    clock.advance(timedelta(hours=2))
    part = switch.end([Dienst.EREZEPT], "sk")
    assert part is not None
    assert (part.ende, part.wieder) == (None, ((Dienst.EREZEPT, clock.now()),))
    assert set(dienste_in_papier(store.stoerungen())) == {Dienst.KIM}
    whole = switch.end(None, "sk")
    assert whole is not None
    assert whole.ende == clock.now()
    assert dienste_in_papier(store.stoerungen()) == {}
    assert switch.end(None, "sk") is None


def test_a_growing_incident_stays_one(store: Outbox) -> None:
    switch = SwitchMode(store, SetClock(stores.MORGENS))
    first = switch.begin([Dienst.EREZEPT], None, "sk")
    assert switch.begin([Dienst.EREZEPT], "noch einmal", "sk") == first
    grown = switch.begin([Dienst.EREZEPT, Dienst.KIM], "jetzt auch KIM", "sk", diagnose="D24")
    assert grown.id == first.id
    assert grown.dienste == (Dienst.EREZEPT, Dienst.KIM)
    assert (grown.grund, grown.diagnose) == ("jetzt auch KIM", "D24")
    assert len(store.stoerungen(nur_offene=True)) == 1


def test_a_dienst_that_fails_again_is_a_new_incident(store: Outbox) -> None:
    switch = SwitchMode(store, SetClock(stores.MORGENS))
    switch.begin([Dienst.EREZEPT, Dienst.KIM], None, "sk")
    switch.end([Dienst.EREZEPT], "sk")
    again = switch.begin([Dienst.EREZEPT], None, "sk")
    open_ones = store.stoerungen(nur_offene=True)
    assert len(open_ones) == 2
    assert dienste_in_papier(open_ones)[Dienst.EREZEPT] == again
    assert switch.end(None, "sk") is not None
    assert store.stoerungen(nur_offene=True) == []


def test_no_dienst_is_refused_and_einzelfaelle_are_left_alone(store: Outbox) -> None:
    switch = SwitchMode(store, SetClock(stores.MORGENS))
    with pytest.raises(InputRefused):
        switch.begin([], None, "sk")
    store.einzelfaelle(stores.MORGENS.date(), stores.MORGENS, "sk")
    assert switch.end(None, "sk") is None
    assert switch.begin([Dienst.EPA], None, "sk").dienste == (Dienst.EPA,)
