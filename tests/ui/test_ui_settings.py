"""First start and settings: one page from the declared tables, objections at the field."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import inputs
from desk_twin import DeskTwin
from keyboard import Keyboard, open_window, settle
from papierbruecke.settings import Einstellungen
from papierbruecke.ui import theme
from papierbruecke.ui.main_window import MainWindow
from papierbruecke.ui.setting_parts import PARTS


@pytest.fixture
def fresh(tmp_path: Path) -> DeskTwin:
    return DeskTwin(tmp_path / "platz", Einstellungen())


@pytest.fixture
def window(fresh: DeskTwin, qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
    made = open_window(fresh, qtbot, qapp)
    yield made
    made.close()
    theme.choose(qapp, theme.Look())


def fill(window: MainWindow, prefix: str, values: dict[str, str]) -> None:
    for field in window.setup.form(prefix).fields:
        if field.name in values:
            field.show_value(values[field.name])


def test_the_first_start_asks_for_practice_and_doctor_and_then_works(
    fresh: DeskTwin, window: MainWindow, qtbot: QtBot
) -> None:
    keys = Keyboard(window)
    assert window.place == "einstellungen"
    assert "Willkommen" in window.setup.steps.words.text()
    fill(window, "arzt", inputs.ARZT)
    fill(window, "betriebsstaette", inputs.BETRIEBSSTAETTE)
    keys.press("F9")
    settle(window, qtbot)
    assert fresh.settings.praxis.aerzte[0].nachname == "Testfall"
    assert "Schritt 2 von" in window.setup.steps.where.text()
    keys.press("F4")
    assert window.reception.rezept.issuer.complete


def test_the_set_up_may_wait(window: MainWindow) -> None:
    keys = Keyboard(window)
    keys.press("Esc")
    assert window.place == "empfang"
    keys.press("F9")
    assert "F11" in window.reception.rezept.objections.text


def test_wrong_values_are_told_at_their_field(fresh: DeskTwin, window: MainWindow) -> None:
    keys = Keyboard(window)
    fill(window, "arzt", inputs.ARZT | {"lanr": "123"})
    fill(window, "betriebsstaette", inputs.BETRIEBSSTAETTE)
    keys.press("F9")
    by_name = {field.name: field for field in window.setup.form("arzt").fields}
    assert "LANR" in by_name["lanr"].objection
    assert fresh.settings == Einstellungen()
    fill(window, "arzt", inputs.ARZT)
    fill(window, "konnektor", {"port": "viele"})
    keys.press("F9")
    port = next(field for field in window.setup.form("konnektor").fields if field.name == "port")
    assert "ganze Zahl" in port.objection
    assert fresh.settings == Einstellungen()


def test_colours_and_text_size_follow_at_once(fresh: DeskTwin, window: MainWindow, qtbot: QtBot) -> None:
    keys = Keyboard(window)
    fill(window, "darstellung", {"thema": "dunkel", "text": "1,5"})
    keys.press("F9")
    settle(window, qtbot)
    assert theme.current() == theme.Look(theme.Thema.DUNKEL, 1.5)


def test_every_table_of_the_settings_has_a_place_on_the_page() -> None:
    shown = {section.path for part in PARTS for section in part.sections}
    tables = {name for name, info in Einstellungen.model_fields.items() if hasattr(info.annotation, "model_fields")}
    assert tables <= shown
