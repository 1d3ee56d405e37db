"""The stored observations of this desk: the encrypted file ``lage.db`` (design §4, §9)."""

import json
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from papierbruecke.outage.model import Ergebnis, Messung
from papierbruecke.outage.sample_chain import ANFANG, HistoryWriter, broken, dump, row_hash
from papierbruecke.outage.samples import AUFBEWAHRUNG, FENSTER, Zeile
from papierbruecke.vault.database import Database, open_database
from papierbruecke.vault.key import Key

_STEP_1 = (
    """CREATE TABLE fenster (nr INTEGER PRIMARY KEY, zeit TEXT NOT NULL, probe TEXT NOT NULL, ziel TEXT NOT NULL,
       inhalt TEXT NOT NULL) STRICT""",
    "CREATE INDEX fenster_zeit ON fenster (zeit)",
    """CREATE TABLE letzte (probe TEXT NOT NULL, ziel TEXT NOT NULL, ergebnis TEXT NOT NULL, zeit TEXT NOT NULL,
       inhalt TEXT NOT NULL, PRIMARY KEY (probe, ziel, ergebnis)) STRICT""",
    """CREATE TABLE verlauf (nummer INTEGER PRIMARY KEY, zeit TEXT NOT NULL, was TEXT NOT NULL, inhalt TEXT NOT NULL,
       hash TEXT NOT NULL) STRICT""",
    "CREATE INDEX verlauf_zeit ON verlauf (zeit)",
    # The hash of the last row that left through the retention rule: the chain still proves the rest.
    "CREATE TABLE anker (eins INTEGER PRIMARY KEY CHECK (eins = 1), hash TEXT NOT NULL) STRICT",
    """CREATE TRIGGER verlauf_bleibt BEFORE UPDATE ON verlauf
       BEGIN SELECT RAISE(ABORT, 'history is append-only'); END""",
)


def _step_1(database: Database) -> None:
    for statement in _STEP_1:
        database.execute(statement)


MIGRATIONS = (_step_1,)


def open_samples(path: Path, key: Key) -> "SqlcipherSamples":
    """Open the observations of a desk, or make the file."""
    return SqlcipherSamples(open_database(path, key, MIGRATIONS))


class SqlcipherSamples:
    """Samples in an encrypted file."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._writer = HistoryWriter()
        newest = database.rows("SELECT inhalt, max(zeit) FROM letzte GROUP BY probe, ziel")
        self._writer.resume(Messung.model_validate_json(row[0]) for row in newest)

    def add(self, messungen: Collection[Messung]) -> None:
        with self._db.immediate():
            for messung in messungen:
                text = messung.model_dump_json()
                values = (messung.probe, messung.ziel)
                self._db.execute("INSERT INTO fenster VALUES (NULL, ?, ?, ?, ?)", (_utc(messung.zeit), *values, text))
                self._db.execute(
                    "INSERT OR REPLACE INTO letzte VALUES (?, ?, ?, ?, ?)",
                    (*values, messung.ergebnis.value, _utc(messung.zeit), text),
                )
                for row in self._writer.rows(messung):
                    self._append(*row)

    def since(self, moment: datetime) -> list[Messung]:
        rows = self._db.rows("SELECT inhalt FROM fenster WHERE zeit >= ? ORDER BY zeit, nr", (_utc(moment),))
        return [Messung.model_validate_json(row[0]) for row in rows]

    def told(self, after: int) -> tuple[int, list[Messung]]:
        newest = self._db.row("SELECT max(nr) FROM fenster")[0] or 0
        if after < 0 or newest <= after:
            return newest, []
        rows = self._db.rows(
            """SELECT inhalt FROM fenster WHERE nr > ? AND nr <= ?
               AND (probe = 'P15' OR (probe = 'P11' AND ziel = 'erezept')) ORDER BY nr""",
            (after, newest),
        )
        return newest, [Messung.model_validate_json(row[0]) for row in rows]

    def last(self, probe: str, ergebnis: Ergebnis | None = None) -> list[Messung]:
        rows = self._db.rows(
            """SELECT inhalt, max(zeit) FROM letzte WHERE probe = ? AND (? IS NULL OR ergebnis = ?)
               GROUP BY ziel ORDER BY ziel""",
            (probe, *(2 * (ergebnis.value if ergebnis else None,))),
        )
        return [Messung.model_validate_json(row[0]) for row in rows]

    def note(self, zeit: datetime, was: str, inhalt: dict[str, Any]) -> None:
        with self._db.immediate():
            self._append(zeit, was, inhalt)

    def history(self, begin: datetime, end: datetime, was: str | None = None) -> list[Zeile]:
        rows = self._db.rows(
            """SELECT nummer, zeit, was, inhalt, hash FROM verlauf
               WHERE zeit BETWEEN ? AND ? AND (? IS NULL OR was = ?) ORDER BY nummer""",
            (_utc(begin), _utc(end), was, was),
        )
        return [_zeile(row) for row in rows]

    def head(self) -> str:
        row = self._db.row("SELECT hash FROM verlauf ORDER BY nummer DESC LIMIT 1")
        return str(row[0]) if row else self._anchor()

    def verify(self) -> list[str]:
        rows = self._db.rows("SELECT nummer, zeit, was, inhalt, hash FROM verlauf ORDER BY nummer")
        return self._db.findings() + broken([(_zeile(row), row[3]) for row in rows], self._anchor())

    def prune(self, now: datetime) -> None:
        with self._db.immediate():
            self._db.execute("DELETE FROM fenster WHERE zeit < ?", (_utc(now - FENSTER),))
            old = self._db.row(
                "SELECT nummer, hash FROM verlauf WHERE zeit < ? ORDER BY nummer DESC LIMIT 1",
                (_utc(now - AUFBEWAHRUNG),),
            )
            newest = self._db.row("SELECT max(nummer) FROM verlauf")[0]
            if old and old[0] < newest:
                self._db.execute("INSERT OR REPLACE INTO anker VALUES (1, ?)", (old[1],))
                self._db.execute("DELETE FROM verlauf WHERE nummer <= ?", (old[0],))

    def close(self) -> None:
        self._db.close()

    def _anchor(self) -> str:
        row = self._db.row("SELECT hash FROM anker")
        return str(row[0]) if row else ANFANG

    def _append(self, zeit: datetime, was: str, inhalt: dict[str, Any]) -> None:
        text = dump(inhalt)
        newest = self._db.row("SELECT nummer FROM verlauf ORDER BY nummer DESC LIMIT 1")
        nummer = (newest[0] if newest else 0) + 1
        moment = zeit.astimezone(UTC)
        hashed = row_hash(self.head(), nummer, moment, was, text)
        self._db.execute("INSERT INTO verlauf VALUES (?, ?, ?, ?, ?)", (nummer, _utc(zeit), was, text, hashed))


def _utc(moment: datetime) -> str:
    """Fixed width, so that text order is time order; still ISO 8601."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _zeile(row: tuple[int, str, str, str, str]) -> Zeile:
    return Zeile.model_validate(
        {"nummer": row[0], "zeit": row[1], "was": row[2], "inhalt": json.loads(row[3]), "hash": row[4]}
    )
