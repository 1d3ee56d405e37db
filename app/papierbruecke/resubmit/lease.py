"""Only one run sends at a time, and a dead one blocks nobody for long.

The lease is a row in the store (design §6.4), renewed before every mail, so that it always
outlives the mail. On POSIX a holder on this machine whose process is gone is not waited for.
"""

import contextlib
import os
import platform
import uuid
from datetime import timedelta

from papierbruecke.clock import Clock
from papierbruecke.errors import EnvironmentFailure
from papierbruecke.kim.model import LONGEST_SEND
from papierbruecke.outbox.store import VersandStore

NAME = "nachversand"
MINDESTENS = LONGEST_SEND  # a second run must not take over while a single mail is still under way
DAUER = MINDESTENS + timedelta(minutes=5)


class Lease:
    """The right to send, held by one run."""

    def __init__(self, store: VersandStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._holder = f"{platform.node()}/{os.getpid()}/{uuid.uuid4()}"
        self._until = clock.now()

    def hold(self) -> bool:
        """Take it or keep it; False if another run has it. Written only when it runs short."""
        now = self._clock.now()
        if self._until - now >= MINDESTENS:
            return True
        until = now + DAUER
        taken = self._store.acquire_lease(NAME, self._holder, until)
        if not taken and (other := self._store.lease_holder(NAME)) is not None and _is_dead(other):
            self._store.release_lease(NAME, other)
            taken = self._store.acquire_lease(NAME, self._holder, until)
        if taken:
            self._until = until
        return taken

    def give_back(self) -> None:
        """Let others send."""
        self._until = self._clock.now()
        # It runs off by itself; a failing store already has its own exception on the way.
        with contextlib.suppress(EnvironmentFailure):
            self._store.release_lease(NAME, self._holder)


def _is_dead(holder: str) -> bool:
    """Whether the process that holds the lease certainly no longer exists; in doubt it lives."""
    node, _, rest = holder.partition("/")
    pid = rest.partition("/")[0]
    if os.name != "posix" or node != platform.node() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False
