"""A card that arrives never takes the cursor, nor the page, from somebody who is typing (design §7)."""

import threading

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desk_twin import DeskTwin, card
from keyboard import Keyboard, settle
from papierbruecke.card.model import Kartenergebnis
from papierbruecke.ui.main_window import MainWindow


class Slot:
    """A reader whose card comes when the test says so."""

    def __init__(self, desk: DeskTwin, monkeypatch: pytest.MonkeyPatch) -> None:
        self.arrives = threading.Event()
        monkeypatch.setattr(desk, "read_card", self._read)

    def _read(self, **_: object) -> Kartenergebnis:
        assert self.arrives.wait(20)
        return card()


@pytest.fixture
def slot(desk: DeskTwin, monkeypatch: pytest.MonkeyPatch) -> Slot:
    return Slot(desk, monkeypatch)


def test_a_form_that_is_being_typed(slot: Slot, window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    keys.press("F2")
    keys.text("Ibuprofen T")
    before = QApplication.focusWidget()
    slot.arrives.set()
    settle(window, qtbot)
    assert QApplication.focusWidget() is before
    keys.text("est")
    assert window.reception.rezept.rows[0].mittel.text() == "Ibuprofen Test"
    assert window.reception.card.patient is not None


def test_an_entry_by_hand_begun_while_waiting_goes_on(
    slot: Slot, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    panel = window.reception.card
    keys.press("F2")
    keys.press("F3")
    keys.text("Beisp")
    before = QApplication.focusWidget()
    slot.arrives.set()
    settle(window, qtbot)
    assert panel.entering
    assert panel.patient is None, "F3 said: by hand"
    assert QApplication.focusWidget() is before
    keys.text("iel")
    assert panel.hand.nachname.text() == "Beispiel"


def test_an_entry_by_hand_typed_on_after_f2_is_asked_first(
    slot: Slot, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    panel = window.reception.card
    keys.press("F3")
    keys.text("Bei")
    keys.press("F2")
    keys.text("spiel")
    before = QApplication.focusWidget()
    slot.arrives.set()
    settle(window, qtbot)
    assert panel.entering
    assert QApplication.focusWidget() is before
    assert panel.hand.nachname.text() == "Beispiel"
    assert "F2" in window.reception.hint.text
    assert window.reception.hint.isVisible()
    keys.press("F2")
    settle(window, qtbot)
    assert not panel.entering
    assert panel.patient is not None
    assert panel.patient.herkunft == "karte"
