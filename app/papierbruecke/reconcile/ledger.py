"""Prove it: every Beleg of every Störung in exactly one column, with what is still to do (pure).

Source: design §2 (Abgleich), §4; domain sheet reconciliation §9. The column follows from the state
by one table (``outbox.model.SPALTE``); here come the sentence, the deadline and the counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from papierbruecke.clock import Clock, local
from papierbruecke.outage.incident import Stoerung
from papierbruecke.outbox.model import ELEKTRONISCH, SPALTE, Spalte, Uebersicht, Zustand
from papierbruecke.outbox.store import Outbox
from papierbruecke.reconcile.evidence import evidence_of
from papierbruecke.record.model import BelegArt, ErsatzscheinEingabe, Weg
from papierbruecke.resubmit.by_hand import UNTERSCHRIEBEN, entered_by
from papierbruecke.resubmit.cancel_au import STORNO_ANGELEGT, stornos
from papierbruecke.resubmit.fristen import FRISTEN, Kalender
from papierbruecke.resubmit.plan import is_released
from papierbruecke.resubmit.texts import (
    NOCH_ZU_TUN,
    STORNO_DAZU,
    STORNO_DOKUMENTIERT,
    STORNO_ERFASST,
    STORNO_FREIGEGEBEN,
    STORNO_SIGNIEREN,
    UNTERSCHRIFT_FEHLT,
    WEG_PVS,
    ZUSTAND_SATZ,
    ZWEITE_PERSON,
)

SPALTEN = (Spalte.UNKLAR, Spalte.OFFEN, Spalte.ERLEDIGT, Spalte.HINFAELLIG)
"""In this order on screen and paper: what needs a person comes first."""

_FRIST = {  # what the deadline of an open Beleg counts from is its state or, for unsent AUs, its issue
    (BelegArt.AU, Zustand.GESENDET): ("au.dsn", False),
    (BelegArt.AU, Zustand.ABGELEHNT): ("au.kassenfehler", False),
    (BelegArt.AU, Zustand.POST_FAELLIG): ("au.post", True),
    (BelegArt.STORNO, Zustand.GESENDET): ("au.dsn", False),
    (BelegArt.STORNO, Zustand.ABGELEHNT): ("au.kassenfehler", False),
    (BelegArt.REZEPT, Zustand.GEDRUCKT): ("rezept.dokumentieren", True),
    (BelegArt.ERSATZSCHEIN, Zustand.GEDRUCKT): ("ersatzschein.pvs", True),
    (BelegArt.ERINNERUNG, Zustand.GEDRUCKT): ("rezept.dokumentieren", True),
}


@dataclass(frozen=True, slots=True)
class Zeile:
    """One Beleg of the Abgleich. ``noch_zu_tun`` is None when nothing is left to do."""

    beleg: Uebersicht
    spalte: Spalte
    satz: str  # what the state means
    noch_zu_tun: str | None
    bis: datetime | None
    ueberfaellig: bool
    storno: str | None = None  # what became of the Storno of this AU
    nachweis: tuple[str, ...] = ()  # how it came here, only if it was asked for

    def as_dict(self) -> dict[str, Any]:
        """For the command line."""
        return {
            "belegnummer": self.beleg.belegnummer,
            "kennung": str(self.beleg.kennung),
            "art": self.beleg.art.value,
            "patient": self.beleg.patient,
            "weg": self.beleg.weg,
            "zustand": self.beleg.zustand.value,
            "seit": self.beleg.seit.isoformat(),
            "spalte": self.spalte.value,
            "satz": self.satz,
            "noch_zu_tun": self.noch_zu_tun,
            "storno": self.storno,
            "bis": self.bis.isoformat() if self.bis else None,
            "ueberfaellig": self.ueberfaellig,
            "nachweis": list(self.nachweis),
        }


@dataclass(frozen=True, slots=True)
class StoerungsAbgleich:
    """All Belege of one Störung, and how many stand where."""

    stoerung: Stoerung
    zeilen: tuple[Zeile, ...]
    nachfragen: bool = False  # declared so long ago that somebody should say whether it still lasts

    @property
    def titel(self) -> str:
        """How people call this Störung."""
        begin = local(self.stoerung.beginn)
        if self.stoerung.einzelfaelle:
            return f"Einzelfälle vom {begin:%d.%m.%Y}"
        return f"Störung vom {begin:%d.%m.%Y, %H:%M} Uhr"

    @property
    def closed(self) -> bool:
        """Whether the Störung is over and nothing is open or unclear."""
        ended = self.stoerung.einzelfaelle or self.stoerung.ende is not None
        return ended and not (self.count(Spalte.OFFEN) or self.count(Spalte.UNKLAR))

    def count(self, spalte: Spalte) -> int:
        """How many Belege stand in a column."""
        return sum(zeile.spalte is spalte for zeile in self.zeilen)

    @property
    def erwartet(self) -> int:
        """How many Belege must come to a good end: all but the void ones."""
        return len(self.zeilen) - self.count(Spalte.HINFAELLIG)

    def as_dict(self) -> dict[str, Any]:
        """For the command line."""
        return {
            "id": str(self.stoerung.id),
            "titel": self.titel,
            "beginn": self.stoerung.beginn.isoformat(),
            "ende": self.stoerung.ende.isoformat() if self.stoerung.ende else None,
            "einzelfaelle": self.stoerung.einzelfaelle,
            "dienste": [dienst.value for dienst in self.stoerung.dienste],
            "grund": self.stoerung.grund,
            "abgeschlossen": self.closed,
            "nachfragen": self.nachfragen,
            "zaehlung": {"erwartet": self.erwartet} | {spalte.value: self.count(spalte) for spalte in SPALTEN},
            "belege": [zeile.as_dict() for zeile in self.zeilen],
        }

    def lines(self) -> list[str]:
        """For people: the counts, then every Beleg under its column."""
        counts = ", ".join(f"{self.count(spalte)} {SPALTE_TEXT[spalte]}" for spalte in SPALTEN)
        lines = [f"{self.titel}: {self.erwartet} erwartet, {counts}"]
        lines += [f"  {NACHFRAGE}"] if self.nachfragen else []
        for spalte in SPALTEN:
            chosen = [zeile for zeile in self.zeilen if zeile.spalte is spalte]
            lines += [f"  {SPALTE_TEXT[spalte]}"] if chosen else []
            for zeile in chosen:
                todo = f" – {zeile.noch_zu_tun}" if zeile.noch_zu_tun else ""
                until = f" Bis {local(zeile.bis):%d.%m.%Y %H:%M}." if zeile.bis else ""
                late = " ÜBERFÄLLIG." if zeile.ueberfaellig else ""
                lines.append(f"    {zeile.beleg.belegnummer}  {zeile.beleg.patient}  {zeile.satz}{todo}{until}{late}")
        return lines


@dataclass(frozen=True, slots=True)
class Abgleich:
    """The evening's sheet: every Störung, newest first."""

    erstellt: datetime
    stoerungen: tuple[StoerungsAbgleich, ...]

    @property
    def closed(self) -> bool:
        """Whether every Störung is over and cleared up."""
        return all(each.closed for each in self.stoerungen)

    def left(self) -> list[Zeile]:
        """Everything that is still to do, the most urgent first; unclear ones before open ones of the same day."""
        rows = [row for each in self.stoerungen for row in each.zeilen if row.noch_zu_tun is not None]
        never = self.erstellt + timedelta(days=36500)
        return sorted(rows, key=lambda row: (row.bis or never, SPALTEN.index(row.spalte), row.beleg.belegnummer))

    def as_dict(self) -> dict[str, Any]:
        """The JSON answer of ``abgleich``."""
        return {
            "erstellt": self.erstellt.isoformat(),
            "abgeschlossen": self.closed,
            "zaehlung": {"erwartet": sum(each.erwartet for each in self.stoerungen)}
            | {spalte.value: sum(each.count(spalte) for each in self.stoerungen) for spalte in SPALTEN},
            "stoerungen": [each.as_dict() for each in self.stoerungen],
        }

    def lines(self) -> list[str]:
        """The same for people."""
        lines = [line for each in self.stoerungen for line in each.lines()]
        if not self.stoerungen:
            return ["Es gibt noch keine Störung und keinen Beleg."]
        return [*lines, "Alles abgeschlossen." if self.closed else "Noch nicht abgeschlossen."]


