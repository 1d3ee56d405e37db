"""The Störung: one incident with its Dienste; an open one puts its Dienste on paper."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from papierbruecke.outage.model import Dienst
from papierbruecke.redact import Value


class Betriebsart(StrEnum):
    """Per Dienst: ``papier`` exactly while an open Störung names the Dienst (design §2)."""

    ONLINE = "online"
    PAPIER = "papier"


class Stoerung(Value):
    """One incident: begin, end, Dienste, reason.

    ``wieder`` lists the Dienste that were taken back to online before the end, with the time.
    ``bestaetigt``: when a person said that it still holds (TA eAU P6-05).
    ``einzelfaelle`` marks the standing incident of a day for Belege without an outage.
    """

    id: UUID
    beginn: datetime
    ende: datetime | None = None
    dienste: tuple[Dienst, ...]
    wieder: tuple[tuple[Dienst, datetime], ...] = ()
    bestaetigt: tuple[datetime, ...] = ()
    grund: str | None = None
    diagnose: str | None = None
    einzelfaelle: bool = False

    def in_papier(self) -> frozenset[Dienst]:
        """The Dienste that this incident keeps on paper now."""
        if self.ende is not None or self.einzelfaelle:
            return frozenset()
        return frozenset(self.dienste) - {dienst for dienst, _ in self.wieder}


def dienste_in_papier(stoerungen: Iterable[Stoerung]) -> dict[Dienst, Stoerung]:
    """Which open Störung puts which Dienst on paper."""
    return {dienst: stoerung for stoerung in stoerungen for dienst in stoerung.in_papier()}
