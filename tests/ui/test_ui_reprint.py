"""An AU once more: which copies, why, and what may stand on them (TA eAU P6-02 AK3, AK4)."""

import pytest
from pytestqt.qtbot import QtBot

import paper
from desk_twin import DeskTwin
from keyboard import Keyboard, settle
from papierbruecke.forms.issue_beleg import AUFTRAG, NACHDRUCK
from papierbruecke.ui.main_window import MainWindow

CODE = "J06.9"


@pytest.fixture
def written(desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    keys.press("F2")
    settle(window, qtbot)
    keys.press("F5")
    keys.text("+4")
    keys.press("Return")
    keys.text(CODE)
    keys.press("F9")
    settle(window, qtbot)
    keys.press("J")
    settle(window, qtbot)
    desk.printer_twin.printed.clear()
    keys.press("F8")
    window.outbox.again_button.click()


@pytest.mark.usefixtures("written")
def test_p6_02_ak4_only_the_copy_that_is_needed_and_the_employers_has_no_diagnosis(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    panel = window.outbox.reprint
    panel.reason.choose("beschädigt")
    keys.press("Return")
    for name in ("kk", "v"):  # by keys: blank takes the cross away, Enter goes on
        assert panel.copies.boxes[name].hasFocus()
        keys.press("Space")
        keys.press("Return")
    keys.press("F9")
    settle(window, qtbot)
    ((formular, pdf, titel),) = desk.printer_twin.printed
    (line,) = desk.belege()
    assert (formular, titel) == ("au", f"AU {line.belegnummer} ag")
    assert pdf == desk.store().seiten(line.kennung)["ag"], "the stored bytes, never a new rendering"
    text = paper.text_of(paper.pages(pdf)[0])
    assert "Ausfertigung zur Vorlage beim Arbeitgeber" in text
    assert CODE not in text
    assert CODE.encode() not in pdf
    assert "Arbeitgeber" in window.outbox.bar.strip.accessibleName()
    events = desk.store().events(line.kennung)
    assert [event.detail["seite"] for event in events if event.was == AUFTRAG] == ["kk", "v", "ag", "ag"]
    assert [event.detail["grund"] for event in events if event.was == NACHDRUCK] == ["beschädigt"]


@pytest.mark.usefixtures("written")
def test_without_a_copy_nothing_is_printed_and_the_next_time_all_three_are_meant(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    panel = window.outbox.reprint
    for box in panel.copies.boxes.values():
        box.setChecked(False)
    keys.press("F9")
    settle(window, qtbot)
    assert panel.isVisible()
    assert panel.copies.objection
    assert desk.printer_twin.printed == []
    keys.press("Esc")
    window.outbox.again_button.click()
    assert not panel.copies.objection
    keys.press("F9")
    settle(window, qtbot)
    assert [titel.split()[-1] for _, _, titel in desk.printer_twin.printed] == ["kk", "v", "ag"]


@pytest.mark.usefixtures("written")
def test_a_jam_after_the_choice_prints_the_same_choice_again(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    window.outbox.reprint.copies.boxes["kk"].setChecked(False)
    desk.printer_twin.gone = True
    keys.press("F9")
    settle(window, qtbot)
    desk.printer_twin.gone = False
    keys.press("N")
    settle(window, qtbot)
    assert [titel.split()[-1] for _, _, titel in desk.printer_twin.printed] == ["v", "ag"]
