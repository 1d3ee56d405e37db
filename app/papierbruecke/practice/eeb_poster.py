"""The check-in sheet for the desk: patients scan it with the app of their Krankenkasse."""

from papierbruecke.pdf.barcode import draw, qr
from papierbruecke.pdf.canvas import Dokument, Seite
from papierbruecke.pdf.flow import wrap
from papierbruecke.pdf.fonts import Schrift
from papierbruecke.practice.eeb import check_in_url

WIDTH_MM, HEIGHT_MM = 210.0, 297.0
MIDDLE_MM = WIDTH_MM / 2
QR_WIDTH_MM = 100.0
TEXT_MM = 160.0
_TITLE = "Karte vergessen oder nicht lesbar?"
_STEPS = (
    "1. App Ihrer Krankenkasse öffnen",
    "2. „Ersatzbescheinigung“ oder „Praxis-Check-in“ wählen",
    "3. Diesen Code scannen und bestätigen",
)
_EXPLANATION = (
    "Ihre Krankenkasse schickt den Versicherungsnachweis an unsere Praxis. Das geht über Ihr Mobilnetz, auch wenn bei "
    "uns die Verbindung gestört ist; dann kommt der Nachweis an, sobald sie wieder steht. Bitte sagen Sie an der "
    "Anmeldung Bescheid."
)


def render_poster(kim_adresse: str, praxis: str | None = None) -> bytes:
    """One A4 page with the code, three steps and the address in plain letters; raises InputRefused.

    ``praxis`` is the name that stands at the foot.
    """
    url = check_in_url(kim_adresse)
    document = Dokument("Praxis-Check-in")
    page = document.seite(WIDTH_MM, HEIGHT_MM)
    page.text_centred(MIDDLE_MM, 40, _TITLE, Schrift.SANS_BOLD, 30)
    page.text_centred(MIDDLE_MM, 53, "Elektronische Ersatzbescheinigung", Schrift.SANS, 18)
    modules = len(qr(url, 1.0).rows)
    symbol = qr(url, QR_WIDTH_MM / modules)
    draw(page, symbol, MIDDLE_MM - symbol.width_mm / 2, 112 - symbol.height_mm / 2)
    for number, step in enumerate(_STEPS):
        page.text((WIDTH_MM - TEXT_MM) / 2, 184 + 11 * number, step, Schrift.SANS_BOLD, 17)
    _paragraph(page, 222, _EXPLANATION)
    page.text_centred(MIDDLE_MM, 268, f"KIM-Adresse: {kim_adresse}", Schrift.SANS, 11)
    if praxis:
        page.text_centred(MIDDLE_MM, 277, praxis, Schrift.SANS_BOLD, 13)
    return document.as_bytes()


def _paragraph(page: Seite, top_mm: float, text: str) -> None:
    for number, line in enumerate(wrap(text, Schrift.SANS, 14, TEXT_MM)):
        page.text((WIDTH_MM - TEXT_MM) / 2, top_mm + 7 * number, line, Schrift.SANS, 14)
