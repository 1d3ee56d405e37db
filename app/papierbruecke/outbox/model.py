"""States of a Beleg, who may follow whom, and in which column of the Abgleich each stands.

Source: domain sheet reconciliation §9 (state machines), eau-kim §9 (queue states).
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from papierbruecke.record.model import BelegArt
from papierbruecke.redact import PatientValue, Value


class Spalte(StrEnum):
    """The four columns of the Abgleich; every Beleg is in exactly one."""

    ERLEDIGT = "erledigt"
    OFFEN = "offen"
    UNKLAR = "unklar"
    HINFAELLIG = "hinfaellig"


class GeleseneMail(Value):
    """A mail of the KIM box that was read once, and what became of it; never its content."""

    uidl: str
    was: str
    zeit: datetime


class Zustand(StrEnum):
    """Where a Beleg stands; always the state of its last event."""

    ERFASST = "erfasst"  # committed with its pages; whether paper came out is not known yet
    GEDRUCKT = "gedruckt"  # a person confirmed the paper
    VERDORBEN = "verdorben"  # sheet spoilt, never handed over; the same bytes may be printed again
    STORNIERT = "storniert"  # void: wrong patient, not wanted any more; an AU also after its Storno was delivered
    ERSETZT = "ersetzt"  # a corrected Beleg points here
    DOKUMENTIERT = "dokumentiert"  # Muster 16, Ersatzschein: entered in the practice system
    SIGNIERT = "signiert"  # AU: XML and .p7s are stored, not yet sent
    IN_UEBERTRAGUNG = "in_uebertragung"  # AU: an attempt is durable, bytes may be on their way
    GESENDET = "gesendet"  # AU: 250 after DATA, the DSN is awaited
    ZUGESTELLT = "zugestellt"  # AU: DSN matched
    # AU: nobody knows whether it left; look for the DSN, then resend. Any kind: came from a backup.
    UNGEKLAERT = "ungeklaert"
    ABGELEHNT = "abgelehnt"  # AU: the Kasse answered with an error
    POST_FAELLIG = "post_faellig"  # AU: cannot be sent in time, the KK copy goes by post
    PER_POST = "per_post"  # AU: posted
    NUR_PAPIER = "nur_papier"  # AU: must never be sent (eau-kim §1.4)


SPALTE: dict[Zustand, Spalte] = {
    Zustand.ERFASST: Spalte.OFFEN,
    Zustand.GEDRUCKT: Spalte.OFFEN,
    Zustand.VERDORBEN: Spalte.HINFAELLIG,
    Zustand.STORNIERT: Spalte.HINFAELLIG,
    Zustand.ERSETZT: Spalte.HINFAELLIG,
    Zustand.DOKUMENTIERT: Spalte.ERLEDIGT,
    Zustand.SIGNIERT: Spalte.OFFEN,
    Zustand.IN_UEBERTRAGUNG: Spalte.UNKLAR,
    Zustand.GESENDET: Spalte.OFFEN,
    Zustand.ZUGESTELLT: Spalte.ERLEDIGT,
    Zustand.UNGEKLAERT: Spalte.UNKLAR,
    Zustand.ABGELEHNT: Spalte.OFFEN,
    Zustand.POST_FAELLIG: Spalte.OFFEN,
    Zustand.PER_POST: Spalte.ERLEDIGT,
    Zustand.NUR_PAPIER: Spalte.ERLEDIGT,
}

FERTIG = frozenset(z for z, spalte in SPALTE.items() if spalte in (Spalte.ERLEDIGT, Spalte.HINFAELLIG))
"""States in which nothing is left to do; only here may the content of a Beleg be deleted."""

INHALT_GELOESCHT = "(Inhalt gelöscht)"
"""Stands in the lists instead of the name when the retention rule took the content."""

GELOESCHT = "geloescht"
"""Event of that deletion."""

_Z = Zustand
# UNGEKLAERT follows on unfinished states only when a backup was brought back: what happened
# after the backup is not known here, so a person looks (reconciliation §10, hazard 17).
_PAPER = {
    _Z.ERFASST: {_Z.GEDRUCKT, _Z.VERDORBEN, _Z.STORNIERT, _Z.UNGEKLAERT},
    _Z.VERDORBEN: {_Z.GEDRUCKT, _Z.STORNIERT, _Z.UNGEKLAERT},
    _Z.GEDRUCKT: {_Z.DOKUMENTIERT, _Z.VERDORBEN, _Z.STORNIERT, _Z.ERSETZT, _Z.UNGEKLAERT},
    _Z.UNGEKLAERT: {_Z.GEDRUCKT, _Z.DOKUMENTIERT, _Z.VERDORBEN, _Z.STORNIERT, _Z.ERSETZT},
    _Z.DOKUMENTIERT: {_Z.ERSETZT},
}
_AU = {
    _Z.ERFASST: {_Z.GEDRUCKT, _Z.VERDORBEN, _Z.STORNIERT, _Z.UNGEKLAERT},
    _Z.VERDORBEN: {_Z.GEDRUCKT, _Z.STORNIERT, _Z.UNGEKLAERT},
    _Z.GEDRUCKT: {
        _Z.SIGNIERT,
        _Z.NUR_PAPIER,
        _Z.POST_FAELLIG,
        _Z.VERDORBEN,
        _Z.STORNIERT,
        _Z.ERSETZT,
        _Z.DOKUMENTIERT,
        _Z.UNGEKLAERT,
    },
    # Back to GEDRUCKT: signed in a profile version that is no longer accepted, and never sent.
    _Z.SIGNIERT: {_Z.GEDRUCKT, _Z.IN_UEBERTRAGUNG, _Z.POST_FAELLIG, _Z.STORNIERT, _Z.ERSETZT, _Z.UNGEKLAERT},
    # Provably not received: back to SIGNIERT. Anything odd: UNGEKLAERT, never a guess.
    _Z.IN_UEBERTRAGUNG: {_Z.GESENDET, _Z.SIGNIERT, _Z.UNGEKLAERT},
    _Z.GESENDET: {_Z.ZUGESTELLT, _Z.ABGELEHNT, _Z.IN_UEBERTRAGUNG, _Z.POST_FAELLIG},
    _Z.UNGEKLAERT: {
        _Z.ZUGESTELLT,
        _Z.ABGELEHNT,
        _Z.IN_UEBERTRAGUNG,
        _Z.POST_FAELLIG,
        _Z.PER_POST,
        _Z.NUR_PAPIER,
        _Z.GEDRUCKT,
        _Z.SIGNIERT,
        _Z.STORNIERT,
        _Z.ERSETZT,
        _Z.DOKUMENTIERT,
    },
    _Z.ABGELEHNT: {_Z.IN_UEBERTRAGUNG, _Z.ZUGESTELLT, _Z.POST_FAELLIG, _Z.ERSETZT, _Z.UNGEKLAERT},
    # STORNIERT and back: its Storno was delivered, or the Kasse refused that Storno afterwards.
    _Z.ZUGESTELLT: {_Z.ABGELEHNT, _Z.STORNIERT},
    _Z.STORNIERT: {_Z.ZUGESTELLT},
    _Z.POST_FAELLIG: {_Z.PER_POST, _Z.IN_UEBERTRAGUNG, _Z.ZUGESTELLT, _Z.UNGEKLAERT},
    _Z.PER_POST: {_Z.ZUGESTELLT},
    _Z.NUR_PAPIER: set(),
}
# A Storno has no paper: a doctor releases it while it is ERFASST, then it is signed and sent like an eAU.
# DOKUMENTIERT: settled with the Krankenkasse in another way.
_STORNO = {
    _Z.ERFASST: {_Z.SIGNIERT, _Z.STORNIERT, _Z.UNGEKLAERT},
    _Z.SIGNIERT: {_Z.ERFASST, _Z.IN_UEBERTRAGUNG, _Z.STORNIERT, _Z.UNGEKLAERT},
    _Z.IN_UEBERTRAGUNG: {_Z.GESENDET, _Z.SIGNIERT, _Z.UNGEKLAERT},
    _Z.GESENDET: {_Z.ZUGESTELLT, _Z.ABGELEHNT, _Z.IN_UEBERTRAGUNG, _Z.DOKUMENTIERT},
    _Z.UNGEKLAERT: {
        _Z.ZUGESTELLT,
        _Z.ABGELEHNT,
        _Z.IN_UEBERTRAGUNG,
        _Z.ERFASST,
        _Z.SIGNIERT,
        _Z.STORNIERT,
        _Z.DOKUMENTIERT,
    },
    _Z.ABGELEHNT: {_Z.IN_UEBERTRAGUNG, _Z.ZUGESTELLT, _Z.ERSETZT, _Z.DOKUMENTIERT, _Z.UNGEKLAERT},
    _Z.ZUGESTELLT: {_Z.ABGELEHNT},
    _Z.DOKUMENTIERT: {_Z.ZUGESTELLT},
}

UEBERGAENGE: dict[BelegArt, dict[Zustand, set[Zustand]]] = {
    BelegArt.REZEPT: _PAPER,
    BelegArt.AU: _AU,
    BelegArt.ERSATZSCHEIN: _PAPER,
    BelegArt.ERINNERUNG: _PAPER,
    BelegArt.STORNO: _STORNO,
}
"""No row leads from a Muster 16 to anything electronic: there is no "E-Rezept nachreichen"."""

ELEKTRONISCH = frozenset({BelegArt.AU, BelegArt.STORNO})
"""The kinds that this program signs and sends itself (way ``direkt``)."""

VOR_SIGNATUR = {BelegArt.AU: _Z.GEDRUCKT, BelegArt.STORNO: _Z.ERFASST}
"""In which state a Beleg is signed, and to which it comes back when its signature lapses."""

NUR_NACH_VERSUCH = frozenset({_Z.GESENDET, _Z.ZUGESTELLT, _Z.ABGELEHNT})
"""What only an AU can reach of which at least one attempt is stored: nobody answers a mail that never left."""


WIEDERHERGESTELLT = "wiederhergestellt"
"""Reason in the event of a Beleg that a restore put to UNGEKLAERT, and name of the restore's own event."""


