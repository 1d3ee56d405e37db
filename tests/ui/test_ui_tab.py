"""Tab reaches everything once, in the order in which one reads, and never stays caught."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desk_states import STATES
from keyboard import Keyboard
from papierbruecke.ui.main_window import MainWindow
from papierbruecke.ui.today_list import TodayEntry

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


def group(widget: QWidget) -> QWidget | None:
    """The card, or what scrolls in it: inside, one reads from top to bottom in each column."""
    above = widget.parentWidget()
    while above is not None and above.property("flaeche") != "karte" and above.objectName() != "rolle":
        above = above.parentWidget()
    return above


def is_above(after: QRect, before: QRect) -> bool:
    """Whether the cursor jumps up within its column."""
    return after.bottom() < before.top() and after.left() <= before.right() and before.left() <= after.right()


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
        for before, after in pairwise(forth)
        if group(before) is group(after) is not None and is_above(place(after), place(before))
    ]
    assert upwards == []
    assert bar_last(window, forth)


def bar_last(window: MainWindow, forth: list[QWidget]) -> bool:
    """The bar with the main action lies below everything else of its page, and Tab comes to it last.

    The entry by hand is a column of its own, made when somebody first needs it: F3 goes there and back.
    """
    top = forth.index(window.banner.mode_button) if window.banner.mode_button in forth else 0
    page = window.places.currentWidget()
    inside = [w for w in (*forth[top:], *forth[:top]) if page is not None and page.isAncestorOf(w)]
    names = [w.objectName() for w in inside]
    behind = inside[names.index("haupt") + 1 :] if "haupt" in names else []
    return all(isinstance(w, TodayEntry) or w.objectName().startswith("hand_") for w in behind)
