"""Card reading against a bare pyscard loop on the same card, and the Kostenträger look-up (design §10, issue 4).

By hand, as root: ``PYTHONPATH=app:tests python tests/bench/bench_card.py``. The virtual card waits
40 ms before every answer, about as long as a real one; both sides send the same commands.
"""

import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from smartcard.System import readers

from cards import HEUTE, own_card
from papierbruecke.card.model import KarteGelesen, Versicherter
from papierbruecke.card.pcsc import PcscReader
from papierbruecke.card.read_card import read_card
from papierbruecke.drill.pcsc_service import PcscService
from papierbruecke.drill.virtual_card import SLOT_NAMES, VirtualCard
from papierbruecke.drill.virtual_egk import Faults
from papierbruecke.practice.find_kostentraeger import FindKostentraeger
from papierbruecke.practice.patient_index import PatientIndex
from papierbruecke.practice.sqlcipher_patients import open_patients
from papierbruecke.practice.sqlcipher_stammdaten import open_stammdaten
from sdkt_file import fund, write
from stores import KEY

APDU_MS = 40.0
ROUNDS = 9
NOW = datetime(2026, 11, 23, 7, 19, tzinfo=UTC)


def median_s(works: list[Callable[[], object]], rounds: int = ROUNDS) -> list[float]:
    """The median of several rounds of each, taken in turns."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for found, work in zip(times, works, strict=True):
            start = time.perf_counter()
            work()
            found.append(time.perf_counter() - start)
    return [statistics.median(found) for found in times]


def bare(apdus: list[list[int]]) -> None:
    """The same commands, sent as the library's own examples do it."""
    connection = next(reader for reader in readers() if str(reader) == SLOT_NAMES[0]).createConnection()
    connection.connect()
    for apdu in apdus:
        connection.transmit(apdu)
    connection.disconnect()


def cards() -> None:
    """Number of commands and time of one reading, with and without the protected copy."""
    reader = PcscReader()
    with PcscService(), VirtualCard(own_card("abrechnend"), Faults(delay_ms=APDU_MS)) as card:
        for mit_gvd in (False, True):

            def ours(mit_gvd: bool = mit_gvd) -> None:
                outcome = read_card(reader, heute=HEUTE, mit_gvd=mit_gvd)
                assert isinstance(outcome, KarteGelesen)

            card.log.clear()
            ours()
            apdus = [list(bytes.fromhex(command)) for command, _ in card.log]
            mine, theirs = median_s([ours, lambda apdus=apdus: bare(apdus)])
            print(
                f"eGK, {'with' if mit_gvd else 'without'} protected copy: {len(apdus)} commands  "
                f"{mine * 1000:6.1f} ms  bare {theirs * 1000:6.1f} ms  ratio {mine / theirs:4.2f} <= 1.1  "
                f"{'ok' if mine <= 1.1 * theirs else 'TOO SLOW'}"
            )


def kostentraeger(folder: Path) -> None:
    """Import of a file as large as the real one, and search as one types."""
    path = write(folder / "sdkt.xml", (fund(number, filling=64) for number in range(1, 2001)))
    find = FindKostentraeger(open_stammdaten(folder, KEY))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, worked = time.perf_counter(), time.process_time()
    count = find.import_sdkt(path)
    took, worked = time.perf_counter() - start, time.process_time() - worked
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(
        f"SDKT, {path.stat().st_size / 1e6:.1f} MB, {count} funds: {took:.2f} s ({worked:.2f} s of processor) <= 5 s, "
        f"{grown:.0f} MB more <= 100 MB"
    )
    for typed in ("m", "muster köln 19", "100001"):
        (found,) = median_s([lambda typed=typed: find.search(typed, HEUTE)])
        print(f"search {typed!r}: {found * 1000:.1f} ms <= 20 ms")


def patients(folder: Path) -> None:
    """Search in the list of a large practice."""
    index = PatientIndex(open_patients(folder, KEY))
    index.add(
        (
            (str(number), None, Versicherter(nachname=f"Probe{number % 50:02d}", vorname="Ada"), None)
            for number in range(500)
        ),
        "liste",
        NOW,
    )
    (found,) = median_s([lambda: index.search("probe1 ada", NOW)])
    print(f"patient list of 500, search: {found * 1000:.1f} ms <= 20 ms")


def main() -> None:
    """All rows."""
    with tempfile.TemporaryDirectory() as name:
        kostentraeger(Path(name))
        patients(Path(name))
    cards()


if __name__ == "__main__":
    main()
