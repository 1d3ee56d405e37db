"""Long work: counts, a way to stop, one sentence at the end, and never two at once."""

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.ui.background import Background, Failure
from papierbruecke.ui.long_work import STOPPED, LongWork, Meter, grouped
from papierbruecke.ui.theme import Ton

BOUND_S = 20.0


@pytest.fixture
def background(qapp: QApplication) -> Iterator[Background]:
    made = Background()
    yield made
    made.stop()


@pytest.fixture
def long_work(background: Background, qtbot: QtBot) -> LongWork:
    made = LongWork(background, "lauf")
    qtbot.addWidget(made)
    return made


class Steps:
    """Work whose steps the test releases one by one."""

    def __init__(self) -> None:
        self.go = [threading.Event(), threading.Event()]
        self.done = 0

    def __call__(self, meter: Meter) -> int:
        for gate in self.go:
            meter.stop_here()
            self.done += 1
            meter.on_progress(self.done * 1000, 2000)
            assert gate.wait(BOUND_S)
        return self.done


def told(number: int) -> tuple[str, Ton]:
    return f"{number} Schritte.", Ton.OK


def test_counts_are_shown_and_the_end_is_one_sentence(long_work: LongWork, qtbot: QtBot) -> None:
    steps = Steps()
    assert long_work.start("lists", "Wird eingelesen", steps, told, unit="Einträge")
    qtbot.waitUntil(lambda: "1.000 von 2.000 Einträge" in long_work.words.text())
    assert (long_work.bar.value(), long_work.bar.maximum()) == (1000, 2000)
    assert long_work.stop_button.isVisibleTo(long_work)
    for gate in steps.go:
        gate.set()
    qtbot.waitUntil(lambda: not long_work.is_running)
    assert long_work.hint.text == "2 Schritte."
    assert not long_work.stop_button.isVisibleTo(long_work)


def test_stopping_ends_at_the_next_step(long_work: LongWork, qtbot: QtBot) -> None:
    steps = Steps()
    long_work.start("lists", "Wird eingelesen", steps, told)
    qtbot.waitUntil(lambda: steps.done == 1)
    long_work.stop_button.click()
    assert "abgebrochen" in long_work.words.text()
    steps.go[0].set()
    qtbot.waitUntil(lambda: not long_work.is_running)
    assert steps.done == 1
    assert long_work.hint.text == STOPPED
    assert not long_work.stop()


def test_there_are_never_two_at_once(long_work: LongWork, qtbot: QtBot) -> None:
    steps = Steps()
    long_work.start("lists", "Wird eingelesen", steps, told)
    assert not long_work.start("print", "Wird gedruckt", lambda meter: 0, told)
    for gate in steps.go:
        gate.set()
    qtbot.waitUntil(lambda: not long_work.is_running)
    assert long_work.start("print", "Wird gedruckt", lambda meter: 0, told)
    qtbot.waitUntil(lambda: not long_work.is_running)


def test_a_failure_is_told_and_work_may_begin_again(long_work: LongWork, qtbot: QtBot) -> None:
    def refuse(meter: Meter) -> int:
        raise InputRefused((Einwand("datei", "Probe", "Das ist keine Liste."),))

    objections: list[Failure] = []
    ends: list[bool] = []
    long_work.running.connect(ends.append)
    long_work.start("lists", "Wird eingelesen", refuse, told, on_failure=objections.append)
    qtbot.waitUntil(lambda: not long_work.is_running)
    assert long_work.hint.text == "Das ist keine Liste."
    assert len(objections) == 1
    assert ends == [True, False]


def test_closing_the_window_stops_what_is_under_way(qapp: QApplication, qtbot: QtBot) -> None:
    background = Background()
    long_work = LongWork(background, "lauf")
    qtbot.addWidget(long_work)
    waited: list[bool] = []

    def wait_for_the_end(meter: Meter) -> int:
        waited.append(meter.cancel.wait(BOUND_S))
        return 0

    long_work.start("lists", "Wird eingelesen", wait_for_the_end, told)
    background.stop()
    assert waited == [True]


def test_counts_are_written_as_germans_read_them() -> None:
    assert [grouped(number) for number in (7, 1234, 1_000_000)] == ["7", "1.234", "1.000.000"]
