"""A year of a practice as a script of events: noise that must stay silent, incidents that must be named.

Event-driven in virtual time: quiet stretches are skipped as if every probe had gone on answering
the same. ``play_year(seed)`` returns figures; every broken promise is a line in ``mistakes``.
"""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from lage_world import ALL_OK, GATEWAY, NEW_CERT, OFFLINE, UMFELD, Player, World
from papierbruecke.outage.layers import Stufe
from papierbruecke.outage.model import Lage, Umfeld
from papierbruecke.outage.notice import Notices
from papierbruecke.outage.proposal import proposals
from papierbruecke.outage.zeiten import zeiten

BEGIN = datetime(2026, 1, 2, 6, 0, tzinfo=UTC)
DAYS = 365
# Skipping moves the Lagebild off its minutes once, so its next question may be ten minutes away.
# A fault that is over needs its recovery (two minutes, the Lagebild ten) before silence is due.
AFTERGLOW_S = 900.0

Change = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """What may happen: the changes, how long, and what must be said within which time."""

    name: str
    change: Change
    min_s: float
    max_s: float
    row: str | None = None  # None: noise
    within_s: float = 0.0


NOISE = (
    Kind("blip internet", {"internet": False}, 3, 30),
    Kind("blip dns", {"dns": False}, 3, 25),
    Kind("blip konnektor", {"kon": "kon.no_answer"}, 2, 20),
    Kind("blip soap", {"dienst": "kon.no_answer"}, 2, 20),
    Kind("blip kim", {"kim": "kim.no_answer"}, 2, 45),
    Kind("tunnel failover", {"vpn": False, "states": OFFLINE}, 5, 80),
    Kind("terminal cable", {"terminal": "ct.lost"}, 2, 25),
    Kind("slow morning", {"lage_ms": 4000}, 300, 900),
    Kind("lagebild away", {"lagebild": None}, 200, 2400),
    Kind("announced maintenance", {"lagebild": ALL_OK | {"wartung": ["ePA"]}}, 600, 2400),
    Kind("sleep", {}, 120, 3 * 3600),
)
INCIDENTS = (
    Kind("line cut", {"internet": False}, 1200, 9000, "D03", 130),
    Kind("switch dead", {"router": False}, 600, 3600, "D02", 90),
    Kind("konnektor dead", {"kon": "kon.no_answer"}, 1500, 9000, "D09", 90),
    Kind("konnektor restarts", {"kon": "kon.port_closed"}, 180, 900, "D08", 90),
    Kind("certificate", {"tls": "kon.server_cert_changed", "cert": NEW_CERT}, 3600, 9000, "D12", 90),
    Kind("client rejected", {"dienst": "kon.client_rejected"}, 1800, 7200, "D15", 150),
    Kind(
        "crl",
        {"vpn": False, "states": [*OFFLINE, {"name": "EC_CRL_Out_Of_Date", "schwere": "Fatal"}]},
        3600,
        9000,
        "D17",
        150,
    ),
    Kind(
        "own cable",
        {"vpn": False, "states": [*OFFLINE, {"name": "EC_No_Online_Connection", "schwere": "Error"}]},
        1200,
        7200,
        "D23",
        150,
    ),
    Kind(
        "zugangsdienst",
        {"vpn": False, "states": OFFLINE, "lagebild": ALL_OK | {"ti_zugang": "aus"}},
        1500,
        9000,
        "D24",
        420,
    ),
    Kind("only us", {"vpn": False, "states": OFFLINE}, 1800, 9000, "D25", 1010),
    Kind("namensdienst", {"dns_system": False, "dns_konnektor": False}, 1800, 7200, "D27", 500),
    Kind("terminal", {"terminal": "ct.lost"}, 1500, 5000, "D29", 500),
    Kind("pin after restart", {"smcb": "card.pin"}, 1500, 5000, "D31", 500),
    Kind("kim module", {"kim": "kim.port_closed"}, 1200, 9000, "D38", 260),
    Kind("kim server", {"lagebild": ALL_OK | {"kim": "aus"}}, 1800, 9000, "D39", 620),
    Kind("idp", {"lagebild": ALL_OK | {"idp": "aus", "erezept": "aus", "epa": "aus"}}, 1800, 9000, "D41", 620),
    Kind("erezept", {"lagebild": ALL_OK | {"erezept": "aus"}}, 1800, 9000, "D42", 620),
    Kind("vsdm", {"lagebild": ALL_OK | {"vsdm": "aus"}}, 1800, 9000, "D37", 620),
)
GATEWAY_INCIDENTS = (
    Kind("gateway vpn", {"kon": "kon.no_answer", "vpn_schnittstelle": False}, 1500, 9000, "D06", 90),
    Kind("gateway provider", {"kon": "kon.no_answer"}, 1500, 9000, "D07", 90),
)
_EINBOX_ONLY = frozenset({"D08", "D09", "D17", "D22", "D23", "D24", "D25"})


