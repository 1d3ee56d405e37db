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
    arten: tuple[BelegArt, ...] = ()
    auf_papier: bool = False  # a Störung was declared
    noch_auf_papier: bool = False  # and nobody ended it

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

    def tiles(self) -> list[tuple[str, str]]:
        """The four figures."""
        middle = f"{round(median(self.sekunden))} s" if self.sekunden else "–"
        return [
            (middle, "je Rezept, im Mittel"),
            (str(self.belege), "Belege"),
            (str(len(self.vergessen)), "vergessen"),
            (f"{round(self.dauer_s / 60)} min", "Dauer"),
        ]

    def good(self) -> list[str]:
        """What went well; there is always something."""
        found = []
        if self.sekunden and median(self.sekunden) <= GOAL_S:
            middle = round(median(self.sekunden))
            found.append(f"Ein Rezept war im Mittel nach {middle} Sekunden fertig. Das ist schnell.")
        if len(self.sekunden) > 1 and self.sekunden[-1] < self.sekunden[0]:
            first, last = self.sekunden[0], self.sekunden[-1]
            found.append(f"Das letzte Rezept ging schneller als das erste: {last} statt {first} Sekunden.")
        if self.belege and not self.vergessen:
            found.append("Nichts wurde vergessen: Jeder Beleg ist erledigt.")
        elif self.belege > len(self.vergessen):
            found.append(f"{self.belege - len(self.vergessen)} von {self.belege} Belegen sind schon ganz erledigt.")
        if self.auf_papier and not self.noch_auf_papier:
            found.append("Auf Papier umgestellt und wieder zurück: die Betriebsart sitzt.")
        elif self.auf_papier:
            found.append("Rechtzeitig auf Papier umgestellt.")
        return found or ["Das Fenster ist jetzt bekannt. Damit fängt es an."]

    def to_practise(self) -> list[str]:
        """What is worth another try, with its keys."""
        found = []
        if not self.auf_papier:
            found.append("Die Betriebsart umstellen: F12, dann F9.")
        if BelegArt.REZEPT not in self.arten:
            found.append("Ein Rezept bis zum fertigen Blatt: F2 Karte, F4 Rezept, F9 drucken, J.")
        elif not self.sekunden or median(self.sekunden) > GOAL_S:
            found.append("Schneller schreiben: Enter führt von Feld zu Feld, Pfeil ab zeigt Vorschläge.")
        if BelegArt.AU not in self.arten:
            found.append("Eine Krankschreibung: F5, zum Beispiel +4, Diagnose, F9.")
        if self.noch_auf_papier:
            found.append("Die Störung beenden, sobald die TI wieder läuft: F12, dann F9.")
        if self.vergessen:
            found.append("Am Ende aufräumen: F8 zeigt, was noch offen ist; Enter tut, was am Ende der Zeile steht.")
        return found or ["Nichts Bestimmtes. In drei Monaten noch einmal spielen, damit es so bleibt."]


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
    declared = [each.stoerung for each in abgleich.stoerungen if not each.stoerung.einzelfaelle]
    rows = [row for each in abgleich.stoerungen for row in each.zeilen]
    forgotten = tuple(row for row in rows if row.spalte in (Spalte.OFFEN, Spalte.UNKLAR))
    return Wertung(
        sekunden=tuple(seconds),
        belege=len(rows),
        vergessen=forgotten,
        dauer_s=round((end - begin).total_seconds()),
        arten=tuple(sorted({row.beleg.art for row in rows})),
        auf_papier=bool(declared),
        noch_auf_papier=any(each.in_papier() for each in declared),
    )


def render_score(wertung: Wertung, szenario: str, tag: datetime) -> bytes:
    """The drill report as PDF, marked ÜBUNG."""
    flow = Fluss("Übungsbericht", kopf=f"Szenario {szenario}", fuss=f"Übung vom {tag:%d.%m.%Y}", uebung=True)
    flow.tiles(wertung.tiles())
    flow.heading("Ergebnis")
    for line in wertung.lines():
        flow.paragraph(line)
    if wertung.sekunden:
        flow.paragraph(f"Sekunden je Rezept, der Reihe nach: {', '.join(map(str, wertung.sekunden))}.")
    for title, points in (("Was gut war", wertung.good()), ("Was sich zu üben lohnt", wertung.to_practise())):
        flow.heading(title)
        for point in points:
            flow.paragraph(f"•  {point}")
    if wertung.vergessen:
        flow.heading("Was vergessen wurde")
        rows = [(z.beleg.belegnummer, z.beleg.patient, z.noch_zu_tun or z.satz) for z in wertung.vergessen]
        flow.table(_ABGLEICH, rows)
    flow.lines_to_sign(("Datum", "Wer geübt hat", "Wer es gesehen hat"))
    return flow.as_bytes()
