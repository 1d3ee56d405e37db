"""The real PC/SC service with a virtual slot, for the drill and the tests (egk.md §12).

There is one ``pcscd`` per machine. Whoever needs it takes a machine-wide lock first; a service
that already runs with the virtual driver is used and left running, otherwise our own is
started and ended again.
"""

import contextlib
import fcntl
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import IO

from papierbruecke.drill.virtual_card import SLOT_PORTS
from papierbruecke.errors import EnvironmentFailure

DRIVER = Path("/etc/reader.conf.d/vpcd")
SOCKET = Path("/run/pcscd/pcscd.comm")
LOCK = Path(tempfile.gettempdir()) / "papierbruecke-pcscd.lock"
START_LIMIT_S = 15.0
STOP_LIMIT_S = 10.0


class PcscService:
    """A context manager: inside it, virtual cards can be inserted. Raises ``uebung.pcscd`` if it cannot run."""

    def __init__(self) -> None:
        self._lock: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "PcscService":
        self._lock = LOCK.open("ab")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        try:
            self.start()
        except EnvironmentFailure:
            self._release()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.stop()
        finally:
            self._release()

    @property
    def ours(self) -> bool:
        """Whether this object started the service; only then may it be stopped and started."""
        return self._process is not None

    def start(self) -> None:
        """Start the service, or use the one that runs; returns when cards can be inserted."""
        if _listening():
            return
        command = shutil.which("pcscd", path="/usr/sbin:/usr/bin:/usr/local/sbin")
        if command is None or not DRIVER.exists():
            raise _failure("Die Pakete pcscd und vsmartcard-vpcd fehlen.")
        if _answers():
            raise _failure("Es läuft bereits ein Kartendienst ohne den virtuellen Leser.")
        options = ["--foreground"]
        if "--disable-polkit" in subprocess.run([command, "--help"], capture_output=True, text=True).stdout:  # noqa: S603
            options.append("--disable-polkit")
        self._process = subprocess.Popen([command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
        deadline = time.monotonic() + START_LIMIT_S
        while not (_listening() and _answers()):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise _failure("Der Kartendienst lässt sich nicht starten; er braucht Administratorrechte.")
            time.sleep(0.05)

    def stop(self) -> None:
        """End the service if it is ours; returns when it is gone."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _failure(text: str) -> EnvironmentFailure:
    return EnvironmentFailure("uebung.pcscd", f"Der virtuelle Kartenleser steht nicht bereit. {text}")


def _listening() -> bool:
    """Whether the virtual slot waits for a card; read from the kernel, because a visit would be a card."""
    with contextlib.suppress(OSError):
        for table in ("/proc/net/tcp", "/proc/net/tcp6"):
            for line in Path(table).read_text(encoding="ascii").splitlines()[1:]:
                local, state = line.split()[1], line.split()[3]
                if state == "0A" and int(local.rpartition(":")[2], 16) == SLOT_PORTS[0]:
                    return True
    return False


def _answers() -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(SOCKET))
        except OSError:
            return False
        return True
