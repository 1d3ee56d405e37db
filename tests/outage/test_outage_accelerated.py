"""Scenarios through real sockets in accelerated time: diagnosis, Dienst states, and back again.

Three in the normal run, all of them with PAPIERBRUECKE_LANG=1; figures: ``bench_outage.py scenarios``.
"""

import os
from pathlib import Path

import pytest

from accelerated import NOT_BY_STATE, play
from papierbruecke.drill.scenarios import load_scenario, scenario_names

FEW = ["vpn-zugangsdienst", "kim-modul-aus", "konnektor-zertifikat-neu"]
ALL = [name for name in scenario_names() if name not in NOT_BY_STATE and load_scenario(name).erwartet.diagnose]
NAMES = ALL if os.environ.get("PAPIERBRUECKE_LANG") else FEW


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_from_first_failure_to_recovery(tmp_path: Path, name: str) -> None:
    expected = load_scenario(name).erwartet
    reached = play(tmp_path, name, tempo=60.0)
    assert reached.row == expected.diagnose
    assert reached.dienste == expected.dienste
    assert reached.recovered
    # No earlier than the hysteresis allows: the first certain word is not the first failure; only
    # gematik's own entry counts at once.
    assert reached.rows[0] is None
    assert reached.rows[1] == "D51" or expected.diagnose >= "D36"
    assert len(reached.notices) <= 1
