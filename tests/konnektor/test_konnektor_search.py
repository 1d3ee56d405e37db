"""The search for a Konnektor: bounded, polite, once at a time, and honest about what it found."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from counterparts.soap_konnektor import SoapStub, serve_soap
from counterparts.tls_server import make_identity
from papierbruecke.errors import Cancelled, EnvironmentFailure, InputRefused
from papierbruecke.konnektor.ask_directory import AskDirectory
from papierbruecke.konnektor.search import AT_A_TIME, MOST, Fund, neighbours, search

BOUND_S = 20.0


def fund(address: str, port: int) -> Fund:
    return Fund(adresse=address, port=port, produkt="Konnektor Muster", zertifikat=None)


class Street:
    """Many devices, one of them a Konnektor; counts who is asked at once and how often."""

    def __init__(self, konnektor: str = "127.0.0.77") -> None:
        self.konnektor = konnektor
        self.asked: list[tuple[str, int]] = []
        self.most = 0
        self._now = 0
        self._lock = threading.Lock()
        self.gate = threading.Event()
        self.gate.set()
        self.arrived = threading.Event()

    def __call__(self, address: str, port: int) -> Fund | None:
        with self._lock:
            self.asked.append((address, port))
            self._now += 1
            self.most = max(self.most, self._now)
        self.arrived.set()
        assert self.gate.wait(BOUND_S)
        with self._lock:
            self._now -= 1
        return fund(address, port) if address == self.konnektor else None


TARGETS = [(address, 443) for address in neighbours("127.0.0.1")]


def test_each_device_is_asked_once_and_few_at_a_time() -> None:
    street, seen = Street(), []
    found = search(street, [*TARGETS, *TARGETS], lambda done, total: seen.append((done, total)))
    assert [each.adresse for each in found] == ["127.0.0.77"]
    assert sorted(street.asked) == sorted(TARGETS)
    assert street.most <= AT_A_TIME
    assert seen[-1] == (253, 253)


def test_a_search_stops_when_asked_to() -> None:
    street, cancel = Street(), threading.Event()

    def progress(done: int, total: int) -> None:
        cancel.set()

    with pytest.raises(Cancelled):
        search(street, TARGETS, progress, cancel)
    assert len(street.asked) < len(TARGETS)
    assert search(street, TARGETS[:3]) == ()  # and another may begin


def test_there_is_never_a_second_search_at_the_same_time() -> None:
    street = Street()
    street.gate.clear()
    begun = threading.Thread(target=search, args=(street, TARGETS[:2]))
    begun.start()
    assert street.arrived.wait(BOUND_S)
    with pytest.raises(EnvironmentFailure, match=r"kon\.suche"):
        search(Street(), TARGETS[:2])
    street.gate.set()
    begun.join(BOUND_S)
    assert len(street.asked) == 2


@pytest.mark.parametrize("address", ["8.8.8.8", "www.kbv.de", "2001:4860:4860::8888"])
def test_nobody_outside_the_practice_is_asked(address: str) -> None:
    street = Street()
    with pytest.raises(InputRefused):
        search(street, [("192.168.1.1", 443), (address, 443)])
    assert street.asked == []
    with pytest.raises(InputRefused):
        search(street, [("10.0.0.1", port) for port in range(MOST + 1)])


def test_the_neighbours_are_the_own_24() -> None:
    found = neighbours("192.168.178.20")
    assert len(found) == 253
    assert "192.168.178.1" in found
    assert "192.168.178.20" not in found
    assert neighbours("fe80::1") == ()


@pytest.fixture
def stub(referenz: Path, tmp_path: Path) -> Iterator[SoapStub]:
    with serve_soap(referenz / "data" / "konnektor-wsdl", make_identity("p256"), tmp_path) as running:
        yield running


def test_a_real_konnektor_line_is_found_with_its_certificate(stub: SoapStub) -> None:
    found = search(AskDirectory(), [("127.0.0.1", 1), ("127.0.0.1", stub.port)])
    assert len(found) == 1
    assert found[0].port == stub.port
    assert found[0].produkt
    assert found[0].zertifikat is not None
    assert found[0].zertifikat.sha256 == make_identity("p256").sha256


def test_something_else_is_no_konnektor() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            line, _ = server.accept()
            with line:
                line.sendall(b"SSH-2.0-Muster\r\n")

        begun = threading.Thread(target=greet)
        begun.start()
        assert AskDirectory()("127.0.0.1", server.getsockname()[1]) is None
        begun.join(BOUND_S)
