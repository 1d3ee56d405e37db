"""Where a data folder may lie, that it is the only one of its kind, and that one window works in it.

SQLite's locks and its WAL need one machine: a file on a network share loses data quietly. A copied
folder owes the same records as its original, so both would send them. Two windows over one folder
would ask the same question twice. Source: design §6.4; stack §13.
"""

import contextlib
import hashlib
import json
import os
import sys
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from papierbruecke.errors import EnvironmentFailure
from papierbruecke.files import write_output

LOCK_FILE = "fenster.sperre"
HOME_FILE = "ort.json"
"""Where this folder was when it was last at home: computer and path, as a digest."""
MOVED = "speicher.umgezogen"
_SHARES = {
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "ncpfs",
    "afs",
    "9p",
    "fuse.sshfs",
    "fuse.rclone",
    "davfs",
    "fuse.davfs2",
}
_MOUNTS = Path("/proc/mounts")
_DRIVE_REMOTE = 4
"""GetDriveTypeW: the drive is a network drive."""
_MACHINE_ID = Path("/etc/machine-id")


class WindowLock:
    """The right of one window to this folder; it ends with the process, whatever happens."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK_FILE
        self._stream: IO[bytes] | None = None

    def __enter__(self) -> Self:
        """Take it. Raises EnvironmentFailure ``speicher.fenster`` if another process has it."""
        stream = self._path.open("ab")
        try:
            _lock(stream)
        except OSError:
            stream.close()
            raise EnvironmentFailure(
                "speicher.fenster",
                "Papierbrücke ist in diesem Datenordner schon geöffnet. Bitte das offene Fenster benutzen.",
            ) from None
        self._stream = stream
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stream is not None:
            self._stream.close()
        self._stream = None


def _lock(stream: IO[bytes]) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)


def check_place(folder: Path) -> None:
    """Nothing is opened on another machine's disk or in a copy of a folder.

    Raises EnvironmentFailure ``speicher.netzlaufwerk``, ``speicher.umgezogen``; in doubt a folder may stay.
    """
    _refuse_network_share(folder)
    _refuse_moved(folder)


def settle(folder: Path) -> None:
    """From now on this folder is at home here. Raises EnvironmentFailure ``speicher.nur_lesen``."""
    document = json.dumps({"version": 1, "ort": _home(folder)}).encode()
    try:
        write_output(folder / HOME_FILE, document)
    except EnvironmentFailure as failure:
        raise EnvironmentFailure(
            "speicher.nur_lesen",
            "Der Datenordner lässt sich nicht beschreiben. Bitte freien Platz und Rechte prüfen lassen.",
        ) from failure


def is_settled(folder: Path) -> bool:
    """Whether the folder knows its home; one that a cut-off write left unreadable learns it anew."""
    return _noted(folder) is not None


def _refuse_moved(folder: Path) -> None:
    noted = _noted(folder)
    if noted is not None and noted != _home(folder):
        raise EnvironmentFailure(
            MOVED,
            "Dieser Datenordner war zuletzt an einem anderen Ort oder auf einem anderen Computer. Gäbe es ihn zweimal, "
            "könnte eine Krankschreibung zweimal verschickt werden, deshalb bleibt er zu. Wird der alte Ordner nicht "
            "mehr benutzt, diesen hier übernehmen: im Fenster oder mit „papierbruecke ordner uebernehmen“.",
        )


def _noted(folder: Path) -> str | None:
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        return str(json.loads((folder / HOME_FILE).read_text(encoding="utf-8"))["ort"])
    return None


def _home(folder: Path) -> str:
    """A digest, because a path names its user."""
    return hashlib.sha256(f"{_machine()}\n{os.path.realpath(folder)}".encode()).hexdigest()


def _machine() -> str:
    """What the operating system calls this computer; empty where it has no such name."""
    if sys.platform == "win32":
        import winreg

        with (
            contextlib.suppress(OSError),
            winreg.OpenKey(
                winreg.HKEY_LOCAL_MACHINE,
                r"SOFTWARE\Microsoft\Cryptography",
                0,
                winreg.KEY_READ | winreg.KEY_WOW64_64KEY,
            ) as key,
        ):
            return str(winreg.QueryValueEx(key, "MachineGuid")[0])
        return ""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return _MACHINE_ID.read_text(encoding="ascii").strip()
    return ""


def _refuse_network_share(folder: Path) -> None:
    if is_network_share(folder):
        raise EnvironmentFailure(
            "speicher.netzlaufwerk",
            "Der Datenordner liegt auf einem Netzlaufwerk. Dort könnten Belege verloren gehen, deshalb wird nichts "
            "gespeichert. Bitte einen Ordner auf diesem Computer wählen; jeder Platz hat seinen eigenen.",
        )


def is_network_share(folder: Path) -> bool:
    """Whether the folder, or the nearest one above it that exists, is on a network file system."""
    if sys.platform == "win32":
        return _windows_share(folder)
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return file_system(os.path.realpath(folder), mounts) in _SHARES


def file_system(path: str, mounts: str) -> str | None:
    """The type of the file system that holds a path, by a table like ``/proc/mounts`` (pure)."""
    best, kind = "", None
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        # Blanks and the like are octal there: "\\040".
        point = fields[1].encode().decode("unicode_escape").encode("latin-1").decode("utf-8", "replace")
        inside = path == point or path.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind


def _windows_share(folder: Path) -> bool:
    if sys.platform != "win32":
        return False
    import ctypes

    drive = os.path.splitdrive(os.path.realpath(folder))[0]
    return drive.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(f"{drive}\\") == _DRIVE_REMOTE
