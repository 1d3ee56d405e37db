"""The simulated year: no false proposal, no missed incident, at most one notice per cause.

Five seeds here, two Einbox years of each kind of noise and one at a TI-Gateway among them; with
PAPIERBRUECKE_LANG=1 two hundred fuller years, as ``python tests/bench/bench_outage.py year 200``.
"""

import os

import pytest

from lage_year import play_year

LANG = bool(os.environ.get("PAPIERBRUECKE_LANG"))
SEEDS = range(200 if LANG else 5)
NOISE, INCIDENTS = (80, 12) if LANG else (30, 6)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_year_without_a_mistake(seed: int) -> None:
    figures = play_year(seed, noise=NOISE, incidents=INCIDENTS)
    print(figures.line())
    assert figures.mistakes == []
    assert figures.events["incident"] >= INCIDENTS - 1
    assert figures.events["noise"] >= NOISE
    assert figures.judged > 500
