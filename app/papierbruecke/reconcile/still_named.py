"""Which unfinished Belege name a doctor or a Betriebsstätte? Asked before one of them is removed.

The content of a Beleg is frozen, so removing somebody changes no paper; but what is still to be
sent, corrected or posted needs the doctor and the place that it was written for (design §2, §3).
"""

from papierbruecke.outbox.model import FERTIG, Zustand
from papierbruecke.outbox.store import Outbox


def still_named(store: Outbox, *, lanr: str | None = None, bsnr: str | None = None) -> tuple[str, ...]:
    """Belegnummern of open or unclear Belege with this LANR (also as responsible doctor) or BSNR."""
    found = []
    for line in store.find(zustaende=frozenset(Zustand) - FERTIG):
        beleg = store.get(line.kennung)
        if beleg is None:
            continue
        inhalt = beleg.inhalt
        doctors = {inhalt.arzt.lanr, inhalt.verantwortlich.lanr if inhalt.verantwortlich else None}
        if (lanr and lanr in doctors) or (bsnr and inhalt.betriebsstaette.bsnr == bsnr):
            found.append(line.belegnummer)
    return tuple(found)
