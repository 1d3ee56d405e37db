"""Events of the Konnektor make the next questions earlier; what is true the questions say.

An event is never an observation of a fault: it rings the bell of a running watch, which asks the
probes that can see it, not more often than on suspicion. Only a restart is remembered, because it
explains a silence. Source: ti-detection §1.6, rules 23 to 26; design §12 (polling is enough).
"""

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from papierbruecke.clock import Clock
from papierbruecke.konnektor.model import Ereignis, Ereignisdienst
from papierbruecke.konnektor.subscriptions import Subscriptions, Ziel
from papierbruecke.outage.model import Ergebnis, Messung

LOOK_S = 30.0
"""How often the subscriptions are looked after."""
JOIN_S = 15.0
"""Longer than one bounded call to the Konnektor."""
_BOOTED = ("P4", "P6", "P7", "P8")
# The first beginning that fits decides; the specification misses a slash in one place (NETWORKVPN_SIS).
_PROBES = (
    ("NETWORK", ("P7",)),
    ("OPERATIONAL_STATE", ("P7",)),
    ("BOOTUP", _BOOTED),
    ("KSR/UPDATE", ("P4", "P7")),
    ("CT", ("P8",)),
    ("CERT", ("P9", "P8")),
    ("SMC_K", ("P4", "P9")),
)
_RESTARTS = {"BOOTUP": "kon.neustart", "KSR/UPDATE/START": "kon.update"}


def probes_for(thema: str) -> tuple[str, ...]:
    """Which questions an event of this topic makes earlier."""
    return next((probes for begin, probes in _PROBES if thema.startswith(begin)), ())


def restart_word(thema: str, zeit: datetime) -> Messung | None:
    """What an event says about a restart: it explains a silence, it is no fault (P15)."""
    key = next((key for begin, key in _RESTARTS.items() if thema.startswith(begin)), None)
    if key is None:
        return None
    return Messung(probe="P15", ziel="konnektor", zeit=zeit, ergebnis=Ergebnis.KEINE_AUSSAGE, schluessel=key)


class Bell:
    """What rings in a running watch; bounded, so that a flood of events costs nothing."""

    def __init__(self) -> None:
        self._rung: queue.Queue[tuple[tuple[str, ...], Messung | None]] = queue.Queue(maxsize=64)

    def ring(self, probes: tuple[str, ...], word: Messung | None = None) -> None:
        """Ask these probes soon; called by any thread."""
        with contextlib.suppress(queue.Full):  # sixty-four early questions are enough
            self._rung.put_nowait((probes, word))

    def take(self) -> list[tuple[tuple[str, ...], Messung | None]]:
        """What rang since the last look."""
        found = []
        while not self._rung.empty():
            found.append(self._rung.get_nowait())
        return found


class EventThread:
    """Looks after the subscriptions of one desk beside its watch, and rings the bell for what comes."""

    def __init__(self, dienst: Ereignisdienst, clock: Clock, bell: Bell) -> None:
        self._dienst = dienst
        self._clock = clock
        self._bell = bell
        self._heard: queue.Queue[Ereignis | None] = queue.Queue(maxsize=256)
        self._stop = threading.Event()

    def hear(self, ereignis: Ereignis) -> None:
        """One event came; called by the receiver."""
        self._put(ereignis)

    @contextmanager
    def beside(self, ziel: Ziel, close: Callable[[], None]) -> Iterator[None]:
        """Subscribe, renew and ring while the body runs; then unsubscribe and ``close`` the receiver."""
        thread = threading.Thread(target=self._run, args=(ziel,), name="ereignisse", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            self._put(None)
            thread.join(timeout=JOIN_S)
            close()

    def _run(self, ziel: Ziel) -> None:
        subscriptions = Subscriptions(self._dienst, ziel)
        while not self._stop.is_set():
            subscriptions.ensure(self._clock.now())
            self._wait(subscriptions)
        subscriptions.close()

    def _put(self, ereignis: Ereignis | None) -> None:
        with contextlib.suppress(queue.Full):  # polling goes on
            self._heard.put_nowait(ereignis)

    def _wait(self, subscriptions: Subscriptions) -> None:
        try:
            event = self._heard.get(timeout=LOOK_S)
        except queue.Empty:
            return
        if event is not None:
            subscriptions.heard(event)
            self._bell.ring(probes_for(event.thema), restart_word(event.thema, self._clock.now()))