def may_follow(art: BelegArt, before: Zustand, after: Zustand) -> bool:
    """Whether a Beleg of this kind may go from one state to the next."""
    return after in UEBERGAENGE[art].get(before, set())


def needs_content(line: "Uebersicht", after: Zustand) -> bool:
    """Whether this step would need a content that was deleted: what is finished stays finished then."""
    return line.patient == INHALT_GELOESCHT and after not in FERTIG | {Zustand.ABGELEHNT}


class Ereignis(Value):
    """One row of the append-only history. ``detail`` holds codes, never patient data."""

    nummer: int
    zeit: datetime
    kennung: UUID | None
    stoerung: UUID | None
    was: str  # "zustand", "druckauftrag", "nachdruck", "stoerung", "versuch", …
    zustand: Zustand | None
    wer: str
    detail: dict[str, str]
    hash: str  # hex SHA-256 over the previous hash and the hash of this row


class Versuch(Value):
    """One attempt to send an AU: its Message-ID and Date are durable before DATA."""

    kennung: UUID
    message_id: str
    datum: datetime
    p7s_sha256: str
    empfaenger: str


class Uebersicht(PatientValue):
    """One line of a list: enough to show, without pages and medical content."""

    kennung: UUID
    belegnummer: str
    art: BelegArt
    stoerung: UUID
    vorgang: UUID
    angelegt: datetime
    patient: str  # "Nachname, Vorname"
    zustand: Zustand
    seit: datetime  # when the state began
    weg: str
