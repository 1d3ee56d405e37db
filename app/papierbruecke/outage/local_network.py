"""Questions to the network of this computer: own address, gateway, names, reachability.

Only the standard library, no packet that needs rights. Source: ti-detection §5.1 P0 to P3, P10.
"""

import errno
import ipaddress
import queue
import secrets
import socket
import struct
import threading
from pathlib import Path

_PROBE_ADDRESS = "192.0.2.1"  # TEST-NET-1 (RFC 5737): asked for the route only, nothing is sent
_ROUTES = Path("/proc/net/route")
_ARP = Path("/proc/net/arp")
_GATEWAY_FLAG = 0x2
_ARP_COMPLETE = 0x2
_DNS_PORT = 53
_MAX_DNS_BYTES = 4096


def source_address(target: str = _PROBE_ADDRESS) -> str | None:
    """The own address that packets to ``target`` would carry; None = no way there."""
    try:
        family = socket.AF_INET6 if ":" in target else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.connect((target, 9))
            address = str(sock.getsockname()[0])
    except OSError:
        return None
    parsed = ipaddress.ip_address(address)
    return None if parsed.is_link_local or parsed.is_unspecified else address


def default_gateway() -> str | None:
    """Address of the router, where the operating system tells it (Linux); None = unknown."""
    try:
        lines = _ROUTES.read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return None
    for line in lines:
        fields = line.split()
        if len(fields) > 3 and fields[1] == "00000000" and int(fields[3], 16) & _GATEWAY_FLAG:
            return socket.inet_ntoa(struct.pack("<L", int(fields[2], 16)))
    return None


def answers(address: str, timeout_s: float) -> bool | None:
    """Whether a device in the local network lives: it accepts, refuses, or has told its hardware
    address. None = it may be alive but says nothing."""
    try:
        with socket.create_connection((address, 80), timeout=timeout_s):
            return True
    except ConnectionRefusedError:
        return True
    except OSError as error:
        if error.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH):
            return False
    return _told_hardware_address(address)


def _told_hardware_address(address: str) -> bool | None:
    """Whether the device answered the question for its hardware address (ARP; only Linux tells)."""
    try:
        lines = _ARP.read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return None
    for line in lines:
        fields = line.split()
        if len(fields) > 3 and fields[0] == address:
            return bool(int(fields[2], 16) & _ARP_COMPLETE)
    return None


def resolve(name: str, timeout_s: float) -> tuple[str, ...]:
    """Addresses of a name by the system resolver; empty = not found in time."""
    found: queue.SimpleQueue[tuple[str, ...]] = queue.SimpleQueue()

    def ask() -> None:
        try:
            rows = socket.getaddrinfo(name, 443, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            rows = []
        found.put(tuple(dict.fromkeys(str(row[4][0]) for row in rows)))

    # The resolver of the system knows no timeout; a thread that hangs in it ends with it.
    threading.Thread(target=ask, name="resolver", daemon=True).start()
    try:
        return found.get(timeout=timeout_s)
    except queue.Empty:
        return ()


def connects(address: str, port: int, timeout_s: float) -> bool:
    """Whether a TCP connection can be made."""
    try:
        with socket.create_connection((address, port), timeout=timeout_s):
            return True
    except OSError:
        return False


def ask_server(server: str, name: str, timeout_s: float, port: int = _DNS_PORT) -> bool | None:
    """Whether this name server knows the name: True, False (it says no), None (no answer).

    One UDP question for an A record. Source: RFC 1035 §4.
    """
    number = secrets.randbelow(0x10000)
    labels = b"".join(bytes([len(part)]) + part for part in name.encode("idna").split(b"."))
    question = struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">HH", 1, 1)
    try:
        with socket.socket(socket.AF_INET6 if ":" in server else socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(timeout_s)
            sock.connect((server, port))
            sock.send(question)
            answer = sock.recv(_MAX_DNS_BYTES)
    except OSError:
        return None
    return read_answer(answer, number)


def read_answer(answer: bytes, number: int) -> bool | None:
    """What an answer says (pure): records found, refused or unknown name, or no answer to this question."""
    if len(answer) < 12:
        return None
    got, flags, _, records, _, _ = struct.unpack(">HHHHHH", answer[:12])
    if got != number or not flags & 0x8000:
        return None
    return bool(records > 0 and flags & 0x000F == 0)
