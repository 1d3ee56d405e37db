"""How long is content kept? What is owed to nobody any more is deleted, with a protocol.

The practice system is the patient record; this store only carries a Beleg until it is there.
A content goes when its Beleg is finished, its Störung is cleared up (every Beleg of it) and its
rule has run out. The skeleton (number, kind, times, who, digests) stays for the evidence.
Source: domain sheet reconciliation §8.1; design §3 rule 4.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from uuid import UUID

from papierbruecke.clock import PRAXISZEIT, Clock, local
from papierbruecke.outbox.model import FERTIG, INHALT_GELOESCHT, Uebersicht, Zustand
from papierbruecke.outbox.store import Outbox, TransitionRefused
from papierbruecke.record.model import BelegArt, Weg
from papierbruecke.resubmit.fristen import FRISTEN, Frist, Kalender
from papierbruecke.settings import Einstellungen

_UNFINISHED = frozenset(Zustand) - FERTIG
EIGENE_TAGE = "eigene Regel; einstellbar"
_STORNO = FRISTEN["au.storno"]

REGELN: tuple[Frist, ...] = (
    Frist("behalten.rezept", "tag_ende", 30, "Inhalt des Rezepts löschen.", EIGENE_TAGE),
    Frist("behalten.au", "tag_ende", 30, "Inhalt der Krankschreibung löschen.", EIGENE_TAGE),
    # What we sent ourselves is needed as long as it may have to be cancelled.
    Frist("behalten.au_gesendet", _STORNO.ab, _STORNO.laenge, "Inhalt und eAU löschen.", _STORNO.quelle),
    Frist(
        "behalten.ersatzschein",
        "quartal_ende",
        4,
        "Daten des Ersatzverfahrens löschen.",
        "Bund; regional anders",
    ),
    Frist("behalten.storno", _STORNO.ab, _STORNO.laenge, "Inhalt und Storno löschen.", _STORNO.quelle),
    Frist("behalten.erinnerung", "tag_ende", 30, "Inhalt der Erinnerung löschen.", EIGENE_TAGE),
)
"""Rules per kind. A regional one (``region`` is a Bundesland) goes before ``bund``; the newest valid one counts."""


@dataclass(frozen=True, slots=True)
class Faellig:
    """One Beleg whose content may go, by which rule, since when."""

    beleg: Uebersicht
    regel: str
    seit: datetime

    def as_dict(self) -> dict[str, Any]:
        """For the command line."""
        return {
            "belegnummer": self.beleg.belegnummer,
            "kennung": str(self.beleg.kennung),
            "art": self.beleg.art.value,
            "regel": self.regel,
            "seit": self.seit.isoformat(),
        }


def rule_for(beleg: Uebersicht, heute: date, bundesland: str, regeln: tuple[Frist, ...] = REGELN) -> Frist:
    """The rule of this finished Beleg: the regional one before ``bund``, of these the newest that is valid."""
    sent = beleg.art is BelegArt.AU and beleg.weg == Weg.DIREKT.value and beleg.zustand is Zustand.ZUGESTELLT
    wanted = "behalten.au_gesendet" if sent else f"behalten.{beleg.art.value}"
    valid = [r for r in regeln if r.id == wanted and r.region in ("bund", bundesland) and r.gilt_ab <= heute]
    return max(valid, key=lambda r: (r.region != "bund", r.gilt_ab))


class Retention:
    """Finds and deletes what need not be kept."""

    def __init__(self, store: Outbox, clock: Clock, settings: Einstellungen) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._kalender = Kalender(settings.praxis.bundesland)
        self._until = lru_cache(maxsize=4096)(self._end_of_rule)

    def due(self) -> tuple[Faellig, ...]:
        """Every Beleg whose content may go today, oldest first; changes nothing."""
        now = self._clock.now()
        bundesland = self._settings.praxis.bundesland
        kept = {stoerung.id for stoerung in self._store.stoerungen(nur_offene=True)}
        kept |= {beleg.stoerung for beleg in self._store.find(zustaende=_UNFINISHED)}
        found = []
        for beleg in self._store.find(zustaende=FERTIG):
            if beleg.patient == INHALT_GELOESCHT or beleg.stoerung in kept:
                continue
            regel = self._with_own_days(rule_for(beleg, local(now).date(), bundesland))
            until = self._until(regel, local(beleg.seit).date())
            if until < now:
                found.append(Faellig(beleg, regel.id, until))
        return tuple(found)

    def delete(self, wer: str, cancelled: Callable[[], bool] = lambda: False) -> tuple[Faellig, ...]:
        """Delete the content of everything that is due; each is its own step, with its event.

        Returns what was deleted. Afterwards nothing of it is left in the file or its journal,
        unless somebody was just reading; then the next run empties it.
        """
        deleted: list[Faellig] = []
        for each in self.due():
            if cancelled():
                break
            if self._delete(each.beleg.kennung, wer, each.regel):
                deleted.append(each)
        self._store.forget_journal()
        return tuple(deleted)

    def _delete(self, kennung: UUID, wer: str, regel: str) -> bool:
        try:
            self._store.remove_content(kennung, wer, regel)
        except TransitionRefused:  # somebody opened it again in between
            return False
        return True

    def _with_own_days(self, regel: Frist) -> Frist:
        if regel.quelle != EIGENE_TAGE:
            return regel
        days = self._settings.behalten_tage
        return Frist(regel.id, regel.ab, days, regel.satz, regel.quelle, regel.region, regel.gilt_ab)

    def _end_of_rule(self, regel: Frist, tag: date) -> datetime:
        return self._kalender.due(regel, datetime.combine(tag, time(12), tzinfo=PRAXISZEIT))
