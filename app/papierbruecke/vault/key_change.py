"""A recovery sheet for the key, another passphrase, another key.

A lost profile of the operating system must not lose the records: the sheet in the safe opens
them. A key change writes everything anew under a fresh key and puts it in place like a
restore, so that it may be cut off at any moment. Source: design §9; stack §3.
"""

import base64
import json
import os
import secrets
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from papierbruecke.errors import EnvironmentFailure
from papierbruecke.vault.backup import check_backup, create_backup, forget_fleeting, restore_files
from papierbruecke.vault.database import sync
from papierbruecke.vault.key import (
    FILE,
    RECOVERY_LENGTH,
    SHEET,
    Key,
    into_keyring,
    normalize_code,
    read_wraps,
    unwrap,
    wrap,
)
from papierbruecke.vault.place import WindowLock


def add_recovery_sheet(folder: Path, key: Key) -> str:
    """Make a new recovery code for this key; the code of an older sheet opens nothing any more.

    The code is returned once and stored nowhere: print it and lock it away. It has 160 random
    bits in base32, in groups of four.
    """
    code = base64.b32encode(secrets.token_bytes(RECOVERY_LENGTH * 5 // 8)).decode("ascii")
    document = read_wraps(folder / FILE)
    document[SHEET] = wrap(key, normalize_code(code))
    _replace(folder / FILE, document)
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def set_passphrase(folder: Path, key: Key, passphrase: str) -> None:
    """Open this folder with another passphrase from now on; the key and the sheet stay."""
    document = read_wraps(folder / FILE)
    document["passphrase"] = wrap(key, passphrase)
    _replace(folder / FILE, document)


def remember_key(folder: Path, key: Key) -> None:
    """Let the operating system's store open this folder, for the profile that is logged in now.

    The way home after a lost profile: open with the sheet, then remember. Raises
    EnvironmentFailure ``speicher.schluessel`` if this computer keeps no keys.
    """
    document = read_wraps(folder / FILE)
    account = secrets.token_hex(8)
    if not into_keyring(account, key):
        raise EnvironmentFailure(
            "speicher.schluessel",
            "Dieser Computer kann keinen Schlüssel aufbewahren. Es wurde nichts geändert; bitte weiter mit der "
            "Passphrase öffnen.",
        )
    document["schluesselbund"] = account
    _replace(folder / FILE, document)


def change_key(folder: Path, key: Key, now: datetime, passphrase: str | None) -> Key:
    """Write every file anew under a fresh key; the way to open it stays as it was.

    ``passphrase`` is needed if the folder has one. The recovery sheet of the old key is void:
    print a new one. Older backups stay under the old key and its passphrase until they are
    pruned. No window may be open. Raises EnvironmentFailure ``speicher.fenster``, ``sicherung.*``.
    """
    old = read_wraps(folder / FILE)
    document: dict[str, Any] = {"version": 1}
    fresh = Key(secrets.token_bytes(32))
    with WindowLock(folder):
        if "passphrase" in old:
            if passphrase is None:
                raise _needs_passphrase()
            unwrap(old["passphrase"], passphrase)  # the code of a sheet must not become the passphrase
            document["passphrase"] = wrap(fresh, passphrase)
        if "schluesselbund" in old:
            document["schluesselbund"] = account = secrets.token_hex(8)
            if not into_keyring(account, fresh):
                raise _needs_passphrase()
        data = json.dumps(document, indent=1).encode()
        copies = create_backup(folder, key, now, "Schlüsselwechsel", new_key=(fresh, data))
        findings = check_backup(copies, fresh)
        if findings:
            raise EnvironmentFailure(
                "sicherung.beschaedigt",
                f"Der neue Satz Dateien ist nicht heil: {findings[0]} Es wurde nichts geändert.",
            )
        aside = restore_files(folder, copies, now)
        # What lies aside is the same data under the key that was to go.
        shutil.rmtree(aside, ignore_errors=True)
        forget_fleeting(copies)
    return fresh


def _needs_passphrase() -> EnvironmentFailure:
    return EnvironmentFailure(
        "speicher.schluessel",
        "Für den neuen Schlüssel wird die Passphrase gebraucht. Es wurde nichts geändert. Bitte mit "
        "--schluessel-datei oder PAPIERBRUECKE_PASSPHRASE angeben.",
    )


def _replace(path: Path, document: dict[str, Any]) -> None:
    unfinished = path.with_suffix(f".{os.getpid()}.neu")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(json.dumps(document, indent=1).encode())
        sync(unfinished)
        os.replace(unfinished, path)
        sync(path.parent)
    except OSError as error:
        raise EnvironmentFailure(
            "speicher.nur_lesen",
            "Die Schlüsseldatei lässt sich nicht schreiben; die alte gilt weiter. Bitte freien Platz und Rechte "
            "prüfen lassen.",
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
