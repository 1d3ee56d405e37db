"""The clock as a parameter: real in the practice, moved by hand in tests and in the drill."""

from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

PRAXISZEIT = ZoneInfo("Europe/Berlin")


class Clock(Protocol):
    """What time is it? Everything that stores, waits or prints a time asks this port."""

    def now(self) -> datetime:
        """The present moment: aware, UTC."""
        ...


class SystemClock:
    """The clock of this computer."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SetClock:
    """A clock that stands still until somebody moves it (tests, simulated year)."""

    def __init__(self, start: datetime) -> None:
        check_aware(start)
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def advance(self, step: timedelta) -> None:
        """Move the clock by ``step``; backwards is allowed, clocks do that."""
        self._now += step


def check_aware(moment: datetime) -> datetime:
    """Refuse naive times at the border: a time without zone is a bug."""
    if moment.tzinfo is None:
        raise AssertionError("naive datetime")
    return moment


def local(moment: datetime) -> datetime:
    """The same moment as the wall clock of the practice shows it."""
    return check_aware(moment).astimezone(PRAXISZEIT)
