"""Power cut at every border of a port call of the main job: nothing lost, nothing twice."""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import processes
from papierbruecke.outbox.model import SPALTE, Spalte, Zustand
from papierbruecke.record.model import BelegArt
from papierbruecke.wiring import Desk

NORMAL_RUN_KILLS = 12
"""Borders tried in the normal run, drawn with a printed seed; PAPIERBRUECKE_LANG=1 tries every one."""


class Zygote:
    """The forking process of ``path_process.py``."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("path_process.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env=processes.environment(),
        )

    def run(self, daten: Path, gedruckt: Path, sterben_bei: int | None) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {"daten": str(daten), "gedruckt": str(gedruckt), "sterben_bei": sterben_bei}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        ended: dict[str, Any] = json.loads(self._process.stdout.readline())
        return ended

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(timeout=30)


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    started = Zygote()
    yield started
    started.close()


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[processes.SimulatorProcess]:
    with processes.SimulatorProcess(tmp_path_factory.mktemp("simulator") / "daten") as started:
        yield started


def new_folder(simulator: processes.SimulatorProcess, folder: Path) -> Path:
    """A fresh desk that points at the running simulator: its set-up without any Beleg."""
    folder.mkdir(parents=True)
    for name in ("schluessel.json", "simulator.json", "simulator.schluessel", "einstellungen.db"):
        (folder / name).write_bytes((simulator.daten / name).read_bytes())
    return folder


def check_folder(daten: Path, gedruckt: Path, *, finished: bool) -> set[str]:
    """The invariants; returns the Dokumenten-IDs of this desk."""
    desk = Desk(daten)
    store = desk.store()
    assert store.verify() == []
    lines = store.find()
    assert len({line.kennung for line in lines}) == len(lines)
    assert sum(line.art is BelegArt.REZEPT for line in lines) <= 1
    assert sum(line.art is BelegArt.AU for line in lines) <= 1
    assert all(SPALTE[line.zustand] in Spalte for line in lines)
    # Paper is the first irreversible act: whatever came out of the printer is in the store.
    stored = {digest for line in lines for digest in store.seiten(line.kennung).values()}
    assert all(page.read_bytes() in stored for page in gedruckt.rglob("*.pdf"))
    if finished:
        assert {line.art: line.zustand for line in lines} == {
            BelegArt.REZEPT: Zustand.DOKUMENTIERT,
            BelegArt.AU: Zustand.ZUGESTELLT,
        }
    ids = {str(line.kennung) for line in lines if line.art is BelegArt.AU}
    desk.close()
    return ids


def test_a_power_cut_at_any_border_loses_nothing_and_repeats_nothing(
    simulator: processes.SimulatorProcess, zygote: Zygote, tmp_path: Path
) -> None:
    whole = tmp_path / "ganz"
    ended = zygote.run(new_folder(simulator, whole / "daten"), whole / "gedruckt", None)
    assert ended["exit"] == 0
    borders = ended["borders"]
    assert borders > 40
    expected = check_folder(whole / "daten", whole / "gedruckt", finished=True)
    seed = int(os.environ.get("PAPIERBRUECKE_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
    print(f"seed {seed}, {borders} borders")
    every = list(range(1, borders + 1))
    tried = (
        every if os.environ.get("PAPIERBRUECKE_LANG") == "1" else random.Random(seed).sample(every, NORMAL_RUN_KILLS)
    )
    for at in tried:
        place = tmp_path / str(at)
        daten = new_folder(simulator, place / "daten")
        killed = zygote.run(daten, place / "gedruckt", at)
        assert killed["signal"] == signal.SIGKILL, f"border {at}, seed {seed}: {killed}"
        check_folder(daten, place / "gedruckt", finished=False)
        resumed = zygote.run(daten, place / "gedruckt", None)
        assert resumed["exit"] == 0, f"border {at}, seed {seed}: {resumed}"
        expected |= check_folder(daten, place / "gedruckt", finished=True)
    arrived = {entry["dokumenten_id"].removeprefix("urn:uuid:"): entry for entry in simulator.krankenkasse()}
    assert set(arrived) == expected
    for entry in arrived.values():
        # The same bytes may come again (KP5-06); other content under the same ID never.
        assert entry["zustand"] == "angenommen", entry
        assert entry["konflikte"] == 0
        assert entry["anzahl"] == 1 + entry["dubletten"]
