"""Text at 200 %: what must be read is whole, what must be pressed is in sight (issue 8 item 8)."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

import inputs
from desk_twin import DeskTwin
from keyboard import Keyboard, settle
from papierbruecke.card.model import KarteNichtLesbar
from papierbruecke.outage.model import Dienst
from papierbruecke.record.model import RezeptEingabe
from papierbruecke.ui import theme
from papierbruecke.ui.beleg_table import AKTION, REST
from papierbruecke.ui.main_window import MainWindow

REFUSED = "Der Versicherungsschutz endete am 31.12.2025. Die Karte gilt heute nicht. F3 öffnet die Eingabe von Hand."


@pytest.fixture
def large(window: MainWindow) -> Iterator[MainWindow]:
    window.dress(theme.Look(text=2.0))
    yield window
    window.dress(theme.Look())


def in_sight(button: QPushButton) -> bool:
    parent = button.parentWidget()
    words = button.fontMetrics().horizontalAdvance(button.text().replace("&", "")) + 8
    return (
        button.width() >= words
        and button.height() >= theme.current().px(32)
        and parent.rect().contains(button.geometry())
    )


def test_the_betriebsart_can_be_read_and_chosen(large: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    keys.press("F12")
    settle(large, qtbot)
    panel = large.mode
    for dienst in Dienst:
        for made in (panel.paper[dienst], panel.online[dienst]):
            assert in_sight(made), made.accessibleName()
    assert in_sight(panel.apply_button)
    boxes = sorted(panel.paper[dienst].mapTo(panel, panel.paper[dienst].rect().topLeft()).y() for dienst in Dienst)
    assert all(below - above >= theme.current().px(36) for above, below in pairwise(boxes))


def test_the_list_says_what_is_left_and_shows_its_button(
    large: MainWindow, desk: DeskTwin, keys: Keyboard, qtbot: QtBot
) -> None:
    (line,) = desk.issue_rezept(RezeptEingabe.model_validate(inputs.rezept()), "Test")
    desk.confirm_printed(line.kennung, "Test")
    large.lists.reload_now()
    keys.press("F8")
    settle(large, qtbot)
    table = large.outbox.table
    assert table.columnWidth(REST) >= theme.current().px(180)
    assert table.viewport().rect().contains(table.visualRect(table.model().index(0, AKTION)))
    for name in ("zum_abgleich", "zu_fristen", "weitere_schritte", "noch_einmal", "haupt"):
        made = large.outbox.findChild(QPushButton, name)
        assert made is not None
        assert in_sight(made), name
    large.dress(theme.Look())
    large.outbox.table.fit()
    assert not any(table.isColumnHidden(column) for column in range(table.model().columnCount()))
    bar = large.outbox.bar
    qtbot.waitUntil(lambda: bar.tools.geometry().center().y() == bar.row.geometry().center().y(), timeout=5_000)


def test_why_a_card_was_not_taken_is_never_cut(large: MainWindow, desk: DeskTwin, keys: Keyboard, qtbot: QtBot) -> None:
    desk.cards = [KarteNichtLesbar("karte.abgelaufen", REFUSED)]
    keys.press("F2")
    settle(large, qtbot)
    hint = large.reception.card.empty_hint
    qtbot.waitUntil(lambda: hint.height() >= hint.heightForWidth(hint.width()), timeout=5_000)
    card = large.reception.card
    assert hint.mapTo(card, hint.rect().bottomLeft()).y() <= card.height()


def test_a_folded_card_still_says_that_it_is_no_proof(large: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    keys.press("F2")
    settle(large, qtbot)
    assert large.reception.card._origin.text().endswith("kein Nachweis")


def test_in_a_small_window_every_box_of_the_prescription_is_in_sight(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    first, place = desk.settings.praxis.aerzte[0], desk.settings.praxis.betriebsstaetten[0]
    more = desk.settings.praxis.model_copy(
        update={
            "aerzte": (first, first.model_copy(update={"lanr": "123456601"})),
            "betriebsstaetten": (place, place.model_copy(update={"bsnr": "031234568"})),
        }
    )
    window.reception.rezept.set_settings(desk.settings.model_copy(update={"praxis": more}), "t")
    keys.press("F2")
    settle(window, qtbot)
    page = window.reception.rezept
    boxes = (*page.marks.boxes.values(), page.marks.arbeitsunfall, page.marks.art.combo, page.issuer.place)

    def cut() -> list[str]:
        return [each.objectName() for each in boxes if each.visibleRegion().boundingRect() != each.rect()]

    for size in ((1280, 720), (1366, 768), (1920, 1080), (1280, 720)):
        window.resize(*size)
        settle(window, qtbot)
        assert page.issuer.place.isVisible()
        qtbot.waitUntil(lambda: cut() == [])


def test_a_rezeptur_and_objections_never_lie_over_the_line_below(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    window.resize(1280, 720)
    keys.press("F2")
    settle(window, qtbot)
    page = window.reception.rezept
    page.rezeptur_button.click()
    keys.press("F9")
    settle(window, qtbot)
    for row in page.rows:
        row.mittel.set_text("Testmittel")
    keys.press("F9")
    settle(window, qtbot)
    inside = page._card.layout()
    assert inside is not None
    foot = inside.itemAt(inside.count() - 1)
    assert foot is not None
    assert page._scroll.geometry().bottom() < foot.geometry().top()
