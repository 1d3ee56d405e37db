"""One encrypted file: the only place that knows SQLCipher and sqlite-utils.

Traps of the libraries that are closed here (domain sheet stack §2): ``with conn`` does not
roll back, ``atomic()`` begins deferred, SQLCipher's exceptions are not sqlite3's, a
``Database("path")`` would quietly open an unencrypted file, a wrong key logs to stderr.
"""

import contextlib
import errno
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlite_utils import Database as Tables

from papierbruecke.errors import EnvironmentFailure
from papierbruecke.vault.key import BACKUPS, Key

BUSY_TIMEOUT_S = 10.0
RESTORE_MARKER = "wiederherstellung.json"

Migration = Callable[["Database"], None]


class Database:
    """A connection that belongs to the thread that opened it.

    Every change runs inside ``immediate()``. Reading needs no transaction.
    """

    def __init__(self, connection: Any, path: Path, key: Key) -> None:
        self._connection = connection
        self._key = key
        self._thread = threading.get_ident()
        self.path = path
        self.tables = Tables(connection)

    @contextlib.contextmanager
    def immediate(self) -> Iterator[None]:
        """One transaction that holds the write lock from its first moment; durable at its end.

        Inside another one it belongs to that one: durable, or undone, together with it.
        """
        if self._connection.in_transaction:
            yield
            return
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def execute(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Any:
        """Run one statement; foreign failures become ``speicher.*`` codes."""
        if threading.get_ident() != self._thread:
            raise AssertionError("a connection belongs to the thread that opened it")
        try:
            return self._connection.execute(sql, parameters)
        except sqlcipher.DatabaseError as error:
            translated = translate(error)
            if translated is None:
                raise
            raise translated from None

    def rows(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list[Any]:
        """All rows of a query."""
        return list(self.execute(sql, parameters).fetchall())

    def row(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Any:
        """The first row of a query, or None."""
        return self.execute(sql, parameters).fetchone()

    def findings(self) -> list[str]:
        """Damage of the file, as the engine and the page authentication see it; empty = none."""
        try:
            found = [str(row[0]) for row in self.rows("PRAGMA integrity_check") if row[0] != "ok"]
        except sqlcipher.DatabaseError as error:  # a page may be so wrong that the engine stops looking
            found = [str(error)]
        return found + [str(row[0]) for row in self.rows("PRAGMA cipher_integrity_check")]

    def forget_journal(self) -> bool:
        """Move everything out of the journal and empty it; False if somebody is just reading there.

        Deleted rows are overwritten in the file (``secure_delete``), but older versions of
        their pages lie in the journal until then.
        """
        busy, _, _ = self.row("PRAGMA wal_checkpoint(TRUNCATE)")
        return not busy

    def copy_to(self, target: Path, key: Key | None = None) -> None:
        """An encrypted copy under the same or another key while others go on writing; one file, no WAL.

        ``target`` must not exist. Raises EnvironmentFailure like every other write.
        """
        copy = _connect(target, key or self._key)
        try:
            self._connection.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        except sqlcipher.DatabaseError as error:
            raise (translate(error) or _damaged()) from None
        finally:
            copy.close()
        sync(target)
        sync(target.parent)

    def close(self) -> None:
        """Give the file back; also from another thread at the end of the program."""
        self._connection.close()


def open_database(path: Path, key: Key, migrations: Sequence[Migration]) -> Database:
    """Open, or make, an encrypted file and bring it to the newest schema.

    Migrations run forwards only, each in one transaction with the note that it ran. Raises
    EnvironmentFailure with ``speicher.schluessel``, ``speicher.beschaedigt``, ``speicher.neuer``,
    ``speicher.voll``, ``speicher.nur_lesen`` or ``speicher.belegt``.
    """
    refuse_half_restored(path.parent)
    connection = _connect(path, key)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        database = Database(connection, path, key)
        _migrate(database, migrations)
    except sqlcipher.DatabaseError as error:
        connection.close()
        raise (translate(error) or _damaged()) from None
    except BaseException:
        connection.close()
        raise
    return database


def open_as_it_is(path: Path, key: Key) -> Database:
    """Open an existing file for looking at it: no migration, no change of its journal.

    For backups and for what a damaged store still tells. Raises as ``open_database``.
    """
    if not path.is_file():
        raise _damaged()
    return Database(_connect(path, key), path, key)


def refuse_half_restored(folder: Path) -> None:
    """Nobody may work in a folder in which a restore was cut off (``vault/backup.py``)."""
    if (folder / RESTORE_MARKER).exists():
        raise EnvironmentFailure(
            "speicher.wiederherstellung",
            "Das Zurückholen einer Sicherung wurde unterbrochen. Es ging nichts verloren. Bitte den Befehl "
            "„sicherung zurueckholen“ noch einmal ausführen; bis dahin von Hand schreiben.",
        )


def sync(path: Path) -> None:
    """Make a file or, where the system can, a folder durable."""
    if path.is_dir() and os.name != "posix":
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() or os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _connect(path: Path, key: Key) -> Any:
    try:
        connection = sqlcipher.connect(str(path), timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    except sqlcipher.DatabaseError as error:
        raise (translate(error) or _damaged()) from None
    try:
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        _prove_readable(connection, path)
    except sqlcipher.DatabaseError as error:
        connection.close()
        raise (translate(error) or _damaged()) from None
    except BaseException:
        connection.close()
        raise
    return connection


def _prove_readable(connection: Any, path: Path) -> None:
    if not connection.execute("PRAGMA cipher_version").fetchone():
        raise AssertionError("this build of the engine does not encrypt")
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlcipher.DatabaseError as error:
        if "not a database" not in str(error):
            raise
        raise EnvironmentFailure(
            "speicher.schluessel",
            f"Die Datei {path.name} lässt sich mit diesem Schlüssel nicht öffnen: falscher Schlüssel oder beschädigte "
            "Datei. Es wurde nichts geändert. Formulare gehen weiter ohne Ablegen; bitte den IT-Betreuer rufen.",
        ) from None


def _migrate(database: Database, migrations: Sequence[Migration]) -> None:
    version = database.row("PRAGMA user_version")[0]
    if version > len(migrations):
        raise EnvironmentFailure(
            "speicher.neuer",
            f"Die Datei {database.path.name} wurde von einer neueren Programmversion geschrieben. "
            "Es wurde nichts geändert. Bitte dieses Programm aktualisieren.",
        )
    if 0 < version < len(migrations):
        _copy_before(database, version)
    for number in range(version + 1, len(migrations) + 1):
        with database.immediate():
            # Another program may have been faster between the look and the lock.
            if database.row("PRAGMA user_version")[0] < number:
                migrations[number - 1](database)
                database.execute(f"PRAGMA user_version = {number}")


def _copy_before(database: Database, version: int) -> None:
    """Keep the file as it was before a new program version changes it; the first copy stays (design §9)."""
    folder = database.path.parent / BACKUPS
    folder.mkdir(exist_ok=True)
    target = folder / f"{database.path.stem}-vor-schritt-{version + 1}.db"
    if not target.exists():
        unfinished = target.with_suffix(f".{os.getpid()}.neu")
        unfinished.unlink(missing_ok=True)
        database.copy_to(unfinished)
        os.replace(unfinished, target)


def translate(error: Exception) -> EnvironmentFailure | None:
    """The meaning of an engine error for the desk; None = our own bug."""
    text = str(error)
    if "database or disk is full" in text or getattr(error, "errno", None) == errno.ENOSPC:
        return EnvironmentFailure(
            "speicher.voll",
            "Die Festplatte ist voll. Dieser Schritt wurde nicht gespeichert, alles Frühere ist sicher. "
            "Bitte Platz schaffen und wiederholen; bis dahin von Hand schreiben.",
            retryable=True,
        )
    if "locked" in text or "busy" in text:
        return EnvironmentFailure(
            "speicher.belegt",
            "Der Speicher wird gerade von einem anderen Programm benutzt. Bitte gleich noch einmal versuchen.",
            retryable=True,
        )
    if "readonly" in text or "unable to open" in text:
        return EnvironmentFailure(
            "speicher.nur_lesen",
            "Der Datenordner lässt sich nicht beschreiben. Dieser Schritt wurde nicht gespeichert. "
            "Bitte die Rechte am Ordner prüfen lassen.",
        )
    if "disk I/O error" in text:
        return EnvironmentFailure(
            "speicher.datentraeger",
            "Der Datenträger meldet einen Fehler. Dieser Schritt wurde nicht gespeichert. Bitte sofort den "
            "IT-Betreuer rufen und von Hand weiterschreiben.",
        )
    if "malformed" in text or "not a database" in text or "corrupt" in text:
        return _damaged()
    return None


def _damaged() -> EnvironmentFailure:
    return EnvironmentFailure(
        "speicher.beschaedigt",
        "Der Speicher ist beschädigt. Es wurde nichts geändert. Formulare gehen weiter ohne Ablegen; "
        "bitte den IT-Betreuer rufen und die Sicherung bereithalten.",
    )