NACHFRAGE = "Besteht diese Störung noch? Wenn nicht, bitte beenden: Dann gehen wartende Krankschreibungen los."
SPALTE_TEXT = {
    Spalte.UNKLAR: "unklar",
    Spalte.OFFEN: "offen",
    Spalte.ERLEDIGT: "erledigt",
    Spalte.HINFAELLIG: "hinfällig",
}


def build_abgleich(store: Outbox, clock: Clock, bundesland: str = "", *, mit_nachweis: bool = False) -> Abgleich:
    """Put every stored Beleg into its column; ``bundesland`` decides the holidays of the deadlines.

    ``mit_nachweis``: each with its evidence, two queries more per Beleg; for the closing report.
    """
    now, kalender = clock.now(), Kalender(bundesland)
    by_stoerung: dict[Any, list[Zeile]] = {}
    for row in rows_of(store, store.find(), now, kalender):
        beleg = row.beleg
        if mit_nachweis:
            proof = evidence_of(store.events(beleg.kennung), store.versuche(beleg.kennung))
            row = replace(row, nachweis=proof)
        by_stoerung.setdefault(beleg.stoerung, []).append(row)
    stoerungen = sorted(store.stoerungen(), key=lambda each: each.beginn, reverse=True)
    return Abgleich(
        now,
        tuple(
            StoerungsAbgleich(each, tuple(by_stoerung.get(each.id, ())), _ask_again(each, now, kalender))
            for each in stoerungen
        ),
    )


