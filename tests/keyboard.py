"""A person at the keyboard, for tests of the window: real key events and waiting without sleeping."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desk_twin import DeskTwin
from papierbruecke.crash import CrashReport
from papierbruecke.ui import theme
from papierbruecke.ui.background import Background
from papierbruecke.ui.crash_page import CrashPage
from papierbruecke.ui.main_window import MainWindow
from papierbruecke.ui.places import NAMES
from papierbruecke.ui.reception import FORMS
from papierbruecke.ui.setting_parts import PARTS

WAIT_MS = 20_000


class Keyboard:
    """Types as a person does, one key event per character, and counts them.

    (``qtbot.keyClicks`` aborts the process at the first letter outside ASCII.)
    """

    def __init__(self, window: QWidget, direct: bool = False) -> None:
        self._window = window
        self._direct = direct
        self.pressed = 0

    def _target(self) -> QWidget:
        return self._window if self._direct else QApplication.focusWidget() or self._window

    def on(self, window: QWidget) -> "Keyboard":
        """The same hands at another window, such as an open list."""
        return Keyboard(window, direct=True)

    def text(self, text: str) -> None:
        """Characters; they do not count into the budget of design §7 (medicine text)."""
        for char in text:
            self._send(0, Qt.KeyboardModifier.NoModifier, char)

    def press(self, key: str, *, repeat: bool = False) -> None:
        """One key or chord, written as in the key table (``F9``, ``Return``, ``Ctrl+N``)."""
        combination = QKeySequence(key)[0]
        self.pressed += 1
        text = key if len(key) == 1 else ""
        self._send(combination.key().value, combination.keyboardModifiers(), text, repeat)

    def _send(self, key: int, modifiers: Qt.KeyboardModifier, text: str, repeat: bool = False) -> None:
        target = self._target()
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, modifiers, text, repeat)
            QApplication.sendEvent(target, event)


def open_window(desk: DeskTwin, qtbot: QtBot, qapp: QApplication) -> MainWindow:
    theme.choose(qapp, theme.Look())
    background = Background(desk.close)
    made = MainWindow(desk, background)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    made.start()
    settle(made, qtbot)
    return made


def settle(window: MainWindow, qtbot: QtBot) -> None:
    """Until everything that was asked for is answered and shown."""
    qtbot.waitUntil(lambda: window.quiet, timeout=WAIT_MS)


def make_everything(window: MainWindow) -> None:
    """Every page and form, as if somebody had been everywhere."""
    for place in NAMES:
        window.places[place]
    for form in FORMS:
        window.reception.page(form)
    for part in range(len(PARTS)):
        window.setup.views[part]
    while window.help.read_on():
        pass
    window.reception.card.hand  # noqa: B018 (asking makes it)


def write_rezept(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    """A Muster 16 up to the question."""
    keys.press("F2")
    settle(window, qtbot)
    keys.text("Ramipril Test 5 mg")
    keys.press("Return")
    keys.press("Return")
    keys.text("1-0-0")
    keys.press("F9")
    settle(window, qtbot)


@pytest.fixture(autouse=True)
def bugs(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[CrashReport]]:
    """Every bug that any window showed on its crash page: a test must take out what it provoked."""
    found: list[CrashReport] = []
    show = CrashPage.show_report

    def note(page: CrashPage, report: CrashReport) -> None:
        found.append(report)
        show(page, report)

    monkeypatch.setattr(CrashPage, "show_report", note)
    yield found
    assert not found, "\n".join(report.trace for report in found)
