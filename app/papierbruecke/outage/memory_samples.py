"""The twin of the stored observations, in memory: for tests and the simulated year."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from papierbruecke.outage.model import Ergebnis, Messung
from papierbruecke.outage.sample_chain import ANFANG, HistoryWriter, broken, dump, row_hash
from papierbruecke.outage.samples import AUFBEWAHRUNG, FENSTER, Zeile


class MemorySamples:
    """Samples that are gone when the program ends."""

    def __init__(self) -> None:
        self._window: list[Messung] = []
        self._added = 0
        self._last: dict[tuple[str, str, Ergebnis], Messung] = {}
        self._rows: list[tuple[Zeile, str]] = []
        self._anchor = ANFANG
        self._writer = HistoryWriter()

    def add(self, messungen: Collection[Messung]) -> None:
        for messung in messungen:
            self._window.append(messung)
            self._added += 1
            self._last[(messung.probe, messung.ziel, messung.ergebnis)] = messung
            for zeit, was, inhalt in self._writer.rows(messung):
                self.note(zeit, was, inhalt)

    def since(self, moment: datetime) -> list[Messung]:
        return sorted((m for m in self._window if m.zeit >= moment), key=lambda m: m.zeit)

    def told(self, after: int) -> tuple[int, list[Messung]]:
        newest = self._added
        fresh = self._window[max(0, len(self._window) - (newest - after)) :] if 0 <= after < newest else []
        return newest, [m for m in fresh if m.probe == "P15" or (m.probe, m.ziel) == ("P11", "erezept")]

    def last(self, probe: str, ergebnis: Ergebnis | None = None) -> list[Messung]:
        newest: dict[str, Messung] = {}
        for (name, ziel, result), messung in self._last.items():
            wanted = name == probe and ergebnis in (None, result)
            if wanted and (ziel not in newest or messung.zeit > newest[ziel].zeit):
                newest[ziel] = messung
        return [newest[ziel] for ziel in sorted(newest)]

    def note(self, zeit: datetime, was: str, inhalt: dict[str, Any]) -> None:
        text = dump(inhalt)
        nummer = self._rows[-1][0].nummer + 1 if self._rows else 1
        hashed = row_hash(self.head(), nummer, zeit, was, text)
        self._rows.append((Zeile(nummer=nummer, zeit=zeit, was=was, inhalt=inhalt, hash=hashed), text))

    def history(self, begin: datetime, end: datetime, was: str | None = None) -> list[Zeile]:
        return [row for row, _ in self._rows if begin <= row.zeit <= end and was in (None, row.was)]

    def head(self) -> str:
        return self._rows[-1][0].hash if self._rows else self._anchor

    def verify(self) -> list[str]:
        return broken(self._rows, self._anchor)

    def prune(self, now: datetime) -> None:
        self._window = [m for m in self._window if m.zeit >= now - FENSTER]
        while len(self._rows) > 1 and self._rows[0][0].zeit < now - AUFBEWAHRUNG:
            self._anchor = self._rows.pop(0)[0].hash

    def close(self) -> None:
        """Nothing to give back."""
