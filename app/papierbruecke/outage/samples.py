"""The port of the stored observations: what was seen, for the diagnosis and as evidence.

Two stores live behind it: the SQLCipher file of this desk and its in-memory twin; both pass
``tests/contracts/test_samples_contract.py``. The recent window is complete, so that another
program (``lage`` beside the window) judges the same as this one. Behind it lies an
append-only, hash-chained history: one row per change of state and one row every five
minutes with the last word of every probe. Source: ti-detection §5.1, §5.4.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Protocol

from papierbruecke.outage.model import Ergebnis, Messung
from papierbruecke.redact import Value

FENSTER = timedelta(hours=24)
"""How far back the complete window reaches."""
TAKT = timedelta(minutes=5)
"""How often the history gets one row even if nothing changes."""
AUFBEWAHRUNG = timedelta(days=400)
"""Thirteen months: one year of quarters for the KV, with a margin (ti-detection §3)."""


class Zeile(Value):
    """One row of the history. ``was``: ``wechsel`` (one observation), ``takt`` (all last words),
    ``diagnose``, ``lagebild`` (a changed document), ``bestaetigung`` (of a certificate, by a person)."""

    nummer: int
    zeit: datetime
    was: str
    inhalt: dict[str, Any]
    hash: str


class Samples(Protocol):
    """Stored observations; belongs to the thread that opened it."""

    def add(self, messungen: Collection[Messung]) -> None:
        """Store observations, in one transaction; changes of state also enter the history."""

    def since(self, moment: datetime) -> list[Messung]:
        """All observations from this moment on, as far as the window reaches, oldest first."""

    def told(self, after: int) -> tuple[int, list[Messung]]:
        """What real work and people's clicks told since row ``after`` (P15; the E-Rezept-Fachdienst),
        and the newest row: for a watching that must hear what others store. -1 = only the newest row."""

    def last(self, probe: str, ergebnis: Ergebnis | None = None) -> list[Messung]:
        """The newest observation of each target of a probe, however old (service directory, certificate)."""

    def note(self, zeit: datetime, was: str, inhalt: dict[str, Any]) -> None:
        """Write a row of another kind into the history: a diagnosis, a Lagebild document."""

    def history(self, begin: datetime, end: datetime, was: str | None = None) -> list[Zeile]:
        """The chained history between two moments, oldest first."""

    def head(self) -> str:
        """Hash of the newest row: the print on paper that proves all rows before it."""

    def verify(self) -> list[str]:
        """Every place where the chain does not hold, in German; empty = intact."""

    def prune(self, now: datetime) -> None:
        """Drop what is older than the window, and history older than its retention."""

    def close(self) -> None:
        """Give the file back."""
