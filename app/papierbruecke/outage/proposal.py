"""What the program proposes to a person about the Betriebsart (pure); it never decides to leave.

Paper is proposed only for a certain fault, online only when a Dienst works steadily again, and an
open Störung is asked about every morning and at the latest every seven days (TA eAU P6-05).
Source: ti-detection §5.2, design §2, issue 3 item 4.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Literal
from uuid import UUID

from papierbruecke.clock import local
from papierbruecke.outage.answer import DIENST_NAMEN
from papierbruecke.outage.incident import Stoerung
from papierbruecke.outage.model import Dienst, DienstZustand, Lage
from papierbruecke.redact import Value

# One card or one doctor is no outage: such Belege belong to the Einzelfälle of the day.
_SINGLE_CASES = frozenset({"D35"})
_STEADY_S = 120.0
_MORNING = time(6, 0)
_LONGEST = timedelta(days=7)


class Vorschlag(Value):
    """One question to the desk. ``stoerung`` is set for questions about an open Störung."""

    art: Literal["papier", "online", "besteht_noch"]
    dienste: tuple[Dienst, ...]
    satz: str
    stoerung: UUID | None = None


def affected_dienste(lage: Lage) -> tuple[Dienst, ...]:
    """The Dienste that are certainly broken by an outage (a missing HBA is none)."""
    causes = {row.id for row in (lage.diagnose, *lage.weitere) if row is not None}
    if not causes - _SINGLE_CASES:
        return ()
    return tuple(d for d in Dienst if lage.dienste[d].zustand is DienstZustand.GESTOERT)


def proposals(lage: Lage, papier: Mapping[Dienst, Stoerung]) -> tuple[Vorschlag, ...]:
    """What to ask now; empty = nothing to decide."""
    found: list[Vorschlag] = []
    enter = tuple(d for d in affected_dienste(lage) if d not in papier)
    if enter:
        found.append(Vorschlag(art="papier", dienste=enter, satz=f"{names(enter)} auf Papier umstellen?"))
    leave = tuple(d for d in Dienst if d in papier and _steady(lage, d))
    if leave:
        verb = "geht" if len(leave) == 1 else "gehen"
        found.append(
            Vorschlag(art="online", dienste=leave, satz=f"{names(leave)} {verb} wieder. Zurück zum normalen Betrieb?")
        )
    for stoerung in {s.id: s for s in papier.values()}.values():
        held = tuple(d for d in Dienst if papier.get(d) == stoerung)
        if question_due(stoerung, lage.zeit) and not set(held) <= set(leave):
            begin = f"{local(stoerung.beginn):%d.%m.%Y %H:%M} Uhr"
            satz = f"Die Störung vom {begin} ist noch offen ({names(held)}). Besteht sie noch?"
            found.append(Vorschlag(art="besteht_noch", dienste=held, satz=satz, stoerung=stoerung.id))
    return tuple(found)


def question_due(stoerung: Stoerung, now: datetime) -> bool:
    """Whether to ask if this Störung still holds: each morning, at the latest after seven days."""
    last = stoerung.bestaetigt[-1] if stoerung.bestaetigt else stoerung.beginn
    if now - last >= _LONGEST:
        return True
    there, here = local(last), local(now)
    return here.date() > there.date() and here.time() >= _MORNING


def names(dienste: tuple[Dienst, ...]) -> str:
    """``E-Rezept, eAU und KIM und ePA`` in a readable row."""
    words = [DIENST_NAMEN[dienst] for dienst in dienste]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} sowie {words[-1]}"


def _steady(lage: Lage, dienst: Dienst) -> bool:
    state = lage.dienste[dienst]
    if state.zustand is not DienstZustand.VERFUEGBAR or any(hint.id == "D49" for hint in lage.hinweise):
        return False
    return state.seit is None or (lage.zeit - state.seit).total_seconds() >= _STEADY_S
