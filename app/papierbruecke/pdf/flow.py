"""Running text and tables over as many A4 pages as they need: for lists, letters and reports.

Forms place every field in mm; a report does not know its length before. Paragraphs wrap, tables
repeat their head on the next page, and every page says which of how many it is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from papierbruecke.pdf.canvas import Dokument, Farbe, Kasten, Seite
from papierbruecke.pdf.fonts import Schrift, width_mm

WIDTH_MM, HEIGHT_MM = 210.0, 297.0
LEFT_MM, RIGHT_MM = 18.0, 192.0
TOP_MM, BOTTOM_MM = 28.0, 275.0
TEXT_PT, SMALL_PT = 9.5, 8.0
LINE_MM = 4.4
CELL_MM = 1.5  # white space between the columns of a table

GRAU = Farbe(0.45, 0.45, 0.45)
HELL = Farbe(0.93, 0.93, 0.93)
BLASS = Farbe(0.92, 0.92, 0.92)

Draw = Callable[[Seite], None]


@dataclass(frozen=True, slots=True)
class Spaltenkopf:
    """A column of a table: its title and width."""

    titel: str
    width_mm: float
    fett: bool = False
    mono: bool = False


def wrap(text: str, schrift: Schrift, size_pt: float, limit_mm: float) -> list[str]:
    """The text in lines that are no wider than ``limit_mm``; words that are too long are broken."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        current = ""
        for word in paragraph.split():
            longer = f"{current} {word}" if current else word
            if width_mm(longer, schrift, size_pt) <= limit_mm:
                current = longer
                continue
            if current:
                lines.append(current)
            while width_mm(word, schrift, size_pt) > limit_mm:
                fits = next(n for n in range(len(word), 0, -1) if width_mm(word[:n], schrift, size_pt) <= limit_mm)
                lines.append(word[:fits])
                word = word[fits:]
            current = word
        lines.append(current)
    return lines


