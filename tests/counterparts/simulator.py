"""The simulated TI for tests: started for one test, stopped after it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from papierbruecke.drill.simulator import Simulator


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Simulator]:
    """A simulated TI in which everything works."""
    with Simulator(tmp_path / "simulator") as running:
        yield running
