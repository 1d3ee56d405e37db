"""The list of today's patients is gone after 48 hours: no copy of it outlives it (reconciliation.md §11.6)."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

import stores
from papierbruecke.card.model import Versicherter, Versicherung
from papierbruecke.clock import SetClock
from papierbruecke.practice.sqlcipher_patients import FILE as LIST
from papierbruecke.record.model import BelegArt
from papierbruecke.vault.backup import create_backup, prune, restore_files
from papierbruecke.vault.key import BACKUPS
from papierbruecke.wiring import Desk

PASSPHRASE = "geheim"


@pytest.fixture
def clock() -> SetClock:
    return SetClock(stores.MORGENS)


def open_desk(folder: Path, clock: SetClock) -> Desk:
    return Desk(folder, passphrase=PASSPHRASE, clock=clock)


@pytest.fixture
def folder(tmp_path: Path, clock: SetClock) -> Path:
    """A store with one Beleg, and somebody on the list of today."""
    desk = open_desk(tmp_path, clock)
    store = desk.store()
    store.put(stores.beleg(store, BelegArt.AU, stores.stoerung(store)), {"kk": b"x"}, "sk")
    desk.note_patient(Versicherter(vorname="Berta", nachname="Testfall"), Versicherung())
    desk.close()
    return tmp_path


def names(folder: Path, clock: SetClock) -> list[str]:
    desk = open_desk(folder, clock)
    try:
        return [entry.versicherter.nachname for entry in desk.search_patients("test")]
    finally:
        desk.close()


def copies(folder: Path) -> list[str]:
    """Every file below the backups that is the list or belongs to it."""
    return [path.name for path in (folder / BACKUPS).rglob(f"{LIST}*")]


def test_a_restore_leaves_the_list_where_it_is_and_no_copy_of_it(folder: Path, clock: SetClock) -> None:
    desk = open_desk(folder, clock)
    made = desk.safekeeping().backup("täglich")
    desk.safekeeping().restore(made.name, "sk", anyway=True)
    desk.close()
    assert copies(folder) == []
    assert names(folder, clock) == ["Testfall"], "the reception goes on with the list of today"
    clock.advance(timedelta(hours=49))
    assert names(folder, clock) == []


def test_a_list_that_the_restored_key_cannot_open_goes(folder: Path, clock: SetClock) -> None:
    desk = open_desk(folder, clock)
    made = desk.safekeeping().backup("täglich")
    desk.change_key("sk")
    desk.close()
    assert names(folder, clock) == ["Testfall"], "a change of the key takes the list along"
    open_desk(folder, clock).safekeeping().restore(made.name, "sk", anyway=True)
    assert names(folder, clock) == []
    assert copies(folder) == []


def test_a_damaged_list_is_out_of_the_way_after_a_restore(folder: Path, clock: SetClock) -> None:
    desk = open_desk(folder, clock)
    made = desk.safekeeping().backup("täglich")
    desk.close()
    (folder / LIST).write_bytes(b"zerstoert" * 1000)
    open_desk(folder, clock).safekeeping().restore(made.name, "sk", anyway=True)
    assert names(folder, clock) == []
    assert copies(folder) == []


def test_a_change_of_the_key_keeps_no_copy_of_the_list(folder: Path, clock: SetClock) -> None:
    desk = open_desk(folder, clock)
    desk.change_key("sk")
    safe = desk.safekeeping()
    assert copies(folder) == []
    (made,) = safe.backups()
    assert safe.check(made) == [], "the backup is whole without the list"
    desk.close()


def test_what_an_earlier_version_left_goes_with_the_next_backup(folder: Path, clock: SetClock) -> None:
    desk = open_desk(folder, clock)
    key = desk.key()
    first = create_backup(folder, key, clock.now(), "Probe", new_key=(key, b"{}"))  # holds the list, as key changes did
    clock.advance(timedelta(hours=1))
    second = create_backup(folder, key, clock.now(), "Probe")
    aside = restore_files(folder, second, clock.now())
    shutil.copyfile(folder / LIST, aside / LIST)  # as restores left it
    shutil.copyfile(folder / LIST, aside / f"{LIST}-wal")
    assert LIST in first.dateien
    prune(folder, clock.now())
    assert copies(folder) == []
    assert (aside / "belege.db").exists(), "only the list goes"
    assert all(desk.safekeeping().check(each) == [] for each in desk.safekeeping().backups())
    desk.close()
