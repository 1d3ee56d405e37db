"""Running text on A4: headings, paragraphs, lists, boxes to tick, rows of a table (pure).

Texts come from files under ``resources`` in a small markup, so that a corrected sentence needs
no change of code: ``# `` title, ``## `` heading, ``- `` point, ``[] `` box to tick, ``1. ``
number, ``---`` next page, ``*bold*``.
"""

import re
from dataclasses import dataclass

from papierbruecke.forms.drawing import Box, Element, Line, Page, Paragraph, Text, Tick, broken
from papierbruecke.pdf.fonts import Schrift
from papierbruecke.resources import folder

A4 = (210.0, 297.0)
LEFT, RIGHT, TOP, BOTTOM = 24.0, 192.0, 22.0, 280.0  # a hole punch takes the left 12 mm
PT = 25.4 / 72
_LABEL_MM = 56.0  # label of a row to write on
_NUMBERED = re.compile(r"([0-9]{1,2})\. (.*)")


@dataclass(frozen=True, slots=True)
class Rahmen:
    """What stands on every page of a part: at the head who it belongs to, at the foot how old it is."""

    kopf: str
    fuss: str


class Flow:
    """Fills pages from top to bottom; what does not fit begins the next one."""

    def __init__(self, rahmen: Rahmen, size_pt: float = 10.5) -> None:
        self._rahmen = rahmen
        self._size = size_pt
        self._pages: list[list[Element]] = []
        self.next_page()

    @property
    def _leading(self) -> float:
        return self._size * PT * 1.32

    def next_page(self) -> None:
        """Begin a page."""
        elements: list[Element] = [
            Text(LEFT, 14.0, self._rahmen.kopf, Schrift.SANS, 8),
            Line(LEFT, 16.0, RIGHT, 16.0, 0.2),
            Text(LEFT, 289.0, self._rahmen.fuss, Schrift.SANS, 7.5),
        ]
        self._pages.append(elements)
        self._y = TOP

    def need(self, height_mm: float) -> None:
        """Begin the next page if this much does not fit any more."""
        if self._y + height_mm > BOTTOM and self._y > TOP:
            self.next_page()

    def space(self, height_mm: float) -> None:
        """Leave room."""
        self._y += height_mm

    def title(self, text: str) -> None:
        """The big line of a page."""
        self._running(text, LEFT, self._size * 1.8, Schrift.SANS_BOLD)
        self.space(self._size * 0.25)

    def heading(self, text: str) -> None:
        """The line above a section; never alone at the foot of a page."""
        self.need(self._leading * 4)
        self.space(self._leading * 0.5)
        self._running(text, LEFT, self._size * 1.15, Schrift.SANS_BOLD)
        self.space(self._leading * 0.12)

    def paragraph(self, text: str) -> None:
        """A paragraph over the whole width."""
        self._running(text, LEFT, self._size, Schrift.SANS)
        self.space(self._leading * 0.35)

    def item(self, text: str, mark: str) -> None:
        """A point of a list behind its mark: a dash, a number, or ``[]`` for a box to tick."""
        indent = self._size * 0.62
        height = self._height(text, LEFT + indent, self._size, Schrift.SANS)
        self.need(height)
        baseline = self._y + self._size * PT
        if mark == "[]":
            side = self._size * PT * 0.9
            self._add(Tick(LEFT, baseline - side * 0.9, side, False))
        else:
            self._add(Text(LEFT, baseline, mark, Schrift.SANS_BOLD, self._size))
        self._running(text, LEFT + indent, self._size, Schrift.SANS)
        self.space(self._leading * 0.3)

    def boxed(self, title: str, lines: list[str], right: str = "") -> None:
        """A framed block with a bold first line; never parted between two pages."""
        inner = RIGHT - LEFT - 6
        parts = [Paragraph(LEFT + 3, 0, inner, text, Schrift.SANS, self._size, self._leading) for text in lines]
        height = self._leading * (1.6 + sum(len(broken(part)) for part in parts)) + 1.5
        self.need(height)
        top = self._y
        self._add(Box(LEFT, top, RIGHT - LEFT, height, 0.25))
        self._y += self._leading * 1.15
        self._add(Text(LEFT + 3, self._y, title, Schrift.SANS_BOLD, self._size * 1.05))
        if right:
            self._add(Text(RIGHT - 3, self._y, right, Schrift.SANS, self._size * 0.9, "right"))
        self._y += self._leading
        for part in parts:
            self._add(Paragraph(part.x_mm, self._y, inner, part.text, Schrift.SANS, self._size, self._leading))
            self._y += self._leading * len(broken(part))
        self._y = top + height + 2.2

    def line_to_fill(self, label: str, widths: tuple[float, ...] = (), labels: tuple[str, ...] = ()) -> None:
        """A row to write on: a label and one or more rules; ``labels`` stand under the rules."""
        self.need(11)
        self._add(Text(LEFT, self._y + 6.5, label, Schrift.SANS, self._size))
        x = LEFT + _LABEL_MM
        for index, width in enumerate(widths or (RIGHT - LEFT - _LABEL_MM,)):
            self._add(Line(x, self._y + 7.5, x + width, self._y + 7.5, 0.2))
            if index < len(labels):
                self._add(Text(x, self._y + 10.4, labels[index], Schrift.SANS, 7))
            x += width + 4
        self._y += 11

    def table(self, columns: list[tuple[str, float]], rows: int, row_mm: float) -> None:
        """An empty table: heads with their widths in mm, so many rows to write in."""
        head = 9.0
        self.need(head + row_mm)
        rows = min(rows, int((BOTTOM - self._y - head) / row_mm))
        bottom = self._y + head + rows * row_mm
        x = LEFT
        for label, width in columns:
            part = Paragraph(x + 0.8, self._y + 3.4, width - 1.4, label, Schrift.SANS_BOLD, 7.5, 3.2)
            self._add(part)
            self._add(Line(x, self._y, x, bottom, 0.2))
            x += width
        self._add(Line(x, self._y, x, bottom, 0.2))
        for index in range(rows + 2):
            y = self._y + (0 if index == 0 else head + (index - 1) * row_mm)
            self._add(Line(LEFT, y, x, y, 0.2))
        self._y = bottom + 3

    def add(self, *elements: Element) -> None:
        """Put something at its own place on this page."""
        for element in elements:
            self._add(element)

    @property
    def y_mm(self) -> float:
        """Where the next block begins."""
        return self._y

    def markup(self, text: str) -> None:
        """Whatever a text file of ours holds."""
        for line in filter(None, (raw.strip() for raw in text.splitlines())):
            numbered = _NUMBERED.fullmatch(line)
            if line == "---":
                self.next_page()
            elif line.startswith("## "):
                self.heading(line[3:])
            elif line.startswith("# "):
                self.title(line[2:])
            elif line.startswith("- "):
                self.item(line[2:], "–")
            elif line.startswith("[] "):
                self.item(line[3:], "[]")
            elif numbered:
                self.item(numbered[2], f"{numbered[1]}.")
            else:
                self.paragraph(line)

    def pages(self) -> list[Page]:
        """The finished pages, numbered if there are several."""
        count = len(self._pages)
        numbered = [
            [*elements, Text(RIGHT, 289.0, f"Seite {index} von {count}", Schrift.SANS, 7.5, "right")]
            if count > 1
            else elements
            for index, elements in enumerate(self._pages, start=1)
        ]
        return [Page(*A4, tuple(elements)) for elements in numbered]

    def _add(self, element: Element) -> None:
        self._pages[-1].append(element)

    def _height(self, text: str, x: float, size: float, schrift: Schrift) -> float:
        return len(broken(Paragraph(x, 0, RIGHT - x, text, schrift, size, 0))) * size * PT * 1.32

    def _running(self, text: str, x: float, size: float, schrift: Schrift) -> None:
        height = self._height(text, x, size, schrift)
        self.need(height)
        self._add(Paragraph(x, self._y + size * PT, RIGHT - x, text, schrift, size, size * PT * 1.32))
        self._y += height


def text_of(name: str) -> str:
    """One of our text files."""
    return (folder() / "notfallmappe" / f"{name}.txt").read_text(encoding="utf-8")
