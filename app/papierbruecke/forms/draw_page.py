"""Draws the pages that are ours entirely: AU, Ersatzschein, Notfallmappe."""

from papierbruecke.forms.drawing import Box, Line, Page, Paragraph, Pdf417, QrCode, Text, Tick, Vordruck16, broken
from papierbruecke.forms.vordruck16 import draw_vordruck
from papierbruecke.pdf import barcode
from papierbruecke.pdf.canvas import SCHWARZ, Dokument, Farbe, Kasten, Seite
from papierbruecke.pdf.fonts import Schrift, width_mm

_UEBUNG_GREY = Farbe(0.86, 0.86, 0.86)  # light enough to read what stands on it
_TICK_MM = 0.25


def draw_page(document: Dokument, page: Page, *, uebung: bool = False) -> None:
    """Add one page to the document; in a drill it says so across the whole sheet."""
    seite = document.seite(page.width_mm, page.height_mm)
    if uebung:
        _mark_uebung(seite)
    for element in page.elements:
        match element:
            case Text():
                _text(seite, element)
            case Paragraph():
                for row, words in enumerate(broken(element)):
                    _words(seite, element, element.y_mm + row * element.leading_mm, words)
            case Line(x1, y1, x2, y2, width):
                seite.line(x1, y1, x2, y2, width)
            case Box(x, y, width, height, line, filled):
                area = Kasten(x, y, x + width, y + height)
                if filled:
                    seite.fill([area])
                else:
                    seite.frame(area, line)
            case Tick():
                _tick(seite, element)
            case Pdf417(right, bottom, data):
                symbol = barcode.pdf417(data)
                barcode.draw(seite, symbol, right - symbol.width_mm, bottom - symbol.height_mm)
            case QrCode(x, y, module, text):
                barcode.draw(seite, barcode.qr(text, module), x, y)
            case Vordruck16(x, y, hinweis):
                with seite.moved(x, y):
                    draw_vordruck(seite, hinweis)


def _words(seite: Seite, paragraph: Paragraph, y_mm: float, words: list[tuple[str, Schrift]]) -> None:
    """Words of one typeface go out as one text, so that they can be searched and copied."""
    x_mm = paragraph.x_mm
    index = 0
    while index < len(words):
        font = words[index][1]
        end = index
        while end < len(words) and words[end][1] == font:
            end += 1
        text = " ".join(word for word, _ in words[index:end]) + (" " if end < len(words) else "")
        seite.text(x_mm, y_mm, text, font, paragraph.size_pt)
        x_mm += width_mm(text, font, paragraph.size_pt)
        index = end


def _text(seite: Seite, text: Text) -> None:
    draw = {"left": seite.text, "center": seite.text_centred, "right": seite.text_right}[text.align]
    draw(text.x_mm, text.y_mm, text.text, text.schrift, text.size_pt)


def _tick(seite: Seite, tick: Tick) -> None:
    x0, y0, x1, y1 = tick.x_mm, tick.y_mm, tick.x_mm + tick.side_mm, tick.y_mm + tick.side_mm
    seite.frame(Kasten(x0, y0, x1, y1), _TICK_MM)
    if tick.marked:
        inset = tick.side_mm * 0.16
        seite.line(x0 + inset, y0 + inset, x1 - inset, y1 - inset, 0.45)
        seite.line(x0 + inset, y1 - inset, x1 - inset, y0 + inset, 0.45)


def _mark_uebung(seite: Seite) -> None:
    """Grey and under everything, away from the barcode, which must stay readable in a drill too."""
    width, height = seite.width_mm, seite.height_mm
    size = width / 148
    seite.text_turned(width * 0.3, height * 0.14, "ÜBUNG", Schrift.SANS_BOLD, 40 * size, degrees=20, farbe=_UEBUNG_GREY)
    seite.text_turned(width / 2, height * 0.7, "ÜBUNG", Schrift.SANS_BOLD, 96 * size, degrees=40, farbe=_UEBUNG_GREY)
    seite.text_centred(
        width / 2, 4.2 * size, "ÜBUNG – kein gültiges Dokument", Schrift.SANS_BOLD, 7 * size, farbe=SCHWARZ
    )
