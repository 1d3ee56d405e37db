"""Stammdaten in their own encrypted file, so that no import ever blocks a Beleg (design §4)."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from papierbruecke.practice.folding import search_text
from papierbruecke.practice.model import Kostentraeger
from papierbruecke.vault.database import Database, open_database
from papierbruecke.vault.key import Key

FILE = "stammdaten.db"


def _step_1(database: Database) -> None:
    database.execute(
        "CREATE TABLE kostentraeger (vknr TEXT PRIMARY KEY, suche TEXT NOT NULL, name TEXT NOT NULL, "
        "letzter_tag TEXT NOT NULL, inhalt TEXT NOT NULL) STRICT"
    )
    database.execute(
        "CREATE TABLE kostentraeger_ik (ik TEXT NOT NULL, "
        "vknr TEXT NOT NULL REFERENCES kostentraeger ON DELETE CASCADE, PRIMARY KEY (ik, vknr)) STRICT, WITHOUT ROWID"
    )
    database.execute("CREATE INDEX kostentraeger_ik_vknr ON kostentraeger_ik (vknr)")


def _step_2(database: Database) -> None:
    database.execute("CREATE TABLE plz (plz TEXT PRIMARY KEY) STRICT, WITHOUT ROWID")


MIGRATIONS = (_step_1, _step_2)
_FOREVER = "9999-12-31"


class SqlcipherStammdaten:
    """The Stammdaten file of this desk; implements ``KostentraegerStore`` and ``PlzStore``; belongs to its thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def replace_all(self, funds: Iterable[Kostentraeger]) -> int:
        """Put these in place of all earlier ones in one transaction."""
        with self._database.immediate():
            self._database.execute("DELETE FROM kostentraeger")
            for fund in funds:
                self._database.execute(
                    "INSERT OR REPLACE INTO kostentraeger VALUES (?, ?, ?, ?, ?)",
                    (fund.vknr, _search_text(fund), fund.suchname, _last_day(fund), fund.model_dump_json()),
                )
                for ik in {each.ik for each in fund.ik}:
                    self._database.execute("INSERT OR REPLACE INTO kostentraeger_ik VALUES (?, ?)", (ik, fund.vknr))
            return self.count()

    def search(self, words: tuple[str, ...], heute: date, limit: int) -> list[Kostentraeger]:
        """Funds in which every word begins a word; living ones first, then those whose name begins so."""
        condition = " AND ".join("suche LIKE ?" for _ in words)
        parameters: list[Any] = [f"% {word}%" for word in words]
        rows = self._database.rows(
            f"SELECT inhalt FROM kostentraeger WHERE {condition} "  # noqa: S608 (only placeholders are inserted)
            "ORDER BY letzter_tag < ?, suche NOT LIKE ?, name, vknr LIMIT ?",
            [*parameters, heute.isoformat(), f" {words[0]}%", limit],
        )
        return [Kostentraeger.model_validate_json(row[0]) for row in rows]

    def with_ik(self, ik: str) -> tuple[Kostentraeger, ...]:
        """Funds that list this IK, also the ended ones."""
        rows = self._database.rows(
            "SELECT inhalt FROM kostentraeger JOIN kostentraeger_ik USING (vknr) WHERE ik = ? ORDER BY vknr", (ik,)
        )
        return tuple(Kostentraeger.model_validate_json(row[0]) for row in rows)

    def with_vknr(self, vknr: str) -> Kostentraeger | None:
        """The fund with this VKNR."""
        row = self._database.row("SELECT inhalt FROM kostentraeger WHERE vknr = ?", (vknr,))
        return None if row is None else Kostentraeger.model_validate_json(row[0])

    def count(self) -> int:
        """How many funds were imported."""
        return int(self._database.row("SELECT count(*) FROM kostentraeger")[0])

    def replace_plz(self, codes: Iterable[str]) -> int:
        """Put these in place of all earlier ones in one transaction."""
        with self._database.immediate():
            self._database.execute("DELETE FROM plz")
            for plz in codes:
                self._database.execute("INSERT OR IGNORE INTO plz VALUES (?)", (plz,))
            return int(self._database.row("SELECT count(*) FROM plz")[0])

    def has_plz(self, plz: str) -> bool | None:
        """Whether this postal code was imported; None if none ever was."""
        known, any_known = self._database.row(
            "SELECT EXISTS (SELECT 1 FROM plz WHERE plz = ?), EXISTS (SELECT 1 FROM plz)", (plz,)
        )
        return bool(known) if any_known else None

    def close(self) -> None:
        """Give the file back."""
        self._database.close()


def open_stammdaten(folder: Path, key: Key) -> SqlcipherStammdaten:
    """Open, or make, the Stammdaten file of this data folder."""
    return SqlcipherStammdaten(open_database(folder / FILE, key, MIGRATIONS))


def _search_text(fund: Kostentraeger) -> str:
    return search_text(
        fund.suchname,
        fund.name,
        fund.kurzname,
        *(b.druckname for b in fund.bereiche),
        *fund.orte,
        fund.vknr,
        *(each.ik for each in fund.ik),
    )


def _last_day(fund: Kostentraeger) -> str:
    """The last day on which the fund exists, for the order of the hits."""
    days = [fund.gueltig.bis.isoformat()] if fund.gueltig.bis else []
    if fund.ende is not None and fund.letztes_quartal and len(fund.letztes_quartal) == 5:
        year, quarter = fund.letztes_quartal[:4], fund.letztes_quartal[4]
        days.append(f"{year}-{ {'1': '03-31', '2': '06-30', '3': '09-30'}.get(quarter, '12-31') }")
    return min(days, default=_FOREVER)
