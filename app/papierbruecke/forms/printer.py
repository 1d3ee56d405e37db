"""Printing through Qt and the operating system, exact in millimetres.

The stored PDF is turned into an image at the printer's own resolution and put at an exact
place, always at 100 %. Qt rounds page sizes to whole points and shifts the drawing area by
that, so nothing is ever fitted into "the page": places are computed from mm and resolution.
"""

import os
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSize, QSizeF
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPageLayout, QPageSize, QPainter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from papierbruecke.errors import EnvironmentFailure
from papierbruecke.settings import DruckEinstellungen

MM_PER_INCH = 25.4
POINTS_PER_INCH = 72
MAX_DPI = 600
"""More makes the image larger and the text no sharper than the paper can show."""


class QtPrinter:
    """The printers that the practice chose, one per form."""

    def __init__(self, settings: DruckEinstellungen) -> None:
        self._settings = settings

    def print(self, formular: str, pdf: bytes, titel: str) -> None:
        """Send the pages to the printer of this form.

        Raises EnvironmentFailure: ``drucker.wahl`` none chosen, ``drucker.fehlt`` not known to
        this computer, ``drucker.fehler`` the job was not accepted.
        """
        _application()
        name, dx_mm, dy_mm = self._choice(formular)
        if name is None:
            raise EnvironmentFailure(
                "drucker.wahl",
                "Für dieses Formular ist noch kein Drucker gewählt. Der Beleg ist nicht gedruckt. "
                "Bitte in den Einstellungen einen Drucker wählen und noch einmal drucken.",
            )
        if name not in QPrinterInfo.availablePrinterNames():
            raise EnvironmentFailure(
                "drucker.fehlt",
                "Der gewählte Drucker ist an diesem Computer nicht zu finden. Der Beleg ist nicht gedruckt. "
                "Bitte Kabel und Strom prüfen oder einen anderen Drucker wählen, dann noch einmal drucken.",
                retryable=True,
            )
        document, _keep = _open(pdf)
        printer = QPrinter(QPrinterInfo.printerInfo(name), QPrinter.PrinterMode.HighResolution)
        printer.setDocName(titel)
        _paint(printer, document, dx_mm, dy_mm)

    def _choice(self, formular: str) -> tuple[str | None, float, float]:
        settings = self._settings
        if formular == "muster16":
            return settings.muster16_drucker, settings.muster16_dx_mm, settings.muster16_dy_mm
        return settings.au_drucker, 0.0, 0.0


def _application() -> None:
    """Printing needs Qt's application object; the command line has none of its own."""
    if QGuiApplication.instance() is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        _keep_alive.append(QGuiApplication([]))


_keep_alive: list[Any] = []


def _open(pdf: bytes) -> tuple[QPdfDocument, QBuffer]:
    buffer = QBuffer()
    buffer.setData(QByteArray(pdf))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document = QPdfDocument()
    document.load(buffer)
    if document.pageCount() < 1:
        raise AssertionError("a stored page cannot be read")
    return document, buffer


def _paint(printer: QPrinter, document: QPdfDocument, dx_mm: float, dy_mm: float) -> None:
    _set_page(printer, document.pagePointSize(0))
    printer.setFullPage(True)
    dpi = printer.resolution()
    painter = QPainter()
    if not painter.begin(printer):
        raise _failed()
    try:
        for number in range(document.pageCount()):
            if number:
                _set_page(printer, document.pagePointSize(number))
                if not printer.newPage():
                    raise _failed()
            size = document.pagePointSize(number)
            image = _raster(document, number, size, min(dpi, MAX_DPI))
            # The target is computed, not taken from the page: Qt's page is rounded to points.
            target = QRectF(
                dx_mm / MM_PER_INCH * dpi,
                dy_mm / MM_PER_INCH * dpi,
                size.width() / POINTS_PER_INCH * dpi,
                size.height() / POINTS_PER_INCH * dpi,
            )
            painter.drawImage(target, image)
    finally:
        ended = painter.end()
    if not ended or printer.printerState() in (QPrinter.PrinterState.Aborted, QPrinter.PrinterState.Error):
        raise _failed()


def _set_page(printer: QPrinter, size: QSizeF) -> None:
    landscape = size.width() > size.height()
    upright = size.transposed() if landscape else size
    page = QPageSize(upright, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.FuzzyMatch)
    orientation = QPageLayout.Orientation.Landscape if landscape else QPageLayout.Orientation.Portrait
    printer.setPageLayout(QPageLayout(page, orientation, QMarginsF(0, 0, 0, 0)))


def _raster(document: QPdfDocument, number: int, size: QSizeF, dpi: int) -> QImage:
    pixels = QSize(round(size.width() / POINTS_PER_INCH * dpi), round(size.height() / POINTS_PER_INCH * dpi))
    page = document.render(number, pixels)
    image = QImage(pixels, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.drawImage(0, 0, page)
    painter.end()
    # Grey is what these forms are, and a quarter of the memory.
    return image.convertToFormat(QImage.Format.Format_Grayscale8)


def _failed() -> EnvironmentFailure:
    return EnvironmentFailure(
        "drucker.fehler",
        "Der Drucker hat den Auftrag nicht angenommen. Der Beleg ist nicht gedruckt. "
        "Bitte Papier und Anzeige am Drucker prüfen und noch einmal drucken.",
        retryable=True,
    )
