"""A chart on the screen, and the same chart on pages and as an image.

The picture scrolls when the window is small; on paper it is always light and never depends on
the text size of the desk. A drill leaves the word ÜBUNG on every page and every image.
"""

from collections.abc import Callable

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QImage,
    QImageWriter,
    QPageLayout,
    QPageSize,
    QPainter,
    QPaintEvent,
    QPdfWriter,
    QResizeEvent,
)
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget

from papierbruecke.ui import theme
from papierbruecke.ui.drawing import Drawing, Satz, font, paint
from papierbruecke.ui.fields import scroll_area
from papierbruecke.ui.theme import Look

Chart = Callable[[float, Satz], Drawing]
"""A chart for a width in pixels, with letters as they are set there."""

PAGE_LOOK = Look()
DPI = 96
PRINT_DPI = 600
MARGIN_MM = 14.0
_IMAGE_PX = 1200
_IMAGE_RATIO = 2.0
_EDGE_PX = 32
_INSET_PX = 10


class ChartView(QWidget):
    """Draws one chart as wide as its place; tells it in words to a screen reader."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        self._chart: Chart | None = None
        self._drawing: Drawing | None = None
        self._drawn_for: tuple[int, Look] | None = None

    def show_chart(self, chart: Chart, description: str) -> None:
        """Replace the picture; ``description`` says all of it."""
        self._chart = chart
        self._drawn_for = None
        self.setAccessibleDescription(description)
        self._lay_out()
        self.update()

    @property
    def drawing(self) -> Drawing | None:
        """What is shown now."""
        return self._drawing

    def _lay_out(self) -> None:
        look = theme.current()
        if self._chart is not None and self._drawn_for != (self.width(), look):
            self._drawing = self._chart(float(max(self.width() - 2 * _INSET_PX, 1)), Satz(look))
            self._drawn_for = (self.width(), look)
            self.setMinimumHeight(round(self._drawing.height) + 2 * _INSET_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The chart fills its width anew."""
        super().resizeEvent(event)
        self._lay_out()

    def minimumSizeHint(self) -> QSize:
        """Narrow windows make it higher, not cut."""
        return QSize(280, self.minimumHeight())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture in the look of the desk."""
        self._lay_out()
        if self._drawing is not None:
            painter = QPainter(self)
            painter.translate(_INSET_PX, _INSET_PX)
            paint(painter, self._drawing, theme.current())


def chart_area(view: ChartView) -> QScrollArea:
    """The picture in a column that arrow and page keys scroll."""
    area = scroll_area(view)
    area.setObjectName(f"{view.objectName()}_rollen")
    area.setProperty("rolle", "bild")
    area.setAccessibleName(view.accessibleName())
    area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return area


def chart_pdf(chart: Chart, *, title: str, foot: str, uebung: bool, landscape: bool) -> bytes:
    """The chart on A4 pages; it is divided only where it allows it."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(PRINT_DPI)
    writer.setTitle(title)
    writer.setCreator("Papierbrücke")
    way = QPageLayout.Orientation.Landscape if landscape else QPageLayout.Orientation.Portrait
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            way,
            QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM),
            QPageLayout.Unit.Millimeter,
        )
    )
    scale = PRINT_DPI / DPI
    width, height = writer.width() / scale, writer.height() / scale
    drawing = chart(width, Satz(PAGE_LOOK))
    pages = page_cuts(drawing, height - _EDGE_PX)
    painter = QPainter(writer)
    for number, (top, bottom) in enumerate(pages, start=1):
        if number > 1:
            writer.newPage()
        painter.save()
        painter.scale(scale, scale)
        if uebung:
            _watermark(painter, QRectF(0, 0, width, height))
        painter.save()
        painter.setClipRect(QRectF(-1, 0, width + 2, bottom - top))
        painter.translate(0, -top)
        paint(painter, drawing.between(top, bottom), PAGE_LOOK)
        painter.restore()
        painter.setFont(font(PAGE_LOOK, 11, False))
        painter.setPen(PAGE_LOOK.color("ink2"))
        line = QRectF(0, height - 18, width, 18)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, foot)
        page = f"Seite {number} von {len(pages)}"
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, page)
        painter.restore()
    painter.end()
    buffer.close()
    return bytes(data.data())


def page_cuts(drawing: Drawing, height: float) -> list[tuple[float, float]]:
    """From where to where each page shows the drawing, cut at its breaks if it has any there."""
    cuts: list[tuple[float, float]] = []
    top = 0.0
    while top < drawing.height:
        fits = [place for place in drawing.breaks if top < place <= top + height]
        bottom = max(fits, default=min(top + height, drawing.height))
        cuts.append((top, bottom))
        top = bottom
    return cuts or [(0.0, drawing.height)]


def chart_png(chart: Chart, *, uebung: bool) -> bytes:
    """The chart as an image on white, twice as fine as a screen."""
    drawing = chart(float(_IMAGE_PX), Satz(PAGE_LOOK))
    area = QRectF(0, 0, drawing.width + 2 * _EDGE_PX, drawing.height + 2 * _EDGE_PX)
    image = QImage((area.size() * _IMAGE_RATIO).toSize(), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_IMAGE_RATIO)
    image.fill(QColor("white"))
    painter = QPainter(image)
    if uebung:
        _watermark(painter, area)
    painter.translate(_EDGE_PX, _EDGE_PX)
    paint(painter, drawing, PAGE_LOOK)
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"PNG")).write(image)
    buffer.close()
    return bytes(data.data())


def _watermark(painter: QPainter, page: QRectF) -> None:
    """The word across the page, light enough to read over it."""
    painter.save()
    painter.setPen(QColor("#D8D8D8"))
    painter.setFont(font(PAGE_LOOK, min(page.width(), page.height()) / 4, True))
    painter.translate(page.center())
    painter.rotate(-30)
    painter.drawText(QRectF(-2000, -400, 4000, 800), Qt.AlignmentFlag.AlignCenter, "ÜBUNG")
    painter.restore()
