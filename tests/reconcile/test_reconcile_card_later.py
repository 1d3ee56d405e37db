"""After the outage the card comes: what differs, what follows from it, what is still awaited until when."""

import itertools
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

import inputs
import stores
from papierbruecke.card.model import Versicherter, Versicherung
from papierbruecke.clock import PRAXISZEIT, SetClock
from papierbruecke.errors import InputRefused
from papierbruecke.outbox.model import Spalte, Zustand
from papierbruecke.outbox.store import Outbox
from papierbruecke.reconcile.compare_card import EEB_DUMMY_BEGINN, Feldvergleich, compare, gravest
from papierbruecke.reconcile.ledger import build_abgleich
from papierbruecke.reconcile.read_later import read_later, slip_of
from papierbruecke.record.kennung import new_kennung
from papierbruecke.record.model import Beleg, BelegArt, ErsatzscheinEingabe, Weg
from papierbruecke.record.read_input import read_ersatzschein
from papierbruecke.resubmit.by_hand import ByHand

SLIP = read_ersatzschein(inputs.as_bytes(inputs.ersatzschein()))
assert SLIP.versicherter is not None
PERSON: Versicherter = SLIP.versicherter
COVER: Versicherung = SLIP.versicherung


@pytest.fixture
def clock() -> SetClock:
    return SetClock(stores.MORGENS)


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, clock: SetClock, tmp_path: Path) -> Iterator[Outbox]:
    opened: Outbox = stores.memory(clock) if request.param == "memory" else stores.file(tmp_path, clock)
    yield opened
    opened.close()


def put(store: Outbox, zustand: Zustand = Zustand.DOKUMENTIERT, slip: ErsatzscheinEingabe = SLIP) -> UUID:
    of = store.stoerungen()[0] if store.stoerungen() else stores.stoerung(store)
    kennung = new_kennung(BelegArt.ERSATZSCHEIN)
    made = Beleg(
        kennung=kennung,
        belegnummer=store.reserve_nummer(date(2026, 11, 23), "A"),
        art=BelegArt.ERSATZSCHEIN,
        stoerung=of.id,
        vorgang=uuid4(),
        angelegt=stores.MORGENS,
        platz="A",
        weg=Weg.PVS,
        inhalt=slip,
    )
    store.put(made, {}, "sk")
    way = [Zustand.ERFASST, Zustand.GEDRUCKT, zustand]
    for before, after in itertools.pairwise(way):
        if before is not after:
            store.advance(kennung, before, after, "sk")
    return kennung


def differing(person: Versicherter, cover: Versicherung, **options: Any) -> dict[str, str]:
    return {row.feld: row.folge for row in compare(SLIP, person, cover, **options) if row.folge != "gleich"}


def test_the_same_data_differ_nowhere() -> None:
    rows = compare(SLIP, PERSON, COVER)
    assert {row.folge for row in rows} == {"gleich"}
    assert gravest(rows) == "gleich"


@pytest.mark.parametrize(
    ("person", "cover", "folgen"),
    [
        ({}, {"ik": "109500969"}, {"Krankenkasse (IK)": "neuer_schein"}),
        ({}, {"versichertenart": "5"}, {"Versichertenart": "neuer_schein"}),
        ({}, {"personengruppe": "04"}, {"Besondere Personengruppe": "fehlte"}),
        ({"nachname": "Beispiel-Neu"}, {}, {"Nachname": "anpassen"}),
        ({"versicherten_id": "B876543215", "vorname": "Ina"}, {}, {"Versicherten-ID": "andere_person"}),
        ({"anschrift": None}, {}, {}),
    ],
)
def test_every_difference_says_what_follows(
    person: dict[str, Any], cover: dict[str, Any], folgen: dict[str, str]
) -> None:
    found = differing(PERSON.model_copy(update=person), COVER.model_copy(update=cover))
    assert folgen.items() <= found.items()
    assert bool(folgen) == bool(found)


