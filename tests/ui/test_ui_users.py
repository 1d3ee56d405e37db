"""Accounts in the window: signing in, the lock that keeps what was typed, and the doctor's word."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from desk_twin import DeskTwin
from keyboard import Keyboard, settle, write_rezept
from papierbruecke.outbox.model import Zustand
from papierbruecke.ui.main_window import MainWindow
from papierbruecke.vault.users import PRAXIS, Rolle


@pytest.fixture
def people(desk: DeskTwin) -> None:
    users = desk.users()
    admin = users.add(PRAXIS, "IT", "Admin Muster", Rolle.ADMIN, "2580")
    users.add(admin, "MB", "Mia Beispiel", Rolle.MFA, "1379")
    users.add(admin, "DT", "Dr. Testfall", Rolle.ARZT, "8642")


def sign_in(window: MainWindow, keys: Keyboard, qtbot: QtBot, kuerzel: str, pin: str) -> None:
    window.session.page.who.choose(kuerzel)
    window.session.page.pin.set_text("")
    window.session.page.pin.edit.setFocus()
    keys.text(pin)
    keys.press("Return")
    settle(window, qtbot)


def test_with_accounts_the_desk_asks_who_is_there(
    people: None, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    assert window.session.is_locked
    keys.press("F4")
    keys.press("F8")
    assert window.session.is_locked
    sign_in(window, keys, qtbot, "MB", "9999")
    assert "Noch 4 Versuche" in window.session.page.hint.text
    assert window.session.page.pin.text() == ""
    sign_in(window, keys, qtbot, "MB", "1379")
    assert not window.session.is_locked
    assert "MB · MFA" in window.navigation.who.text()
    assert window.reception.rezept.bar.wer == "MB"


def test_the_lock_keeps_what_was_half_typed_also_for_the_next_person(
    people: None, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    sign_in(window, keys, qtbot, "MB", "1379")
    keys.press("F2")
    settle(window, qtbot)
    keys.text("Ramipril Te")
    window.session.timer.timeout.emit()
    assert window.session.is_locked
    assert not window.reception.isVisible()
    keys.text("stolen")
    keys.press("F12")
    sign_in(window, keys, qtbot, "DT", "8642")
    assert window.reception.rezept.rows[0].mittel.text() == "Ramipril Te"
    keys.text("st")
    assert window.reception.rezept.rows[0].mittel.text() == "Ramipril Test"
    assert window.outbox.wer == "DT"


def test_working_winds_the_lock_up_again(people: None, window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    sign_in(window, keys, qtbot, "MB", "1379")
    assert window.session.timer.interval() == 10 * 60_000
    window.session.timer.stop()
    handle = window.windowHandle()
    assert handle is not None
    QTest.keyClick(handle, Qt.Key.Key_R)
    assert window.session.timer.isActive()


def test_a_sheet_on_its_way_to_the_printer_survives_the_lock(
    people: None, desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    sign_in(window, keys, qtbot, "MB", "1379")
    desk.printer_twin.gate.clear()
    keys.press("F2")
    qtbot.waitUntil(lambda: window.reception.card.patient is not None)
    keys.text("Ramipril Test 5 mg")
    keys.press("Return")
    keys.press("Return")
    keys.text("1-0-0")
    keys.press("F9")
    keys.press("Ctrl+L")
    assert window.session.is_locked
    desk.printer_twin.gate.set()
    settle(window, qtbot)
    sign_in(window, keys, qtbot, "MB", "1379")
    assert "richtig gedruckt" in window.reception.rezept.bar.question
    assert len(desk.printer_twin.printed) == 1


def test_without_accounts_nothing_is_locked(window: MainWindow, keys: Keyboard) -> None:
    keys.press("Ctrl+L")
    assert not window.session.is_locked
    assert "F11" in window.notice.text


def test_a_lost_prescription_needs_the_doctors_pin(
    people: None, desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    sign_in(window, keys, qtbot, "MB", "1379")
    write_rezept(window, keys, qtbot)
    keys.press("J")
    settle(window, qtbot)
    keys.press("F8")
    window.outbox.again_button.click()
    panel = window.outbox.reprint
    panel.doctor.choose("DT")
    panel.pin.edit.setFocus()
    keys.press("F9")
    assert "PIN" in panel.pin.objection
    keys.text("0000")
    keys.press("F9")
    settle(window, qtbot)
    assert "Die PIN stimmt nicht" in window.outbox.bar.trouble.text
    assert len(desk.belege()) == 1
    window.outbox.again_button.click()
    panel.doctor.choose("DT")
    panel.pin.edit.setFocus()
    keys.text("8642")
    keys.press("F9")
    settle(window, qtbot)
    old, new = sorted(desk.belege(), key=lambda line: line.belegnummer)
    assert old.zustand is Zustand.ERSETZT
    assert "richtig gedruckt" in window.outbox.bar.question
    assert new.belegnummer in window.outbox.bar.strip.accessibleName()
    detail = next(event.detail for event in desk.store().events(old.kennung) if event.zustand is Zustand.ERSETZT)
    assert detail["freigabe"] == "DT"
    assert all("8642" not in str(event.detail) for event in desk.store().events())


def test_without_accounts_somebody_is_named(desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    write_rezept(window, keys, qtbot)
    keys.press("J")
    settle(window, qtbot)
    keys.press("F8")
    window.outbox.again_button.click()
    keys.press("F9")
    assert "freigegeben" in window.outbox.reprint.name.objection
    keys.text("Dr. Testfall")
    keys.press("F9")
    settle(window, qtbot)
    assert len(desk.belege()) == 2


def test_accounts_are_made_in_the_settings(desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    panel = window.setup.users
    panel.sign.set_text("IT")
    panel.name.set_text("Admin Muster")
    panel.pin.set_text("2222")
    panel.again.set_text("2222")
    panel.add()
    settle(window, qtbot)
    assert "zu leicht" in panel.pin.objection
    panel.pin.set_text("2580")
    panel.add()
    assert "verschieden" in panel.again.objection
    panel.again.set_text("2580")
    panel.add()
    settle(window, qtbot)
    assert [user.kuerzel for user in desk.users().all()] == ["IT"]
    assert window.session.is_locked
    sign_in(window, keys, qtbot, "IT", "2580")
    panel.sign.set_text("MB")
    panel.name.set_text("Mia Beispiel")
    panel.role.choose("mfa")
    panel.pin.set_text("1379")
    panel.again.set_text("1379")
    panel.add()
    settle(window, qtbot)
    window.lock()
    sign_in(window, keys, qtbot, "MB", "1379")
    assert not window.setup.save_button.isEnabled()
    assert not panel.make.isEnabled()


def test_no_pin_is_readable_on_the_screen(people: None, window: MainWindow) -> None:
    fields = (window.session.page.pin, window.setup.users.pin, window.setup.users.again, window.outbox.reprint.pin)
    assert all(field.edit.echoMode() is QLineEdit.EchoMode.Password for field in fields)
