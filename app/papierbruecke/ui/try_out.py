"""Try one part of the set-up now; each answer is a sentence."""

from papierbruecke.card.model import KarteGelesen
from papierbruecke.outage.model import Ergebnis
from papierbruecke.ui.desk import Desk

PROBES = {"konnektor": ("konnektor",), "kim": ("kim",), "lage": ("lagebild", "internet")}


def print_page(desk: Desk) -> str:
    """The calibration page."""
    desk.print_calibration()
    return "In Ordnung: die Kalibrierseite ist beim Drucker. Bitte gegen ein Original halten."


def read_card(desk: Desk) -> str:
    """Whether a card can be read."""
    outcome = desk.read_card(warten_s=5.0)
    return "In Ordnung: die Karte wurde gelesen." if isinstance(outcome, KarteGelesen) else outcome.text


def ask(desk: Desk, targets: tuple[str, ...]) -> str:
    """What these counterparts answer."""
    answers = [m for m in desk.look().proben if m.ziel in targets]
    wrong = [m.befund or m.schluessel or "keine Antwort" for m in answers if m.ergebnis is Ergebnis.FEHLER]
    if wrong:
        return "Noch nicht: " + " ".join(dict.fromkeys(wrong))
    return "In Ordnung: die Gegenstelle antwortet." if answers else "Hier ist noch keine Adresse eingetragen."
