"""Which Krankenkasse pays? Searched as one types, or found by the IK on the card."""

import threading
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Protocol

from papierbruecke.practice.folding import fold
from papierbruecke.practice.import_file import entries_of
from papierbruecke.practice.model import KTAB_PRIMARY, KeineZuordnung, Kostentraeger, Zuordnung, assign
from papierbruecke.practice.sdkt import read_sdkt


class KostentraegerStore(Protocol):
    """Where the imported funds are kept."""

    def replace_all(self, funds: Iterable[Kostentraeger]) -> int:
        """Put these in place of all earlier ones, whole or not at all; returns how many."""

    def search(self, words: tuple[str, ...], heute: date, limit: int) -> list[Kostentraeger]:
        """Funds in which every folded word begins a word of name, place, IK or VKNR; living ones first."""

    def with_ik(self, ik: str) -> tuple[Kostentraeger, ...]:
        """Funds that list this IK, also the ended ones."""

    def with_vknr(self, vknr: str) -> Kostentraeger | None:
        """The fund with this VKNR."""

    def count(self) -> int:
        """How many funds were imported; 0 = no Stammdatei yet."""


class FindKostentraeger:
    """Look-up of the payer; belongs to the thread of its store."""

    def __init__(self, store: KostentraegerStore) -> None:
        self._store = store

    def import_sdkt(
        self,
        path: Path,
        on_progress: Callable[[int], None] | None = None,
        cancel: threading.Event | None = None,
    ) -> int:
        """Read a Stammdatei of the KBV and put it in place of the old one; returns the number of funds.

        A broken file, or a cancelled import, leaves the old one untouched. Raises InputRefused.
        """
        return self._store.replace_all(entries_of(path, read_sdkt, on_progress, cancel))

    def search(self, text: str, heute: date, limit: int = 20) -> list[Kostentraeger]:
        """Funds by name, place, IK or VKNR, as one types; nothing for nothing."""
        words = tuple(fold(text).split())
        return self._store.search(words, heute, limit) if words else []

    def payer(
        self, ik: str, heute: date, *, ktab: str = KTAB_PRIMARY, kv: str | None = None
    ) -> Zuordnung | KeineZuordnung | None:
        """Who pays for this IK today; None without an imported Stammdatei."""
        if not self._store.count():
            return None
        full = f"10{ik}" if len(ik) == 7 else ik
        return assign(full, self._store.with_ik(full), self._store.with_vknr, heute, ktab=ktab, kv=kv)
