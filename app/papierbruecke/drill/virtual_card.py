"""A virtual card behind the real PC/SC service of this computer (egk.md §12).

``pcscd`` loads the driver ``vpcd`` (package ``vsmartcard-vpcd``), which listens on TCP 35963 for
slot 0 and 35964 for slot 1. Whoever connects there is a card: connecting inserts it, closing
pulls it. Both directions carry two bytes length, big endian, then the message; a message of one
byte is a control code (0 power off, 1 power on, 2 reset, 4 "send your ATR"), only the last is
answered. Every PC/SC program then sees an ordinary reader with an ordinary card.
"""

import contextlib
import socket
import struct
import threading
import time
from types import TracebackType

from smartcard import scard

from papierbruecke.drill.card_image import Card
from papierbruecke.drill.virtual_egk import Chip, Faults
from papierbruecke.errors import EnvironmentFailure

SLOT_PORTS = (35963, 35964)
SLOT_NAMES = ("Virtual PCD 00 00", "Virtual PCD 00 01")
POWER_OFF, SEND_ATR = 0, 4
POLLS_UNTIL_NOTICED = 3  # a service that does not power the card up has at least looked at it


class VirtualCard:
    """Puts a card into the virtual reader and serves it from a thread; a context manager.

    ``log`` holds every exchange of the present card as (command, response) in hex.
    ``removed`` is set while no card is in the slot, also when a fault pulled it.
    """

    def __init__(self, card: Card, faults: Faults | None = None, *, slot: int = 0, host: str = "127.0.0.1") -> None:
        self.card = card
        self.faults = faults or Faults()
        self.log: list[tuple[str, str]] = []
        self.removed = threading.Event()
        self.removed.set()
        self._noticed = threading.Event()
        self._slot = slot
        self._address = (host, SLOT_PORTS[slot])
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> "VirtualCard":
        self.insert()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()

    def insert(self, card: Card | None = None, faults: Faults | None = None, *, wait_s: float = 5.0) -> None:
        """Insert the card, or another one; returns when the service has noticed it and powered it up.

        ``wait_s`` also covers a service that is still starting.
        """
        self.remove()
        self.card, self.faults = card or self.card, faults or self.faults
        self._socket = self._connect(wait_s)
        self.log = []
        self.removed.clear()
        self._noticed.clear()
        chip = Chip(self.card, self.faults)
        self._thread = threading.Thread(target=self._serve, args=(self._socket, chip), name="virtual card", daemon=True)
        self._thread.start()
        if not self._noticed.wait(wait_s) or not (self.card.mute or _published(self._slot, wait_s)):
            self.remove()
            raise _no_reader()

    def remove(self) -> None:
        """Pull the card."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
            self._socket = None
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
            self._thread = None

    def _connect(self, wait_s: float) -> socket.socket:
        deadline = time.monotonic() + wait_s
        while True:
            try:
                connection = socket.create_connection(self._address, timeout=2)
            except OSError as error:
                if time.monotonic() >= deadline:
                    raise _no_reader() from error
                time.sleep(0.05)
                continue
            connection.settimeout(None)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _acknowledge_at_once(connection)
            return connection

    def _serve(self, connection: socket.socket, chip: Chip) -> None:
        just_powered = False
        polls = 0
        try:
            while True:
                message = _receive(connection)
                if len(message) > 1:
                    if self.faults.remove_after is not None and chip.count >= self.faults.remove_after:
                        return
                    answer = chip.process(message)
                    self.log.append((message.hex(), answer.hex()))
                    _send(connection, answer)
                elif message[0] == SEND_ATR:
                    # vpcd also asks this to poll for presence, so a mute card stays silent only
                    # for the one question that follows a power-up.
                    _send(connection, b"" if self.card.mute and just_powered else self.card.atr)
                    polls += 1
                    if just_powered or polls >= POLLS_UNTIL_NOTICED:
                        self._noticed.set()
                    just_powered = False
                else:
                    just_powered = message[0] != POWER_OFF
                    chip.reset()
        except (EOFError, OSError):
            return
        finally:
            connection.close()
            self.removed.set()


def _published(slot: int, timeout_s: float) -> bool:
    """Whether the service tells every program about the card; it does so a moment after powering it up."""
    rv, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    if rv != scard.SCARD_S_SUCCESS:
        return False
    try:
        state, deadline = scard.SCARD_STATE_UNAWARE, time.monotonic() + timeout_s
        while not state & scard.SCARD_STATE_PRESENT:
            left_ms = int((deadline - time.monotonic()) * 1000)
            rv, answered = scard.SCardGetStatusChange(context, max(left_ms, 0), [(SLOT_NAMES[slot], state)])
            if rv != scard.SCARD_S_SUCCESS:
                return False
            state = answered[0][1] & ~scard.SCARD_STATE_CHANGED
        return True
    finally:
        scard.SCardReleaseContext(context)


def _no_reader() -> EnvironmentFailure:
    return EnvironmentFailure(
        "uebung.kartenleser", "Der virtuelle Kartenleser antwortet nicht. Bitte prüfen, ob pcscd mit vpcd läuft."
    )


def _receive(connection: socket.socket) -> bytes:
    return _exactly(connection, struct.unpack(">H", _exactly(connection, 2))[0])


def _exactly(connection: socket.socket, count: int) -> bytes:
    buffer = b""
    while len(buffer) < count:
        part = connection.recv(count - len(buffer))
        _acknowledge_at_once(connection)
        if not part:
            raise EOFError
        buffer += part
    return buffer


def _send(connection: socket.socket, payload: bytes) -> None:
    connection.sendall(struct.pack(">H", len(payload)) + payload)


def _acknowledge_at_once(connection: socket.socket) -> None:
    """vpcd sends length and payload separately; a delayed acknowledgement would cost 40 ms per APDU."""
    option = getattr(socket, "TCP_QUICKACK", None)  # Linux only
    if option is not None:
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, option, 1)
