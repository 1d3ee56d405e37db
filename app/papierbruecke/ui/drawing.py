"""A picture as data: texts, boxes and symbols at their places, drawn on a screen, a page or an image.

A chart is a function from its data and a width to a ``Drawing``; so its words and its geometry
can be tested without looking at pixels, and paper shows exactly what the window shows. Every
state has a pattern or a symbol beside its colour: a page may be printed in grey.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from PySide6.QtCore import QByteArray, QLineF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtSvg import QSvgRenderer

from papierbruecke.ui import icons
from papierbruecke.ui.theme import Look


class Muster(StrEnum):
    """How a box is filled."""

    GLATT = "glatt"
    SCHRAEG = "schraeg"
    SENKRECHT = "senkrecht"
    KARIERT = "kariert"
    LEER = "leer"


class Seite(StrEnum):
    """Where a text stands in its place."""

    LINKS = "links"
    MITTE = "mitte"
    RECHTS = "rechts"


@dataclass(frozen=True, slots=True)
class Place:
    """Pixels from the left upper corner of the picture."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.height

    def rect(self) -> QRectF:
        """For Qt."""
        return QRectF(self.x, self.y, self.width, self.height)


@dataclass(frozen=True, slots=True)
class Text:
    """One line of words; ``size`` before the text size of the desk is applied."""

    place: Place
    text: str
    size: float = 15
    bold: bool = False
    tint: str = "ink"
    seite: Seite = Seite.LINKS


@dataclass(frozen=True, slots=True)
class Box:
    """A field in a colour and a pattern; ``LEER`` has only an outline."""

    place: Place
    tint: str
    muster: Muster = Muster.GLATT
    radius: float = 2


@dataclass(frozen=True, slots=True)
class Symbol:
    """A state symbol: a full round in the tone with the outline in it."""

    place: Place
    name: str
    tint: str


Part = Text | Box | Symbol


@dataclass(frozen=True, slots=True)
class Drawing:
    """The parts in the order of drawing; ``breaks``: where a page may end, from top to bottom."""

    width: float
    height: float
    parts: tuple[Part, ...]
    breaks: tuple[float, ...]

    def between(self, top: float, bottom: float) -> "Drawing":
        """Only what can be seen there: a page of paper holds no words of another page, not even hidden ones."""
        seen = tuple(part for part in self.parts if part.place.y < bottom and part.place.bottom > top)
        return replace(self, parts=seen)

    @property
    def words(self) -> list[str]:
        """Everything that is written, in reading order of the chart."""
        return [part.text for part in self.parts if isinstance(part, Text)]


