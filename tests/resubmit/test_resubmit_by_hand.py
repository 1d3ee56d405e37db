"""Decisions of a person, each once, each with a name; and what goes by itself after the end of a Störung."""

import random
from datetime import timedelta
from pathlib import Path

import pytest

import stores
from papierbruecke.clock import SetClock
from papierbruecke.errors import InputRefused
from papierbruecke.outage.model import Dienst
from papierbruecke.outbox.model import Spalte, Zustand
from papierbruecke.outbox.store import Outbox
from papierbruecke.reconcile.ledger import build_abgleich
from papierbruecke.record.model import BelegArt
from papierbruecke.resubmit.after_end import STREUUNG, pause_after, releases_sending
from papierbruecke.resubmit.by_hand import EREZEPT_STAND, ByHand
from papierbruecke.settings import Einstellungen
from papierbruecke.wiring import Desk


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Outbox:
    clock = SetClock(stores.MORGENS)
    return stores.memory(clock) if request.param == "memory" else stores.file(tmp_path, clock)


def put(store: Outbox, art: BelegArt, *, printed: bool = True):  # type: ignore[no-untyped-def]
    of = store.stoerungen()[0] if store.stoerungen() else stores.stoerung(store)
    made = stores.beleg(store, art, of)
    store.put(made, {}, "sk")
    if printed:
        store.advance(made.kennung, Zustand.ERFASST, Zustand.GEDRUCKT, "sk")
    return made.kennung


def state(store: Outbox, kennung) -> Zustand:  # type: ignore[no-untyped-def]
    line = store.uebersicht(kennung)
    assert line is not None
    return line.zustand


def test_documented_twice_is_documented_once(store: Outbox) -> None:
    rezept = put(store, BelegArt.REZEPT)
    ByHand(store).document(rezept, "sk", "PVS 4711")
    events = len(store.events())
    ByHand(store).document(rezept, "sk", "PVS 4711")
    assert state(store, rezept) is Zustand.DOKUMENTIERT
    assert len(store.events()) == events
    assert store.events(rezept)[-1].detail == {"hinweis": "PVS 4711"}


def test_paper_that_nobody_confirmed_is_not_documented(store: Outbox) -> None:
    with pytest.raises(InputRefused):
        ByHand(store).document(put(store, BelegArt.REZEPT, printed=False), "sk", "zu früh")


def test_posting_is_ticked_off_once_and_never_for_a_prescription(store: Outbox) -> None:
    au = put(store, BelegArt.AU)
    ByHand(store).mark_posted(au, "sk")
    ByHand(store).mark_posted(au, "sk")
    assert state(store, au) is Zustand.PER_POST
    assert [e.zustand for e in store.events(au)][-2:] == [Zustand.POST_FAELLIG, Zustand.PER_POST]
    with pytest.raises(InputRefused):
        ByHand(store).mark_posted(put(store, BelegArt.REZEPT), "sk")


def test_a_person_says_that_an_au_stays_paper(store: Outbox) -> None:
    au = put(store, BelegArt.AU)
    assert [z.kennung for z in ByHand(store).ask_about_group()] == [au]
    with pytest.raises(InputRefused):
        ByHand(store).keep_on_paper(au, "sk", "keine Lust")
    ByHand(store).keep_on_paper(au, "sk", "personengruppe_07")
    ByHand(store).keep_on_paper(au, "sk", "personengruppe_07")
    assert state(store, au) is Zustand.NUR_PAPIER
    assert ByHand(store).ask_about_group() == ()
    with pytest.raises(InputRefused):
        ByHand(store).keep_on_paper(put(store, BelegArt.REZEPT), "sk", "pkv")


def test_void_needs_a_reason_and_ends_where_something_was_sent(store: Outbox) -> None:
    au = put(store, BelegArt.AU)
    with pytest.raises(InputRefused):
        ByHand(store).declare_void(au, "sk", "  ")
    ByHand(store).declare_void(au, "sk", "falscher Patient")
    ByHand(store).declare_void(au, "sk", "falscher Patient")
    assert state(store, au) is Zustand.STORNIERT
    rezept = put(store, BelegArt.REZEPT)
    ByHand(store).document(rezept, "sk", "PVS")
    with pytest.raises(InputRefused):
        ByHand(store).declare_void(rezept, "sk", "zu spät")


