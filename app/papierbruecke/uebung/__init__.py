"""The drill: one outage played from the first failure to the Abgleich, in a store of its own.

Everything lies in one folder afterwards: papers, pictures, Abgleich, and what was measured.
All of it is marked ÜBUNG; no real data folder is ever touched.
"""

import json
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from papierbruecke.clock import SystemClock
from papierbruecke.files import write_output
from papierbruecke.outage.model import Lage
from papierbruecke.uebung.stage import SimulatedTi, open_slot, prepare_output
from papierbruecke.wiring import Desk

SHOWN_PACE_S = 1.2
RESULT = "ergebnis.json"


class DrillDesk(Desk):
    """A desk whose watch runs ``tempo`` times faster: five minutes of an outage last seconds."""

    tempo = 1.0

    def keep_watch(self, stop: threading.Event, on_change: Callable[[Lage], None], tempo: float = 1.0) -> None:
        super().keep_watch(stop, on_change, self.tempo * tempo)


def play(szenario: str, ausgabe: Path, *, windowless: bool, tempo: float) -> dict[str, Any]:
    """Play a scenario through the window; returns what was seen, sent and left open.

    ``windowless`` only changes the pace: without a screen nobody needs a pause. Raises
    InputRefused for a folder that is not a drill's, EnvironmentFailure ``uebung.*`` if the
    story cannot go on.
    """
    prepare_output(ausgabe)
    daten = ausgabe / "daten"
    with ExitStack() as stack:
        ti = stack.enter_context(SimulatedTi(daten))
        slot = open_slot(stack)
        desk = DrillDesk(daten, clock=SystemClock(), card_reader=slot.reader)
        desk.gedruckt = ausgabe / "papiere"
        desk.tempo = tempo
        result = _in_the_window(desk, ti, slot, szenario, ausgabe, 0.0 if windowless else SHOWN_PACE_S)
    result |= {"schema": "uebung", "version": 1, "szenario": szenario, "kartenleser": slot.text, "tempo": tempo}
    result["gelungen"] = _succeeded(result)
    write_output(ausgabe / RESULT, json.dumps(result, ensure_ascii=False, indent=1).encode())
    return result


def _succeeded(result: dict[str, Any]) -> bool:
    """The right diagnosis, nothing open or unclear, and every eAU at the fund exactly once."""
    belege, kasse = result["belege"], result["krankenkasse"]
    return (
        result["gesehen"]["diagnose"] == result["erwartet"]["diagnose"]
        and not belege.get("offen")
        and not belege.get("unklar")
        and kasse["wie_im_fenster"]
        and not kasse["konflikte"]
    )


def _in_the_window(
    desk: Desk, ti: SimulatedTi, slot: Any, szenario: str, ausgabe: Path, pace_s: float
) -> dict[str, Any]:
    from papierbruecke.uebung.story import Story, counts, delivered
    from papierbruecke.ui.application import open_main_window
    from papierbruecke.ui.typist import Typist

    window = open_main_window(desk)
    typist = Typist(window, ausgabe / "bilder", pace_s)
    try:
        told = Story(window, typist, ti, slot, ausgabe).play(szenario)
        arrived = ti.krankenkasse()
        at_the_fund = {e["dokumenten_id"].removeprefix("urn:uuid:") for e in arrived if e["zustand"] == "angenommen"}
        return told | {
            "belege": counts(window),
            "krankenkasse": {
                "angenommen": len(at_the_fund),
                "dubletten": sum(entry["dubletten"] for entry in arrived),
                "konflikte": sum(entry["konflikte"] for entry in arrived),
                "wie_im_fenster": at_the_fund == delivered(window),
            },
            "bilder": [path.name for path in typist.taken],
        }
    finally:
        window.close()
        sys.excepthook = sys.__excepthook__
