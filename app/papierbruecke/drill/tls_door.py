"""How anybody comes in to the simulated Konnektor: its certificate is shown, and one of the client is asked for."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable

from papierbruecke.drill.certificates import Pki, server_context
from papierbruecke.drill.listener import Listener
from papierbruecke.drill.model import KonnektorZustand


class TlsDoor:
    """One port of the Konnektor; ``serve`` gets every connection whose handshake succeeded."""

    def __init__(self, pki: Pki, serve: Callable[[ssl.SSLSocket], None], timeout_s: float) -> None:
        self._pki = pki
        self._serve = serve
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._context = server_context(pki.konnektor, pki.clients)
        self._shown = (KonnektorZustand().zertifikat, KonnektorZustand().client)
        self.refused = 0  # handshakes that failed
        self.listener = Listener(self._shake_hands)

    def behave(self, zustand: KonnektorZustand) -> None:
        """Take over this state; another certificate cuts who is in."""
        if (zustand.zertifikat, zustand.client) != self._shown:
            self._shown = (zustand.zertifikat, zustand.client)
            clients = self._pki.fremde_clients if zustand.client == "tls-abgelehnt" else self._pki.clients
            with self._lock:
                self._context = server_context(self._pki.konnektor_identity(zustand.zertifikat), clients)
            self.listener.cut()
        self.listener.behave(zustand.port)

    def _shake_hands(self, connection: socket.socket) -> None:
        connection.settimeout(self._timeout_s)
        with self._lock:
            context = self._context
        with context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False) as tls:
            try:
                tls.do_handshake()
            except (ssl.SSLError, OSError):
                with self._lock:
                    self.refused += 1
                _let_the_alert_arrive(tls)
                return
            self._serve(tls)


def _let_the_alert_arrive(tls: ssl.SSLSocket) -> None:
    """Close gently: with unread data in the socket a close is a reset, and the client never sees why."""
    with contextlib.suppress(OSError):
        tls.settimeout(2)
        tls.shutdown(socket.SHUT_WR)
        while tls.recv(4096):
            pass
