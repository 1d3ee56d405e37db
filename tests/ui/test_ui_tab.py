"""Tab reaches everything once, in the order in which one reads, and never stays caught."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desk_states import STATES
from keyboard import Keyboard
from papierbruecke.ui.main_window import MainWindow

MOST = 300


def reachable(window: QWidget) -> list[QWidget]:
    """What can take the cursor by Tab now."""
    found = []
    for widget in window.findChildren(QWidget):
        by_tab = widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value
        if by_tab and widget.isVisible() and widget.isEnabled() and widget.focusProxy() is None:
            found.append(widget)
    return found


def walk(keys: Keyboard, key: str, start: QWidget) -> list[QWidget]:
    """Where the cursor comes, until it is back."""
    start.setFocus()
    seen: list[QWidget] = []
    for _ in range(MOST):
        now = QApplication.focusWidget()
        assert now is not None
        if now in seen:
            break
        seen.append(now)
        keys.press(key)
    assert QApplication.focusWidget() is seen[0], f"caught between {[each.objectName() for each in seen[-3:]]}"
    return seen


def place(widget: QWidget) -> QRect:
    return QRect(widget.mapToGlobal(QPoint(0, 0)), widget.size())


@pytest.mark.parametrize("state", list(STATES))
def test_tab_reaches_everything_once_and_shift_tab_the_same_way_back(
    window: MainWindow, keys: Keyboard, qtbot: QtBot, state: str
) -> None:
    STATES[state](window, keys, qtbot)
    QApplication.processEvents()
    start = QApplication.focusWidget()
    assert start is not None
    forth = walk(keys, "Tab", start)
    missed = [widget.objectName() or type(widget).__name__ for widget in reachable(window) if widget not in forth]
    assert missed == []
    back = walk(keys, "Shift+Tab", start)
    assert [w.objectName() for w in back[1:]] == [w.objectName() for w in reversed(forth[1:])]
    upwards = [
        f"{before.objectName()} -> {after.objectName()}"
        for before, after in zip(forth, forth[1:], strict=False)
        if before.parentWidget() is after.parentWidget()
        and place(after).bottom() < place(before).top()
        and place(after).left() <= place(before).right()
    ]
    assert upwards == []