def _ask_again(stoerung: Stoerung, now: datetime, kalender: Kalender) -> bool:
    """Whether a Störung was declared so long ago that it may have been forgotten (TA eAU P6-05 AC3a)."""
    lasts = stoerung.ende is None and not stoerung.einzelfaelle
    return lasts and now > kalender.due(FRISTEN["stoerung.nachfragen"], stoerung.beginn)


def _unsigned(store: Outbox, beleg: Uebersicht) -> bool:
    """Whether a printed slip of the Ersatzverfahren still lacks the signature of the patient (P2-401)."""
    if beleg.art is not BelegArt.ERSATZSCHEIN or beleg.zustand is not Zustand.GEDRUCKT:
        return False
    if any(event.was == UNTERSCHRIEBEN for event in store.events(beleg.kennung)):
        return False
    stored = store.get(beleg.kennung)
    slip = stored.inhalt if stored is not None else None
    return isinstance(slip, ErsatzscheinEingabe) and slip.ersatzschein.unterschrift_entfaellt is None


def _second_person(store: Outbox, beleg: Uebersicht) -> str | None:
    """What to do with a prescription that one person entered and nobody checked yet."""
    if beleg.art is not BelegArt.REZEPT or beleg.zustand is not Zustand.GEDRUCKT:
        return None
    first = entered_by(store.events(beleg.kennung))
    return ZWEITE_PERSON.format(wer=first) if first is not None else None


def row_of(store: Outbox, beleg: Uebersicht, now: datetime, kalender: Kalender) -> Zeile:
    """One Beleg with its column, its sentence and its deadline."""
    spalte = SPALTE[beleg.zustand]
    todo = bis = None
    if spalte in (Spalte.OFFEN, Spalte.UNKLAR):
        by_pvs = beleg.art is BelegArt.AU and beleg.weg == Weg.PVS.value and beleg.zustand is Zustand.GEDRUCKT
        todo = WEG_PVS if by_pvs else NOCH_ZU_TUN[beleg.art, beleg.zustand]
        todo = f"{UNTERSCHRIFT_FEHLT} {todo}" if _unsigned(store, beleg) else todo
        todo = _second_person(store, beleg) or todo
        bis = _due(beleg, kalender)
    satz = ZUSTAND_SATZ[beleg.zustand]
    if beleg.art is BelegArt.STORNO:
        satz, todo = _storno(store, beleg, satz, todo)
    return Zeile(beleg, spalte, satz, todo, bis, bis is not None and now > bis)


def _storno(store: Outbox, beleg: Uebersicht, satz: str, todo: str | None) -> tuple[str, str | None]:
    """What a Storno says: which AU it takes back, and whether it waits for the doctor."""
    events = store.events(beleg.kennung)
    if beleg.zustand is Zustand.ERFASST:
        released = is_released(events)
        satz, todo = (STORNO_FREIGEGEBEN, STORNO_SIGNIEREN) if released else (STORNO_ERFASST, todo)
    elif beleg.zustand is Zustand.DOKUMENTIERT:
        satz = STORNO_DOKUMENTIERT
    number = next((e.detail["nummer"] for e in events if e.was == STORNO_ANGELEGT), "?")
    return f"zu {number}: {satz}", todo


def _with_stornos(store: Outbox, rows: list[Zeile]) -> list[Zeile]:
    """An AU that is being taken back says so."""
    taken = stornos(store)
    by_kennung = {row.beleg.kennung: row for row in rows}
    named = {}
    for au, storno in taken.items():
        row, other = by_kennung.get(au), by_kennung.get(storno.kennung)
        if row is not None and other is not None:
            state = other.satz.partition(": ")[2]
            told = STORNO_DAZU.format(nummer=storno.belegnummer, stand=state)
            named[au] = replace(row, satz=f"{row.satz}; {told}", storno=told)
    return [named.get(row.beleg.kennung, row) for row in rows]


def rows_of(store: Outbox, belege: Sequence[Uebersicht], now: datetime, kalender: Kalender) -> list[Zeile]:
    """These Belege with their columns; each AU also tells of its Storno."""
    return _with_stornos(store, [row_of(store, beleg, now, kalender) for beleg in belege])


def _due(beleg: Uebersicht, kalender: Kalender) -> datetime | None:
    standard = ("au.senden", True) if beleg.art in ELEKTRONISCH else None
    rule = _FRIST.get((beleg.art, beleg.zustand), standard)
    if rule is None:
        return None
    frist, from_issue = rule
    return kalender.due(FRISTEN[frist], beleg.angelegt if from_issue else beleg.seit)
