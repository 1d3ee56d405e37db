"""The window over a data folder that was copied: it stays closed until a person says that it moved."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QThread, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from papierbruecke.commands.answer import DONE, ENVIRONMENT
from papierbruecke.errors import EnvironmentFailure
from papierbruecke.ui.application import run
from papierbruecke.ui.main_window import MainWindow
from papierbruecke.wiring import Desk

# The offscreen platform says this of every window of a fixed size; a real desktop does not.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def moved(tmp_path: Path, qtbot: QtBot) -> Desk:
    home = Desk(tmp_path / "daten", passphrase="geheim")
    home.store().note(None, "test", "sk")
    home.close()
    shutil.copytree(tmp_path / "daten", tmp_path / "kopie")
    return Desk(tmp_path / "kopie", passphrase="geheim")


def answering(label: str) -> tuple[QTimer, list[str]]:
    """Presses this button of the question, then closes the window that opens; tells what was read."""
    read: list[str] = []

    def look() -> None:
        shown = QApplication.activeModalWidget()
        if isinstance(shown, QMessageBox):
            read.append(shown.text())
            next(button for button in shown.buttons() if label in button.text()).click()
        for window in QApplication.topLevelWidgets():
            if isinstance(window, MainWindow) and QThread.currentThread().loopLevel() == 1:
                window.close()

    timer = QTimer(interval=20)
    timer.timeout.connect(look)
    timer.start()
    return timer, read


def test_without_a_word_it_stays_closed(moved: Desk) -> None:
    timer, read = answering("Nicht")
    assert run(moved) == ENVIRONMENT
    timer.stop()
    assert len(read) == 1
    assert "zweimal" in read[0]
    with pytest.raises(EnvironmentFailure):
        moved.check_place()


def test_with_the_word_of_a_person_it_opens_and_the_history_knows(moved: Desk) -> None:
    timer, read = answering("weiterarbeiten")
    assert run(moved) == DONE
    timer.stop()
    assert len(read) == 1
    assert "ordner.uebernommen" in [event.was for event in moved.store().events()]
    moved.close()
