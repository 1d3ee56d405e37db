"""The drill that a person plays: the real window over the simulated TI, a score at the end.

The morning is calm; after a while the scenario begins, and after a longer while the TI comes
back. When the window is closed the score is written beside the papers and shown.
"""

from contextlib import ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from papierbruecke.clock import SystemClock, local
from papierbruecke.files import write_output
from papierbruecke.uebung import DrillDesk
from papierbruecke.uebung.score import GOAL_S, Wertung, render_score, score
from papierbruecke.uebung.stage import SimulatedTi, Slot, drill_card, open_slot, prepare_output

if TYPE_CHECKING:
    from papierbruecke.ui.score_window import Ergebnis

REPORT = "Uebungsbericht.pdf"
CALM_S, OUTAGE_S = 20.0, 15 * 60.0
CARDS = ("mitglied", "abrechnend", "abgelaufen", "privat")


def play_by_hand(
    szenario: str, ausgabe: Path, *, tempo: float, calm_s: float = CALM_S, outage_s: float = OUTAGE_S
) -> dict[str, Any]:
    """Open the window of the drill and stay until it is closed; returns the score.

    Ctrl+Alt+1 to 4 put one of four cards into the reader of the drill, as a patient would bring it.
    """
    from papierbruecke.ui.drill_window import live_in_window

    prepare_output(ausgabe)
    daten = ausgabe / "daten"
    with ExitStack() as stack:
        ti = stack.enter_context(SimulatedTi(daten))
        slot = open_slot(stack)
        desk = DrillDesk(daten, clock=SystemClock(), card_reader=slot.reader)
        desk.gedruckt = ausgabe / "papiere"
        desk.tempo = tempo
        begin = desk.clock.now()
        slot.insert(drill_card(CARDS[0]))
        cards = {f"Ctrl+Alt+{number}": partial(_put_in, slot, name) for number, name in enumerate(CARDS, start=1)}
        later = ((calm_s, partial(ti.play, szenario)), (calm_s + outage_s, partial(ti.play, "normal")))
        ended: list[Wertung] = []

        def at_end() -> "Ergebnis":
            result, report = _close(DrillDesk(daten, clock=SystemClock()), szenario, ausgabe, begin)
            ended.append(result)
            return _shown(result, report, ausgabe)

        live_in_window(desk, cards, later, at_end)
        return _told(ended[0], szenario)


def _put_in(slot: Slot, name: str) -> None:
    slot.insert(drill_card(name))


def _close(desk: DrillDesk, szenario: str, ausgabe: Path, begin: datetime) -> tuple[Wertung, bytes]:
    end = desk.clock.now()
    result = score(desk.store(), desk.abgleich(), begin, end)
    report = render_score(result, szenario, local(end))
    write_output(ausgabe / REPORT, report)
    desk.close()
    return result, report


def _shown(result: Wertung, report: bytes, ausgabe: Path) -> "Ergebnis":
    from papierbruecke.ui.score_window import Ergebnis

    return Ergebnis(
        kopf="Geschafft. Danke, dass Sie geübt haben.",
        kacheln=tuple(result.tiles()),
        sekunden=result.sekunden,
        ziel_s=GOAL_S,
        gut=tuple(result.good()),
        ueben=tuple(result.to_practise()),
        vergessen=tuple((z.beleg.belegnummer, z.noch_zu_tun or z.satz) for z in result.vergessen),
        bericht=report,
        ablage=f"Bericht und Papiere liegen im Ordner {ausgabe.resolve()}",
    )


def _told(result: Wertung, szenario: str) -> dict[str, Any]:
    return {
        "schema": "uebung-von-hand",
        "version": 1,
        "szenario": szenario,
        "sekunden_je_rezept": list(result.sekunden),
        "belege": result.belege,
        "vergessen": len(result.vergessen),
        "bestanden": result.bestanden,
        "gut": result.good(),
        "ueben": result.to_practise(),
        "zeilen": result.lines(),
    }
