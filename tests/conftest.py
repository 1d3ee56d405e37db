"""Fixtures that every room may use."""

import os
from pathlib import Path

import pytest

from counterparts.pcsc import pcsc  # noqa: F401 (a fixture for every room)
from counterparts.simulator import simulator  # noqa: F401 (a fixture for every room)


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
