"""The key of a data folder: 256 random bits, kept only wrapped.

``schluessel.json`` holds the same key wrapped for a passphrase (Argon2id, AES-GCM) and, where
the operating system has a key store, the name under which it lies there. The file is made
before the first database and is never overwritten by mistake: a lost key is lost data.
Source: design §9, §6.4.
"""

import base64
import contextlib
import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from papierbruecke.errors import EnvironmentFailure
from papierbruecke.vault.place import check_place, is_settled, settle

FILE = "schluessel.json"
BACKUPS = "sicherungen"
"""Folder of the backups inside a data folder."""
SIMULATOR_MARKER = "simulator.json"
SIMULATOR_PASSPHRASE = "simulator.schluessel"  # noqa: S105 (a file name)
SERVICE = "Papierbruecke"
SHEET = "blatt"
"""Entry of the key file for the recovery sheet."""
RECOVERY_LENGTH = 32

# Argon2id: 64 MiB, 3 passes, 4 lanes; about 125 ms on a desk PC.
ARGON2 = {"speicher_kib": 65536, "runden": 3, "bahnen": 4}


@dataclass(frozen=True, slots=True)
class Key:
    """The raw key; its ``repr`` shows nothing."""

    raw: bytes = field(repr=False)

    def hex(self) -> str:
        """64 hex digits for the key pragma."""
        return self.raw.hex()


def open_key(folder: Path, *, passphrase: str | None, create: bool) -> Key:
    """The key of this folder, made on first use if ``create``.

    Order: the passphrase given by the caller, the passphrase file of a simulator folder, the
    operating system's key store. Raises EnvironmentFailure ``speicher.schluessel`` if none of
    them opens it, ``speicher.beschaedigt`` if the key file is broken or missing beside data,
    ``speicher.netzlaufwerk`` if the folder lies on another machine, ``speicher.umgezogen`` if it is a copy.
    """
    check_place(folder)
    key = _open(folder, passphrase, create)
    # A backup is only looked into; it has no home of its own.
    if create and not is_settled(folder):
        settle(folder)
    return key


def _open(folder: Path, passphrase: str | None, create: bool) -> Key:
    if passphrase is None:
        passphrase = _simulator_passphrase(folder)
    path = folder / FILE
    if not path.exists():
        _bring_back(path)
    if not path.exists():
        if any(folder.glob("*.db")):
            raise _damaged("Zu den Daten in diesem Ordner fehlt die Schlüsseldatei.")
        if not create:
            raise _no_key()
        return _create(path, passphrase)
    wraps = read_wraps(path)
    if passphrase is not None:
        return _unwrap_any(wraps, passphrase)
    stored = _from_keyring(wraps)
    if stored is not None:
        return stored
    raise _no_key()


def _bring_back(path: Path) -> None:
    """A lost key file comes back from the newest backup: it is wrapped there as it was here."""
    copies = sorted(path.parent.glob(f"{BACKUPS}/*/{FILE}"))
    if copies:
        with contextlib.suppress(OSError):
            _write_new(path, copies[-1].read_bytes())


def _simulator_passphrase(folder: Path) -> str | None:
    if not (folder / SIMULATOR_MARKER).is_file():
        return None
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return (folder / SIMULATOR_PASSPHRASE).read_text(encoding="utf-8").strip() or None
    return None


def _create(path: Path, passphrase: str | None) -> Key:
    key = Key(secrets.token_bytes(32))
    document: dict[str, Any] = {"version": 1}
    if passphrase is not None:
        document["passphrase"] = wrap(key, passphrase)
    else:
        account = secrets.token_hex(8)
        if not into_keyring(account, key):
            raise _no_key()
        document["schluesselbund"] = account
    _write_new(path, json.dumps(document, indent=1).encode())
    return key


