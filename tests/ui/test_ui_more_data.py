"""The optional data of the Ersatzverfahren by hand (KVDT P2-400 Tabelle 5): all of them, nothing invented, nothing lost."""

import dataclasses
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desk_twin import MORGENS, DeskTwin
from keyboard import Keyboard, settle
from papierbruecke.card.model import Anschrift, KarteGelesen, Postfach
from papierbruecke.ui.date_entry import parse_birthday
from papierbruecke.ui.hand_entry import HandEntry
from papierbruecke.ui.main_window import MainWindow
from papierbruecke.ui.more_data import MoreData


def card_with(desk: DeskTwin, person: dict[str, Any], cover: dict[str, Any]) -> None:
    (given,) = desk.cards
    assert isinstance(given, KarteGelesen)
    daten = given.daten.model_copy(
        update={
            "versicherter": given.daten.versicherter.model_copy(update=person),
            "versicherung": given.daten.versicherung.model_copy(update=cover),
        }
    )
    desk.cards = [dataclasses.replace(given, daten=daten)]


@pytest.fixture
def hand(window: MainWindow) -> HandEntry:
    return window.reception.card.hand


def test_every_optional_field_goes_onto_the_slip_by_keys(
    desk: DeskTwin, window: MainWindow, hand: HandEntry, keys: Keyboard, qtbot: QtBot
) -> None:
    keys.press("F2")
    settle(window, qtbot)
    for key in ("F6", "Return", "F3"):
        keys.press(key)
    hand.more_button.click()  # Alt+W
    for text in ("van", "Freiherr", "Hinterhaus", "a", "12"):
        keys.text(text)
        keys.press("Return")
    hand.more.personengruppe.choose("09")
    hand.more.dmp.edit.setFocus()
    for text in ("05", "38", "31.12.2026"):
        hand.window().focusWidget().clear()  # type: ignore[union-attr]  # a line of text has the focus
        keys.text(text)
        keys.press("Return")
    settle(window, qtbot)
    patient = window.reception.card.patient
    assert patient is not None
    assert patient.herkunft == "hand"
    person, cover = patient.versicherter, patient.versicherung
    assert (person.vorsatzwort, person.namenszusatz) == ("van", "Freiherr")
    assert person.anschrift is not None
    assert (person.anschrift.zusatz, person.anschrift.land) == ("Hinterhaus", "A")
    assert person.postfach is not None
    assert (person.postfach.postfach, person.postfach.plz) == ("12", person.anschrift.plz)
    assert (cover.personengruppe, cover.dmp, cover.wop, cover.ende) == ("09", "05", "38", "2026-12-31")


def test_the_field_that_is_typed_in_is_always_seen(
    window: MainWindow, hand: HandEntry, keys: Keyboard, qtbot: QtBot
) -> None:
    keys.press("F3")
    hand.more_button.click()
    settle(window, qtbot)
    edit = hand.more.ende.edit
    assert edit.visibleRegion().boundingRect().height() < edit.height(), "the column is longer than the window"
    for _ in range(8):
        keys.press("Return")
    assert QApplication.focusWidget() is edit
    qtbot.waitUntil(lambda: edit.visibleRegion().boundingRect().height() == edit.height())


def test_without_them_the_defaults_hold_and_nothing_is_invented(hand: HandEntry) -> None:
    patient = hand.patient(MORGENS)
    assert (patient.versicherung.personengruppe, patient.versicherung.dmp, patient.versicherung.wop) == (None,) * 3
    assert patient.versicherter.postfach is None
    assert patient.versicherter.anschrift is not None
    assert patient.versicherter.anschrift.land == "D"


def test_what_the_card_knows_beyond_the_form_is_shown_and_kept(
    desk: DeskTwin, window: MainWindow, hand: HandEntry, keys: Keyboard, qtbot: QtBot
) -> None:
    box = Postfach(postfach="1234", plz="50001", ort="Köln")
    card_with(desk, {"vorsatzwort": "von", "postfach": box}, {"personengruppe": "06", "dmp": "01"})
    keys.press("F2")
    settle(window, qtbot)
    keys.press("F3")
    assert hand.more.isHidden(), "folded until it is asked for"
    folded = hand.patient(MORGENS)
    assert (folded.versicherter.vorsatzwort, folded.versicherter.postfach) == ("von", box)
    assert (folded.versicherung.personengruppe, folded.versicherung.dmp, folded.versicherung.wop) == ("06", "01", "72")
    hand.more_button.click()
    assert hand.more.vorsatzwort.text() == "von"
    assert hand.patient(MORGENS) == folded


