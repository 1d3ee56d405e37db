"""What the Nachversand still has to do, in one sentence (pure)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from papierbruecke.clock import local
from papierbruecke.outbox.model import ELEKTRONISCH, VOR_SIGNATUR, Uebersicht, Zustand
from papierbruecke.reconcile.ledger import Zeile
from papierbruecke.record.model import BelegArt, Weg
from papierbruecke.resubmit.texts import STORNO_SIGNIEREN
from papierbruecke.ui import texts
from papierbruecke.ui.texts import Aktion

if TYPE_CHECKING:
    from papierbruecke.reconcile.read_later import Nachlesen

SENDABLE = frozenset({Aktion.SENDEN, Aktion.NACHSEHEN, Aktion.KLAEREN})
_OWED = frozenset({Zustand.GEDRUCKT, Zustand.SIGNIERT, Zustand.GESENDET, Zustand.UNGEKLAERT})


def owed_text(rows: Sequence[Zeile], kim_in_papier: bool) -> tuple[str, bool]:
    """The sentence, and whether there is anything to send or to look after at all."""
    owed = [row.beleg for row in rows if texts.aktion(row.beleg, False) in SENDABLE]
    owed = [line for line in owed if line.zustand is not Zustand.ERFASST]
    waiting = sum(line.zustand is Zustand.GESENDET for line in owed)
    ready = len(owed) - waiting
    some = texts.anzahl(ready, "Krankschreibung wartet", "Krankschreibungen warten")
    if ready:
        text = f"{some} auf das Ende der Störung (F12)." if kim_in_papier else f"{some} auf den Versand."
    else:
        text = "Nichts zu senden." if not waiting else ""
    if waiting:
        text += f" {texts.anzahl(waiting, 'Zustellbestätigung steht', 'Zustellbestätigungen stehen')} noch aus."
    released = sum(_released(row) for row in rows)
    if released:
        text = text.replace("Nichts zu senden.", "")
        text += f" {texts.anzahl(released, 'Storno wartet', 'Stornos warten')} auf Signatur und Versand."
    return text.strip(), bool(owed) or bool(released)


def _released(row: Zeile) -> bool:
    """Whether this is a Storno that a doctor released; it has no paper, so it waits as ERFASST."""
    return (
        row.beleg.art is BelegArt.STORNO
        and row.beleg.zustand is Zustand.ERFASST
        and row.noch_zu_tun == STORNO_SIGNIEREN
    )


def owes(rows: Sequence[Zeile]) -> bool:
    """Whether the program itself still has to send an AU or a Storno, or to hear of one."""
    return any(
        row.beleg.art in ELEKTRONISCH and row.beleg.weg == Weg.DIREKT.value and row.beleg.zustand in _OWED
        for row in rows
    )


def waiting_for_signature(rows: Sequence[Zeile]) -> list[Uebersicht]:
    """What the next signature covers, and Stornos that a doctor is about to release; the most urgent first."""
    found = [
        row
        for row in rows
        if row.beleg.weg == Weg.DIREKT.value and row.beleg.zustand is VOR_SIGNATUR.get(row.beleg.art)
    ]
    found.sort(key=lambda row: (row.bis is None, row.bis, row.beleg.angelegt))
    return [row.beleg for row in found]


def without_card(rows: Sequence[Zeile], waiting: "Sequence[Nachlesen]", heute: date) -> list[Zeile]:
    """The slips whose card or eEB is still awaited, each with its quarter end and how long that is away."""
    by_kennung = {row.beleg.kennung: row for row in rows}
    found = []
    for each in waiting:
        row = by_kennung.get(each.beleg.kennung)
        if row is not None:
            days = (local(each.bis).date() - heute).days
            left = texts.anzahl(days, "Tag", "Tage") if days else "heute"
            satz = each.satz if each.ueberfaellig else f"Noch {left}: {each.satz}"
            found.append(replace(row, noch_zu_tun=satz, bis=each.bis, ueberfaellig=each.ueberfaellig))
    return found
