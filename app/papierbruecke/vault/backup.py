"""Backups of a data folder: encrypted like the data, made while the desk works, restored whole.

A backup is a folder ``sicherungen/<moment>`` with a copy of every encrypted file, the wrapped
key and a manifest. It appears under its name only when it is complete and durable. A restore
moves the present files aside, never away, and leaves a marker until it is finished.
Source: design §9; domain sheet reconciliation §8.2, §10 hazard 17.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from papierbruecke.clock import local
from papierbruecke.errors import Cancelled, EnvironmentFailure
from papierbruecke.vault.database import RESTORE_MARKER, open_as_it_is, sync
from papierbruecke.vault.key import BACKUPS, Key
from papierbruecke.vault.key import FILE as KEY_FILE

KEEP = timedelta(days=14)
MANIFEST = "sicherung.json"
# The list of today's patients is gone after 48 hours (reconciliation.md §11.6); a copy would outlive it.
FLEETING = frozenset({"patienten.db"})
_NAME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{6}Z")
_SIDES = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class Sicherung:
    """One complete backup; ``dateien`` maps each file to its SHA-256."""

    name: str
    zeit: datetime
    anlass: str
    pfad: Path
    dateien: dict[str, str]

    @property
    def bytes_gesamt(self) -> int:
        """What it takes on the disk."""
        return sum((self.pfad / name).stat().st_size for name in self.dateien if (self.pfad / name).exists())


def create_backup(
    folder: Path,
    key: Key,
    now: datetime,
    anlass: str,
    *,
    second_place: Path | None = None,
    new_key: tuple[Key, bytes] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    cancel: threading.Event | None = None,
) -> Sicherung:
    """Copy every encrypted file of a data folder; complete and durable when this returns.

    The list of today's patients is left out. With ``new_key`` (a key and its key file) the copies
    are made under that key, the list too, because they take the place of the files. Old backups
    are pruned afterwards, the newest never. ``second_place`` gets a copy too. ``on_progress`` counts
    the files; ``cancel`` stops before the next one.
    Raises EnvironmentFailure ``sicherung.*`` or ``speicher.*``, and Cancelled; nothing half is left
    under a name.
    """
    backups = folder / BACKUPS
    moment = now.astimezone(UTC)
    while (backups / f"{moment:%Y-%m-%dT%H%M%SZ}").exists():
        moment += timedelta(seconds=1)
    name = f"{moment:%Y-%m-%dT%H%M%SZ}"
    target, unfinished = backups / name, backups / f".{name}.{os.getpid()}.neu"
    try:
        unfinished.mkdir(parents=True)
        left_out = FLEETING if new_key is None else frozenset[str]()
        sources = sorted(path for path in folder.glob("*.db") if path.name not in left_out)
        for number, source in enumerate(sources):
            counted(number, len(sources), on_progress, cancel)
            database = open_as_it_is(source, key)
            try:
                database.copy_to(unfinished / source.name, new_key and new_key[0])
            finally:
                database.close()
        if new_key is not None:
            (unfinished / KEY_FILE).write_bytes(new_key[1])
        elif (folder / KEY_FILE).exists():
            shutil.copyfile(folder / KEY_FILE, unfinished / KEY_FILE)
        files = {path.name: _sha256(path) for path in sorted(unfinished.iterdir())}
        manifest = {"version": 1, "zeit": moment.isoformat(), "anlass": anlass, "dateien": files}
        (unfinished / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        for path in unfinished.iterdir():
            sync(path)
        sync(unfinished)
        os.rename(unfinished, target)
        sync(backups)
    except OSError as error:
        raise EnvironmentFailure(
            "sicherung.schreiben",
            "Die Sicherung konnte nicht geschrieben werden. Die Daten selbst sind unverändert und sicher. "
            "Bitte freien Platz und Rechte prüfen lassen.",
            retryable=True,
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    made = _read(target)
    if made is None:
        raise AssertionError("a backup that was just written can be read")
    prune(folder, now)
    if second_place is not None:
        _copy_away(made, second_place)
    return made


def counted(
    done: int, total: int, on_progress: Callable[[int, int], None] | None, cancel: threading.Event | None
) -> None:
    """Between two files: tell how far it is, stop if somebody wants to. Raises Cancelled."""
    if cancel is not None and cancel.is_set():
        raise Cancelled
    if on_progress is not None:
        on_progress(done, total)


def backups_of(folder: Path) -> list[Sicherung]:
    """All complete backups, newest first."""
    found = [_read(path) for path in (folder / BACKUPS).glob("*") if _NAME.fullmatch(path.name)]
    return sorted((each for each in found if each is not None), key=lambda each: each.zeit, reverse=True)


def is_due(folder: Path, now: datetime) -> bool:
    """Whether today's backup is still missing (one per day of the practice)."""
    newest = next(iter(backups_of(folder)), None)
    return newest is None or local(newest.zeit).date() < local(now).date()