class Satz:
    """Knows how wide words are in the look: charts break their lines with it."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self._metrics: dict[tuple[float, bool], QFontMetricsF] = {}

    def px(self, size: float) -> float:
        """A text-bound size in pixels."""
        return float(self.look.px(size))

    def width(self, text: str, size: float = 15, bold: bool = False) -> float:
        """Pixels that one line takes."""
        return self._measure(size, bold).horizontalAdvance(text)

    def line(self, size: float = 15) -> float:
        """The height of one line."""
        return float(round(self.look.px(size) * 1.4))

    def lines(self, text: str, width: float, size: float = 15, bold: bool = False) -> list[str]:
        """The words in lines that are not wider than ``width``; a word that is too long is divided."""
        lines: list[str] = []
        for word in text.split():
            joined = f"{lines[-1]} {word}" if lines else word
            if lines and self.width(joined, size, bold) <= width:
                lines[-1] = joined
                continue
            while len(word) > 1 and self.width(word, size, bold) > width:
                fits = next(
                    (n for n in range(len(word) - 1, 1, -1) if self.width(f"{word[:n]}-", size, bold) <= width), 1
                )
                lines.append(f"{word[:fits]}-")
                word = word[fits:]
            lines.append(word)
        return lines or [""]

    def _measure(self, size: float, bold: bool) -> QFontMetricsF:
        key = (size, bold)
        if key not in self._metrics:
            self._metrics[key] = QFontMetricsF(font(self.look, size, bold))
        return self._metrics[key]


class Sheet:
    """A drawing that grows downwards: what charts write on."""

    def __init__(self, width: float, satz: Satz) -> None:
        self.width = width
        self.satz = satz
        self.y = 0.0
        self._parts: list[Part] = []
        self._breaks: list[float] = []

    def add(self, part: Part) -> None:
        """Put something at its place."""
        self._parts.append(part)

    def paragraph(
        self,
        text: str,
        x: float,
        y: float,
        width: float,
        *,
        size: float = 15,
        bold: bool = False,
        tint: str = "ink",
        seite: Seite = Seite.LINKS,
    ) -> float:
        """Words in as many lines as they need; returns where the next thing below may begin."""
        step = self.satz.line(size)
        for line in self.satz.lines(text, width, size, bold):
            self.add(Text(Place(x, y, width, step), line, size, bold, tint, seite))
            y += step
        return y

    def may_break(self) -> None:
        """A page may end here."""
        self._breaks.append(self.y)

    def drawing(self) -> Drawing:
        """Finished."""
        return Drawing(self.width, self.y, tuple(self._parts), (*self._breaks, self.y))


def font(look: Look, size: float, bold: bool) -> QFont:
    """The letters of the desk in this size; plain glyphs only, so that the words of a PDF can be found and copied."""
    made = QFont("Inter")
    made.setPixelSize(look.px(size))
    made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    made.setFeature(QFont.Tag("calt"), 0)
    return made


_STRIPES = {Muster.SCHRAEG: (-1,), Muster.SENKRECHT: (0,), Muster.KARIERT: (-1, 1)}
_STRIPE_PX, _STRIPE_STEP_PX = 1.5, 5.0
_ALIGN = {
    Seite.LINKS: Qt.AlignmentFlag.AlignLeft,
    Seite.MITTE: Qt.AlignmentFlag.AlignHCenter,
    Seite.RECHTS: Qt.AlignmentFlag.AlignRight,
}


def paint(painter: QPainter, drawing: Drawing, look: Look) -> None:
    """Draw the picture in the colours of the look, with its corner at the painter's origin."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for part in drawing.parts:
        match part:
            case Text():
                painter.setFont(font(look, part.size, part.bold))
                painter.setPen(look.color(part.tint))
                flags = _ALIGN[part.seite] | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
                painter.drawText(part.place.rect(), flags, part.text)
            case Box():
                _paint_box(painter, part, look)
            case Symbol():
                _paint_symbol(painter, part, look)


def _paint_box(painter: QPainter, box: Box, look: Look) -> None:
    color, rect = look.color(box.tint), box.place.rect()
    if box.muster is Muster.LEER:
        painter.setPen(QPen(color, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect.adjusted(0.75, 0.75, -0.75, -0.75), box.radius, box.radius)
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(rect, box.radius, box.radius)
    if box.muster in _STRIPES:
        _paint_stripes(painter, box, look)


def _paint_stripes(painter: QPainter, box: Box, look: Look) -> None:
    """Lines of our own: Qt's patterns are as fine as the printer and cannot be seen on paper."""
    rect, step = box.place.rect(), look.px(_STRIPE_STEP_PX)
    painter.save()
    painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
    painter.setPen(QPen(look.color("surface"), look.px(10 * _STRIPE_PX) / 10))
    for lean in _STRIPES[box.muster]:
        shift = lean * rect.height()
        for number in range(int((rect.width() + rect.height()) / step) + 2):
            x = rect.left() + step / 2 + number * step - (rect.height() if lean > 0 else 0.0)
            painter.drawLine(QLineF(x, rect.top(), x + shift, rect.bottom()))
    painter.restore()


def _paint_symbol(painter: QPainter, symbol: Symbol, look: Look) -> None:
    rect = symbol.place.rect()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.color(symbol.tint))
    painter.drawEllipse(rect)
    inset = rect.width() * 0.14
    svg = icons.outline(symbol.name, look.color("surface").name(), "3")
    QSvgRenderer(QByteArray(svg.encode())).render(painter, rect.adjusted(inset, inset, -inset, -inset))
