"""The Abgleich: every Beleg once, counts that add up, a sentence for whatever is left."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pdfplumber
import pytest

import stores
from papierbruecke.clock import SetClock
from papierbruecke.outage.incident import Stoerung
from papierbruecke.outbox.model import NUR_NACH_VERSUCH, SPALTE, UEBERGAENGE, Spalte, Zustand
from papierbruecke.outbox.store import Outbox
from papierbruecke.reconcile.ledger import build_abgleich
from papierbruecke.reconcile.report_abgleich import render_abgleich
from papierbruecke.record.model import BelegArt
from papierbruecke.resubmit.texts import NOCH_ZU_TUN, ZUSTAND_SATZ
from papierbruecke.settings import Einstellungen


@pytest.fixture
def clock() -> SetClock:
    return SetClock(stores.MORGENS)


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, clock: SetClock, tmp_path: Path) -> Iterator[Outbox]:
    opened: Outbox = stores.memory(clock) if request.param == "memory" else stores.file(tmp_path, clock)
    yield opened
    opened.close()


NEEDS = dict.fromkeys(NUR_NACH_VERSUCH, Zustand.IN_UEBERTRAGUNG) | {Zustand.IN_UEBERTRAGUNG: Zustand.SIGNIERT}


def path_to(art: BelegArt, wanted: Zustand) -> list[Zustand]:
    """The shortest way through the table from ERFASST; nothing unsigned is sent, nothing unsent answered."""
    ways: list[list[Zustand]] = [[Zustand.ERFASST]]
    for way in ways:
        if way[-1] is wanted:
            return way
        for after in sorted(UEBERGAENGE[art].get(way[-1], set())):
            if after not in way and NEEDS.get(after, Zustand.ERFASST) in way:
                ways.append([*way, after])
    raise AssertionError(f"{wanted} is not reachable")


def put(store: Outbox, of: Stoerung, art: BelegArt, wanted: Zustand) -> UUID:
    made = stores.beleg(store, art, of)
    store.put(made, {}, "sk")
    way = path_to(art, wanted)
    for before, after in itertools.pairwise(way):
        if after is Zustand.SIGNIERT and before is Zustand.GEDRUCKT:
            store.sign(made.kennung, b"<xml/>", b"p7s", "sk")
        elif after is Zustand.IN_UEBERTRAGUNG:
            store.begin_versuch(stores.versuch(made.kennung), before, "sk")
        else:
            store.advance(made.kennung, before, after, "sk")
    return made.kennung


def reachable(art: BelegArt) -> list[Zustand]:
    found = {Zustand.ERFASST} | set().union(*UEBERGAENGE[art].values())
    return sorted(found)


def test_every_state_of_every_kind_has_one_column_and_a_sentence(store: Outbox, clock: SetClock) -> None:
    of = stores.stoerung(store)
    arts = [BelegArt.AU, BelegArt.REZEPT]
    made = {put(store, of, art, zustand): (art, zustand) for art in arts for zustand in reachable(art)}
    (sheet,) = build_abgleich(store, clock, "BY").stoerungen
    assert [zeile.beleg.kennung for zeile in sheet.zeilen] == list(made)
    assert sum(sheet.count(spalte) for spalte in Spalte) == len(made)
    for zeile in sheet.zeilen:
        _art, zustand = made[zeile.beleg.kennung]
        assert zeile.spalte is SPALTE[zustand]
        assert (zeile.noch_zu_tun is not None) is (zeile.spalte in (Spalte.OFFEN, Spalte.UNKLAR))
        assert zeile.bis is None or zeile.noch_zu_tun is not None


def test_every_open_state_of_every_kind_has_its_sentence() -> None:
    for art in BelegArt:
        for zustand in reachable(art):
            assert zustand in ZUSTAND_SATZ
            if SPALTE[zustand] in (Spalte.OFFEN, Spalte.UNKLAR):
                assert NOCH_ZU_TUN[art, zustand].endswith(".")


def test_the_newest_stoerung_stands_first_and_each_beleg_in_its_own(store: Outbox, clock: SetClock) -> None:
    old = stores.stoerung(store)
    put(store, old, BelegArt.AU, Zustand.GEDRUCKT)
    store.change_stoerung(old.model_copy(update={"ende": clock.now()}), "sk")
    clock.advance(timedelta(days=2))
    single = store.einzelfaelle(clock.now().date(), clock.now(), "sk")
    put(store, single, BelegArt.REZEPT, Zustand.DOKUMENTIERT)
    abgleich = build_abgleich(store, clock)
    assert [each.stoerung.id for each in abgleich.stoerungen] == [single.id, old.id]
    assert [len(each.zeilen) for each in abgleich.stoerungen] == [1, 1]
    assert [each.closed for each in abgleich.stoerungen] == [True, False]
    assert abgleich.stoerungen[0].titel == "Einzelfälle vom 25.11.2026"
    assert abgleich.stoerungen[1].titel == "Störung vom 23.11.2026, 08:19 Uhr"


def test_it_is_closed_only_when_the_stoerung_is_over_and_nothing_is_left(store: Outbox, clock: SetClock) -> None:
    of = stores.stoerung(store)
    put(store, of, BelegArt.REZEPT, Zustand.DOKUMENTIERT)
    put(store, of, BelegArt.AU, Zustand.NUR_PAPIER)
    put(store, of, BelegArt.AU, Zustand.STORNIERT)
    assert not build_abgleich(store, clock).closed
    store.change_stoerung(of.model_copy(update={"ende": clock.now()}), "sk")
    abgleich = build_abgleich(store, clock)
    assert abgleich.closed
    assert abgleich.stoerungen[0].erwartet == 2
    put(store, of, BelegArt.AU, Zustand.UNGEKLAERT)
    assert not build_abgleich(store, clock).closed


def test_a_deadline_that_passed_is_said(store: Outbox, clock: SetClock) -> None:
    of = stores.stoerung(store)
    put(store, of, BelegArt.AU, Zustand.GEDRUCKT)
    put(store, of, BelegArt.REZEPT, Zustand.GEDRUCKT)
    au, rezept = build_abgleich(store, clock, "BY").stoerungen[0].zeilen
    assert au.bis is not None
    assert rezept.bis is not None
    assert (au.bis.isoformat(), au.ueberfaellig) == ("2026-11-24T23:59:59+01:00", False)
    assert rezept.bis.isoformat() == "2026-11-23T23:59:59+01:00"
    clock.advance(timedelta(days=1))
    au, rezept = build_abgleich(store, clock, "BY").stoerungen[0].zeilen
    assert (au.ueberfaellig, rezept.ueberfaellig) == (False, True)
    assert "ÜBERFÄLLIG" in "\n".join(build_abgleich(store, clock).lines())


def test_an_empty_store_has_an_empty_closed_abgleich(store: Outbox, clock: SetClock) -> None:
    abgleich = build_abgleich(store, clock)
    assert abgleich.closed
    assert abgleich.lines() == ["Es gibt noch keine Störung und keinen Beleg."]
    assert render_abgleich(abgleich, Einstellungen(), False).startswith(b"%PDF")


def test_the_sheet_names_every_beleg_once_and_no_diagnosis(store: Outbox, clock: SetClock) -> None:
    of = stores.stoerung(store)
    numbers = []
    for art in (BelegArt.AU, BelegArt.REZEPT):
        for zustand in reachable(art) * 3:
            line = store.uebersicht(put(store, of, art, zustand))
            assert line is not None
            numbers.append(line.belegnummer)
    # Without the big letters of a drill: where they cross a line, a text reader mixes them up.
    pdf = render_abgleich(build_abgleich(store, clock, "BY"), Einstellungen(), uebung=False)
    with pdfplumber.open(BytesIO(pdf)) as opened:
        text = "\n".join(page.extract_text() for page in opened.pages)
        assert len(opened.pages) > 1
        assert f"Seite 2 von {len(opened.pages)}" in text
    for number in numbers:
        assert text.count(number) == 1
    assert "J06.9" not in text
    assert "Ramipril" not in text
    assert pdf == render_abgleich(build_abgleich(store, clock, "BY"), Einstellungen(), uebung=False)


def test_the_answer_is_json_with_one_column_per_beleg(store: Outbox, clock: SetClock) -> None:
    of = stores.stoerung(store)
    put(store, of, BelegArt.AU, Zustand.ZUGESTELLT)
    answer = build_abgleich(store, clock).as_dict()
    assert answer["zaehlung"] == {"erwartet": 1, "unklar": 0, "offen": 0, "erledigt": 1, "hinfaellig": 0}
    assert answer["stoerungen"][0]["belege"][0]["spalte"] == "erledigt"
    assert datetime.fromisoformat(answer["erstellt"]).tzinfo == UTC
