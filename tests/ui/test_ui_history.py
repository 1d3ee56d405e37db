"""The history of a Beleg speaks German: no step shows its inner name."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import papierbruecke
from desk_twin import MORGENS
from papierbruecke.outbox.model import Ereignis, Zustand
from papierbruecke.ui.history_panel import step_words

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
