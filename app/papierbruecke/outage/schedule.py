"""When which probe is asked next (pure): intervals, jitter, faster on suspicion, the Lagebild's minutes.

Source: ti-detection §5.1; for the Lagebild §3 (once in each of gematik's five-minute cycles, one
minute after it), for the E-Rezept-Fachdienst §4 (never by a timer).
"""

import random
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from papierbruecke.outage.layers import PROBE_OF, Schicht, Stufe
from papierbruecke.outage.picture import Bild
from papierbruecke.outage.probe import Probe
from papierbruecke.outage.zeiten import Zeiten

_JITTER = 0.1
_CYCLE = timedelta(minutes=5)
_LATE = timedelta(seconds=10)
"""A question that left a little late still leaves the next one its place in the minute: no drift."""
_LAST_SECOND_S = 45.0
_LOWER = ("P0", "P1", "P3", "P4")
"""Asked again at once when anything becomes suspicious: the lowest layer explains the rest."""


class Schedule:
    """The next moment of each probe. ``tempo`` other than 1 is a played outage."""

    def __init__(self, probes: Collection[Probe], z: Zeiten, now: datetime, *, tempo: float = 1.0, seed: int = 0):
        self._z = z
        self._tempo = tempo
        self._begin = now
        self._random = random.Random(seed)  # noqa: S311 (spreads load, hides nothing)
        self._offset_s = self._random.uniform(5, 40)
        self._due = {probe.id: now for probe in probes if probe.id != "P11"}
        if "P13" in self._due and tempo == 1.0:
            self._due["P13"] = self._next_lagebild(now)
        self._suspect: frozenset[str] = frozenset()
        self._last_asked: dict[str, datetime] = {}
        self._known = {probe.id for probe in probes}

    def remember(self, probe: str, asked: datetime) -> None:
        """A probe was asked before this program started; keeps its distance across restarts."""
        self._last_asked[probe] = asked
        if probe == "P13" and probe in self._due and self._tempo == 1.0:
            self._keep_second(asked)
            self._due[probe] = self._next_lagebild(max(self._begin, asked + _CYCLE - _LATE))

    def due(self, now: datetime) -> list[str]:
        """The probes to ask now, lowest layer first; a missed minute of the Lagebild waits for the next."""
        if self._tempo == 1.0 and self._due.get("P13", now) < now and not _after_the_cycle(now):
            self._due["P13"] = self._next_lagebild(now)
        return sorted((p for p, moment in self._due.items() if moment <= now), key=lambda p: int(p[1:]))

    def next_due(self) -> datetime:
        """When the next probe is due."""
        return min(self._due.values())

    def asked(self, probe: str, now: datetime) -> None:
        """A probe is being asked: plan its next time."""
        self._last_asked[probe] = now
        if probe == "P13" and self._tempo == 1.0:
            if now - self._due.get(probe, now) > _LATE:
                self._keep_second(now)
            self._due[probe] = self._next_lagebild(now + _CYCLE - _LATE)
            return
        table = self._z.takt_verdacht_s if probe in self._suspect else self._z.takt_s
        self._due[probe] = now + self._jittered(table[probe])
        if probe == "P11":
            del self._due[probe]

    def postpone(self, probe: str, now: datetime) -> None:
        """A probe has nothing to ask now (a lower layer fails): look again at its fast interval."""
        self._due[probe] = now + self._jittered(self._z.takt_verdacht_s[probe])

    def learn(self, bild: Bild, now: datetime, changed: Iterable[Schicht]) -> None:
        """Adapt to what was seen: suspicious layers are asked faster, lower ones at once."""
        restless = (Stufe.VERDACHT, Stufe.GESTOERT, Stufe.ERHOLUNG)
        suspect = {PROBE_OF[s] for s, stand in bild.staende.items() if stand.stufe in restless and s in PROBE_OF}
        for probe in suspect - self._suspect:
            if probe in self._due:
                soon = self._last_asked.get(probe, now) + timedelta(seconds=self._z.takt_verdacht_s[probe])
                self._due[probe] = min(self._due[probe], max(now, soon))
        self._suspect = frozenset(suspect)
        for schicht in changed:
            self._react(schicht, bild.staende[schicht].stufe, now)
        if "P11" in self._known and "P11" not in self._due and _services_suspect(bild, now):
            table = self._z.takt_verdacht_s if "P11" in self._suspect else self._z.takt_s
            distance = timedelta(seconds=table["P11"])
            last = self._last_asked.get("P11")
            delay = timedelta(seconds=self._random.uniform(0, 10) / self._tempo)
            self._due["P11"] = max(now, last + distance if last is not None else now) + delay

    def _react(self, schicht: Schicht, stufe: Stufe, now: datetime) -> None:
        if stufe is Stufe.VERDACHT:
            for probe in _LOWER:
                self.hurry(probe, now)
        elif stufe is Stufe.ERHOLUNG and schicht in (Schicht.KON_TCP, Schicht.KON_TLS):
            for probe in ("P6", "P7", "P8"):
                self.hurry(probe, now)

    def hurry(self, probe: str, now: datetime) -> None:
        """Ask soon, but never more often than twice the pace of a suspicion."""
        if probe in self._due:
            earliest = self._last_asked.get(probe, now) + timedelta(seconds=self._z.takt_verdacht_s[probe] / 2)
            self._due[probe] = min(self._due[probe], max(now, earliest))

    def _jittered(self, seconds: float) -> timedelta:
        return timedelta(seconds=seconds * self._random.uniform(1 - _JITTER, 1 + _JITTER))

    def _keep_second(self, asked: datetime) -> None:
        """Go on at the second at which the Lagebild was asked, so that neither lag nor a restart costs a cycle."""
        if _after_the_cycle(asked):
            self._offset_s = min(asked.second + asked.microsecond / 1e6, _LAST_SECOND_S)

    def _next_lagebild(self, earliest: datetime) -> datetime:
        """The first of this desk's moments in a minute :x1 or :x6 that is not before ``earliest``."""
        minute = earliest.replace(second=0, microsecond=0)
        slot = minute + timedelta(minutes=(1 - minute.minute) % 5, seconds=self._offset_s)
        return slot if slot >= earliest else slot + _CYCLE


def _after_the_cycle(moment: datetime) -> bool:
    return moment.minute % 5 == 1


def _services_suspect(bild: Bild, now: datetime) -> bool:
    """Whether anything points to IDP or ePA while the tunnel stands."""
    if not bild.says(Schicht.VPN, now):
        return False
    hints = (Schicht.LB_IDP, Schicht.LB_EPA, Schicht.LB_EREZEPT, Schicht.IDP, Schicht.EPA1, Schicht.EPA2, Schicht.EPA3)
    if any(bild.says(schicht, now) is False for schicht in hints):
        return True
    recent = now - timedelta(seconds=bild.z.passiv_s)
    return any(m.ziel in ("epa", "erezept") and m.schluessel is not None and m.zeit >= recent for m in bild.passiv)
