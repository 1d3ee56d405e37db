"""The history of a Beleg speaks German: no step shows its inner name."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

import inputs
import papierbruecke
from desk_twin import MORGENS, DeskTwin
from keyboard import settle
from papierbruecke.outbox.model import Ereignis, Zustand
from papierbruecke.record.model import RezeptEingabe
from papierbruecke.ui import theme
from papierbruecke.ui.history_panel import step_words
from papierbruecke.ui.main_window import MainWindow

APP = Path(papierbruecke.__file__).parent


def event(was: str, zustand: Zustand | None = None, **detail: str) -> Ereignis:
    return Ereignis(
        nummer=1, zeit=MORGENS, kennung=None, stoerung=None, was=was, zustand=zustand, wer="sk", detail=detail, hash=""
    )


def noted() -> Iterator[str]:
    """What the services note for a Beleg: the second argument of every ``note`` that names one."""
    for room in ("resubmit", "forms", "pvs"):
        for path in sorted((APP / room).glob("*.py")):
            module = importlib.import_module(f"papierbruecke.{room}.{path.stem}")
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not (
                    isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "note"
                ):
                    continue
                if len(node.args) < 3:
                    continue
                was = node.args[1]
                if isinstance(was, ast.Constant):
                    yield str(was.value)
                elif isinstance(was, ast.Name) and hasattr(module, was.id):
                    yield str(getattr(module, was.id))


def test_every_step_has_german_words() -> None:
    names = set(noted()) | {"zustellung.verzoegert", "vorgedruckt", "geloescht"}
    assert {"signatur.fehler", "kassenfehler.spaet", "pvs.ausgegeben", "druckauftrag"} <= names
    assert [name for name in sorted(names) if step_words(event(name)) == name] == []


def test_every_state_has_german_words_with_what_proves_it() -> None:
    for zustand in Zustand:
        words = step_words(event("zustand", zustand))
        assert words
        assert "_" not in words
    assert step_words(event("zustand", Zustand.STORNIERT, grund="doppelt")) == "Ungültig: doppelt"
    assert step_words(event("kassenfehler.spaet", code="202")).endswith("Code 202")


def test_closing_the_history_brings_the_list_back_also_in_large_text(
    desk: DeskTwin, window: MainWindow, qtbot: QtBot
) -> None:
    (line,) = desk.issue_rezept(RezeptEingabe.model_validate(inputs.rezept()), "Test")
    desk.confirm_printed(line.kennung, "Test")
    desk.document(line.kennung, "Test", "")
    window.dress(theme.Look(text=2.0))
    window.show_place("nachbearbeitung")
    window.lists.reload_now()
    settle(window, qtbot)
    window.outbox.act()
    settle(window, qtbot)
    assert window.outbox.history.isVisible()
    assert not window.outbox.table.isVisible()  # both would be cut
    window.outbox.history.findChild(QPushButton, "verlauf_schliessen").click()
    assert not window.outbox.history.isVisible()
    assert window.outbox.table.isVisible()
    assert window.outbox.table.hasFocus()
