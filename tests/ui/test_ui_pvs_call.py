"""``pvs einlesen`` brings the open window to the front with the patient (design §6.4)."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import uuid4

import pytest
from pytestqt.qtbot import QtBot

from desk_twin import DeskTwin
from keyboard import WAIT_MS, Keyboard, settle
from papierbruecke.card.model import Versicherter
from papierbruecke.practice.patient_index import Patienteneintrag, PatientIndex
from papierbruecke.pvs.call_window import call_window
from papierbruecke.ui.application import SingleInstance, answer_call
from papierbruecke.ui.main_window import MainWindow
from pvs_files import PERSON, gdt

# The offscreen platform has no windows to put in front of each other.
pytestmark = pytest.mark.qt_log_ignore(r"This plugin does not support raise\(\)")


class ListTwin:
    """The patient list in memory."""

    def __init__(self) -> None:
        self.entries: list[Patienteneintrag] = []

    def replace(self, entries: Iterable[Patienteneintrag]) -> None:
        self.entries += entries

    def everybody(self) -> tuple[Patienteneintrag, ...]:
        return tuple(self.entries)

    def remove_before(self, moment: datetime) -> int:
        return 0


@pytest.fixture
def listening(window: MainWindow, desk: DeskTwin) -> Iterator[SingleInstance]:
    index = PatientIndex(ListTwin())
    desk.patients = lambda: index  # type: ignore[method-assign]
    instance = SingleInstance(desk.window_name)
    assert instance.is_first()
    instance.raise_wanted.connect(lambda eintrag: answer_call(window, eintrag))
    yield instance
    instance._server.close()


def test_a_patient_from_the_practice_system_stands_in_the_window(
    listening: SingleInstance, window: MainWindow, desk: DeskTwin, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(window.reception.card.taken, timeout=WAIT_MS) as taken:
        (patient,) = desk.take_gdt(gdt(*PERSON))
    settle(window, qtbot)
    assert patient.versicherter == taken.args[0].versicherter
    assert taken.args[0].herkunft == "pvs"


def test_a_half_typed_form_is_put_aside_not_lost(
    listening: SingleInstance, window: MainWindow, desk: DeskTwin, keys: Keyboard, qtbot: QtBot
) -> None:
    keys.press("F2")
    settle(window, qtbot)
    keys.text("Ramipril")
    with qtbot.waitSignal(window.reception.card.taken, timeout=WAIT_MS):
        desk.take_gdt(gdt(*PERSON))
    settle(window, qtbot)
    assert "Ramipril" in str(window.reception._aside) or window.reception._half_typed()


def test_a_second_start_and_an_unknown_entry_only_raise_the_window(
    listening: SingleInstance, window: MainWindow, desk: DeskTwin, qtbot: QtBot
) -> None:
    with qtbot.assertNotEmitted(window.reception.card.taken):
        with qtbot.waitSignal(listening.raise_wanted, timeout=WAIT_MS) as raised:
            assert not SingleInstance(desk.window_name).is_first()
        assert raised.args == [""]
        with qtbot.waitSignal(listening.raise_wanted, timeout=WAIT_MS):
            assert call_window(desk.daten, uuid4())
        settle(window, qtbot)


def test_without_a_window_nobody_is_called(desk: DeskTwin) -> None:
    assert not call_window(desk.daten, uuid4())


def test_nothing_about_the_patient_travels(listening: SingleInstance, desk: DeskTwin, qtbot: QtBot) -> None:
    person = Versicherter(nachname="Geheimtest", vorname="Ada")
    (entry,) = desk.patients().add([("1", None, person, None)], "gdt", desk.clock.now())
    with qtbot.waitSignal(listening.raise_wanted, timeout=WAIT_MS) as raised:
        assert call_window(desk.daten, entry.id)
    assert raised.args == [str(entry.id)]
