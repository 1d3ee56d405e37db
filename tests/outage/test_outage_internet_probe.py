"""Probes of this computer's own network against real sockets of this computer."""

import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papierbruecke.clock import SystemClock
from papierbruecke.outage import internet_probe, local_network
from papierbruecke.outage.model import Anschlussart, Ergebnis, Messung
from papierbruecke.settings import Einstellungen, KonnektorEinstellungen, NetzEinstellungen


def test_routes_and_addresses() -> None:
    assert local_network.source_address("127.0.0.1") == "127.0.0.1"
    assert local_network.source_address("kein.name.example.invalid") is None
    gateway = local_network.default_gateway()
    assert gateway is None or gateway.count(".") == 3


def test_a_device_that_refuses_is_alive() -> None:
    assert local_network.answers("127.0.0.1", 1.0) is True  # nothing listens on port 80 here, or something does


def test_connections() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert local_network.connects("127.0.0.1", port, 1.0)
    assert not local_network.connects("127.0.0.1", port, 1.0)


def test_names_are_found_in_time_or_not_at_all() -> None:
    assert local_network.resolve("localhost", 5.0)
    assert local_network.resolve("x" * 300, 5.0) == ()
    assert local_network.resolve("localhost", 0.0) in ((), local_network.resolve("localhost", 5.0))


@pytest.fixture
def name_server() -> Iterator[tuple[int, dict[str, int]]]:
    """A name server on UDP; ``mode`` says what it answers: records, flags, id offset."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    mode = {"records": 1, "flags": 0x8180, "offset": 0, "length": 12}

    def serve() -> None:
        while True:
            data, peer = sock.recvfrom(4096)
            if not data:
                return
            (number,) = struct.unpack(">H", data[:2])
            head = struct.pack(">HHHHHH", (number + mode["offset"]) % 65536, mode["flags"], 1, mode["records"], 0, 0)
            sock.sendto((head + data[12:])[: max(mode["length"], 0) or None], peer)

    thread = threading.Thread(target=serve)
    thread.start()
    port = sock.getsockname()[1]
    yield port, mode
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closer:
        closer.sendto(b"", ("127.0.0.1", port))
    thread.join()
    sock.close()


def test_a_name_server_is_asked_directly(name_server: tuple[int, dict[str, int]]) -> None:
    port, mode = name_server

    def ask() -> bool | None:
        return local_network.ask_server("127.0.0.1", internet_probe.TI_NAME, 2.0, port)

    assert ask() is True
    mode["records"] = 0
    assert ask() is False
    mode.update(records=1, flags=0x8183)  # NXDOMAIN
    assert ask() is False
    mode.update(flags=0x8180, offset=1)  # an answer to another question
    assert ask() is None
    mode.update(offset=0, length=5)
    assert ask() is None


def test_a_silent_name_server_says_nothing() -> None:
    assert local_network.ask_server("127.0.0.1", internet_probe.TI_NAME, 0.2, 1) is None


@given(st.binary(max_size=64), st.integers(0, 0xFFFF))
def test_any_answer_of_a_name_server_is_a_word(answer: bytes, number: int) -> None:
    assert local_network.read_answer(answer, number) in (True, False, None)


def probes(**konnektor: object) -> dict[str, list[Messung]]:
    settings = Einstellungen(
        netz=NetzEinstellungen(namen=("localhost",), feste_adressen=()),
        konnektor=KonnektorEinstellungen.model_validate({"adresse": "127.0.0.1"} | konnektor),
    )
    built = internet_probe.build(settings, SystemClock())
    assert [p.id for p in built] == ["P0", "P1", "P2", "P3", "P10", "P11", "P14", "P11"]
    assert [p.gegenstelle for p in built if p.auf_klick] == ["erezept"]
    return {p.id: list(p.measure()) for p in built if p.id in ("P0", "P1", "P2", "P3", "P14")}


def test_probes_of_a_computer_whose_internet_is_itself() -> None:
    words = probes()
    assert words["P0"][0].ergebnis is Ergebnis.OK
    assert words["P2"][0].ergebnis is Ergebnis.OK
    assert words["P3"][0].ziel == "internet"  # nobody listens on 443 here, or somebody does: both are words
    assert words["P14"][0].ergebnis in (Ergebnis.KEINE_AUSSAGE, Ergebnis.OK, Ergebnis.FEHLER)


def test_at_a_gateway_the_way_there_is_looked_at() -> None:
    words = probes(anschlussart=Anschlussart.TI_GATEWAY)
    tunnel = words["P0"][1]
    assert tunnel.ziel == "vpn_schnittstelle"
    # 127.0.0.1 is reached over another own address than the Internet: as with a VPN program.
    assert tunnel.ergebnis in (Ergebnis.OK, Ergebnis.KEINE_AUSSAGE)


def test_no_timer_may_ask_the_erezept_service() -> None:
    assert not any("erp" in host or "erezept" in host for host in internet_probe.SERVICES.values())


IN_A_NAMESPACE = """
import json
from papierbruecke.clock import SystemClock
from papierbruecke.outage import internet_probe
from papierbruecke.settings import Einstellungen, NetzEinstellungen
settings = Einstellungen(netz=NetzEinstellungen(namen=("a.example.invalid",), feste_adressen=("192.0.2.77",)))
built = {p.id: p for p in internet_probe.build(settings, SystemClock()) if not p.auf_klick}
print(json.dumps([[m.probe, m.ergebnis.value] for name in ("P0", "P1", "P2", "P3") for m in built[name].measure()]))
"""


NO_SUCH_NETWORK = 77
"""Exit code of the set-up."""


def in_namespace(setup: str) -> dict[str, str]:
    """Run the probes in a network of their own (Linux, root)."""
    if sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("unshare") or not shutil.which("ip"):
        pytest.skip("a network namespace needs Linux, root, unshare and ip")
    script = f'({setup}) || exit {NO_SUCH_NETWORK}\nexec "$@"'
    program = [sys.executable, "-c", IN_A_NAMESPACE]
    done = subprocess.run(
        ["unshare", "-n", "sh", "-ec", script, "sh", *program], capture_output=True, text=True, timeout=60
    )
    if "unshare failed" in done.stderr or "not permitted" in done.stderr:
        pytest.skip(f"this machine allows no network namespace: {done.stderr.strip()}")
    if done.returncode == NO_SUCH_NETWORK:
        pytest.skip(f"the kernel of this machine cannot make this network: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_a_computer_without_network_in_a_real_namespace() -> None:
    words = in_namespace("true")
    assert words["P0"] == "fehler"
    assert words["P3"] == "fehler"


def test_a_dead_router_in_a_real_namespace() -> None:
    words = in_namespace(
        "ip link add kabel type veth peer name dose; ip link set dose up; ip link set kabel up; "
        "ip addr add 198.51.100.2/24 dev kabel; "
        "ip route add default via 198.51.100.1"
    )
    assert words == {"P0": "ok", "P1": "fehler", "P2": "fehler", "P3": "fehler"}
