"""How much special paper is left? Counted down with every print, so that nobody finds an empty tray.

Only a counter that a person set; what is really in the tray only a person sees.
"""

from typing import Protocol

from papierbruecke.redact import Value


class Bestand(Value):
    """What is left of one form: ``anzahl`` sheets, and from which number on a warning is due."""

    formular: str
    anzahl: int
    warnen_ab: int

    @property
    def knapp(self) -> bool:
        """Whether it is time to order."""
        return self.anzahl <= self.warnen_ab

    @property
    def hinweis(self) -> str | None:
        """The sentence for the desk; None = enough."""
        if not self.knapp:
            return None
        if self.anzahl == 0:
            return "Nach dem Zähler sind keine rosa Rezepte mehr da. Bitte nachsehen und nachfüllen."
        return f"Nach dem Zähler sind noch {self.anzahl} rosa Rezepte da. Bitte nachbestellen."


class Vorrat(Protocol):
    """Where the counters are kept; belongs to the lane of its file."""

    def bestand(self, formular: str) -> Bestand | None:
        """The counter of a form; None = nobody counts it."""

    def fill(self, bestand: Bestand, wer: str) -> None:
        """A person counted: from now on this holds."""

    def take(self, formular: str, blaetter: int) -> None:
        """So many sheets went into the printer; a counter never falls below zero."""
