"""Reads printed pages back: words, lines and areas in mm; barcodes from a picture of the page."""

import random
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any

import pdfplumber
import pypdfium2
import zxingcpp
from PIL import Image, ImageChops

MM = 25.4 / 72


@dataclass(frozen=True, slots=True)
class Word:
    """Something readable with its box; ``y`` is the lower edge."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float


def pages(pdf: bytes) -> list[Any]:
    """The pages of a file, for pdfplumber."""
    return list(pdfplumber.open(BytesIO(pdf)).pages)


def size_mm(page: Any) -> tuple[float, float]:
    """Width and height of the paper."""
    return float(page.width) * MM, float(page.height) * MM


@lru_cache(maxsize=256)
def rows(page: Any) -> tuple[Word, ...]:
    """Each run of text that stands on one line without a wide gap."""
    return tuple(word_of(w) for w in page.extract_words(keep_blank_chars=True, x_tolerance=4, use_text_flow=False))


def find(page: Any, text: str) -> Word:
    """The row of this text; a missing or doubled one is a failure of the test."""
    found = [row for row in rows(page) if row.text.strip() == text]
    assert len(found) == 1, f"{text!r} stands {len(found)} times on the page"
    return found[0]


def text_of(page: Any) -> str:
    """All text of the page."""
    return "\n".join(row.text for row in rows(page))


def areas(page: Any) -> list[Word]:
    """Filled rectangles in mm."""
    return [
        word_of(r, "")
        for r in page.rects
        if r["fill"] and not r["stroke"] and r["non_stroking_color"] in ((0, 0, 0), (0,))
    ]


def ticks(page: Any, side_mm: float = 3.5) -> list[tuple[Word, bool]]:
    """Every ballot box with whether it is crossed, top to bottom, left to right."""
    boxes = [
        word_of(r, "")
        for r in page.rects
        if r["stroke"]
        and not r["fill"]
        and abs(r["width"] * MM - side_mm) < 0.02
        and abs(r["height"] * MM - side_mm) < 0.02
    ]
    strokes = [word_of(line, "") for line in page.lines]
    return [
        (box, sum(_inside(stroke, box) for stroke in strokes) == 2)
        for box in sorted(boxes, key=lambda b: (round(b.top), b.x0))
    ]


def ticked(page: Any, label: str, side_mm: float = 3.5) -> bool:
    """Whether the box left of this label is crossed."""
    word = find(page, label)
    near = [
        (box, crossed)
        for box, crossed in ticks(page, side_mm)
        if 0 < word.x0 - box.x0 < side_mm * 2 and box.top - 1 < word.bottom and word.top < box.bottom + 1
    ]
    assert len(near) == 1, f"{len(near)} boxes beside {label!r}"
    return near[0][1]


def picture(pdf: bytes, dpi: int = 300, page: int = 0) -> Image.Image:
    """The page as a printer would put it on paper, in grey."""
    rendered: Image.Image = pypdfium2.PdfDocument(pdf)[page].render(scale=dpi / 72, grayscale=True).to_pil()
    return rendered


def scanned(pdf: bytes, seed: int, page: int = 0) -> Image.Image:
    """The page after paper and scanner: printed at 600 dpi, laid in askew by 1.5 degrees, seen
    by a 200 dpi sensor (each pixel the mean of its area), greyish and noisy.
    """
    paper = picture(pdf, 600, page).rotate(1.5, Image.Resampling.BICUBIC, fillcolor=255)
    image = paper.reduce(3).point(lambda value: 30 + value * 200 // 255)
    noise = Image.frombytes("L", image.size, random.Random(seed).randbytes(image.width * image.height))
    return ImageChops.add(image, noise.point(lambda value: value // 10), 1, -12)


def decode_zxing(image: Image.Image) -> list[bytes]:
    """What the reader of zxing-cpp sees (the symbols are written by zint, so this is no echo)."""
    for attempt in _attempts(image):
        found = zxingcpp.read_barcodes(attempt, zxingcpp.BarcodeFormat.PDF417)
        if found:
            return [code.bytes for code in found]
    return []


def decode_independent(image: Image.Image) -> list[bytes]:
    """What a decoder sees that shares no code with the writer."""
    from pdf417decoder import PDF417Decoder

    with warnings.catch_warnings():
        # Its bit arithmetic runs over on purpose.
        warnings.simplefilter("ignore", RuntimeWarning)
        for attempt in _attempts(image):
            decoder = PDF417Decoder(attempt.convert("RGB"))
            count = decoder.decode()
            if count:
                return [bytes(decoder.barcodes_data[index]) for index in range(count)]
    return []


def pdf417_structure(image: Image.Image) -> tuple[int, int]:
    """Data columns and error correction codewords of the one symbol on a picture."""
    from pdf417decoder import PDF417Decoder

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        decoder = PDF417Decoder(image.convert("RGB"))
        assert decoder.decode() == 1
    return int(decoder.data_columns), int(decoder.error_correction_length)


def _attempts(image: Image.Image) -> Iterator[Image.Image]:
    """As reading programs do: the picture as it is, then enlarged."""
    yield image
    yield image.resize((image.width * 2, image.height * 2), Image.Resampling.BICUBIC)


def _inside(inner: Word, outer: Word) -> bool:
    return (
        inner.x0 >= outer.x0 - 0.1
        and inner.x1 <= outer.x1 + 0.1
        and inner.top >= outer.top - 0.1
        and inner.bottom <= outer.bottom + 0.1
    )


def word_of(found: dict[str, Any], text: str | None = None) -> Word:
    """The box of a text, a line or an area of the page in mm."""
    return Word(
        found.get("text", "") if text is None else text,
        float(found["x0"]) * MM,
        float(found["top"]) * MM,
        float(found["x1"]) * MM,
        float(found["bottom"]) * MM,
    )
