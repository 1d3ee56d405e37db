"""The disk under the store: full, read-only, locked by somebody, cut off in the middle of a write."""

import contextlib
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import stores
from counterparts.disk import small_disk
from papierbruecke.clock import SetClock
from papierbruecke.errors import EnvironmentFailure
from papierbruecke.outage.incident import Stoerung
from papierbruecke.outbox.migrations import MIGRATIONS
from papierbruecke.outbox.model import Zustand
from papierbruecke.outbox.sqlcipher import SqlcipherOutbox
from papierbruecke.record.model import BelegArt
from papierbruecke.vault import database
from papierbruecke.vault.backup import create_backup
from papierbruecke.vault.database import open_database

__all__ = ["small_disk"]

SEED = int(os.environ.get("PAPIERBRUECKE_SAAT", "0")) or random.SystemRandom().randrange(1, 10**6)
CUTS = 200 if os.environ.get("PAPIERBRUECKE_LANG") == "1" else 20
CLOCK = SetClock(stores.MORGENS)


def failing(call: Callable[[], object]) -> str:
    with pytest.raises(EnvironmentFailure) as failed:
        call()
    return failed.value.code


def _fill(store: SqlcipherOutbox, of: Stoerung, safe: list[object], chance: random.Random) -> None:
    """Twenty Belege; each that was stored is noted."""
    for _ in range(20):
        made = stores.beleg(store, BelegArt.AU, of)
        store.put(made, {"kk": chance.randbytes(3_000)}, "sk")
        safe.append(made.kennung)


def test_a_full_disk_at_any_moment_loses_only_the_step_that_failed(small_disk: Path) -> None:
    print(f"Saat {SEED}")
    chance = random.Random(SEED)
    store = stores.file(small_disk, CLOCK)
    of = stores.stoerung(store)
    safe: list[object] = []
    for _ in range(CUTS):
        # Another program leaves a few kilobytes free, never the same number.
        filler = small_disk / "fremd"
        free = shutil.disk_usage(small_disk).free
        filler.write_bytes(b"x" * max(0, free - chance.randrange(0, 60_000)))
        assert failing(lambda: _fill(store, of, safe, chance)) == "speicher.voll"  # noqa: B023 (called at once)
        assert [line.kennung for line in store.find()] == safe
        filler.unlink()
        assert store.verify() == []
        if shutil.disk_usage(small_disk).free < 300_000:
            store.close()
            for path in small_disk.glob("belege.db*"):
                path.unlink()
            store, safe = stores.file(small_disk, CLOCK), []
            of = stores.stoerung(store)
    store.close()


def test_a_backup_on_a_full_disk_leaves_nothing_half(small_disk: Path) -> None:
    store = stores.file(small_disk, CLOCK)
    of = stores.stoerung(store)
    store.put(stores.beleg(store, BelegArt.AU, of), {"kk": os.urandom(300_000)}, "sk")
    free = shutil.disk_usage(small_disk).free
    (small_disk / "fremd").write_bytes(b"x" * (free - 50_000))
    code = failing(lambda: create_backup(small_disk, stores.KEY, stores.MORGENS, "Probe"))
    assert code in ("sicherung.schreiben", "speicher.voll", "speicher.datentraeger")
    assert list((small_disk / "sicherungen").iterdir()) == []
    assert store.verify() == []
    store.close()


def test_a_file_that_somebody_holds_is_said_and_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.1)
    store = stores.file(tmp_path, CLOCK)
    of = stores.stoerung(store)
    other = open_database(tmp_path / "belege.db", stores.KEY, MIGRATIONS)
    with contextlib.suppress(InterruptedError), other.immediate():
        assert failing(lambda: store.reserve_nummer(stores.MORGENS.date(), "A")) == "speicher.belegt"
        assert store.find() == []  # looking is always possible
        raise InterruptedError
    store.put(stores.beleg(store, BelegArt.AU, of), {"kk": b"x"}, "sk")
    other.close()
    store.close()


