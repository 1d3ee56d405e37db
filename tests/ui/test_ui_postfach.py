"""What arrived over KIM, by keys: the list with reasons, and the text of a mail."""

from pytestqt.qtbot import QtBot

from desk_twin import DeskTwin
from keyboard import WAIT_MS, Keyboard, settle
from papierbruecke.errors import EnvironmentFailure
from papierbruecke.ui.main_window import MainWindow
from papierbruecke.ui.postfach_page import FORT


def test_the_mails_are_listed_and_one_is_read(desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    desk.store().remember_mails({"a": "zugestellt", "b": "fremd", "c": "fehlernachricht ohne eigene Sendung"})
    texts = {"c": "Von: kasse@test\nNicht zuständig"}
    desk.open_mail = texts.get  # type: ignore[method-assign, assignment]
    keys.press("F8")
    keys.press("Alt+P")
    qtbot.waitUntil(lambda: window.place == "postfach", timeout=WAIT_MS)
    settle(window, qtbot)
    page = window.postfach
    shown = [page.list.item(row).text() for row in range(page.list.count())]
    assert len(shown) == 2
    assert "gehört zu keiner Sendung dieses Platzes" in shown[0]
    assert page.counted.text() == (
        "2 Mails gelesen · 1 ohne Wirkung, der Grund steht dabei · 1 fremde Mail bleibt ungelesen"
    )
    keys.press("Return")
    settle(window, qtbot)
    assert page.text.toPlainText() == texts["c"]
    keys.press("Down")
    keys.press("F9")
    settle(window, qtbot)
    assert page.text.toPlainText() == ""
    assert page.hint.text == FORT
    keys.press("Escape")
    assert window.place == "nachbearbeitung"


def test_a_box_that_does_not_answer_is_told_at_once(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    desk.store().remember_mails({"a": "zugestellt"})

    def broken(uidl: str) -> str | None:
        raise EnvironmentFailure("kim.no_answer", "Das Postfach antwortet nicht.")

    desk.open_mail = broken  # type: ignore[method-assign]
    window.show_place("postfach")
    settle(window, qtbot)
    keys.press("F9")
    settle(window, qtbot)
    assert "antwortet nicht" in window.postfach.hint.text
