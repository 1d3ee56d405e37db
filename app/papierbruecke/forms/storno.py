"""The Storno of an eAU to look at: what a doctor takes back with a signature (pure layout, A5).

Never printed as a form: a Storno has no paper. It shows what its data set carries, and no patient,
because the data set names none. Source: TA eAU V1.26 P4-02 AC3, P310-10 to P310-12; the wording
"Storno eAU" is that of KBV_PR_EAU_Storno_Composition.
"""

from uuid import UUID

from papierbruecke.forms.au import stamp_lines
from papierbruecke.forms.draw_page import draw_page
from papierbruecke.forms.drawing import Box, Element, Page, Paragraph, Text
from papierbruecke.forms.fit_text import fit_or_cut
from papierbruecke.pdf.canvas import Dokument
from papierbruecke.pdf.fonts import Schrift
from papierbruecke.record.model import StornoEingabe

TITEL = "Storno eAU"
ERKLAERUNG = (
    "Die Krankenkasse wird aufgefordert, die elektronische Arbeitsunfähigkeitsbescheinigung mit der hier genannten "
    "Dokumenten-ID als ungültig zu behandeln."
)
NIMMT_ZURUECK = "Dokumenten-ID der eAU, die zurückgenommen wird"
TYP = "Dokumententyp: e013"
A5 = (148.0, 210.0)
LEFT, RIGHT = 12.0, 136.0
_SMALLEST_PT = 6.0


def storno_page(eingabe: StornoEingabe, kennung: UUID) -> Page:
    """Who takes back which document, on which day."""
    elements: list[Element] = [
        Box(5.0, 5.0, 138.0, 200.0, 0.2),
        Text(LEFT, 20.0, TITEL, Schrift.SANS_BOLD, 16),
        Paragraph(LEFT, 30.0, RIGHT - LEFT, ERKLAERUNG, Schrift.SANS, 8.5, 3.8),
        *_field(46.0, NIMMT_ZURUECK, str(eingabe.storno.dokument)),
        *_field(60.0, "Datum des Stornos", f"{eingabe.datum:%d.%m.%Y}"),
        Text(LEFT, 80.0, "Praxis, Ärztin oder Arzt", Schrift.SANS, 7),
    ]
    y = 85.0
    for line in stamp_lines(eingabe, "kk"):
        size, parts = fit_or_cut(line, RIGHT - LEFT, 9.0, _SMALLEST_PT, 2)
        for part in parts:
            elements.append(Text(LEFT, y, part, Schrift.MONO, size))
            y += 4.2
    elements.append(Text(LEFT, 197.0, TYP, Schrift.SANS, 5.5))
    elements.append(Text(85.0, 197.0, str(kennung), Schrift.SANS, 5.5))
    return Page(*A5, tuple(elements))


def render_storno(eingabe: StornoEingabe, *, kennung: UUID, uebung: bool = False) -> bytes:
    """The same as PDF."""
    document = Dokument(TITEL)
    draw_page(document, storno_page(eingabe, kennung), uebung=uebung)
    return document.as_bytes()


def _field(y: float, label: str, value: str) -> list[Element]:
    size, lines = fit_or_cut(value, RIGHT - LEFT, 10.0, _SMALLEST_PT)
    return [Text(LEFT, y, label, Schrift.SANS, 7), Text(LEFT, y + 5.0, lines[0], Schrift.MONO, size)]
