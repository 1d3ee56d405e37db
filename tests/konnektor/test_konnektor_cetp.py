"""Events of the Konnektor: frames, the receiver on real sockets, and subscriptions that outlive everything."""

import contextlib
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papierbruecke.errors import EnvironmentFailure
from papierbruecke.konnektor import answers
from papierbruecke.konnektor.cetp import MAX_EVENT_BYTES, Frames, read_event
from papierbruecke.konnektor.cetp_receiver import MAX_LINES, CetpReceiver
from papierbruecke.konnektor.faults import failure
from papierbruecke.konnektor.model import Abonnement, Ereignis, KeinEreignis
from papierbruecke.konnektor.subscriptions import RETRY, THEMEN, Subscriptions

EXAMPLES = 20_000 if os.environ.get("PAPIERBRUECKE_LANG") else 300
START = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
WAIT_S = 20
EVENT = (
    '<E:Event xmlns:E="http://ws.gematik.de/conn/EventService/v7.2"><E:Topic>{}</E:Topic><E:Type>Operation</E:Type>'
    "<E:Severity>Info</E:Severity><E:SubscriptionID>{}</E:SubscriptionID><E:Message>{}</E:Message></E:Event>"
)


def frame(data: bytes) -> bytes:
    return b"CETP" + len(data).to_bytes(4, "big") + data


def event(topic: str, number: str = "sub-1", message: str = "") -> bytes:
    return frame(EVENT.format(topic, number, message).encode())


@pytest.fixture(scope="module")
def samples(referenz: Path) -> dict[str, bytes]:
    folder = referenz / "data" / "konnektor-wsdl" / "examples"
    return {path.name.split(".")[1]: path.read_bytes() for path in sorted(folder.glob("CETP.*.bin"))}


def test_the_official_samples(samples: dict[str, bytes]) -> None:
    read = {name: Frames().feed(data) for name, data in samples.items()}
    assert {name: [e.thema for e in found if isinstance(e, Ereignis)] for name, found in read.items()} == {
        "bootup-complete": ["BOOTUP/BOOTUP_COMPLETE"],
        "cert-card-expiration": ["CERT/CARD/EXPIRATION"],
        "ct-disconnected": ["CT/DISCONNECTED"],
        "operational-state": ["OPERATIONAL_STATE/EC_NO_VPN_TI_CONNECTION"],
        "vpn-ti-down": ["NETWORK/VPN_TI/DOWN"],
        "vpn-ti-up": ["NETWORK/VPN_TI/UP"],
    }
    assert read["bootup-complete"] == [Ereignis(thema="BOOTUP/BOOTUP_COMPLETE", schwere="Info", abo=None)]


def test_22_a_frame_in_any_pieces_is_put_together() -> None:
    data = event("NETWORK/VPN_TI/DOWN") + event("CT/CONNECTED")
    for size in range(1, len(data)):
        frames = Frames()
        found = [e for begin in range(0, len(data), size) for e in frames.feed(data[begin : begin + size])]
        assert [e.thema for e in found if isinstance(e, Ereignis)] == ["NETWORK/VPN_TI/DOWN", "CT/CONNECTED"]


@pytest.mark.parametrize(
    ("data", "grund", "broken"),
    [
        (b"HTTP/1.1 200 OK\r\n", "magic", True),
        (b"cetp\0\0\0\1a", "magic", True),
        (b"CETP" + (MAX_EVENT_BYTES + 1).to_bytes(4, "big"), "length", True),
        (b"CETP\xff\xff\xff\xff", "length", True),
        (frame(b""), "xml", False),
        (frame(b"\xff\xfe<"), "xml", False),
        (frame(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "xml", False),
        (frame(b"<Event/>"), "shape", False),
        (event(""), "shape", False),
        (event("X" * 201), "shape", False),
    ],
)
def test_what_is_no_event_is_said_and_never_raised(data: bytes, grund: str, broken: bool) -> None:
    frames = Frames()
    assert frames.feed(data) == [KeinEreignis(grund=grund)]
    assert frames.broken is broken
    if not broken:  # one bad event does not cost the next
        assert [type(e) for e in frames.feed(event("CT/CONNECTED"))] == [Ereignis]
    else:
        assert frames.feed(event("CT/CONNECTED")) == []


def test_26_events_that_name_patients_leave_no_name_behind() -> None:
    rows = "<E:Parameter><E:Key>KVNR</E:Key><E:Value>X110411319</E:Value></E:Parameter>"
    (found,) = Frames().feed(event("CARD/INSERTED", message=rows))
    assert isinstance(found, Ereignis)
    assert "X110411319" not in f"{found!r} {found.model_dump_json()} {found!s}"
    assert not any(theme in ("CARD", "VSDM") for theme in THEMEN)


PIECES = st.sampled_from([b"", b"<", b">", b"&#0;", b"\xff\xfe", b"\0\0\0\0", b"CETP", b"\xff" * 4, b"<a xmlns='u'>"])
CUTS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 60), PIECES | st.binary(max_size=8)), min_size=1, max_size=6)


