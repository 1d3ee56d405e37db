"""A TCP port of the simulated TI: its number stays, its behaviour changes (open, refusing, mute)."""

import contextlib
import socket
import threading
from collections.abc import Callable

from papierbruecke.drill.model import PortZustand
from papierbruecke.errors import EnvironmentFailure

HOST = "127.0.0.1"
Serve = Callable[[socket.socket], None]


class Listener:
    """One port on this computer. ``serve`` gets every accepted connection in a thread of its own.

    Open: connections are served. Refusing: the number is held but nobody listens, so that the
    operating system answers with a reset. Mute: the queue of the port is full, so that the
    operating system drops every further attempt, as a device without power would.
    Changing the behaviour cuts every connection that is still open.
    """

    def __init__(self, serve: Serve, port: int | None = None) -> None:
        self._serve = serve
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._threads: set[threading.Thread] = set()
        self._fillers: list[socket.socket] = []
        self._state: PortZustand | None = None
        self._socket = self._bind(port or 0)
        self.port: int = self._socket.getsockname()[1]

    @staticmethod
    def _bind(port: int) -> socket.socket:
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((HOST, port))
        except OSError as error:
            bound.close()
            raise EnvironmentFailure(
                "simulator.port",
                f"Der Port {port} ist schon belegt. Bitte einen anderen angeben oder das andere Programm beenden.",
            ) from error
        return bound

    def behave(self, state: PortZustand) -> None:
        """Change how the port behaves; does nothing if it already does."""
        with self._lock:
            if state is self._state:
                return
            self._state = state
        self._stop_listening()
        self.cut()
        self._socket = self._bind(self.port)
        if state is PortZustand.OFFEN:
            self._socket.listen(64)
            self._start(self._accept, self._socket)
        elif state is PortZustand.STUMM:
            self._socket.listen(0)
            for _ in range(2):
                filler = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
                filler.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    filler.connect((HOST, self.port))
                self._fillers.append(filler)

    def cut(self) -> None:
        """Break every open connection."""
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give the port back and wait until nobody is served any more."""
        self._stop_listening()
        self.cut()
        for thread in list(self._threads):
            thread.join(timeout=5)

    def _stop_listening(self) -> None:
        with contextlib.suppress(OSError):  # wakes a waiting accept
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for filler in self._fillers:
            filler.close()
        self._fillers.clear()

    def _start(self, work: Callable[[socket.socket], None], argument: socket.socket) -> None:
        thread = threading.Thread(target=work, args=(argument,), name=f"drill-{self.port}", daemon=True)
        with self._lock:
            thread.start()
            self._threads = {t for t in self._threads if t.is_alive()} | {thread}

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._connections.add(connection)
            self._start(self._run, connection)

    def _run(self, connection: socket.socket) -> None:
        try:
            self._serve(connection)
        except OSError:
            pass  # the other side went away, which is its right
        finally:
            with self._lock:
                self._connections.discard(connection)
            connection.close()
