"""Ersatzscheine whose card is still awaited: a list of their own by quarter end, also of what is entered already."""

from datetime import date

from pytestqt.qtbot import QtBot

import inputs
from desk_twin import DeskTwin
from keyboard import WAIT_MS, Keyboard, settle
from papierbruecke.clock import PRAXISZEIT
from papierbruecke.outbox.model import Spalte, Uebersicht
from papierbruecke.reconcile.ledger import Zeile
from papierbruecke.reconcile.read_later import Nachlesen, read_later
from papierbruecke.record.model import ErsatzscheinEingabe
from papierbruecke.resubmit.by_hand import proof_of
from papierbruecke.ui.beleg_table import AKTION, REST
from papierbruecke.ui.main_window import MainWindow
from papierbruecke.ui.owed import without_card


def slip(desk: DeskTwin, name: str) -> Uebersicht:
    document = inputs.ersatzschein()
    document["versicherter"]["nachname"] = name
    line = desk.issue_ersatzschein(ErsatzscheinEingabe.model_validate(document), "Test")
    desk.confirm_printed(line.kennung, "Test")
    return line


def shown(window: MainWindow, column: int) -> list[str]:
    model = window.outbox.model
    return [model.index(row, column).data() for row in range(model.rowCount())]


def test_what_is_entered_still_waits_for_its_card(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    slip(desk, "Erste")
    entered = slip(desk, "Zweite")
    desk.document(entered.kennung, "Test", "Praxissoftware")
    window.lists.reload_now()
    settle(window, qtbot)
    keys.press("F8")
    settle(window, qtbot)
    assert window.outbox.card_later.text() == "Kar&te fehlt (2)"
    keys.press("Alt+T")
    qtbot.waitUntil(window.outbox.card_later.isChecked, timeout=WAIT_MS)
    assert shown(window, AKTION) == ["Karte da", "Karte da"]
    assert all(text.startswith("Noch 38 Tage: Karte im selben Quartal") for text in shown(window, REST))
    line = next(line for line in window.lines if line.kennung == entered.kennung)
    row = next(row for row in range(2) if window.outbox.model.kennung(row) == line.kennung)
    window.outbox.table.selectRow(row)
    window.outbox.table.setFocus()
    keys.press("Return")
    settle(window, qtbot)
    panel = window.outbox.steps
    assert panel.isVisible()
    panel.setFocus()
    keys.press("K")  # the card is there now: beside the slip, field by field
    settle(window, qtbot)
    assert "andere" in panel.hint.text or "Schein" in panel.hint.text
    number = next(key for key, (step, _) in enumerate(panel.steps, 1) if step.name == "nachweis_karte")
    panel.setFocus()
    keys.press(str(number))
    settle(window, qtbot)
    assert proof_of(desk.store().events(entered.kennung)) == "karte"
    assert window.outbox.card_later.text() == "Kar&te fehlt (1)"
    assert window.outbox.model.rowCount() == 1


def test_without_any_slip_nothing_is_said_to_be_missing(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    keys.press("F8")
    window.outbox.card_later.click()
    settle(window, qtbot)
    assert window.outbox.empty.text() == "Keine Karte fehlt."


def test_the_days_that_are_left_are_counted_to_the_end_of_the_quarter(desk: DeskTwin) -> None:
    line = slip(desk, "Erste")
    (waiting,) = read_later(desk.store(), desk.clock.now())
    assert waiting.bis.astimezone(PRAXISZEIT).date() == date(2026, 12, 31)

    def words(each: Nachlesen, heute: date) -> str:
        row = Zeile(line, spalte=Spalte.OFFEN, satz="", noch_zu_tun=None, bis=None, ueberfaellig=False)
        (found,) = without_card([row], [each], heute)
        assert found.bis == each.bis
        return found.noch_zu_tun or ""

    assert words(waiting, date(2026, 12, 30)).startswith("Noch 1 Tag: Karte")
    assert words(waiting, date(2026, 12, 31)).startswith("Noch heute: Karte")
    late = waiting.model_copy(update={"ueberfaellig": True})
    assert words(late, date(2027, 1, 2)).startswith("Das Quartal ist vorbei")
