"""Events of the simulated Konnektor through real sockets: earlier questions, never an alarm of their own."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from papierbruecke.clock import SystemClock
from papierbruecke.drill.model import PortZustand, Szenario
from papierbruecke.drill.scenarios import load_scenario
from papierbruecke.drill.simulator import Simulator
from papierbruecke.konnektor.cetp_receiver import CetpReceiver
from papierbruecke.konnektor.client import SoapKonnektor
from papierbruecke.konnektor.subscriptions import THEMEN
from papierbruecke.outage.events import Bell, EventThread, probes_for, restart_word
from papierbruecke.outage.memory_samples import MemorySamples
from papierbruecke.outage.model import Lage, Messung
from papierbruecke.outage.network_page import network_lines
from papierbruecke.outage.watch import Watch, build_probes, umfeld_of
from papierbruecke.settings import Einstellungen, KonnektorEinstellungen
from papierbruecke.wiring import Desk

LIMIT_S = 45.0
"""Shorter than the interval of P7: who is heard in time was heard because of an event."""


class Practice:
    """A watch in real time with the ear for events beside it."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.events = simulator.konnektor.services.events
        self.samples = MemorySamples()
        self.told: list[Lage] = []
        self._stop = threading.Event()
        self._more = threading.Condition()
        self._thread = threading.Thread(target=self._watch)

    def _watch(self) -> None:
        settings, clock, bell = self.simulator.settings(), SystemClock(), Bell()
        konnektor = SoapKonnektor(settings.konnektor, clock)
        ear = EventThread(konnektor, clock, bell)
        receiver = CetpReceiver(0, ear.hear, "127.0.0.1")
        probes = build_probes(settings, konnektor, None, clock)
        watch = Watch(probes, self.samples, clock, umfeld_of(settings))
        with ear.beside(lambda: f"cetp://127.0.0.1:{receiver.port}", receiver.close):
            watch.run(self._stop, self._hear, bell=bell)
        konnektor.close()

    def _hear(self, lage: Lage) -> None:
        with self._more:
            self.told.append(lage)
            self._more.notify_all()

    def wait_for(self, row: str | None) -> None:
        def reached() -> bool:
            last = self.told[-1].diagnose if self.told else None
            return bool(self.told) and (last.id if last else None) == row

        with self._more:
            assert self._more.wait_for(reached, LIMIT_S), [lage.diagnose for lage in self.told]

    def asked(self, probe: str) -> list[Messung]:
        return [m for m in self.samples.since(self.told[0].zeit.replace(year=2000)) if m.probe == probe]

    def __enter__(self) -> "Practice":
        self._thread.start()
        self.wait_for(None)
        until(lambda: len(self.events.abos) == len(THEMEN))
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        self._thread.join(timeout=LIMIT_S)


def until(reached: object) -> None:
    """Wait for another thread, bounded."""
    waiting = threading.Event()
    for _ in range(int(LIMIT_S * 20)):
        if reached():  # type: ignore[operator]
            return
        waiting.wait(0.05)
    raise AssertionError("not reached")


@pytest.fixture(params=["tls", "plain"])
def practice(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Practice]:
    normal = load_scenario("vpn-nur-wir").model_copy(update={"schritte": ({},), "vergangenheit": ()})
    with Simulator(tmp_path / "simulator", normal) as simulator:
        simulator.konnektor.services.events.tls = request.param == "tls"
        with Practice(simulator) as made:
            yield made
        assert made.events.abos == {}, "the Konnektor would go on sending to a program that is gone"


def broken(practice: Practice, **konnektor: object) -> Szenario:
    return practice.simulator.szenario.model_copy(update={"schritte": ({"konnektor": konnektor},)})


