"""What the PDF primitives promise: millimetres, embedded fonts, the same bytes every time."""

import io

import pdfplumber
import pypdf
import pytest

from papierbruecke.pdf.canvas import Dokument, Farbe, Kasten
from papierbruecke.pdf.fonts import MM_PER_POINT, Schrift, width_mm

ISO_8859_15 = bytes([*range(0x20, 0x7F), *range(0xA1, 0x100)]).decode("iso8859-15")


def sample() -> bytes:
    document = Dokument("Probe")
    page = document.seite(148, 105)
    page.text(11.9, 12.7, "Käse ½ »1-0-0« €", Schrift.MONO, 12, pitch_mm=2.54)
    page.text_centred(74, 50, "Mitte", Schrift.SANS_BOLD, 10)
    page.text_right(140, 60, "rechts", Schrift.SANS, 8)
    page.text_turned(74, 52.5, "ÜBUNG", Schrift.SANS_BOLD, 40, degrees=30, farbe=Farbe(0.8, 0.8, 0.8))
    page.frame(Kasten(9, 5, 89, 52), 0.2)
    page.fill([Kasten(100, 80, 101, 81), Kasten(102, 80, 103, 81)])
    page.line(0, 90, 148, 90, 0.1)
    with page.clip(Kasten(0, 0, 20, 20)):
        page.text(5, 19, "abgeschnitten", Schrift.MONO_BOLD, 12)
    document.seite(105, 148).text(10, 10, "zweite Seite", Schrift.MONO, 10)
    return document.as_bytes()


def read(data: bytes) -> pdfplumber.PDF:
    return pdfplumber.open(io.BytesIO(data))


def test_pages_have_their_size_in_mm() -> None:
    with read(sample()) as pdf:
        sizes = [(float(p.width) * MM_PER_POINT, float(p.height) * MM_PER_POINT) for p in pdf.pages]
    assert sizes == [pytest.approx((148, 105), abs=0.001), pytest.approx((105, 148), abs=0.001)]


def test_text_stands_where_it_was_put() -> None:
    with read(sample()) as pdf:
        chars = pdf.pages[0].chars
        height = float(pdf.pages[0].height)
    first = chars[0]
    assert first["text"] == "K"
    assert first["x0"] * MM_PER_POINT == pytest.approx(11.9, abs=0.005)
    assert (height - first["matrix"][5]) * MM_PER_POINT == pytest.approx(12.7, abs=0.005)
    grid = [c["x0"] * MM_PER_POINT for c in chars[: len("Käse ½ »1-0-0« €")]]
    assert grid == pytest.approx([11.9 + 2.54 * i for i in range(len(grid))], abs=0.005)


def test_rectangles_stand_where_they_were_put() -> None:
    with read(sample()) as pdf:
        page = pdf.pages[0]
        boxes = [tuple(v * MM_PER_POINT for v in (r["x0"], r["top"], r["x1"], r["bottom"])) for r in page.rects]
    assert pytest.approx((9, 5, 89, 52), abs=0.005) in boxes
    assert pytest.approx((102, 80, 103, 81), abs=0.005) in boxes


def test_the_same_drawing_gives_the_same_bytes() -> None:
    assert sample() == sample()


@pytest.mark.parametrize("schrift", Schrift)
def test_every_character_of_iso_8859_15_comes_out(schrift: Schrift) -> None:
    document = Dokument("Probe")
    page = document.seite(210, 297)
    for row in range(0, len(ISO_8859_15), 32):
        page.text(10, 20 + row, ISO_8859_15[row : row + 32], schrift, 10)
    with read(document.as_bytes()) as pdf:
        chars = pdf.pages[0].chars
    assert "".join(c["text"] for c in chars) == ISO_8859_15
    assert not any(ord(c["text"]) > 0x20 and c["width"] == 0 for c in chars if c["text"] != "\u00ad")


def test_exactly_the_used_fonts_are_embedded() -> None:
    reader = pypdf.PdfReader(io.BytesIO(sample()))
    fonts = {}
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            fonts[font.get_object()["/BaseFont"].split("+")[-1]] = "/FontFile2" in font["/FontDescriptor"]
    assert fonts == {
        "LiberationMono": True,
        "LiberationMono-Bold": True,
        "LiberationSans": True,
        "LiberationSans-Bold": True,
    }


def test_the_file_says_nothing_about_who_and_when() -> None:
    data = sample()
    info = pypdf.PdfReader(io.BytesIO(data)).metadata
    assert info is not None
    assert info["/Title"] == "Probe"
    assert str(info["/CreationDate"]).startswith("D:2000")
    assert b"/tmp" not in data


def test_mono_stands_on_couriers_grid() -> None:
    assert width_mm("0" * 30, Schrift.MONO, 12) == pytest.approx(76.2, abs=0.02)


def test_a_document_without_pages_is_a_bug() -> None:
    with pytest.raises(AssertionError):
        Dokument("leer").as_bytes()
