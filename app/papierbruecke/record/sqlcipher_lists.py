"""Medicines, codes and their use in an encrypted file of their own, so that no import blocks a Beleg (design §4)."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from papierbruecke.practice.folding import search_text
from papierbruecke.record.suggestion_model import IcdEintrag, Mittel
from papierbruecke.vault.database import Database, open_database
from papierbruecke.vault.key import Key

FILE = "listen.db"
MITTEL, ICD = "mittel", "icd"


def _step_1(database: Database) -> None:
    database.execute(
        "CREATE TABLE mittel (schluessel TEXT PRIMARY KEY, suche TEXT NOT NULL, zeile TEXT NOT NULL, "
        "inhalt TEXT NOT NULL, aus_liste INTEGER NOT NULL) STRICT"
    )
    database.execute(
        "CREATE TABLE icd (code TEXT PRIMARY KEY, suche TEXT NOT NULL, titel TEXT NOT NULL, "
        "endstaendig INTEGER NOT NULL) STRICT"
    )
    database.execute(
        "CREATE TABLE verwendet (art TEXT NOT NULL, schluessel TEXT NOT NULL, lanr TEXT NOT NULL, "
        "anzahl INTEGER NOT NULL, zuletzt TEXT NOT NULL, PRIMARY KEY (art, schluessel, lanr)) STRICT, WITHOUT ROWID"
    )


MIGRATIONS = (_step_1,)

# How often this doctor wrote an entry, then the practice, then the alphabet.
_USE = (
    "LEFT JOIN (SELECT schluessel, sum(anzahl) AS alle, sum(anzahl * (lanr = :lanr)) AS eigene "
    "FROM verwendet WHERE art = :art GROUP BY schluessel) AS v ON v.schluessel = {key}"
)
_ORDER = "ORDER BY coalesce(eigene, 0) DESC, coalesce(alle, 0) DESC"

_ASIDE = "SELECT * FROM temp.neu WHERE true ORDER BY rowid"
# What the list says wins over what was typed once; use alone never overwrites the list.
_LIST_WINS = (
    "ON CONFLICT DO UPDATE SET "
    "suche = excluded.suche, zeile = excluded.zeile, inhalt = excluded.inhalt, aus_liste = excluded.aus_liste "
    "WHERE excluded.aus_liste OR NOT mittel.aus_liste"
)


def _columns(entry: Mittel, *, aus_liste: bool) -> tuple[object, ...]:
    return entry.schluessel, entry.suche, entry.zeile, entry.model_dump_json(), aus_liste


class SqlcipherLists:
    """The lists of this desk; implements ``SuggestionStore``; belongs to its thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def replace_medicines(self, entries: Iterable[Mittel]) -> int:
        """Put this list in place of the earlier one; until then everybody reads the earlier one."""
        rows = (_columns(entry, aus_liste=True) for entry in entries)
        with self._set_aside("mittel", rows), self._database.immediate():
            self._database.execute("UPDATE mittel SET aus_liste = 0")
            self._database.execute(f"INSERT INTO mittel {_ASIDE} {_LIST_WINS}")
            self._database.execute(
                "DELETE FROM mittel WHERE aus_liste = 0 "
                "AND schluessel NOT IN (SELECT schluessel FROM verwendet WHERE art = ?)",
                (MITTEL,),
            )
            return int(self._database.row("SELECT count(*) FROM mittel WHERE aus_liste = 1")[0])

    def replace_icd(self, entries: Iterable[IcdEintrag]) -> int:
        """Put these codes in place of the earlier ones; until then everybody reads the earlier ones."""
        rows = ((entry.code, search_text(entry.titel), entry.titel, entry.endstaendig) for entry in entries)
        with self._set_aside("icd", rows), self._database.immediate():
            self._database.execute("DELETE FROM icd")
            self._database.execute(f"INSERT OR REPLACE INTO icd {_ASIDE}")
            return int(self._database.row("SELECT count(*) FROM icd")[0])

    @contextmanager
    def _set_aside(self, table: str, rows: Iterable[tuple[object, ...]]) -> Iterator[None]:
        """Rows like those of ``table``, collected where nobody else looks and nobody has to wait.

        A list is read line by line from a slow stick; the desk goes on writing meanwhile. What is
        collected lives in memory only and is gone afterwards, also when the file was refused.
        """
        self._database.execute("PRAGMA temp_store = MEMORY")
        self._database.execute(f"CREATE TEMP TABLE neu AS SELECT * FROM {table} WHERE 0")  # noqa: S608 (our own name)
        try:
            for row in rows:
                places = ", ".join("?" * len(row))
                self._database.execute(f"INSERT INTO temp.neu VALUES ({places})", row)  # noqa: S608 (only placeholders)
            yield
        finally:
            self._database.execute("DROP TABLE temp.neu")

    def note(self, mittel: Iterable[Mittel], codes: Iterable[str], lanr: str, moment: datetime) -> None:
        """This doctor wrote these."""
        with self._database.immediate():
            for entry in mittel:
                self._put(entry, aus_liste=False)
                self._count(MITTEL, entry.schluessel, lanr, moment)
            for code in codes:
                self._count(ICD, code, lanr, moment)

    def medicines(self, words: tuple[str, ...], lanr: str, limit: int) -> list[Mittel]:
        """Medicines in which every word begins a word; without words only what this doctor wrote."""
        condition = " AND ".join(f"suche LIKE :w{n}" for n in range(len(words))) or "eigene > 0"
        parameters: dict[str, Any] = {f"w{n}": f"% {word}%" for n, word in enumerate(words)}
        rows = self._database.rows(
            f"SELECT inhalt FROM mittel {_USE.format(key='mittel.schluessel')} "  # noqa: S608 (only placeholders)
            f"WHERE {condition} {_ORDER}, zeile LIMIT :limit",
            parameters | {"lanr": lanr, "art": MITTEL, "limit": limit},
        )
        return [Mittel.model_validate_json(row[0]) for row in rows]

    def icd(self, words: tuple[str, ...], lanr: str, limit: int) -> list[IcdEintrag]:
        """Codes that begin so or whose title has all words; codes in use are known even without a catalogue."""
        # "j06.9" is folded to "j06 9": put it together again to compare with codes.
        code = "".join(words).upper()
        condition = " AND ".join(f"suche LIKE :w{n}" for n in range(len(words))) or "0"
        parameters: dict[str, Any] = {f"w{n}": f"% {word}%" for n, word in enumerate(words)}
        rows = self._database.rows(
            "SELECT c.code, c.titel FROM (SELECT code, suche, titel FROM icd WHERE endstaendig = 1 UNION ALL "  # noqa: S608
            "SELECT DISTINCT schluessel, '', '' FROM verwendet WHERE art = :art "
            "AND schluessel NOT IN (SELECT code FROM icd)) AS c "
            f"{_USE.format(key='c.code')} WHERE replace(c.code, '.', '') LIKE :code AND :code != '%' OR {condition} "
            f"OR (:code = '%' AND eigene > 0) {_ORDER}, c.code LIMIT :limit",
            parameters | {"code": f"{code}%", "lanr": lanr, "art": ICD, "limit": limit},
        )
        return [IcdEintrag(code=row[0], titel=row[1]) for row in rows]

    def icd_known(self, code: str) -> bool | None:
        """Whether this code is a terminal one of the catalogue."""
        if self._database.row("SELECT 1 FROM icd LIMIT 1") is None:
            return None
        return self._database.row("SELECT 1 FROM icd WHERE code = ? AND endstaendig = 1", (code,)) is not None

    def counts(self) -> tuple[int, int]:
        """Medicines of the list, terminal codes."""
        medicines = self._database.row("SELECT count(*) FROM mittel WHERE aus_liste = 1")[0]
        return int(medicines), int(self._database.row("SELECT count(*) FROM icd WHERE endstaendig = 1")[0])

    def forget(self, schluessel: str) -> None:
        """Take a medicine and its use out."""
        with self._database.immediate():
            self._database.execute("DELETE FROM mittel WHERE schluessel = ?", (schluessel,))
            self._database.execute("DELETE FROM verwendet WHERE art = ? AND schluessel = ?", (MITTEL, schluessel))

    def close(self) -> None:
        """Give the file back."""
        self._database.close()

    def _put(self, entry: Mittel, *, aus_liste: bool) -> None:
        row = _columns(entry, aus_liste=aus_liste)
        self._database.execute(f"INSERT INTO mittel VALUES (?, ?, ?, ?, ?) {_LIST_WINS}", row)  # noqa: S608 (a constant)

    def _count(self, art: str, schluessel: str, lanr: str, moment: datetime) -> None:
        self._database.execute(
            "INSERT INTO verwendet VALUES (?, ?, ?, 1, ?) ON CONFLICT DO UPDATE SET anzahl = anzahl + 1, "
            "zuletzt = excluded.zuletzt",
            (art, schluessel, lanr, moment.isoformat()),
        )


def open_lists(folder: Path, key: Key) -> SqlcipherLists:
    """Open, or make, the lists of this data folder."""
    return SqlcipherLists(open_database(folder / FILE, key, MIGRATIONS))
