"""The settings of this desk in their own encrypted file (design §4)."""

from pathlib import Path

from pydantic import ValidationError

from papierbruecke.errors import EnvironmentFailure
from papierbruecke.settings import Einstellungen
from papierbruecke.vault.database import Database, open_database
from papierbruecke.vault.key import Key

FILE = "einstellungen.db"


def _step_1(database: Database) -> None:
    database.execute(
        "CREATE TABLE einstellungen (eins INTEGER PRIMARY KEY CHECK (eins = 1), inhalt TEXT NOT NULL) STRICT"
    )


def load(folder: Path, key: Key) -> Einstellungen:
    """The stored settings, or the defaults if nothing was saved yet."""
    if not (folder / FILE).exists():
        return Einstellungen()
    database = open_database(folder / FILE, key, (_step_1,))
    try:
        row = database.row("SELECT inhalt FROM einstellungen")
    finally:
        database.close()
    if row is None:
        return Einstellungen()
    try:
        return Einstellungen.model_validate_json(row[0])
    except ValidationError as error:
        raise EnvironmentFailure(
            "einstellungen.unlesbar",
            "Die Einstellungen passen nicht zu dieser Programmversion. Es wurde nichts geändert. "
            "Bitte den IT-Betreuer rufen; Formulare gehen weiter ohne Ablegen.",
        ) from error


def save(folder: Path, key: Key, einstellungen: Einstellungen) -> None:
    """Store all settings at once, durable when this returns."""
    database = open_database(folder / FILE, key, (_step_1,))
    try:
        with database.immediate():
            database.execute("INSERT OR REPLACE INTO einstellungen VALUES (1, ?)", (einstellungen.model_dump_json(),))
    finally:
        database.close()
