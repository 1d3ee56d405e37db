"""Fixtures that every room may use."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from counterparts.pcsc import pcsc  # noqa: F401 (a fixture for every room)
from counterparts.simulator import simulator  # noqa: F401 (a fixture for every room)


@pytest.fixture(scope="session", autouse=True)
def answers_obey_their_schema() -> Iterator[None]:
    """Every answer that a command gives in any test is held against the schema that ``schema`` publishes."""
    from papierbruecke.commands import answer as file
    from papierbruecke.commands.answer_schema import ANSWERS
    from schema_check import conforms

    given_by_hand = file.answer

    def checked(given: dict[str, Any], document: dict[str, Any], lines: list[str]) -> None:
        name = document.get("schema") or ("lage" if "proben" in document else "karte")
        wrong = conforms(document, ANSWERS[name]())
        assert wrong == [], f"{name}: {wrong}"
        given_by_hand(given, document, lines)

    rooms = [module for name, module in sys.modules.items() if name.startswith("papierbruecke.commands")]
    patched = [module for module in rooms if getattr(module, "answer", None) is given_by_hand]
    for module in patched:
        module.answer = checked  # type: ignore[attr-defined]
    yield
    for module in patched:
        module.answer = given_by_hand  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def referenz() -> Path:
    """The folder with the official reference material (design §11).

    Missing: the test is skipped with the reason, except under CI, where that is a failure.
    """
    folder = Path(os.environ.get("PAPIERBRUECKE_REFERENZ", Path(__file__).parents[2] / "shared"))
    if not (folder / "data").is_dir():
        reason = "reference folder is missing (environment variable PAPIERBRUECKE_REFERENZ)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@pytest.fixture(scope="session")
def independent_decoder() -> None:
    """A PDF417 decoder that shares no code with the library that writes our symbols."""
    try:
        import pdf417decoder  # noqa: F401
    except ImportError:
        reason = "pdf417decoder is not installed (extra: test)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
