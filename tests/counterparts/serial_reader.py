"""A real card reader that can be unplugged: the CCID driver of pcscd on a serial line, at whose other end we sit.

The virtual driver (vpcd) can lose a card, never itself. ``pcscd`` also drives serial readers
(GemPC Twin, package libccid), and a serial line can be a pseudo terminal: whoever closes it
pulls the cable, whoever falls silent is a reader that hangs. The frames are those of the driver:
SYNC ACK, one CCID message, a check byte; every command is echoed first (CCID 1.1, chapter 6).
"""

import fcntl
import os
import pty
import select
import shutil
import subprocess
import threading
import time
import tty
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from papierbruecke.drill.card_image import Card
from papierbruecke.drill.pcsc_service import LOCK, SOCKET, STOP_LIMIT_S
from papierbruecke.drill.virtual_egk import Chip

DRIVER = Path("/usr/lib/pcsc/drivers/serial/libccidtwin.so")
NAME = "Probeleser"
SLOT_NAME = f"{NAME} 00 00"
START_LIMIT_S = 20.0
_LOOK_S = 0.02
ATR = bytes.fromhex("3B800181")  # T=1 and nothing else to agree upon
SYNC_ACK = b"\x03\x06"
POWER_ON, POWER_OFF, SLOT_STATUS, XFR_BLOCK, ESCAPE, GET_PARAMETERS, SET_PARAMETERS = (
    0x62,
    0x63,
    0x65,
    0x6F,
    0x6B,
    0x6C,
    0x61,
)
DATA_BLOCK, SLOT, PARAMETERS, ESCAPED = 0x80, 0x81, 0x82, 0x83
ACTIVE, INACTIVE = 0, 1
SUPERVISORY = 0xC0  # a T=1 block that agrees on sizes
SEQUENCE = 0x40


class SerialReader:
    """A context manager: inside it, pcscd runs with this one reader and the card in it."""

    def __init__(self, card: Card, folder: Path) -> None:
        self._chip = Chip(card)
        self._folder = folder
        self._active = False
        self._silent = False
        self._unplugged = False
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        self._thread = threading.Thread(target=self._serve, name="serial reader", daemon=True)

    @staticmethod
    def missing() -> str | None:
        """Why it cannot run on this machine."""
        if shutil.which("pcscd", path="/usr/sbin:/usr/bin") is None or not DRIVER.exists():
            return "pcscd or the serial reader driver of libccid is missing"
        return None if os.geteuid() == 0 else "pcscd needs root"

    def __enter__(self) -> "SerialReader":
        self._lock = LOCK.open("ab")
        fcntl.flock(self._lock, fcntl.LOCK_EX)  # one pcscd per machine
        self._thread.start()
        (self._folder / "reader").write_text(
            f'FRIENDLYNAME "{NAME}"\nDEVICENAME {os.ttyname(self._slave)}:GemPCTwin\nLIBPATH {DRIVER}\nCHANNELID 0\n'
        )
        command = ["/usr/sbin/pcscd", "--foreground", "--config", str(self._folder)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        SOCKET.unlink(missing_ok=True)  # a killed service leaves it
        self.unplug()
        self._lock.close()

    def unplug(self) -> None:
        """Pull the cable; returns when the line is gone."""
        self._unplugged = True
        if self._thread.is_alive():
            self._thread.join()
        if self._slave >= 0:
            os.close(self._slave)
            self._slave = -1

    def fall_silent(self) -> None:
        """From now on nothing is answered."""
        self._silent = True

    # -- the wire --------------------------------------------------------------

    def _serve(self) -> None:
        try:
            while True:
                head = self._receive(len(SYNC_ACK) + 10)
                rest = self._receive(int.from_bytes(head[3:7], "little") + 1)
                if not self._silent:
                    message = head[len(SYNC_ACK) :] + rest[:-1]
                    self._send(message)
                    self._answer(message)
        except OSError:
            return
        finally:
            os.close(self._master)

    def _receive(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            while not select.select([self._master], [], [], _LOOK_S)[0]:
                if self._unplugged:
                    raise OSError("unplugged")
            data += os.read(self._master, count - len(data))
        return data

    def _send(self, message: bytes) -> None:
        os.write(self._master, _checked(SYNC_ACK + message))

    def _answer(self, message: bytes) -> None:
        kind, data = message[0], message[10:]
        status, last = ACTIVE if self._active else INACTIVE, 0
        answer, body = SLOT, b""
        if kind == ESCAPE:
            answer, body = ESCAPED, b"GemTwin-V2.00" if data == b"\x02" else b""
        elif kind == POWER_ON:
            self._active, status, answer, body = True, ACTIVE, DATA_BLOCK, ATR
            self._chip.reset()
        elif kind == POWER_OFF:
            self._active, status = False, INACTIVE
        elif kind in (GET_PARAMETERS, SET_PARAMETERS):
            answer, body, last = PARAMETERS, data, 1
        elif kind == XFR_BLOCK:
            answer, body = DATA_BLOCK, self._block(data)
        head = bytes([answer]) + len(body).to_bytes(4, "little") + message[5:7] + bytes([status, 0, last])
        self._send(head + body)

    def _block(self, block: bytes) -> bytes:
        """One T=1 block (ISO 7816-3, 11.3): what was asked for, or the card's answer."""
        control, content = block[1], block[3:-1]
        if control & SUPERVISORY == SUPERVISORY:
            return _checked(bytes([0, control | 0x20, len(content)]) + content)
        answer = self._chip.process(content)
        return _checked(bytes([0, control & SEQUENCE, len(answer)]) + answer)


def _checked(data: bytes) -> bytes:
    check = 0
    for byte in data:
        check ^= byte
    return data + bytes([check])


def wait_until(seen: Callable[[], bool], limit_s: float = START_LIMIT_S) -> None:
    """Until this is so; fails with the test if it never is."""
    deadline = time.monotonic() + limit_s
    while not seen():
        assert time.monotonic() < deadline, "it never came to be so"
        time.sleep(_LOOK_S)
