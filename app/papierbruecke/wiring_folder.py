"""One data folder: its key, its settings and its files, opened once per thread."""

import contextlib
import threading
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from papierbruecke.clock import Clock, SystemClock
from papierbruecke.outbox.store import Outbox
from papierbruecke.settings import Einstellungen

if TYPE_CHECKING:
    from papierbruecke.card.read_card import CardReader
    from papierbruecke.forms.issue_beleg import Printer
    from papierbruecke.outbox.safekeeping import Safekeeping
    from papierbruecke.reconcile.retention import Retention
    from papierbruecke.vault.draft_file import Drafts
    from papierbruecke.vault.key import Key
    from papierbruecke.vault.place import WindowLock
    from papierbruecke.vault.users_file import Users

T = TypeVar("T")
BELEGE = "belege.db"
SIMULATOR_MARKER = "simulator.json"


class FolderDesk:
    """The part of a desk that every service stands on.

    Files are opened once per thread (SQLCipher connections belong to the thread that opened
    them); ``close`` gives back those of the calling thread.
    """

    def __init__(
        self,
        daten: Path,
        *,
        passphrase: str | None = None,
        clock: Clock | None = None,
        card_reader: "CardReader | None" = None,
        printer: "Printer | None" = None,
    ) -> None:
        self.daten = daten
        self.gedruckt = daten / "gedruckt"  # where a drill's pages go
        self.clock: Clock = clock or SystemClock()
        self._passphrase = passphrase
        self._card_reader = card_reader
        self._printer = printer
        self._local = threading.local()
        self._key_lock = threading.Lock()
        self._key: Key | None = None

    @property
    def uebung(self) -> bool:
        """Whether everything here is a drill: only simulator folders carry the marker."""
        return (self.daten / SIMULATOR_MARKER).is_file()

    @property
    def set_up(self) -> bool:
        """Whether this folder holds anything yet; reading commands never create a store."""
        return (self.daten / "schluessel.json").exists() or any(self.daten.glob("*.db"))

    def key(self) -> "Key":
        """The key of this folder, made on first use; raises ``speicher.schluessel``."""
        from papierbruecke.vault.key import open_key

        with self._key_lock:
            if self._key is None:
                self.daten.mkdir(parents=True, exist_ok=True)
                self._key = open_key(self.daten, passphrase=self._passphrase, create=True)
            return self._key

    @cached_property
    def settings(self) -> Einstellungen:
        """What this desk knows about itself; defaults until something was set up."""
        from papierbruecke.practice.settings_file import load

        return load(self.daten, self.key()) if self.set_up else Einstellungen()

    def save_settings(self, settings: Einstellungen) -> None:
        """Store all settings of this desk at once; what was made from the old ones is made anew."""
        from papierbruecke.practice.settings_file import save

        save(self.daten, self.key(), settings)
        self.__dict__.pop("settings", None)

    # -- files of this folder ------------------------------------------------

    def store(self) -> Outbox:
        """The store of the calling thread."""
        from papierbruecke.outbox.sqlcipher import open_outbox

        return self.once("store", lambda: open_outbox(self.daten / BELEGE, self.key(), self.clock))

    def once(self, name: str, open_it: Callable[[], T]) -> T:
        """Opened on first use in the calling thread, given back by ``close``."""
        if not hasattr(self._local, name):
            setattr(self._local, name, open_it())
        opened: T = getattr(self._local, name)
        return opened

    def safekeeping(self) -> "Safekeeping":
        """Backups, restore, and what the last run left behind."""
        from papierbruecke.outbox.safekeeping import Safekeeping
        from papierbruecke.practice.settings_file import load

        # A restore may bring another key back: whoever asks for the settings says with which.
        return Safekeeping(self.daten, self.key(), self.clock, lambda key: load(self.daten, key), self._passphrase)

    def users(self) -> "Users":
        """Who may work here; every change is in the history."""
        from papierbruecke.vault.users_file import Users

        return Users(
            self.daten, self.key(), self.clock, lambda was, wer, detail: self.store().note(None, was, wer, detail)
        )

    def window_lock(self) -> "WindowLock":
        """The right of one window to this folder; raises what ``check_place`` raises."""
        from papierbruecke.vault.place import WindowLock

        self.check_place()
        self.daten.mkdir(parents=True, exist_ok=True)
        return WindowLock(self.daten)

    def check_place(self) -> None:
        """Raises ``speicher.netzlaufwerk`` on another machine's disk, ``speicher.umgezogen`` in a copy."""
        from papierbruecke.vault.place import check_place

        check_place(self.daten)

    def adopt_folder(self, wer: str) -> None:
        """A person says that the folder moved here and that nobody works in the old one; noted in the history."""
        from papierbruecke.vault.place import settle

        settle(self.daten)
        self.store().note(None, "ordner.uebernommen", wer)

    # -- every day -----------------------------------------------------------

    def retention(self) -> "Retention":
        """What need not be kept any more, and its deletion."""
        from papierbruecke.reconcile.retention import Retention

        return Retention(self.store(), self.clock, self.settings)

    def begin_day(self, wer: str = "Papierbrücke") -> None:
        """Once a day: note it, back up, delete what need not be kept.

        Asked again on the same day it only makes up for a backup that is missing. Nothing is
        deleted without today's backup, nor when the clock cannot be believed. Raises
        EnvironmentFailure ``sicherung.*``, ``speicher.*``.
        """
        if not self.set_up:
            return
        from papierbruecke.outbox.recover import begin_day

        self.safekeeping().daily()
        fresh = begin_day(self.store(), self.clock.now(), wer)
        self._forget_old_patients()
        if fresh:
            self.retention().delete("Aufbewahrungsregel")

    def _forget_old_patients(self) -> None:
        from papierbruecke.practice.patient_index import PatientIndex
        from papierbruecke.practice.sqlcipher_patients import FILE, open_patients

        if (self.daten / FILE).exists():
            with contextlib.closing(open_patients(self.daten, self.key())) as patients:
                PatientIndex(patients).forget_old(self.clock.now())

    # -- the key -------------------------------------------------------------

    def recovery_sheet(self, wer: str) -> bytes:
        """A page with a new code for the safe; older sheets are void from now on."""
        from papierbruecke.outbox.recovery_sheet import render_recovery_sheet
        from papierbruecke.vault.key_change import add_recovery_sheet

        code = add_recovery_sheet(self.daten, self.key())
        self.store().note(None, "schluessel.blatt", wer)
        return render_recovery_sheet(code, self.settings, self.clock.now(), self.uebung)

    def set_passphrase(self, passphrase: str, wer: str) -> None:
        """Another passphrase for this folder; the key stays."""
        from papierbruecke.vault.key_change import set_passphrase

        set_passphrase(self.daten, self.key(), passphrase)
        self._passphrase = passphrase
        self.store().note(None, "schluessel.passphrase", wer)

    def remember_key(self, wer: str) -> None:
        """Let the log-in at this computer open the folder."""
        from papierbruecke.vault.key_change import remember_key

        remember_key(self.daten, self.key())
        self.store().note(None, "schluessel.anmelden", wer)

    def change_key(self, wer: str) -> None:
        """Everything anew under another key; no window may be open."""
        from papierbruecke.vault.key_change import change_key

        if not self.set_up:
            return
        self.close()
        self._key = change_key(self.daten, self.key(), self.clock.now(), self._passphrase)
        self.store().note(None, "schluessel.gewechselt", wer)

    def drafts(self) -> "Drafts":
        """What is half-typed here, kept for after a crash."""
        from papierbruecke.vault.draft_file import Drafts

        return Drafts(self.daten, self.key(), self.clock)

    def close(self) -> None:
        """Give back what the calling thread opened."""
        while self._local.__dict__:
            self._local.__dict__.popitem()[1].close()
