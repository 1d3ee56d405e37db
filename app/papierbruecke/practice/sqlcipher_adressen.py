"""What the directory said about Krankenkassen, in an encrypted file of its own (design §4)."""

from datetime import datetime
from pathlib import Path

from papierbruecke.practice.find_recipient import Adresseintrag
from papierbruecke.vault.database import Database, open_database
from papierbruecke.vault.key import Key

FILE = "adressen.db"


def _step_1(database: Database) -> None:
    database.execute(
        "CREATE TABLE adresse (ik TEXT PRIMARY KEY, name TEXT NOT NULL, adresse TEXT NOT NULL, "
        "erfragt TEXT NOT NULL) STRICT, WITHOUT ROWID"
    )


MIGRATIONS = (_step_1,)


class SqlcipherAdressbuch:
    """The address file of this desk; implements ``Adressbuch``; belongs to its thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, ik: str) -> Adresseintrag | None:
        row = self._database.row("SELECT ik, name, adresse, erfragt FROM adresse WHERE ik = ?", (ik,))
        return None if row is None else _read(row)

    def put(self, eintrag: Adresseintrag) -> None:
        values = (eintrag.ik, eintrag.name, eintrag.adresse, eintrag.erfragt.isoformat())
        with self._database.immediate():
            self._database.execute("INSERT OR REPLACE INTO adresse VALUES (?, ?, ?, ?)", values)

    def everything(self) -> tuple[Adresseintrag, ...]:
        rows = self._database.rows("SELECT ik, name, adresse, erfragt FROM adresse ORDER BY name, ik")
        return tuple(_read(row) for row in rows)

    def close(self) -> None:
        """Give the file back."""
        self._database.close()


def open_adressbuch(folder: Path, key: Key) -> SqlcipherAdressbuch:
    """Open, or make, the address file of this data folder."""
    return SqlcipherAdressbuch(open_database(folder / FILE, key, MIGRATIONS))


def _read(row: tuple[str, str, str, str]) -> Adresseintrag:
    ik, name, adresse, erfragt = row
    return Adresseintrag(ik=ik, name=name, adresse=adresse, erfragt=datetime.fromisoformat(erfragt))
