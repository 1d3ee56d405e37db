"""The closing report proves every end: who, when, under which number; what came later is added."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pdfplumber
import pytest

import stores
from papierbruecke.clock import SetClock
from papierbruecke.outbox.model import Spalte, Zustand
from papierbruecke.outbox.store import Outbox
from papierbruecke.reconcile.evidence import NEWEST
from papierbruecke.reconcile.ledger import Zeile, build_abgleich
from papierbruecke.reconcile.report_abgleich import render_abgleich
from papierbruecke.record.model import BelegArt
from papierbruecke.resubmit.by_hand import ByHand
from papierbruecke.resubmit.settle_answers import SPAETE_ABLEHNUNG
from papierbruecke.settings import Einstellungen


@pytest.fixture
def clock() -> SetClock:
    return SetClock(stores.MORGENS)


@pytest.fixture
def store(clock: SetClock, tmp_path: Path) -> Iterator[Outbox]:
    opened = stores.file(tmp_path, clock)
    yield opened
    opened.close()


def only_row(store: Outbox, clock: SetClock) -> Zeile:
    (sheet,) = build_abgleich(store, clock, mit_nachweis=True).stoerungen
    (row,) = sheet.zeilen
    return row


def test_a_delivered_au_names_its_attempts_and_its_confirmation(store: Outbox, clock: SetClock) -> None:
    made = stores.beleg(store, BelegArt.AU, stores.stoerung(store))
    store.put(made, {}, "sk")
    store.advance(made.kennung, Zustand.ERFASST, Zustand.GEDRUCKT, "sk")
    store.sign(made.kennung, b"<xml/>", b"p7s", "dr")
    clock.advance(timedelta(hours=8))
    attempt = stores.versuch(made.kennung, clock.now())
    store.begin_versuch(attempt, Zustand.SIGNIERT, "dr")
    store.advance(made.kennung, Zustand.IN_UEBERTRAGUNG, Zustand.GESENDET, "dr")
    clock.advance(timedelta(minutes=3))
    store.advance(made.kennung, Zustand.GESENDET, Zustand.ZUGESTELLT, "dr", {"status": "2.0.0"})
    assert only_row(store, clock).nachweis == (
        "23.11. 08:19 Signiert (dr)",
        f"23.11. 16:19 gesendet, Message-ID {attempt.message_id.strip('<>').partition('@')[0]}",
        "23.11. 16:22 Zustellbestätigung 2.0.0 (dr)",
    )


def test_a_prescription_names_who_entered_it_and_who_looked_for_an_e_rezept(store: Outbox, clock: SetClock) -> None:
    made = stores.beleg(store, BelegArt.REZEPT, stores.stoerung(store))
    store.put(made, {}, "sk")
    store.advance(made.kennung, Zustand.ERFASST, Zustand.GEDRUCKT, "sk")
    by_hand = ByHand(store)
    by_hand.check_off_erezept(made.kennung, "sk", "verworfen")
    by_hand.document(made.kennung, "mb", "PVS-Kürzel MB")
    assert only_row(store, clock).nachweis == (
        "23.11. 08:19 Das vorbereitete E-Rezept ist gelöscht, es war noch nicht gesendet (sk)",
        "23.11. 08:19 In der Praxissoftware eingetragen: PVS-Kürzel MB (mb)",
    )


def test_a_late_arrival_reopens_nothing_and_stands_in_the_report(store: Outbox, clock: SetClock) -> None:
    made = stores.beleg(store, BelegArt.AU, stores.stoerung(store))
    store.put(made, {}, "sk")
    store.advance(made.kennung, Zustand.ERFASST, Zustand.GEDRUCKT, "sk")
    ByHand(store).mark_posted(made.kennung, "sk")
    clock.advance(timedelta(days=2))
    store.note(made.kennung, SPAETE_ABLEHNUNG, "dr", {"code": "201"})
    row = only_row(store, clock)
    assert row.spalte is Spalte.ERLEDIGT
    assert row.nachweis[-1] == "25.11. 08:19 Nachträglich: Fehlernachricht der Krankenkasse, Code 201 (dr)"
    pdf = render_abgleich(build_abgleich(store, clock, mit_nachweis=True), Einstellungen(), uebung=False)
    with pdfplumber.open(BytesIO(pdf)) as document:
        text = " ".join(" ".join((page.extract_text() or "").split()) for page in document.pages)
    assert "Nachträglich:" in text
    assert "Mit der Post geschickt (sk)" in text


def test_a_row_with_a_hundred_attempts_still_fits_on_a_page(store: Outbox, clock: SetClock) -> None:
    made = stores.beleg(store, BelegArt.AU, stores.stoerung(store))
    store.put(made, {}, "sk")
    store.advance(made.kennung, Zustand.ERFASST, Zustand.GEDRUCKT, "sk")
    store.sign(made.kennung, b"<xml/>", b"p7s", "dr")
    before = Zustand.SIGNIERT
    for _ in range(100):
        clock.advance(timedelta(hours=4))
        store.begin_versuch(stores.versuch(made.kennung, clock.now()), before, "dr")
        before = store.advance(made.kennung, Zustand.IN_UEBERTRAGUNG, Zustand.UNGEKLAERT, "dr").zustand
    row = only_row(store, clock)
    assert len(row.nachweis) == NEWEST + 1
    assert row.nachweis[0].startswith("189 frühere Schritte")
    pdf = render_abgleich(build_abgleich(store, clock, mit_nachweis=True), Einstellungen(), uebung=False)
    with pdfplumber.open(BytesIO(pdf)) as document:
        for page in document.pages:
            assert all(word["bottom"] < page.height - 10 for word in page.extract_words())


def test_without_asking_there_is_no_evidence_to_load(store: Outbox, clock: SetClock) -> None:
    made = stores.beleg(store, BelegArt.REZEPT, stores.stoerung(store))
    store.put(made, {}, "sk")
    assert build_abgleich(store, clock).stoerungen[0].zeilen[0].nachweis == ()
