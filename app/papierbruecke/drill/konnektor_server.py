"""The simulated Konnektor on the network: TLS with client authentication, HTTP/1.1.

What it answers is in ``konnektor_services.py``. Requests are kept by name, never by content.
"""

import datetime
import http.server
import socket
import ssl
import threading

from papierbruecke.drill.certificates import Pki
from papierbruecke.drill.faults import Faults
from papierbruecke.drill.konnektor_services import Anfrage, KonnektorServices
from papierbruecke.drill.listener import HOST
from papierbruecke.drill.model import KonnektorZustand
from papierbruecke.drill.tls_door import TlsDoor

MAX_BODY = 64 * 1024 * 1024


class KonnektorServer:
    """One Konnektor on its own port of this computer."""

    def __init__(self, pki: Pki, faults: Faults) -> None:
        self._lock = threading.Lock()
        self.services = KonnektorServices(pki, faults)
        self.anfragen: list[Anfrage] = []
        self._door = TlsDoor(pki, self._serve, timeout_s=300)
        self.listener = self._door.listener

    @property
    def base_url(self) -> str:
        """Where the endpoints of the service directory point."""
        return f"https://{HOST}:{self.listener.port}"

    @property
    def abgewiesene_verbindungen(self) -> int:
        """How many handshakes failed."""
        return self._door.refused

    def behave(self, zustand: KonnektorZustand, since: datetime.datetime) -> None:
        """Take over this state; ``since`` is what the Konnektor reports as the time of the change."""
        before = self.services.zustand
        self.services.zustand, self.services.since = zustand, since
        self._door.behave(zustand)
        self.services.events.changed(before, zustand)

    def close(self) -> None:
        """Stop serving."""
        self.listener.close()
        self.services.events.close()

    def _serve(self, tls: ssl.SSLSocket) -> None:
        _Handler(tls, self)

    def note(self, anfrage: Anfrage) -> None:
        """Remember a request."""
        with self._lock:
            self.anfragen.append(anfrage)


class _Handler(http.server.BaseHTTPRequestHandler):
    """HTTP/1.1 with one connection for many calls."""

    protocol_version = "HTTP/1.1"
    server_version = "Konnektor"
    wbufsize = -1
    rbufsize = -1

    def __init__(self, connection: ssl.SSLSocket, konnektor: KonnektorServer) -> None:
        self._konnektor = konnektor
        super().__init__(connection, (HOST, 0), None)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        if self.path != "/connector.sds":
            self._konnektor.note(Anfrage(f"GET {self.path}", 404))
            self._send(404, b"", "text/plain")
            return
        status, body = self._konnektor.services.directory(self._konnektor.base_url)
        self._konnektor.note(Anfrage("connector.sds", status))
        self._send(status, body, "text/xml; charset=utf-8")

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", -1))
        if not 0 <= length <= MAX_BODY:
            self.close_connection = True
            self._send(411, b"", "text/plain")
            return
        body = self.rfile.read(length)
        answer, anfrage = self._konnektor.services.handle(
            self.path, self.headers.get("Content-Type", ""), self.headers.get("SOAPAction", ""), body
        )
        self._konnektor.note(anfrage)
        if answer is None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._send(anfrage.status, answer, "text/xml; charset=utf-8")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: what came is in ``anfragen``."""
