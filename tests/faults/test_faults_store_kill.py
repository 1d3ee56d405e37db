"""The program is killed inside the store, at any statement or at any time: nothing acknowledged is lost.

A forked child works on the file and tells through a pipe what it was promised. After each
kill the file is opened, judged, and compared. The normal run kills 40 times with a printed
seed; PAPIERBRUECKE_LANG=1 kills 1,000 times.
"""

import json
import os
import random
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import stores
from papierbruecke.clock import SetClock
from papierbruecke.outbox.model import UEBERGAENGE, Versuch, Zustand
from papierbruecke.outbox.recover import look_back
from papierbruecke.outbox.sqlcipher import SqlcipherOutbox
from papierbruecke.record.model import BelegArt
from papierbruecke.vault.database import Database

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
KILLS = 1000 if os.environ.get("PAPIERBRUECKE_LANG") == "1" else 40
SEED = int(os.environ.get("PAPIERBRUECKE_SAAT", "0")) or random.SystemRandom().randrange(1, 10**6)
BELEGE = 3


def work(store: SqlcipherOutbox, promise: Callable[..., None]) -> None:
    """A morning: Belege are stored, printed, signed, sent; each promise is told after its call."""
    of = store.stoerungen()[0]
    for number in range(BELEGE):
        made = stores.beleg(store, BelegArt.AU, of)
        promise("nummer", made.belegnummer)
        store.put(made, {"kk": b"%PDF" * 500}, "sk")
        promise("stand", str(made.kennung), "erfasst")
        store.note(made.kennung, "druckauftrag", "sk")
        store.advance(made.kennung, Zustand.ERFASST, Zustand.GEDRUCKT, "sk")
        promise("stand", str(made.kennung), "gedruckt")
        store.sign(made.kennung, b"<x/>" * 200, b"p7s" * 200, "sk")
        promise("stand", str(made.kennung), "signiert")
        versuch = Versuch(
            kennung=made.kennung,
            message_id=f"<{made.kennung}.{number}@kim.telematik>",
            datum=stores.MORGENS,
            p7s_sha256="0" * 64,
            empfaenger="kasse@test.kim.telematik-test",
        )
        store.begin_versuch(versuch, Zustand.SIGNIERT, "sk")
        promise("stand", str(made.kennung), "in_uebertragung")
        store.advance(made.kennung, Zustand.IN_UEBERTRAGUNG, Zustand.GESENDET, "sk")
        promise("stand", str(made.kennung), "gesendet")


def child(folder: Path, pipe: int, die_at: int, after: bool) -> None:
    """Runs in the forked process and never returns."""
    try:
        count = 0
        real = Database.execute

        def execute(database: Database, sql: str, parameters: Any = ()) -> Any:
            nonlocal count
            count += 1
            if count == die_at and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            result = real(database, sql, parameters)
            if count == die_at:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        store = stores.file(folder, SetClock(stores.MORGENS))
        Database.execute = execute  # type: ignore[method-assign]
        work(store, lambda *what: os.write(pipe, (json.dumps(what) + "\n").encode()) and None)
        os.write(pipe, json.dumps(["fertig", count]).encode() + b"\n")
        store.close()
    finally:
        os._exit(0)


def run(folder: Path, die_at: int, *, after: bool = False, kill_after_promises: int | None = None) -> list[list[Any]]:
    """One child; what it was promised before it died."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        child(folder, writer, die_at, after)
    os.close(writer)
    told: list[list[Any]] = []
    with os.fdopen(reader, encoding="utf-8") as stream:
        for line in stream:
            told.append(json.loads(line))
            if kill_after_promises is not None and len(told) == kill_after_promises:
                os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return told


def judge(folder: Path, told: list[list[Any]]) -> None:
    """The file after the death: whole, and it holds every promise."""
    store = stores.file(folder, SetClock(stores.MORGENS))
    try:
        assert store.verify() == []
        promised: dict[UUID, Zustand] = {}
        for what in told:
            if what[0] == "stand":
                promised[UUID(what[1])] = Zustand(what[2])
        for kennung, zustand in promised.items():
            line = store.uebersicht(kennung)
            assert line is not None
            # At most one step was done and not told any more.
            later = {zustand} | UEBERGAENGE[BelegArt.AU][zustand]
            assert line.zustand in later
            if line.zustand is not zustand:
                assert kennung == next(reversed(promised))
        assert len(store.find()) - len(promised) in (0, 1)
        report = look_back(store, stores.MORGENS)
        assert len(report.unterwegs) <= 1
        numbers = [what[1] for what in told if what[0] == "nummer"]
        assert stores.beleg(store, BelegArt.AU, store.stoerungen()[0]).belegnummer not in numbers
    finally:
        store.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store = stores.file(tmp_path, SetClock(stores.MORGENS))
    stores.stoerung(store)
    store.close()
    return tmp_path


def fresh(folder: Path, name: str) -> Path:
    """The prepared folder once more, for one death."""
    target = folder / name
    target.mkdir()
    (target / "belege.db").write_bytes((folder / "belege.db").read_bytes())
    return target


def test_killed_at_the_nth_statement_of_the_store(folder: Path) -> None:
    (*_, (_, statements)) = run(fresh(folder, "ganz"), die_at=-1)
    assert statements > 100
    print(f"Saat {SEED}, {statements} Anweisungen")
    chance = random.Random(SEED)
    for number in range(KILLS):
        at, after = chance.randrange(1, statements + 1), chance.random() < 0.5
        where = fresh(folder, str(number))
        told = run(where, at, after=after)
        assert told[-1:] != [["fertig", statements]] or after
        judge(where, told)


def test_killed_at_any_time(folder: Path) -> None:
    print(f"Saat {SEED}")
    chance = random.Random(SEED)
    for number in range(KILLS // 4):
        where = fresh(folder, str(number))
        judge(where, run(where, -1, kill_after_promises=chance.randrange(1, BELEGE * 6)))


def test_killed_again_and_again_on_the_same_file(folder: Path) -> None:
    """Each start stands on what the last death left."""
    print(f"Saat {SEED}")
    chance = random.Random(SEED)
    for _ in range(KILLS // 4):
        told = run(folder, chance.randrange(5, 90), after=chance.random() < 0.5)
        store = stores.file(folder, SetClock(stores.MORGENS))
        assert store.verify() == []
        stored = {str(line.kennung) for line in store.find()}
        assert {what[1] for what in told if what[0] == "stand"} <= stored
        # What was under way is settled, as a start does it, so that the next one may begin.
        for line in look_back(store, stores.MORGENS).unterwegs:
            store.advance(line.kennung, Zustand.IN_UEBERTRAGUNG, Zustand.UNGEKLAERT, "sk")
        store.close()
