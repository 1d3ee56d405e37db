"""The watching engine with scripted counterparts in real threads; nothing sleeps, everything is bounded."""

import itertools
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from lage_world import ALL_OK, OFFLINE, UMFELD, World
from papierbruecke.clock import SetClock, SystemClock
from papierbruecke.outage import passive
from papierbruecke.outage.memory_samples import MemorySamples
from papierbruecke.outage.model import Ergebnis, Lage, Messung
from papierbruecke.outage.probe import Probe, bad, good
from papierbruecke.outage.watch import Watch, essence_of

LIMIT_S = 60.0
LANES = {"P0": "pc", "P1": "router", "P2": "dns", "P3": "internet", "P12": "kim", "P13": "lagebild", "P14": "uhr"}


def probes_of(world: World, ask: Callable[[str], Sequence[Messung]] | None = None) -> list[Probe]:
    def asking(name: str) -> Callable[[], Sequence[Messung]]:
        return lambda: ask(name) if ask is not None else world.ask(name, datetime.now(UTC))

    names = ("P0", "P1", "P2", "P3", "P4", "P6", "P7", "P8", "P9", "P12", "P13", "P14")
    return [Probe(name, LANES.get(name, "konnektor"), asking(name)) for name in names]


def test_one_round_judges_with_the_stored_past() -> None:
    world, samples = World(), MemorySamples()
    watch = Watch(probes_of(world), samples, SystemClock(), UMFELD)
    assert watch.round().diagnose is None
    world.vpn, world.states, world.lagebild = False, OFFLINE, ALL_OK | {"ti_zugang": "aus"}
    now = datetime.now(UTC)
    for ago in range(900, 0, -20):
        moment = now - timedelta(seconds=ago)
        samples.add([m for name in ("P0", "P3", "P4", "P7") for m in world.ask(name, moment)])
    samples.add(world.ask("P13", now))
    found = watch.round().diagnose
    assert found is not None
    assert found.id == "D24"


def test_a_first_failure_in_one_round_is_only_watched() -> None:
    world = World()
    world.kon = "kon.no_answer"
    lage = Watch(probes_of(world), MemorySamples(), SystemClock(), UMFELD).round()
    assert lage.diagnose is not None
    assert lage.diagnose.id == "D51"
    silent = {m.probe for m in lage.proben if m.ergebnis is Ergebnis.KEINE_AUSSAGE}
    assert {"P6", "P7", "P8", "P9"} <= silent  # a dead Konnektor is asked once, not five times


def test_rounds_do_not_ask_the_lagebild_twice_in_five_minutes() -> None:
    world, asked = World(), []

    def ask(name: str) -> Sequence[Messung]:
        asked.append(name)
        return world.ask(name, datetime.now(UTC))

    samples = MemorySamples()
    for _ in range(3):  # three programs, one after the other
        assert Watch(probes_of(world, ask), samples, SystemClock(), UMFELD).round().diagnose is None
    assert asked.count("P13") == 1
    assert asked.count("P7") == 3


def test_watching_tells_changes_once_and_never_asks_a_counterpart_twice_at_a_time() -> None:
    world, samples, lock = World(), MemorySamples(), threading.Lock()
    busy: set[str] = set()
    overlaps: list[str] = []

    def ask(name: str) -> Sequence[Messung]:
        lane = LANES.get(name, "konnektor")
        with lock:
            overlaps.extend([lane] if lane in busy else [])
            busy.add(lane)
        answer = world.ask(name, datetime.now(UTC))
        with lock:
            busy.discard(lane)
        return answer

    stop = threading.Event()
    told: list[Lage] = []

    def on_change(lage: Lage) -> None:
        told.append(lage)
        rows = [t.diagnose.id if t.diagnose else None for t in told]
        if rows == [None]:
            world.kon = "kon.no_answer"
        elif rows[-1] == "D09":
            world.kon = None
        elif rows[-1] is None:
            stop.set()

    watch = Watch(probes_of(world, ask), samples, SystemClock(), UMFELD)
    guard = threading.Timer(LIMIT_S, stop.set)
    guard.start()
    watch.run(stop, on_change, tempo=60.0)
    guard.cancel()
    rows = [t.diagnose.id if t.diagnose else None for t in told]
    assert rows[0] is None
    assert rows[-1] is None
    assert [r for n, r in enumerate(rows) if r != rows[n - 1] or n == 0][:3] == [None, "D51", "D09"]
    assert all(essence_of(a) != essence_of(b) for a, b in itertools.pairwise(told))
    assert overlaps == []
    assert [
        r.inhalt["diagnose"]
        for r in samples.history(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), "diagnose")
    ] == rows
    assert samples.verify() == []
    assert {m.probe for m in samples.since(told[0].zeit - timedelta(hours=1))} >= {"P0", "P4", "P7", "P12", "P13"}


def test_a_stop_is_noticed_while_nothing_happens() -> None:
    stop = threading.Event()
    stop.set()
    Watch([], MemorySamples(), SystemClock(), UMFELD).run(stop, lambda lage: None)


def test_34_two_clicks_within_ten_minutes_are_one_contact() -> None:
    clock, asked = SetClock(datetime(2026, 11, 23, 7, 0, tzinfo=UTC)), []

    def contact() -> list[Messung]:
        asked.append(clock.now())
        return [good("P11", "erezept", clock.now(), "")]

    probes = [*probes_of(World()), Probe("P11", "erezept", contact, auf_klick=True)]
    samples = MemorySamples()
    Watch(probes, samples, SystemClock(), UMFELD).round()
    assert asked == []  # no round and no timer asks it
    for minutes in (0, 5, 9, 11):
        clock = SetClock(datetime(2026, 11, 23, 7, minutes, tzinfo=UTC))
        Watch(probes, samples, clock, UMFELD).click()
    assert [moment.minute for moment in asked] == [0, 11]


def test_a_running_watch_hears_what_real_work_and_a_click_told_meanwhile() -> None:
    """Somebody sends an eAU, somebody asks the E-Rezept-Fachdienst: the banner must hear of both."""
    world, samples, stop, told = World(), MemorySamples(), threading.Event(), []
    desk_of_another_lane = Watch(
        [Probe("P11", "erezept", lambda: [bad("P11", "erezept", datetime.now(UTC), "x", "")], auf_klick=True)],
        samples,
        SystemClock(),
        UMFELD,
    )

    def on_change(lage: Lage) -> None:
        told.append(lage.diagnose.id if lage.diagnose else None)
        if len(told) == 1:
            samples.add([passive.kim_sendung(datetime.now(UTC), "kim.krypto")])
        elif told[-1] == "D40":
            samples.add([passive.kim_sendung(datetime.now(UTC), None)])
        elif told[-1] is None:
            desk_of_another_lane.click()
        else:
            stop.set()

    guard = threading.Timer(30, stop.set)
    guard.start()
    samples.add([good("P11", "idp", datetime.now(UTC), "")])  # this desk has a way to the TI's own names
    Watch(probes_of(world), samples, SystemClock(), UMFELD).run(stop, on_change)
    guard.cancel()
    assert told == [None, "D40", None, "D51"]
