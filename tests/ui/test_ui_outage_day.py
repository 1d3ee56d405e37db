"""One outage day by keys alone: the real desk, its encrypted files, a chip and the simulated TI."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cards import own_card
from desk_twin import PrinterTwin
from keyboard import WAIT_MS, Keyboard, open_window, settle
from papierbruecke.commands.drill import write_past
from papierbruecke.drill.chip_reader import ChipReader
from papierbruecke.drill.data_folder import prepare_folder
from papierbruecke.drill.simulator import Simulator
from papierbruecke.outbox.model import Zustand
from papierbruecke.ui.main_window import MainWindow
from papierbruecke.wiring import Desk


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Simulator]:
    folder = tmp_path / "platz"
    prepare_folder(folder, None)
    with Simulator(folder, "vpn-zugangsdienst") as running:
        yield running


@pytest.fixture
def desk(simulator: Simulator) -> Desk:
    made = Desk(simulator.folder, card_reader=ChipReader(own_card("mitglied")), printer=PrinterTwin())
    made.save_settings(simulator.settings())
    write_past(made, simulator)
    made.close()
    return made


@pytest.fixture
def window(desk: Desk, qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
    made = open_window(desk, qtbot, qapp)
    yield made
    made.close()


def test_from_the_first_failure_to_the_signed_abgleich(
    simulator: Simulator, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    keys = Keyboard(window)
    assert window.windowTitle() == "Papierbrücke – ÜBUNG"
    qtbot.waitUntil(lambda: window.lage is not None and window.lage.diagnose is not None, timeout=WAIT_MS)
    assert window.lage is not None
    assert window.lage.diagnose is not None
    assert window.lage.diagnose.id == "D24"

    keys.press("F12")
    keys.press("F9")
    settle(window, qtbot)
    assert window.papier

    keys.press("F2")
    settle(window, qtbot)
    assert window.reception.card.patient is not None
    keys.text("Ramipril Test 5 mg TAB 100 St N3")
    keys.press("Return")
    keys.press("Return")
    keys.text("1-0-0")
    keys.press("F9")
    settle(window, qtbot)
    keys.press("J")
    settle(window, qtbot)

    keys.press("F5")
    keys.text("+3")
    keys.press("Return")
    keys.text("J06.9")
    keys.press("F9")
    settle(window, qtbot)
    keys.press("J")
    settle(window, qtbot)
    assert [row.beleg.zustand for row in window.lists.rows] == [Zustand.GEDRUCKT] * 2

    simulator.scenario("normal")
    keys.press("F12")
    for number, dienst in enumerate(window.mode.paper, start=1):
        if window.mode.paper[dienst].isChecked():
            keys.press(str(number))
    keys.press("F9")
    settle(window, qtbot)
    assert window.papier == {}

    keys.press("F8")
    keys.press("F9")
    settle(window, qtbot)
    assert sorted(row.beleg.zustand for row in window.lists.rows) in (
        [Zustand.GEDRUCKT, Zustand.GESENDET],
        [Zustand.GEDRUCKT, Zustand.ZUGESTELLT],
    )
    assert len(simulator.krankenkasse()) == 1

    window.outbox.table.selectRow(_row_of(window, Zustand.GEDRUCKT))
    keys.press("Return")
    settle(window, qtbot)
    for _ in range(20):
        if all(row.beleg.zustand is not Zustand.GESENDET for row in window.lists.rows):
            break
        keys.press("F9")
        settle(window, qtbot)
    assert {row.beleg.zustand for row in window.lists.rows} == {Zustand.DOKUMENTIERT, Zustand.ZUGESTELLT}
    assert len(simulator.krankenkasse()) == 1

    target = tmp_path / "Abgleich.pdf"
    window.abgleich.ask_path = lambda suggestion: str(target)
    window.show_place("abgleich")
    settle(window, qtbot)
    assert window.abgleich.verdict.text() == "Alles ist abgeschlossen."
    keys.press("F9")
    settle(window, qtbot)
    assert target.read_bytes().startswith(b"%PDF")


def _row_of(window: MainWindow, zustand: Zustand) -> int:
    return next(
        row
        for row in range(window.outbox.model.rowCount())
        if (line := window.outbox.model.line(row)) is not None and line.zustand is zustand
    )