@given(which=st.integers(0, 100), cuts=CUTS, sizes=st.lists(st.integers(1, 700), min_size=1, max_size=5))
@settings(max_examples=EXAMPLES, deadline=None)
def test_mutated_frames(
    samples: dict[str, bytes], which: int, cuts: list[tuple[float, int, bytes]], sizes: list[int]
) -> None:
    """Whatever comes in whatever pieces: events or a typed refusal, and never more than one event is held."""
    data = list(samples.values())[which % len(samples)] * 2
    for share, length, piece in cuts:
        begin = int(share * len(data))
        data = data[:begin] + piece + data[begin + length :]
    frames, place, turn = Frames(), 0, 0
    while place < len(data):
        size = sizes[turn % len(sizes)]
        for found in frames.feed(data[place : place + size]):
            assert isinstance(found, Ereignis | KeinEreignis)
        place, turn = place + size, turn + 1
        assert len(frames._held) <= MAX_EVENT_BYTES + 8


@given(data=st.binary(max_size=300))
@settings(max_examples=EXAMPLES, deadline=None)
def test_any_bytes_are_an_event_or_none(data: bytes) -> None:
    assert isinstance(read_event(data), Ereignis | KeinEreignis)


# -- the receiver ------------------------------------------------------------------


class Ear:
    """Hears events and lets a test wait for them."""

    def __init__(self) -> None:
        self.heard: list[Ereignis] = []
        self._more = threading.Condition()

    def hear(self, ereignis: Ereignis) -> None:
        with self._more:
            self.heard.append(ereignis)
            self._more.notify_all()

    def wait_for(self, count: int) -> list[str]:
        with self._more:
            assert self._more.wait_for(lambda: len(self.heard) >= count, WAIT_S)
        return [ereignis.thema for ereignis in self.heard]


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def receiver(ear: Ear) -> Iterator[CetpReceiver]:
    made = CetpReceiver(0, ear.hear, "127.0.0.1")
    yield made
    made.close()


def connect(receiver: CetpReceiver) -> socket.socket:
    return socket.create_connection(("127.0.0.1", receiver.port), WAIT_S)


def secure(line: socket.socket) -> socket.socket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(line)


@pytest.mark.parametrize("kind", [lambda line: line, secure], ids=["plain", "tls"])
def test_one_port_takes_plain_and_tls(
    receiver: CetpReceiver, ear: Ear, kind: Callable[[socket.socket], socket.socket]
) -> None:
    data = event("NETWORK/VPN_TI/DOWN") + event("NETWORK/VPN_TI/UP")
    with kind(connect(receiver)) as line:
        for byte in range(0, len(data), 50):
            line.sendall(data[byte : byte + 50])
        assert ear.wait_for(2) == ["NETWORK/VPN_TI/DOWN", "NETWORK/VPN_TI/UP"]


@pytest.mark.parametrize("junk", [b"GET / HTTP/1.1\r\n\r\n", b"CETP\xff\xff\xff\xff", b"\x16\x03\x01garbage" * 4])
def test_junk_closes_its_line_and_nothing_else(receiver: CetpReceiver, ear: Ear, junk: bytes) -> None:
    with connect(receiver) as good, connect(receiver) as bad:
        bad.sendall(junk)
        with contextlib.suppress(ConnectionError):
            while bad.recv(4096):  # a TLS alert may come first
                pass
        good.sendall(event("CT/CONNECTED"))
        assert ear.wait_for(1) == ["CT/CONNECTED"]


def test_more_lines_than_one_konnektor_needs_are_cut(receiver: CetpReceiver, ear: Ear) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(MAX_LINES):
            stack.enter_context(connect(receiver)).sendall(event("CT/CONNECTED"))
        ear.wait_for(MAX_LINES)
        late = stack.enter_context(connect(receiver))
        with contextlib.suppress(ConnectionError):
            assert late.recv(1) == b""
        assert len(ear.heard) == MAX_LINES


def test_a_port_in_use_is_said(receiver: CetpReceiver, ear: Ear) -> None:
    with pytest.raises(EnvironmentFailure) as refused:
        CetpReceiver(receiver.port, ear.hear, "127.0.0.1")
    assert "belegt" in refused.value.text


