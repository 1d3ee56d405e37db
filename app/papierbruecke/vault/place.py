"""Where a data folder may lie, and that only one window works in it.

SQLite's locks and its WAL need one machine: a file on a network share loses data quietly. Two
windows over one folder would ask the same question twice. Source: design §6.4; stack §13.
"""

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from papierbruecke.errors import EnvironmentFailure

LOCK_FILE = "fenster.sperre"
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


def refuse_network_share(folder: Path) -> None:
    """Raise ``speicher.netzlaufwerk`` if this folder lies on another machine; in doubt it may stay."""
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
