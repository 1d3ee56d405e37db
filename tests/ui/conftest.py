"""The window over a scripted desk, driven by real key events."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desk_twin import DeskTwin
from keyboard import Keyboard, open_window
from papierbruecke.ui.main_window import MainWindow


@pytest.fixture
def desk(tmp_path: Path) -> DeskTwin:
    return DeskTwin(tmp_path / "platz")


@pytest.fixture
def window(desk: DeskTwin, qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
    made = open_window(desk, qtbot, qapp)
    yield made
    desk.printer_twin.gate.set()
    for step in desk.steps:
        step.set()
    made.close()
    QApplication.clipboard().clear()


@pytest.fixture
def keys(window: MainWindow) -> Keyboard:
    return Keyboard(window)
