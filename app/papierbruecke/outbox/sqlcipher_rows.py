"""How the rows of the store's file become values."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from papierbruecke.outbox.model import Ereignis, GeleseneMail, Uebersicht, Versuch, Zustand
from papierbruecke.record.model import BelegArt


def utc(moment: datetime) -> str:
    """A moment as the file writes it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def uebersicht_of(row: Any) -> Uebersicht:
    """One line of a list."""
    return Uebersicht(
        kennung=UUID(row[0]),
        belegnummer=row[1],
        art=BelegArt(row[2]),
        stoerung=UUID(row[3]),
        vorgang=UUID(row[4]),
        angelegt=datetime.fromisoformat(row[5]),
        patient=row[6],
        zustand=Zustand(row[7]),
        seit=datetime.fromisoformat(row[8]),
        weg=row[9],
    )


def mail_of(row: Any) -> GeleseneMail:
    """A mail that was read."""
    return GeleseneMail(uidl=row[0], was=row[1], zeit=datetime.fromisoformat(row[2]))


def ereignis_of(row: Any) -> Ereignis:
    """One row of the history."""
    return Ereignis(
        nummer=row[0],
        zeit=datetime.fromisoformat(row[1]),
        kennung=UUID(row[2]) if row[2] else None,
        stoerung=UUID(row[3]) if row[3] else None,
        was=row[4],
        zustand=Zustand(row[5]) if row[5] else None,
        wer=row[6],
        detail=json.loads(row[7]),
        hash=row[8],
    )


def versuch_of(row: Any) -> Versuch:
    """One attempt."""
    return Versuch(
        kennung=UUID(row[0]),
        message_id=row[1],
        datum=datetime.fromisoformat(row[2]),
        p7s_sha256=row[3],
        empfaenger=row[4],
    )
