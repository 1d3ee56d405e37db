"""Every caption and every button has a key: one of its own, or Alt and a letter that leads nowhere else."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QShortcutEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from desk_states import STATES
from desk_twin import DeskTwin
from keyboard import Keyboard, settle
from papierbruecke.ui.letters import assign, marked, plain, wished
from papierbruecke.ui.main_window import MainWindow
from papierbruecke.ui.mnemonics import EIGENE, TASTE, ZEILENWEISE, letters_of
from papierbruecke.ui.setting_parts import PARTS

WORDS = ("Name", "&Name", "&Ort", "Oß", "ÄÖ", "1. Zeile: a & b", "PLZ", "A", "&Ähnlich", "Nach&&name", "…", "Dr. Test")


def words_on_screen(window: QWidget) -> list[QLabel | QAbstractButton]:
    """Captions and buttons that can be seen and used, looked up without the help of the program."""
    captions = [made for made in window.findChildren(QLabel) if made.buddy() is not None]
    led_to = {made.buddy() for made in captions if made.isVisible()}
    buttons = [made for made in window.findChildren(QAbstractButton) if made.objectName() and made not in led_to]
    seen = [word for word in (*captions, *buttons) if word.isVisible() and word.text()]
    return [word for word in seen if not isinstance(word, QToolButton)]  # the places: keys of the table


def part_of(word: QWidget | None) -> str:
    while word is not None and word.objectName() not in EIGENE:
        word = word.parentWidget()
    return word.objectName() if word is not None else ""


class Told(QObject):
    """Keeps from a button that its letter was pressed, and remembers that it was."""

    last: QObject | None = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is not QEvent.Type.Shortcut:
            return False
        assert isinstance(event, QShortcutEvent)
        self.last = None if event.isAmbiguous() else watched
        return True


@pytest.mark.parametrize("state", list(STATES))
def test_every_letter_is_there_once_and_leads_there(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot, state: str
) -> None:
    """Real key events through the window of the system. That a button is meant counts; what it does is cut off."""
    STATES[state](window, keys, qtbot)
    QApplication.processEvents()
    start, here = window.focusWidget(), part_of(window.focusWidget())
    assert start is not None
    missing, letters, wrong = [], [], []
    told = Told(window)
    for word in words_on_screen(window):
        letter = wished(word.text())
        if word.property(TASTE):
            assert not letter, f"two keys for {word.text()}"
        elif part_of(word) != here:
            assert not letter, f"underlined, but it does not hold here: {word.text()}"
        elif not letter:
            missing += [word.text()] if not word.property(ZEILENWEISE) else []
        else:
            letters.append(letter)
            target = word.buddy() if isinstance(word, QLabel) else word
            assert target is not None
            if not target.isEnabled() or not letter.isascii():
                continue
            target.installEventFilter(told)
            target.blockSignals(isinstance(target, QAbstractButton))  # a caption presses its button
            start.setFocus()
            QTest.keyClick(window.windowHandle(), Qt.Key(ord(letter.upper())), Qt.KeyboardModifier.AltModifier)
            if not (told.last is word if isinstance(word, QAbstractButton) else target.hasFocus()):
                wrong.append((letter, plain(word.text())))
    assert (missing, wrong) == ([], [])
    assert sorted(letters) == sorted(set(letters))


def test_a_letter_means_the_line_of_the_cursor(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    page = window.reception.rezept
    for number in range(3):
        keys.press(f"Alt+{number + 1}")
        assert page.rows[number].mittel.edit.hasFocus()
        keys.text("Ramipril Test")
        QApplication.processEvents()
        keys.press("Alt+D")
        assert page.rows[number].dosierung.edit.hasFocus()
        keys.press("Alt+I")
        qtbot.waitUntil(page.rows[number].aut_idem.isChecked)
        assert sum(row.aut_idem.isChecked() for row in page.rows) == number + 1
    keys.press("Alt+2")
    QApplication.processEvents()
    keys.press("Alt+P")
    assert page.rows[1].pzn.edit.hasFocus()


def test_f3_goes_into_the_open_entry_and_from_there_back(window: MainWindow, keys: Keyboard) -> None:
    keys.press("F3")
    keys.text("Beisp")
    keys.press("F4")
    assert window.reception.card.entering
    keys.press("F3")
    assert window.reception.card.hand.nachname.edit.hasFocus()
    keys.press("F3")
    assert not window.reception.card.entering


def test_the_parts_of_the_set_up_turn_by_key(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    window.show_place("einstellungen")
    shown = []
    for _ in PARTS:
        shown.append(window.setup.views.at)
        keys.press("Ctrl+PgDown")
    assert shown == list(range(len(PARTS)))
    keys.press("Ctrl+PgUp")
    assert window.setup.views.at == len(PARTS) - 2


def test_letters_stay_when_somebody_comes_back(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    keys.press("F4")
    QApplication.processEvents()
    before = {plain(word.text()): letter for word, letter in letters_of(window).items()}
    for key in ("F3", "F5", "F8", "F11", "F4"):
        keys.press(key)
        settle(window, qtbot)
        QApplication.processEvents()
    assert {plain(word.text()): letter for word, letter in letters_of(window).items()} == before


def test_names_for_the_screen_reader_have_no_sign(window: MainWindow, keys: Keyboard) -> None:
    assert not [box.accessibleName() for box in window.findChildren(QCheckBox) if "&" in box.accessibleName()]


@given(st.lists(st.sampled_from(WORDS), max_size=34))
@example(["Name"] * 34)
def test_every_word_gets_a_letter_of_its_own(words: list[str]) -> None:
    (letters,) = assign([words])
    assert len(set(letters)) == len(words)
    for text, letter in zip(words, letters, strict=True):
        assert wished(marked(text, letter)) == letter
        assert plain(marked(text, letter)).startswith(plain(text))


def test_wishes_come_first_and_what_is_always_there_before_the_rest() -> None:
    assert assign([["Drucken"], ["&Dauer", "Datum"]]) == [["r"], ["d", "a"]]
    assert assign([["Ja"], ["Jahr"]]) == [["j"], ["a"]]
    assert assign([["A", "AB"]]) == [["a", "b"]]
    assert assign([["A", "A"]]) == [["a", "b"]], "behind the words if it is none of theirs"
    assert marked("A", "b") == "A (&B)"
    assert marked("Muster & Test", "t") == "Muster && &Test"
