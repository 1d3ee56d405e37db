"""The Stammdateien of the KBV come in by the window: postal codes and Krankenkassen, used at once in the entry by hand."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from desk_twin import DeskTwin
from keyboard import Keyboard, settle
from papierbruecke.ui.lists_panel import ListsPanel
from papierbruecke.ui.main_window import MainWindow
from papierbruecke.ui.setting_parts import PARTS
from sdplz_file import sdplz

FUND = """<?xml version="1.0" encoding="ISO-8859-1"?>
<ehd:ehd xmlns:ehd="urn:ehd/001" xmlns="urn:ehd/kts/001"><ehd:header>
<ehd:document_type_cd V="KTS"/><ehd:interface><ehd:version V="1.05"/></ehd:interface></ehd:header>
<ehd:body><kostentraeger_liste><kostentraeger V="99101"><bezeichnung><name V="Musterkasse Nord"/></bezeichnung>
</kostentraeger></kostentraeger_liste></ehd:body></ehd:ehd>"""


def take(window: MainWindow, was: str, path: Path, qtbot: QtBot) -> str:
    window.show_place("einstellungen")
    window.setup.show_part(next(at for at, part in enumerate(PARTS) if part.panel == "listen"))
    panel: ListsPanel = window.setup.lists
    panel.ask_open = lambda _title, _pattern: str(path)
    settle(window, qtbot)
    panel.buttons[was].click()
    settle(window, qtbot)
    return panel.work.hint.text


def test_a_postal_code_that_does_not_exist_is_told_with_the_person(
    window: MainWindow, keys: Keyboard, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "PLZ74_1.202"
    path.write_bytes(sdplz("50171"))
    assert take(window, "plz", path, qtbot) == "PLZ-Stammdatei: 1 Eintrag eingelesen."
    keys.press("F4")
    keys.press("F2")
    settle(window, qtbot)
    card = window.reception.card
    assert "PLZ-Stammdatei" not in card.hint.text, "a postal code of the card is the card's affair (P6-400)"
    for plz, told in (("50172", True), ("50171", False)):
        keys.press("F3")
        card.hand.plz.set_text(plz)
        card.hand.ok.click()
        settle(window, qtbot)
        assert not card.entering, "a remark, never a refusal"
        assert ("steht nicht in der PLZ-Stammdatei" in card.hint.text) is told


def test_a_broken_file_is_refused(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "PLZ74_1.202"
    path.write_bytes(sdplz("50171")[:-20])
    assert "Bitte neu herunterladen" in take(window, "plz", path, qtbot)
    assert "Kostenträgerdatei" in take(window, "kostentraeger", path, qtbot)


def test_the_kostentraegerdatei_comes_in_and_is_found(
    desk: DeskTwin, window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "sdkt.xml"
    path.write_text(FUND, encoding="iso8859-1")
    assert take(window, "kostentraeger", path, qtbot) == "Kostenträgerdatei: 1 Eintrag eingelesen."
    assert [fund.vknr for fund in desk.find_kostentraeger().search("musterkasse", desk.clock.now().date())] == ["99101"]