def test_closing_ends_every_line(ear: Ear) -> None:
    receiver = CetpReceiver(0, ear.hear, "127.0.0.1")
    with connect(receiver) as line:
        line.sendall(event("CT/CONNECTED"))
        ear.wait_for(1)
        receiver.close()
        with contextlib.suppress(ConnectionError):
            assert line.recv(1) == b""


# -- subscriptions -----------------------------------------------------------------


class Service:
    """A Konnektor's EventService, 25 h of life; ``down`` refuses everything."""

    def __init__(self) -> None:
        self.now = START
        self.down = False
        self.abos: dict[str, datetime] = {}
        self.calls: list[str] = []
        self._number = 0

    def abonnieren(self, ziel: str, thema: str) -> Abonnement:
        self._called(f"+{thema}")
        self._number += 1
        self.abos[str(self._number)] = self.now + timedelta(hours=25)
        return Abonnement(id=str(self._number), bis=self.abos[str(self._number)])

    def abos_verlaengern(self, ids: tuple[str, ...]) -> tuple[Abonnement, ...]:
        self._called("=")
        if not set(ids) <= set(self.abos):
            raise failure("kon.fault")
        for one in ids:
            self.abos[one] = self.now + timedelta(hours=25)
        return tuple(Abonnement(id=one, bis=self.abos[one]) for one in ids)

    def abos_kuendigen(self, ziel: str) -> None:
        self._called("-")
        self.abos.clear()

    def _called(self, what: str) -> None:
        if self.down:
            raise failure("kon.no_answer")
        self.calls.append(what)


def kept(service: Service) -> Subscriptions:
    return Subscriptions(service, lambda: "cetp://192.0.2.5:8585")


def test_25_subscriptions_never_run_out_in_a_month() -> None:
    service = Service()
    subscriptions = kept(service)
    for _ in range(30 * 24 * 12):
        subscriptions.ensure(service.now)
        assert len(service.abos) == len(THEMEN)
        assert min(service.abos.values()) > service.now
        service.now += timedelta(minutes=5)
    assert service.calls.count("=") <= 61
    assert len([call for call in service.calls if call.startswith("+")]) == len(THEMEN)
    subscriptions.close()
    assert service.abos == {}


def test_25_a_restart_that_nobody_told_is_noticed_at_the_renewal() -> None:
    service = Service()
    subscriptions = kept(service)
    subscriptions.ensure(service.now)
    service.abos.clear()
    service.now += timedelta(hours=12, minutes=1)
    subscriptions.ensure(service.now)
    assert len(service.abos) == len(THEMEN)


def test_24_a_restart_that_is_told_subscribes_at_once() -> None:
    service = Service()
    subscriptions = kept(service)
    subscriptions.ensure(service.now)
    service.abos.clear()
    assert subscriptions.heard(Ereignis(thema="BOOTUP/BOOTUP_COMPLETE", schwere="Info", abo=None))
    subscriptions.ensure(service.now)
    assert len(service.abos) == len(THEMEN)
    assert not subscriptions.heard(Ereignis(thema="CT/CONNECTED", schwere="Info", abo="1"))


def test_a_konnektor_that_does_not_answer_is_asked_again_after_ten_minutes() -> None:
    service = Service()
    service.down = True
    subscriptions = kept(service)
    subscriptions.ensure(service.now)
    assert not subscriptions.alive
    service.down = False
    subscriptions.ensure(service.now + RETRY / 2)
    assert service.calls == []
    subscriptions.ensure(service.now + RETRY)
    assert subscriptions.alive
    service.down = True
    subscriptions.close()  # nothing to be done about it: the Konnektor gives up by itself


def test_without_a_network_nothing_is_subscribed() -> None:
    def nowhere() -> str:
        raise OSError("unreachable")

    service = Service()
    subscriptions = Subscriptions(service, nowhere)
    subscriptions.ensure(service.now)
    assert service.calls == []


def test_the_official_answers_are_read(referenz: Path) -> None:
    folder = referenz / "data" / "konnektor-wsdl" / "examples"
    one = answers.read_subscription(answers.read_body((folder / "Subscribe.response.xml").read_bytes()))
    assert (one.id, one.bis.isoformat()) == ("sub-0001", "2026-11-24T09:00:00+01:00")
    (renewed,) = answers.read_renewals(answers.read_body((folder / "RenewSubscriptions.response.xml").read_bytes()))
    assert renewed.bis - one.bis == timedelta(hours=23)
