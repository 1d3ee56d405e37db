"""The real PC/SC service with the virtual reader, one per machine (design §11)."""

import os
from collections.abc import Iterator

import pytest

from papierbruecke.drill.pcsc_service import PcscService
from papierbruecke.errors import EnvironmentFailure


@pytest.fixture(scope="module")
def pcsc() -> Iterator[PcscService]:
    """A running pcscd with vpcd; skipped with the reason where it cannot run, a failure under CI."""
    service = PcscService()
    try:
        service.__enter__()
    except EnvironmentFailure as failure:
        if os.environ.get("CI") == "true":
            pytest.fail(failure.text)
        pytest.skip(failure.text)
    try:
        yield service
    finally:
        service.__exit__(None, None, None)
