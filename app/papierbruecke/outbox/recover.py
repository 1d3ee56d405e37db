"""After a crash and after a restore: what is certain, what needs a look (design §3; issue "Speicher").

Nothing here guesses: a record whose fate is not known here becomes UNGEKLAERT and waits for a
person. Source: domain sheet reconciliation §10, hazard 17.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from papierbruecke.clock import local
from papierbruecke.outbox.model import SPALTE, VOR_SIGNATUR, WIEDERHERGESTELLT, Spalte, Uebersicht, Zustand
from papierbruecke.outbox.store import Outbox, TransitionRefused
from papierbruecke.record.belegnummer import NOTFALLMAPPE

if TYPE_CHECKING:  # what reads a broken file is loaded when there is one
    from papierbruecke.outbox.remains import Remains

NUMMERN_ABSTAND = 500
"""Running numbers that a day skips when nobody knows how many were given after the backup."""


@dataclass(frozen=True, slots=True)
class Startbericht:
    """What the last run left behind."""

    unterwegs: tuple[Uebersicht, ...]  # an attempt was under way: it is in doubt until the DSN is found
    ungeklaert: tuple[Uebersicht, ...]
    ungedruckt: tuple[Uebersicht, ...]  # stored, but nobody confirmed the paper
    uhr_zurueck: timedelta | None  # the computer's clock stands before the last stored event

    @property
    def quiet(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.unterwegs or self.ungeklaert or self.ungedruckt or self.uhr_zurueck)

    def lines(self) -> list[str]:
        """German sentences for the desk, the most important first."""
        lines = []
        if self.uhr_zurueck is not None:
            minutes = max(1, int(self.uhr_zurueck.total_seconds() // 60))
            lines.append(
                f"Die Uhr dieses Computers steht {minutes} Minuten vor dem letzten Eintrag. Bitte die Uhr prüfen, "
                "bevor Formulare gedruckt werden."
            )
        for belege, text in (
            (self.unterwegs, "beim letzten Programmende gerade unterwegs; der Nachversand klärt es"),
            (self.ungeklaert, "ungeklärt; bitte in der Nachbearbeitung ansehen"),
            (self.ungedruckt, "sicher abgelegt; bitte prüfen, ob der Ausdruck herauskam"),
        ):
            lines += [f"{_named(belege)} {text}."] if belege else []
        return lines


NAMED = 3


def _named(belege: Sequence[Uebersicht]) -> str:
    """``Beleg 231126-A-001-P ist`` or the first few of many."""
    numbers = ", ".join(beleg.belegnummer for beleg in belege[:NAMED])
    if len(belege) == 1:
        return f"Beleg {numbers} ist"
    more = len(belege) - NAMED
    return f"Belege {numbers}{f' und {more} weitere' if more > 0 else ''} sind"


def look_back(store: Outbox, now: datetime) -> Startbericht:
    """What the next start must say; changes nothing."""
    last = next((event.zeit for event in store.events(limit=1)), None)
    return Startbericht(
        unterwegs=tuple(store.find(zustaende=[Zustand.IN_UEBERTRAGUNG])),
        ungeklaert=tuple(store.find(zustaende=[Zustand.UNGEKLAERT])),
        ungedruckt=tuple(store.find(zustaende=[Zustand.ERFASST])),
        uhr_zurueck=last - now if last is not None and last > now else None,
    )


TAGESBEGINN = "tagesbeginn"
UHR_ZURUECK = "uhr.zurueck"
UHR_VOR = "uhr.vor"
LONGEST_PAUSE = timedelta(days=45)
"""A practice that was closed for longer is rarer than a clock that is wrong."""
TOLERANCE = timedelta(minutes=5)
RECENT = 200
_BEGINS = (TAGESBEGINN, UHR_ZURUECK, UHR_VOR)


def begin_day(store: Outbox, now: datetime, wer: str) -> bool | None:
    """Note the first start of a day in the history, and a clock that jumped.

    Returns None if this day has begun already, False if the clock cannot be believed (it stands
    before the last event, or far behind it): nothing may be deleted then.
    """
    recent = store.events(limit=RECENT)
    last = recent[-1].zeit if recent else now
    jump = now - last
    began = any(event.was in _BEGINS and local(event.zeit).date() == local(now).date() for event in recent)
    if began and jump >= -TOLERANCE:
        return None
    was = UHR_ZURUECK if jump < -TOLERANCE else UHR_VOR if jump > LONGEST_PAUSE else TAGESBEGINN
    store.note(None, was, wer, {} if was == TAGESBEGINN else {"sekunden": str(int(jump.total_seconds()))})
    return was == TAGESBEGINN


@dataclass(frozen=True, slots=True)
class Wiederherstellung:
    """What a restore did to the store."""

    sicherung: str
    stand: datetime
    ungeklaert: tuple[Uebersicht, ...]
    verloren: int | None  # events after the backup that are gone; None = not known

    def as_dict(self) -> dict[str, Any]:
        """For the command line."""
        return {
            "sicherung": self.sicherung,
            "stand": self.stand.isoformat(),
            "ungeklaert": [beleg.belegnummer for beleg in self.ungeklaert],
            "verlorene_ereignisse": self.verloren,
        }

    def lines(self) -> list[str]:
        """The same for people."""
        stand = local(self.stand)
        lines = [
            f"Zurückgeholt ist der Stand vom {stand:%d.%m.%Y, %H:%M} Uhr. Was danach geschrieben wurde, liegt nur "
            "auf Papier: bitte nacherfassen. Die alten Dateien wurden aufgehoben."
        ]
        if self.ungeklaert:
            numbers = ", ".join(beleg.belegnummer for beleg in self.ungeklaert)
            lines.append(f"Bitte nachsehen, was aus diesen Belegen wurde: {numbers}.")
        return lines


def settle_restore(
    store: Outbox, sicherung: str, stand: datetime, remains: "Remains", now: datetime, platz: str, wer: str
) -> Wiederherstellung:
    """Make a store that came from a backup safe to work with; may run twice.

    Finished records stay finished. Unfinished ones become UNGEKLAERT unless the replaced store
    proves that nothing changed since. Belegnummern that may already be on paper are skipped.
    """
    events = next((event.nummer for event in store.events(limit=1)), 0)
    moved = []
    for beleg in store.find():
        if SPALTE[beleg.zustand] not in (Spalte.OFFEN, Spalte.UNKLAR) or beleg.zustand in _SAFE:
            continue
        last = remains.zustaende.get(beleg.kennung)
        if last is beleg.zustand:
            continue
        detail = {"grund": WIEDERHERGESTELLT, "vorher": beleg.zustand.value}
        if last is not None:
            detail["zuletzt"] = last.value
        moved.append(store.advance(beleg.kennung, beleg.zustand, Zustand.UNGEKLAERT, wer, detail))
    _skip_numbers(store, stand, remains, now, platz)
    verloren = max(0, remains.ereignisse - events) if remains.ereignisse else None
    store.note(None, WIEDERHERGESTELLT, wer, {"sicherung": sicherung, "verloren": str(verloren)})
    return Wiederherstellung(sicherung, stand, tuple(moved), verloren)


# A sent AU waits for its DSN and is never sent again by itself; what was in doubt stays in doubt.
_SAFE = {Zustand.GESENDET, Zustand.UNGEKLAERT}


def _skip_numbers(store: Outbox, stand: datetime, remains: "Remains", now: datetime, platz: str) -> None:
    for (day, letter), number in remains.nummern.items():
        store.skip_nummern(day, letter, bis=number)
    if not remains.nummern:
        # Whichever is later: a clock may have been set back since the backup.
        day, last = sorted((local(stand).date(), local(now).date()))
        while day <= last:
            for letter in (platz, NOTFALLMAPPE):
                store.skip_nummern(day, letter, um=NUMMERN_ABSTAND)
            day += timedelta(days=1)


def reopen(store: Outbox, kennung: UUID, wer: str) -> Uebersicht:
    """A person looked: nothing became of this Beleg after the backup; it stands where it stood.

    Raises TransitionRefused if it did not come from a restore.
    """
    states = [event for event in store.events(kennung) if event.zustand is not None]
    last = states[-1] if states else None
    if last is None or last.detail.get("grund") != WIEDERHERGESTELLT:
        raise TransitionRefused(kennung, last.zustand if last else None, Zustand.GEDRUCKT)
    line, signed = store.uebersicht(kennung), store.signed(kennung) is not None
    unsigned = VOR_SIGNATUR.get(line.art, Zustand.GEDRUCKT) if line is not None else Zustand.GEDRUCKT
    after = Zustand.SIGNIERT if signed else unsigned
    return store.advance(kennung, Zustand.UNGEKLAERT, after, wer, {"grund": "nachgesehen"})
