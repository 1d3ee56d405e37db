"""Watch a simulated TI through real sockets, faster than life: normal, a scenario, normal again."""

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from papierbruecke.clock import SystemClock
from papierbruecke.drill.scenarios import load_scenario
from papierbruecke.drill.simulator import Simulator
from papierbruecke.kim.client import KimPostfach
from papierbruecke.konnektor.client import SoapKonnektor
from papierbruecke.outage.memory_samples import MemorySamples
from papierbruecke.outage.model import Dienst, DienstZustand, Lage
from papierbruecke.outage.notice import Meldung
from papierbruecke.outage.watch import Watch, build_probes, umfeld_of

LIMIT_S = 100.0
# What a state of the counterparts alone cannot bring about: it needs real operations, a longer
# past, its own set-up, or it is no fault.
NOT_BY_STATE = {
    "normal",
    "ocsp-ueberlast",
    "kim-kann-nicht-signieren",
    "langsam",
    "flattert",
    "konnektor-zertifikat-abgelaufen",
}


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
    def __init__(self, simulator: Simulator, name: str) -> None:
        self.simulator = simulator
        self.expected = load_scenario(name).erwartet
        self.name = name
        self.reached = Reached()
        self.stop = threading.Event()
        self._begun: float | None = None
        self._done = False

    def hear(self, lage: Lage) -> None:
        row = lage.diagnose.id if lage.diagnose is not None else None
        hints = tuple(hint.id for hint in lage.hinweise)
        reached = self.reached
        if not reached.rows or reached.rows[-1] != row:
            reached.rows.append(row)
        if self._begun is None:
            if row is None:
                self._begun = time.monotonic()
                self.simulator.scenario(self.name)
        elif not self._done:
            reached.row, reached.hints = row, hints
            reached.dienste = {dienst: state.zustand for dienst, state in lage.dienste.items()}
            if (row, hints) == (self.expected.diagnose, self.expected.hinweise):
                reached.after_s = time.monotonic() - self._begun
                self._done = True
                self.simulator.scenario("normal")
        elif row is None:
            reached.recovered = True
            self.stop.set()


def play(folder: Path, name: str, tempo: float, limit_s: float = LIMIT_S) -> Reached:
    """Play a scenario; returns what was reached when it recovered, or after ``limit_s`` seconds."""
    normal = load_scenario(name).model_copy(update={"schritte": ({},), "vergangenheit": ()})
    with Simulator(folder / "simulator", normal) as simulator:
        settings, clock = simulator.settings(), SystemClock()
        konnektor = SoapKonnektor(settings.konnektor, clock)
        probes = build_probes(settings, konnektor, KimPostfach(settings.kim, clock), clock)
        session = _Session(simulator, name)
        guard = threading.Timer(limit_s, session.stop.set)
        guard.start()
        try:
            watch = Watch(probes, MemorySamples(), clock, umfeld_of(settings))
            watch.run(session.stop, session.hear, tempo=tempo, on_notice=session.reached.notices.append)
        finally:
            guard.cancel()
            konnektor.close()
    return session.reached
