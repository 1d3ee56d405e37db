"""The pink paper: a warning before the tray is empty, and a line to say what was filled up or spoilt."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desk_twin import DeskTwin
from keyboard import Keyboard, settle, write_rezept
from papierbruecke.ui.main_window import MainWindow
from papierbruecke.wiring import Desk


class CountingDesk(DeskTwin):
    """Here the paper is counted, in its own file."""

    vorrat = Desk.vorrat  # type: ignore[assignment]


@pytest.fixture
def desk(tmp_path: Path) -> DeskTwin:
    return CountingDesk(tmp_path / "platz")


def write_down(keys: Keyboard, window: MainWindow, was: str, number: str, qtbot: QtBot) -> None:
    """Open the line, choose by arrow, Enter, number, Enter."""
    panel = window.reception.rezept.stock
    panel.open_button.click()
    while panel.was.value() != was:
        keys.press("Down")
    keys.press("Return")
    keys.text(number)
    keys.press("Return")
    settle(window, qtbot)


def test_the_counter_is_set_filled_up_and_falls_by_keys(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    page = window.reception.rezept
    assert not page.stock.isVisible(), "what nobody counts takes no place"
    write_down(keys, window, "nachgefuellt", "50", qtbot)
    assert "zuerst zählen" in page.stock.zahl.objection
    page.stock.open_button.click()
    write_down(keys, window, "gezaehlt", "22", qtbot)
    assert not page.stock.isVisible(), "22 is enough"
    write_rezept(window, keys, qtbot)
    assert not page.stock.isVisible()
    keys.press("V")  # spoilt: the second print takes another sheet
    settle(window, qtbot)
    keys.press("N")
    settle(window, qtbot)
    keys.press("J")
    settle(window, qtbot)
    assert "noch 20 rosa Rezepte" in page.stock.hint.text
    assert page.stock.isVisible()
    write_down(keys, window, "verdorben", "1", qtbot)
    assert "noch 19 rosa Rezepte" in page.stock.hint.text
    write_down(keys, window, "nachgefuellt", "100", qtbot)
    assert not page.stock.isVisible()
    left = desk.bestand("muster16")
    assert left is not None
    assert left.anzahl == 119
    assert [e.detail["was"] for e in desk.store().events() if e.was == "vorrat"] == [
        "gezaehlt",
        "verdorben",
        "nachgefuellt",
    ]


@pytest.mark.parametrize("typed", ["", "viele", "-5", "1,5", "²", "٣"])
def test_what_is_no_number_is_said_at_the_field(window: MainWindow, keys: Keyboard, qtbot: QtBot, typed: str) -> None:
    write_down(keys, window, "gezaehlt", typed, qtbot)
    panel = window.reception.rezept.stock
    assert "Bitte eine Zahl" in panel.zahl.objection
    assert panel.zahl.edit.hasFocus()


def test_the_warning_is_there_at_the_start_and_writing_goes_on(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    desk.note_vorrat("muster16", "gezaehlt", 0, "test")
    window.reception.rezept.set_settings(desk.settings, "test")
    settle(window, qtbot)
    assert "keine rosa Rezepte mehr" in window.reception.rezept.stock.hint.text
    write_rezept(window, keys, qtbot)
    assert len(desk.printer_twin.printed) == 1, "a counter never stands between a patient and the paper"
