"""Start with the computer: an entry for this person only, made and removed by the settings.

Linux: XDG Autostart (a .desktop file). Windows: the Run key of the person's registry.
Source: freedesktop.org Autostart Specification 0.5; Microsoft, "Run and RunOnce Registry Keys".
"""

import os
import sys
from pathlib import Path

from PySide6.QtCore import QSettings

from papierbruecke.errors import EnvironmentFailure

NAME = "papierbruecke"
RUN_KEY = r"HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Run"
QUIET = "--leise"


def command(daten: Path) -> list[str]:
    """How this very program is started, with the same data folder and only its icon."""
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "papierbruecke"]
    return [*program, "--daten", str(daten.resolve()), QUIET]


def set_autostart(on: bool, daten: Path) -> None:
    """Make or remove the entry. Raises EnvironmentFailure ``autostart``."""
    if sys.platform == "win32":
        run = QSettings(RUN_KEY, QSettings.Format.NativeFormat)
        if on:
            run.setValue(NAME, " ".join(f'"{part}"' for part in command(daten)))
        else:
            run.remove(NAME)
        return
    path = _entry()
    try:
        if on:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_desktop_file(command(daten)), encoding="utf-8")
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise EnvironmentFailure(
            "autostart",
            "Der Start mit dem Computer ließ sich nicht einrichten. Alles andere ist gesichert; "
            "bitte den IT-Betreuer fragen.",
        ) from error


def _entry() -> Path:
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / "autostart" / f"{NAME}.desktop"


def _desktop_file(parts: list[str]) -> str:
    return (
        "[Desktop Entry]\nType=Application\nName=Papierbrücke\n"
        "Comment=Bringt die Praxis durch einen Ausfall der TI\n"
        f"Exec={' '.join(_quoted(part) for part in parts)}\nTerminal=false\nX-GNOME-Autostart-enabled=true\n"
    )


def _quoted(part: str) -> str:
    """One argument as the Desktop Entry Specification wants it in ``Exec``."""
    for special in ("\\", '"', "`", "$"):
        part = part.replace(special, f"\\{special}")
    return f'"{part.replace("%", "%%")}"'
