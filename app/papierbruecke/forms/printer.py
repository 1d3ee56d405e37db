"""Printing through Qt and the operating system, exact in millimetres.

The stored PDF is turned into an image at the printer's own resolution and put at an exact
place, always at 100 %. Qt rounds page sizes to whole points and shifts the drawing area by
that, so nothing is ever fitted into "the page": places are computed from mm and resolution.
A tray belongs to the choice of the printer ("Empfang · Fach Tray2"): the operating system names
them (``cups_trays``, ``windows_trays``), and the job carries it.
"""

import os
import sys
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSize, QSizeF
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPageLayout, QPageSize, QPainter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrintEngine, QPrinter, QPrinterInfo

from papierbruecke.errors import EnvironmentFailure
from papierbruecke.forms.placement import Lage, Ziel, place, ziel
from papierbruecke.forms.trays import split_tray, with_trays
from papierbruecke.settings_desk import DruckEinstellungen

if sys.platform == "win32":
    from papierbruecke.forms.windows_trays import job_option, trays
else:
    from papierbruecke.forms.cups_trays import job_option, trays

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
        this computer, ``drucker.fach`` without the chosen tray, ``drucker.fehler`` the job was not accepted.
        """
        _application()
        target = ziel(self._settings, formular)
        if target.drucker is None:
            raise EnvironmentFailure(
                "drucker.wahl",
                "Für dieses Formular ist noch kein Drucker gewählt. Der Beleg ist nicht gedruckt. "
                "Bitte in den Einstellungen einen Drucker wählen und noch einmal drucken.",
            )
        name, tray = split_tray(target.drucker)
        if name not in QPrinterInfo.availablePrinterNames():
            raise EnvironmentFailure(
                "drucker.fehlt",
                "Der gewählte Drucker ist an diesem Computer nicht zu finden. Der Beleg ist nicht gedruckt. "
                "Bitte Kabel und Strom prüfen oder einen anderen Drucker wählen, dann noch einmal drucken.",
                retryable=True,
            )
        known = trays(name) if tray is not None else None
        if known is not None and tray not in known:
            # The spooler would take the paper from anywhere and say nothing: a prescription on white paper.
            # Where nobody answers the job goes out all the same: paper is what the patient waits for.
            raise EnvironmentFailure(
                "drucker.fach",
                "Das gewählte Fach gibt es an diesem Drucker nicht mehr. Der Beleg ist nicht gedruckt. "
                "Bitte in den Einstellungen ein anderes Fach wählen, dann noch einmal drucken.",
                retryable=True,
            )
        document, _keep = _open(pdf)
        printer = QPrinter(QPrinterInfo.printerInfo(name), QPrinter.PrinterMode.HighResolution)
        if tray is not None and (option := job_option(name, tray)) is not None:
            key, value = option
            printer.printEngine().setProperty(QPrintEngine.PrintEnginePropertyKey(key), value)
        printer.setDocName(titel)
        # Whatever the printer's default is: one side, one copy. A pink sheet has no second side.
        printer.setDuplex(QPrinter.DuplexMode.DuplexNone)
        printer.setCopyCount(1)
        _paint(printer, document, target)


def printers() -> list[str]:
    """The printers that this computer knows, each with its trays, for the choice in the settings."""
    _application()
    return [choice for name in QPrinterInfo.availablePrinterNames() for choice in with_trays(name, trays(name))]


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


def _paint(printer: QPrinter, document: QPdfDocument, target: Ziel) -> None:
    _set_paper(printer, _lage(document, 0, target))
    painter = QPainter()
    if not painter.begin(printer):
        raise _failed()
    try:
        for number in range(document.pageCount()):
            lage = _lage(document, number, target)
            if number:
                _set_paper(printer, lage)
                if not printer.newPage():
                    raise _failed()
            _paint_page(painter, document, number, lage, printer.resolution())
    finally:
        ended = painter.end()
    if not ended or printer.printerState() in (QPrinter.PrinterState.Aborted, QPrinter.PrinterState.Error):
        raise _failed()


def _lage(document: QPdfDocument, number: int, target: Ziel) -> Lage:
    size = document.pagePointSize(number)
    return place(_mm(size.width()), _mm(size.height()), target)


def _paint_page(painter: QPainter, document: QPdfDocument, number: int, lage: Lage, dpi: int) -> None:
    size = document.pagePointSize(number)
    image = _raster(document, number, size, min(dpi, MAX_DPI))
    painter.save()
    painter.translate(*(mm / MM_PER_INCH * dpi for mm in lage.ursprung_mm))
    painter.rotate(lage.drehung)
    dx, dy = (mm / MM_PER_INCH * dpi for mm in lage.versatz_mm)
    # The target is computed, not taken from the page: Qt's page is rounded to points.
    painter.drawImage(
        QRectF(dx, dy, size.width() / POINTS_PER_INCH * dpi, size.height() / POINTS_PER_INCH * dpi), image
    )
    painter.restore()


def _set_paper(printer: QPrinter, lage: Lage) -> None:
    width, height = lage.papier_mm
    upright = QSizeF(min(width, height), max(width, height))
    page = QPageSize(upright, QPageSize.Unit.Millimeter, "", QPageSize.SizeMatchPolicy.FuzzyMatch)
    orientation = QPageLayout.Orientation.Landscape if width > height else QPageLayout.Orientation.Portrait
    printer.setPageLayout(QPageLayout(page, orientation, QMarginsF(0, 0, 0, 0)))
    printer.setFullPage(True)


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


def _mm(points: float) -> float:
    return points / POINTS_PER_INCH * MM_PER_INCH


def _failed() -> EnvironmentFailure:
    return EnvironmentFailure(
        "drucker.fehler",
        "Der Drucker hat den Auftrag nicht angenommen. Der Beleg ist nicht gedruckt. "
        "Bitte Papier und Anzeige am Drucker prüfen und noch einmal drucken.",
        retryable=True,
    )