def test_23_an_event_asks_at_once_and_only_its_answer_counts(practice: Practice) -> None:
    before = len(practice.asked("P7"))
    practice.events.emit("NETWORK/VPN_TI/DOWN", "Warning")  # it came back before we asked
    until(lambda: "NETWORK/VPN_TI/DOWN" in practice.events.sent)
    practice.simulator.scenario(broken(practice, vpn_ti=False, fehlerzustaende=["EC_No_VPN_TI_Connection"]))
    practice.wait_for("D51")  # P7 alone would be asked again after a minute
    assert len(practice.asked("P7")) > before
    first = next(lage.diagnose for lage in practice.told if lage.diagnose is not None)
    assert first.id == "D51"  # the event alone raised no alarm


def test_24_a_restart_is_told_and_everything_is_subscribed_anew(practice: Practice) -> None:
    known = set(practice.events.abos)
    practice.simulator.konnektor.behave(
        practice.simulator.zustand().konnektor.model_copy(update={"port": PortZustand.ZU}), SystemClock().now()
    )
    practice.simulator.konnektor.behave(practice.simulator.zustand().konnektor, SystemClock().now())
    assert practice.events.abos == {} or not known & set(practice.events.abos)
    until(lambda: len(practice.events.abos) == len(THEMEN) and not known & set(practice.events.abos))
    until(lambda: any(m.schluessel == "kon.neustart" for m in practice.samples.last("P15")))


def test_topics_and_their_questions() -> None:
    assert probes_for("NETWORKVPN_SIS/DOWN") == ("P7",)  # a slash is missing in one place of the specification
    assert probes_for("CARD/INSERTED") == ()
    assert restart_word("KSR/UPDATE/START", SystemClock().now()).schluessel == "kon.update"  # type: ignore[union-attr]
    assert restart_word("NETWORK/VPN_TI/DOWN", SystemClock().now()) is None


def test_a_flood_of_events_is_bounded() -> None:
    bell = Bell()
    for _ in range(10_000):
        bell.ring(("P7",))
    assert len(bell.take()) == 64
    assert bell.take() == []


def test_a_sink_that_takes_nothing_loses_its_subscription(tmp_path: Path) -> None:
    """So does the real one; the next renewal notices."""
    with Simulator(tmp_path / "simulator", "normal") as simulator:
        events = simulator.konnektor.services.events
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        events.subscribe(f"cetp://127.0.0.1:{port}", "NETWORK")
        events.emit("NETWORK/VPN_TI/DOWN")
        until(lambda: events.abos == {})


@pytest.mark.parametrize("wanted", [True, False])
def test_a_desk_listens_only_if_the_practice_wants_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: bool
) -> None:
    monkeypatch.setenv("PAPIERBRUECKE_PASSPHRASE", "nur zum Testen")
    with Simulator(tmp_path / "simulator", "normal") as simulator:
        events, settings = simulator.konnektor.services.events, simulator.settings()
        chosen = settings.konnektor.model_copy(update={"ereignisse": wanted, "ereignis_port": 0})
        desk, stop, told = Desk(tmp_path / "daten", passphrase="nur zum Testen"), threading.Event(), []
        desk.save_settings(settings.model_copy(update={"konnektor": chosen}))

        def on_change(lage: Lage) -> None:
            told.append(lage)
            if wanted:
                until(lambda: len(events.abos) == len(THEMEN))
            stop.set()

        desk.keep_watch(stop, on_change)
        desk.close()
        assert told
        assert events.abos == {}
        asked = {anfrage.name for anfrage in simulator.konnektor.anfragen}
        assert ("Subscribe" in asked) is wanted
        assert ("Unsubscribe" in asked) is wanted


def test_the_it_page_names_the_port_that_must_be_open() -> None:
    on = KonnektorEinstellungen(ereignisse=True, ereignis_adresse="192.0.2.7")
    for konnektor, word in ((on, "192.0.2.7:8585 TCP, kommend"), (KonnektorEinstellungen(), "ausgeschaltet")):
        lines = network_lines([], [], Einstellungen(konnektor=konnektor), SystemClock().now())
        assert any("Ereignisse vom Konnektor" in line and word in line for line in lines)
