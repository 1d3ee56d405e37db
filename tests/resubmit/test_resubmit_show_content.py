"""Before signing: what is shown is what the Konnektor gets to sign, for every kind and every refusal."""

from io import BytesIO
from typing import Any
from uuid import UUID

import pytest

import inputs
import stores
from papierbruecke.clock import SetClock
from papierbruecke.errors import InputRefused
from papierbruecke.outbox.memory import MemoryOutbox
from papierbruecke.outbox.model import Uebersicht, Zustand
from papierbruecke.record.model import BelegArt, Weg
from papierbruecke.record.read_input import read_au
from papierbruecke.resubmit.cancel_au import CancelAu
from papierbruecke.resubmit.drain_outbox import DrainOutbox
from papierbruecke.resubmit.fassung import FASSUNGEN
from papierbruecke.resubmit.show_content import (
    GELOESCHT,
    NICHTS_MEHR,
    NOCH_NICHT_FREIGEGEBEN,
    NOCH_NICHT_GEDRUCKT,
    Ansicht,
    ShowContent,
)
from papierbruecke.resubmit.texts import FASSUNG_FEHLT, PRUEFNUMMER_FEHLT
from papierbruecke.settings import Einstellungen, KimEinstellungen, PraxisEinstellungen
from twins import TwinKim, TwinKonnektor

SETTINGS = Einstellungen(
    kim=KimEinstellungen(kassenadressen={"101234561": "kasse@test.kim.telematik-test"}),
    praxis=PraxisEinstellungen(bundesland="BY"),
    pruefnummer="Y/400/2107/36/999",
    weg_au=Weg.DIREKT,
)


class RecordingKonnektor(TwinKonnektor):
    """Keeps what it was given to sign."""

    def __init__(self) -> None:
        super().__init__()
        self.documents: dict[str, bytes] = {}

    def sign(self, documents: dict[str, bytes], *rest: Any, **named: Any) -> Any:
        self.documents |= documents
        return super().sign(documents, *rest, **named)


class Practice:
    """A store with sick notes, their Nachversand, and the look before it."""

    def __init__(self) -> None:
        self.clock = SetClock(stores.MORGENS)
        self.store: MemoryOutbox = stores.memory(self.clock)
        self.stoerung = stores.stoerung(self.store)
        self.konnektor, self.kim = RecordingKonnektor(), TwinKim(self.clock)

    def au(self, *, printed: bool = True, weg: Weg = Weg.DIREKT, **parts: Any) -> UUID:
        document = inputs.au()
        for name, part in parts.items():
            document[name] = document[name] | part if isinstance(document.get(name), dict) and part else part
        made = stores.beleg(self.store, BelegArt.AU, self.stoerung)
        made = made.model_copy(update={"inhalt": read_au(inputs.as_bytes(document)), "weg": weg})
        self.store.put(made, {"kk": b"%PDF"}, "sk")
        if printed:
            self.store.advance(made.kennung, Zustand.ERFASST, Zustand.GEDRUCKT, "sk")
        return made.kennung

    def line(self, kennung: UUID) -> Uebersicht:
        found = self.store.uebersicht(kennung)
        assert found is not None
        return found

    def show(self, kennung: UUID, settings: Einstellungen = SETTINGS, **more: Any) -> Ansicht:
        return ShowContent(self.store, self.clock, settings, **more).show(self.line(kennung))

    def drain(self) -> None:
        DrainOutbox(self.store, self.konnektor, self.kim, self.clock, SETTINGS).drain(wer="sk")  # type: ignore[arg-type]


@pytest.fixture
def practice() -> Practice:
    return Practice()