def test_an_umlaut_written_out_is_the_same_name() -> None:
    typed = SLIP.model_copy(update={"versicherter": PERSON.model_copy(update={"nachname": "Mueller-Probe"})})
    rows = compare(typed, PERSON.model_copy(update={"nachname": "Müller-Probe"}), COVER)
    assert gravest(rows) == "gleich"


def test_without_a_number_another_name_may_be_somebody_else() -> None:
    typed = SLIP.model_copy(update={"versicherter": PERSON.model_copy(update={"versicherten_id": None})})
    rows = compare(typed, PERSON.model_copy(update={"nachname": "Ganzanders"}), COVER)
    assert (rows[0].feld, rows[0].folge) == ("Nachname", "andere_person")
    assert "nichts übernehmen" in rows[0].satz


def test_the_dummy_begin_of_an_eeb_is_no_begin() -> None:
    dummy = COVER.model_copy(update={"beginn": EEB_DUMMY_BEGINN})
    assert "Versichert seit" not in differing(PERSON, dummy, aus_eeb=True)
    typed = SLIP.model_copy(update={"versicherung": COVER.model_copy(update={"beginn": "2019-01-01"})})
    card = {row.feld: row.folge for row in compare(typed, PERSON, dummy)}
    assert card["Versichert seit"] == "anpassen"


def test_a_comparison_hides_its_patient() -> None:
    row = Feldvergleich(feld="Nachname", aufgenommen="Testfall", spaeter="Beispiel", folge="anpassen")
    assert "Testfall" not in repr(row)


def test_an_entered_slip_waits_for_the_card_until_the_quarter_ends(store: Outbox, clock: SetClock) -> None:
    kennung = put(store)
    (waiting,) = read_later(store, clock.now())
    assert waiting.bis == datetime(2026, 12, 31, 23, 59, 59, tzinfo=PRAXISZEIT)
    assert (waiting.ueberfaellig, waiting.anfrage) == (False, None)
    (late,) = read_later(store, clock.now() + timedelta(days=60))
    assert late.satz.startswith("Das Quartal ist vorbei")
    ByHand(store).note_proof(kennung, "sk", "karte")
    assert read_later(store, clock.now()) == ()
    (row,) = build_abgleich(store, clock, mit_nachweis=True).stoerungen[0].zeilen
    assert row.spalte is Spalte.ERLEDIGT
    assert row.nachweis[-1].endswith("Karte im selben Quartal in der Praxissoftware eingelesen (sk)")


def test_with_consent_the_request_is_ready_to_copy(store: Outbox, clock: SetClock) -> None:
    agreed = SLIP.ersatzschein.model_copy(update={"eeb_einverstanden": True})
    put(store, slip=SLIP.model_copy(update={"ersatzschein": agreed}))
    (waiting,) = read_later(store, clock.now())
    assert waiting.anfrage is not None
    assert (waiting.anfrage.ik, waiting.anfrage.leistungsdatum) == ("101234561", SLIP.datum)
    assert "eEB" in waiting.line()
    assert waiting.as_dict()["eeb_anfrage"]["einverstanden"] is True


def test_void_slips_wait_for_nothing(store: Outbox, clock: SetClock) -> None:
    put(store, Zustand.STORNIERT)
    assert read_later(store, clock.now()) == ()


def test_a_better_proof_replaces_a_worse_one_and_never_the_other_way(store: Outbox) -> None:
    kennung, by_hand = put(store), ByHand(store)
    for wie in ("abgerechnet", "eeb", "karte", "karte"):
        by_hand.note_proof(kennung, "sk", wie)
    with pytest.raises(InputRefused, match="TA-EEB P2-02"):
        by_hand.note_proof(kennung, "sk", "eeb")
    with pytest.raises(InputRefused):
        by_hand.note_proof(kennung, "sk", "geraten")


def test_only_a_slip_is_compared(store: Outbox) -> None:
    made = stores.beleg(store, BelegArt.AU, stores.stoerung(store))
    store.put(made, {}, "sk")
    with pytest.raises(InputRefused, match="P2-150"):
        slip_of(store, made.kennung)
