"""Barcodes as exact areas of black: PDF417 for the Krankenkasse, QR for our own numbers.

Drawn as rectangles in millimetres, never as a picture: a scanner at the Krankenkasse and a
printer driver both meet edges where the specification wants them. The size is absolute and
does not follow the paper.
Source: KBV Technisches Handbuch Blankoformularbedruckung V4.73, 5.5; domain sheet forms §6.5.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from papierbruecke.pdf.canvas import Kasten, Seite

PDF417_COLUMNS = 7  # BFB 5.5
PDF417_LEVEL = 4  # BFB 5.5
PDF417_MODULE_MM = 0.254  # 10 mil, BFB 5.5
PDF417_ROW_MM = 2 * PDF417_MODULE_MM  # exactly two modules; three are a listed error: BFB-FAQ 3.3.2
PDF417_QUIET_MM = 2 * PDF417_MODULE_MM  # on all four sides, BFB 5.5
QR_QUIET_MODULES = 4  # ISO/IEC 18004, 6.3.8

_ZINT_QUIET, _ZINT_ROW = 2, 3  # what the library puts around and between; both are taken off here


@dataclass(frozen=True, slots=True)
class Symbol:
    """A finished code: its dark modules row by row, and how big each is on paper."""

    rows: tuple[tuple[bool, ...], ...]
    module_mm: float
    row_mm: float
    quiet_mm: float

    @property
    def width_mm(self) -> float:
        """Width with both quiet zones."""
        return len(self.rows[0]) * self.module_mm + 2 * self.quiet_mm

    @property
    def height_mm(self) -> float:
        """Height with both quiet zones."""
        return len(self.rows) * self.row_mm + 2 * self.quiet_mm


def pdf417(data: bytes) -> Symbol:
    """The PDF417 symbol of these bytes, as the Krankenkassen read it.

    The bytes stand in the symbol as they are, without a character set marker (ECI): the
    reader knows that they are ISO 8859-15 (TA eAU P7-03).
    """
    import zxingcpp

    made = zxingcpp.create_barcode(data, zxingcpp.BarcodeFormat.PDF417, ec_level=PDF417_LEVEL, columns=PDF417_COLUMNS)
    # The stubs of the library do not tell that its pictures are buffers.
    pixels = cast(list[list[int]], memoryview(cast(Any, made.to_image(scale=1))).tolist())
    core = [line[_ZINT_QUIET:-_ZINT_QUIET] for line in pixels[_ZINT_QUIET:-_ZINT_QUIET]]
    rows = core[::_ZINT_ROW]
    if any(core[index] != rows[index // _ZINT_ROW] for index in range(len(core))):
        raise AssertionError("the library draws its rows differently from what this file expects")
    if len(rows[0]) != 17 * (PDF417_COLUMNS + 4) + 1:
        raise AssertionError("the symbol does not have the seven data columns that were asked for")
    dark = tuple(tuple(value == 0 for value in row) for row in rows)
    return Symbol(dark, PDF417_MODULE_MM, PDF417_ROW_MM, PDF417_QUIET_MM)


@lru_cache(maxsize=64)  # the three copies of one sick note carry the same code
def qr(text: str, module_mm: float) -> Symbol:
    """The QR code of a short text such as a Belegnummer; error correction M (15 %)."""
    import qrcode

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make()
    rows = tuple(tuple(bool(module) for module in row) for row in code.get_matrix())
    return Symbol(rows, module_mm, module_mm, QR_QUIET_MODULES * module_mm)


def draw(seite: Seite, symbol: Symbol, x_mm: float, y_mm: float) -> None:
    """Draw a symbol; x and y are the upper left corner of its quiet zone."""
    seite.fill(_runs(symbol, x_mm + symbol.quiet_mm, y_mm + symbol.quiet_mm))


def _runs(symbol: Symbol, x_mm: float, y_mm: float) -> Iterator[Kasten]:
    """Neighbouring dark modules of a row as one rectangle, so that no hairline parts them."""
    for index, row in enumerate(symbol.rows):
        top = y_mm + index * symbol.row_mm
        start: int | None = None
        for column, dark in enumerate((*row, False)):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                yield Kasten(
                    x_mm + start * symbol.module_mm, top, x_mm + column * symbol.module_mm, top + symbol.row_mm
                )
                start = None
