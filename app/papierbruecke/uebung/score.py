"""How the drill went: seconds per Muster 16, and what was forgotten (pure over the store of the drill)."""

from datetime import datetime
from statistics import median

from papierbruecke.outbox.model import Spalte
from papierbruecke.outbox.store import BelegStore
from papierbruecke.pdf.flow import Fluss, Spaltenkopf
from papierbruecke.reconcile.ledger import Abgleich, Zeile
from papierbruecke.record.model import BelegArt
from papierbruecke.redact import PatientValue

GOAL_S = 60  # design §1: go on treating patients within a minute
_ABGLEICH = (Spaltenkopf("Beleg", 36, mono=True), Spaltenkopf("Patient", 50), Spaltenkopf("Was noch zu tun war", 88))


class Wertung(PatientValue):
    """The score. ``sekunden``: per Muster 16, from the patient before (or the begin) to the good print."""

    sekunden: tuple[int, ...]
    belege: int
    vergessen: tuple[Zeile, ...]
    dauer_s: int

    @property
    def bestanden(self) -> bool:
        """Nothing forgotten, and at least one paper was written."""
        return bool(self.belege) and not self.vergessen

    def lines(self) -> list[str]:
        """In words."""
        if self.sekunden:
            middle = round(median(self.sekunden))
            words = "gut, unter einer Minute" if middle <= GOAL_S else "Ziel ist unter einer Minute"
            times = f"Ein Rezept dauerte im Mittel {middle} Sekunden ({words}); das längste {max(self.sekunden)}."
        else:
            times = "Es wurde kein Rezept fertig gedruckt."
        forgotten = (
            "Nichts wurde vergessen."
            if not self.vergessen
            else f"{len(self.vergessen)} von {self.belege} Belegen sind noch nicht erledigt."
        )
        return [times, forgotten if self.belege else "Es wurde nichts ausgestellt."]


def score(store: BelegStore, abgleich: Abgleich, begin: datetime, end: datetime) -> Wertung:
    """What the store of the drill tells."""
    ready: list[tuple[datetime, bool]] = []
    for line in store.find():
        done = [e.zeit for e in store.events(line.kennung) if e.zustand is not None and e.zustand.value == "gedruckt"]
        if done:
            ready.append((done[0], line.art is BelegArt.REZEPT))
    before, seconds = begin, []
    for moment, pink in sorted(ready):
        if pink:
            seconds.append(round((moment - before).total_seconds()))
        before = moment
    rows = [row for each in abgleich.stoerungen for row in each.zeilen]
    forgotten = tuple(row for row in rows if row.spalte in (Spalte.OFFEN, Spalte.UNKLAR))
    return Wertung(
        sekunden=tuple(seconds),
        belege=len(rows),
        vergessen=forgotten,
        dauer_s=round((end - begin).total_seconds()),
    )


def render_score(wertung: Wertung, szenario: str, tag: datetime) -> bytes:
    """The drill report as PDF, marked ÜBUNG."""
    flow = Fluss("Übungsbericht", kopf=f"Szenario {szenario}", fuss=f"Übung vom {tag:%d.%m.%Y}", uebung=True)
    middle = f"{round(median(wertung.sekunden))} s" if wertung.sekunden else "–"
    flow.tiles(
        [
            (middle, "je Rezept, im Mittel"),
            (str(wertung.belege), "Belege"),
            (str(len(wertung.vergessen)), "vergessen"),
            (f"{round(wertung.dauer_s / 60)} min", "Dauer"),
        ]
    )
    flow.heading("Ergebnis")
    for line in wertung.lines():
        flow.paragraph(line)
    if wertung.vergessen:
        flow.heading("Was vergessen wurde")
        rows = [(z.beleg.belegnummer, z.beleg.patient, z.noch_zu_tun or z.satz) for z in wertung.vergessen]
        flow.table(_ABGLEICH, rows)
    flow.lines_to_sign(("Datum", "Wer geübt hat", "Wer es gesehen hat"))
    return flow.as_bytes()
