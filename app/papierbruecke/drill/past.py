"""The samples that a scenario's past would have left, so that ``lage`` gives its diagnosis at once.

They are copies of real answers of the simulated TI, dated back at the intervals at which the
program would have asked (design §6; intervals: ti-detection §5.1). Pure.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from papierbruecke.drill.model import Szenario
from papierbruecke.outage.model import Ergebnis, Messung


def past_samples(
    szenario: Szenario,
    normal: Collection[Messung],
    gestoert: Collection[Messung],
    now: datetime,
    takt_s: Mapping[str, float],
    takt_verdacht_s: Mapping[str, float],
) -> list[Messung]:
    """Every observation from the begin of the past until ``now``, oldest first.

    ``normal`` and ``gestoert``: one real round of probes each. ``takt_s``: seconds between two
    questions of a probe when all is well; ``takt_verdacht_s``: while something fails.
    """
    begin = now - timedelta(seconds=sum(abschnitt.dauer_s for abschnitt in szenario.vergangenheit))
    found: list[Messung] = []
    for abschnitt in szenario.vergangenheit:
        end = begin + timedelta(seconds=abschnitt.dauer_s)
        disturbed = abschnitt.zustand == "stoerung"
        for messung in gestoert if disturbed else normal:
            interval = timedelta(seconds=(takt_verdacht_s if disturbed else takt_s)[messung.probe])
            moment = begin
            while moment < end:
                found.append(messung.model_copy(update={"zeit": moment}))
                moment += interval
        if disturbed:
            found += _passive(szenario, begin, end)
        begin = end
    return sorted(found, key=lambda messung: messung.zeit)


def _passive(szenario: Szenario, begin: datetime, end: datetime) -> list[Messung]:
    return [
        Messung(
            probe="P15",
            ziel=passiv.ziel,
            zeit=begin + (end - begin) * (number + 1) / (passiv.anzahl + 1),
            ergebnis=Ergebnis.OK if passiv.schluessel is None else Ergebnis.FEHLER,
            schluessel=passiv.schluessel,
            dauer_ms=passiv.dauer_ms,
            daten=passiv.daten,
        )
        for passiv in szenario.passiv
        for number in range(passiv.anzahl)
    ]
