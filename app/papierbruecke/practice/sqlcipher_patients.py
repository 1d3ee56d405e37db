"""The list of today's patients in its own encrypted file; deleted entries are overwritten (design §4)."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from papierbruecke.practice.patient_index import Patienteneintrag
from papierbruecke.vault.database import Database, open_database
from papierbruecke.vault.key import Key

FILE = "patienten.db"


def _step_1(database: Database) -> None:
    database.execute(
        "CREATE TABLE patient (id TEXT PRIMARY KEY, quelle TEXT NOT NULL, pvs_nummer TEXT, eingetragen TEXT NOT NULL, "
        "inhalt TEXT NOT NULL) STRICT"
    )


MIGRATIONS = (_step_1,)


class SqlcipherPatients:
    """The patient file of this desk; implements ``PatientStore``; belongs to its thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._parsed: dict[str, Patienteneintrag] = {}

    def replace(self, entries: Iterable[Patienteneintrag]) -> None:
        """Add these in one transaction."""
        with self._database.immediate():
            for entry in entries:
                self._database.execute(
                    "DELETE FROM patient WHERE quelle = ? AND pvs_nummer = ?", (entry.quelle, entry.pvs_nummer)
                )
                self._database.execute(
                    "INSERT INTO patient VALUES (?, ?, ?, ?, ?)",
                    (
                        str(entry.id),
                        entry.quelle,
                        entry.pvs_nummer,
                        entry.eingetragen.isoformat(),
                        entry.model_dump_json(),
                    ),
                )

    def everybody(self) -> tuple[Patienteneintrag, ...]:
        """All entries; an entry never changes, so each is parsed once, while somebody types."""
        rows = self._database.rows("SELECT id, inhalt FROM patient")
        self._parsed = {
            key: self._parsed.get(key) or Patienteneintrag.model_validate_json(content) for key, content in rows
        }
        return tuple(self._parsed.values())

    def remove_before(self, moment: datetime) -> int:
        """Delete what was entered before this moment, and empty the journal that still holds it."""
        with self._database.immediate():
            removed = int(
                self._database.execute("DELETE FROM patient WHERE eingetragen < ?", (moment.isoformat(),)).rowcount
            )
        if removed:
            self._database.forget_journal()
        return removed

    def close(self) -> None:
        """Give the file back."""
        self._database.close()


def open_patients(folder: Path, key: Key) -> SqlcipherPatients:
    """Open, or make, the patient file of this data folder."""
    return SqlcipherPatients(open_database(folder / FILE, key, MIGRATIONS))
