"""Pages in millimetres: the only door from a form to the PDF library.

Origin is the top-left corner of the page, x to the right, y downwards, all lengths in mm.
Text stands on its baseline. Every used font is embedded, and nothing else is: a file that
names a font it does not carry prints differently on every machine. The same drawing gives
the same bytes on every day and machine, because the stored file is what is printed again.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import NamedTuple

from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from papierbruecke.pdf.fonts import MM_PER_POINT, Schrift, register, width_mm

_PROGRAM = "Papierbrücke"


class Kasten(NamedTuple):
    """A rectangle: left, top, right and bottom edge in mm."""

    x0: float
    y0: float
    x1: float
    y1: float


class Farbe(NamedTuple):
    """A colour, each part 0 to 1."""

    rot: float
    gruen: float
    blau: float


SCHWARZ = Farbe(0, 0, 0)
WEISS = Farbe(1, 1, 1)


class Seite:
    """One page being drawn; made by ``Dokument.seite``, valid until the next page begins."""

    def __init__(self, canvas: Canvas, width_mm: float, height_mm: float) -> None:
        self._canvas = canvas
        self.width_mm = width_mm
        self.height_mm = height_mm

    def text(
        self,
        x_mm: float,
        y_mm: float,
        text: str,
        schrift: Schrift,
        size_pt: float,
        *,
        farbe: Farbe = SCHWARZ,
        pitch_mm: float | None = None,
    ) -> None:
        """One line of text, its left edge at x, its baseline at y.

        ``pitch_mm`` sets a monospaced face exactly on a grid: the distance from the left edge
        of one character to the next.
        """
        if not text:
            return
        spacing_pt = 0.0
        if pitch_mm is not None:
            spacing_pt = (pitch_mm - width_mm("0", schrift, size_pt)) / MM_PER_POINT
        line = self._canvas.beginText()
        line.setTextOrigin(x_mm / MM_PER_POINT, self._y(y_mm))
        line.setFont(register(schrift), size_pt)
        line.setFillColorRGB(*farbe)
        if spacing_pt:
            line.setCharSpace(spacing_pt)
        line.textOut(text)
        self._canvas.drawText(line)

    def text_centred(
        self, x_mm: float, y_mm: float, text: str, schrift: Schrift, size_pt: float, *, farbe: Farbe = SCHWARZ
    ) -> None:
        """One line of text with its middle at x."""
        self.text(x_mm - width_mm(text, schrift, size_pt) / 2, y_mm, text, schrift, size_pt, farbe=farbe)

    def text_right(
        self, x_mm: float, y_mm: float, text: str, schrift: Schrift, size_pt: float, *, farbe: Farbe = SCHWARZ
    ) -> None:
        """One line of text that ends at x."""
        self.text(x_mm - width_mm(text, schrift, size_pt), y_mm, text, schrift, size_pt, farbe=farbe)

    def text_turned(
        self,
        x_mm: float,
        y_mm: float,
        text: str,
        schrift: Schrift,
        size_pt: float,
        *,
        degrees: float,
        farbe: Farbe = SCHWARZ,
    ) -> None:
        """One line of text, centred on x and y and turned counter-clockwise (watermarks)."""
        self._canvas.saveState()
        self._canvas.translate(x_mm / MM_PER_POINT, self._y(y_mm))
        self._canvas.rotate(degrees)
        self._canvas.setFillColorRGB(*farbe)
        self._canvas.setFont(register(schrift), size_pt)
        # A capital letter is about 0.7 em high: half of it below the turning point.
        self._canvas.drawCentredString(0, -0.35 * size_pt, text)
        self._canvas.restoreState()

    def picture(self, png: bytes, kasten: Kasten) -> None:
        """A picture that fills this box."""
        x, y, width, height = self._rect(kasten)
        self._canvas.drawImage(ImageReader(BytesIO(png)), x, y, width, height)

    def line(
        self, x0_mm: float, y0_mm: float, x1_mm: float, y1_mm: float, width_mm: float, *, farbe: Farbe = SCHWARZ
    ) -> None:
        """A straight line of this width."""
        self._canvas.setLineWidth(width_mm / MM_PER_POINT)
        self._canvas.setStrokeColorRGB(*farbe)
        self._canvas.line(x0_mm / MM_PER_POINT, self._y(y0_mm), x1_mm / MM_PER_POINT, self._y(y1_mm))

    def frame(self, kasten: Kasten, width_mm: float, *, farbe: Farbe = SCHWARZ) -> None:
        """The outline of a rectangle; the line lies half inside, half outside."""
        self._canvas.setLineWidth(width_mm / MM_PER_POINT)
        self._canvas.setStrokeColorRGB(*farbe)
        self._canvas.rect(*self._rect(kasten), stroke=1, fill=0)

    def fill(self, kaesten: Iterable[Kasten], *, farbe: Farbe = SCHWARZ) -> None:
        """Solid rectangles, all in one path (a barcode has hundreds)."""
        path = self._canvas.beginPath()
        for kasten in kaesten:
            path.rect(*self._rect(kasten))
        self._canvas.setFillColorRGB(*farbe)
        self._canvas.drawPath(path, stroke=0, fill=1)

    @contextmanager
    def clip(self, kasten: Kasten) -> Iterator[None]:
        """Whatever is drawn inside the ``with`` block ends at this rectangle."""
        self._canvas.saveState()
        path = self._canvas.beginPath()
        path.rect(*self._rect(kasten))
        self._canvas.clipPath(path, stroke=0, fill=0)
        yield
        self._canvas.restoreState()

    @contextmanager
    def moved(self, dx_mm: float, dy_mm: float) -> Iterator[None]:
        """Whatever is drawn inside the ``with`` block stands this much further right and down."""
        self._canvas.saveState()
        self._canvas.translate(dx_mm / MM_PER_POINT, -dy_mm / MM_PER_POINT)
        yield
        self._canvas.restoreState()

    def _y(self, y_mm: float) -> float:
        return (self.height_mm - y_mm) / MM_PER_POINT

    def _rect(self, kasten: Kasten) -> tuple[float, float, float, float]:
        return (
            kasten.x0 / MM_PER_POINT,
            self._y(kasten.y1),
            (kasten.x1 - kasten.x0) / MM_PER_POINT,
            (kasten.y1 - kasten.y0) / MM_PER_POINT,
        )


class Dokument:
    """A PDF file in memory. ``titel`` is the kind of form, never a name: it shows in print queues."""

    def __init__(self, titel: str) -> None:
        self._buffer = BytesIO()
        # An embedded first font keeps the library from listing a Helvetica that nobody uses.
        self._canvas = Canvas(self._buffer, invariant=1, initialFontName=register(Schrift.MONO))
        self._canvas.setTitle(titel)
        self._canvas.setAuthor(_PROGRAM)
        self._canvas.setCreator(_PROGRAM)
        self._canvas.setSubject(titel)
        self._open = False

    def seite(self, width_mm: float, height_mm: float) -> Seite:
        """Begin the next page."""
        if self._open:
            self._canvas.showPage()
        self._canvas.setPageSize((width_mm / MM_PER_POINT, height_mm / MM_PER_POINT))
        self._open = True
        return Seite(self._canvas, width_mm, height_mm)

    def as_bytes(self) -> bytes:
        """Close the file and return it; a document without pages is a bug."""
        if not self._open:
            raise AssertionError("a document has at least one page")
        self._canvas.showPage()
        self._canvas.save()
        return self._buffer.getvalue()