def prune(folder: Path, now: datetime) -> None:
    """Delete backups older than 14 days, but never the newest one, and what a restore or a migration left."""
    for old in backups_of(folder)[1:]:
        if now - old.zeit > KEEP:
            shutil.rmtree(old.pfad, ignore_errors=True)
    for kept in backups_of(folder)[1:]:
        forget_fleeting(kept)
    for left in (folder / BACKUPS).glob("ersetzt-*"):
        _remove_fleeting(left)
        moment = _moment_of(left)
        if moment is not None and now - moment > KEEP:
            shutil.rmtree(left, ignore_errors=True)
    for copy in (folder / BACKUPS).glob("*-vor-schritt-*.db"):
        if now - datetime.fromtimestamp(copy.stat().st_mtime, UTC) > KEEP:
            copy.unlink(missing_ok=True)


def forget_fleeting(sicherung: Sicherung) -> None:
    """Take the list of today's patients out of a backup that holds it; the rest stays whole."""
    kept = {name: digest for name, digest in sicherung.dateien.items() if name not in FLEETING}
    if kept == sicherung.dateien:
        return
    document = {"version": 1, "zeit": sicherung.zeit.isoformat(), "anlass": sicherung.anlass, "dateien": kept}
    unfinished = sicherung.pfad / f".{MANIFEST}.neu"
    try:
        unfinished.write_text(json.dumps(document, indent=1), encoding="utf-8")
        _publish(unfinished, sicherung.pfad / MANIFEST)
        _remove_fleeting(sicherung.pfad)
    except OSError as error:
        raise EnvironmentFailure(
            "sicherung.schreiben",
            "Die Patientenliste ließ sich nicht aus einer Sicherung entfernen. Bitte Rechte und freien Platz prüfen.",
            retryable=True,
        ) from error


def drop_foreign_fleeting(folder: Path, key: Key) -> None:
    """Delete the list of today's patients if this key cannot open it: nobody could ever read or empty it."""
    for name in FLEETING:
        if (folder / name).exists() and _inner_findings(folder / name, key):
            _remove_fleeting(folder)


def _remove_fleeting(folder: Path) -> None:
    for name in FLEETING:
        for side in (*_SIDES, ""):
            (folder / f"{name}{side}").unlink(missing_ok=True)


def check_backup(
    sicherung: Sicherung,
    key: Key,
    on_progress: Callable[[int, int], None] | None = None,
    cancel: threading.Event | None = None,
) -> list[str]:
    """Everything that is wrong with a backup, in German; empty = it can be restored."""
    findings = []
    for number, (name, expected) in enumerate(sicherung.dateien.items()):
        counted(number, len(sicherung.dateien), on_progress, cancel)
        path = sicherung.pfad / name
        try:
            if _sha256(path) != expected:
                findings.append(f"{name} wurde verändert oder ist beschädigt.")
                continue
        except OSError:
            findings.append(f"{name} fehlt oder ist nicht lesbar.")
            continue
        if path.suffix == ".db":
            findings += [f"{name}: {text}" for text in _inner_findings(path, key)]
    return findings


