"""How urgent is what remains? Every Beleg with something to do in exactly one group (pure).

Overdue first, then today, the next seven days, later, without a deadline. Source: issue 8 item 6
(deadline list by urgency); the deadlines themselves come from ``resubmit.fristen``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from papierbruecke.clock import local
from papierbruecke.reconcile.ledger import SPALTEN, Zeile
from papierbruecke.record.model import BelegArt

WOCHE_TAGE = 7


class Dringlichkeit(StrEnum):
    """The groups, the most urgent first."""

    UEBERFAELLIG = "ueberfaellig"
    HEUTE = "heute"
    WOCHE = "woche"
    SPAETER = "spaeter"
    OHNE_FRIST = "ohne_frist"


@dataclass(frozen=True, slots=True)
class Fristenliste:
    """What remains, by urgency; within a group the earliest deadline first."""

    stand: datetime
    gruppen: Mapping[Dringlichkeit, tuple[Zeile, ...]]

    @property
    def anzahl(self) -> int:
        """How many Belege still need something."""
        return sum(len(rows) for rows in self.gruppen.values())

    def je_art(self, dringlichkeit: Dringlichkeit) -> dict[BelegArt, int]:
        """How many of each kind a group holds; kinds without any are left out."""
        rows = self.gruppen[dringlichkeit]
        found = {art: sum(row.beleg.art is art for row in rows) for art in BelegArt}
        return {art: count for art, count in found.items() if count}


def urgency(zeile: Zeile, now: datetime) -> Dringlichkeit:
    """The group of one Beleg. A deadline at midnight belongs to the day that it ends."""
    if zeile.bis is None:
        return Dringlichkeit.OHNE_FRIST
    if zeile.ueberfaellig or now > zeile.bis:
        return Dringlichkeit.UEBERFAELLIG
    last_day = (local(zeile.bis) - timedelta(microseconds=1)).date()
    days = (last_day - local(now).date()).days
    if days <= 0:
        return Dringlichkeit.HEUTE
    return Dringlichkeit.WOCHE if days <= WOCHE_TAGE else Dringlichkeit.SPAETER


def build_fristen(zeilen: Iterable[Zeile], now: datetime) -> Fristenliste:
    """Sort what remains by urgency; what is done needs no place here."""
    groups: dict[Dringlichkeit, list[Zeile]] = {each: [] for each in Dringlichkeit}
    for zeile in zeilen:
        if zeile.noch_zu_tun is not None:
            groups[urgency(zeile, now)].append(zeile)
    for rows in groups.values():
        rows.sort(key=lambda row: (row.bis or now, SPALTEN.index(row.spalte), row.beleg.belegnummer))
    return Fristenliste(now, {each: tuple(rows) for each, rows in groups.items()})
