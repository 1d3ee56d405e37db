"""How the store behaves when it grows: commit, search, list, start, backup as ratios to 1,000 Belege (design §10).

By hand: ``PYTHONPATH=app:tests python tests/bench/bench_store.py [1000000]``. Belege without PDFs, all
finished but ten; the rows are put in by hand because only their number counts.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import stores
from papierbruecke.clock import SetClock
from papierbruecke.outbox.model import SPALTE, Spalte, Zustand
from papierbruecke.outbox.recover import look_back
from papierbruecke.outbox.sqlcipher import SqlcipherOutbox
from papierbruecke.record.belegnummer import format_nummer
from papierbruecke.record.model import BelegArt
from papierbruecke.vault.backup import create_backup

SIZES = (1, 1_000, 100_000)
BASE = 1_000
OPEN = [zustand for zustand in Zustand if SPALTE[zustand] in (Spalte.OFFEN, Spalte.UNKLAR)]
ROUNDS = 40


def fill(store: SqlcipherOutbox, count: int) -> list[str]:
    """So many Belege with their states and events; returns their numbers."""
    of = stores.stoerung(store)
    pattern = stores.beleg(store, BelegArt.REZEPT, of)
    text = pattern.model_dump_json()
    database, first, numbers = store._db, date(2020, 1, 1), []
    start = store.events(limit=1)[0].nummer
    # Random keys touch every page again and again: without room for all of them a million takes an hour.
    usual = database.row("PRAGMA cache_size")[0]
    database.execute("PRAGMA cache_size = -4000000")
    with database.immediate():
        for at in range(count):
            kennung, day = str(uuid4()), first + timedelta(days=at // 400)
            nummer = format_nummer(day, "A", at % 400 + 1)
            numbers.append(nummer)
            content = text.replace(str(pattern.kennung), kennung).replace(pattern.belegnummer, nummer)
            moment = f"{day.isoformat()}T08:00:00.000000+00:00"
            database.execute(
                "INSERT INTO beleg VALUES (NULL, ?, ?, 'rezept', ?, ?, ?, ?, 'pvs', ?)",
                (kennung, nummer, str(of.id), str(pattern.vorgang), moment, f"Testfall-{at % 997}, Vera", content),
            )
            database.execute("INSERT INTO stand VALUES (?, 'erfasst', ?)", (kennung, moment))
            database.execute(
                "INSERT INTO ereignis VALUES (?, ?, ?, ?, 'zustand', 'erfasst', 'bench', ?, ?)",
                (start + at + 1, moment, kennung, str(of.id), json.dumps({"inhalt": "0" * 64}), "0" * 64),
            )
        finished = "kennung IN (SELECT kennung FROM beleg ORDER BY nr LIMIT max(0, (SELECT count(*) FROM beleg) - 10))"
        for zustand in ("gedruckt", "dokumentiert"):
            database.execute(f"UPDATE stand SET zustand = ? WHERE {finished}", (zustand,))
    database.execute(f"PRAGMA cache_size = {usual}")
    return numbers


def median(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The middle of many, in ms."""
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return sorted(times)[rounds // 2] * 1e3


def measure(folder: Path, count: int) -> dict[str, float]:
    """Every number of one size."""
    clock = SetClock(datetime(2026, 11, 23, 8, tzinfo=UTC))
    store = stores.file(folder, clock)
    numbers = fill(store, count)
    of = store.stoerungen()[0]
    found = {
        "commit": median(lambda: store.put(stores.beleg(store, BelegArt.AU, of), {}, "bench")),
        "search by number": median(lambda: store.by_nummer(numbers[len(numbers) // 2])),
        "list of the open": median(lambda: store.find(zustaende=OPEN, limit=50)),
        "newest 50": median(lambda: store.find(limit=50)),
        "history of one": median(lambda: store.events(store.by_nummer(numbers[-1]).kennung)),  # type: ignore[union-attr]
    }
    store.close()

    def start() -> None:
        opened = stores.file(folder, clock)
        look_back(opened, clock.now())
        opened.close()

    found["start"] = median(start, 9)
    found["backup"] = median(lambda: create_backup(folder, stores.KEY, clock.now(), "bench"), 3)
    found["file in MB"] = (folder / "belege.db").stat().st_size / 1e6
    return found


def main() -> None:
    """The table."""
    sizes = [*SIZES, *(int(argument) for argument in sys.argv[1:])]
    columns = {}
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            columns[size] = measure(Path(folder), size)
    print(f"{'':18}" + "".join(f"{size:>22,}" for size in sizes))
    for name in columns[BASE]:
        cells = (f"{columns[s][name]:10.2f} = {columns[s][name] / columns[BASE][name]:7.2f} x" for s in sizes)
        print(f"{name:18}" + "".join(f"{cell:>22}" for cell in cells))


if __name__ == "__main__":
    main()