def test_a_read_only_folder_is_said_and_nothing_changes(tmp_path: Path) -> None:
    if os.name != "posix":
        pytest.skip("rights of folders are another thing here")
    store = stores.file(tmp_path, CLOCK)
    stores.stoerung(store)
    store.close()
    before = (tmp_path / "belege.db").read_bytes()
    tmp_path.chmod(0o555)
    (tmp_path / "belege.db").chmod(0o444)
    code = (
        "import os, sys; sys.path[:0] = ['tests', 'app']\n"
        "import stores; from pathlib import Path; from papierbruecke.clock import SetClock\n"
        "from papierbruecke.errors import EnvironmentFailure\n"
        "folder = Path(sys.argv[1]); os.chdir(folder)\n"
        "os.getuid() == 0 and os.setuid(65534)\n"
        "try:\n"
        "    store = stores.file(Path('.'), SetClock(stores.MORGENS))\n"
        "    store.reserve_nummer(stores.MORGENS.date(), 'A')\n"
        "except EnvironmentFailure as failure:\n"
        "    print(failure.code)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False)
    tmp_path.chmod(0o755)
    assert ended.stdout.strip() == "speicher.nur_lesen", ended.stderr
    assert (tmp_path / "belege.db").read_bytes() == before


# -- writes that were cut ---------------------------------------------------------


def states(store: SqlcipherOutbox) -> list[tuple[object, Zustand]]:
    return [(line.kennung, line.zustand) for line in store.find()]


def history(folder: Path) -> list[list[tuple[object, Zustand]]]:
    """A store that is closed without a checkpoint; every state that it ever promised, oldest first."""
    store = stores.file(folder, CLOCK)
    of = stores.stoerung(store)
    seen = [states(store)]
    for _ in range(6):
        made = stores.beleg(store, BelegArt.AU, of)
        store.put(made, {"kk": os.urandom(2_000)}, "sk")
        seen.append(states(store))
        store.advance(made.kennung, Zustand.ERFASST, Zustand.GEDRUCKT, "sk")
        seen.append(states(store))
    (folder / "kopie").mkdir()
    for name in ("belege.db", "belege.db-wal"):
        shutil.copyfile(folder / name, folder / "kopie" / name)
    store.close()
    return seen


def test_a_torn_journal_gives_an_earlier_moment_and_never_a_mixture(tmp_path: Path) -> None:
    """Cut or garbled at any byte: what opens is one of the moments that the store went through."""
    print(f"Saat {SEED}")
    chance = random.Random(SEED)
    moments = history(tmp_path)
    wal = (tmp_path / "kopie" / "belege.db-wal").read_bytes()
    reached = set()
    for number in range(CUTS * 2):
        where = tmp_path / str(number)
        where.mkdir()
        shutil.copyfile(tmp_path / "kopie" / "belege.db", where / "belege.db")
        at = chance.randrange(0, len(wal))
        torn = bytearray(wal if number % 2 else wal[:at])
        if number % 2:
            torn[at : at + chance.randrange(1, 512)] = chance.randbytes(64)
        (where / "belege.db-wal").write_bytes(torn)
        store = stores.file(where, CLOCK)
        found = states(store)
        assert store.verify() == []
        store.close()
        if found:
            assert found in moments
            reached.add(moments.index(found))
    assert len(reached) > 3, "the cuts never hit anything"


_CALL = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+)")


class Disk:
    """What a power cut leaves: synced bytes for certain, every other write kept, lost or cut short."""

    def __init__(self) -> None:
        self.durable: dict[str, bytearray] = {}
        self.pending: dict[str, list[tuple[int, bytes]]] = {}

    def write(self, name: str, offset: int, data: bytes) -> None:
        self.pending.setdefault(name, []).append((offset, data))

    def sync(self, name: str) -> None:
        for offset, data in self.pending.pop(name, []):
            _put(self.durable.setdefault(name, bytearray()), offset, data)

    def after_power_cut(self, chance: random.Random) -> dict[str, bytes]:
        left = {name: bytearray(data) for name, data in self.durable.items()}
        for name, writes in self.pending.items():
            for offset, data in writes:
                fate = chance.randrange(3)
                if fate != 0:
                    kept = data if fate == 1 else data[: chance.randrange(0, len(data), 512)]
                    _put(left.setdefault(name, bytearray()), offset, kept)
        return {name: bytes(data) for name, data in left.items()}


def _put(target: bytearray, offset: int, data: bytes) -> None:
    if len(target) < offset:
        target.extend(bytes(offset - len(target)))
    target[offset : offset + len(data)] = data


