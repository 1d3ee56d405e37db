"""A TLS line with a budget: no counterpart can keep us waiting or fill our memory.

A timeout on a socket starts anew with every byte, so a server that drips would hold a call
for ever. This wrapper carries one deadline and one number of bytes for a whole exchange.
http.client, smtplib and poplib take it for a socket.
"""

import io
import socket
import ssl
import time
from typing import Any


class TooMuch(Exception):
    """The counterpart sent more than the exchange may need."""


class Line:
    """A connected socket whose reading and writing stop at a deadline and at a number of bytes."""

    def __init__(self, sock: ssl.SSLSocket, seconds: float, max_bytes: int) -> None:
        self._sock = sock
        self._readers = 0
        self._closed = False
        self.allow(seconds, max_bytes)

    def allow(self, seconds: float, max_bytes: int) -> None:
        """Begin a new exchange with a fresh budget."""
        self._deadline = time.monotonic() + seconds
        self._left = max_bytes

    def sendall(self, data: Any) -> None:
        self._arm()
        try:
            self._sock.sendall(data)
        except (ConnectionError, ssl.SSLEOFError):
            # A refusal (TLS 1.3: of our certificate) may wait in the other direction and says more.
            self._sock.recv(1)
            raise

    def recv_into(self, buffer: Any) -> int:
        self._arm()
        count = self._sock.recv_into(buffer)
        self._left -= count
        if self._left < 0:
            raise TooMuch
        return count

    def makefile(self, mode: str, *_: Any, **__: Any) -> io.BufferedReader:
        """A reader over this line; the only mode that the mail and HTTP libraries need is ``rb``."""
        if mode != "rb":
            raise AssertionError("a line is read as bytes")
        self._readers += 1
        return io.BufferedReader(_Reader(self))

    def shutdown(self, how: int) -> None:
        self._sock.shutdown(how)

    def close(self) -> None:
        """Close, or let the last reader do it: http.client closes a socket before it reads the answer."""
        self._closed = True
        if self._readers == 0:
            self._sock.close()

    def cut(self) -> None:
        """Close at once, whoever still reads."""
        self._sock.close()

    def reader_closed(self) -> None:
        """A file made by ``makefile`` was closed."""
        self._readers -= 1
        if self._closed:
            self.close()

    def _arm(self) -> None:
        remaining = self._deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError("deadline of the exchange")
        self._sock.settimeout(remaining)


class _Reader(io.RawIOBase):
    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line = line

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._line.recv_into(buffer)

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._line.reader_closed()


def connect_tcp(host: str, port: int, timeout_s: float) -> socket.socket:
    """A plain TCP connection, never through a proxy; raises OSError."""
    return socket.create_connection((host, port), timeout=timeout_s)


def own_address(host: str, port: int) -> str:
    """The address with which this computer reaches ``host``; nothing is sent. Raises OSError."""
    (family, kind, _, _, target), *_ = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    with socket.socket(family, kind) as probe:
        probe.connect(target)
        address = str(probe.getsockname()[0])
    return f"[{address}]" if family == socket.AF_INET6 else address
