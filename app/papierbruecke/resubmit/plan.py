"""What is owed electronically, and what is the next step for it? (pure)

Source: TA eAU V1.26 P5-04, P6-02, P6-03, P6-05; domain sheet eau-kim §1, §6, §8.5, §9. Every rule is
data or a small function over the facts of one Beleg, so that a test can ask it anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from papierbruecke.clock import PRAXISZEIT, local
from papierbruecke.outbox.model import WIEDERHERGESTELLT, Ereignis, Uebersicht, Versuch, Zustand
from papierbruecke.record.model import AuEingabe, BelegArt
from papierbruecke.resubmit.fristen import FRISTEN, Kalender

NIE_SENDEN = {  # TA eAU V1.26 P6-03 AC5–7 and its note on PKV
    "skt_ohne_id": "Sonstiger Kostenträger ohne Versicherten-ID: wird nie elektronisch gesendet, das Papier gilt.",
    "personengruppe_07": "Besondere Personengruppe 07: wird nie elektronisch gesendet, das Papier gilt.",
    "ausland": "Im Ausland versichert: wird nie elektronisch gesendet, das Papier gilt.",
    "pkv": "Privat versichert: eine eAU gibt es dafür noch nicht, das Papier gilt.",
    "selbstzahler": "Keine Krankenkasse als Kostenträger: das Papier gilt.",
}

NUR_NEU = frozenset({"100", "101", "102", "103", "104", "105"})
"""Answers of a Kasse after which the same file is useless: new Beleg, new Kennung (TA P5-04 AC14)."""

KK_FEHLT = "kk.nicht_mitgegeben"  # event: the Krankenkasse copy did not go along with the patient
FREIGEGEBEN = "storno.freigegeben"  # event: a doctor lets this Storno be signed
ZUSTELLUNG_GESCHEITERT = "zustellung.fehlgeschlagen"  # event: DSN with a failure, a KIM-level error


class Schritt(StrEnum):
    """What a drain does with one AU of the way ``direkt``."""

    SIGNIEREN = "signieren"
    SENDEN = "senden"
    WARTEN = "warten"  # nothing to do now: an answer or the next attempt is awaited
    PERSON = "person"  # somebody must decide or do something first
    FERTIG = "fertig"


@dataclass(frozen=True, slots=True)
class Lauf:
    """How a drain was started: when, by whom, by hand or by itself, for one Beleg alone or for all."""

    jetzt: datetime
    wer: str
    von_hand: bool
    gezielt: bool


def never_send(eingabe: AuEingabe) -> str | None:
    """The key into NIE_SENDEN if this sick note must stay on paper for ever, else None."""
    cover, person = eingabe.versicherung, eingabe.versicherter
    if cover.typ == "PKV":
        return "pkv"
    if cover.typ == "SEL":
        return "selbstzahler"
    if cover.ausland:
        return "ausland"
    if cover.personengruppe == "07":
        return "personengruppe_07"
    if is_skt(eingabe) and (person is None or person.versicherten_id is None):
        return "skt_ohne_id"
    return None


def is_skt(eingabe: AuEingabe) -> bool:
    """Sonstiger Kostenträger: named so, or by a VKNR whose digits 3 to 5 are 800 or more (TA ID 7)."""
    vknr = eingabe.versicherung.vknr
    return eingabe.versicherung.typ == "SKT" or (vknr is not None and len(vknr) == 5 and int(vknr[2:]) >= 800)


def group_assumed(eingabe: AuEingabe) -> bool:
    """Whether ``00`` is only assumed: the card did not show the group, so 07 cannot be excluded (design §3)."""
    return eingabe.versicherung.personengruppe is None and never_send(eingabe) is None


def next_step(
    zeile: Uebersicht, versuche: Sequence[Versuch], ereignisse: Sequence[Ereignis], lauf: Lauf, kalender: Kalender
) -> Schritt:
    """The next step for an AU, or its Storno, that this program sends itself."""
    match zeile.zustand:
        case Zustand.GEDRUCKT:
            return Schritt.SIGNIEREN
        case Zustand.ERFASST if zeile.art is BelegArt.STORNO and is_released(ereignisse):
            return Schritt.SIGNIEREN
        case Zustand.UNGEKLAERT if from_backup(ereignisse) and not (lauf.gezielt and was_signed(ereignisse)):
            return Schritt.PERSON
        case Zustand.SIGNIERT | Zustand.UNGEKLAERT:
            return _again(versuche, lauf, kalender)
        case Zustand.GESENDET:
            return _again(versuche, lauf, kalender) if delivery_failed(ereignisse) else Schritt.WARTEN
        case Zustand.ABGELEHNT:
            same_file = lauf.gezielt and kassen_code(ereignisse) not in NUR_NEU
            return Schritt.SENDEN if same_file else Schritt.PERSON
        case Zustand.POST_FAELLIG:
            return Schritt.SENDEN if lauf.gezielt and was_signed(ereignisse) else Schritt.PERSON
        case Zustand.ERFASST:
            return Schritt.PERSON
        case Zustand.IN_UEBERTRAGUNG:
            return Schritt.WARTEN
        case _:
            return Schritt.FERTIG


def _again(versuche: Sequence[Versuch], lauf: Lauf, kalender: Kalender) -> Schritt:
    """First attempt at once; then every 4 h for 3 Werktage by itself, at any time by hand (P5-04 AC15)."""
    if not versuche or lauf.von_hand:
        return Schritt.SENDEN
    if lauf.jetzt > kalender.due(FRISTEN["au.aufgeben"], versuche[0].datum):
        return Schritt.PERSON
    due = kalender.due(FRISTEN["au.wiederholen"], versuche[-1].datum)
    return Schritt.SENDEN if lauf.jetzt >= due else Schritt.WARTEN


def delivery_failed(ereignisse: Sequence[Ereignis]) -> bool:
    """Whether KIM reported a failure after the newest attempt."""
    for event in reversed(ereignisse):
        if event.was == ZUSTELLUNG_GESCHEITERT:
            return True
        if event.zustand is Zustand.IN_UEBERTRAGUNG:
            return False
    return False


def kassen_code(ereignisse: Sequence[Ereignis]) -> str | None:
    """The code of the newest Fehlernachricht."""
    for event in reversed(ereignisse):
        if event.zustand is Zustand.ABGELEHNT:
            return event.detail.get("code")
    return None


def is_released(ereignisse: Sequence[Ereignis]) -> bool:
    """Whether a doctor released this Storno."""
    return any(event.was == FREIGEGEBEN for event in ereignisse)


def was_signed(ereignisse: Sequence[Ereignis]) -> bool:
    """Whether a signed file exists."""
    return any(event.zustand is Zustand.SIGNIERT for event in ereignisse)


def from_backup(ereignisse: Sequence[Ereignis]) -> bool:
    """Whether the newest state came from a restore: what happened since the backup is not known here."""
    states = [event for event in ereignisse if event.zustand is not None]
    return bool(states) and states[-1].detail.get("grund") == WIEDERHERGESTELLT


def may_be_under_way(ereignisse: Sequence[Ereignis]) -> bool:
    """Whether an earlier attempt may have reached the Kasse; then nothing may claim "not sent"."""
    return any(event.zustand in (Zustand.UNGEKLAERT, Zustand.GESENDET) for event in ereignisse)


def post_is_due(
    zeile: Uebersicht, versuche: Sequence[Versuch], ereignisse: Sequence[Ereignis], jetzt: datetime, kalender: Kalender
) -> bool:
    """Whether the Krankenkasse copy must go by post now, because the electronic way did not work in time.

    A copy that the patient took along covers an unsent eAU; a rejected or unconfirmed one is posted.
    """
    if zeile.art is BelegArt.STORNO:
        return False  # nothing of it is on paper
    match zeile.zustand:
        case Zustand.GEDRUCKT | Zustand.SIGNIERT | Zustand.UNGEKLAERT:
            kept = any(event.was == KK_FEHLT for event in ereignisse)
            return kept and jetzt > kalender.due(FRISTEN["au.post"], zeile.angelegt)
        case Zustand.GESENDET:
            missed = kalender.due(FRISTEN["au.dsn"], versuche[-1].datum)
            return jetzt > datetime.combine(local(missed).date(), time(23, 59, 59), tzinfo=PRAXISZEIT)
        case Zustand.ABGELEHNT:
            info_only = kassen_code(ereignisse) == "100"
            return not info_only and jetzt > kalender.due(FRISTEN["au.kassenfehler"], zeile.seit)
        case _:
            return False
