"""Scenarios through real sockets in accelerated time: diagnosis, Dienst states, and back again.

Three in the normal run, all of them with PAPIERBRUECKE_LANG=1; figures: ``bench_outage.py scenarios``.
"""

import os
from pathlib import Path

import pytest

from accelerated import play
from live_work import LIVE
from papierbruecke.drill.scenarios import load_scenario, scenario_names

FEW = ["vpn-zugangsdienst", "kim-modul-aus", "konnektor-zertifikat-neu"]
ALL = [name for name in scenario_names() if name not in LIVE and load_scenario(name).erwartet.diagnose]
NAMES = ALL if os.environ.get("PAPIERBRUECKE_LANG") else FEW
LIVE_FEW = ["kim-kann-nicht-signieren"]
LIVE_NAMES = list(LIVE) if os.environ.get("PAPIERBRUECKE_LANG") else LIVE_FEW


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


@pytest.mark.parametrize("name", LIVE_NAMES)
def test_a_scenario_of_real_work_from_first_failure_to_recovery(tmp_path: Path, name: str) -> None:
    """Signatures, mails, slow answers, a flapping tunnel, a certificate whose time ends: nothing is written by hand."""
    expected, live = load_scenario(name).erwartet, LIVE[name]
    reached = play(tmp_path, name, live.tempo)
    assert (reached.row, reached.hints) == (expected.diagnose, expected.hinweise)
    assert reached.dienste == expected.dienste
    assert reached.recovered is live.heals
    assert reached.rows[0] is None
    assert reached.after_s * live.tempo >= live.earliest_s
    assert len([word for word in reached.notices if word.art == "stoerung"]) <= 1
