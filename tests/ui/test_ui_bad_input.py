"""Bad input on every form (issue: "Bad input"): nothing breaks, nothing is lost, each field says what it wants."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from desk_states import STATES
from desk_twin import ARVATO, DeskTwin, picture
from keyboard import Keyboard, settle
from papierbruecke.outage.model import Dienst
from papierbruecke.outbox.model import Zustand
from papierbruecke.ui.fields import MAX_CHARACTERS, Field
from papierbruecke.ui.main_window import MainWindow

PAGE_OF_TEXT = "Sehr geehrte Frau Beispiel,\nanbei der Befund.\t" * 120
BAD = {"500": "x" * 500, "emoji": "Erika 😀", "greek": "Ωmega"}


def write_rezept_fields(keys: Keyboard) -> None:
    keys.press("F4")
    keys.text("Ramipril Test")
    keys.press("Return")
    keys.press("Return")
    keys.text("1-0-0")


def write_au(keys: Keyboard) -> None:
    keys.press("F5")
    keys.text("27.11.")
    keys.press("Return")
    keys.text("J06.9")


def write_slip(keys: Keyboard) -> None:
    keys.press("F6")
    keys.press("Return")


FORMS = {"rezept": write_rezept_fields, "au": write_au, "ersatzschein": write_slip}
each_form = pytest.mark.parametrize("form", list(FORMS))
each_key = pytest.mark.parametrize("key", ["F4", "F5", "F6", "F3"])


def edits(window: MainWindow, key: str) -> list[QLineEdit]:
    """The fields that can be written in after this key."""
    page = window.reception.card.hand if key == "F3" else window.reception.form
    found = [edit for edit in page.findChildren(QLineEdit) if edit.objectName() and edit.isVisible()]
    assert found
    return found


@each_form
def test_keys_hammered_during_a_print_answer_nothing(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot, form: str
) -> None:
    keys.press("F2")
    settle(window, qtbot)
    FORMS[form](keys)
    desk.printer_twin.gate.clear()
    keys.press("F9")
    for _ in range(10):
        for key in ("J", "V", "Return", "F9", "Space", "N", "F12", "J", "Esc", "Ctrl+N", "F2"):
            keys.press(key)
    desk.printer_twin.gate.set()
    settle(window, qtbot)
    assert [line.zustand for line in desk.belege()] == [Zustand.ERFASST]
    assert len(desk.printer_twin.printed) == (3 if form == "au" else 1)  # an AU is three sheets
    assert window.reception.form.bar.question == "Ist das Blatt richtig gedruckt?"
    window.reception.form.bar.strip.setFocus()
    keys.press("J")
    settle(window, qtbot)
    assert desk.belege()[0].zustand is Zustand.GEDRUCKT


@each_form
def test_f12_in_the_middle_loses_nothing(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot, form: str
) -> None:
    window.show_lage(picture(ARVATO, Dienst.EREZEPT, Dienst.KIM))
    keys.press("F2")
    settle(window, qtbot)
    FORMS[form](keys)
    before, written = QApplication.focusWidget(), window.reception.form.draft()
    assert before is not None
    keys.press("F12")
    keys.press("F9")  # to paper
    settle(window, qtbot)
    assert window.reception.form.draft() == written
    assert QApplication.focusWidget() is before
    keys.press("F9")
    settle(window, qtbot)
    assert window.reception.form.bar.question == "Ist das Blatt richtig gedruckt?"
    keys.press("F12")
    keys.press("F12")
    keys.press("J")
    settle(window, qtbot)
    assert [line.zustand for line in desk.belege()] == [Zustand.GEDRUCKT]


@each_key
def test_a_pasted_page_becomes_one_line_and_is_refused(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot, key: str
) -> None:
    keys.press("F2")
    settle(window, qtbot)
    keys.press(key)
    QApplication.clipboard().setText(PAGE_OF_TEXT)
    for edit in edits(window, key):
        edit.setFocus()
        edit.selectAll()
        keys.press("Ctrl+V")
        assert len(edit.text()) <= MAX_CHARACTERS
    keys.press("F9")
    settle(window, qtbot)
    assert desk.belege() == []
    assert window.place == "empfang"
    page = window.reception.card.hand if key == "F3" else window.reception.form
    fields = page.findChildren(Field)
    assert not any("\n" in field.text() for field in fields)
    assert any(field.objection for field in fields)


@each_key
@pytest.mark.parametrize("bad", list(BAD))
def test_what_cannot_be_printed_is_told_at_its_field(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot, key: str, bad: str
) -> None:
    keys.press("F2")
    settle(window, qtbot)
    keys.press(key)
    if key == "F4":
        write_rezept_fields(keys)
    edit = edits(window, key)[0]
    edit.setFocus()
    edit.clear()
    keys.text(BAD[bad])
    keys.press("F9")
    settle(window, qtbot)
    page = window.reception.card.hand if key == "F3" else window.reception.form
    told = [field.objection for field in page.findChildren(Field) if field.edit is edit]
    assert told
    whole = "" if key == "F3" else window.reception.form.objections.text  # what no single field can mend
    assert told[0] or whole, "the field says what it wants"
    assert edit.text() == BAD[bad], "what was typed stays, to be mended"
    assert desk.belege() == []


@pytest.mark.parametrize("name", ["au_bis", "au_seit", "au_festgestellt", "hand_geburtsdatum", "mappe_tag"])
@pytest.mark.parametrize("text", ["morgen", "32.13.2026", "x" * 500, "29.02.2026"])
def test_text_in_a_date_says_how_a_date_is_written(
    window: MainWindow, keys: Keyboard, qtbot: QtBot, name: str, text: str
) -> None:
    keys.press({"au": "F5", "hand": "F3", "mappe": "Ctrl+M"}[name.split("_")[0]])
    settle(window, qtbot)
    edit = window.findChild(QLineEdit, name)
    assert isinstance(edit, QLineEdit)
    edit.setFocus()
    keys.text(text)
    act: Callable[[], None] = lambda: keys.press("F9")
    if name.startswith("mappe"):
        act = window.mappe.capture
    act()
    settle(window, qtbot)
    (field,) = [field for field in window.findChildren(Field) if field.edit is edit]
    assert "27.11.2026" in field.objection or "TT.MM.JJJJ" in field.objection
    assert edit.text() == text


@each_key
def test_a_dropped_file_leaves_nothing(window: MainWindow, keys: Keyboard, qtbot: QtBot, key: str) -> None:
    keys.press(key)
    foreign = QMimeData()
    foreign.setUrls([QUrl.fromLocalFile("/tmp/fremd.exe")])
    for target in (*edits(window, key), window):
        drop = QDropEvent(
            QPointF(3, 3), Qt.DropAction.CopyAction, foreign, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(target, drop)
        assert not target.acceptDrops()
    assert not any("fremd" in edit.text() for edit in edits(window, key))


def test_an_item_that_is_too_long_for_its_sheet_names_the_field_that_is(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    keys.press("F2")
    settle(window, qtbot)
    page = window.reception.rezept
    line = page.rows[0]
    for field, told in (
        (line.mittel, "Der Text der Verordnung ist zu lang"),
        (line.dosierung, "Die Dosierung ist zu lang"),
    ):
        line.mittel.set_text("Testmittel")
        line.dosierung.set_text("1-0-0")
        field.set_text("sehr langer Text " * 20)
        keys.press("F9")
        settle(window, qtbot)
        assert [f.objection.startswith(told) for f in line.fields] == [f is field for f in line.fields]
        assert page.objections.text == ""
        assert QApplication.focusWidget() is field.edit
    assert desk.belege() == []


@pytest.mark.parametrize("state", list(STATES))
def test_every_field_of_every_page_bears_anything(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot, state: str
) -> None:
    """A pasted page, an emoji, a foreign file, F12 and the main action in the middle: no field loses or breaks."""
    STATES[state](window, keys, qtbot)
    foreign = QMimeData()
    foreign.setUrls([QUrl.fromLocalFile("/tmp/fremd.exe")])
    written: dict[str, str] = {}
    fields = [edit for edit in window.findChildren(QLineEdit) if edit.isVisible() and edit.isEnabled()]
    for edit in fields:
        for text in (PAGE_OF_TEXT, "Erika 😀"):
            edit.setFocus()
            edit.selectAll()
            QApplication.clipboard().setText(text)
            keys.press("Ctrl+V")
            assert len(edit.text()) <= min(edit.maxLength(), MAX_CHARACTERS), edit.objectName()
        drop = QDropEvent(
            QPointF(3, 3), Qt.DropAction.CopyAction, foreign, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(edit, drop)
        assert "fremd" not in edit.text(), edit.objectName()
        written[edit.objectName()] = edit.text()
    assert not any("\n" in field.text() for field in window.findChildren(Field))
    settle(window, qtbot)
    place, focus = window.place, QApplication.focusWidget()
    if place != "betriebsart":  # there F12 means: change nothing
        keys.press("F12")
        keys.press("F12")
        assert window.place == place
        assert QApplication.focusWidget() is focus
    assert {edit.objectName(): edit.text() for edit in fields} == written
    before = desk.belege()
    if fields:
        keys.press("F9")
        settle(window, qtbot)
    assert desk.belege() == before, "nothing of this is stored"
