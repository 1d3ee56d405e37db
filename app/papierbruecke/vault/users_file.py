"""The users of a data folder in their own encrypted file: PINs as Argon2id, tries counted durably.

A wrong try is counted before it is judged, so that pulling the plug wins nothing.
Source: design §9.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from papierbruecke.clock import Clock
from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.vault.database import Database, open_database
from papierbruecke.vault.key import Key
from papierbruecke.vault.users import (
    Abgelehnt,
    Angemeldet,
    Anmeldung,
    Benutzer,
    Gesperrt,
    Recht,
    Rolle,
    pin_objection,
    sign_objection,
)

FILE = "benutzer.db"
TRIES = 5
FIRST_LOCK = timedelta(minutes=5)
LONGEST_LOCK = timedelta(hours=12)

Note = Callable[[str, str, dict[str, str]], None]
"""Writes into the history of the store: what, who, detail."""


def _step_1(database: Database) -> None:
    database.execute(
        """CREATE TABLE benutzer (kuerzel TEXT PRIMARY KEY, name TEXT NOT NULL, rolle TEXT NOT NULL
           CHECK (rolle IN ('mfa', 'arzt', 'admin')), aktiv INTEGER NOT NULL CHECK (aktiv IN (0, 1)),
           pin TEXT NOT NULL, versuche INTEGER NOT NULL DEFAULT 0, sperren INTEGER NOT NULL DEFAULT 0,
           gesperrt_bis TEXT) STRICT"""
    )


class Users:
    """Users of one data folder; every call opens and closes the file."""

    def __init__(self, folder: Path, key: Key, clock: Clock, note: Note) -> None:
        self._path = folder / FILE
        self._key = key
        self._clock = clock
        self._note = note

    def all(self) -> list[Benutzer]:
        """Everybody, also closed accounts; empty = the desk belongs to "Praxis"."""
        if not self._path.exists():
            return []
        with _Opened(self._path, self._key) as database:
            return [_benutzer(row) for row in database.rows(f"{_SELECT} ORDER BY kuerzel")]

    def add(self, wer: Benutzer, kuerzel: str, name: str, rolle: Rolle, pin: str) -> Benutzer:
        """Make an account; the first one must be an Admin, or nobody could make the second.

        Raises InputRefused.
        """
        others = self.all()
        _demand("recht", None if wer.may(Recht.BENUTZER) else "Das darf nur der Admin.")
        _demand("kuerzel", sign_objection(kuerzel))
        _demand("pin", pin_objection(pin))
        _demand("kuerzel", "Dieses Kürzel gibt es schon." if any(o.kuerzel == kuerzel for o in others) else None)
        _demand("rolle", None if others or rolle is Rolle.ADMIN else "Der erste Benutzer ist der Admin.")
        made = Benutzer(kuerzel=kuerzel, name=name, rolle=rolle)
        with _Opened(self._path, self._key) as database, database.immediate():
            database.execute(
                "INSERT INTO benutzer (kuerzel, name, rolle, aktiv, pin) VALUES (?, ?, ?, 1, ?)",
                (kuerzel, name, rolle.value, _hash(pin)),
            )
        self._note("benutzer.angelegt", wer.kuerzel, {"kuerzel": kuerzel, "rolle": rolle.value})
        return made

    def close_account(self, wer: Benutzer, kuerzel: str) -> None:
        """Somebody left: no login any more; the history keeps the short sign. Raises InputRefused."""
        _demand("recht", None if wer.may(Recht.BENUTZER) else "Das darf nur der Admin.")
        admins = [o for o in self.all() if o.rolle is Rolle.ADMIN and o.aktiv and o.kuerzel != kuerzel]
        _demand("kuerzel", None if admins else "Ein Admin muss bleiben.")
        with _Opened(self._path, self._key) as database, database.immediate():
            changed = database.execute("UPDATE benutzer SET aktiv = 0 WHERE kuerzel = ?", (kuerzel,)).rowcount
        _demand("kuerzel", None if changed else "Dieses Kürzel gibt es nicht.")
        self._note("benutzer.geschlossen", wer.kuerzel, {"kuerzel": kuerzel})

    def set_pin(self, wer: Benutzer, kuerzel: str, pin: str) -> None:
        """A new PIN, by the person or by the Admin; also ends a lock. Raises InputRefused."""
        allowed = wer.kuerzel == kuerzel or wer.may(Recht.BENUTZER)
        _demand("recht", None if allowed else "Die PIN ändert nur, wem sie gehört, oder der Admin.")
        _demand("pin", pin_objection(pin))
        with _Opened(self._path, self._key) as database, database.immediate():
            changed = database.execute(
                "UPDATE benutzer SET pin = ?, versuche = 0, sperren = 0, gesperrt_bis = NULL WHERE kuerzel = ?",
                (_hash(pin), kuerzel),
            ).rowcount
        _demand("kuerzel", None if changed else "Dieses Kürzel gibt es nicht.")
        self._note("benutzer.pin", wer.kuerzel, {"kuerzel": kuerzel})

    def login(self, kuerzel: str, pin: str) -> Anmeldung:
        """Judge a PIN. After five wrong ones the account rests, each time twice as long."""
        now = self._clock.now()
        if not self._path.exists():
            return Abgelehnt(rest=0)
        with _Opened(self._path, self._key) as database:
            with database.immediate():
                row = database.row(
                    "SELECT pin, aktiv, versuche, sperren, gesperrt_bis FROM benutzer WHERE kuerzel = ?", (kuerzel,)
                )
                if row is None:
                    _matches(_NOBODY, pin)  # takes as long as for somebody
                    return Abgelehnt(rest=0)
                stored, aktiv, versuche, sperren, bis = row
                if not aktiv:
                    return Gesperrt(bis=None)
                if bis is not None and datetime.fromisoformat(bis) > now:
                    return Gesperrt(bis=datetime.fromisoformat(bis))
                database.execute("UPDATE benutzer SET versuche = versuche + 1 WHERE kuerzel = ?", (kuerzel,))
            if _matches(stored, pin):
                with database.immediate():
                    database.execute(
                        "UPDATE benutzer SET versuche = 0, sperren = 0, gesperrt_bis = NULL WHERE kuerzel = ?",
                        (kuerzel,),
                    )
                    found = database.row(f"{_SELECT} WHERE kuerzel = ?", (kuerzel,))
                return Angemeldet(benutzer=_benutzer(found))
            if versuche + 1 < TRIES:
                return Abgelehnt(rest=TRIES - versuche - 1)
            until = (now + min(FIRST_LOCK * 2**sperren, LONGEST_LOCK)).astimezone(UTC)
            with database.immediate():
                database.execute(
                    "UPDATE benutzer SET versuche = 0, sperren = sperren + 1, gesperrt_bis = ? WHERE kuerzel = ?",
                    (until.isoformat(), kuerzel),
                )
        self._note("benutzer.gesperrt", kuerzel, {})
        return Gesperrt(bis=until)

    def release(self, kuerzel: str, pin: str, recht: Recht) -> Anmeldung:
        """A second person agrees at this desk (a doctor for a reprint): login and right in one.

        Somebody without that right is turned away like a wrong PIN, without losing a try.
        """
        outcome = self.login(kuerzel, pin)
        if isinstance(outcome, Angemeldet) and not outcome.benutzer.may(recht):
            return Abgelehnt(rest=TRIES)
        return outcome


_SELECT = "SELECT kuerzel, name, rolle, aktiv FROM benutzer"


class _Opened:
    """The file for one call."""

    def __init__(self, path: Path, key: Key) -> None:
        self._path, self._key = path, key

    def __enter__(self) -> Database:
        self._database = open_database(self._path, self._key, (_step_1,))
        return self._database

    def __exit__(self, *_: object) -> None:
        self._database.close()


def _benutzer(row: tuple[str, str, str, int]) -> Benutzer:
    kuerzel, name, rolle, aktiv = row
    return Benutzer(kuerzel=kuerzel, name=name, rolle=Rolle(rolle), aktiv=bool(aktiv))


def _demand(feld: str, text: str | None) -> None:
    if text is not None:
        raise InputRefused((Einwand(f"benutzer.{feld}", "Design §9", text),))


# A hash of no PIN, so that an unknown short sign takes as long as a known one.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


def _hash(pin: str) -> str:
    from argon2 import PasswordHasher

    return PasswordHasher().hash(pin)


def _matches(stored: str, pin: str) -> bool:
    from argon2 import PasswordHasher
    from argon2.exceptions import VerificationError

    try:
        return PasswordHasher().verify(stored, pin)
    except VerificationError:
        return False