CASES: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "erst": ({}, {"Bescheinigung": "Erstbescheinigung", "Unfall": "-", "Verantwortlich": "-"}),
    "folge": (
        {"au": {"art": "folge", "seit": None, "endbescheinigung": True}},
        {
            "Bescheinigung": "Folgebescheinigung",
            "arbeitsunfähig seit": "-",
            "Ende der Arbeitsunfähigkeit": "Endbescheinigung",
        },
    ),
    "bg": (
        {
            "unfallversicherung": {"typ": "BG", "ik": "121192344", "name": "BG der Musterwirtschaft"},
            "au": {"ursachen": ["arbeitsunfall"], "durchgangsarzt": True},
        },
        {
            "Krankenkasse bzw. Kostenträger": "BG der Musterwirtschaft (IK 121192344)",
            "Kostenträgerkennung": "101234561",
            "Unfall": "Arbeitsunfall, Arbeitsunfallfolgen, Berufskrankheit",
            "Durchgangsarzt": "zugewiesen",
        },
    ),
    "uk": (
        {"unfallversicherung": {"typ": "UK", "name": "Unfallkasse Beispiel"}},
        {"Krankenkasse bzw. Kostenträger": "Unfallkasse Beispiel"},
    ),
    "zwei_aerzte": (
        {"verantwortlich": inputs.ARZT, "arzt": {"nachname": "Weiterbildung"}},
        {"Verantwortlich": inputs.ARZT["nachname"], "Ausgestellt von": "(in Weiterbildung)"},
    ),
    "krankengeldfall": (
        {"au": {"krankengeldfall": True, "reha": True, "sonstige_massnahme": "Probemaßnahme"}},
        {"Im Krankengeldfall": "ab 7. AU-Woche", "Besondere Maßnahmen": "Probemaßnahme"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_shown_is_what_the_konnektor_gets_to_sign(practice: Practice, case: str) -> None:
    parts, wanted = CASES[case]
    kennung = practice.au(**parts)
    before = practice.show(kennung)
    assert (before.stand, before.hinweis) == ("wird_signiert", "")
    angaben = dict(before.angaben)
    for field, text in wanted.items():
        assert (field not in angaben) if text == "-" else (text in angaben[field]), field
    assert angaben["Dokumenten-ID"] == str(kennung)
    practice.drain()
    assert practice.konnektor.documents == {str(kennung): before.xml}
    after = practice.show(kennung)
    assert after.stand == "signiert"
    assert (after.xml, after.pdf, after.angaben) == (before.xml, before.pdf, before.angaben)


def test_the_page_carries_the_facts_and_no_barcode(practice: Practice) -> None:
    kennung = practice.au(au={"diagnosen": [{"icd": "S42.3", "sicherheit": "G", "seite": "L"}]})
    text, pictures = read_pdf(practice.show(kennung).pdf)
    assert "S42.3 G L" in text
    assert "Ausfertigung zur Vorlage bei der Krankenkasse" in text
    assert str(kennung) in text
    assert SETTINGS.pruefnummer in text
    assert pictures < 60  # ticks and rules; the rows of a PDF417 alone are hundreds of bars


def test_a_storno_shows_what_it_takes_back(practice: Practice) -> None:
    au = practice.au()
    practice.drain()
    practice.drain()
    cancel = CancelAu(practice.store, practice.clock, SETTINGS)
    storno = cancel.begin(au, "sk", "falsche Person")
    before = practice.show(storno.kennung)
    assert before.hinweis == NOCH_NICHT_FREIGEGEBEN
    cancel.release(storno.kennung, "sk", "Dr. Muster")
    ready = practice.show(storno.kennung)
    assert (ready.hinweis, ready.xml) == ("", before.xml)
    assert str(au) in dict(ready.angaben).values()
    text, _ = read_pdf(ready.pdf)
    assert "Storno eAU" in text
    assert str(au) in text
    assert inputs.au()["versicherter"]["vorname"] not in text  # a Storno names no patient
    practice.drain()
    assert practice.konnektor.documents[str(storno.kennung)] == ready.xml


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "without address": ({"versicherter": {"anschrift": None}}, "Für die eAU wird die Anschrift gebraucht."),
    "group 07": ({"versicherung": {"personengruppe": "07"}}, "Besondere Personengruppe 07"),
    "private": ({"versicherung": {"typ": "PKV"}}, "Privat versichert"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_makes_no_eau_says_why(practice: Practice, case: str) -> None:
    parts, why = REFUSED[case]
    shown = practice.show(practice.au(**parts))
    assert shown.stand == "nicht"
    assert why in shown.hinweis
    assert shown.pdf == b""


def test_what_is_not_signed_now_says_so(practice: Practice) -> None:
    assert practice.show(practice.au(printed=False)).hinweis == NOCH_NICHT_GEDRUCKT
    kennung = practice.au()
    assert practice.show(kennung, fassungen=FASSUNGEN[:1]).hinweis == FASSUNG_FEHLT
    without = SETTINGS.model_copy(update={"pruefnummer": None})
    assert practice.show(kennung, without).hinweis == PRUEFNUMMER_FEHLT
    practice.store.advance(kennung, Zustand.GEDRUCKT, Zustand.NUR_PAPIER, "sk")
    assert practice.show(kennung).hinweis == NICHTS_MEHR


def test_what_the_retention_rule_took_is_not_called_unreadable(practice: Practice) -> None:
    kennung = practice.au()
    practice.drain()
    practice.store.remove_content(kennung, "sk", "Test")
    assert practice.show(kennung).hinweis == GELOESCHT


def test_what_the_practice_system_sends_is_signed_there(practice: Practice) -> None:
    with pytest.raises(InputRefused):
        practice.show(practice.au(weg=Weg.PVS))


def test_the_view_shows_nothing_in_its_repr(practice: Practice) -> None:
    assert repr(practice.show(practice.au())) == "Ansicht(…)"


def read_pdf(pdf: bytes) -> tuple[str, int]:
    """Text of the first page, and how many drawn objects are on it."""
    import pypdfium2

    with pypdfium2.PdfDocument(BytesIO(pdf)) as document:
        page = document[0]
        drawn = sum(each.type != 1 for each in page.get_objects())
        return page.get_textpage().get_text_range(), drawn
