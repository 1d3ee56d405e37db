"""Does every row of the store's file say what the history says? Whoever has the key can write; here it shows."""

import json
from collections.abc import Iterator
from typing import Any

from papierbruecke.outbox.chain import broken_links, digest
from papierbruecke.outbox.model import INHALT_GELOESCHT, Ereignis
from papierbruecke.vault.database import Database

_COLUMNS = ("kennung", "belegnummer", "art", "stoerung", "vorgang")


def findings_of(database: Database, events: list[Ereignis]) -> Iterator[str]:
    """Everything that does not fit, in German; nothing = intact. ``events`` is the whole history."""
    yield from database.findings()
    yield from broken_links(events)
    stored, states, stoerungen, signed, sent = _told(events)
    known = set()
    for nr, *columns, patient, inhalt in database.rows(
        f"SELECT nr, {', '.join(_COLUMNS)}, patient, inhalt FROM beleg ORDER BY nr"  # noqa: S608 (fixed text)
    ):
        kennung, nummer = columns[0], columns[1]
        known.add(kennung)
        told = stored.get(kennung, {})
        pages = {
            f"seite.{name}": digest(bytes(pdf))
            for name, pdf in database.rows("SELECT name, pdf FROM seite WHERE kennung = ?", (kennung,))
        }
        gone = patient == INHALT_GELOESCHT
        if gone != (inhalt == "") or (gone and pages):
            yield f"Beleg {nummer}: Der Inhalt ist nur halb gelöscht."
        elif not gone and told != {"inhalt": digest(inhalt.encode())} | pages:
            yield f"Beleg {nummer}: Inhalt oder Seiten wurden verändert (Zeile {nr})."
        elif not gone and [*columns, patient] != _as_written(inhalt):
            yield f"Beleg {nummer}: Die Zeile der Liste wurde verändert."
    yield from (f"Beleg {kennung} fehlt." for kennung in stored.keys() - known)
    for kennung, zustand in database.rows("SELECT kennung, zustand FROM stand"):
        if states.get(kennung) != zustand:
            yield f"Beleg {kennung} steht auf {zustand}, das Protokoll sagt {states.get(kennung)}."
    for key, inhalt in database.rows("SELECT id, inhalt FROM stoerung"):
        if stoerungen.get(key) != digest(inhalt.encode()):
            yield f"Störung {key} wurde verändert."
    for kennung, xml, p7s in database.rows("SELECT kennung, xml, p7s FROM signatur WHERE p7s <> x''"):
        if signed.get(kennung) != (digest(bytes(xml)), digest(bytes(p7s))):
            yield f"Die Signatur von Beleg {kennung} wurde verändert."
    attempts = {tuple(row) for row in database.rows("SELECT kennung, message_id, p7s_sha256 FROM versuch")}
    yield from (f"Ein Versuch zu Beleg {row[0]} fehlt oder wurde verändert." for row in sorted(attempts ^ sent))


def _told(events: list[Ereignis]) -> tuple[Any, ...]:
    """What the history says of contents, states, Störungen, signatures and attempts."""
    stored: dict[str, dict[str, str]] = {}
    states: dict[str, str] = {}
    stoerungen: dict[str, str] = {}
    signed: dict[str, tuple[str, str]] = {}
    sent: set[tuple[str, str, str]] = set()
    for event in events:
        kennung, detail = str(event.kennung), event.detail
        if event.zustand is not None:
            stored.setdefault(kennung, detail)
            states[kennung] = event.zustand.value
        if event.was.startswith("stoerung.") and "stand" in detail:
            stoerungen[str(event.stoerung)] = detail["stand"]
        if "xml" in detail and "p7s" in detail:
            signed[kennung] = (detail["xml"], detail["p7s"])
        if "message_id" in detail and "p7s" in detail:
            sent.add((kennung, detail["message_id"], detail["p7s"]))
    return stored, states, stoerungen, signed, sent


def _as_written(inhalt: str) -> list[str]:
    """The columns of the list that this content must have."""
    beleg = json.loads(inhalt)
    person = beleg["inhalt"]["versicherter"]
    patient = f"{person['nachname']}, {person['vorname']}" if person else "Sprechstundenbedarf"
    return [*(beleg[name] for name in _COLUMNS), patient]
