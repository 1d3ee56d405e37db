"""Calls the open window of this desk to the front, with the patient whom the practice system handed over.

The window listens on a local socket (a named pipe on Windows) that only this person may use.
Only the random number of the entry in the patient list travels, never a name.
"""

import contextlib
import getpass
import hashlib
import os
import socket
import sys
from pathlib import Path
from uuid import UUID

CALL_LIMIT_S = 1.0


def window_name(daten: Path) -> str:
    """What the window of this person and data folder listens to."""
    mark = hashlib.sha256(f"{getpass.getuser()}|{daten.resolve()}".encode()).hexdigest()[:16]
    return f"papierbruecke-{mark}"


def call_window(daten: Path, eintrag: UUID) -> bool:
    """Ask the window to show this entry of the patient list; False if no window is open."""
    message = f"patient {eintrag}\n".encode("ascii")
    name = window_name(daten)
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            with open(rf"\\.\pipe\{name}", "r+b", buffering=0) as pipe:
                pipe.write(message)
            return True
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(CALL_LIMIT_S)
            # Where Qt puts its local sockets: TMPDIR, else /tmp (QDir::tempPath).
            line.connect(str(Path(os.environ.get("TMPDIR") or "/tmp") / name))  # noqa: S108
            line.sendall(message)
        return True
    return False
