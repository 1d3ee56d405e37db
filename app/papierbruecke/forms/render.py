"""Muster 16 as PDF: only the variable text, or on screen with our drawing of the form behind it."""

from collections.abc import Iterable

from papierbruecke.forms.geometry import muster16
from papierbruecke.forms.layout import Text
from papierbruecke.forms.muster16 import Blatt, blaetter
from papierbruecke.forms.vordruck16 import draw_vordruck
from papierbruecke.pdf.canvas import Dokument, Farbe, Seite
from papierbruecke.pdf.fonts import Schrift
from papierbruecke.record.model import RezeptEingabe

TITEL = "Muster 16"
_GRAU = Farbe(0.82, 0.82, 0.82)


def render_muster16(
    eingabe: RezeptEingabe, *, vorschau: bool = False, uebung: bool = False, unfall_mit_status: bool = True
) -> bytes:
    """All sheets of a prescription, one page each, 148 x 105 mm.

    ``vorschau`` draws the form behind the text and marks the page; it is for the screen, never
    for the patient. ``uebung`` marks every page of a drill. ``unfall_mit_status``: see
    ``personalien_of``. Raises InputRefused if it does not fit.
    """
    return render_blaetter(blaetter(eingabe, unfall_mit_status=unfall_mit_status), vorschau=vorschau, uebung=uebung)


def render_blaetter(sheets: Iterable[Blatt], *, vorschau: bool = False, uebung: bool = False) -> bytes:
    """The given sheets as one file."""
    document = Dokument(TITEL)
    for sheet in sheets:
        page = document.seite(*muster16().seite)
        if vorschau:
            draw_vordruck(page)
        if uebung:
            draw_uebung(page)
        for text in sheet.texte:
            draw_text(page, text)
    return document.as_bytes()


def draw_text(page: Seite, text: Text) -> None:
    """One text of a layout on a page."""
    if text.mittig:
        page.text_centred(text.x, text.y, text.text, text.schrift, text.groesse_pt)
    else:
        page.text(text.x, text.y, text.text, text.schrift, text.groesse_pt, pitch_mm=text.raster)


def draw_uebung(page: Seite) -> None:
    """The watermark of a drill, across the page and pale enough to read through."""
    page.text_turned(
        page.width_mm / 2,
        page.height_mm / 2,
        "ÜBUNG",
        Schrift.SANS_BOLD,
        page.height_mm * 0.75,
        degrees=30,
        farbe=_GRAU,
    )