class Fluss:
    """A document that grows downwards; ``kopf`` and ``fuss`` stand on every page."""

    def __init__(self, titel: str, *, kopf: str, fuss: str, uebung: bool) -> None:
        self._titel = titel
        self._kopf = kopf
        self._fuss = fuss
        self._uebung = uebung
        self._pages: list[list[Draw]] = [[]]
        self._y = TOP_MM

    def space(self, height_mm: float) -> None:
        """White space."""
        self._y += height_mm

    def keep(self, height_mm: float) -> None:
        """Go to the next page if less than this is left."""
        if self._y + height_mm > BOTTOM_MM and self._pages[-1]:
            self.new_page()

    def new_page(self) -> None:
        """Begin the next page."""
        self._pages.append([])
        self._y = TOP_MM

    def heading(self, text: str, size_pt: float = 13.0) -> None:
        """A heading that never stands alone at the foot of a page."""
        self.keep(24)
        self.space(2)
        self.paragraph(text, schrift=Schrift.SANS_BOLD, size_pt=size_pt)
        self.space(1)

    def paragraph(
        self,
        text: str,
        *,
        schrift: Schrift = Schrift.SANS,
        size_pt: float = TEXT_PT,
        farbe: Farbe | None = None,
        limit_mm: float = RIGHT_MM - LEFT_MM,
    ) -> None:
        """Text over the whole width, or ``limit_mm`` of it."""
        step = LINE_MM * size_pt / TEXT_PT
        for line in wrap(text, schrift, size_pt, limit_mm):
            self.keep(step)
            self._y += step
            self._text(LEFT_MM, self._y - 1.2, line, schrift, size_pt, farbe)

    def measure(self, texts: Sequence[str], limit_mm: float) -> float:
        """How high these paragraphs will be, in mm."""
        return sum(len(wrap(text, Schrift.SANS, TEXT_PT, limit_mm)) for text in texts) * LINE_MM

    def rule(self) -> None:
        """A thin line over the whole width."""
        y = self._y + 1
        self._draw(lambda page: page.line(LEFT_MM, y, RIGHT_MM, y, 0.15, farbe=GRAU))
        self._y += 4

    def tiles(self, entries: Sequence[tuple[str, str]]) -> None:
        """A row of boxes, each with a big value and a word below it."""
        self.keep(17)
        width = (RIGHT_MM - LEFT_MM) / len(entries)
        for index, (value, word) in enumerate(entries):
            box = Kasten(LEFT_MM + index * width, self._y, LEFT_MM + (index + 1) * width - 2, self._y + 14)
            self._draw(lambda page, box=box: page.frame(box, 0.3))  # type: ignore[misc]
            self._text(box.x0 + 3, self._y + 6.8, value, Schrift.SANS_BOLD, 15)
            self._text(box.x0 + 3, self._y + 11.6, word, Schrift.SANS, SMALL_PT)
        self._y += 17

    def table(self, spalten: Sequence[Spaltenkopf], rows: Sequence[Sequence[str]], *, linie: bool = True) -> None:
        """A table; a row never breaks over two pages, the head is repeated."""
        self._head(spalten)
        for row in rows:
            cells = [
                wrap(text, _face(each), TEXT_PT, each.width_mm - CELL_MM)
                for each, text in zip(spalten, row, strict=True)
            ]
            height = max(len(cell) for cell in cells) * LINE_MM + 1.6
            if self._y + height > BOTTOM_MM:
                self.new_page()
                self._head(spalten)
            x = LEFT_MM
            for each, cell in zip(spalten, cells, strict=True):
                for number, line in enumerate(cell):
                    self._text(x, self._y + 3.6 + number * LINE_MM, line, _face(each), TEXT_PT)
                x += each.width_mm
            self._y += height
            if linie:
                y = self._y
                self._draw(lambda page, y=y: page.line(LEFT_MM, y, RIGHT_MM, y, 0.1, farbe=GRAU))  # type: ignore[misc]

    def _head(self, spalten: Sequence[Spaltenkopf]) -> None:
        self.keep(20)
        box = Kasten(LEFT_MM - 1, self._y, RIGHT_MM, self._y + 5.6)
        self._draw(lambda page: page.fill([box], farbe=HELL))
        x = LEFT_MM
        for each in spalten:
            self._text(x, self._y + 3.9, each.titel, Schrift.SANS_BOLD, SMALL_PT)
            x += each.width_mm
        self._y += 6.4

    def lines_to_sign(self, labels: Sequence[str]) -> None:
        """Lines for date, place and signature by hand, side by side."""
        self.keep(24)
        self.space(16)
        width = (RIGHT_MM - LEFT_MM) / len(labels)
        y = self._y
        for index, label in enumerate(labels):
            x0, x1 = LEFT_MM + index * width, LEFT_MM + (index + 1) * width - 6
            self._draw(lambda page, x0=x0, x1=x1: page.line(x0, y, x1, y, 0.25))  # type: ignore[misc]
            self._text(x0, y + 4, label, Schrift.SANS, SMALL_PT)
        self._y += 6

    def place(self, height_mm: float, draw: Callable[[Seite, float], None]) -> None:
        """A drawing of this height at the current place (a code, a box); it gets its upper edge."""
        self.keep(height_mm)
        y = self._y
        self._draw(lambda page: draw(page, y))
        self._y += height_mm

    def as_bytes(self) -> bytes:
        """All pages as one file."""
        document = Dokument(self._titel)
        for number, draws in enumerate(self._pages, start=1):
            page = document.seite(WIDTH_MM, HEIGHT_MM)
            if self._uebung:
                page.text_turned(WIDTH_MM / 2, HEIGHT_MM / 2, "ÜBUNG", Schrift.SANS_BOLD, 150, degrees=55, farbe=BLASS)
            page.text(LEFT_MM, 16, self._titel, Schrift.SANS_BOLD, 16)
            page.text_right(RIGHT_MM, 16, self._kopf, Schrift.SANS, SMALL_PT)
            page.line(LEFT_MM, 20, RIGHT_MM, 20, 0.4)
            page.text(LEFT_MM, 285, self._fuss, Schrift.SANS, SMALL_PT, farbe=GRAU)
            page.text_right(RIGHT_MM, 285, f"Seite {number} von {len(self._pages)}", Schrift.SANS, SMALL_PT)
            for draw in draws:
                draw(page)
        return document.as_bytes()

    def _text(
        self, x_mm: float, y_mm: float, text: str, schrift: Schrift, size_pt: float, farbe: Farbe | None = None
    ) -> None:
        colour = farbe or Farbe(0, 0, 0)
        self._draw(lambda page: page.text(x_mm, y_mm, text, schrift, size_pt, farbe=colour))

    def _draw(self, draw: Draw) -> None:
        self._pages[-1].append(draw)


def _face(spalte: Spaltenkopf) -> Schrift:
    if spalte.mono:
        return Schrift.MONO
    return Schrift.SANS_BOLD if spalte.fett else Schrift.SANS
