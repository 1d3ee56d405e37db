"""Read the card of the patient at the desk: one outcome per card, honest about what it is worth.

What comes out fills forms. It is no proof of insurance, never a reading date (FK 4109), and a
blocked or replaced card cannot be recognised without the TI; every answer says so.
"""

from collections.abc import Callable
from datetime import date
from typing import Protocol, TypeVar

from papierbruecke.card.egk import EgkInhalt, Transmit, read_egk
from papierbruecke.card.hindernis import KarteUnlesbar
from papierbruecke.card.model import KarteGelesen, Kartendaten, Kartenergebnis, KarteNichtLesbar, Warnung
from papierbruecke.card.vsd import Vsd, decode

T = TypeVar("T")


class CardReader(Protocol):
    """The slot on the desk.

    ``with_card`` runs ``work`` against the card in the reader and returns its result. ``leser``
    is a reader's name or the beginning of one, None = whatever reader holds an eGK;
    ``warten_s`` is how long to wait for a card. It always returns in bounded time. Raises
    ``KarteUnlesbar`` for everything that went wrong around ``work``, and lets its exceptions
    pass. ``work`` may run in another thread and more than once: it must not keep anything.
    """

    def names(self) -> tuple[str, ...]: ...

    def with_card(self, leser: str | None, warten_s: float, work: Callable[[Transmit], T]) -> T: ...


def read_card(
    reader: CardReader,
    *,
    heute: date,
    leser: str | None = None,
    warten_s: float = 0.0,
    mit_gvd: bool = False,
    lange_apdus: bool = False,
) -> Kartenergebnis:
    """The insured person and the cover from the eGK in the reader, or the reason why not.

    Outside Beginn/Ende (both inclusive) the data come with ``verwendbar`` false: shown, copyable,
    never taken over automatically. Source: KVDT P2-166, KP2-102; egk.md §9.
    """

    def work(transmit: Transmit) -> EgkInhalt:
        return read_egk(transmit, mit_gvd=mit_gvd, lange_apdus=lange_apdus)

    try:
        inhalt = reader.with_card(leser, warten_s, work)
        vsd = decode(inhalt, heute=heute, mit_gvd=mit_gvd)
    except KarteUnlesbar as unreadable:
        return KarteNichtLesbar(unreadable.hindernis.code, unreadable.hindernis.text)
    return KarteGelesen(_judge(inhalt, vsd, heute))


def _judge(inhalt: EgkInhalt, vsd: Vsd, heute: date) -> Kartendaten:
    cover = vsd.versicherung
    outside = _outside(cover.beginn, cover.ende, heute)
    warnungen = [_offline(vsd.stand, usable=outside is None)]
    if outside is not None:
        warnungen.append(outside)
    if inhalt.generation == "G2":
        warnungen.append(Warnung(code="karte.g2", text="Das ist eine ältere Karte (G2). Bitte nach der neuen fragen."))
    if cover.typ == "PKV":
        warnungen.append(
            Warnung(
                code="karte.pkv",
                text="Privat versichert: Bitte ein Privatrezept schreiben, kein Muster 16.",
            )
        )
    if cover.kostenerstattung is not None:
        warnungen.append(
            Warnung(
                code="karte.kostenerstattung",
                text="Der Patient hat bei seiner Kasse Kostenerstattung gewählt. Bitte vor dem Rezept klären.",
            )
        )
    return Kartendaten(
        generation=inhalt.generation,
        iccsn_ende=inhalt.iccsn[-4:] if inhalt.iccsn else None,
        versicherter=vsd.versicherter,
        versicherung=cover,
        verwendbar=outside is None,
        vsd_version=vsd.vsd_version,
        stand=vsd.stand,
        warnungen=(*warnungen, *vsd.warnungen),
    )


def _offline(stand: str | None, *, usable: bool) -> Warnung:
    taken = "übernommen" if usable else "nur angezeigt"
    written = f" (letzte Änderung der Karte: {date.fromisoformat(stand[:10]):%d.%m.%Y})" if stand else ""
    return Warnung(
        code="karte.offline",
        text=f"Kartendaten {taken}, kein Versicherungsnachweis. Eine gesperrte oder ersetzte Karte ist offline "
        f"nicht erkennbar{written}.",
    )


def _outside(beginn: str | None, ende: str | None, heute: date) -> Warnung | None:
    """Why the card does not hold today; begin and end themselves count as covered."""
    consequence = "Die Karte gilt heute nicht; über die Behandlung entscheidet die Praxis."
    if beginn is not None and heute < date.fromisoformat(beginn):
        text = f"Der Versicherungsschutz beginnt erst am {date.fromisoformat(beginn):%d.%m.%Y}. {consequence}"
        return Warnung(code="karte.noch_nicht_gueltig", text=text)
    if ende is not None and heute > date.fromisoformat(ende):
        text = f"Der Versicherungsschutz endete am {date.fromisoformat(ende):%d.%m.%Y}. {consequence}"
        return Warnung(code="karte.abgelaufen", text=text)
    return None
