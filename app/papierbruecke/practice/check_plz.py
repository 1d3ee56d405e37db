"""Does this postal code exist? Asked for what was typed in the Ersatzverfahren (KVDT P2-460).

Only with the PLZ-Stammdatei that the practice downloaded from the KBV; without it a postal code
is checked for its five digits and nothing more. The file names no places, so the place is not
checked.
"""

import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from papierbruecke.card.model import Versicherter, Warnung
from papierbruecke.practice.import_file import entries_of
from papierbruecke.practice.sdplz import read_sdplz

INLAND = (None, "D")


class PlzStore(Protocol):
    """Where the imported postal codes are kept."""

    def replace_plz(self, codes: Iterable[str]) -> int:
        """Put these in place of all earlier ones, whole or not at all; returns how many."""

    def has_plz(self, plz: str) -> bool | None:
        """Whether this postal code exists; None without an imported file."""


class CheckPlz:
    """The check of postal codes; belongs to the thread of its store."""

    def __init__(self, store: PlzStore) -> None:
        self._store = store

    def import_sdplz(
        self,
        path: Path,
        on_progress: Callable[[int], None] | None = None,
        cancel: threading.Event | None = None,
    ) -> int:
        """Read a PLZ-Stammdatei and put it in place of the old one; returns how many postal codes.

        A broken file, or a cancelled import, leaves the old one untouched. Raises InputRefused.
        """
        return self._store.replace_plz(entries_of(path, read_sdplz, on_progress, cancel))

    def remarks(self, person: Versicherter) -> tuple[Warnung, ...]:
        """A remark for each postal code in Germany that does not exist; it stays on the paper all the same.

        A warning, never a refusal: a new postal code may not be in the file yet (P2-460, case b).
        """
        places = [place for place in (person.anschrift, person.postfach) if place is not None]
        asked = dict.fromkeys(place.plz for place in places if place.plz and place.land in INLAND)
        return tuple(
            Warnung(
                code="plz.unbekannt",
                text=f"Die Postleitzahl {plz} steht nicht in der PLZ-Stammdatei der KBV. Bitte nachfragen und ändern.",
            )
            for plz in asked
            if self._store.has_plz(plz) is False
        )
