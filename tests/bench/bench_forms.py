"""Speed of Muster 16 and of storing one Beleg against the bare calls, in one run (design §10).

By hand: ``PYTHONPATH=app:tests python tests/bench/bench_forms.py``. Bare = the same strings at the
same places through the PDF library, and the same bytes in one row of an encrypted file with
``synchronous=FULL``.
"""

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from uuid import uuid4

from reportlab.pdfgen.canvas import Canvas

import inputs
import stores
from bench.bench_au import fastest
from papierbruecke.clock import SetClock
from papierbruecke.forms.geometry import muster16
from papierbruecke.forms.muster16 import blaetter
from papierbruecke.forms.render import render_muster16
from papierbruecke.pdf.fonts import MM_PER_POINT, Schrift, register, width_mm
from papierbruecke.record.model import Beleg, BelegArt, RezeptEingabe, Weg
from papierbruecke.record.read_input import read_rezept
from papierbruecke.vault.database import Database, open_database

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
ROUNDS = 60


def bare_pdf(eingabe: RezeptEingabe) -> Callable[[], None]:
    """The strings of the sheet, every place known beforehand, with nothing but the PDF library."""
    width, height = muster16().seite
    calls = []
    for blatt in blaetter(eingabe):
        for t in blatt.texte:
            left = t.x - (width_mm(t.text, t.schrift, t.groesse_pt) / 2 if t.mittig else 0)
            spacing = (t.raster - width_mm("0", t.schrift, t.groesse_pt)) / MM_PER_POINT if t.raster else 0.0
            point = (left / MM_PER_POINT, (height - t.y) / MM_PER_POINT)
            calls.append((*point, t.text, register(t.schrift), t.groesse_pt, spacing))

    def draw() -> None:
        buffer = BytesIO()
        canvas = Canvas(buffer, invariant=1, initialFontName=register(Schrift.MONO))
        canvas.setPageSize((width / MM_PER_POINT, height / MM_PER_POINT))
        for x, y, text, font, size, spacing in calls:
            line = canvas.beginText(x, y)
            line.setFont(font, size)
            line.setCharSpace(spacing)
            line.textOut(text)
            canvas.drawText(line)
        canvas.showPage()
        canvas.save()

    return draw


def table(database: Database) -> None:
    database.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, inhalt TEXT NOT NULL, pdf BLOB NOT NULL) STRICT")


def show(name: str, mine: float, theirs: float, budget: float) -> None:
    verdict = "ok" if mine <= budget * theirs else "TOO SLOW"
    print(
        f"{name:34} {mine * 1e3:8.2f} ms  bare {theirs * 1e3:8.2f} ms  ratio {mine / theirs:4.2f} <= {budget}  {verdict}"
    )


def commits(folder: Path, eingabe: RezeptEingabe) -> tuple[float, float]:
    """Wall time of one durable commit, ours and bare, taken in turns; the median of many."""
    store = stores.file(folder, SetClock(NOW))
    stoerung = stores.stoerung(store)
    bare = open_database(folder / "bare.db", stores.KEY, (table,))
    pdf = render_muster16(eingabe)
    ours, theirs = [], []
    for number in range(ROUNDS):
        beleg = Beleg(
            kennung=uuid4(),
            belegnummer=store.reserve_nummer(date(2026, 11, 23), "A"),
            art=BelegArt.REZEPT,
            stoerung=stoerung.id,
            vorgang=uuid4(),
            angelegt=NOW,
            platz="A",
            weg=Weg.PVS,
            inhalt=eingabe,
        )
        start = time.perf_counter()
        store.put(beleg, {"muster16": pdf}, "bench")
        ours.append(time.perf_counter() - start)
        text = beleg.model_dump_json()
        start = time.perf_counter()
        with bare.immediate():
            bare.execute("INSERT INTO bare VALUES (?, ?, ?)", (number, text, pdf))
        theirs.append(time.perf_counter() - start)
    store.close()
    bare.close()
    return sorted(ours)[ROUNDS // 2], sorted(theirs)[ROUNDS // 2]


def main() -> None:
    """Both rows."""
    document = inputs.rezept()
    document["rezept"]["positionen"].append({"form": "freitext", "text": "Fußbad Probe", "dosierung": "2 x täglich"})
    eingabe = read_rezept(inputs.as_bytes(document))
    show("Muster 16, one sheet with 3 items", *fastest([lambda: render_muster16(eingabe), bare_pdf(eingabe)], 60), 1.5)
    with tempfile.TemporaryDirectory() as folder:
        show("commit of one Beleg with its page", *commits(Path(folder), eingabe), 1.5)


if __name__ == "__main__":
    main()
