"""What a drain achieved: counts, one line per Beleg, and what the practice should know."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from papierbruecke.outbox.model import Uebersicht, Zustand
from papierbruecke.resubmit.texts import ZUSTAND_SATZ

OFFEN_NICHTS = "Elektronisch ist nichts mehr offen."
GENANNT = 4  # so many Belege are named where a list stands below
_GUT = frozenset({Zustand.SIGNIERT, Zustand.GESENDET, Zustand.ZUGESTELLT})


@dataclass(frozen=True, slots=True)
class Ergebniszeile:
    """One Beleg that moved or that needs somebody; no patient data, the number is enough."""

    belegnummer: str
    zustand: Zustand
    satz: str


@dataclass(frozen=True, slots=True)
class DrainErgebnis:
    """The answer of ``nachversand``. ``offen`` counts what is owed and not confirmed yet, doubt included."""

    zeilen: tuple[Ergebniszeile, ...]
    hinweise: tuple[str, ...]
    schritte: dict[str, int]  # zugestellt, gesendet, signiert, … in this run
    offen: int
    unklar: int
    abgebrochen: bool = False
    belegt: bool = False  # another program is draining right now; nothing was done

    @property
    def finished(self) -> bool:
        """Whether nothing that is owed electronically waits any more."""
        return not (self.offen or self.belegt)

    def followed_by(self, later: "DrainErgebnis") -> "DrainErgebnis":
        """This run and what was learned while waiting afterwards, as one answer."""
        zeilen = {z.belegnummer: z for z in (*self.zeilen, *later.zeilen)}
        return DrainErgebnis(
            zeilen=tuple(zeilen.values()),
            hinweise=tuple(dict.fromkeys(self.hinweise + later.hinweise)),
            schritte=dict(Counter(self.schritte) + Counter(later.schritte)),
            offen=later.offen,
            unklar=later.unklar,
            abgebrochen=self.abgebrochen or later.abgebrochen,
            belegt=self.belegt,
        )

    def as_dict(self) -> dict[str, Any]:
        """The JSON answer of the command."""
        return {
            "fertig": self.finished,
            "abgebrochen": self.abgebrochen,
            "belegt": self.belegt,
            "offen": self.offen,
            "unklar": self.unklar,
            "schritte": self.schritte,
            "belege": [{"belegnummer": z.belegnummer, "zustand": z.zustand.value, "satz": z.satz} for z in self.zeilen],
            "hinweise": list(self.hinweise),
        }

    def lines(self) -> list[str]:
        """The same for people."""
        if self.belegt:
            return list(self.hinweise)
        return [*(f"{z.belegnummer}  {z.satz}" for z in self.zeilen), *self._summary()]

    def short_lines(self) -> list[str]:
        """For the window, where the list has every Beleg: who needs somebody, then how it went."""
        if self.belegt:
            return list(self.hinweise)
        wanted = [z for z in self.zeilen if z.zustand not in _GUT or z.satz != ZUSTAND_SATZ[z.zustand]]
        told = [f"{z.belegnummer}  {z.satz}" for z in wanted[:GENANNT]]
        more = len(wanted) - GENANNT
        if more > 0:
            told.append(f"Und {more} weitere; in der Liste steht, was zu tun ist.")
        return [*told, *self._summary()]

    def _summary(self) -> list[str]:
        done = ", ".join(f"{count} {name}" for name, count in self.schritte.items())
        lines = [f"In diesem Lauf: {done}." if done else "In diesem Lauf war nichts zu senden."]
        if self.abgebrochen:
            lines.append("Angehalten. Was noch wartet, bleibt gespeichert und wird beim nächsten Mal gesendet.")
        lines.append(f"Elektronisch noch offen: {self.offen}." if self.offen else OFFEN_NICHTS)
        return lines + list(self.hinweise)


@dataclass(slots=True)
class Journal:
    """Collects what happens during one run."""

    zeilen: dict[str, Ergebniszeile] = field(default_factory=dict)
    hinweise: dict[str, None] = field(default_factory=dict)
    schritte: Counter[str] = field(default_factory=Counter)

    def moved(self, zeile: Uebersicht, satz: str | None = None) -> None:
        """A Beleg reached a state; the newest line per Beleg stays."""
        text = satz or ZUSTAND_SATZ[zeile.zustand]
        self.zeilen[zeile.belegnummer] = Ergebniszeile(zeile.belegnummer, zeile.zustand, text)
        self.schritte[zeile.zustand.value.replace("_", " ")] += 1

    def left(self, zeile: Uebersicht, satz: str) -> None:
        """A Beleg stays where it is, for this reason."""
        self.zeilen[zeile.belegnummer] = Ergebniszeile(zeile.belegnummer, zeile.zustand, satz)

    def hint(self, text: str) -> None:
        """Something for the whole run; said once."""
        self.hinweise[text] = None
