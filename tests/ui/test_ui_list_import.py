"""Own medicines, ICD-10-GM and favourites come in by the window: counts, stopping, and the desk goes on."""

import threading
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desk_twin import DeskTwin
from keyboard import Keyboard, settle, write_rezept
from papierbruecke.practice.import_file import PROGRESS_EVERY
from papierbruecke.settings import Einstellungen
from papierbruecke.ui.lists_panel import ListsPanel
from papierbruecke.ui.long_work import STOPPED
from papierbruecke.ui.main_window import MainWindow
from papierbruecke.ui.setting_parts import PARTS

BOUND_S = 20.0
LONG = "name\n" + "".join(f"Probemittel {n}\n" for n in range(2000))


class SlowFile:
    """A real import that stops for the test at its first count."""

    def __init__(self, desk: DeskTwin) -> None:
        self._import = desk.import_list
        self.counted = threading.Event()
        self.go = threading.Event()

    def __call__(self, was: Any, path: Path, on_progress: Any, cancel: Any, lanr: str = "") -> int:
        def held(number: int) -> None:
            on_progress(number)
            self.counted.set()
            assert self.go.wait(BOUND_S)

        return self._import(was, path, held, cancel, lanr)


@pytest.fixture
def panel(window: MainWindow) -> ListsPanel:
    window.show_place("einstellungen")
    window.setup.show_part(next(at for at, part in enumerate(PARTS) if part.panel == "listen"))
    return window.setup.lists


def choose(panel: ListsPanel, path: Path) -> None:
    panel.ask_open = lambda _title, _pattern: str(path)


def test_a_list_comes_in_and_is_counted(panel: ListsPanel, window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "mittel.csv"
    path.write_text("name\nProbesalbe\nProbesaft\n", encoding="utf-8")
    choose(panel, path)
    settle(window, qtbot)
    assert "Noch ist keine Liste" in panel.stand.text()
    panel.buttons["mittel"].click()
    settle(window, qtbot)
    assert panel.work.hint.text == "Arzneimittelliste: 2 Einträge eingelesen."
    assert "2 eigene Mittel" in panel.stand.text()


def test_a_broken_file_is_refused_with_its_line(
    panel: ListsPanel, window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "mittel.csv"
    path.write_text("name;pzn\nProbesalbe;123\n", encoding="utf-8")
    choose(panel, path)
    for was, words in (("mittel", "PZN stimmt nicht"), ("icd", "nicht die Datei")):
        panel.buttons[was].click()
        settle(window, qtbot)
        assert words in panel.work.hint.text
    choose(panel, tmp_path / "weg.csv")
    panel.buttons["mittel"].click()
    settle(window, qtbot)
    assert "lässt sich nicht lesen" in panel.work.hint.text
    assert "Noch ist keine Liste" in panel.stand.text()


def test_it_can_be_stopped_and_prescriptions_go_on_meanwhile(
    panel: ListsPanel, desk: DeskTwin, window: MainWindow, keys: Keyboard, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "mittel.csv"
    path.write_text(LONG, encoding="utf-8")
    choose(panel, path)
    slow = SlowFile(desk)
    desk.import_list = slow  # type: ignore[method-assign]
    panel.buttons["mittel"].click()
    qtbot.waitUntil(slow.counted.is_set)
    qtbot.waitUntil(lambda: f"{PROGRESS_EVERY} Einträge" in panel.work.words.text())
    assert not panel.buttons["icd"].isEnabled()
    panel.work.stop_button.click()
    slow.go.set()
    settle(window, qtbot)
    assert panel.work.hint.text == STOPPED
    assert panel.buttons["icd"].isEnabled()
    assert desk.list_counts() == (0, 0)
    keys.press("F4")
    write_rezept(window, keys, qtbot)
    assert len(desk.printer_twin.printed) == 1


def test_favourites_need_a_doctor_and_are_offered_in_the_empty_line(
    panel: ListsPanel, desk: DeskTwin, window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "favoriten.csv"
    path.write_text("name\nProbesalbe\n", encoding="utf-8")
    choose(panel, path)
    panel.load(Einstellungen().praxis)
    assert not panel.buttons["favoriten"].isEnabled()
    panel.load(desk.settings.praxis)
    panel.buttons["favoriten"].click()
    settle(window, qtbot)
    (arzt,) = desk.settings.praxis.aerzte
    assert [mittel.name for mittel in desk.search_medicines("", arzt.lanr)] == ["Probesalbe"]