def test_the_copy_that_stayed_is_noted_once(store: Outbox) -> None:
    au = put(store, BelegArt.AU)
    ByHand(store).note_copy_stayed(au, "sk")
    ByHand(store).note_copy_stayed(au, "sk")
    assert [e.was for e in store.events(au)].count("kk.nicht_mitgegeben") == 1


@pytest.mark.parametrize("stand", sorted(EREZEPT_STAND))
def test_the_look_for_an_e_rezept_is_noted_and_never_makes_one(store: Outbox, stand: str) -> None:
    rezept = put(store, BelegArt.REZEPT)
    ByHand(store).check_off_erezept(rezept, "sk", stand)
    assert store.events(rezept)[-1].detail == {"stand": stand}
    assert state(store, rezept) is Zustand.GEDRUCKT
    with pytest.raises(InputRefused):
        ByHand(store).check_off_erezept(put(store, BelegArt.AU), "sk", stand)


def test_after_an_outage_of_many_each_practice_waits_its_own_while() -> None:
    local, shared = (
        stores.Stoerung(id=stores.uuid4(), beginn=stores.MORGENS, dienste=(), diagnose=d) for d in ("D38", "D24")
    )
    dice = random.Random(7)
    waits = [pause_after(shared, dice) for _ in range(1000)]
    assert pause_after(local, dice) == timedelta(0)
    assert min(waits) < STREUUNG / 20
    assert STREUUNG * 0.95 < max(waits) <= STREUUNG
    assert abs(sum(waits, timedelta()) / 1000 - STREUUNG / 2) < STREUUNG / 20


def test_only_the_return_of_kim_sets_the_queue_free() -> None:
    both = frozenset({Dienst.KIM, Dienst.EREZEPT})
    assert releases_sending(both, frozenset({Dienst.EREZEPT}))
    assert not releases_sending(both, frozenset({Dienst.KIM}))
    assert not releases_sending(frozenset(), frozenset())


def test_a_prescription_is_checked_by_two_people_if_the_practice_wants_it(store: Outbox) -> None:
    kennung = put(store, BelegArt.REZEPT)
    by_hand = ByHand(store, zu_zweit=True)
    by_hand.document(kennung, "sk", "PVS 17")
    (row,) = build_abgleich(store, SetClock(stores.MORGENS)).stoerungen[0].zeilen
    assert row.spalte is Spalte.OFFEN
    assert row.noch_zu_tun == "Eingetragen von sk; jetzt prüft eine zweite Person den Eintrag und hakt ab."
    with pytest.raises(InputRefused):
        by_hand.document(kennung, "sk", "PVS 17")
    by_hand.document(kennung, "mb", "geprüft")
    (row,) = build_abgleich(store, SetClock(stores.MORGENS), mit_nachweis=True).stoerungen[0].zeilen
    assert row.spalte is Spalte.ERLEDIGT
    assert [line.rpartition(" ")[2] for line in row.nachweis] == ["(sk)", "(mb)"]


def test_the_setting_of_the_practice_reaches_the_tick_of_the_desk(tmp_path: Path) -> None:
    """``rezept_zu_zweit`` from the settings to the Abgleich, through everything that lies between."""
    for wanted, spalte in ((True, Spalte.OFFEN), (False, Spalte.ERLEDIGT)):
        desk = Desk(tmp_path / str(wanted), passphrase="nur zum Testen")
        desk.save_settings(Einstellungen(rezept_zu_zweit=wanted))
        kennung = put(desk.store(), BelegArt.REZEPT)
        desk.document(kennung, "sk", "PVS 17")
        (row,) = desk.abgleich().stoerungen[0].zeilen
        assert row.spalte is spalte
        if wanted:
            with pytest.raises(InputRefused):
                desk.document(kennung, "sk", "PVS 17")
            desk.document(kennung, "mb", "geprüft")
            (row,) = desk.abgleich().stoerungen[0].zeilen
            assert row.spalte is Spalte.ERLEDIGT
        desk.close()


def test_two_people_are_for_prescriptions_only(store: Outbox) -> None:
    slip = put(store, BelegArt.ERSATZSCHEIN)
    ByHand(store, zu_zweit=True).document(slip, "sk", "PVS 18")
    assert state(store, slip) is Zustand.DOKUMENTIERT
