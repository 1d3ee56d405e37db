"""The computer or a person ends the program while something is under way: nothing is lost, nothing twice."""

import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

import inputs
import processes
from desk_twin import DeskTwin
from keyboard import Keyboard, settle, write_rezept
from papierbruecke.outbox.model import Zustand
from papierbruecke.resubmit.lease import NAME
from papierbruecke.ui.ending import QUESTION_OPEN
from papierbruecke.ui.main_window import MainWindow
from papierbruecke.ui.tray import Tray
from papierbruecke.wiring import Desk

HERE = Path(__file__).parents[1]
AUS = 12
ENDE_S = 60


def file_sick_notes(daten: Path, folder: Path) -> None:
    today = processes.today()
    eingabe = inputs.au() | {"datum": today}
    eingabe["versicherung"]["ik"] = "109500969"
    eingabe["au"] |= {"seit": today, "bis": today, "festgestellt": today}
    (folder / "au.json").write_bytes(inputs.as_bytes(eingabe))
    for _ in range(AUS):
        where = ("--daten", daten)
        made = processes.answer_here(*where, "au", folder / "au.json", "-o", folder / "au.pdf", "--ablegen")
        (number,) = made["belegnummern"]
        processes.answer_here(*where, "beleg", number, "--gedruckt", code=1)


@pytest.mark.skipif("sys.platform == 'win32'")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_the_computer_ends_the_program_in_the_middle_of_a_nachversand(name: str, tmp_path: Path) -> None:
    with processes.SimulatorProcess(tmp_path / "daten") as simulator:
        file_sick_notes(simulator.daten, tmp_path)
        window = subprocess.Popen(
            [sys.executable, HERE / "desk_that_ends.py", simulator.daten],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env=processes.environment(),
        )
        assert window.stdout is not None
        said = window.stdout.readline()
        assert said == "sendet\n", window.communicate()[1]
        window.send_signal(getattr(signal, name))
        _, complaints = window.communicate(timeout=ENDE_S)
        assert (window.returncode, complaints) == (0, "")
        arrived = Counter(each["dokumenten_id"].removeprefix("urn:uuid:") for each in simulator.krankenkasse())
        desk = Desk(simulator.daten)
        lines = {str(line.kennung): line.zustand for line in desk.belege()}
        assert desk.store().lease_holder(NAME) is None
        assert desk.drafts().kept() != {}
        desk.close()
        assert set(lines.values()) <= {Zustand.GEDRUCKT, Zustand.SIGNIERT, Zustand.GESENDET, Zustand.ZUGESTELLT}
        sent = {kennung for kennung, state in lines.items() if state in (Zustand.GESENDET, Zustand.ZUGESTELLT)}
        assert set(arrived) == sent
        # The next run takes up what is left, and everything arrives exactly once.
        processes.answer("--daten", simulator.daten, "nachversand", "--warten-s", "30")
        assert [each["anzahl"] for each in simulator.krankenkasse()] == [1] * AUS


def test_a_question_that_is_open_is_named_before_the_end(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    write_rezept(window, keys, qtbot)
    question = window.reception.form.bar.question
    assert question
    window.ending.leave()
    assert window.ending.is_asking
    assert QUESTION_OPEN in window.ending.page.lines.text()
    keys.press("F12")  # the keys of the desk sleep under the question
    assert window.place == "empfang"
    keys.press("Esc")
    assert not window.ending.is_asking
    assert window.reception.form.bar.question == question
    keys.press("J")
    settle(window, qtbot)
    (line,) = desk.belege()
    assert line.zustand is Zustand.GEDRUCKT


def test_whoever_ends_it_in_spite_of_the_question_finds_the_sheet_again(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    write_rezept(window, keys, qtbot)
    window.ending.leave()
    with qtbot.waitSignal(window.closed):
        window.ending.page.leave.click()
    (line,) = desk.belege()
    assert line.zustand is Zustand.ERFASST


def test_without_anything_owed_nobody_is_asked(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.closed):
        Tray(window).quit()
    assert window.ending.is_over


def test_half_a_word_is_there_after_the_end(desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    keys.press("F4")
    keys.text("Ramip")
    with qtbot.waitSignal(window.closed):
        window.ending.begin()
    assert "Ramip" in str(desk.drafts().kept())
