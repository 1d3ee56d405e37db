"""The window over a scripted desk, driven by real key events."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desk_twin import DeskTwin
from keyboard import Keyboard, open_window
from keyboard import bugs as bugs
from papierbruecke.ui.background import Background
from papierbruecke.ui.main_window import MainWindow


class Watchdog:
    """How long the main thread was busy at a stretch: with one key, or with one answer of a lane.

    Thread time, because the machine of a test run is shared. Printed, never asserted (design §10).
    """

    def __init__(self) -> None:
        self.worst: list[tuple[float, str]] = []

    def time(self, name: str, work: Callable[..., None]) -> Callable[..., None]:
        def timed(*given: Any, **named: Any) -> None:
            begin = time.thread_time()
            work(*given, **named)
            took = time.thread_time() - begin
            key = f" {given[1]}" if name == "Taste" else ""
            where = os.environ.get("PYTEST_CURRENT_TEST", "").split("::")[-1].split(" ")[0]
            self.worst = sorted([*self.worst, (took, f"{name}{key} in {where}")], reverse=True)[:5]

        return timed


WATCHDOG = Watchdog()


@pytest.fixture(autouse=True)
def watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Background, "_settle", WATCHDOG.time("Antwort", Background._settle))
    monkeypatch.setattr(Keyboard, "press", WATCHDOG.time("Taste", Keyboard.press))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The longest the window did not listen, over all tests of the window (aim: 50 ms)."""
    for took, what in WATCHDOG.worst:
        terminalreporter.write_line(f"window busy {took * 1000:.0f} ms: {what}")


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
