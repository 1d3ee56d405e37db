"""Nothing that arrived is invisible: every settled mail has a word, every useless one its reason."""

import re
from pathlib import Path

import pytest

import stores
from papierbruecke.clock import SetClock
from papierbruecke.resubmit import settle_answers
from papierbruecke.resubmit.status_mails import _GRUND, _SATZ, FREMD, status_mails

SOURCE = Path(settle_answers.__file__).read_text(encoding="utf-8")


def test_every_note_of_the_settling_has_german_words() -> None:
    notes = {text.split(" ")[0] for text in re.findall(r'return f?"([a-z][^"{]+)"?', SOURCE)}
    assert {"fremd", "zugestellt", "lesebestaetigung", "fehlernachricht", "clientmodul"} <= notes
    assert notes <= set(_SATZ) | {FREMD}


@pytest.mark.parametrize(
    ("was", "satz", "quarantined"),
    [
        ("zugestellt", "Zustellbestätigung", False),
        ("clientmodul 4004, x17", "Fehlermeldung des KIM-Clientmoduls (4004, x17)", False),
        ("clientmodul ohne eigene Sendung", "Fehlermeldung des KIM-Clientmoduls", True),
        ("zustellnachricht ohne eigene Sendung", "Zustellnachricht", True),
        ("fehlernachricht ohne eigene Sendung", "Fehlernachricht einer Krankenkasse", True),
        ("fehlernachricht zu einem erledigten Beleg", "Fehlernachricht einer Krankenkasse", True),
        ("fehlgeschlagen, aber schon zugestellt", "Zustellung fehlgeschlagen", True),
        ("lesebestaetigung ohne eigene Sendung", "Lesebestätigung", True),
    ],
)
def test_a_mail_says_what_it_is_and_why_it_changed_nothing(was: str, satz: str, quarantined: bool) -> None:
    store = stores.memory(SetClock(stores.MORGENS))
    store.remember_mails({"eins": was, "zwei": "fremd"})
    box = status_mails(store)
    (mail,) = box.mails
    assert mail.satz == satz
    assert (mail.grund is not None) is quarantined
    assert box.quarantaene == quarantined
    assert box.fremde == 1
    assert satz in box.lines()[0]


def test_every_reason_is_one_that_the_settling_writes() -> None:
    assert all(key in SOURCE for key in _GRUND)


def test_an_empty_box_says_so() -> None:
    box = status_mails(stores.memory(SetClock(stores.MORGENS)))
    assert box.lines() == ["Im KIM-Postfach wurde noch nichts gelesen."]