def restore_files(folder: Path, sicherung: Sicherung, now: datetime) -> Path:
    """Put a checked backup in the place of the present files; these move aside. Returns where they went.

    The list of today's patients stays where it is, unless the backup brings its own: aside, nobody
    would empty it after 48 hours.

    Safe to repeat after a crash: until it is finished, the marker keeps everybody out.
    """
    aside = _aside(folder, sicherung, now)
    try:
        aside.mkdir(parents=True, exist_ok=True)
        marker = folder / f".{RESTORE_MARKER}.neu"
        marker.write_text(json.dumps({"name": sicherung.name, "ersetzt": aside.name}), encoding="utf-8")
        _publish(marker, folder / RESTORE_MARKER)
        staying = FLEETING - sicherung.dateien.keys()
        for present in [*(path for path in folder.glob("*.db") if path.name not in staying), folder / KEY_FILE]:
            # After a crash the files of the backup may already lie here; the first ones are the old ones.
            if present.exists() and not (aside / present.name).exists():
                # The journals first: a file never stands there without its own journal, nor with another's.
                for path in (*(present.with_name(present.name + side) for side in _SIDES), present):
                    if path.exists():
                        os.replace(path, aside / path.name)
        sync(aside)
        for name in sicherung.dateien:
            unfinished = folder / f".{name}.neu"
            shutil.copyfile(sicherung.pfad / name, unfinished)
            _publish(unfinished, folder / name)
        (folder / RESTORE_MARKER).unlink()
        sync(folder)
    except OSError as error:
        raise EnvironmentFailure(
            "sicherung.zurueckholen",
            "Die Sicherung konnte nicht vollständig zurückgeholt werden. Es ging nichts verloren. Bitte freien "
            "Platz und Rechte prüfen und den Befehl noch einmal ausführen.",
            retryable=True,
        ) from error
    return aside


def _aside(folder: Path, sicherung: Sicherung, now: datetime) -> Path:
    """Where the present files go; a restore that was cut off keeps its place."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        marker = json.loads((folder / RESTORE_MARKER).read_text(encoding="utf-8"))
        return folder / BACKUPS / str(marker["ersetzt"])
    return folder / BACKUPS / f"ersetzt-{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}-durch-{sicherung.name}"


def _moment_of(aside: Path) -> datetime | None:
    """When these files were moved aside, by their folder's name."""
    try:
        return datetime.strptime(aside.name[8:25], "%Y-%m-%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _publish(unfinished: Path, target: Path) -> None:
    sync(unfinished)
    os.replace(unfinished, target)
    sync(target.parent)


def _inner_findings(path: Path, key: Key) -> list[str]:
    try:
        database = open_as_it_is(path, key)
    except EnvironmentFailure as failure:
        return [failure.text]
    try:
        return database.findings()
    except EnvironmentFailure as failure:
        return [failure.text]
    finally:
        database.close()


def _copy_away(sicherung: Sicherung, second_place: Path) -> None:
    target = second_place / sicherung.name
    unfinished = second_place / f".{sicherung.name}.neu"
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(sicherung.pfad, unfinished)
        os.rename(unfinished, target)
    except OSError as error:
        raise EnvironmentFailure(
            "sicherung.zweiter_ort",
            "Die Sicherung liegt im Datenordner, aber der zweite Ort war nicht erreichbar. Bitte prüfen lassen.",
            retryable=True,
        ) from error


def _read(path: Path) -> Sicherung | None:
    try:
        manifest: dict[str, Any] = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        names = {str(name): str(digest) for name, digest in manifest["dateien"].items()}
        # A manifest from elsewhere must not lead out of its folder.
        if any(name != Path(name).name for name in names):
            return None
        return Sicherung(path.name, datetime.fromisoformat(manifest["zeit"]), str(manifest["anlass"]), path, names)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
