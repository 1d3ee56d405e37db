"""What enters the history of observations, and the hash that ties its rows together (pure).

Source: ti-detection §5.1 (one row per state change plus one sample per five minutes), §5.4.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from papierbruecke.outage.model import Messung
from papierbruecke.outage.samples import TAKT, Zeile

ANFANG = "0" * 64
# Fields that change with every look although nothing happened; the document of the Lagebild has its hash.
_RESTLESS = frozenset({"versatz_s", "abgerufen", "dauer_ms", "dokument"})


def state_of(messung: Messung) -> str:
    """What must differ for an observation to be a change."""
    facts = {name: value for name, value in messung.daten.items() if name not in _RESTLESS}
    return json.dumps([messung.ergebnis, messung.schluessel, facts], sort_keys=True, default=str)


def row_hash(previous: str, nummer: int, zeit: datetime, was: str, inhalt: str) -> str:
    """The hash of a row after a row with hash ``previous``; ``inhalt`` as stored."""
    content = hashlib.sha256(inhalt.encode()).hexdigest()
    return hashlib.sha256(f"{previous}|{nummer}|{zeit.isoformat()}|{was}|{content}".encode()).hexdigest()


def dump(inhalt: dict[str, Any]) -> str:
    """The canonical text of a row's content."""
    return json.dumps(inhalt, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


class HistoryWriter:
    """Decides which observations enter the history; keeps the last word of every series."""

    def __init__(self) -> None:
        self._states: dict[tuple[str, str], str] = {}
        self._words: dict[tuple[str, str], Messung] = {}
        self._slot: int | None = None

    def resume(self, newest: Iterable[Messung]) -> None:
        """Start from the last words of an earlier run: what is unchanged is no change."""
        for messung in newest:
            self._states[(messung.probe, messung.ziel)] = state_of(messung)

    def rows(self, messung: Messung) -> list[tuple[datetime, str, dict[str, Any]]]:
        """The rows (time, kind, content) that this observation adds."""
        series = (messung.probe, messung.ziel)
        added: list[tuple[datetime, str, dict[str, Any]]] = []
        slot = int(messung.zeit.timestamp() // TAKT.total_seconds())
        if self._slot is not None and slot != self._slot and self._words:
            moment = max(m.zeit for m in self._words.values())
            added.append((moment, "takt", {"proben": [_short(m) for m in self._words.values()]}))
            self._words.clear()
        self._slot = slot
        state = state_of(messung)
        if messung.probe == "P15" or self._states.get(series) != state:
            self._states[series] = state
            added.append((messung.zeit, "wechsel", messung.model_dump(mode="json")))
        self._words[series] = messung
        return added


def _short(messung: Messung) -> dict[str, Any]:
    word: dict[str, Any] = {"probe": messung.probe, "ziel": messung.ziel, "ergebnis": messung.ergebnis.value}
    if messung.schluessel is not None:
        word["schluessel"] = messung.schluessel
    if messung.dauer_ms is not None:
        word["dauer_ms"] = messung.dauer_ms
    if messung.probe == "P7" and "vpn_ti" in messung.daten:
        word["vpn_ti"] = messung.daten["vpn_ti"]
    return word


def broken(rows: list[tuple[Zeile, str]], previous: str) -> list[str]:
    """Every place where the chain does not hold: rows with their stored text, after ``previous``."""
    found: list[str] = []
    number = rows[0][0].nummer if rows else 0
    for expected, (row, text) in enumerate(rows, start=number):
        if row.nummer != expected:
            found.append(f"Im Beobachtungsprotokoll fehlt Zeile {expected}.")
            break
        if row.hash != row_hash(previous, row.nummer, row.zeit, row.was, text):
            found.append(f"Zeile {row.nummer} des Beobachtungsprotokolls wurde verändert.")
        previous = row.hash
    return found
