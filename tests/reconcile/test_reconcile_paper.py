"""The sheets of the evening: what to type in, what to post, and in which order."""

from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pdfplumber
import pypdfium2
import pytest
import zxingcpp

import stores
from papierbruecke.clock import SetClock
from papierbruecke.errors import InputRefused
from papierbruecke.outbox.model import Zustand
from papierbruecke.outbox.store import Outbox
from papierbruecke.reconcile.cover_letter import render_letter
from papierbruecke.reconcile.ledger import build_abgleich
from papierbruecke.reconcile.report_nacherfassung import render_nacherfassung, to_enter
from papierbruecke.record.model import Beleg, BelegArt, Weg
from papierbruecke.settings import Einstellungen, Kassenanschrift

HEUTE = date(2026, 11, 25)
SETTINGS = Einstellungen(
    kassenanschriften={
        "101234561": Kassenanschrift(name="AOK Musterland", strasse="Musterallee 7", plz="12345", ort="Musterhausen")
    }
)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(stores.MORGENS)


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, clock: SetClock, tmp_path: Path) -> Iterator[Outbox]:
    opened: Outbox = stores.memory(clock) if request.param == "memory" else stores.file(tmp_path, clock)
    yield opened
    opened.close()


def put(store: Outbox, art: BelegArt, weg: Weg = Weg.PVS, *, name: str = "Beispiel", printed: bool = True) -> Beleg:
    of = store.stoerungen()[0] if store.stoerungen() else stores.stoerung(store)
    made = stores.beleg(store, art, of)
    assert made.inhalt.versicherter is not None
    person = made.inhalt.versicherter.model_copy(update={"nachname": name})
    made = made.model_copy(update={"weg": weg, "inhalt": made.inhalt.model_copy(update={"versicherter": person})})
    store.put(made, {}, "sk")
    if printed:
        store.advance(made.kennung, Zustand.ERFASST, Zustand.GEDRUCKT, "sk")
    return made


def text_of(pdf: bytes) -> str:
    with pdfplumber.open(BytesIO(pdf)) as opened:
        return "\n".join(page.extract_text() for page in opened.pages)


def test_only_what_must_be_typed_in_stands_on_the_sheet_sorted_by_patient(store: Outbox) -> None:
    late = put(store, BelegArt.REZEPT, name="Zander-Probe")
    early = put(store, BelegArt.AU, name="Adler-Probe")
    put(store, BelegArt.AU, Weg.DIREKT)
    put(store, BelegArt.REZEPT, printed=False)
    done = put(store, BelegArt.REZEPT)
    store.advance(done.kennung, Zustand.GEDRUCKT, Zustand.DOKUMENTIERT, "sk")
    assert [beleg.kennung for beleg in to_enter(store)] == [early.kennung, late.kennung]
    text = text_of(render_nacherfassung(to_enter(store), SETTINGS, False))
    assert text.index("Adler-Probe") < text.index("Zander-Probe")
    assert "KEIN E-Rezept für dieselbe Versorgung nachreichen" in text
    assert "Nicht noch einmal drucken" in text
    assert done.belegnummer not in text


def test_each_entry_carries_its_number_as_a_readable_code(store: Outbox) -> None:
    numbers = {put(store, BelegArt.REZEPT).belegnummer for _ in range(6)}
    pdf = pypdfium2.PdfDocument(render_nacherfassung(to_enter(store), SETTINGS, False))
    read = {code.text for page in pdf for code in zxingcpp.read_barcodes(page.render(scale=3).to_pil())}
    assert read == numbers


def test_an_empty_evening_says_so(store: Outbox) -> None:
    assert "Es ist nichts" in text_of(render_nacherfassung(to_enter(store), SETTINGS, False))


def test_the_letter_has_the_address_in_the_window_and_no_diagnosis(store: Outbox) -> None:
    belege = [put(store, BelegArt.AU, Weg.DIREKT) for _ in range(2)]
    pdf = render_letter(belege, SETTINGS, HEUTE, uebung=True)
    text = text_of(pdf)
    for beleg in belege:
        assert str(beleg.kennung) in text
    assert "J06.9" not in text
    with pdfplumber.open(BytesIO(pdf)) as opened:
        (word,) = [word for word in opened.pages[0].extract_words() if word["text"] == "Musterallee"]
    # DIN 5008 form B: the address field is 20 to 105 mm from the left and 45 to 90 mm from the top.
    assert 20 < word["x0"] * 25.4 / 72 < 105
    assert 45 < word["top"] * 25.4 / 72 < 90


def test_a_letter_goes_to_one_kasse_whose_address_is_known(store: Outbox) -> None:
    au, rezept = put(store, BelegArt.AU), put(store, BelegArt.REZEPT)
    other = au.model_copy(
        update={
            "inhalt": au.inhalt.model_copy(
                update={"versicherung": au.inhalt.versicherung.model_copy(update={"ik": "109500969"})}
            )
        }
    )
    for belege in ([au, rezept], [au, other], [other], []):
        with pytest.raises(InputRefused):
            render_letter(belege, SETTINGS, HEUTE, False)


def test_what_is_left_is_sorted_by_urgency(store: Outbox, clock: SetClock) -> None:
    def number(kennung: UUID) -> str:
        line = store.uebersicht(kennung)
        assert line is not None
        return line.belegnummer

    au = put(store, BelegArt.AU, Weg.DIREKT)
    rezept = put(store, BelegArt.REZEPT)
    done = put(store, BelegArt.REZEPT)
    store.advance(done.kennung, Zustand.GEDRUCKT, Zustand.DOKUMENTIERT, "sk")
    clock.advance(timedelta(hours=1))
    rows = build_abgleich(store, clock, "BE").left()
    assert [row.beleg.belegnummer for row in rows] == [number(rezept.kennung), number(au.kennung)]
