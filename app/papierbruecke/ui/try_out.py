"""Try one part of the set-up now; each answer is a sentence."""

from collections.abc import Callable

from papierbruecke.card.model import KarteGelesen
from papierbruecke.outage.model import Ergebnis
from papierbruecke.ui.desk import Desk

PROBES = {"konnektor": ("konnektor",), "kim": ("kim",), "lage": ("lagebild", "internet")}
GOOD = "In Ordnung"


def print_page(desk: Desk) -> str:
    """The calibration page."""
    desk.print_calibration()
    return f"{GOOD}: die Kalibrierseite ist beim Drucker. Bitte gegen ein Original halten."


def print_test_page(desk: Desk) -> str:
    """A page like an AU, marked as a drill, on the printer of the AU."""
    desk.print_test_page()
    return f"{GOOD}: die Testseite ist beim Drucker der AU. Alle vier Ränder müssen zu sehen sein."


def check_reader(desk: Desk) -> str:
    """Whether the chosen reader is there; needs no card."""
    found = desk.check_reader(desk.settings.karten.leser)
    return found.text if found.code is not None else f"{GOOD}: {found.text}"


def read_card(desk: Desk) -> str:
    """Whether a card can be read."""
    outcome = desk.read_card(warten_s=5.0)
    return f"{GOOD}: die Karte wurde gelesen." if isinstance(outcome, KarteGelesen) else outcome.text


def check_kim(desk: Desk) -> str:
    """Whether name and password of the KIM account are right."""
    if not desk.settings.kim.smtp_host:
        return "Hier ist noch keine Adresse eingetragen."
    desk.check_kim()
    return f"{GOOD}: die Anmeldung zum Senden und zum Empfangen gelingt. Es wurde nichts gesendet."


def ask(desk: Desk, targets: tuple[str, ...]) -> str:
    """What these counterparts answer."""
    answers = [m for m in desk.look().proben if m.ziel in targets]
    wrong = [m.befund or m.schluessel or "keine Antwort" for m in answers if m.ergebnis is Ergebnis.FEHLER]
    if wrong:
        return "Noch nicht: " + " ".join(dict.fromkeys(wrong))
    return f"{GOOD}: die Gegenstelle antwortet." if answers else "Hier ist noch keine Adresse eingetragen."


def work_of(name: str, desk: Desk) -> tuple[str, Callable[[], str]]:
    """The lane and the work of one test (``setting_parts.Part.tests``)."""
    tests: dict[str, tuple[str, Callable[[], str]]] = {
        "kalibrierung": ("print", lambda: print_page(desk)),
        "testseite": ("print", lambda: print_test_page(desk)),
        "leser": ("card", lambda: check_reader(desk)),
        "karte": ("card", lambda: read_card(desk)),
        "kim_konto": ("probe", lambda: check_kim(desk)),
    }
    return tests[name] if name in tests else ("probe", lambda: ask(desk, PROBES[name]))
