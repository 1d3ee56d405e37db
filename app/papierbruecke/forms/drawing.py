"""What a page that we draw ourselves consists of, as data in millimetres (pure).

Values that may be a patient's do not show in ``repr``.

Origin is the top left corner of the page, x to the right, y down; the y of a text is its
baseline. Font sizes are points. ``draw_page.py`` hands the elements to ``pdf``.
"""

from dataclasses import dataclass, field, replace
from typing import Literal

from papierbruecke.pdf.fonts import Schrift, width_mm

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text; ``x_mm`` is its left edge, middle or right edge according to ``align``."""

    x_mm: float
    y_mm: float
    text: str = field(repr=False)
    schrift: Schrift = Schrift.MONO
    size_pt: float = 8.0
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text, broken at ``width_mm`` by the metrics of its font; ``*some words*`` are bold."""

    x_mm: float
    y_mm: float
    width_mm: float
    text: str = field(repr=False)
    schrift: Schrift
    size_pt: float
    leading_mm: float


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line."""

    x1_mm: float
    y1_mm: float
    x2_mm: float
    y2_mm: float
    width_mm: float = 0.2


@dataclass(frozen=True, slots=True)
class Box:
    """A frame, or with ``filled`` a solid black area."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    line_mm: float = 0.2
    filled: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """A ballot box, empty or crossed; drawn as lines, so that no font can lack it."""

    x_mm: float
    y_mm: float
    side_mm: float
    marked: bool


@dataclass(frozen=True, slots=True)
class Pdf417:
    """A barcode whose right edge and lower edge are given; its size is absolute."""

    right_mm: float
    bottom_mm: float
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code: the upper left corner of its quiet zone and the side of one module."""

    x_mm: float
    y_mm: float
    module_mm: float
    text: str


@dataclass(frozen=True, slots=True)
class Vordruck16:
    """Our drawing of the pink form at this place, for explaining it; never to write on."""

    x_mm: float
    y_mm: float
    hinweis: str


Element = Text | Paragraph | Line | Box | Tick | Pdf417 | QrCode | Vordruck16


@dataclass(frozen=True, slots=True)
class Page:
    """One page of paper."""

    width_mm: float
    height_mm: float
    elements: tuple[Element, ...]


def enlarged(page: Page, factor: float, width_mm: float, height_mm: float) -> Page:
    """The same page on bigger paper, centred; barcodes keep their absolute size (BFB 5.5)."""
    dx = (width_mm - page.width_mm * factor) / 2
    dy = (height_mm - page.height_mm * factor) / 2
    return Page(width_mm, height_mm, tuple(_enlarged(e, factor, dx, dy) for e in page.elements))


def _enlarged(element: Element, k: float, dx: float, dy: float) -> Element:
    match element:
        case Text(x, y):
            return replace(element, x_mm=x * k + dx, y_mm=y * k + dy, size_pt=element.size_pt * k)
        case Paragraph(x, y):
            return replace(
                element,
                x_mm=x * k + dx,
                y_mm=y * k + dy,
                width_mm=element.width_mm * k,
                size_pt=element.size_pt * k,
                leading_mm=element.leading_mm * k,
            )
        case Line(x1, y1, x2, y2, width):
            return Line(x1 * k + dx, y1 * k + dy, x2 * k + dx, y2 * k + dy, width * k)
        case Box(x, y, width, height, line):
            return replace(
                element, x_mm=x * k + dx, y_mm=y * k + dy, width_mm=width * k, height_mm=height * k, line_mm=line * k
            )
        case Tick(x, y, side):
            return replace(element, x_mm=x * k + dx, y_mm=y * k + dy, side_mm=side * k)
        case Pdf417(x, y):
            return replace(element, right_mm=x * k + dx, bottom_mm=y * k + dy)
        case QrCode(x, y) | Vordruck16(x, y):
            return replace(element, x_mm=x * k + dx, y_mm=y * k + dy)


_BOLD = {Schrift.SANS: Schrift.SANS_BOLD, Schrift.SANS_ITALIC: Schrift.SANS_BOLD_ITALIC}


def broken(paragraph: Paragraph) -> list[list[tuple[str, Schrift]]]:
    """The lines of a paragraph, each a list of words with their typeface."""
    size = paragraph.size_pt
    blank = width_mm(" ", paragraph.schrift, size)
    lines: list[list[tuple[str, Schrift]]] = [[]]
    used, bold = 0.0, False
    for raw in paragraph.text.split():
        marks = raw.count("*")
        schrift = _BOLD.get(paragraph.schrift, paragraph.schrift) if bold or marks else paragraph.schrift
        bold ^= marks % 2 == 1
        word = raw.replace("*", "")
        width = width_mm(word, schrift, size)
        if lines[-1] and used + blank + width > paragraph.width_mm:
            lines.append([])
            used = 0.0
        used += width + (blank if lines[-1] else 0.0)
        lines[-1].append((word, schrift))
    return lines
