"""A probe: one question to one counterpart, bounded in time, answered by observations."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from papierbruecke.outage.model import Ergebnis, Messung

Measure = Callable[[], Sequence[Messung]]


@dataclass(frozen=True, slots=True)
class Probe:
    """``id`` P0 … P14; one call is in flight per ``gegenstelle``.

    ``auf_klick``: only a person's click asks it, never a timer. ``measure`` never raises for what
    the counterpart does: every outcome is an observation.
    """

    id: str
    gegenstelle: str
    measure: Measure
    auf_klick: bool = False


class Stopwatch:
    """Measures one question in whole milliseconds."""

    def __init__(self) -> None:
        self._begin = time.monotonic()

    def ms(self) -> int:
        """Milliseconds since the start."""
        return round((time.monotonic() - self._begin) * 1000)


def good(probe: str, ziel: str, zeit: datetime, befund: str, dauer_ms: int | None = None, **daten: Any) -> Messung:
    """The counterpart answered as it should."""
    return Messung(
        probe=probe, ziel=ziel, zeit=zeit, ergebnis=Ergebnis.OK, befund=befund, dauer_ms=dauer_ms, daten=daten
    )


def bad(
    probe: str, ziel: str, zeit: datetime, schluessel: str, befund: str, dauer_ms: int | None = None, **daten: Any
) -> Messung:
    """The counterpart failed, in the way that the key names."""
    return Messung(
        probe=probe,
        ziel=ziel,
        zeit=zeit,
        ergebnis=Ergebnis.FEHLER,
        schluessel=schluessel,
        befund=befund,
        dauer_ms=dauer_ms,
        daten=daten,
    )


def silent(probe: str, ziel: str, zeit: datetime, befund: str) -> Messung:
    """The question could not be asked, so it says nothing."""
    return Messung(probe=probe, ziel=ziel, zeit=zeit, ergebnis=Ergebnis.KEINE_AUSSAGE, befund=befund)
