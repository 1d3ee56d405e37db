"""The check-in sheet for the wall and the desk: patients scan it with the app of their Krankenkasse."""

from typing import Literal

from papierbruecke.pdf.barcode import draw, qr
from papierbruecke.pdf.canvas import Dokument
from papierbruecke.pdf.flow import wrap
from papierbruecke.pdf.fonts import Schrift
from papierbruecke.practice.eeb import check_in_url

WIDTH_MM, HEIGHT_MM = 210.0, 297.0  # DIN A4; everything below is measured on it
Format = Literal["a4", "a5"]
SCALE: dict[Format, float] = {"a4": 1.0, "a5": 148.0 / 210.0}
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


def render_poster(kim_adresse: str, praxis: str | None = None, blatt: Format = "a4") -> bytes:
    """One page with the code, three steps and the address in plain letters; raises InputRefused.

    ``blatt``: "a4" for the wall, "a5" for a stand on the desk. ``praxis`` is the name at the foot.
    """
    url = check_in_url(kim_adresse)
    document = Dokument("Praxis-Check-in")
    _draw(document, url, kim_adresse, praxis, SCALE[blatt])
    return document.as_bytes()


def _draw(document: Dokument, url: str, kim_adresse: str, praxis: str | None, scale: float) -> None:
    page = document.seite(WIDTH_MM * scale, HEIGHT_MM * scale)

    def centred(y_mm: float, text: str, schrift: Schrift, size_pt: float) -> None:
        page.text_centred(MIDDLE_MM * scale, y_mm * scale, text, schrift, size_pt * scale)

    def left(y_mm: float, text: str, schrift: Schrift, size_pt: float) -> None:
        page.text((WIDTH_MM - TEXT_MM) / 2 * scale, y_mm * scale, text, schrift, size_pt * scale)

    centred(40, _TITLE, Schrift.SANS_BOLD, 30)
    centred(53, "Elektronische Ersatzbescheinigung", Schrift.SANS, 18)
    symbol = qr(url, QR_WIDTH_MM * scale / len(qr(url, 1.0).rows))
    draw(page, symbol, MIDDLE_MM * scale - symbol.width_mm / 2, 112 * scale - symbol.height_mm / 2)
    for number, step in enumerate(_STEPS):
        left(184 + 11 * number, step, Schrift.SANS_BOLD, 17)
    for number, line in enumerate(wrap(_EXPLANATION, Schrift.SANS, 14, TEXT_MM)):
        left(222 + 7 * number, line, Schrift.SANS, 14)
    centred(268, f"KIM-Adresse: {kim_adresse}", Schrift.SANS, 11)
    if praxis:
        centred(277, praxis, Schrift.SANS_BOLD, 13)
