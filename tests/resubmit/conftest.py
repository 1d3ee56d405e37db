"""What the tests of this room share."""

from pathlib import Path

import pytest

import eau


@pytest.fixture(scope="session")
def judge(referenz: Path) -> eau.Judge:
    """The official rules; they take seconds to load, so one judge sits over the whole run."""
    return eau.Judge(referenz)
