"""The paper counters in their own encrypted file, so that they never block a Beleg (design §4)."""

from pathlib import Path

from papierbruecke.forms.vorrat import Bestand, Vordruck
from papierbruecke.vault.database import Database, open_database
from papierbruecke.vault.key import Key

FILE = "vorrat.db"


def _step_1(database: Database) -> None:
    database.execute(
        "CREATE TABLE vorrat (formular TEXT PRIMARY KEY, anzahl INTEGER NOT NULL CHECK (anzahl >= 0), "
        "warnen_ab INTEGER NOT NULL, wer TEXT NOT NULL) STRICT"
    )


MIGRATIONS = (_step_1,)


class SqlcipherVorrat:
    """The counters of this desk; implements ``Vorrat``; belongs to its thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def bestand(self, vordruck: Vordruck) -> Bestand | None:
        """The counter of a form."""
        row = self._database.row("SELECT anzahl, warnen_ab FROM vorrat WHERE formular = ?", (vordruck,))
        return None if row is None else Bestand(vordruck=vordruck, anzahl=row[0], warnen_ab=row[1])

    def fill(self, bestand: Bestand, wer: str) -> None:
        """A person counted."""
        with self._database.immediate():
            self._database.execute(
                "INSERT OR REPLACE INTO vorrat VALUES (?, ?, ?, ?)",
                (bestand.vordruck, bestand.anzahl, bestand.warnen_ab, wer),
            )

    def take(self, vordruck: Vordruck, blaetter: int) -> None:
        """Count down, never below zero."""
        with self._database.immediate():
            self._database.execute(
                "UPDATE vorrat SET anzahl = max(0, anzahl - ?) WHERE formular = ?", (blaetter, vordruck)
            )

    def close(self) -> None:
        """Give the file back."""
        self._database.close()


def open_vorrat(folder: Path, key: Key) -> SqlcipherVorrat:
    """Open, or make, the counters of this data folder."""
    return SqlcipherVorrat(open_database(folder / FILE, key, MIGRATIONS))
