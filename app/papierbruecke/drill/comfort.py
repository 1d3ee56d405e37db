"""The Komfortsignatur and the running jobs of the simulated Konnektor: who may sign without a PIN, what is stopped.

Stricter than a real one. The published text of TUC_KON_171 to 173 that was read names no fault codes, so those of a
wrong state are our own choice; a client decides by the signature mode. Source: gemSpec_Kon 4.1.8.1.5, 4.1.8.5.
"""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from papierbruecke.drill.model import KonnektorZustand, PortZustand
from papierbruecke.drill.practice_setup import USER_ID
from papierbruecke.drill.soap import Fault

NOT_ALLOWED, NO_SESSION, USER_TAKEN, NO_SUCH_JOB = 4261, 4262, 4272, 4243
ABORTED = 4049
_FRESH_USER = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def is_user(text: str) -> bool:
    """Whether the practice may call itself so: the set-up user, or a random UUID made for a Komfortsignatur."""
    return text == USER_ID or _FRESH_USER.fullmatch(text) is not None


class Comfort:
    """One session at a time, bound to a user; a session that the scenario plays belongs to the set-up user."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._zustand = KonnektorZustand()
        self._user: str | None = None
        self._used = 0
        self._taken: set[str] = set()
        self._running: dict[str, threading.Event] = {}

    def take(self, zustand: KonnektorZustand) -> None:
        """Another state is played: without its card, its power or the permission a session is over."""
        with self._lock:
            before, self._zustand = self._zustand, zustand
            if zustand.komfort == "aktiv":
                if before.komfort != "aktiv":
                    self._user, self._used = USER_ID, 0
            elif before.komfort == "aktiv" or zustand.komfort == "aus" or not _can(zustand):
                self._user = None

    def activate(self, user: str) -> None:
        """TUC_KON_171: raises Fault unless allowed and this user is new and random."""
        with self._lock:
            if self._zustand.komfort == "aus":
                raise Fault(NOT_ALLOWED, "Komfortsignatur ist nicht freigeschaltet")
            if user in self._taken or _FRESH_USER.fullmatch(user) is None:
                raise Fault(USER_TAKEN, "UserId ist nicht zufällig oder wurde schon verwendet")
            if self._user is not None:
                raise Fault(NOT_ALLOWED, "Komfortsignatur ist schon eingeschaltet")
            self._taken.add(user)
            self._user, self._used = user, 0

    def deactivate(self) -> None:
        """TUC_KON_172, for whoever switched it on."""
        with self._lock:
            if self._user is None:
                raise Fault(NO_SESSION, "Komfortsignatur ist nicht eingeschaltet")
            self._user = None

    def rest(self, user: str | None) -> int | None:
        """How many signatures are left for this user; None = the terminal asks for the PIN."""
        with self._lock:
            return self._rest(user)

    def spend(self, user: str | None, documents: int) -> None:
        """So many were signed without a PIN, if it lasted for all."""
        with self._lock:
            rest = self._rest(user)
            if rest is not None and rest >= documents:
                self._used += documents

    def _rest(self, user: str | None) -> int | None:
        if self._user is None or user != self._user:
            return None
        return max(self._zustand.komfort_rest - self._used, 0)

    # -- jobs --------------------------------------------------------------------

    @contextmanager
    def job(self, number: str) -> Iterator[threading.Event]:
        """A signature job is running; the event is set when somebody stops it."""
        stopped = threading.Event()
        with self._lock:
            self._running[number] = stopped
        try:
            yield stopped
        finally:
            with self._lock:
                del self._running[number]

    def stop(self, number: str) -> None:
        """StopSignature: raises Fault unless just this job is running."""
        with self._lock:
            stopped = self._running.get(number)
        if stopped is None:
            raise Fault(NO_SUCH_JOB, "Zu dieser Jobnummer wird gerade nichts signiert")
        stopped.set()


def _can(zustand: KonnektorZustand) -> bool:
    return zustand.port is PortZustand.OFFEN and zustand.terminal_verbunden and zustand.hba.gesteckt
