"""What only a person can decide, by keys: checked-off E-Rezepte, post, void, comparison, copies field by field."""

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import inputs
from desk_twin import DeskTwin, card, settings
from keyboard import WAIT_MS, Keyboard, settle, write_rezept
from papierbruecke.outbox.model import Uebersicht, Zustand
from papierbruecke.record.model import AuEingabe, ErsatzscheinEingabe
from papierbruecke.ui.main_window import MainWindow


def printed(desk: DeskTwin, line: Uebersicht) -> Uebersicht:
    desk.confirm_printed(line.kennung, "Test")
    return line


def open_steps(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> list[str]:
    window.lists.reload_now()
    settle(window, qtbot)
    keys.press("F8")
    keys.press("Alt+W")
    qtbot.waitUntil(window.outbox.steps.isVisible, timeout=WAIT_MS)
    settle(window, qtbot)
    return [step.name for step, _ in window.outbox.steps.steps]


def number(names: list[str], name: str) -> str:
    return str(names.index(name) + 1)


def test_a_prepared_e_rezept_is_checked_off(desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    write_rezept(window, keys, qtbot)
    keys.press("J")
    settle(window, qtbot)
    names = open_steps(window, keys, qtbot)
    keys.press(number(names, "verworfen"))
    settle(window, qtbot)
    assert not window.outbox.steps.isVisible()
    (line,) = desk.belege()
    assert any(e.detail.get("stand") == "verworfen" for e in desk.store().events(line.kennung))


def test_a_tick_names_the_user_of_the_practice_system_and_the_time(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    write_rezept(window, keys, qtbot)
    keys.press("J")
    settle(window, qtbot)
    names = open_steps(window, keys, qtbot)
    window.outbox.steps.note.set_text("mm2")
    keys.press(number(names, "eingetragen"))
    settle(window, qtbot)
    (line,) = desk.belege()
    assert line.zustand is Zustand.DOKUMENTIERT
    assert desk.store().events(line.kennung)[-1].detail["hinweis"] == "Praxissoftware: mm2, 23.11.2026 08:40"


def test_post_with_a_letter_whose_address_is_remembered(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    desk.settings = settings(weg_au="direkt")
    line = printed(desk, desk.issue_au(AuEingabe.model_validate(inputs.au()), "Test"))
    names = open_steps(window, keys, qtbot)
    keys.press(number(names, "anschreiben"))
    settle(window, qtbot)
    assert "Postanschrift" in window.outbox.hint.text
    window.outbox.steps.note.set_text("Kassenallee 1; 12345 Musterstadt")
    window.outbox.steps.setFocus()
    keys.press(number(names, "anschreiben"))
    settle(window, qtbot)
    assert [titel for _, _, titel in desk.printer_twin.printed] == [f"Anschreiben {line.belegnummer}"]
    assert desk.settings.kassenanschriften["101234561"].ort == "Musterstadt"
    names = open_steps(window, keys, qtbot)
    keys.press(number(names, "post"))
    settle(window, qtbot)
    assert desk.belege()[0].zustand is Zustand.PER_POST


def test_void_wants_a_reason(desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    printed(desk, desk.issue_au(AuEingabe.model_validate(inputs.au()), "Test"))
    names = open_steps(window, keys, qtbot)
    keys.press(number(names, "ungueltig"))
    assert "Grund" in window.outbox.steps.note.objection
    assert desk.belege()[0].zustand is Zustand.GEDRUCKT
    keys.text("falsche Person")
    window.outbox.steps.setFocus()
    keys.press(number(names, "ungueltig"))
    settle(window, qtbot)
    assert desk.belege()[0].zustand is Zustand.STORNIERT


def test_a_slip_is_compared_with_the_card_and_nothing_is_taken_over(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    line = printed(desk, desk.issue_ersatzschein(ErsatzscheinEingabe.model_validate(inputs.ersatzschein()), "Test"))
    before = desk.store().get(line.kennung)
    desk.cards = [card(vorname="Erica")]
    open_steps(window, keys, qtbot)
    keys.press("K")
    settle(window, qtbot)
    assert "Vorname: Schein „Erika“, Karte „Erica“" in window.outbox.steps.hint.text
    desk.cards = [card(versicherten_id="Z000000005")]
    keys.press("K")
    settle(window, qtbot)
    assert "anderen Person" in window.outbox.steps.hint.text
    assert desk.store().get(line.kennung) == before


def test_fields_are_copied_one_after_the_other_and_leave_the_clipboard(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    write_rezept(window, keys, qtbot)
    keys.press("J")
    settle(window, qtbot)
    open_steps(window, keys, qtbot)
    panel = window.outbox.steps
    panel.copies[0].setFocus()
    keys.press("Return")
    assert QApplication.clipboard().text() == "Beispiel-Testfrau"
    keys.press("Return")
    assert QApplication.clipboard().text() == "Erika"
    panel.forget_copy()
    assert QApplication.clipboard().text() == ""
    keys.press("Esc")
    assert not panel.isVisible()


def test_the_sheet_for_typing_in_is_printed_from_the_abgleich(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    window.show_place("abgleich")
    settle(window, qtbot)
    keys.press("Alt+N")
    qtbot.waitUntil(lambda: "gedruckt" in window.abgleich.hint.text, timeout=WAIT_MS)
    assert [titel for _, _, titel in desk.printer_twin.printed] == ["Nacherfassungsbogen"]
