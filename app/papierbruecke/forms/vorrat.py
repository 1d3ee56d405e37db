"""How much pre-printed paper is left? Counted down with every use, so that nobody finds an empty tray.

Only a counter that a person set; what is really in the tray only a person sees. Two forms come
pre-printed: the pink original of Muster 16 that we print on, and Muster 5 (Abrechnungsschein)
that the patient signs in the Ersatzverfahren. Source: domain sheets forms §7.2, reconciliation §3.3, §12.
"""

from typing import Literal, NamedTuple, Protocol, get_args

from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.redact import Value

Vordruck = Literal["muster16", "muster5"]
"""The forms that are counted; everything else is drawn on white paper."""
VORDRUCKE: tuple[Vordruck, ...] = get_args(Vordruck)
Aenderung = Literal["nachgefuellt", "verdorben", "gezaehlt", "warnen_ab"]
"""What a person says of the paper: so many were added, so many are spoilt, so many are there, warn from here."""
MAX_SHEETS = 100_000  # more is a typing error
WARNEN_AB = 20


class _Worte(NamedTuple):
    einzahl: str
    mehrzahl: str


_WORTE: dict[Vordruck, _Worte] = {
    "muster16": _Worte("rosa Rezept", "rosa Rezepte"),
    "muster5": _Worte("Vordruck Muster 5", "Vordrucke Muster 5"),
}


class Bestand(Value):
    """What is left of one form: ``anzahl`` sheets, and from which number on a warning is due."""

    vordruck: Vordruck
    anzahl: int
    warnen_ab: int

    @property
    def knapp(self) -> bool:
        """Whether it is time to order."""
        return self.anzahl <= self.warnen_ab

    @property
    def stand(self) -> str:
        """How many there are, as a sentence."""
        return f"Nach dem Zähler {_are_left(self.anzahl, self.vordruck, '')} da."

    @property
    def hinweis(self) -> str | None:
        """The sentence for the desk; None = enough."""
        if not self.knapp:
            return None
        if self.anzahl == 0:
            words = _WORTE[self.vordruck].mehrzahl
            return f"Nach dem Zähler sind keine {words} mehr da. Bitte nachsehen und nachfüllen."
        return f"Nach dem Zähler {_are_left(self.anzahl, self.vordruck, 'noch ')} da. Bitte nachbestellen."


def not_counted(vordruck: Vordruck) -> str:
    """What to say of a form that nobody counts yet."""
    return f"{_WORTE[vordruck].mehrzahl} zählt hier noch niemand."


def _are_left(anzahl: int, vordruck: Vordruck, noch: str) -> str:
    words = _WORTE[vordruck]
    return f"ist {noch}1 {words.einzahl}" if anzahl == 1 else f"sind {noch}{anzahl} {words.mehrzahl}"


class Vorrat(Protocol):
    """Where the counters are kept; belongs to the lane of its file."""

    def bestand(self, vordruck: Vordruck) -> Bestand | None:
        """The counter of a form; None = nobody counts it."""

    def fill(self, bestand: Bestand, wer: str) -> None:
        """A person counted: from now on this holds."""

    def take(self, vordruck: Vordruck, blaetter: int) -> None:
        """So many sheets were used (negative: added); a counter never falls below zero."""


def note_change(vorrat: Vorrat, vordruck: Vordruck, was: Aenderung, zahl: int, wer: str) -> Bestand:
    """What a person says of the paper; returns what is left by the counter now.

    Sheets that a print spoilt are counted already, because every print takes one: ``verdorben``
    is for those that never saw a print job (crumpled, fed double, voided by hand). Raises
    InputRefused for a number out of range, and for a counter that nobody has set yet.
    """
    if not 0 <= zahl <= MAX_SHEETS:
        raise InputRefused((Einwand("blaetter", "Eingabe", f"Möglich sind 0 bis {MAX_SHEETS}."),))
    before = vorrat.bestand(vordruck)
    if was == "gezaehlt":
        warnen_ab = before.warnen_ab if before is not None else WARNEN_AB
        vorrat.fill(Bestand(vordruck=vordruck, anzahl=zahl, warnen_ab=warnen_ab), wer)
    elif before is None:
        text = "Bitte zuerst zählen, wie viele Blätter jetzt da sind."
        raise InputRefused((Einwand("blaetter", "Eingabe", text),))
    elif was == "warnen_ab":
        vorrat.fill(before.model_copy(update={"warnen_ab": zahl}), wer)
    else:
        vorrat.take(vordruck, -zahl if was == "nachgefuellt" else zahl)
    after = vorrat.bestand(vordruck)
    assert after is not None, "a counter that was just set"
    return after
