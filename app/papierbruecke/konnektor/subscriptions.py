"""Keeping the subscriptions of events alive: subscribe, renew in time, begin anew when they are lost.

A subscription lives 25 h; a Konnektor that restarted has none, and drops one whose events nobody
took. So they are renewed after twelve hours, and after any doubt everything is subscribed anew.
Trouble here is never trouble of the TI: polling goes on and says what is broken.
Source: ti-detection §1.6, rules 24 and 25.
"""

import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta

from papierbruecke.konnektor.model import Abonnement, Ereignis, Ereignisdienst, KonnektorFehler

THEMEN = ("NETWORK", "OPERATIONAL_STATE", "BOOTUP", "CT", "CERT", "KSR", "SMC_K")
"""CARD and VSDM are left out: their events carry patients, and no probe needs them."""
RENEW_AFTER = timedelta(hours=12)
MARGIN = timedelta(minutes=10)
RETRY = timedelta(minutes=10)


Ziel = Callable[[], str]
"""Where events must go now, ``cetp://host:port``; raises OSError while this computer has no network."""


class Subscriptions:
    """The subscriptions of one sink."""

    def __init__(self, dienst: Ereignisdienst, ziel: Ziel) -> None:
        self._dienst = dienst
        self._wanted = ziel
        self._ziel = ""
        self._abos: tuple[Abonnement, ...] = ()
        self._renewed: datetime | None = None
        self._not_before: datetime | None = None

    @property
    def alive(self) -> bool:
        """Whether the Konnektor promised to send events."""
        return bool(self._abos)

    def ensure(self, now: datetime) -> None:
        """Subscribe, or renew what needs it; does nothing most of the time."""
        if self._not_before is not None and now < self._not_before:
            return
        try:
            if not self._abos:
                self._subscribe(now)
            elif self._due(now):
                self._renew(now)
        except (KonnektorFehler, OSError):
            self._abos, self._not_before = (), now + RETRY

    def heard(self, ereignis: Ereignis) -> bool:
        """Take note of an event; True if it says that the subscriptions are gone (restart)."""
        lost = ereignis.abo is None or ereignis.thema.startswith("BOOTUP")
        if lost:
            self._abos, self._not_before = (), None
        return lost

    def close(self) -> None:
        """The program ends: the Konnektor need not try to deliver any more."""
        if self._abos:
            with contextlib.suppress(KonnektorFehler):
                self._dienst.abos_kuendigen(self._ziel)
        self._abos = ()

    def _due(self, now: datetime) -> bool:
        soonest = min(abo.bis for abo in self._abos)
        return self._renewed is None or now - self._renewed >= RENEW_AFTER or soonest - now <= MARGIN

    def _subscribe(self, now: datetime) -> None:
        self._ziel = self._wanted()
        # What an earlier run left behind would deliver every event twice.
        with contextlib.suppress(KonnektorFehler):
            self._dienst.abos_kuendigen(self._ziel)
        self._abos = tuple(self._dienst.abonnieren(self._ziel, thema) for thema in THEMEN)
        self._renewed, self._not_before = now, None

    def _renew(self, now: datetime) -> None:
        known = {abo.id for abo in self._abos}
        try:
            renewed = self._dienst.abos_verlaengern(tuple(abo.id for abo in self._abos))
        except KonnektorFehler:
            renewed = ()  # unknown after a restart that nobody told
        alive = tuple(abo for abo in renewed if abo.id in known and abo.bis > now + MARGIN)
        if len(alive) == len(known):
            self._abos, self._renewed = alive, now
        else:
            self._subscribe(now)
