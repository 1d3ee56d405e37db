"""A page of a PDF on the screen: the form as it will look, drawn from the very bytes."""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtPdf import QPdfDocument
from PySide6.QtWidgets import QSizePolicy, QWidget

from papierbruecke.ui import theme


class PdfView(QWidget):
    """Shows one page, as large as its place allows, always whole and in its proportions."""

    def __init__(self, name: str, aspect: float, empty_text: str) -> None:
        """``aspect`` is width through height, used until there is a page."""
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName("Vorschau des Formulars")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(150, 100)
        self._aspect = aspect
        self._empty_text = empty_text
        self._document = QPdfDocument(self)
        self._buffer: QBuffer | None = None
        self._image = QImage()
        self._page = 0

    def sizeHint(self) -> QSize:
        """As wide as the form wants to be at its place."""
        return QSize(560, round(560 / self._aspect))

    def hasHeightForWidth(self) -> bool:
        """The height follows the width: a page is never stretched."""
        return False

    @property
    def pages(self) -> int:
        """How many sheets the preview has."""
        return self._document.pageCount()

    @property
    def page(self) -> int:
        """Which sheet is shown, from 0."""
        return self._page

    def show_pdf(self, data: bytes) -> None:
        """Show these bytes, staying on the same page if it still exists."""
        buffer = QBuffer(self)
        buffer.setData(QByteArray(data))
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self._document.close()
        self._document.load(buffer)
        if self._buffer is not None:
            self._buffer.deleteLater()
        self._buffer = buffer
        self._page = min(self._page, max(self.pages - 1, 0))
        self._render()

    def show_page(self, page: int) -> None:
        """Turn to a sheet."""
        if 0 <= page < self.pages:
            self._page = page
            self._render()

    def clear(self) -> None:
        """Back to the empty form."""
        self._document.close()
        self._image = QImage()
        self._page = 0
        self.update()

    def _aspect_now(self) -> float:
        if not self.pages:
            return self._aspect
        size = self._document.pagePointSize(self._page)
        return size.width() / size.height()

    def _target(self) -> QRectF:
        aspect = self._aspect_now()
        width = min(float(self.width()), self.height() * aspect)
        height = width / aspect
        return QRectF(0, 0, width, height)

    def _render(self) -> None:
        if not self.pages:
            self._image = QImage()
        else:
            ratio = self.devicePixelRatioF()
            target = self._target().size() * ratio
            page = self._document.render(self._page, QSize(round(target.width()), round(target.height())))
            sheet = QImage(page.size(), QImage.Format.Format_RGB32)
            sheet.fill(QColor("#FFFFFF"))
            painter = QPainter(sheet)
            painter.drawImage(0, 0, page)
            painter.end()
            sheet.setDevicePixelRatio(ratio)
            self._image = sheet
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw the page anew for its new place; what it does not need it leaves to others."""
        super().resizeEvent(event)
        self.setMaximumHeight(max(round(self.width() / self._aspect_now()) + 1, 100))
        self._render()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The page, or the empty pink sheet with a word."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        target = self._target()
        if not self._image.isNull():
            painter.drawImage(target, self._image)
            painter.setPen(look.color("line"))
            painter.drawRect(target.adjusted(0.5, 0.5, -0.5, -0.5))
            return
        painter.setPen(look.color("paper_line"))
        painter.setBrush(look.color("paper_soft"))
        painter.drawRoundedRect(target.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setPen(look.color("ink2"))
        painter.drawText(
            target.adjusted(16, 16, -16, -16),
            Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
            self._empty_text,
        )
