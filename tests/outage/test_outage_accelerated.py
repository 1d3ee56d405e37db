"""Scenarios through real sockets in accelerated time: diagnosis, Dienst states, and back again.

Three in the normal run, every scenario by hand: ``python tests/bench/bench_outage.py scenarios``.
"""

from pathlib import Path

import pytest

from accelerated import play
from papierbruecke.drill.scenarios import load_scenario


@pytest.mark.parametrize("name", ["vpn-zugangsdienst", "kim-modul-aus", "konnektor-zertifikat-neu"])
def test_a_scenario_from_first_failure_to_recovery(tmp_path: Path, name: str) -> None:
    expected = load_scenario(name).erwartet
    reached = play(tmp_path, name, tempo=60.0)
    assert reached.row == expected.diagnose
    assert reached.dienste == expected.dienste
    assert reached.recovered
    # No earlier than the hysteresis allows: the first certain word is not the first failure.
    assert reached.rows[0] is None
    assert reached.rows[1] == "D51"