def test_a_person_with_a_post_box_only_needs_no_street(
    desk: DeskTwin, window: MainWindow, hand: HandEntry, keys: Keyboard, qtbot: QtBot
) -> None:
    box = Postfach(postfach="1234", plz="50001", ort="Köln")
    card_with(desk, {"anschrift": None, "postfach": box}, {})
    keys.press("F2")
    settle(window, qtbot)
    keys.press("F3")
    assert (hand.plz.text(), hand.ort.text()) == ("50001", "Köln")
    hand.ok.click()
    settle(window, qtbot)
    patient = window.reception.card.patient
    assert patient is not None
    assert (patient.herkunft, patient.versicherter.anschrift, patient.versicherter.postfach) == ("hand", None, box)


def filled(hand: HandEntry, desk: DeskTwin) -> None:
    (given,) = desk.cards
    assert isinstance(given, KarteGelesen)
    person = given.daten.versicherter.model_copy(
        update={"vorsatzwort": "von", "anschrift": Anschrift(plz="12345", zusatz="Hinterhaus")}
    )
    hand.fill(person, given.daten.versicherung.model_copy(update={"dmp": "01", "personengruppe": "06"}))


@pytest.mark.parametrize("opened", [False, True])
def test_another_name_and_another_fund_keep_nothing(hand: HandEntry, desk: DeskTwin, opened: bool) -> None:
    filled(hand, desk)
    hand.nachname.set_text("Probe")
    hand.ik.set_text("109500969")
    hand.more_button.setChecked(opened)
    patient = hand.patient(MORGENS)
    assert patient.versicherter.vorsatzwort is None
    assert patient.versicherter.anschrift is not None
    assert patient.versicherter.anschrift.zusatz is None
    assert (patient.versicherung.dmp, patient.versicherung.personengruppe, patient.versicherung.wop) == (None,) * 3


def test_what_was_typed_counts_also_when_it_is_folded_again(hand: HandEntry, desk: DeskTwin) -> None:
    filled(hand, desk)
    hand.nachname.set_text("Probe")
    hand.more_button.setChecked(True)
    hand.more.vorsatzwort.set_text("zu")
    hand.more_button.setChecked(False)
    assert hand.patient(MORGENS).versicherter.vorsatzwort == "zu"
    hand.clear()
    assert hand.empty
    hand.more_button.setChecked(True)
    hand.more.dmp.set_text("02")
    hand.more_button.setChecked(False)
    assert hand.patient(MORGENS).versicherung.dmp == "02"


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("dmp", "99", "Erlaubt sind 00 bis 12"),
        ("wop", "x", "zwei Ziffern"),
        ("land", "Österreich", "Großbuchstaben"),
        ("ende", "31.12.26", "vierstelligem Jahr"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_unfolds_it(
    window: MainWindow, hand: HandEntry, keys: Keyboard, qtbot: QtBot, field: str, text: str, words: str
) -> None:
    keys.press("F2")
    settle(window, qtbot)
    keys.press("F3")
    getattr(hand.more, field).set_text(text)
    hand.ok.click()
    settle(window, qtbot)
    assert hand.more_button.isChecked()
    assert words in getattr(hand.more, field).objection
    assert window.reception.card.entering


@pytest.mark.parametrize(
    ("typed", "meant"), [("00.05.1984", "1984-05"), ("00.00.1984", "1984"), ("0.5.1984", None), ("00.13.1984", None)]
)
def test_p2_430_unknown_parts_of_a_birth_date_may_be_written_as_00(typed: str, meant: str | None) -> None:
    assert parse_birthday(typed) == meant


def test_every_field_has_a_name_for_the_screen_reader(qtbot: QtBot) -> None:
    more = MoreData()
    qtbot.addWidget(more)
    names = [control.focusProxy().accessibleName() for control in more.controls if control.focusProxy() is not None]
    assert len(names) == len(more.controls)
    assert all(names)
    assert len(set(names)) == len(names)
