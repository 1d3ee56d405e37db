"""The folder of a simulated desk: marked, so that nobody takes it for a real one (design §6)."""

import json
import secrets
from pathlib import Path

from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.files import write_output
from papierbruecke.vault.key import SIMULATOR_MARKER, SIMULATOR_PASSPHRASE


def prepare_folder(folder: Path, passphrase: str | None) -> None:
    """Make an empty folder a simulator folder, or accept one that is marked already.

    ``passphrase``: the one that the caller uses anyway; without it one is drawn. Raises
    InputRefused for a folder that holds anything else: it could be a real desk's.
    """
    if folder.exists() and not folder.is_dir():
        raise _refused("Das ist kein Ordner.")
    if not (folder / SIMULATOR_MARKER).is_file():
        if folder.exists() and any(folder.iterdir()):
            raise _refused("Der Ordner ist nicht leer und kein Simulator-Ordner. Bitte einen neuen Ordner angeben.")
        folder.mkdir(parents=True, exist_ok=True)
        write_marker(folder, {})
    secret = folder / SIMULATOR_PASSPHRASE
    if not secret.exists():
        secret.touch(mode=0o600)
        secret.write_text((passphrase or secrets.token_urlsafe(24)) + "\n", encoding="utf-8")


def write_marker(folder: Path, facts: dict[str, object]) -> None:
    """The marker file, with what a person or a test wants to know (scenario, control port)."""
    document = {"schema": "simulator", "version": 1, "hinweis": "Simulator-Ordner: alles hier ist Übung."} | facts
    write_output(folder / SIMULATOR_MARKER, json.dumps(document, ensure_ascii=False, indent=1).encode())


def _refused(text: str) -> InputRefused:
    return InputRefused((Einwand("--daten", "Design §6", text),))
