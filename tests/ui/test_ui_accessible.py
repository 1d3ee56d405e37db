"""For every pair of eyes and hands: names and roles, buddies, focus."""

import re

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QAccessible, QDropEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QScrollBar,
    QWidget,
)

from keyboard import Keyboard, make_everything
from papierbruecke import resources
from papierbruecke.ui.main_window import MainWindow

CONTROLS = (QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QAbstractItemView, QProgressBar)


@pytest.fixture
def window(window: MainWindow) -> MainWindow:
    """A window in which somebody was everywhere."""
    make_everything(window)
    return window


def controls(window: MainWindow) -> list[QWidget]:
    found = [w for kind in CONTROLS for w in window.findChildren(kind)]
    # Without a name of ours: parts that Qt makes itself (the list of a drop-down, the corner of a table).
    return [w for w in found if w.objectName() and not w.objectName().startswith("qt_")]


def test_every_control_tells_its_name_and_role(window: MainWindow) -> None:
    nameless = []
    for widget in controls(window):
        told = QAccessible.queryAccessibleInterface(widget)
        assert told is not None
        role = told.role()
        if not told.text(QAccessible.Text.Name).strip() or role in (QAccessible.Role.NoRole, QAccessible.Role.Client):
            nameless.append((type(widget).__name__, widget.objectName(), role))
    assert nameless == []


def test_every_caption_leads_to_its_field(window: MainWindow) -> None:
    captions = [made for made in window.findChildren(QLabel) if made.property("stil") == "beschriftung"]
    lost = [made.text() for made in captions if made.buddy() is None and made.property("nur_ueberschrift") != "ja"]
    assert len(captions) > 60
    assert lost == []


def test_every_control_shows_that_it_has_the_focus() -> None:
    sheet = (resources.folder() / "theme" / "desk.qss").read_text(encoding="utf-8")
    for kind in ("QPushButton", "QToolButton", "QLineEdit", "QComboBox", "QCheckBox", "QRadioButton", "QPlainTextEdit"):
        rules = re.findall(rf"{kind}:focus[^{{]*\{{([^}}]*)\}}", sheet)
        assert rules, kind
        assert all("3px solid" in rule for rule in rules), kind
    assert re.search(r"QTableView[^{]*:focus[^{]*\{[^}]*3px solid", sheet)


def test_a_file_dropped_on_a_field_leaves_nothing(window: MainWindow, keys: Keyboard) -> None:
    keys.text("Ramipril")
    foreign = QMimeData()
    foreign.setUrls([QUrl.fromLocalFile("/tmp/fremd.exe")])
    for edit in window.findChildren(QLineEdit):
        assert not edit.acceptDrops(), edit.objectName()
        drop = QDropEvent(
            QPointF(3, 3), Qt.DropAction.CopyAction, foreign, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(edit, drop)
        assert "fremd" not in edit.text()
    assert window.reception.rezept.rows[0].mittel.text() == "Ramipril"


def test_nothing_scrolls_sideways(window: MainWindow) -> None:
    bars = [bar for bar in window.findChildren(QScrollBar) if bar.orientation() is Qt.Orientation.Horizontal]
    assert not any(bar.isVisible() for bar in bars)
