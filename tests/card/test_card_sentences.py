"""No sentence about a card says the same thing twice; the desk reads each of them with a patient in front of it."""

import re
from datetime import date, timedelta

import pytest

from cards import HEUTE, own_card, own_cards
from papierbruecke.card import hindernis
from papierbruecke.card.hindernis import Hindernis
from papierbruecke.card.model import KarteGelesen
from papierbruecke.card.read_card import read_card
from papierbruecke.drill.chip_reader import ChipReader
from papierbruecke.ui.patient import refused_lines
from papierbruecke.ui.texts import NICHT_VERWENDBAR

ONCE = {
    "the card does not hold": r"gilt (\w+ )*nicht|gelten (\w+ )*nicht|(?<!un)gültig|ungültig",
    "nothing was taken over": r"(nichts|nicht) übernommen",
    "go on by hand": r"\bF3\b",
    "who decides": r"entscheide",
    "treat": r"\bbehandel|Behandlung",
    "plug it in again": r"neu stecken|wieder anstecken",
    "the cable": r"USB-Kabel",
    "not recognisable offline": r"nicht erkennbar",
    "no proof": r"Nachweis|Versicherungsnachweis",
}
HINDERNISSE = [value for value in vars(hindernis).values() if isinstance(value, Hindernis)]


def doubled(text: str) -> list[str]:
    """What is said more than once: by meaning, and every sentence word for word."""
    sentences = [part.strip() for part in re.split(r"(?<=[.!?])\s+|\n", text) if part.strip()]
    same = [part for part in set(sentences) if sentences.count(part) > 1]
    return same + [name for name, pattern in ONCE.items() if len(re.findall(pattern, text, re.I)) > 1]


def test_the_rule_itself_finds_what_it_is_for() -> None:
    assert doubled("Die Karte gilt heute nicht. Diese Karte ist heute nicht gültig.") == ["the card does not hold"]
    assert doubled("Bitte stecken. Bitte stecken.") == ["Bitte stecken."]


@pytest.mark.parametrize("found", HINDERNISSE, ids=lambda found: f"{found.code} {found.text[:30]}")
def test_no_reason_says_a_thing_twice(found: Hindernis) -> None:
    assert doubled(found.text) == []
    assert found.text.endswith(".")


def test_every_reason_of_the_room_is_asked() -> None:
    assert len(HINDERNISSE) >= 20


@pytest.mark.parametrize("card", [path.stem for path in own_cards()])
@pytest.mark.parametrize(
    "tag", [HEUTE, date(1950, 1, 1), HEUTE + timedelta(days=36_500)], ids=["now", "before", "after"]
)
def test_no_card_that_was_read_says_a_thing_twice(card: str, tag: date) -> None:
    outcome = read_card(ChipReader(own_card(card)), heute=tag, mit_gvd=True)
    if not isinstance(outcome, KarteGelesen):
        assert doubled(outcome.text) == []
        return
    assert doubled("\n".join(warnung.text for warnung in outcome.daten.warnungen)) == []
    if not outcome.daten.verwendbar:
        shown = "\n".join((*refused_lines(outcome.daten), NICHT_VERWENDBAR))
        assert doubled(shown) == []
        assert "gilt heute nicht" in shown
