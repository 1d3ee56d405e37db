"""Tables, Nachversand, keys and the look."""

import threading
from uuid import uuid4

import pytest
from PySide6.QtGui import QColor
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desk_twin import MORGENS, DeskTwin, settings
from keyboard import Keyboard, open_window, settle, write_rezept
from papierbruecke.outbox.model import Uebersicht, Zustand
from papierbruecke.record.model import BelegArt
from papierbruecke.ui import texts, theme
from papierbruecke.ui.background import Background
from papierbruecke.ui.beleg_table import BelegModel
from papierbruecke.ui.keys import TASTEN
from papierbruecke.ui.main_window import MainWindow


def test_the_table_is_a_well_behaved_model(desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    model = window.outbox.model
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    write_rezept(window, keys, qtbot)
    keys.press("J")
    settle(window, qtbot)
    assert model.rowCount() == 1
    model.show_rows([], kim_in_papier=False, heute=window.reception.rezept.heute)
    assert model.rowCount() == 0


@pytest.mark.parametrize("art", list(BelegArt))
@pytest.mark.parametrize("zustand", list(Zustand))
@pytest.mark.parametrize("weg", ["direkt", "pvs"])
def test_every_state_has_one_action_and_only_an_au_or_its_storno_is_ever_sent(
    art: BelegArt, zustand: Zustand, weg: str
) -> None:
    line = Uebersicht(
        kennung=uuid4(),
        belegnummer="231126-A-001-R",
        art=art,
        stoerung=uuid4(),
        vorgang=uuid4(),
        angelegt=MORGENS,
        patient="Testfall, Otto",
        zustand=zustand,
        seit=MORGENS,
        weg=weg,
    )
    action = texts.aktion(line, False)
    if action in (texts.Aktion.SENDEN, texts.Aktion.NACHSEHEN, texts.Aktion.FREIGEBEN):
        assert art in (BelegArt.AU, BelegArt.STORNO)
        assert weg == "direkt"  # one eAU has one sender, which also takes it back (design §2, TA eAU P6-04)
    if zustand in (Zustand.ZUGESTELLT, Zustand.PER_POST, Zustand.NUR_PAPIER, Zustand.DOKUMENTIERT):
        assert action is texts.Aktion.VERLAUF


def test_the_nachversand_shows_progress_and_can_be_stopped(desk: DeskTwin, qtbot: QtBot, qapp: QApplication) -> None:
    desk.settings = settings(weg_au="direkt")
    desk.steps = [threading.Event() for _ in range(3)]
    window = open_window(desk, qtbot, qapp)
    keys = Keyboard(window)
    keys.press("F2")
    settle(window, qtbot)
    keys.press("F5")
    keys.text("+2")
    keys.press("Return")
    keys.text("J06.9")
    keys.press("F9")
    settle(window, qtbot)
    keys.press("J")
    settle(window, qtbot)
    keys.press("F8")
    keys.press("F9")
    desk.steps[0].set()
    qtbot.waitUntil(lambda: window.outbox.sending.work.bar.value() == 1, timeout=20_000)
    assert window.outbox.sending.work.words.text() == "Wird gesendet … 1 von 3"
    keys.press("Esc")
    desk.steps[1].set()
    settle(window, qtbot)
    assert not window.outbox.is_sending
    assert "Angehalten" in window.outbox.hint.text
    assert window.place == "nachbearbeitung"
    window.close()


def test_every_key_of_the_table_is_bound_and_shown(window: MainWindow) -> None:
    shown = {w.text() for w in window.help.findChildren(QLabel)}
    for taste in TASTEN:
        assert taste.key.replace("Ctrl", "Strg") in shown
    assert len({taste.key for taste in TASTEN}) == len(TASTEN)


def test_tab_walks_every_field_in_writing_order(window: MainWindow, keys: Keyboard) -> None:
    window.reception.rezept.rows[0].mittel.set_text("Testmittel")
    keys.press("F4")
    seen = []
    for _ in range(60):
        widget = QApplication.focusWidget()
        if widget is None or widget.objectName() in seen:
            break
        seen.append(widget.objectName())
        keys.press("Tab")
    order = [name for name in seen if name in ("mittel_0", "pzn_0", "dosierung_0", "anzahl_0", "mittel_1")]
    assert order == ["mittel_0", "pzn_0", "dosierung_0", "anzahl_0", "mittel_1"]
    assert "haupt" in seen


def test_every_control_has_a_name_for_the_screen_reader(window: MainWindow) -> None:
    for widget in window.findChildren(QWidget):
        if isinstance(widget, QLineEdit) and widget.objectName() not in ("", "qt_spinbox_lineedit"):
            assert widget.accessibleName(), widget.objectName()


@pytest.mark.parametrize("thema", list(theme.Thema))
@pytest.mark.parametrize("pair", theme.PAIRS, ids="-".join)
def test_all_text_can_be_read(thema: theme.Thema, pair: tuple[str, str]) -> None:
    front, ground = (QColor(theme.tokens(thema)[token]) for token in pair)
    assert theme.contrast(front, ground) >= 4.5


def test_themes_name_the_same_tokens() -> None:
    names = [set(theme.tokens(thema)) for thema in theme.Thema]
    assert names[0] == names[1] == names[2]


def test_a_job_answers_exactly_once(qtbot: QtBot) -> None:
    background = Background()
    results: list[object] = []
    crashes: list[object] = []
    background.crashed.connect(crashes.append)
    background.run("outbox", lambda: 1, results.append)
    background.run("outbox", lambda: 1 // 0, results.append)
    qtbot.waitUntil(lambda: not background.busy, timeout=20_000)
    assert results == [1]
    assert len(crashes) == 1
    background.stop()


def test_an_empty_table_has_no_rows() -> None:
    assert BelegModel().line(0) is None
