"""What happens on a real desk: somebody else's card, F12 in the middle, hammered keys, bad input."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desk_twin import ARVATO, NO_CARD, NO_READER, DeskTwin, card, picture
from keyboard import Keyboard, make_everything, settle
from papierbruecke.card.model import Warnung
from papierbruecke.crash import CrashReport
from papierbruecke.errors import EnvironmentFailure
from papierbruecke.outage.model import Dienst
from papierbruecke.outbox.model import Zustand
from papierbruecke.ui.main_window import MainWindow


def other_card() -> object:
    return card(vorname="Jonas", nachname="Probe", versicherten_id="B123456782")


def test_f12_in_the_middle_of_a_word(desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    window.show_lage(picture(ARVATO, Dienst.EREZEPT, Dienst.KIM))
    keys.text("Ramip")
    before = QApplication.focusWidget()
    keys.press("F12")
    assert window.place == "betriebsart"
    keys.press("F9")
    settle(window, qtbot)
    assert set(desk.papier()) == {Dienst.EREZEPT, Dienst.KIM}
    assert window.place == "empfang"
    assert QApplication.focusWidget() is before
    keys.text("ril")
    assert window.reception.rezept.rows[0].mittel.text() == "Ramipril"
    assert window.banner.chips[Dienst.EREZEPT].word == "Papier · Muster 16"
    assert window.banner.chips[Dienst.VSDM].word == "verfügbar"


def test_leaving_paper_is_a_persons_decision(desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    window.show_lage(picture(ARVATO, *Dienst))
    keys.press("F12")
    keys.press("F9")
    settle(window, qtbot)
    window.show_lage(picture(None))
    assert set(window.papier) == set(Dienst)
    assert "Die TI läuft wieder" in window.banner.headline.text()
    keys.press("F12")
    keys.press("F9")
    settle(window, qtbot)
    assert desk.papier() == {}


def test_escape_leaves_the_betriebsart_unchanged(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    keys.press("F12")
    keys.press("1")
    keys.press("Esc")
    settle(window, qtbot)
    assert desk.papier() == {}
    assert window.place == "empfang"


def test_another_person_never_gets_the_medicine_of_the_first(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    desk.cards = [card(), other_card(), card()]  # type: ignore[list-item]
    keys.press("F2")
    settle(window, qtbot)
    keys.text("Ramipril Test")
    keys.press("F2")
    settle(window, qtbot)
    assert window.reception.rezept.draft() == {}
    keys.press("F2")
    settle(window, qtbot)
    assert window.reception.rezept.rows[0].mittel.text() == "Ramipril Test"


def test_what_was_written_before_the_card_stays(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    keys.text("Ibuprofen T")
    before = QApplication.focusWidget()
    keys.press("F2")
    settle(window, qtbot)
    assert window.reception.rezept.rows[0].mittel.text() == "Ibuprofen T"
    assert QApplication.focusWidget() is before
    assert before is not None


def test_keys_hammered_while_the_printer_works_answer_nothing(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    keys.press("F2")
    settle(window, qtbot)
    keys.text("Ramipril Test")
    keys.press("Return")
    keys.press("Return")
    keys.text("1-0-0")
    desk.printer_twin.gate.clear()
    keys.press("F9")
    for _ in range(20):
        for key in ("J", "V", "Return", "F9", "Space", "N"):
            keys.press(key)
    desk.printer_twin.gate.set()
    settle(window, qtbot)
    assert [line.zustand for line in desk.belege()] == [Zustand.ERFASST]
    assert len(desk.printer_twin.printed) == 1
    keys.press("J", repeat=True)
    settle(window, qtbot)
    assert desk.belege()[0].zustand is Zustand.ERFASST
    keys.press("J")
    settle(window, qtbot)
    assert desk.belege()[0].zustand is Zustand.GEDRUCKT


@pytest.mark.parametrize(
    "text",
    ["x" * 500, "Ramipril 😀", "Zeile eins\nZeile zwei\t" * 40, "»1-0-0«", "\x00\x01", "Ω" * 30],
    ids=["500", "emoji", "page", "marks", "control", "greek"],
)
def test_bad_text_in_every_field_breaks_nothing(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot, text: str
) -> None:
    keys.press("F2")
    settle(window, qtbot)
    make_everything(window)
    for page in window.reception.pages.values():
        for control in page.controls():
            if hasattr(control, "set_text"):
                control.set_text(text)
    settle(window, qtbot)
    for key in ("F4", "F9", "F5", "F9"):
        keys.press(key)
        settle(window, qtbot)
    assert window.place == "empfang"
    assert window.reception.rezept.rows[0].pzn.objection
    assert "Bitte ein Datum" in window.reception.au.bis.objection
    assert desk.belege() == []


def test_letters_in_a_date_are_told_at_the_field(window: MainWindow, keys: Keyboard) -> None:
    keys.press("F5")
    keys.text("morgen")
    keys.press("F9")
    assert "27.11.2026" in window.reception.au.bis.objection


def test_no_reader_and_no_card_leave_the_window_usable(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    gone = EnvironmentFailure("leser.dienst", "Der Kartendienst antwortet nicht. Bitte von Hand erfassen (F3).")
    desk.cards = [NO_READER, gone, NO_CARD]
    for expected in ("kein Kartenleser", "Kartendienst"):
        keys.press("F2")
        settle(window, qtbot)
        assert expected in window.reception.card.empty_hint.text
    keys.press("F2")
    keys.press("Esc")
    settle(window, qtbot)
    assert "keine Karte" in window.reception.card.empty_hint.text
    keys.press("F3")
    assert window.reception.card.entering


def test_a_card_that_is_not_valid_today_is_not_taken_over(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    read = card()
    why = Warnung(
        code="karte.abgelaufen",
        text="Der Versicherungsschutz endete am 31.10.2026. Die Karte gilt heute nicht; über die Behandlung entscheidet "
        "die Praxis.",
    )
    ended = read.daten.model_copy(update={"verwendbar": False, "warnungen": (*read.daten.warnungen, why)})
    desk.cards = [type(read)(ended)]
    keys.press("F2")
    settle(window, qtbot)
    assert window.reception.card.patient is None
    shown = window.reception.card.empty_hint.text
    assert why.text in shown
    assert "Beispiel-Testfrau" in shown, "shown to be copied, not taken over"
    keys.press("F3")
    assert window.reception.card.hand.nachname.text() == "Beispiel-Testfrau"


def test_the_next_patient_starts_on_an_empty_page(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    keys.press("F2")
    settle(window, qtbot)
    keys.text("Ramipril Test")
    keys.press("Ctrl+N")
    assert window.reception.card.patient is None
    assert window.reception.rezept.draft() == {}
    keys.press("F2")
    settle(window, qtbot)
    assert window.reception.rezept.rows[0].mittel.text() == "Ramipril Test"


def test_a_crash_shows_a_code_and_keeps_the_input(
    desk: DeskTwin,
    window: MainWindow,
    keys: Keyboard,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    bugs: list[CrashReport],
) -> None:
    keys.text("Ramipril Test")
    settle(window, qtbot)

    def bug() -> list[object]:
        raise AssertionError("Erika Beispiel-Testfrau")

    monkeypatch.setattr(desk, "belege", bug)
    window.lists.reload()
    settle(window, qtbot)
    assert window.place == "programmfehler"
    assert [report.code for report in bugs] == [window.crash.code.text()]
    assert len(window.crash.code.text()) == 8
    bugs.clear()
    assert "Erika" not in window.crash.trace.toPlainText()
    monkeypatch.undo()
    keys.press("F9")
    assert window.reception.rezept.rows[0].mittel.text() == "Ramipril Test"


def test_a_store_that_fails_is_told_and_nothing_is_printed(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys.press("F2")
    settle(window, qtbot)
    keys.text("Ramipril Test")
    keys.press("Return")
    keys.press("Return")
    keys.text("1-0-0")

    def full(*_: object) -> None:
        raise EnvironmentFailure("speicher.voll", "Die Festplatte ist voll.")

    monkeypatch.setattr(desk, "issue_rezept", full)
    keys.press("F9")
    settle(window, qtbot)
    assert "Die Festplatte ist voll" in window.reception.rezept.bar.trouble.text
    assert desk.printer_twin.printed == []
    assert window.reception.rezept.rows[0].mittel.text() == "Ramipril Test"


def test_the_title_never_names_anybody(desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    keys.press("F2")
    settle(window, qtbot)
    assert window.windowTitle() == "Papierbrücke"
