"""What the program does by itself: kept input, backups, the first words, one notice per cause."""

import configparser
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desk_twin import ARVATO, MORGENS, DeskTwin, picture
from keyboard import Keyboard, open_window, settle
from papierbruecke.clock import SetClock
from papierbruecke.outage.model import Dienst
from papierbruecke.outbox.recover import Startbericht
from papierbruecke.ui.autostart import command, set_autostart
from papierbruecke.ui.main_window import MainWindow
from papierbruecke.ui.tray import Tray
from papierbruecke.vault.draft_file import KEPT, Drafts
from papierbruecke.vault.key import Key


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def test_half_typed_input_is_back_after_a_crash(desk: DeskTwin, qtbot: QtBot, qapp: QApplication) -> None:
    first = open_window(desk, qtbot, qapp)
    keys = Keyboard(first)
    keys.press("F2")
    settle(first, qtbot)
    keys.text("Ramipril Te")
    first.keeper.keep()  # what the timer does 1.5 s after the first letter
    settle(first, qtbot)
    stored = b"".join(path.read_bytes() for path in desk.daten.glob("entwurf.db*"))
    assert b"Ramipril" not in stored
    assert b"Beispiel-Testfrau" not in stored
    second = open_window(desk, qtbot, qapp)
    assert second.reception.rezept.rows[0].mittel.text() == "Ramipril Te"
    assert second.reception.card.patient is not None
    assert "wieder da" in second.reception.hint.text
    for window in (second, first):
        window.close()


def test_input_is_kept_when_the_program_ends_and_forgotten_when_it_is_done(
    desk: DeskTwin, qtbot: QtBot, qapp: QApplication
) -> None:
    first = open_window(desk, qtbot, qapp)
    Keyboard(first).text("Ramipril")
    first.close()
    second = open_window(desk, qtbot, qapp)
    assert second.reception.rezept.rows[0].mittel.text() == "Ramipril"
    second.reception.rezept.reset()
    second.close()
    third = open_window(desk, qtbot, qapp)
    assert third.reception.rezept.draft() == {}
    third.close()


def test_an_old_draft_belongs_to_nobody(tmp_path: Path) -> None:
    clock = SetClock(MORGENS)
    drafts = Drafts(tmp_path, Key(bytes(32)), clock)
    drafts.keep({"person": None})
    assert drafts.kept() == {"person": None}
    clock.advance(KEPT + timedelta(seconds=1))
    assert drafts.kept() == {}
    drafts.keep({})
    clock.advance(-KEPT)
    assert drafts.kept() == {}


def test_the_first_words_say_what_the_last_run_left(desk: DeskTwin, qtbot: QtBot, qapp: QApplication) -> None:
    desk.keeping.left = Startbericht((), (), (), timedelta(minutes=7))
    window = open_window(desk, qtbot, qapp)
    assert "7 Minuten" in window.notice.text
    assert desk.keeping.made == 1
    Keyboard(window).press("Esc")
    assert window.notice.text == ""
    window.close()


def test_one_notice_per_cause_and_none_takes_the_window(window: MainWindow, keys: Keyboard) -> None:
    tray = Tray(window)
    keys.text("Ramipril")
    for _ in range(3):
        window.watch.seen.emit(picture(ARVATO, *Dienst))
        window.watch.seen.emit(picture(ARVATO, Dienst.KIM))
    assert [notice.id for notice in tray.said] == ["D24"]
    assert window.place == "empfang"
    assert window.reception.rezept.rows[0].mittel.edit.hasFocus()


def test_the_tray_ends_the_program_and_its_window(window: MainWindow, qtbot: QtBot) -> None:
    tray = Tray(window)
    with qtbot.waitSignal(window.closed):
        tray.quit()


@pytest.mark.skipif("sys.platform == 'win32'")
def test_starting_with_the_computer_is_one_file_that_can_be_taken_back(tmp_path: Path) -> None:
    daten = tmp_path / 'Ordner mit "Zeichen" 100%'
    set_autostart(True, daten)
    entry = tmp_path / "config" / "autostart" / "papierbruecke.desktop"
    parser = configparser.RawConfigParser()
    parser.read_string(entry.read_text(encoding="utf-8"))
    line = parser["Desktop Entry"]["Exec"]
    assert '--leise"' in line
    assert '100%%"' in line
    assert '\\"Zeichen\\"' in line
    assert command(daten)[-1] == "--leise"
    set_autostart(False, daten)
    assert not entry.exists()
    set_autostart(False, daten)


def test_only_a_changed_wish_touches_the_entry(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    entry = tmp_path / "config" / "autostart" / "papierbruecke.desktop"
    entry.parent.mkdir(parents=True)
    entry.write_text("made by hand", encoding="utf-8")
    window.setup.save()
    settle(window, qtbot)
    assert entry.read_text(encoding="utf-8") == "made by hand"
    box = window.setup.form("start").fields[0]
    for wish in (True, False):
        box.show_value(wish)
        window.setup.save()
        settle(window, qtbot)
        assert entry.exists() is wish


@pytest.mark.skipif("sys.version_info >= (3, 12)", reason="there they are immortal")
def test_the_values_that_the_binding_miscounts_cannot_die(window: MainWindow) -> None:
    spare = 1_000_000_000  # a year of calls
    assert all(sys.getrefcount(value) > spare for value in (None, True, False))


def test_every_day_begins_after_its_backup(
    desk: DeskTwin, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    monkeypatch.setattr(desk, "begin_day", lambda: seen.append(desk.keeping.made))
    window.keeper.back_up()
    settle(window, qtbot)
    assert seen == [2], "one at the start, one now; each is made before its day begins"
