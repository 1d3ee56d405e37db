"""For every pair of eyes and hands: names and roles, buddies, focus."""

import re

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QDropEvent
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
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desk_twin import ARVATO, picture
from keyboard import Keyboard, make_everything, settle, write_rezept
from papierbruecke import resources
from papierbruecke.outage.model import Dienst
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


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    """What a screen reader is told to say, and whether it interrupts; none listens here."""
    said: list[tuple[str, bool]] = []
    urgent = QAccessible.AnnouncementPoliteness.Assertive

    def hear(event: QAccessibleAnnouncementEvent) -> None:
        said.append((event.message(), event.politeness() is urgent))

    monkeypatch.setattr(QAccessible, "updateAccessibility", hear)
    return said


def test_a_change_of_the_banner_is_said_once(window: MainWindow, heard: list[tuple[str, bool]]) -> None:
    broken = picture(ARVATO, Dienst.EREZEPT, Dienst.KIM)
    window.show_lage(broken)
    window.show_lage(broken)
    ((said, urgent),) = heard
    assert window.banner.headline.text() in said
    assert "Zuständig" in said
    assert urgent


def test_refused_fields_say_what_they_want(
    window: MainWindow, keys: Keyboard, heard: list[tuple[str, bool]], qtbot: QtBot
) -> None:
    keys.press("F5")
    keys.press("F9")
    settle(window, qtbot)
    page = window.reception.au
    assert any("Karte lesen" in text and urgent for text, urgent in heard), "what no single field can mend"
    refused = [field for field in (page.bis, *page.diagnosen) if field.objection]
    assert refused
    for field in refused:
        told = QAccessible.queryAccessibleInterface(field.edit)
        assert told is not None
        assert told.text(QAccessible.Text.Description) == field.objection
    assert page.bis.edit.hasFocus(), "the reader reads name and description of the field with the cursor"


def test_the_question_after_printing_is_said(
    window: MainWindow, keys: Keyboard, heard: list[tuple[str, bool]], qtbot: QtBot
) -> None:
    write_rezept(window, keys, qtbot)
    assert any("Ist das Blatt richtig gedruckt?" in text for text, _ in heard)


def test_the_columns_of_every_table_have_names(window: MainWindow) -> None:
    for table in window.findChildren(QTableView):
        model = table.model()
        heads = [model.headerData(at, Qt.Orientation.Horizontal) for at in range(model.columnCount())]
        spoken = [
            model.headerData(at, Qt.Orientation.Horizontal, Qt.ItemDataRole.AccessibleTextRole)
            for at in range(len(heads))
        ]
        assert all(head or said for head, said in zip(heads, spoken, strict=True)), (table.objectName(), heads)
