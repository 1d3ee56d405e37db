"""Pages are made when somebody first goes there, and know then what they would have known before."""

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desk_twin import ARVATO, DeskTwin, picture
from keyboard import Keyboard, make_everything, open_window, settle, write_rezept
from papierbruecke.outage.model import Dienst
from papierbruecke.ui.keys import ORTE, TASTEN
from papierbruecke.ui.main_window import MainWindow
from papierbruecke.ui.places import NAMES
from papierbruecke.ui.reception import REZEPT
from papierbruecke.ui.theme import Look, Thema


class Windows(QObject):
    """Every window that opens beside the desk."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.opened.append(f"{type(watched).__name__} {watched.objectName()}")
        return False


def test_a_start_makes_the_reception_and_one_form(window: MainWindow) -> None:
    assert [place for place in NAMES if place in window.places] == ["empfang"]
    assert list(window.reception.pages) == [REZEPT]
    assert len(window.findChildren(QWidget)) < 500


def test_no_page_opens_a_window_of_its_own_while_it_is_made(desk: DeskTwin, qtbot: QtBot, qapp: QApplication) -> None:
    windows = Windows()
    qapp.installEventFilter(windows)
    window = open_window(desk, qtbot, qapp)
    make_everything(window)
    settle(window, qtbot)
    qapp.removeEventFilter(windows)
    window.close()
    assert windows.opened == ["MainWindow papierbruecke"]


@pytest.mark.parametrize("befehl", list(ORTE))
def test_a_key_leads_to_a_page_where_nobody_was_yet(
    window: MainWindow, keys: Keyboard, qtbot: QtBot, befehl: str
) -> None:
    settle(window, qtbot)
    keys.press(next(taste.key for taste in TASTEN if taste.befehl == befehl))
    settle(window, qtbot)
    assert window.place == ORTE[befehl]  # type: ignore[index]
    focus = QApplication.focusWidget()
    assert focus is not None
    assert window.places[window.place].isAncestorOf(focus) or focus is window.places[window.place]
    keys.press("Esc")
    assert window.place == "empfang"


def test_a_page_knows_what_happened_before_it_was_made(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    window.show_lage(picture(ARVATO, Dienst.EREZEPT, Dienst.KIM))
    write_rezept(window, keys, qtbot)
    keys.press("J")
    settle(window, qtbot)
    keys.press("F8")
    settle(window, qtbot)
    assert window.outbox.model.rowCount() == 1
    assert window.outbox.wer == window.reception.rezept.bar.wer
    keys.press("F10")
    settle(window, qtbot)
    assert ARVATO.titel in " ".join(
        made.property("text") or "" for made in window.lage_page.findChildren(QWidget) if made.property("text")
    )
    keys.press("F6")
    settle(window, qtbot)
    assert window.reception.ersatzschein.patient is window.reception.card.patient


def test_a_mode_change_comes_before_any_page_was_seen(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    window.show_lage(picture(ARVATO, Dienst.KIM))
    for _ in range(2):  # to paper, and back: then the queue waits for its time
        keys.press("F12")
        keys.press("F9")
        settle(window, qtbot)
        window.show_lage(picture(None))
    assert window.place == "empfang"


class Restyled(QObject):
    """How often a page was worked through for another look."""

    def __init__(self, page: QWidget) -> None:
        super().__init__()
        self.times = 0
        page.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.times += event.type() is QEvent.Type.StyleChange
        return False


def test_another_look_is_for_the_page_that_is_seen_and_for_the_others_when_somebody_goes_there(
    window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    keys.press("F8")
    keys.press("F3")
    settle(window, qtbot)
    hidden, seen = Restyled(window.outbox), Restyled(window.reception)
    window.dress(Look(Thema.DUNKEL))
    assert (hidden.times, seen.times) == (0, 1)
    keys.press("F8")
    assert hidden.times == 1
    assert window.outbox.styleSheet() == window.reception.styleSheet()
    keys.press("F3")
    assert (hidden.times, seen.times) == (1, 1), "nothing is worked through twice"
