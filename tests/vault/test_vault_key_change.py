"""The sheet in the safe, another passphrase, another key: always a way in, never two keys."""

import json
import os
from io import BytesIO
from pathlib import Path

import pdfplumber
import pypdfium2
import pytest
import zxingcpp

import stores
from papierbruecke.clock import SetClock
from papierbruecke.errors import EnvironmentFailure
from papierbruecke.outbox.migrations import MIGRATIONS
from papierbruecke.outbox.recovery_sheet import render_recovery_sheet
from papierbruecke.outbox.sqlcipher import open_outbox
from papierbruecke.record.model import BelegArt
from papierbruecke.settings import Einstellungen
from papierbruecke.vault.backup import backups_of, create_backup
from papierbruecke.vault.database import RESTORE_MARKER, open_database
from papierbruecke.vault.key import FILE, Key, open_key
from papierbruecke.vault.key_change import add_recovery_sheet, change_key, set_passphrase
from papierbruecke.vault.place import WindowLock

CLOCK = SetClock(stores.MORGENS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    key = open_key(tmp_path, passphrase="geheim", create=True)
    store = open_outbox(tmp_path / "belege.db", key, CLOCK)
    of = stores.stoerung(store)
    store.put(stores.beleg(store, BelegArt.AU, of), {"kk": b"x"}, "sk")
    store.close()
    return tmp_path


def key_of(folder: Path, passphrase: str = "geheim") -> Key:
    return open_key(folder, passphrase=passphrase, create=False)


def refused(folder: Path, passphrase: str | None) -> str:
    with pytest.raises(EnvironmentFailure) as failed:
        open_key(folder, passphrase=passphrase, create=False)
    return failed.value.code


def belege(folder: Path, key: Key) -> int:
    store = open_outbox(folder / "belege.db", key, CLOCK)
    try:
        assert store.verify() == []
        return len(store.find())
    finally:
        store.close()


def test_the_sheet_opens_the_folder_however_it_is_typed(folder: Path) -> None:
    key = key_of(folder)
    code = add_recovery_sheet(folder, key)
    assert len(code.replace("-", "")) == 32
    for typed in (code, code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')} \n"):
        assert key_of(folder, typed) == key
    assert key_of(folder) == key, "the passphrase goes on"
    assert code not in (folder / FILE).read_text()
    assert code.replace("-", "") not in (folder / FILE).read_text()
    wrong = ("B" if code[0] == "A" else "A") + code[1:]
    assert refused(folder, wrong) == "speicher.schluessel"


def test_a_new_sheet_voids_the_old_one(folder: Path) -> None:
    key = key_of(folder)
    first, second = add_recovery_sheet(folder, key), add_recovery_sheet(folder, key)
    assert refused(folder, first) == "speicher.schluessel"
    assert key_of(folder, second) == key


def test_the_sheet_helps_where_only_the_profile_knew_the_key(folder: Path) -> None:
    key = key_of(folder)
    code = add_recovery_sheet(folder, key)
    document = json.loads((folder / FILE).read_text())
    del document["passphrase"]
    (folder / FILE).write_text(json.dumps(document | {"schluesselbund": "verloren"}))
    assert key_of(folder, code) == key
    set_passphrase(folder, key, "neu")
    assert key_of(folder, "neu") == key


def test_another_passphrase_same_key(folder: Path) -> None:
    key = key_of(folder)
    set_passphrase(folder, key, "anders")
    assert key_of(folder, "anders") == key
    assert refused(folder, "geheim") == "speicher.schluessel"
    assert (folder / FILE).stat().st_mode & 0o077 == 0


def test_another_key_for_every_file(folder: Path) -> None:
    old = key_of(folder)
    code = add_recovery_sheet(folder, old)
    fresh = change_key(folder, old, CLOCK.now(), "geheim")
    assert fresh != old
    assert key_of(folder) == fresh
    assert belege(folder, fresh) == 1
    with pytest.raises(EnvironmentFailure):
        open_database(folder / "belege.db", old, MIGRATIONS)
    assert refused(folder, code) == "speicher.schluessel"
    assert not list((folder / "sicherungen").glob("ersetzt-*"))
    (made,) = backups_of(folder)
    assert made.anlass == "Schlüsselwechsel"


def test_a_key_change_right_after_a_backup_takes_its_own_files(folder: Path) -> None:
    old = key_of(folder)
    create_backup(folder, old, CLOCK.now(), "Probe")
    fresh = change_key(folder, old, CLOCK.now(), "geheim")
    assert belege(folder, fresh) == 1
    assert len(backups_of(folder)) == 2


@pytest.mark.parametrize("passphrase", [None, "falsch"])
def test_without_the_passphrase_nothing_changes(passphrase: str | None, folder: Path) -> None:
    old = key_of(folder)
    with pytest.raises(EnvironmentFailure) as failed:
        change_key(folder, old, CLOCK.now(), passphrase)
    assert failed.value.code == "speicher.schluessel"
    assert belege(folder, old) == 1


def test_not_while_a_window_is_open(folder: Path) -> None:
    with WindowLock(folder), pytest.raises(EnvironmentFailure) as failed:
        change_key(folder, key_of(folder), CLOCK.now(), "geheim")
    assert failed.value.code == "speicher.fenster"


@pytest.mark.parametrize("cut", range(1, 6))
def test_a_key_change_that_is_cut_off_has_one_key_in_the_end(
    cut: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from papierbruecke.outbox.safekeeping import Safekeeping

    old = key_of(folder)
    calls = 0
    real = os.replace

    class Killed(BaseException):
        pass

    def replace(source: object, target: object) -> None:
        nonlocal calls
        calls += 1
        if calls == cut:
            raise Killed
        real(source, target)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", replace)
        try:
            change_key(folder, old, CLOCK.now(), "geheim")
        except Killed:
            pass
        else:
            pytest.skip("there are fewer steps than that")
    key = key_of(folder)
    if (folder / RESTORE_MARKER).exists():
        made = backups_of(folder)[0]
        fresh = open_key(made.pfad, passphrase="geheim", create=False)
        Safekeeping(folder, fresh, CLOCK, Einstellungen).restore(made.name, "sk")
        key = key_of(folder)
    assert belege(folder, key) == 1


def test_the_printed_sheet_carries_the_code_as_text_and_as_qr(folder: Path) -> None:
    code = add_recovery_sheet(folder, key_of(folder))
    pdf = render_recovery_sheet(code, Einstellungen(), CLOCK.now(), uebung=False)
    with pdfplumber.open(BytesIO(pdf)) as opened:
        assert len(opened.pages) == 1
        text = "".join(opened.pages[0].extract_text().split())
    assert code.replace("-", "") in text.replace("-", "")
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=3).to_pil()
    assert zxingcpp.read_barcode(page).text == code  # type: ignore[union-attr]
