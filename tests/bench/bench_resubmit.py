"""How much longer than the counterparts themselves does clearing a queue take? (design §10)

Run by hand: ``PYTHONPATH=app:tests python tests/bench/bench_resubmit.py [number of eAU]``.
Real sockets to the simulated Konnektor and KIM-Clientmodul in a process of their own, the real
encrypted file. The ratio is the time of the whole run over the time spent inside the calls to the
counterparts, in one run.
"""

import contextlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import inputs
import stores
from papierbruecke.outbox.model import Zustand
from papierbruecke.outbox.store import Outbox
from papierbruecke.record.model import BelegArt
from papierbruecke.record.read_input import read_au
from papierbruecke.resubmit.drain_outbox import DrainOutbox
from papierbruecke.wiring import Desk

BUDGET = 1.3
PASSPHRASE = "nur zum Messen"


class Stopwatch:
    """Adds up the time inside the calls of a counterpart, and counts them."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.spent_s = 0.0
        self.calls: dict[str, int] = {}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._inner, name)

        def timed(*args: Any, **options: Any) -> Any:
            self.calls[name] = self.calls.get(name, 0) + 1
            started = time.perf_counter()
            try:
                return call(*args, **options)
            finally:
                self.spent_s += time.perf_counter() - started

        return timed

    def __enter__(self) -> "Stopwatch":
        self._inner.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self._inner.__exit__(*exc)


def peak_mb() -> float:
    """The most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(number: int) -> None:
    """Fill a store, drain it, print the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "simulator"
        with simulated_ti(folder):
            desk = Desk(folder, passphrase=PASSPHRASE)
            store, settings = desk.store(), desk.settings
            fill(store, number)
            konnektor, kim = Stopwatch(desk.konnektor()), Stopwatch(desk.kim())
            before_mb = peak_mb()
            started = time.perf_counter()
            result = DrainOutbox(store, konnektor, kim, desk.clock, settings, desk.find_recipient()).drain(wer="bench")  # type: ignore[arg-type]
            whole_s = time.perf_counter() - started
            waited_s = konnektor.spent_s + kim.spent_s
            print(f"{number} eAU: {result.schritte}, offen {result.offen}")
            print(f"  whole {whole_s:.1f} s, counterparts {waited_s:.1f} s, own {whole_s - waited_s:.1f} s")
            print(f"  ratio {whole_s / waited_s:.2f} (budget {BUDGET})")
            print(f"  memory peak {peak_mb():.0f} MB, before the run {before_mb:.0f} MB")
            print(f"  calls: Konnektor {konnektor.calls}, KIM {kim.calls}")
            desk.close()


def fill(store: Outbox, number: int) -> None:
    """So many printed sick notes, each with 20 kB of pages."""
    stoerung = stores.stoerung(store)
    eingabe = read_au(inputs.as_bytes(inputs.au()))
    with store.together():
        for _ in range(number):
            made = stores.beleg(store, BelegArt.AU, stoerung).model_copy(update={"inhalt": eingabe})
            store.put(made, {"kk": b"%PDF" + bytes(20_000)}, "bench")
            store.advance(made.kennung, Zustand.ERFASST, Zustand.GEDRUCKT, "bench")


@contextlib.contextmanager
def simulated_ti(folder: Path) -> Iterator[None]:
    """The simulated TI as a process, ready to be used."""
    command = [sys.executable, "-m", "papierbruecke", "--daten", str(folder), "simulator"]
    environment = os.environ | {"PAPIERBRUECKE_PASSPHRASE": PASSPHRASE}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            if process.stdout.readline().strip() != "bereit":
                raise SystemExit("the simulator did not start")
            yield
        finally:
            process.terminate()


if __name__ == "__main__":
    run(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
