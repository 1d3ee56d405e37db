"""Who works at this desk, and what they may do (pure).

Without any user the desk belongs to "Praxis", who may do everything: the outage forms must
work before anybody set anything up. Source: design §8, §9; reconciliation §8.2 (own account
per person, no shared PIN).
"""

import itertools
import re
from datetime import datetime
from enum import StrEnum

from papierbruecke.redact import Value


class Rolle(StrEnum):
    """What somebody is in the practice."""

    MFA = "mfa"
    ARZT = "arzt"
    ADMIN = "admin"


class Recht(StrEnum):
    """What is not open to everybody."""

    NACHDRUCK_MUSTER16 = "nachdruck_muster16"
    AU_FREIGEBEN = "au_freigeben"
    STORNIEREN = "stornieren"
    EINSTELLUNGEN = "einstellungen"
    BENUTZER = "benutzer"
    SICHERUNG = "sicherung"
    LOESCHEN = "loeschen"


RECHTE: dict[Rolle, frozenset[Recht]] = {
    Rolle.MFA: frozenset(),
    Rolle.ARZT: frozenset({Recht.NACHDRUCK_MUSTER16, Recht.AU_FREIGEBEN, Recht.STORNIEREN, Recht.EINSTELLUNGEN}),
    # Whoever looks after the computer signs nothing.
    Rolle.ADMIN: frozenset({Recht.EINSTELLUNGEN, Recht.BENUTZER, Recht.SICHERUNG, Recht.LOESCHEN}),
}


class Benutzer(Value):
    """Somebody with a short sign; the PIN is only in the file."""

    kuerzel: str
    name: str
    rolle: Rolle
    aktiv: bool = True

    def may(self, recht: Recht) -> bool:
        """Whether this person may do that; the desk without users may do everything."""
        return self.aktiv and (self == PRAXIS or recht in RECHTE[self.rolle])


PRAXIS = Benutzer(kuerzel="Praxis", name="Praxis", rolle=Rolle.ADMIN)
"""Stands for everybody until the first user is made."""


class Angemeldet(Value):
    """The PIN was right."""

    benutzer: Benutzer


class Abgelehnt(Value):
    """The PIN was wrong, or nobody has this short sign; how many tries are left."""

    rest: int


class Gesperrt(Value):
    """Too many wrong PINs, or the account was closed (then ``bis`` is None)."""

    bis: datetime | None


Anmeldung = Angemeldet | Abgelehnt | Gesperrt

_SIGN = re.compile(r"[A-ZÄÖÜ][A-ZÄÖÜa-zäöüß0-9]{0,5}")
_PIN = re.compile(r"[0-9]{4,12}")


def sign_objection(kuerzel: str) -> str | None:
    """What is wrong with a short sign, in German, or None."""
    if not _SIGN.fullmatch(kuerzel) or kuerzel == PRAXIS.kuerzel:
        return "Das Kürzel hat ein bis sechs Zeichen und beginnt mit einem Großbuchstaben."
    return None


def pin_objection(pin: str) -> str | None:
    """What is wrong with a PIN, in German, or None: digits, not one digit again and again, no row."""
    if not _PIN.fullmatch(pin):
        return "Die PIN hat vier bis zwölf Ziffern."
    steps = {int(b) - int(a) for a, b in itertools.pairwise(pin)}
    if len(steps) == 1 and steps <= {-1, 0, 1}:
        return "Diese PIN ist zu leicht zu erraten. Bitte keine Reihe und keine gleichen Ziffern."
    return None
