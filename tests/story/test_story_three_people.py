"""Three people, each from a fresh folder and by keys only, with their keystrokes counted (issue 8, proof).

The desk, its encrypted files and the simulated TI are real; only the printer takes paper at once.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import inputs
from cards import own_card
from desk_twin import PrinterTwin
from keyboard import WAIT_MS, Keyboard, open_window, settle
from keyboard import bugs as bugs
from papierbruecke.commands.drill import write_past
from papierbruecke.drill.chip_reader import ChipReader
from papierbruecke.drill.data_folder import prepare_folder
from papierbruecke.drill.simulator import Simulator
from papierbruecke.outage.model import Dienst
from papierbruecke.outbox.model import Spalte, Zustand
from papierbruecke.record.model import AuEingabe, RezeptEingabe
from papierbruecke.ui import texts
from papierbruecke.ui.main_window import MainWindow
from papierbruecke.ui.texts import Aktion
from papierbruecke.wiring import Desk

PATIENTS = 10
BELEGE = 40 if os.environ.get("PAPIERBRUECKE_LANG") else 12


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Simulator]:
    folder = tmp_path / "platz"
    prepare_folder(folder, None)
    with Simulator(folder, "vpn-zugangsdienst") as running:
        yield running


@pytest.fixture
def reader() -> ChipReader:
    return ChipReader(own_card("mitglied"))


@pytest.fixture
def desk(simulator: Simulator, reader: ChipReader) -> Desk:
    made = Desk(simulator.folder, card_reader=reader, printer=PrinterTwin())
    made.save_settings(simulator.settings())
    write_past(made, simulator)
    return made


@pytest.fixture
def window(desk: Desk, qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
    made = open_window(desk, qtbot, qapp)  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: made.lage is not None and made.lage.diagnose is not None, timeout=WAIT_MS)
    yield made
    made.close()


def to_paper(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    keys.press("F12")
    keys.press("F9")
    settle(window, qtbot)
    assert window.papier


def test_an_mfa_with_ten_patients_in_the_waiting_room(reader: ChipReader, window: MainWindow, qtbot: QtBot) -> None:
    keys = Keyboard(window)
    to_paper(window, keys, qtbot)
    most = 0
    for number in range(PATIENTS):
        before = keys.pressed
        reader.insert(own_card("mitglied" if number % 2 else "abrechnend"))
        keys.press("F2")
        settle(window, qtbot)
        keys.press("F4")
        keys.text("Ramipril Test 5 mg TAB 100 St N3")
        keys.press("Return")
        keys.press("Return")
        keys.text("1-0-0")
        keys.press("F9")
        settle(window, qtbot)
        keys.press("J")
        settle(window, qtbot)
        most = max(most, keys.pressed - before)
        reader.remove()
        keys.press("Ctrl+N")
        settle(window, qtbot)
    lines = window.lines
    assert len(lines) == PATIENTS
    assert {line.zustand for line in lines} == {Zustand.GEDRUCKT}
    assert len({line.belegnummer for line in lines}) == PATIENTS
    assert len({line.patient for line in lines}) == 2
    assert most <= 10
    print(f"keystrokes per Muster 16: {most}, all together {keys.pressed}")


def test_a_doctor_replaces_a_lost_sheet_and_signs(
    simulator: Simulator, desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    keys = Keyboard(window)
    to_paper(window, keys, qtbot)
    keys.press("F2")
    settle(window, qtbot)
    keys.text("Ramipril Test 5 mg TAB 100 St N3")
    for key in ("Return", "Return"):
        keys.press(key)
    keys.text("1-0-0")
    for key in ("F9", "J"):
        keys.press(key)
        settle(window, qtbot)
    keys.press("F5")
    keys.text("+3")
    keys.press("Return")
    keys.text("J06.9")
    for key in ("F9", "J"):
        keys.press(key)
        settle(window, qtbot)
    before = keys.pressed
    keys.press("F8")
    lost = next(line for line in window.lines if line.art.value == "rezept")
    window.outbox.select(lost)
    keys.press("Alt+N")
    qtbot.waitUntil(window.outbox.reprint.isVisible, timeout=WAIT_MS)
    keys.press("Return")
    keys.text("Dr. Testfall")
    keys.press("F9")
    settle(window, qtbot)
    keys.press("J")
    settle(window, qtbot)
    states = sorted(line.zustand for line in window.lines if line.art.value == "rezept")
    assert states == sorted([Zustand.ERSETZT, Zustand.GEDRUCKT])
    simulator.scenario("normal")
    keys.press("F12")
    for position, dienst in enumerate(window.mode.paper, start=1):
        if window.mode.paper[dienst].isChecked():
            keys.press(str(position))
    keys.press("F9")
    settle(window, qtbot)
    assert window.papier == {}
    keys.press("F8")
    keys.press("F9")
    qtbot.waitUntil(lambda: not window.outbox.is_sending, timeout=WAIT_MS)
    settle(window, qtbot)
    assert len(simulator.krankenkasse()) == 1
    print(f"keystrokes of the doctor: {keys.pressed - before}")


def test_the_evening_of_forty_belege(simulator: Simulator, desk: Desk, window: MainWindow, qtbot: QtBot) -> None:
    keys = Keyboard(window)
    to_paper(window, keys, qtbot)
    for number in range(BELEGE):
        given = inputs.rezept() if number % 4 else inputs.au()
        given["versicherter"]["nachname"] = f"Testfall-{number:02d}"
        if number % 4:
            (line,) = desk.issue_rezept(RezeptEingabe.model_validate(given), "Test")
        else:
            line = desk.issue_au(AuEingabe.model_validate(given), "Test")
        desk.confirm_printed(line.kennung, "Test")
    simulator.scenario("normal")
    desk.end_stoerung(sorted(Dienst), "Test")
    window.lists.reload_now()
    settle(window, qtbot)
    before = keys.pressed
    keys.press("F8")
    keys.press("F9")
    qtbot.waitUntil(lambda: not window.outbox.is_sending, timeout=WAIT_MS)
    settle(window, qtbot)
    assert len(simulator.krankenkasse()) == BELEGE // 4
    for _ in range(2 * BELEGE):
        keys.press("Ctrl+Home")
        line = window.outbox.selected()
        if line is None or settled(window):
            break
        action = texts.aktion(line, False)
        if action is Aktion.EINGETRAGEN:
            keys.press("Return")
        else:
            keys.press("F9")
            qtbot.waitUntil(lambda: not window.outbox.is_sending, timeout=WAIT_MS)
        settle(window, qtbot)
    assert settled(window)
    window.show_place("abgleich")
    settle(window, qtbot)
    assert window.abgleich.verdict.text() == "Alles ist abgeschlossen."
    print(f"keystrokes of the evening: {keys.pressed - before} for {BELEGE} Belege")


def settled(window: MainWindow) -> bool:
    return all(row.spalte in (Spalte.ERLEDIGT, Spalte.HINFAELLIG) for row in window.lists.rows)
