"""Barcodes on paper: read back by programs that did not write them."""

import pytest
import zxingcpp

import paper
from papierbruecke.pdf.barcode import draw, pdf417, qr
from papierbruecke.pdf.canvas import Dokument


def test_the_qr_code_of_a_belegnummer_is_read_by_another_library(independent_decoder: None) -> None:
    import cv2
    import numpy

    document = Dokument("Probe")
    symbol = qr("231126-N-001-X", 0.5)
    draw(document.seite(148, 210), symbol, 20, 30)
    pdf = document.as_bytes()
    assert [code.text for code in zxingcpp.read_barcodes(paper.picture(pdf))] == ["231126-N-001-X"]
    text, _, _ = cv2.QRCodeDetector().detectAndDecode(numpy.asarray(paper.picture(pdf)))
    assert text == "231126-N-001-X"
    dark = paper.areas(paper.pages(pdf)[0])
    assert min(a.x0 for a in dark) == pytest.approx(22.0, abs=0.01)  # four quiet modules of 0.5 mm
    assert max(a.x1 for a in dark) - min(a.x0 for a in dark) == pytest.approx(21 * 0.5, abs=0.01)


@pytest.mark.parametrize("length", [1, 60, 183, 400])
def test_a_pdf417_symbol_has_seven_columns_and_says_its_own_height(length: int) -> None:
    symbol = pdf417(bytes(65 + index % 26 for index in range(length)))
    assert symbol.width_mm == pytest.approx(48.768, abs=0.001)
    assert symbol.height_mm == pytest.approx(len(symbol.rows) * 0.508 + 1.016, abs=0.001)
    assert {len(row) for row in symbol.rows} == {188}
