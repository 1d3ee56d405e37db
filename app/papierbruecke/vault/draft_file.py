"""What is half-typed at the desk, kept encrypted so that a crash or a power cut loses no input.

One entry, replaced as people type, emptied when nothing is unfinished; after two days it is
nobody's any more and is forgotten. Source: design §7 (Esc and locks lose nothing), §3 rule 9.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from papierbruecke.clock import Clock
from papierbruecke.vault.database import Database, open_database
from papierbruecke.vault.key import Key

FILE = "entwurf.db"
KEPT = timedelta(days=2)


def _step_1(database: Database) -> None:
    database.execute(
        "CREATE TABLE entwurf (eins INTEGER PRIMARY KEY CHECK (eins = 1), "
        "zeit TEXT NOT NULL, inhalt TEXT NOT NULL) STRICT"
    )


class Drafts:
    """The unfinished input of one data folder; every call opens and closes the file."""

    def __init__(self, folder: Path, key: Key, clock: Clock) -> None:
        self._path = folder / FILE
        self._key = key
        self._clock = clock

    def keep(self, draft: dict[str, Any]) -> None:
        """Keep this instead of what was kept; an empty one forgets."""
        if not draft and not self._path.exists():
            return
        database = open_database(self._path, self._key, (_step_1,))
        try:
            with database.immediate():
                database.execute("DELETE FROM entwurf")
                if draft:
                    now = self._clock.now().astimezone(UTC).isoformat()
                    database.execute("INSERT INTO entwurf VALUES (1, ?, ?)", (now, json.dumps(draft)))
        finally:
            database.close()

    def kept(self) -> dict[str, Any]:
        """What was left unfinished; empty if there is nothing, or it is too old."""
        if not self._path.exists():
            return {}
        database = open_database(self._path, self._key, (_step_1,))
        try:
            row = database.row("SELECT zeit, inhalt FROM entwurf")
        finally:
            database.close()
        if row is None or self._clock.now() - datetime.fromisoformat(row[0]) > KEPT:
            return {}
        found: dict[str, Any] = json.loads(row[1])
        return found
