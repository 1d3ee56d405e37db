"""The page of the Notfallmappe: made by keys, printed, and its sheets typed in later without a second print."""

from datetime import date, timedelta

from pytestqt.qtbot import QtBot

import inputs
from desk_twin import DeskTwin
from keyboard import Keyboard, settle
from papierbruecke.card.model import Versicherter, Versicherung
from papierbruecke.outage.model import Dienst
from papierbruecke.outbox.model import Zustand
from papierbruecke.record.model import AuEingabe, BelegArt
from papierbruecke.ui.main_window import MainWindow


def made(desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot) -> dict[str, BelegArt]:
    keys.press("Ctrl+M")
    settle(window, qtbot)
    window.mappe.sets.set_text("2")
    keys.press("F9")
    settle(window, qtbot)
    from papierbruecke.record.kennung import kind_of

    return {number: kind_of(kennung) for number, kennung in desk.store().preprinted().items()}


def number_of(numbers: dict[str, BelegArt], art: BelegArt) -> str:
    return next(number for number, kind in numbers.items() if kind is art)


def type_in_person(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    panel = window.reception.card
    assert panel.entering
    panel.hand.fill(Versicherter.model_validate(inputs.VERSICHERTER), Versicherung.model_validate(inputs.VERSICHERUNG))
    keys.press("F9")
    settle(window, qtbot)
    assert panel.patient is not None


def test_a_folder_is_made_and_printed_by_keys(desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    keys.press("Ctrl+M")
    settle(window, qtbot)
    assert window.mappe.state.text() == "Noch keine Notfallmappe"
    numbers = made(desk, window, keys, qtbot)
    assert len(numbers) == 4
    assert "ersetzen nach 31.03.2027" in window.mappe.detail.text()
    assert "4 nummerierte Blätter, davon 0 erfasst" in window.mappe.detail.text()
    keys.press("Space")
    settle(window, qtbot)
    titles = [titel for _, _, titel in desk.printer_twin.printed]
    assert "Notfallmappe 04-krankschreibungen" in titles
    assert len(titles) == len(window.mappe.files)


def test_a_sick_note_of_the_folder_keeps_number_and_day_and_is_not_printed(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    numbers = made(desk, window, keys, qtbot)
    number = number_of(numbers, BelegArt.AU)
    stoerung = desk.begin_stoerung({Dienst.KIM}, None, "Test")
    desk.end_stoerung(None, "Test")
    desk.clock.advance(timedelta(days=1))  # type: ignore[attr-defined]
    window.mappe.day.set_text("23.11.")
    window.mappe.number.edit.setFocus()
    keys.text(number.replace("-", "").lower())
    keys.press("Return")
    settle(window, qtbot)
    type_in_person(window, keys, qtbot)
    page = window.reception.au
    assert number in page.sheet_hint.text
    page.bis.set_text("+2")
    page.diagnosen[0].set_text("J06.9")
    keys.press("F9")
    settle(window, qtbot)
    (line,) = desk.belege()
    assert line.belegnummer == number
    assert line.zustand is Zustand.GEDRUCKT
    assert line.stoerung == stoerung.id
    assert desk.printer_twin.printed == []
    beleg = desk.store().get(line.kennung)
    assert beleg is not None
    assert isinstance(beleg.inhalt, AuEingabe)
    assert (beleg.inhalt.datum, beleg.inhalt.au.bis) == (date(2026, 11, 23), date(2026, 11, 25))
    assert page.sheet_hint.text == ""
    keys.press("Ctrl+M")
    settle(window, qtbot)
    keys.text(number)
    keys.press("Return")
    settle(window, qtbot)
    assert "schon erfasst" in window.mappe.found.text


def test_a_capture_sheet_opens_the_slip(desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    numbers = made(desk, window, keys, qtbot)
    number = number_of(numbers, BelegArt.ERSATZSCHEIN)
    window.mappe.number.edit.setFocus()
    keys.text(number)
    keys.press("Return")
    settle(window, qtbot)
    type_in_person(window, keys, qtbot)
    keys.press("Return")
    keys.press("F9")
    settle(window, qtbot)
    assert "unterschrieben" in window.reception.form.bar.question
    keys.press("J")
    settle(window, qtbot)
    (line,) = desk.belege()
    assert (line.belegnummer, line.art) == (number, BelegArt.ERSATZSCHEIN)
    assert desk.printer_twin.printed == []


def test_a_sheet_that_is_interrupted_comes_back_as_the_same_sheet(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    numbers = made(desk, window, keys, qtbot)
    number = number_of(numbers, BelegArt.AU)
    window.mappe.number.edit.setFocus()
    keys.text(number)
    keys.press("Return")
    settle(window, qtbot)
    type_in_person(window, keys, qtbot)
    page = window.reception.au
    page.bis.set_text("+1")
    keys.press("Ctrl+N")
    assert page.kennung is None
    keys.press("F3")
    type_in_person(window, keys, qtbot)
    assert page.kennung == desk.store().preprinted()[number]
    assert page.bis.text() == "+1"


def test_wrong_and_foreign_numbers_are_told(desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    keys.press("Ctrl+M")
    settle(window, qtbot)
    keys.text("231126-N-001-X")
    keys.press("Return")
    assert "stimmt nicht" in window.mappe.number.objection
    window.mappe.number.set_text("")
    from papierbruecke.record.belegnummer import notfall_nummer

    keys.text(notfall_nummer(date(2026, 11, 2), "C", 7))
    keys.press("Return")
    settle(window, qtbot)
    assert "von einem anderen Platz" in window.mappe.found.text
