"""Keeps a desk's records safe: backups, a restore that opens nothing again, the look back at start.

Source: design §9; domain sheet reconciliation §8.2, §10 hazard 17.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from papierbruecke.clock import Clock
from papierbruecke.errors import Einwand, EnvironmentFailure, InputRefused
from papierbruecke.outbox.compare import compare
from papierbruecke.outbox.recover import Startbericht, Wiederherstellung, look_back, settle_restore
from papierbruecke.outbox.remains import read_remains
from papierbruecke.outbox.sqlcipher import open_outbox
from papierbruecke.outbox.store import Outbox
from papierbruecke.settings import Einstellungen
from papierbruecke.vault.backup import (
    Sicherung,
    backups_of,
    check_backup,
    create_backup,
    drop_foreign_fleeting,
    is_due,
    restore_files,
)
from papierbruecke.vault.database import RESTORE_MARKER
from papierbruecke.vault.key import FILE as KEY_FILE
from papierbruecke.vault.key import Key, open_key
from papierbruecke.vault.place import WindowLock

BELEGE = "belege.db"
Progress = Callable[[int, int], None]
"""Files done, files in all."""


class Safekeeping:
    """The backups of one data folder; every call opens and closes what it needs.

    ``settings`` is asked when it is needed, because a damaged file of settings must not stand
    in the way of its own restore.
    """

    def __init__(
        self,
        folder: Path,
        key: Key,
        clock: Clock,
        settings: Callable[[Key], Einstellungen],
        passphrase: str | None = None,
    ) -> None:
        self._folder = folder
        self._key = key
        self._clock = clock
        self._settings = settings
        self._passphrase = passphrase

    def _key_in(self, folder: Path) -> Key:
        """The key of a backup: its own, if the key was changed since; else the one of this folder."""
        if (folder / KEY_FILE).exists():
            with contextlib.suppress(EnvironmentFailure):
                return open_key(folder, passphrase=self._passphrase, create=False)
        return self._key

    def backup(
        self, anlass: str, on_progress: Progress | None = None, cancel: threading.Event | None = None
    ) -> Sicherung:
        """Make one now; others may go on working. Raises Cancelled between two files."""
        second = self._settings(self._key).sicherung_zweiter_ort
        return create_backup(
            self._folder,
            self._key,
            self._clock.now(),
            anlass,
            second_place=Path(second) if second else None,
            on_progress=on_progress,
            cancel=cancel,
        )

    def daily(self) -> Sicherung | None:
        """Make today's backup if it is missing; None = it was there."""
        return self.backup("täglich") if is_due(self._folder, self._clock.now()) else None

    def backups(self) -> list[Sicherung]:
        """All of them, newest first."""
        return backups_of(self._folder)

    def choose(self, name: str | None) -> Sicherung:
        """The backup of this name, or the newest. Raises InputRefused."""
        for each in self.backups():
            if name is None or each.name == name:
                return each
        raise InputRefused((Einwand("name", "Sicherung", "Diese Sicherung gibt es hier nicht."),))

    def check(
        self, sicherung: Sicherung, on_progress: Progress | None = None, cancel: threading.Event | None = None
    ) -> list[str]:
        """What is wrong with it; empty = it can be brought back. Hashes, page seals and history are tested."""
        key = self._key_in(sicherung.pfad)
        findings = check_backup(sicherung, key, on_progress, cancel)
        if not findings and BELEGE in sicherung.dateien:
            findings = self._history_findings(sicherung, key)
        return findings

    def rehearse(
        self, sicherung: Sicherung, on_progress: Progress | None = None, cancel: threading.Event | None = None
    ) -> list[str]:
        """Bring it back into a temporary folder and compare with the present store; what differs, in German.

        The history of a backup must be the beginning of ours, row by row, and every Beleg that
        it knows must stand there as it stood after its last row. Nothing of this folder changes.
        """
        findings = self.check(sicherung, on_progress, cancel)
        if findings or BELEGE not in sicherung.dateien or not (self._folder / BELEGE).exists():
            return findings
        with self._working_copy(sicherung, self._key_in(sicherung.pfad)) as copy:
            store = open_outbox(self._folder / BELEGE, self._key, self._clock)
            try:
                return compare(copy, store)
            finally:
                store.close()

    def restore(self, name: str | None, wer: str, *, anyway: bool = False) -> Wiederherstellung:
        """Bring a backup back; the present files move aside. No window may be open here.

        A store that is well is replaced only ``anyway``: it knows more than any backup. Finished
        records stay finished, everything else that may have gone on since waits for a person.
        Raises InputRefused, EnvironmentFailure ``sicherung.*``, ``speicher.fenster``.
        """
        sicherung = self.choose(name)
        with WindowLock(self._folder):
            if not anyway and not (self._folder / RESTORE_MARKER).exists() and self._is_well():
                raise InputRefused(
                    (
                        Einwand(
                            "--trotzdem",
                            "Sicherung",
                            "Der jetzige Speicher ist heil und neuer als jede Sicherung. Zurückholen würde Einträge "
                            "verlieren; nur mit --trotzdem.",
                        ),
                    )
                )
            findings = self.check(sicherung)
            if findings:
                raise EnvironmentFailure(
                    "sicherung.beschaedigt",
                    f"Diese Sicherung lässt sich nicht zurückholen: {findings[0]} Es wurde nichts geändert. "
                    "Bitte eine ältere Sicherung nehmen.",
                )
            drop_foreign_fleeting(self._folder, self._key_in(sicherung.pfad))
            aside = restore_files(self._folder, sicherung, self._clock.now())
            remains = read_remains(aside / BELEGE, self._key_in(aside))
            self._key = self._key_in(self._folder)
            store = open_outbox(self._folder / BELEGE, self._key, self._clock)
            try:
                # Asked only now: the settings came back together with the store.
                platz = self._settings(self._key).praxis.platz
                return settle_restore(store, sicherung.name, sicherung.zeit, remains, self._clock.now(), platz, wer)
            finally:
                store.close()

    def look_back(self) -> Startbericht:
        """What the last run left behind, for the first words after the start."""
        store = open_outbox(self._folder / BELEGE, self._key, self._clock)
        try:
            return look_back(store, self._clock.now())
        finally:
            store.close()

    def _is_well(self) -> bool:
        if not (self._folder / BELEGE).exists():
            return False
        try:
            store = open_outbox(self._folder / BELEGE, self._key, self._clock)
        except EnvironmentFailure:
            return False
        try:
            return store.verify() == []
        except EnvironmentFailure:
            return False
        finally:
            store.close()

    def _history_findings(self, sicherung: Sicherung, key: Key) -> list[str]:
        """Open a working copy as the program would, and let it judge itself."""
        try:
            with self._working_copy(sicherung, key) as copy:
                return copy.verify()
        except EnvironmentFailure as failure:
            return [failure.text]

    @contextlib.contextmanager
    def _working_copy(self, sicherung: Sicherung, key: Key) -> Iterator[Outbox]:
        import tempfile
        from shutil import copyfile

        with tempfile.TemporaryDirectory(dir=sicherung.pfad.parent, prefix=".pruefung-") as scratch:
            copyfile(sicherung.pfad / BELEGE, Path(scratch) / BELEGE)
            store = open_outbox(Path(scratch) / BELEGE, key, self._clock)
            try:
                yield store
            finally:
                store.close()
