"""Figures of the watching, run by hand: ``python tests/bench/bench_outage.py [figures|idle MIN|year N|scenarios [TEMPO [NAME …]]]``.

``figures``: judgement of 100,000 observations, one whole round against the simulated TI.
``idle``: CPU and memory while watching a good day in real time (budget: 1 % of a core, 200 MB).
``year``: simulated years with their mistakes. ``scenarios``: every scenario at tempo 60, or
the named ones at another tempo (1 = real time); those of real work have a tempo of their own.
Run with ``PYTHONPATH=app:tests``.
"""

import os
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from accelerated import LIMIT_S, play
from lage_world import OFFLINE, START, UMFELD, Player, World
from lage_year import play_year
from live_work import LIVE
from papierbruecke.clock import SystemClock
from papierbruecke.drill.scenarios import load_scenario, scenario_names
from papierbruecke.drill.simulator import Simulator
from papierbruecke.kim.client import KimPostfach
from papierbruecke.konnektor.client import SoapKonnektor
from papierbruecke.outage.diagnose import diagnose
from papierbruecke.outage.model import Messung
from papierbruecke.outage.sqlcipher_samples import open_samples
from papierbruecke.outage.watch import Watch, build_probes, umfeld_of
from papierbruecke.vault.key import Key

KEY = Key(bytes(range(32)))


def observations(count: int) -> list[Messung]:
    """A history with two outages, as long as wanted."""
    world = World()
    player = Player(world)
    player.play(7200)
    world.vpn, world.states = False, OFFLINE
    player.play(3600)
    world.vpn, world.states = True, []
    player.play(3600)
    piece, found, shift = player.messungen, [], timedelta(0)
    span = player.now - START
    while len(found) < count:
        found += [m.model_copy(update={"zeit": m.zeit + shift}) for m in piece]
        shift += span
    return found[:count]


def figures() -> None:
    history = observations(100_000)
    begin = time.process_time()
    plain = sorted(history, key=lambda m: m.zeit)
    bare = time.process_time() - begin
    begin = time.process_time()
    lage = diagnose(history, plain[-1].zeit, UMFELD)
    whole = time.process_time() - begin
    print(f"diagnosis of 100,000 observations: {whole:.2f} s CPU ({whole / bare:.0f} x sorting them), {lage.diagnose}")
    with tempfile.TemporaryDirectory() as folder, Simulator(Path(folder) / "s") as simulator:
        settings, clock = simulator.settings(), SystemClock()
        konnektor = SoapKonnektor(settings.konnektor, clock)
        probes = build_probes(settings, konnektor, KimPostfach(settings.kim, clock), clock)
        samples = open_samples(Path(folder) / "lage.db", KEY)
        watch = Watch(probes, samples, clock, umfeld_of(settings))
        watch.round()
        begin = time.perf_counter()
        alone = 0.0
        for probe in probes:
            if probe.id not in ("P11", "P13"):
                before = time.perf_counter()
                probe.measure()
                alone += time.perf_counter() - before
        begin = time.perf_counter()
        watch.round()
        print(f"a full round: {time.perf_counter() - begin:.2f} s; its questions one by one: {alone:.2f} s")
        samples.close()
        konnektor.close()


def idle(minutes: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world, clock, stop = World(), SystemClock(), threading.Event()
        from papierbruecke.outage.probe import Probe

        lanes = {"P0": "pc", "P1": "router", "P2": "dns", "P3": "internet", "P12": "kim", "P13": "lagebild"}
        names = ("P0", "P1", "P2", "P3", "P4", "P6", "P7", "P8", "P9", "P10", "P12", "P13", "P14")
        probes = [Probe(n, lanes.get(n, "konnektor"), lambda n=n: world.ask(n, clock.now())) for n in names]
        samples = open_samples(Path(folder) / "lage.db", KEY)
        threading.Timer(minutes * 60, stop.set).start()
        begin, cpu = time.monotonic(), time.process_time()
        Watch(probes, samples, clock, UMFELD).run(stop, lambda lage: None)
        spent, passed = time.process_time() - cpu, time.monotonic() - begin
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        size = os.path.getsize(Path(folder) / "lage.db") / 1024
        print(
            f"idle watching: {100 * spent / passed:.2f} % of a core over {passed:.0f} s, peak {peak:.0f} MB, file {size:.0f} KiB"
        )
        samples.close()


def year(count: int) -> None:
    mistakes = 0
    for seed in range(count):
        found = play_year(seed, noise=80, incidents=12)
        mistakes += len(found.mistakes)
        print(found.line(), flush=True)
        for mistake in found.mistakes:
            print("   MISTAKE", mistake, flush=True)
    print(f"{count} years, {mistakes} mistakes")


def scenarios(wanted: float, names: Sequence[str]) -> None:
    for name in names or scenario_names():
        if name == "normal":
            continue
        live = LIVE.get(name)
        tempo = live.tempo if live is not None else wanted
        with tempfile.TemporaryDirectory() as folder:
            reached, expected = (
                play(Path(folder), name, tempo, LIMIT_S if live else 6000 / tempo),
                load_scenario(name).erwartet,
            )
            good = reached.after_s > 0 and reached.dienste == expected.dienste
            good = good and reached.recovered is (live is None or live.heals)
            print(
                f"{name:<34}{'ok ' if good else 'NOT'} {expected.diagnose} {reached.hints} after {reached.after_s:.1f} s "
                f"(x {tempo:g}), {reached.rows}, notices {[m.id for m in reached.notices]}",
                flush=True,
            )


if __name__ == "__main__":
    what, *rest = sys.argv[1:] or ["figures"]
    {
        "figures": figures,
        "scenarios": lambda: scenarios(float(rest[0]) if rest else 60.0, rest[1:]),
        "idle": lambda: idle(float(rest[0]) if rest else 10.0),
        "year": lambda: year(int(rest[0]) if rest else 200),
    }[what]()
