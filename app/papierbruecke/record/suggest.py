"""Completion at the desk: from what this practice wrote before and from its own lists.

What a doctor wrote often comes first for this doctor, then what the practice wrote, then the
imported lists in alphabetical order. Nothing is preferred that nobody here has chosen.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

from papierbruecke.practice.folding import fold
from papierbruecke.practice.import_file import entries_of
from papierbruecke.record.model import AuEingabe, Eingabe, RezeptEingabe
from papierbruecke.record.read_lists import counted, read_icd, read_medicines
from papierbruecke.record.suggestion_model import IcdEintrag, Mittel, mittel_of


class SuggestionStore(Protocol):
    """Where lists and use are kept, in a file of their own."""

    def replace_medicines(self, entries: Iterable[Mittel]) -> int:
        """Put this list in place of the earlier one, whole or not at all; what was used stays."""

    def replace_icd(self, entries: Iterable[IcdEintrag]) -> int:
        """Put these codes in place of the earlier ones, whole or not at all."""

    def note(self, mittel: Iterable[Mittel], codes: Iterable[str], lanr: str, moment: datetime) -> None:
        """This doctor wrote these; one transaction."""

    def medicines(self, words: tuple[str, ...], lanr: str, limit: int) -> list[Mittel]:
        """Medicines in which every word begins a word, best first; no words: what this doctor wrote most."""

    def icd(self, words: tuple[str, ...], lanr: str, limit: int) -> list[IcdEintrag]:
        """Codes that begin so or whose title has all words, best first; only terminal ones."""

    def icd_known(self, code: str) -> bool | None:
        """Whether this code may be written; None = no catalogue was imported."""

    def counts(self) -> tuple[int, int]:
        """How many medicines of the own list and how many terminal codes there are."""

    def forget(self, schluessel: str) -> None:
        """Never offer this medicine again until somebody writes it again."""


class Vorschlaege:
    """Completion and its memory; belongs to the lane of its store."""

    def __init__(self, store: SuggestionStore) -> None:
        self._store = store

    def medicines(self, text: str, lanr: str, limit: int = 12) -> list[Mittel]:
        """What may be meant; nothing typed: the favourites of this doctor."""
        return self._store.medicines(tuple(fold(text).split()), lanr, limit)

    def diagnoses(self, text: str, lanr: str, limit: int = 12) -> list[IcdEintrag]:
        """Codes by their beginning (``j06``, ``J06.9``) or by words of their title."""
        return self._store.icd(tuple(fold(text).split()), lanr, limit)

    def icd_known(self, code: str) -> bool | None:
        """Whether the imported catalogue has this code as a terminal one; None without a catalogue."""
        return self._store.icd_known(code)

    def remember(self, inhalt: Eingabe, moment: datetime) -> None:
        """Learn from what was just written: medicines and codes, never whose they were."""
        mittel: list[Mittel] = []
        codes: list[str] = []
        if isinstance(inhalt, RezeptEingabe):
            mittel = [found for p in inhalt.rezept.positionen if (found := mittel_of(p)) is not None]
        if isinstance(inhalt, AuEingabe):
            codes = [diagnose.icd for diagnose in inhalt.au.diagnosen]
        if mittel or codes:
            self._store.note(mittel, codes, inhalt.arzt.lanr, moment)

    def forget(self, mittel: Mittel) -> None:
        """Take a wrong entry out of the suggestions."""
        self._store.forget(mittel.schluessel)

    def import_medicines(
        self, path: Path, on_progress: Callable[[int], None] | None = None, cancel: threading.Event | None = None
    ) -> int:
        """Take over the practice's own list (CSV); returns how many. Raises InputRefused."""
        return self._store.replace_medicines(
            entries_of(path, lambda file: counted(read_medicines(file)), on_progress, cancel)
        )

    def import_icd(
        self, path: Path, on_progress: Callable[[int], None] | None = None, cancel: threading.Event | None = None
    ) -> int:
        """Take over the ICD-10-GM (``icd10gmJJJJsyst_kodes.txt``); returns how many. Raises InputRefused."""
        return self._store.replace_icd(entries_of(path, lambda file: counted(read_icd(file)), on_progress, cancel))

    def import_favourites(
        self,
        path: Path,
        lanr: str,
        moment: datetime,
        on_progress: Callable[[int], None] | None = None,
        cancel: threading.Event | None = None,
    ) -> int:
        """What this doctor is offered first (CSV as ``import_medicines``), as if written once; returns how many."""
        number = 0

        def favourites() -> Iterator[Mittel]:
            nonlocal number
            for entry in entries_of(path, lambda file: counted(read_medicines(file)), on_progress, cancel):
                number += 1
                yield entry

        self._store.note(favourites(), (), lanr, moment)
        return number

    def counts(self) -> tuple[int, int]:
        """How many medicines of the own list and how many terminal codes are here."""
        return self._store.counts()
