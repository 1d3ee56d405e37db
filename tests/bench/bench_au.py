"""Speed of the AU and of the Notfallmappe against the bare drawing calls, in one run (design §10).

By hand: ``PYTHONPATH=app:tests python tests/bench/bench_au.py``. Bare = the same strings, lines
and areas through the PDF library, with every place, line break and barcode known beforehand.
"""

import time
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

from reportlab.pdfgen.canvas import Canvas

import inputs
import stores
from papierbruecke.clock import SetClock
from papierbruecke.forms.au import AuCopy, au_page
from papierbruecke.forms.drawing import Box, Line, Page, Paragraph, Pdf417, QrCode, Text, Tick, Vordruck16, broken
from papierbruecke.forms.make_notfallmappe import make_notfallmappe
from papierbruecke.forms.notfallmappe import Mappe, Vordruck, teile
from papierbruecke.forms.render_au import render_au
from papierbruecke.pdf import barcode
from papierbruecke.pdf.fonts import MM_PER_POINT, Schrift, register, width_mm
from papierbruecke.record.kennung import new_kennung
from papierbruecke.record.model import BelegArt
from papierbruecke.record.read_input import read_au
from papierbruecke.settings import Einstellungen

KENNUNG = UUID("6f1f0a52-52a5-5a8e-9d0a-8e6d3f1c7b10")
HEUTE = date(2026, 11, 25)
Call = tuple[str, tuple[Any, ...]]


def flat(page: Page) -> list[Call]:
    """The page as bare calls in points."""

    def x(mm: float) -> float:
        return mm / MM_PER_POINT

    def y(mm: float) -> float:
        return (page.height_mm - mm) / MM_PER_POINT

    def text(left: float, base: float, words: str, schrift: Schrift, size: float) -> Call:
        return "text", (x(left), y(base), words, register(schrift), size)

    def areas(symbol: barcode.Symbol, left: float, top: float) -> Call:
        found = barcode._runs(symbol, left + symbol.quiet_mm, top + symbol.quiet_mm)
        return "fill", tuple((x(k.x0), y(k.y1), x(k.x1 - k.x0), x(k.y1 - k.y0)) for k in found)

    calls: list[Call] = []
    for element in page.elements:
        match element:
            case Text(left, base, words, schrift, size, align):
                shift = {"left": 0.0, "center": 0.5, "right": 1.0}[align] * width_mm(words, schrift, size)
                calls.append(text(left - shift, base, words, schrift, size))
            case Paragraph(left, base, _, _, _, size, leading):
                for row, parts in enumerate(broken(element)):
                    words = " ".join(word for word, _ in parts)
                    calls.append(text(left, base + row * leading, words, parts[0][1], size))
            case Line(x1, y1, x2, y2, width):
                calls.append(("line", (x(width), x(x1), y(y1), x(x2), y(y2))))
            case Box(left, top, width, height, line, filled):
                box = (x(left), y(top + height), x(width), x(height))
                calls.append(("fill", (box,)) if filled else ("frame", (x(line), *box)))
            case Tick(left, top, side, marked):
                calls.append(("frame", (0.7, x(left), y(top + side), x(side), x(side))))
                calls += [("line", (1.3, x(left), y(top), x(left + side), y(top + side)))] * (2 * marked)
            case Pdf417(right, bottom, data):
                symbol = barcode.pdf417(data)
                calls.append(areas(symbol, right - symbol.width_mm, bottom - symbol.height_mm))
            case QrCode(left, top, module, words):
                calls.append(areas(barcode.qr(words, module), left, top))
            case Vordruck16():
                pass  # one drawing among sixty pages; left out on the bare side
    return calls


def bare(files: list[list[tuple[Page, list[Call]]]]) -> None:
    """Nothing but the PDF library."""
    for pages in files:
        canvas = Canvas(BytesIO(), invariant=1, initialFontName=register(Schrift.MONO))
        for page, calls in pages:
            canvas.setPageSize((page.width_mm / MM_PER_POINT, page.height_mm / MM_PER_POINT))
            for name, values in calls:
                if name == "text":
                    left, base, words, font, size = values
                    canvas.setFont(font, size)
                    canvas.drawString(left, base, words)
                elif name == "line":
                    canvas.setLineWidth(values[0])
                    canvas.line(*values[1:])
                elif name == "frame":
                    canvas.setLineWidth(values[0])
                    canvas.rect(*values[1:])
                else:
                    path = canvas.beginPath()
                    for area in values:
                        path.rect(*area)
                    canvas.drawPath(path, stroke=0, fill=1)
            canvas.showPage()
        canvas.save()


def fastest(works: list[Callable[[], object]], rounds: int) -> list[float]:
    """The fastest of several rounds of each, taken in turns; processor time, so that neighbours do not count."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for found, work in zip(times, works, strict=True):
            start = time.process_time()
            work()
            found.append(time.process_time() - start)
    return [min(found) for found in times]


def row(name: str, ours: Callable[[], object], files: list[list[Page]], rounds: int, budget: float) -> None:
    """One line of the table."""
    flattened = [[(page, flat(page)) for page in pages] for pages in files]
    mine, theirs = fastest([ours, lambda: bare(flattened)], rounds)
    verdict = "ok" if mine <= budget * theirs else "TOO SLOW"
    print(
        f"{name:34} {mine * 1000:8.1f} ms  bare {theirs * 1000:8.1f} ms  ratio {mine / theirs:4.2f} <= {budget}  {verdict}"
    )


def main() -> None:
    """Both rows."""
    eingabe = read_au(inputs.as_bytes(inputs.au()))
    copies = ("kk", "v", "ag")
    pages = [au_page(AuCopy(copy, eingabe, KENNUNG, "231126-A-001-X")) for copy in copies]
    row(
        "AU, three copies",
        lambda: render_au(eingabe, copies, kennung=KENNUNG, belegnummer="231126-A-001-X", pruefnummer=None),
        [pages],
        30,
        2.0,
    )

    store, settings = stores.memory(SetClock(stores.MORGENS)), Einstellungen()
    au = [new_kennung(BelegArt.AU) for _ in range(11)]
    sheets = tuple(Vordruck(kennung, nummer) for kennung, nummer in store.preprint(HEUTE, "A", au, "bench").items())
    mappe = Mappe(HEUTE, HEUTE, settings, sheets, sheets)
    parts = [list(teil.seiten) for teil in teile(mappe)]
    count = sum(len(part) for part in parts)

    def make() -> None:
        barcode.qr.cache_clear()
        make_notfallmappe(store, settings, heute=HEUTE, wer="bench", anzahl=11)

    row(f"Notfallmappe, {count} pages", make, parts, 5, 2.0)


if __name__ == "__main__":
    main()
