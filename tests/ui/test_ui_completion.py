"""Medicines and diagnoses as one types, and "wie beim letzten Mal" (AVWG P3-625, P3-430)."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication
from pytestqt.qtbot import QtBot

from desk_twin import DeskTwin, card
from keyboard import Keyboard, settle, write_rezept
from papierbruecke.card.model import Versicherter
from papierbruecke.record.model import RezeptEingabe
from papierbruecke.ui.main_window import MainWindow

OWN_LIST = """form;name;staerke;darreichung;packung;norm;pzn;betaeubungsmittel
pzn;Ramipril Probe;5 mg;Tabl.;100 St;N3;01234562;
wirkstoff;Metformin Probe;1000 mg;Filmtabl.;180 St;;;
pzn;Morphin Probe;10 mg;Tabl.;20 St;N1;07654325;ja
"""


def choose(keys: Keyboard, popup: QAbstractItemView | None, start: str, qtbot: QtBot) -> None:
    """Arrow down to the line that begins so, and Enter."""
    assert popup is not None
    qtbot.waitUntil(popup.isVisible)
    while not str(popup.currentIndex().data() or "").startswith(start):
        keys.press("Down")
    keys.press("Return")


@pytest.fixture
def own_list(desk: DeskTwin, tmp_path: Path) -> None:
    path = tmp_path / "mittel.csv"
    path.write_text(OWN_LIST, encoding="utf-8")
    assert desk.suggestions().import_medicines(path) == 3


@pytest.mark.usefixtures("own_list")
def test_a_medicine_of_the_own_list_comes_with_all_it_is(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    page = window.reception.rezept
    row = page.rows[0]
    row.mittel.edit.setFocus()
    keys.text("ramip")
    qtbot.waitUntil(lambda: bool(row.known.offered))
    choose(keys, row.known.popup, "Ramipril", qtbot)
    assert row.pzn.text() == "01234562"
    assert row.dosierung.edit.hasFocus()
    assert not row.dosierung.text(), "the dosage is decided anew each time"
    (position,) = page.eingabe().rezept.positionen
    assert (position.form, position.staerke, position.norm) == ("pzn", "5 mg", "N3")
    row.mittel.edit.setText("Ramipril Probe anders")
    assert page.eingabe().rezept.positionen[0].staerke is None, "changed by hand: nothing of the list is claimed"


@pytest.mark.usefixtures("own_list")
def test_a_narcotic_of_the_own_list_stays_refused_also_after_a_crash(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    page = window.reception.rezept
    row = page.rows[0]
    row.mittel.edit.setFocus()
    keys.text("morphin")
    qtbot.waitUntil(lambda: bool(row.known.offered))
    choose(keys, row.known.popup, "Morphin", qtbot)
    for _ in range(2):
        befund = desk.check_rezept(page.eingabe())
        assert any(einwand.feld.endswith("betaeubungsmittel") for einwand in befund.einwaende)
        page.restore(page.draft())


def test_what_was_written_before_is_offered_in_an_empty_line(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    write_rezept(window, keys, qtbot)
    keys.press("J")
    settle(window, qtbot)
    row = window.reception.rezept.rows[0]
    row.mittel.edit.setFocus()
    keys.press("Down")
    qtbot.waitUntil(lambda: row.known.offered == ["Ramipril Test 5 mg"])


def test_the_same_again_only_for_the_same_person(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    page = window.reception.rezept
    write_rezept(window, keys, qtbot)
    keys.press("J")
    settle(window, qtbot)
    assert not page.again.isVisible(), "nobody is there"
    other = Versicherter(nachname="Beispiel", vorname="Bodo", geburtsdatum="1970-01-01", versicherten_id="B123456782")
    desk.cards = [card(**other.model_dump()), card()]
    keys.press("F2")
    settle(window, qtbot)
    assert not page.again.isVisible()
    keys.press("Ctrl+N")
    keys.press("F2")
    settle(window, qtbot)
    qtbot.waitUntil(page.again.isVisible)
    page.again.click()
    written: RezeptEingabe = page.eingabe()
    assert [(p.form, p.dosierung) for p in written.rezept.positionen] == [("freitext", "1-0-0")]
    assert page.bar.main_button.hasFocus(), "nothing is printed before somebody looked"


def test_a_code_is_found_by_its_beginning(desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    path = desk.daten / "icd.txt"
    desk.key()
    fields = ["4", "T", "X", "10", "J00", "J06.9", "J06.9", "J069", "Akute Infektion der oberen Atemwege, Probe"]
    path.write_text(";".join([*fields, *[""] * 21]) + "\n", encoding="utf-8")
    assert desk.suggestions().import_icd(path) == 1
    keys.press("F5")
    page = window.reception.au
    page.diagnosen[0].edit.setFocus()
    keys.text("atemw")
    qtbot.waitUntil(lambda: bool(page.codes[0].offered))
    choose(keys, page.codes[0].popup, "J06.9", qtbot)
    keys.text(" V")
    assert [(d.icd, d.sicherheit) for d in page.eingabe().au.diagnosen] == [("J06.9", "V")]


@pytest.mark.usefixtures("own_list")
def test_whoever_types_goes_on_typing_over_the_open_list(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    row = window.reception.rezept.rows[0]
    row.mittel.edit.setFocus()
    keys.text("ramip")
    qtbot.waitUntil(lambda: row.known.popup is not None and row.known.popup.isVisible())
    assert QApplication.activePopupWidget() is None, "nothing takes the keys"
    assert row.mittel.edit.hasFocus()
    keys.text("ril T")
    assert row.mittel.text() == "ramipril T"
    keys.press("Return")
    assert row.pzn.edit.hasFocus(), "no line was marked: Enter goes on and takes nothing"
    assert row.mittel.text() == "ramipril T"
    assert row.known.popup is not None
    assert not row.known.popup.isVisible()


@pytest.mark.usefixtures("own_list")
def test_esc_closes_the_list_and_nothing_else(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    row = window.reception.rezept.rows[0]
    row.mittel.edit.setFocus()
    keys.text("ramip")
    qtbot.waitUntil(lambda: row.known.popup is not None and row.known.popup.isVisible())
    assert row.known.popup is not None
    keys.press("Down")
    assert "Ramipril" in row.mittel.edit.accessibleDescription(), "told to whoever does not see the list"
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Escape)
    assert not row.known.popup.isVisible()
    assert row.mittel.edit.hasFocus()
    assert row.mittel.text() == "ramip"
    assert row.mittel.edit.accessibleDescription() == ""
