"""Can this folder take the files of the desk? Asked where somebody chooses it, not on the day it is needed.

Source: design §3 rule 9 (only what the user sends out leaves the encrypted folder), §9.
"""

import contextlib
import secrets
from pathlib import Path


def folder_objection(path: Path, daten: Path) -> str | None:
    """Why not, in German, or None. Writes a file of a few bytes and deletes it.

    ``daten`` is the data folder: everything in it is encrypted and watched over, nothing of it
    may be handed out, and no other program may write there.
    """
    if not path.is_absolute():
        return "Bitte den vollständigen Pfad angeben oder „Wählen …“ nehmen."
    if not path.is_dir():
        return "Diesen Ordner gibt es nicht, oder er ist gerade nicht erreichbar."
    chosen, ours = path.resolve(), daten.resolve()
    if chosen == ours or ours in chosen.parents or chosen in ours.parents:
        return "Das ist der Datenordner dieses Programms oder liegt um ihn herum. Bitte einen anderen Ordner wählen."
    probe = path / f"papierbruecke-probe-{secrets.token_hex(4)}.tmp"
    try:
        probe.write_bytes(b"Probe")
        probe.unlink()
    except OSError:
        with contextlib.suppress(OSError):
            probe.unlink(missing_ok=True)
        return "In diesen Ordner darf das Programm nicht schreiben. Bitte den IT-Betreuer um das Recht dafür bitten."
    return None
