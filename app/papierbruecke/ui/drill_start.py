"""Start the drill as a program of its own: nothing of it touches this desk."""

import sys
from pathlib import Path

from PySide6.QtCore import QProcess, QStandardPaths

FOLDER = "Papierbruecke-Uebung"


def start_drill() -> bool:
    """Open the window of the drill beside this one; False if the program cannot be started."""
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    arguments = ["uebung", "--von-hand", "-o", str(Path(documents) / FOLDER)]
    if not getattr(sys, "frozen", False):
        arguments = ["-m", "papierbruecke", *arguments]
    started = QProcess.startDetached(sys.executable, arguments)
    return bool(started[0] if isinstance(started, tuple) else started)
