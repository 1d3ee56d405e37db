"""How much longer than the counterparts themselves does clearing a queue take? (design §10)

Run by hand: ``PYTHONPATH=app:tests python tests/bench/bench_resubmit.py [number of eAU]``.
Real sockets to the simulated Konnektor and KIM-Clientmodul, the real encrypted file. The ratio is
the time of the whole run over the time spent waiting for the counterparts, in one run.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import inputs
import stores
from papierbruecke.clock import SystemClock
from papierbruecke.drill.simulator import Simulator
from papierbruecke.kim.client import KimPostfach
from papierbruecke.konnektor.client import SoapKonnektor
from papierbruecke.outbox.model import Zustand
from papierbruecke.outbox.sqlcipher import open_outbox
from papierbruecke.record.model import BelegArt
from papierbruecke.record.read_input import read_au
from papierbruecke.resubmit.drain_outbox import DrainOutbox

BUDGET = 1.3


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
    clock = SystemClock()
    with tempfile.TemporaryDirectory() as folder, Simulator(Path(folder) / "simulator") as simulator:
        settings = simulator.settings()
        store = open_outbox(Path(folder) / "belege.db", stores.KEY, clock)
        stoerung = stores.stoerung(store)
        eingabe = read_au(inputs.as_bytes(inputs.au()))
        for _ in range(number):
            made = stores.beleg(store, BelegArt.AU, stoerung).model_copy(update={"inhalt": eingabe})
            store.put(made, {"kk": b"%PDF" + bytes(20_000)}, "bench")
            store.advance(made.kennung, Zustand.ERFASST, Zustand.GEDRUCKT, "bench")
        konnektor = Stopwatch(SoapKonnektor(settings.konnektor, clock))
        kim = Stopwatch(KimPostfach(settings.kim, clock))
        before_mb = peak_mb()
        started = time.perf_counter()
        result = DrainOutbox(store, konnektor, kim, clock, settings).drain(wer="bench")  # type: ignore[arg-type]
        whole_s = time.perf_counter() - started
        waited_s = konnektor.spent_s + kim.spent_s
        # The Krankenkasse checks in a thread of this process; it is part of the counterpart's time.
        print(f"{number} eAU: {result.schritte}, offen {result.offen}")
        print(f"  whole {whole_s:.1f} s, counterparts {waited_s:.1f} s, own {whole_s - waited_s:.1f} s")
        print(f"  ratio {whole_s / waited_s:.2f} (budget {BUDGET})")
        print(f"  memory peak {peak_mb():.0f} MB, before the run {before_mb:.0f} MB")
        print(f"  calls: Konnektor {konnektor.calls}, KIM {kim.calls}")
        store.close()


if __name__ == "__main__":
    run(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
