"""The sheet in the safe, another passphrase, another key: always a way in, never two keys."""

import json
import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import keyring
import keyring.backend
import pdfplumber
import pypdfium2
import pytest
import zxingcpp

import stores
from papierbruecke.cli import main
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
from papierbruecke.wiring import Desk

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
    if (folder / RESTORE_MARKER).exists():
        Desk(folder, passphrase="geheim", clock=CLOCK).safekeeping().restore(None, "sk")
    assert belege(folder, key_of(folder)) == 1


def test_a_backup_from_before_the_key_change_can_still_be_brought_back(folder: Path) -> None:
    old = key_of(folder)
    made = create_backup(folder, old, CLOCK.now(), "Probe")
    desk = Desk(folder, passphrase="geheim", clock=CLOCK)
    desk.change_key("sk")
    desk.close()
    safe = Desk(folder, passphrase="geheim", clock=CLOCK).safekeeping()
    assert all(safe.check(each) == [] for each in safe.backups())
    safe.restore(made.name, "sk", anyway=True)
    assert key_of(folder) == old
    assert belege(folder, old) == 1


class Bund(keyring.backend.KeyringBackend):
    """The key store of a profile."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def profile() -> Iterator[Bund]:
    """A person logged in at this computer."""
    before = keyring.get_keyring()
    bund = Bund()
    keyring.set_keyring(bund)
    yield bund
    keyring.set_keyring(before)


def command(folder: Path, *arguments: object) -> int:
    return main([*map(str, arguments), "--daten", str(folder)])


def test_the_way_home_after_a_lost_profile(
    tmp_path: Path, profile: Bund, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Made without a passphrase, sheet printed, profile lost: the sheet opens, a new profile remembers."""
    monkeypatch.delenv("PAPIERBRUECKE_PASSPHRASE", raising=False)
    folder, sheet, code = tmp_path / "daten", tmp_path / "blatt.pdf", tmp_path / "code.txt"
    assert command(folder, "schluessel", "blatt", "-o", sheet) == 0
    page = pypdfium2.PdfDocument(sheet.read_bytes())[0].render(scale=3).to_pil()
    code.write_text(zxingcpp.read_barcode(page).text)  # type: ignore[union-attr]
    profile.kept.clear()
    assert command(folder, "protokoll", "pruefen") == 3
    assert "Wiederherstellungsblatt" in capsys.readouterr().err
    assert command(folder, "schluessel", "anmelden", "--schluessel-datei", code) == 0
    assert command(folder, "protokoll", "pruefen") == 0
    assert command(folder, "schluessel", "wechseln") == 0
    assert command(folder, "protokoll", "pruefen") == 0
    assert command(folder, "protokoll", "pruefen", "--schluessel-datei", code) == 3, "the old sheet is void"
    desk = Desk(folder)
    assert [event.was for event in desk.store().events() if event.was.startswith("schluessel")] == [
        "schluessel.blatt",
        "schluessel.anmelden",
        "schluessel.gewechselt",
    ]
    desk.close()


def test_another_passphrase_by_command(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PAPIERBRUECKE_PASSPHRASE", "geheim")
    new = tmp_path / "neu.txt"
    new.write_text("zu kurz")
    assert command(folder, "schluessel", "passphrase", "--neue-datei", new) == 2
    assert command(folder, "schluessel", "passphrase") == 2
    assert command(folder, "schluessel", "blatt") == 2
    new.write_text("vier lange Wörter genügen\n")
    assert command(folder, "schluessel", "passphrase", "--neue-datei", new) == 0
    assert refused(folder, "geheim") == "speicher.schluessel"
    assert command(folder, "protokoll", "pruefen", "--schluessel-datei", new) == 0
    capsys.readouterr()
    assert command(folder, "schluessel", "wechseln") == 3, "the old passphrase opens nothing"
    assert "Es wurde nichts geändert" in capsys.readouterr().err


def test_the_printed_sheet_carries_the_code_as_text_and_as_qr(folder: Path) -> None:
    code = add_recovery_sheet(folder, key_of(folder))
    pdf = render_recovery_sheet(code, Einstellungen(), CLOCK.now(), uebung=False)
    with pdfplumber.open(BytesIO(pdf)) as opened:
        assert len(opened.pages) == 1
        text = "".join(opened.pages[0].extract_text().split())
    assert code.replace("-", "") in text.replace("-", "")
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=3).to_pil()
    assert zxingcpp.read_barcode(page).text == code  # type: ignore[union-attr]
