"""A Rezeptur written at the desk by keys (AVWG K3-723): alone on its sheet, nothing of it lost."""

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desk_twin import DeskTwin
from keyboard import Keyboard, settle
from papierbruecke.record.model import Bestandteil, RezepturPosition
from papierbruecke.ui.main_window import MainWindow

# Completion opens a list, and Qt's picture-less platform says that it cannot grab keys for it.

SALBE = RezepturPosition(
    form="rezeptur",
    name="Salicylsäure-Salbe",
    menge="100 g",
    darreichung="Salbe",
    bestandteile=(
        Bestandteil(name="Salicylsäure", menge="5,0 g"),
        Bestandteil(name="Weißes Vaselin", menge="ad 100,0 g"),
    ),
    gefaess="Tube",
    zubereitung="M. f. ungt.",
    gebrauch="2 x täglich dünn auftragen",
)


def write_salbe(keys: Keyboard) -> None:
    """From the name to the last line, with Enter between and one more behind the last ingredient."""
    for text in ("Salicylsäure-Salbe", "100 g", "Salbe", "Salicylsäure", "5,0 g", "Weißes Vaselin", "ad 100,0 g", ""):
        keys.text(text)
        keys.press("Return")
    for text in ("Tube", "M. f. ungt.", "2 x täglich dünn auftragen"):
        keys.text(text)
        keys.press("Return")


def start(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    keys.press("F2")
    settle(window, qtbot)
    window.reception.rezept.rezeptur_button.click()


def test_a_rezeptur_from_card_to_printer(desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    start(window, keys, qtbot)
    focus = QApplication.focusWidget()
    assert focus is not None
    assert focus.objectName() == "rezeptur_name"
    write_salbe(keys)
    focus = QApplication.focusWidget()
    assert focus is not None
    assert focus.objectName() == "haupt"
    keys.press("F9")
    settle(window, qtbot)
    window.reception.rezept.bar.strip.setFocus()
    keys.press("J")
    settle(window, qtbot)
    (line,) = desk.belege()
    beleg = desk.store().get(line.kennung)
    assert beleg is not None
    assert beleg.inhalt.rezept.positionen == (SALBE,)  # type: ignore[union-attr]
    assert window.reception.rezept.draft() == {}
    assert not window.reception.rezept.rezeptur.isVisible()
    assert window.reception.rezept.rezeptur_button.isVisible()


def test_beside_a_medicine_it_gets_a_sheet_of_its_own(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    start(window, keys, qtbot)
    write_salbe(keys)
    line = window.reception.rezept.rows[0]
    line.mittel.set_text("Testmittel")
    line.dosierung.set_text("1-0-0")
    keys.press("F9")
    settle(window, qtbot)
    sheets = [desk.store().get(each.kennung) for each in desk.belege()]
    forms = [[p.form for p in sheet.inhalt.rezept.positionen] for sheet in sheets if sheet]  # type: ignore[union-attr]
    assert sorted(forms) == [["freitext"], ["rezeptur"]]


def test_what_is_missing_is_told_at_its_field(desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    start(window, keys, qtbot)
    panel = window.reception.rezept.rezeptur
    keys.text("Salicylsäure-Salbe")
    keys.press("F9")
    settle(window, qtbot)
    assert panel.menge.objection == "Diese Angabe fehlt."
    assert "Bestandteile" in panel.bestandteile[0][0].objection
    assert window.reception.rezept.objections.text == ""
    panel.menge.set_text("100 g")
    panel.bestandteile[0][0].set_text("Salicylsäure")
    panel.bestandteile[1][1].set_text("ad 100 g")
    panel.anzahl.set_text("viele")
    keys.press("F9")
    settle(window, qtbot)
    assert panel.bestandteile[0][1].objection == "Diese Angabe fehlt."
    assert panel.bestandteile[1][0].objection == "Diese Angabe fehlt."
    assert panel.anzahl.objection == "Bitte 1 bis 99."
    panel.gebrauch.set_text("sehr oft dünn auftragen, " * 20)
    for field, text in ((panel.bestandteile[0][1], "5 g"), (panel.bestandteile[1][0], "Vaselin"), (panel.anzahl, "1")):
        field.set_text(text)
    keys.press("F9")
    settle(window, qtbot)
    assert panel.gebrauch.objection.startswith("Die Gebrauchsanweisung ist zu lang")
    assert desk.belege() == []


def test_a_betaeubungsmittel_in_it_is_refused_with_the_right_form(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    start(window, keys, qtbot)
    write_salbe(keys)
    window.reception.rezept.rezeptur.btm.click()
    keys.press("F9")
    settle(window, qtbot)
    assert "BtM-Rezept" in window.reception.rezept.objections.text
    assert window.reception.rezept.official.isVisible()
    assert desk.belege() == []


def test_what_is_half_written_is_kept_and_can_be_left_out(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    start(window, keys, qtbot)
    write_salbe(keys)
    page = window.reception.rezept
    kept = page.draft()
    page.rezeptur.drop_button.click()
    assert page.draft() == {}
    assert not page.rezeptur.isVisible()
    focus = QApplication.focusWidget()
    assert focus is not None
    assert focus.objectName() == "mittel_0"
    page.restore(kept)
    assert page.rezeptur.isVisible()
    assert not page.rezeptur_button.isVisible()
    assert page.rezeptur.position() == SALBE
    old = {name: value for name, value in kept.items() if name != "rezeptur"}
    page.restore(old)  # kept by a version without Rezeptur
    assert page.rezeptur.empty
