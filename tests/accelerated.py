"""Watch a simulated TI through real sockets, faster than life: normal, a scenario, normal again."""

import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from live_work import LIVE, Live
from papierbruecke.clock import SystemClock
from papierbruecke.drill.scenarios import load_scenario
from papierbruecke.drill.simulator import Simulator
from papierbruecke.kim.client import KimPostfach
from papierbruecke.konnektor.client import SoapKonnektor
from papierbruecke.outage.listening import Hear
from papierbruecke.outage.memory_samples import MemorySamples
from papierbruecke.outage.model import Dienst, DienstZustand, Lage
from papierbruecke.outage.notice import Meldung
from papierbruecke.outage.watch import Watch, build_probes, umfeld_of

LIMIT_S = 150.0


@dataclass
class Reached:
    """What was seen. ``after_s``: real seconds from the scenario's begin to its diagnosis."""

    row: str | None = None
    hints: tuple[str, ...] = ()
    dienste: dict[Dienst, DienstZustand] = field(default_factory=dict)
    after_s: float = 0.0
    rows: list[str | None] = field(default_factory=list)
    notices: list[Meldung] = field(default_factory=list)
    recovered: bool = False


class _Session:
    def __init__(self, simulator: Simulator, name: str, live: Live | None, tempo: float, hear: Hear) -> None:
        self.simulator = simulator
        self.expected = load_scenario(name).erwartet
        self.name = name
        self.reached = Reached()
        self.stop = threading.Event()
        self._live = live
        self._tempo = tempo
        self._hear = hear
        self._good = False
        self._begun: float | None = None
        self._done = False
        self._threads: list[threading.Thread] = []

    def hear(self, lage: Lage) -> None:
        row = lage.diagnose.id if lage.diagnose is not None else None
        hints = tuple(hint.id for hint in lage.hinweise)
        reached = self.reached
        if not reached.rows or reached.rows[-1] != row:
            reached.rows.append(row)
        if not self._good:
            if row is None:
                self._good = True
                warm_up_s = self._live.warm_up_s / self._tempo if self._live else 0.0
                self._start(self._begin_after, warm_up_s)
        elif self._begun is not None and not self._done:
            reached.row, reached.hints = row, hints
            reached.dienste = {dienst: state.zustand for dienst, state in lage.dienste.items()}
            if (row, hints) == (self.expected.diagnose, self.expected.hinweise):
                reached.after_s = time.monotonic() - self._begun
                self._done = True
                self._end_scenario()
        elif self._done and (row, hints) == (None, ()):
            reached.recovered = True
            self.stop.set()

    def close(self) -> None:
        self.stop.set()
        for thread in self._threads:
            thread.join()

    def _start(self, work: Callable[[float], None], seconds: float) -> None:
        thread = threading.Thread(target=work, args=(seconds,))
        self._threads.append(thread)
        thread.start()

    def _begin_after(self, seconds: float) -> None:
        if self.stop.wait(seconds):
            return
        self._begun = time.monotonic()
        self.simulator.scenario(self.name)
        if self._live is not None and self._live.work is not None:
            self._start(self._work, self._live.every_s / self._tempo)

    def _work(self, every_s: float) -> None:
        assert self._live is not None
        assert self._live.work is not None
        while not self.stop.wait(every_s):
            self._live.work(self.simulator, self._hear, not self._done)

    def _end_scenario(self) -> None:
        if self._live is not None and not self._live.heals:
            self.stop.set()
            return
        self.simulator.scenario("normal")


def play(folder: Path, name: str, tempo: float, limit_s: float = LIMIT_S) -> Reached:
    """Play a scenario; returns what was reached when it recovered, or after ``limit_s`` seconds."""
    normal = load_scenario(name).model_copy(update={"schritte": ({},), "vergangenheit": ()})
    live = LIVE.get(name)
    with live.prepare(normal) if live else nullcontext(), Simulator(folder / "simulator", normal) as simulator:
        settings, clock, samples = simulator.settings(), SystemClock(), MemorySamples()
        konnektor = SoapKonnektor(settings.konnektor, clock)
        probes = build_probes(settings, konnektor, KimPostfach(settings.kim, clock), clock)
        session = _Session(simulator, name, live, tempo, lambda messung: samples.add([messung]))
        guard = threading.Timer(limit_s, session.stop.set)
        guard.start()
        try:
            watch = Watch(probes, samples, clock, umfeld_of(settings))
            watch.run(session.stop, session.hear, tempo=tempo, on_notice=session.reached.notices.append)
        finally:
            guard.cancel()
            session.close()
            konnektor.close()
    return session.reached
