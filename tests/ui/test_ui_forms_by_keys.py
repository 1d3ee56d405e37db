"""A Muster 16 and an AU without a mouse, within the keystroke budget of design §7."""

from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from desk_twin import DeskTwin, card
from keyboard import Keyboard, settle, write_rezept
from papierbruecke.outbox.model import Zustand
from papierbruecke.ui.main_window import MainWindow

BUDGET = 10


def focus_name() -> str:
    widget = QApplication.focusWidget()
    return widget.objectName() if widget is not None else ""


def test_a_muster_16_from_card_to_printer(desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    keys.press("F2")
    settle(window, qtbot)
    assert focus_name() == "mittel_0"
    keys.text("Ramipril Test 5 mg TAB 100 St N3")
    keys.press("Return")
    keys.text("01234562")
    keys.press("Return")
    keys.text("1-0-0")
    keys.press("Return")
    assert focus_name() == "mittel_1"
    keys.press("Return")
    assert focus_name() == "haupt"
    keys.press("F9")
    settle(window, qtbot)
    assert window.reception.rezept.bar.question == "Ist das Blatt richtig gedruckt?"
    keys.press("J")
    settle(window, qtbot)
    assert keys.pressed <= BUDGET
    (line,) = desk.belege()
    assert line.zustand is Zustand.GEDRUCKT
    assert [formular for formular, _, _ in desk.printer_twin.printed] == ["muster16"]
    assert focus_name() == "mittel_0"
    assert window.reception.rezept.draft() == {}


def test_a_long_name_shows_its_beginning_when_one_goes_on(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    keys.press("F4")
    assert focus_name() == "mittel_0"
    keys.text("Metformin Test 1000 mg FTA 180 St N3 mit einem Zusatz, der nicht in das Feld passt")
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    assert field.cursorPosition() == len(field.text())
    keys.press("Return")
    assert focus_name() != "mittel_0"
    assert field.cursorPosition() == 0


def test_an_au_from_card_to_printer(desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    keys.press("F2")
    settle(window, qtbot)
    keys.press("F5")
    assert focus_name() == "au_bis"
    keys.text("+4")
    keys.press("Return")
    keys.text("J06.9")
    keys.press("F9")
    settle(window, qtbot)
    keys.press("J")
    settle(window, qtbot)
    assert keys.pressed <= BUDGET
    (line,) = desk.belege()
    assert line.zustand is Zustand.GEDRUCKT
    assert [formular for formular, _, _ in desk.printer_twin.printed] == ["au", "au", "au"]
    beleg = desk.store().get(line.kennung)
    assert beleg is not None
    assert str(beleg.inhalt.au.bis) == "2026-11-27"  # type: ignore[union-attr]


def test_a_patient_by_hand(desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    keys.press("F3")
    for text in ("Müller-Beispiel", "Jörg", "23.05.1984"):
        keys.text(text)
        keys.press("Return")
    assert focus_name() == "hand_geschlecht"
    window.reception.card.hand.geschlecht.choose("M")
    keys.press("Return")
    for text in ("Musterweg", "6", "12345", "Musterhausen", "AOK Musterland", "101234561", ""):
        keys.text(text)
        keys.press("Return")
    window.reception.card.hand.versichertenart.choose("1")
    keys.press("Return")
    settle(window, qtbot)
    patient = window.reception.card.patient
    assert patient is not None
    assert patient.name == "Jörg Müller-Beispiel"
    assert patient.herkunft == "hand"
    assert focus_name() == "mittel_0"


def test_a_hand_entry_with_wrong_numbers_is_told_at_its_fields(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    hand = window.reception.card.hand
    keys.press("F3")
    for field, text in (
        (hand.nachname, "Testfall"),
        (hand.vorname, "Otto"),
        (hand.plz, "1234"),
        (hand.kasse, "AOK Musterland"),
        (hand.ik, "123"),
        (hand.versicherten_id, "X1"),
    ):
        field.set_text(text)
    hand.geschlecht.choose("M")
    hand.versichertenart.choose("1")
    keys.press("F9")
    assert window.reception.card.patient is None
    assert hand.plz.objection
    assert hand.ik.objection
    assert hand.versicherten_id.objection
    assert hand.nachname.text() == "Testfall"


def test_every_objection_is_shown_at_once_at_its_field(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    keys.press("F2")
    settle(window, qtbot)
    page = window.reception.rezept
    page.rows[0].mittel.set_text("Ramipril Test")
    page.rows[0].pzn.set_text("123")
    page.rows[1].mittel.set_text("Metformin Test")
    page.rows[1].dosierung.set_text("1-0")
    keys.press("F9")
    assert "PZN" in page.rows[0].pzn.objection
    assert page.rows[0].dosierung.objection
    assert "unvollständig" in page.rows[1].dosierung.objection
    assert focus_name() == "pzn_0"
    assert desk.belege() == []
    page.rows[0].pzn.set_text("01234562")
    assert page.rows[0].pzn.objection == ""
    assert "unvollständig" in page.rows[1].dosierung.objection


def test_an_empty_au_says_what_it_needs(window: MainWindow, keys: Keyboard) -> None:
    keys.press("F5")
    keys.press("F9")
    page = window.reception.au
    assert "Bis wann" in page.bis.objection
    assert "Diagnose" in page.diagnosen[0].objection
    assert "Karte lesen" in page.objections.text


def test_spoilt_paper_is_counted_and_printed_again(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    write_rezept(window, keys, qtbot)
    keys.press("V")
    settle(window, qtbot)
    assert desk.belege()[0].zustand is Zustand.VERDORBEN
    keys.press("N")
    settle(window, qtbot)
    keys.press("J")
    settle(window, qtbot)
    assert desk.belege()[0].zustand is Zustand.GEDRUCKT
    printed = desk.printer_twin.printed
    assert len(printed) == 2
    assert printed[0][1] == printed[1][1]


def test_a_printer_that_is_gone_loses_nothing(desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    desk.printer_twin.gone = True
    write_rezept(window, keys, qtbot)
    assert window.reception.rezept.bar.question == "Gespeichert, aber nicht gedruckt."
    assert desk.belege()[0].zustand is Zustand.ERFASST
    desk.printer_twin.gone = False
    keys.press("N")
    settle(window, qtbot)
    keys.press("J")
    settle(window, qtbot)
    assert desk.belege()[0].zustand is Zustand.GEDRUCKT


def test_more_than_one_sheet_is_asked_sheet_by_sheet(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    keys.press("F2")
    settle(window, qtbot)
    page = window.reception.rezept
    for index in range(4):
        page.rows[index].mittel.set_text(f"Testmittel {index}")
        page.rows[index].dosierung.set_text("1-0-0")
    settle(window, qtbot)
    assert page.view.pages == 2
    keys.press("F9")
    settle(window, qtbot)
    assert "Blatt 1 von 2" in page.bar.strip.accessibleName()
    keys.press("J")
    settle(window, qtbot)
    assert "Blatt 2 von 2" in page.bar.strip.accessibleName()
    keys.press("J")
    settle(window, qtbot)
    assert [line.zustand for line in desk.belege()] == [Zustand.GEDRUCKT] * 2


def test_the_evening_clears_up_by_keys(desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    write_rezept(window, keys, qtbot)
    keys.press("J")
    settle(window, qtbot)
    keys.press("F8")
    assert focus_name() == "belege"
    keys.press("Return")
    settle(window, qtbot)
    assert desk.belege()[0].zustand is Zustand.DOKUMENTIERT
    assert window.outbox.model.index(0, 3).data() == "–"


def test_17_kp2_191_under_18_gebuehr_frei_is_set_before_and_a_person_may_change_it(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    page = window.reception.rezept
    day_of_18 = "2008-11-23"  # 18 today: no child any more
    for born, free in (("2015-05-23", True), (day_of_18, False), ("2008-11-24", True), ("1984-05-23", False)):
        desk.cards = [card(geburtsdatum=born)]
        keys.press("Ctrl+N")
        keys.press("F2")
        settle(window, qtbot)
        assert (page.marks.frei.isChecked(), page.marks.pflichtig.isChecked()) == (free, not free), born
    desk.cards = [card(geburtsdatum="2015-05-23")]
    keys.press("Ctrl+N")
    keys.press("F2")
    settle(window, qtbot)
    page.marks.pflichtig.click()
    keys.text("Ramipril Test 5 mg")
    assert page.eingabe().rezept.gebuehr == "pflichtig", "what a person chose stays"
    desk.cards = [card(nachname="Beispiel", geburtsdatum="2016-02-03", versicherten_id="B123456782")]
    keys.press("Ctrl+N")
    keys.press("F2")
    settle(window, qtbot)
    assert page.marks.frei.isChecked(), "the choice for the last patient is not used for the next one"