def _write_new(path: Path, data: bytes) -> None:
    """Whole, durable, and only if nothing is there."""
    temporary = path.with_suffix(f".{os.getpid()}.neu")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(temporary, path) if hasattr(os, "link") else os.rename(temporary, path)
        if os.name == "posix":
            directory = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(directory)
            finally:
                os.close(directory)
    except FileExistsError as error:
        raise EnvironmentFailure(
            "speicher.belegt",
            "Ein anderes Programm richtet diesen Ordner gerade ein. Bitte gleich noch einmal versuchen.",
            retryable=True,
        ) from error
    except OSError as error:
        raise EnvironmentFailure(
            "speicher.nur_lesen",
            "Der Datenordner lässt sich nicht beschreiben. Bitte freien Platz und Rechte prüfen lassen.",
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def read_wraps(path: Path) -> dict[str, Any]:
    """The document of a key file. Raises ``speicher.beschaedigt``."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _damaged("Die Schlüsseldatei dieses Ordners ist beschädigt.") from error
    if not isinstance(document, dict) or document.get("version") != 1:
        raise _damaged("Die Schlüsseldatei dieses Ordners ist beschädigt oder von einem neueren Programm.")
    return document


def _derive(passphrase: str, salt: bytes, cost: dict[str, int]) -> bytes:
    from argon2.low_level import Type, hash_secret_raw

    return hash_secret_raw(passphrase.encode(), salt, cost["runden"], cost["speicher_kib"], cost["bahnen"], 32, Type.ID)


def wrap(key: Key, passphrase: str) -> dict[str, Any]:
    """The key under a passphrase: Argon2id, then AES-GCM."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    wrapped = AESGCM(_derive(passphrase, salt, ARGON2)).encrypt(nonce, key.raw, SERVICE.encode())
    return {"argon2id": ARGON2, "salz": _text(salt), "nonce": _text(nonce), "schluessel": _text(wrapped)}


def normalize_code(code: str) -> str:
    """A recovery code as it was printed, however it was typed or scanned."""
    return "".join(code.split()).replace("-", "").upper()


def _unwrap_any(document: dict[str, Any], passphrase: str) -> Key:
    """By the passphrase, else by the code of the recovery sheet."""
    sheet = document.get(SHEET)
    if sheet is not None and len(normalize_code(passphrase)) == RECOVERY_LENGTH:
        with contextlib.suppress(EnvironmentFailure):
            return unwrap(sheet, normalize_code(passphrase))
    return unwrap(document.get("passphrase"), passphrase)


def unwrap(wrapped_key: dict[str, Any] | None, passphrase: str) -> Key:
    """The key out of one entry of the key file. Raises ``speicher.schluessel``, ``speicher.beschaedigt``."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if wrapped_key is None:
        raise _no_key()
    try:
        derived = _derive(passphrase, base64.b64decode(wrapped_key["salz"]), wrapped_key["argon2id"])
        nonce, wrapped = base64.b64decode(wrapped_key["nonce"]), base64.b64decode(wrapped_key["schluessel"])
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged("Die Schlüsseldatei dieses Ordners ist beschädigt.") from error
    try:
        return Key(AESGCM(derived).decrypt(nonce, wrapped, SERVICE.encode()))
    except InvalidTag:
        raise EnvironmentFailure(
            "speicher.schluessel",
            "Die Passphrase passt nicht zu diesem Datenordner. Es wurde nichts geändert. "
            "Bitte die richtige Passphrase oder das Wiederherstellungsblatt nehmen.",
        ) from None


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def into_keyring(account: str, key: Key) -> bool:
    """Put the key into the operating system's store, if it has one that keeps it."""
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(SERVICE, account, _text(key.raw))
        return keyring.get_password(SERVICE, account) == _text(key.raw)
    except (KeyringError, RuntimeError):
        return False


def _from_keyring(document: dict[str, Any]) -> Key | None:
    account = document.get("schluesselbund")
    if account is None:
        return None
    import keyring
    from keyring.errors import KeyringError

    try:
        stored = keyring.get_password(SERVICE, account)
    except (KeyringError, RuntimeError):
        return None
    return Key(base64.b64decode(stored)) if stored else None


def _no_key() -> EnvironmentFailure:
    return EnvironmentFailure(
        "speicher.schluessel",
        "Der Schlüssel für den Datenordner fehlt. Es wurde nichts geändert. Bitte sich am Computer richtig anmelden "
        "oder die Passphrase mit --schluessel-datei oder PAPIERBRUECKE_PASSPHRASE angeben. Ist das Benutzerkonto "
        "verloren, hilft das Wiederherstellungsblatt: sein Code gilt wie eine Passphrase.",
    )


def _damaged(text: str) -> EnvironmentFailure:
    return EnvironmentFailure(
        "speicher.beschaedigt",
        f"{text} Es wurde nichts geändert. Formulare gehen weiter ohne Ablegen; bitte den IT-Betreuer rufen.",
    )