_WORK = """
import os, sys; sys.path[:0] = ['tests', 'app']
import stores; from pathlib import Path; from papierbruecke.clock import SetClock
from papierbruecke.outbox.model import Zustand; from papierbruecke.record.model import BelegArt
store = stores.file(Path(sys.argv[1]), SetClock(stores.MORGENS))
promises = os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT)
of = stores.stoerung(store)
for _ in range(4):
    made = stores.beleg(store, BelegArt.AU, of)
    store.put(made, {'kk': os.urandom(2000)}, 'sk')
    os.write(promises, f'{made.kennung} erfasst\\n'.encode())
    store.advance(made.kennung, Zustand.ERFASST, Zustand.GEDRUCKT, 'sk')
    os.write(promises, f'{made.kennung} gedruckt\\n'.encode())
os._exit(0)
"""


def test_after_a_power_cut_every_promise_holds(tmp_path: Path) -> None:
    """Writes and syncs of a real run are recorded, then cut at any point and replayed.

    The journal's shared memory file is never on the disk that survives; file lengths follow
    the writes. Only what was synced is certain, as on a disk that keeps its word.
    """
    strace = shutil.which("strace")
    if strace is None:
        if os.environ.get("CI") == "true":
            pytest.fail("strace is not installed")
        pytest.skip("strace is not installed")
    folder, log, promises = tmp_path / "daten", tmp_path / "log", tmp_path / "versprochen"
    folder.mkdir()
    # The first file is made before: how a folder entry survives is the file system's word.
    stores.file(folder, CLOCK).close()
    base = (folder / "belege.db").read_bytes()
    traced = "trace=openat,close,pwrite64,write,fsync,fdatasync"
    command = [strace, "-f", "-xx", "-s", "100000", "-e", traced, "-o", str(log), sys.executable, "-c", _WORK]
    ended = subprocess.run([*command, str(folder), str(promises)], capture_output=True, text=True, check=False)
    if ended.returncode != 0 and "ptrace" in ended.stderr:
        pytest.skip(f"this machine does not let a program be watched: {ended.stderr.strip()}")
    assert ended.returncode == 0, ended.stderr
    calls = list(_calls(log, folder, promises))
    assert sum(call[0] == "sync" for call in calls) > 8
    print(f"Saat {SEED}, {len(calls)} Schreibvorgänge")
    chance = random.Random(SEED)
    for number in range(CUTS):
        disk = Disk()
        disk.durable["belege.db"] = bytearray(base)
        told: list[str] = []
        for what, name, offset, data in calls[: chance.randrange(1, len(calls) + 1)]:
            if what == "write":
                disk.write(name, offset, data)
            elif what == "sync":
                disk.sync(name)
            else:
                told += data.decode().split("\n")[:-1]
        where = tmp_path / f"nach-{number}"
        where.mkdir()
        for name, data in disk.after_power_cut(chance).items():
            (where / name).write_bytes(data)
        store = stores.file(where, CLOCK)
        assert store.verify() == []
        found = {str(line.kennung): line.zustand.value for line in store.find()}
        store.close()
        promised = dict(line.split(" ") for line in told)
        assert found.keys() >= promised.keys(), "a stored Beleg is lost"
        assert len(found) - len(promised) in (0, 1)
        for kennung, zustand in promised.items():
            assert found[kennung] in (zustand, "gedruckt")


def _calls(log: Path, folder: Path, promises: Path) -> Iterator[tuple[str, str, int, bytes]]:
    """What the traced program did to the store's files, in order."""
    names: dict[str, str] = {}
    for line in log.read_text(encoding="ascii").splitlines():
        match = _CALL.match(line)
        if match is None or match[3] == "-1":
            continue
        call, arguments, result = match[1], match[2], match[3]
        texts = [_bytes(text) for text in re.findall(r'"((?:\\x[0-9a-f]{2})*)"', arguments)]
        descriptor = arguments.split(",")[0].strip()
        if call == "openat":
            path = Path(os.fsdecode(texts[0]))
            names.pop(result, None)
            if path == promises or (path.parent == folder and not path.name.endswith("-shm")):
                names[result] = path.name
        elif call == "close":
            names.pop(descriptor, None)
        elif descriptor in names:
            name = names[descriptor]
            if call == "write" and name == promises.name:
                yield "promise", name, 0, texts[0]
            elif call == "pwrite64":
                yield "write", name, int(arguments.rsplit(",", 1)[1]), texts[0][: int(result)]
            elif call in ("fsync", "fdatasync"):
                yield "sync", name, 0, b""
            else:
                raise AssertionError(f"the store wrote in a way that this disk does not know: {call}")


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))