@dataclass
class Figures:
    """What a year came to."""

    seed: int
    events: Counter[str] = field(default_factory=Counter)
    delays_s: dict[str, list[float]] = field(default_factory=dict)
    notices: Counter[str] = field(default_factory=Counter)
    judged: int = 0
    observations: int = 0
    mistakes: list[str] = field(default_factory=list)

    def line(self) -> str:
        """One line for a log."""
        slowest = {row: round(max(values)) for row, values in sorted(self.delays_s.items())}
        return (
            f"seed {self.seed}: {self.events['incident']} incidents, {self.events['noise']} noise events, "
            f"{self.observations} observations, {self.judged} judgements, notices {dict(sorted(self.notices.items()))}, "
            f"slowest seconds to diagnosis {slowest}, mistakes {len(self.mistakes)}"
        )


class _Year:
    def __init__(self, seed: int, noise: int, incidents: int) -> None:
        self.random = random.Random(seed)
        self.gateway = seed % 3 == 2
        umfeld: Umfeld = GATEWAY if self.gateway else UMFELD
        self.world = World()
        if self.gateway:
            self.world.vpn_schnittstelle = True
        self.player = Player(self.world, umfeld, start=BEGIN, seed=seed)
        self.player.keep = False
        self.player.on_lage = self._hear
        self.figures = Figures(seed)
        self.notices = Notices(zeiten())
        self.incident: Kind | None = None
        self.quiet_from = BEGIN
        self.said_in_incident = 0
        self._counts = (noise, incidents)

    def plan(self) -> list[tuple[datetime, Kind]]:
        noise, incidents = self._counts
        possible = [k for k in INCIDENTS if not (self.gateway and k.row in _EINBOX_ONLY)]
        possible += list(GATEWAY_INCIDENTS) if self.gateway else []
        events = [(self._moment(), self.random.choice(NOISE)) for _ in range(noise)]
        order = self.random.sample(possible, len(possible)) * (incidents // len(possible) + 1)
        # Incidents are at least a day apart, so that each has its own end.
        days = self.random.sample(range(1, DAYS - 1), incidents)
        events += [
            (BEGIN + timedelta(days=day, hours=self.random.uniform(1, 8)), kind)
            for day, kind in zip(days, order, strict=False)
        ]
        # The line is dropped once a day; one in twelve falls into the hours when the computer is on.
        events += [
            (BEGIN + timedelta(days=day, hours=self.random.uniform(0, 9)), Kind("daily disconnection", {}, 15, 40))
            for day in range(DAYS)
            if self.random.random() < 1 / 12
        ]
        return sorted(events, key=lambda event: event[0])

    def _moment(self) -> datetime:
        return BEGIN + timedelta(days=self.random.randrange(DAYS), hours=self.random.uniform(0, 10))

    def run(self) -> Figures:
        self.player.play(700)
        for moment, kind in self.plan():
            if moment < self.player.now:
                continue
            self._skip_to(moment)
            if kind.row is None:
                self._noise(kind)
            else:
                self._incident(kind)
        self.figures.observations = self.player.observations
        return self.figures

    def _skip_to(self, moment: datetime) -> None:
        self._settle()
        night = moment.date() != self.player.now.date()
        if night and self.random.random() < 0.7:  # most practices switch off in the evening
            self.player.sleep((moment - self.player.now).total_seconds() - 400)
            self.player.play(400)
        self.player.skip_to(moment)

    def _settle(self) -> None:
        for _ in range(60):
            restless = [s for s in self.player.bild.staende.values() if s.stufe in (Stufe.VERDACHT, Stufe.ERHOLUNG)]
            if not restless and not any(s.flattert for s in self.player.bild.staende.values()):
                return
            self.player.play(30)

    def _noise(self, kind: Kind) -> None:
        self.figures.events["noise"] += 1
        length = self.random.uniform(kind.min_s, kind.max_s)
        if kind.name == "sleep":
            self.player.sleep(length)
            self.world.pc = False  # the network card needs a moment after waking
            self.player.play(self.random.uniform(0, 15))
            self.world.pc = True
        elif kind.name == "daily disconnection":
            self.world.internet = False
            self.player.play(length)
            self.world.internet, self.world.vpn, self.world.states = True, False, OFFLINE
            self.player.play(self.random.uniform(20, 70))  # the tunnel is built anew
            self.world.vpn, self.world.states = True, []
        else:
            self._apply(kind.change)
            self.player.play(length)
            self._undo(kind.change)
        self.player.play(60)

    def _incident(self, kind: Kind) -> None:
        self.figures.events["incident"] += 1
        self.incident, self.said_in_incident = kind, 0
        self._apply(kind.change)
        length = self.random.uniform(kind.min_s, kind.max_s)
        begin = self.player.now
        try:
            needed = self.player.until(kind.row, kind.within_s)
            self.figures.delays_s.setdefault(kind.row or "", []).append(needed)
        except AssertionError as missed:
            self.figures.mistakes.append(f"{begin} {kind.name}: {missed}")
        self.player.play(300)
        end = begin + timedelta(seconds=length)
        if end > self.player.now:
            self._settle()
            self.player.skip_to(end)
        self.player.play(60)
        found = self.player.lage().diagnose
        if found is None or found.id not in (kind.row, "D09" if kind.row == "D08" else kind.row):
            self.figures.mistakes.append(f"{begin} {kind.name} became {found.id if found else None}")
        self._undo(kind.change)
        self.player.play(AFTERGLOW_S)
        self.incident, self.quiet_from = None, self.player.now
        if self.said_in_incident != 1:
            self.figures.mistakes.append(f"{begin} {kind.name}: {self.said_in_incident} notices for one cause")

    def _apply(self, change: Change) -> None:
        for name, value in change.items():
            setattr(self.world, name, value)
        self.player.bild.neustart = None

    def _undo(self, change: Change) -> None:
        good = World()
        good.vpn_schnittstelle = True if self.gateway else None
        for name in change:
            setattr(self.world, name, getattr(good, name))

    def _hear(self, lage: Lage) -> None:
        self.figures.judged += 1
        for meldung in self.notices.take(lage):
            self.figures.notices[f"{meldung.art} {meldung.id}".strip()] += 1
            if meldung.art == "stoerung":
                self.said_in_incident += 1
                if self.incident is None:
                    self.figures.mistakes.append(f"{lage.zeit} notice {meldung.id} without an incident")
        if self.incident is None:
            asked = [p for p in proposals(lage, {}) if p.art == "papier"]
            if asked:
                self.figures.mistakes.append(f"{lage.zeit} false proposal: {asked[0].satz}")


def play_year(seed: int, *, noise: int = 60, incidents: int = 10) -> Figures:
    """Play one year; the same seed plays the same year."""
    return _Year(seed, noise, incidents).run()
