"""Our own drawing of the pink form, for the screen only: a preview must look like what will come out."""

from papierbruecke.forms.geometry import muster16
from papierbruecke.pdf.canvas import WEISS, Farbe, Kasten, Seite
from papierbruecke.pdf.fonts import Schrift

ROSA = Farbe(0.99, 0.87, 0.83)
ROT = Farbe(0.86, 0.16, 0.14)
LINE_MM = 0.15
BOLD_LINE_MM = 0.38
HINWEIS = "Vorschau – nur für den Bildschirm"


def draw_vordruck(page: Seite, hinweis: str = HINWEIS) -> None:
    """Draw the form on an empty page and mark it as what it is: no original."""
    form = muster16().vordruck
    width, height = muster16().seite
    corner = Kasten(*form.weisse_ecke)
    page.fill([Kasten(0, 0, width, height)], farbe=ROSA)
    page.fill([Kasten(corner.x0, corner.y0, width, height)], farbe=WEISS)
    page.line(corner.x0, corner.y0, width, corner.y0, BOLD_LINE_MM, farbe=ROT)
    page.line(corner.x0, corner.y0, corner.x0, height, BOLD_LINE_MM, farbe=ROT)
    boxes = [Kasten(*box) for box in (*form.kaesten.values(), *form.apotheke.values())]
    page.fill(boxes, farbe=WEISS)
    for box in boxes:
        page.frame(box, LINE_MM, farbe=ROT)
    for line in form.linien:
        page.line(*line, LINE_MM, farbe=ROT)
    for x, y, size_pt, text in form.texte:
        page.text(x, y, text, Schrift.SANS, size_pt, farbe=ROT)
    page.text_centred((corner.x0 + width) / 2, (corner.y0 + height) / 2, hinweis, Schrift.SANS_BOLD, 9, farbe=ROT)
