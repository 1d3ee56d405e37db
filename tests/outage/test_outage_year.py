"""The simulated year: no false proposal, no missed incident, at most one notice per cause.

Five seeds here, two Einbox years of each kind of noise and one at a TI-Gateway among them; more
by hand: ``python tests/bench/bench_outage.py year 200``.
"""

import pytest

from lage_year import play_year

SEEDS = (0, 1, 2, 3, 4)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_year_without_a_mistake(seed: int) -> None:
    figures = play_year(seed, noise=30, incidents=6)
    print(figures.line())
    assert figures.mistakes == []
    assert figures.events["incident"] == 6
    assert figures.events["noise"] >= 30
    assert figures.judged > 500
