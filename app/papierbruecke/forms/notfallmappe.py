"""The Notfallmappe: what a practice needs on paper for the hour without a computer (pure).

Made in advance and kept at the desk. Each part is a file of its own, because the poster is
printed three times and the sheets for sick notes on smaller paper. Every page says when it
was made and when it is to be replaced: forms, contacts and rules change with the quarter.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from papierbruecke.forms.au import AuCopy, au_page
from papierbruecke.forms.au_text import Ausfertigung
from papierbruecke.forms.capture_sheet import capture_page
from papierbruecke.forms.drawing import Page, Text, Vordruck16
from papierbruecke.forms.flow import LEFT, Flow, Rahmen, text_of
from papierbruecke.outage.catalogue import Zeile, fill, katalog
from papierbruecke.outage.model import Dienst, DienstZustand
from papierbruecke.pdf.fonts import Schrift
from papierbruecke.record.model import Betriebsstaette
from papierbruecke.settings import Einstellungen

AUSFERTIGUNGEN: tuple[Ausfertigung, ...] = ("kk", "v", "ag")
LEER = "________"
_DIENSTE = {
    Dienst.VSDM: "Karten-Abgleich",
    Dienst.EREZEPT: "E-Rezept",
    Dienst.KIM: "eAU und KIM",
    Dienst.EPA: "ePA",
}
_BIS_ZU_WEM = (
    "IT-Betreuer",
    "DVO (Dienstleister vor Ort)",
    "Praxissoftware, Hotline",
    "TI-Zugang (VPN, Gateway)",
    "KIM-Anbieter",
    "Internetanbieter",
    "Praxiskarte (SMC-B), Anbieter",
    "Heilberufsausweis, Anbieter",
    "Kassenärztliche Vereinigung",
    "Strom, Hausmeister",
    "Apotheke in der Nähe",
)


@dataclass(frozen=True, slots=True)
class Vordruck:
    """One numbered sheet (or set of copies) that is printed in advance."""

    kennung: UUID
    belegnummer: str


@dataclass(frozen=True, slots=True)
class Mappe:
    """What the Notfallmappe is made for."""

    hergestellt: date
    ersetzen_nach: date
    settings: Einstellungen
    au: tuple[Vordruck, ...]
    boegen: tuple[Vordruck, ...]
    papier: str = "a5"

    @property
    def praxis(self) -> Betriebsstaette | None:
        """The practice, if it is set up."""
        return next(iter(self.settings.praxis.betriebsstaetten), None)


@dataclass(frozen=True, slots=True)
class Teil:
    """One file: its name without ending, what it is, its pages."""

    name: str
    titel: str
    seiten: tuple[Page, ...]


def end_of_next_quarter(day: date) -> date:
    """Until when a new Notfallmappe is good: KBV changes its forms with the quarter."""
    month = (day.month - 1) // 3 * 3 + 7
    first = date(day.year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
    return first - timedelta(days=1)


def teile(mappe: Mappe) -> list[Teil]:
    """All parts in the order in which they lie in the folder."""
    inner = [
        _texts(mappe, "01-erste-schritte", "Erste Schritte", "erste-schritte", 11.5),
        Teil("02-telefonliste", "Telefonliste", tuple(_phones(mappe))),
        Teil("03-checklisten", "Was ist gestört? Checklisten", tuple(_checklists(mappe))),
        Teil("04-krankschreibungen", "Vordrucke für Krankschreibungen", tuple(_sick_notes(mappe))),
        Teil("05-erfassungsboegen", "Erfassungsbögen (Ersatzverfahren)", tuple(_capture_sheets(mappe))),
        Teil("06-muster16-ausfuellhilfe", "Ausfüllhilfe für Muster 16", tuple(_muster16(mappe))),
        Teil("07-aushang-wartezimmer", "Aushang für das Wartezimmer", tuple(_poster(mappe))),
        _texts(mappe, "08-merkblatt-patienten", "Merkblatt für Patientinnen und Patienten", "merkblatt-de", 12.0),
        _texts(mappe, "09-leaflet-patients", "Merkblatt auf Englisch", "merkblatt-en", 12.0),
        Teil("10-fax-deckblatt", "Fax-Deckblatt", tuple(_fax(mappe))),
        Teil("11-protokollbogen", "Protokollbogen", tuple(_log(mappe))),
    ]
    return [Teil("00-inhalt", "Inhalt", tuple(_cover(mappe, inner))), *inner]


def _frame(mappe: Mappe, titel: str) -> Rahmen:
    name = f"{mappe.praxis.name}  ·  " if mappe.praxis else ""
    return Rahmen(
        f"{name}Notfallmappe  ·  {titel}",
        f"hergestellt am {mappe.hergestellt:%d.%m.%Y}  ·  ersetzen nach {mappe.ersetzen_nach:%d.%m.%Y}",
    )


def _texts(mappe: Mappe, name: str, titel: str, source: str, size_pt: float = 10.5) -> Teil:
    flow = Flow(_frame(mappe, titel), size_pt)
    flow.markup(text_of(source))
    return Teil(name, titel, tuple(flow.pages()))


def _cover(mappe: Mappe, inner: list[Teil]) -> list[Page]:
    flow = Flow(_frame(mappe, "Inhalt"))
    flow.title("Notfallmappe")
    flow.paragraph(
        f"Hergestellt am *{mappe.hergestellt:%d.%m.%Y}*. "
        f"Ersetzen nach dem *{mappe.ersetzen_nach:%d.%m.%Y}* oder sobald Vordrucke verbraucht sind."
    )
    flow.markup(text_of("mappe"))
    flow.heading("Inhalt")
    for teil in inner:
        numbers = ""
        sheets = {"04-krankschreibungen": mappe.au, "05-erfassungsboegen": mappe.boegen}.get(teil.name)
        if sheets:
            first, last = sheets[0].belegnummer, sheets[-1].belegnummer
            numbers = f", Nummer {first}" if first == last else f", Nummern {first} bis {last}"
        count = len(teil.seiten)
        flow.item(f"{teil.titel}{numbers} ({count} {'Seite' if count == 1 else 'Seiten'})", teil.name[:2])
    return flow.pages()


def _phones(mappe: Mappe) -> list[Page]:
    settings = mappe.settings
    known = {
        "TI-Zugang (VPN, Gateway)": settings.lagebild.ti_zugang_anbieter,
        "KIM-Anbieter": settings.kim.anbieter,
    }
    flow = Flow(_frame(mappe, "Telefonliste"))
    flow.title("Telefonliste")
    flow.paragraph("Beim Anruf bereithalten: Betriebsstättennummer, Kundennummer, seit wann, was nicht geht.")
    if mappe.praxis:
        place = mappe.praxis
        flow.paragraph(f"*{place.name}*, Betriebsstättennummer *{place.bsnr}*, Telefon {place.telefon}")
    for who in _BIS_ZU_WEM:
        labels = (known.get(who) or "Name", "Telefon", "Kundennummer")
        flow.line_to_fill(who, (44, 36, 24), labels)
    flow.heading("Wer wurde wann angerufen?")
    flow.table([("Uhrzeit", 18), ("Wen", 48), ("Ergebnis, Vorgangsnummer", 72), ("Zeichen", 30)], 8, 8.0)
    return flow.pages()


def _checklists(mappe: Mappe) -> list[Page]:
    """Every cause that the program knows, as it would say it; grouped by what fails."""
    flow = Flow(_frame(mappe, "Checklisten"), 9.4)
    flow.title("Was ist gestört? Checklisten")
    flow.paragraph(
        "Nennt das Programm eine Nummer (zum Beispiel D24), hier nachschlagen. Ohne Programm hilft „Selbst "
        "nachsehen“ (Erste Schritte, Seite 2)."
    )
    for number, row in katalog().diagnosen.items():
        if not row.hinweis:
            flow.boxed(
                f"{number}  {_said(mappe, row, row.titel)}",
                [
                    _said(mappe, row, row.satz),
                    f"*Jetzt:* {_said(mappe, row, row.massnahme)}",
                    f"*Wessen Aufgabe:* {_said(mappe, row, row.verantwortlich)}. *Gestört:* {_down(row)}",
                    "*Erledigt:* ____________________ Uhr, Zeichen ________",
                ],
            )
    return flow.pages()


def _said(mappe: Mappe, row: Zeile, text: str) -> str:
    """A sentence of the table with the practice's own providers; what only the day knows is written by hand.

    A name belongs to the row: the TI access, the KIM provider; of a terminal or a card nobody knows it in advance.
    """
    settings = mappe.settings
    zugang = settings.lagebild.ti_zugang_anbieter
    names = {"konnektor": zugang, "vpn": zugang, "kim": settings.kim.anbieter}
    values = {"Name": names.get(row.gruppe) or "", "Was": "Ein Dienst"}
    values |= dict.fromkeys(("Datum", "Zeit", "Code", "EC", "Dienst"), LEER)
    return fill(text, values)


def _down(row: Zeile) -> str:
    names = {
        state: ", ".join(_DIENSTE[dienst] for dienst, value in row.dienste.items() if value is state)
        for state in DienstZustand
    }
    if names[DienstZustand.GESTOERT]:
        return f"{names[DienstZustand.GESTOERT]}."
    return f"unklar, bitte ausprobieren ({names[DienstZustand.UNKLAR]})." if names[DienstZustand.UNKLAR] else "nichts."


def _sick_notes(mappe: Mappe) -> list[Page]:
    note = f"Vordruck vom {mappe.hergestellt:%d.%m.%Y}, ersetzen nach {mappe.ersetzen_nach:%d.%m.%Y}"
    number = mappe.settings.pruefnummer
    return [
        au_page(
            AuCopy(
                copy,
                kennung=sheet.kennung,
                belegnummer=sheet.belegnummer,
                pruefnummer=number,
                qr=True,
                notiz=note,
            ),
            mappe.papier,
        )
        for sheet in mappe.au
        for copy in AUSFERTIGUNGEN
    ]


def _capture_sheets(mappe: Mappe) -> list[Page]:
    frame = _frame(mappe, "Erfassungsbogen")
    return [capture_page(frame, sheet.belegnummer) for sheet in mappe.boegen]


def _muster16(mappe: Mappe) -> list[Page]:
    flow = Flow(_frame(mappe, "Ausfüllhilfe für Muster 16"), 9.5)
    left, top = LEFT + 10, flow.y_mm
    flow.add(Vordruck16(left, top, "Ausfüllhilfe – kein Rezept"))
    for number, x, y in _PLACES:
        flow.add(Text(left + x, top + y, str(number), Schrift.SANS_BOLD, 13, "center"))
    flow.space(108)
    flow.markup(text_of("muster16"))
    return flow.pages()


_PLACES = (  # where the numbers of the explanation stand on the form, mm
    (1, -4.0, 16.0),
    (2, -4.0, 46.5),
    (3, 48.0, 25.0),
    (4, 48.0, 41.0),
    (5, 48.0, 49.5),
    (6, 101.0, 5.2),
    (7, 55.0, 64.0),
    (8, -4.0, 72.5),
    (9, 55.0, 80.0),
    (10, 40.0, 98.5),
    (11, 128.0, 70.0),
)


def _poster(mappe: Mappe) -> list[Page]:
    flow = Flow(_frame(mappe, "Aushang"), 26.0)
    flow.space(14)
    flow.markup(text_of("wartezimmer"))
    return flow.pages()


def _fax(mappe: Mappe) -> list[Page]:
    flow = Flow(_frame(mappe, "Fax-Deckblatt"))
    flow.title("Fax")
    place = mappe.praxis
    for label in ("An (Name, Abteilung)", "Faxnummer", "Telefon"):
        flow.line_to_fill(label)
    if place:
        flow.paragraph(
            f"*Von:* {place.name}, {place.strasse} {place.hausnummer}, {place.plz} {place.ort}. "
            f"Telefon {place.telefon}" + (f", Fax {place.fax}." if place.fax else ".")
        )
    else:
        flow.line_to_fill("Von (Praxis, Telefon)")
    for label in ("Bearbeitet von", "Datum, Uhrzeit", "Seiten mit dieser", "Betreff (ohne Namen)"):
        flow.line_to_fill(label)
    flow.space(4)
    flow.markup(text_of("fax"))
    return flow.pages()


def _log(mappe: Mappe) -> list[Page]:
    flow = Flow(_frame(mappe, "Protokollbogen"))
    flow.title("Protokoll der Störung")
    flow.paragraph("Für den Störungsbericht. Hier stehen *keine* Namen von Patientinnen und Patienten.")
    for label in ("Beginn (Datum, Uhrzeit)", "Was ging nicht?", "Wer hat es gemerkt?", "Vermutete Ursache", "Ende"):
        flow.line_to_fill(label)
    flow.table(
        [("Uhrzeit", 20), ("Was wurde getan, wer wurde angerufen, Vorgangsnummer", 112), ("Zeichen", 36)], 14, 9.0
    )
    flow.next_page()
    flow.title("Liste der Papiere")
    flow.paragraph(
        "Jedes Papier eine Zeile. Diese Seite enthält Namen: *verschlossen aufbewahren*, nach der Nacherfassung "
        "sicher vernichten."
    )
    papers = [
        ("Uhrzeit", 15.0),
        ("Name, Vorname, geboren am", 54.0),
        ("Nummer auf dem Papier", 33.0),
        ("Muster 16, Blätter", 15.0),
        ("AU: KK / V / AG", 18.0),
        ("Karte gelesen?", 15.0),
        ("nacherfasst", 18.0),
    ]
    flow.table(papers, 24, 9.2)
    return flow.pages()
