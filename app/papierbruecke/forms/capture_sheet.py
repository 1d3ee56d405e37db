"""The blank capture sheet for a patient whose card cannot be read (pure).

Internal paper, not the official Muster 5: it collects what the Ersatzverfahren needs and has
the patient confirm the membership by signature.
Source: KVDT 2.2.3.1 and P2-400 Tabelle 5; Anlage 4a BMV-Ä Anhang 1; domain sheet forms §2.6, §7.2.
"""

from papierbruecke.forms.drawing import Box, Element, Line, Page, Paragraph, QrCode, Text, Tick
from papierbruecke.forms.flow import LEFT, RIGHT, Flow, Rahmen
from papierbruecke.pdf.fonts import Schrift, width_mm

TITEL = "Erfassungsbogen zum Ersatzverfahren"
HINWEIS = "Interner Bogen der Praxis, kein amtlicher Vordruck. Pflichtangaben sind mit * bezeichnet."
ERKLAERUNG = (
    "Ich erkläre, dass ich heute bei der oben genannten Krankenkasse versichert bin. "
    "Meine Gesundheitskarte lege ich noch in diesem Quartal vor."
)
_ROW_MM = 14.5
_TICK_MM = 4.0
_QR_MODULE_MM = 0.7


def capture_page(rahmen: Rahmen, belegnummer: str | None = None) -> Page:
    """One sheet on A4, with its number and the QR code of it, if it was numbered in advance."""
    flow = Flow(rahmen)
    flow.title(TITEL)
    # An asterisk of the note is no mark-up: it stands for "mandatory".
    flow.add(Text(LEFT, flow.y_mm + 3.5, HINWEIS, Schrift.SANS, 8.5))
    if belegnummer is not None:
        flow.add(QrCode(RIGHT - 20.3, 17.0, _QR_MODULE_MM, belegnummer))
        flow.add(Text(RIGHT, 40.5, f"Nr. {belegnummer}", Schrift.SANS_BOLD, 11, "right"))
    y = 44.0
    for fields in _FIELDS:
        flow.add(*_row(y, fields))
        y += _ROW_MM
    for label, choices in _CHOICES:
        flow.add(*_choices(y, label, choices))
        y += 9.0
    flow.add(*_signature(y + 2))
    return flow.pages()[0]


_FIELDS: tuple[tuple[tuple[str, float], ...], ...] = (
    (("Krankenkasse", 108), ("Kassennummer (IK) *", 60)),
    (("Nachname *", 90), ("Vorname *", 78)),
    (("Titel, Namenszusatz", 60), ("Geburtsdatum (TT.MM.JJJJ) *", 50), ("Versicherten-Nummer", 58)),
    (("Straße, Hausnummer", 108), ("Telefon", 60)),
    (("Land", 18), ("Postleitzahl *", 40), ("Ort", 110)),
    (("Besondere Personengruppe *", 50), ("DMP *", 30), ("Versicherungsschutz endet am", 50), ("WOP", 38)),
)
_CHOICES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Geschlecht *", ("weiblich", "männlich", "divers", "unbestimmt")),
    ("Versichertenart *", ("1 Mitglied", "3 Familie", "5 Rente")),
    ("Grund", ("Karte defekt", "Lesegerät oder Netz defekt", "Hausbesuch")),
    ("", ("Karte nicht dabei", "Kartendaten falsch", "Säugling, noch ohne Karte")),
    ("", ("Ersatzbescheinigung der Krankenkasse",)),
    ("Heute erhalten", ("Muster 16: ___ Blatt", "Krankschreibung Nr. __________________")),
)


def _row(y: float, fields: tuple[tuple[str, float], ...]) -> list[Element]:
    made: list[Element] = []
    x = LEFT
    for label, width in fields:
        made.append(Box(x, y, width, _ROW_MM - 1.5, 0.2))
        made.append(Text(x + 1, y + 2.9, label, Schrift.SANS, 7))
        x += width
    return made


def _choices(y: float, label: str, choices: tuple[str, ...]) -> list[Element]:
    made: list[Element] = [Text(LEFT, y + 5.2, label, Schrift.SANS_BOLD, 9)]
    x = LEFT + 29
    for choice in choices:
        made.append(Tick(x, y + 2, _TICK_MM, False))
        made.append(Text(x + 5.5, y + 5.2, choice, Schrift.SANS, 9))
        x += 10 + width_mm(choice, Schrift.SANS, 9)
    return made


def _signature(y: float) -> list[Element]:
    return [
        Box(LEFT, y, RIGHT - LEFT, 38, 0.4),
        Paragraph(LEFT + 3, y + 6, RIGHT - LEFT - 6, ERKLAERUNG, Schrift.SANS, 10.5, 5),
        Line(LEFT + 3, y + 30, LEFT + 48, y + 30, 0.2),
        Text(LEFT + 3, y + 33.5, "Datum", Schrift.SANS, 8),
        Line(LEFT + 56, y + 30, RIGHT - 3, y + 30, 0.2),
        Text(LEFT + 56, y + 33.5, "Unterschrift der versicherten Person", Schrift.SANS, 8),
        Text(LEFT, y + 46, "Nacherfasst am:", Schrift.SANS, 9),
        Line(LEFT + 28, y + 47, LEFT + 80, y + 47, 0.2),
        Text(LEFT + 88, y + 46, "Zeichen:", Schrift.SANS, 9),
        Line(LEFT + 104, y + 47, RIGHT, y + 47, 0.2),
        Text(LEFT, y + 55, "Karte nachgelesen am:", Schrift.SANS, 9),
        Line(LEFT + 38, y + 56, LEFT + 80, y + 56, 0.2),
        Text(LEFT + 88, y + 55, "Zeichen:", Schrift.SANS, 9),
        Line(LEFT + 104, y + 56, RIGHT, y + 56, 0.2),
    ]
