"""Komfortsignatur beside what will be signed: what it means, until when, and only on a doctor's word."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import inputs
from desk_twin import DeskTwin, settings
from keyboard import WAIT_MS, Keyboard, open_window, settle
from papierbruecke.konnektor.switch_comfort import Komfortstand
from papierbruecke.record.model import AuEingabe, Weg
from papierbruecke.ui.comfort_switch import BEDEUTUNG, NUR_AERZTE
from papierbruecke.vault.users import PRAXIS, Rolle


class ComfortDesk(DeskTwin):
    """A desk whose Konnektor knows the Komfortsignatur."""

    stand = Komfortstand(moeglich=True, aktiv=False)
    told: list[tuple[bool, str]]

    def comfort_state(self) -> Komfortstand:
        return self.stand

    def switch_comfort(self, an: bool, wer: str, on_notice: Callable[[str], None]) -> Komfortstand:
        self.told = [*getattr(self, "told", []), (an, wer)]
        on_notice("Jetzt fragt das Kartenterminal nach der PIN.")
        self.stand = Komfortstand(moeglich=True, aktiv=an, rest=100, rest_s=7200)
        return self.stand


@pytest.fixture
def desk(tmp_path: Path) -> ComfortDesk:
    made = ComfortDesk(tmp_path / "platz", settings(weg_au=Weg.DIREKT, pruefnummer="Y/400/2107/36/999"))
    line = made.issue_au(AuEingabe.model_validate(inputs.au()), "Test")
    made.confirm_printed(line.kennung, "Test")
    return made


def test_it_is_switched_on_and_off_by_key(desk: ComfortDesk, qtbot: QtBot, qapp: QApplication) -> None:
    window = open_window(desk, qtbot, qapp)
    keys = Keyboard(window)
    keys.press("F8")
    window.outbox.open_view()
    settle(window, qtbot)
    switch = window.outbox.view.comfort
    assert switch.isVisible()
    assert switch.words.text() == f"Komfortsignatur ist aus. {BEDEUTUNG}"
    keys.press("Alt+K")
    qtbot.waitUntil(lambda: desk.stand.aktiv, timeout=WAIT_MS)
    settle(window, qtbot)
    assert switch.words.text().startswith("Komfortsignatur ist ein: noch 100 Unterschriften, 2 Std. 0 Min.")
    assert switch.button.accessibleName() == "Komfortsignatur ausschalten"
    switch.switch()
    settle(window, qtbot)
    assert [an for an, _ in desk.told] == [True, False]
    window.close()


def test_where_people_have_accounts_only_a_doctor_switches_it(
    desk: ComfortDesk, qtbot: QtBot, qapp: QApplication
) -> None:
    desk.users().add(PRAXIS, "AD", "Admin Test", Rolle.ADMIN, "482913")
    window = open_window(desk, qtbot, qapp)
    switch = window.outbox.view.comfort
    switch.wer = "AD"
    switch.switch()
    settle(window, qtbot)
    assert NUR_AERZTE in switch.words.text()
    assert not desk.stand.aktiv
    window.close()


def test_without_a_konnektor_there_is_nothing_to_switch(tmp_path: Path, qtbot: QtBot, qapp: QApplication) -> None:
    desk = DeskTwin(tmp_path / "platz", settings(weg_au=Weg.DIREKT, pruefnummer="Y/400/2107/36/999"))
    line = desk.issue_au(AuEingabe.model_validate(inputs.au()), "Test")
    desk.confirm_printed(line.kennung, "Test")
    window = open_window(desk, qtbot, qapp)
    window.show_place("nachbearbeitung")
    window.outbox.open_view()
    settle(window, qtbot)
    assert window.outbox.view.isVisible()
    assert not window.outbox.view.comfort.isVisible()
    window.close()
