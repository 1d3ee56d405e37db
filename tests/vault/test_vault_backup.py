"""Backups: complete or not there, restored whole, and nothing finished opens again."""

import contextlib
import json
import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest

import stores
from papierbruecke.clock import SetClock, local
from papierbruecke.errors import EnvironmentFailure, InputRefused
from papierbruecke.outbox.model import WIEDERHERGESTELLT, Zustand
from papierbruecke.outbox.recover import reopen
from papierbruecke.outbox.safekeeping import Safekeeping
from papierbruecke.outbox.sqlcipher import SqlcipherOutbox
from papierbruecke.outbox.store import TransitionRefused
from papierbruecke.record.model import BelegArt
from papierbruecke.settings import Einstellungen
from papierbruecke.vault import backup
from papierbruecke.vault.database import RESTORE_MARKER, open_database
from papierbruecke.vault.key import BACKUPS, FILE, Key, open_key
from papierbruecke.vault.place import WindowLock

HEUTE = date(2026, 11, 23)


class Desk:
    """A data folder with a store, without a window."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = SetClock(stores.MORGENS)
        self.settings = Einstellungen()
        self.key = stores.KEY

    @property
    def safe(self) -> Safekeeping:
        return Safekeeping(self.folder, self.key, self.clock, lambda _: self.settings)

    @contextlib.contextmanager
    def store(self) -> Iterator[SqlcipherOutbox]:
        opened = stores.file(self.folder, self.clock)
        try:
            yield opened
        finally:
            opened.close()

    def put(self, art: BelegArt, *path: Zustand) -> UUID:
        """A Beleg that went this way."""
        with self.store() as store:
            of = next(iter(store.stoerungen()), None) or stores.stoerung(store)
            made = stores.beleg(store, art, of)
            store.put(made, {"kk": b"%PDF"}, "sk")
        self.move(made.kennung, *path)
        return made.kennung

    def move(self, kennung: UUID, *path: Zustand) -> None:
        with self.store() as store:
            for after in path:
                before = self.state(kennung)
                if after is Zustand.SIGNIERT:
                    store.sign(kennung, b"<x/>", b"p7s", "sk")
                elif after is Zustand.IN_UEBERTRAGUNG:
                    versuch = stores.versuch(kennung, self.clock.now())
                    store.begin_versuch(versuch, before, "sk")
                else:
                    store.advance(kennung, before, after, "sk")

    def state(self, kennung: UUID) -> Zustand:
        with self.store() as store:
            line = store.uebersicht(kennung)
        assert line is not None
        return line.zustand


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_backup_is_complete_encrypted_and_checked(desk: Desk) -> None:
    open_key(desk.folder, passphrase="geheim", create=True)
    kennung = desk.put(BelegArt.AU, Zustand.GEDRUCKT)
    with desk.store() as busy:  # somebody goes on working
        made = desk.safe.backup("täglich")
        busy.note(kennung, "frage", "sk")
    assert set(made.dateien) == {"belege.db", FILE}
    assert sorted(p.name for p in made.pfad.iterdir()) == ["belege.db", FILE, backup.MANIFEST]
    assert desk.safe.check(made) == []
    raw = b"".join(p.read_bytes() for p in made.pfad.iterdir())
    for clear in (b"Beispiel-Testfrau", b"A123456780", b"SQLite format", b"CREATE TABLE"):
        assert clear not in raw


def test_a_lost_store_comes_back_and_what_was_open_waits_for_a_person(desk: Desk) -> None:
    done = desk.put(BelegArt.REZEPT, Zustand.GEDRUCKT, Zustand.DOKUMENTIERT)
    open_paper = desk.put(BelegArt.REZEPT, Zustand.GEDRUCKT)
    unsigned = desk.put(BelegArt.AU, Zustand.GEDRUCKT)
    signed = desk.put(BelegArt.AU, Zustand.GEDRUCKT, Zustand.SIGNIERT)
    sent = desk.put(BelegArt.AU, Zustand.GEDRUCKT, Zustand.SIGNIERT, Zustand.IN_UEBERTRAGUNG, Zustand.GESENDET)
    made = desk.safe.backup("täglich")
    (desk.folder / "belege.db").unlink()
    desk.clock.advance(timedelta(hours=3))
    result = desk.safe.restore(made.name, "sk")
    assert desk.state(done) is Zustand.DOKUMENTIERT
    assert desk.state(sent) is Zustand.GESENDET
    assert {desk.state(k) for k in (open_paper, unsigned, signed)} == {Zustand.UNGEKLAERT}
    assert {u.kennung for u in result.ungeklaert} == {open_paper, unsigned, signed}
    assert result.verloren is None
    assert not (desk.folder / RESTORE_MARKER).exists()
    with desk.store() as store:
        assert store.verify() == []
        assert store.events()[-1].was == WIEDERHERGESTELLT
        assert [reopen(store, k, "sk").zustand for k in (unsigned, signed)] == [Zustand.GEDRUCKT, Zustand.SIGNIERT]
        with pytest.raises(TransitionRefused):
            reopen(store, unsigned, "sk")


def test_numbers_that_may_be_on_paper_are_never_given_again(desk: Desk) -> None:
    desk.put(BelegArt.REZEPT)
    made = desk.safe.backup("täglich")
    given = set()
    with desk.store() as store:
        for letter in "AN":
            given |= {store.reserve_nummer(HEUTE, letter) for _ in range(20)}
    (desk.folder / "belege.db").unlink()
    desk.safe.restore(made.name, "sk")
    with desk.store() as store:
        again = {store.reserve_nummer(HEUTE, letter) for letter in "AN" for _ in range(20)}
    assert not given & again


def test_numbers_survive_a_second_restore_of_the_same_day(desk: Desk) -> None:
    """The backup in between stood beyond the first gap, and the second gap began below it."""
    given: list[str] = []
    for _ in range(3):
        made = desk.safe.backup("täglich")
        with contextlib.suppress(FileNotFoundError):
            (desk.folder / "belege.db").unlink()
        desk.clock.advance(timedelta(seconds=1))
        desk.safe.restore(made.name, "sk")
        with desk.store() as store:
            given.append(store.reserve_nummer(HEUTE, "A"))
        made = desk.safe.backup("täglich")
        with desk.store() as store:
            given.append(store.reserve_nummer(HEUTE, "A"))
        (desk.folder / "belege.db").unlink()
        desk.clock.advance(timedelta(seconds=1))
        desk.safe.restore(made.name, "sk")
    assert len(set(given)) == len(given)


def test_a_readable_rest_of_the_old_store_says_exactly_what_is_in_doubt(desk: Desk) -> None:
    untouched = desk.put(BelegArt.AU, Zustand.GEDRUCKT)
    gone_on = desk.put(BelegArt.AU, Zustand.GEDRUCKT)
    made = desk.safe.backup("täglich")
    desk.move(gone_on, Zustand.SIGNIERT, Zustand.IN_UEBERTRAGUNG, Zustand.GESENDET)
    with desk.store() as store:
        last = store.reserve_nummer(HEUTE, "A")
        lost = 3
    result = desk.safe.restore(made.name, "sk", anyway=True)
    assert desk.state(untouched) is Zustand.GEDRUCKT
    assert desk.state(gone_on) is Zustand.UNGEKLAERT
    assert result.verloren == lost
    with desk.store() as store:
        assert store.events(gone_on)[-1].detail["zuletzt"] == "gesendet"
        assert int(store.reserve_nummer(HEUTE, "A")[9:12]) == int(last[9:12]) + 1


def test_a_store_that_is_well_is_not_replaced_by_mistake(desk: Desk) -> None:
    kennung = desk.put(BelegArt.AU)
    made = desk.safe.backup("täglich")
    desk.move(kennung, Zustand.GEDRUCKT)
    with pytest.raises(InputRefused, match="--trotzdem"):
        desk.safe.restore(made.name, "sk")
    assert desk.state(kennung) is Zustand.GEDRUCKT


def test_a_damaged_store_is_moved_aside_and_kept(desk: Desk) -> None:
    desk.put(BelegArt.AU)
    made = desk.safe.backup("täglich")
    broken = (desk.folder / "belege.db").read_bytes()[:5000]
    (desk.folder / "belege.db").write_bytes(broken)
    desk.safe.restore(made.name, "sk")
    (aside,) = (desk.folder / BACKUPS).glob("ersetzt-*")
    assert (aside / "belege.db").read_bytes() == broken


def test_no_window_may_be_open_while_a_backup_comes_back(desk: Desk) -> None:
    desk.put(BelegArt.AU)
    made = desk.safe.backup("täglich")
    with WindowLock(desk.folder), pytest.raises(EnvironmentFailure) as busy:
        desk.safe.restore(made.name, "sk", anyway=True)
    assert busy.value.code == "speicher.fenster"


@pytest.mark.parametrize("harm", ["flip", "cut", "missing", "manifest", "other key"])
def test_a_damaged_backup_is_found_and_never_restored(harm: str, desk: Desk) -> None:
    kennung = desk.put(BelegArt.AU, Zustand.GEDRUCKT)
    made = desk.safe.backup("täglich")
    path = made.pfad / "belege.db"
    data = bytearray(path.read_bytes())
    if harm == "flip":
        data[6000] ^= 1
        path.write_bytes(data)
    elif harm == "cut":
        path.write_bytes(data[:-4096])
    elif harm == "missing":
        path.unlink()
    elif harm == "manifest":
        (made.pfad / backup.MANIFEST).write_text('{"zeit": 1}')
    else:
        desk.key = Key(b"x" * 32)
    before = (desk.folder / "belege.db").read_bytes()
    if harm == "manifest":
        assert desk.safe.backups() == []
    else:
        assert desk.safe.check(made) != []
        with pytest.raises(EnvironmentFailure) as refused:
            desk.safe.restore(made.name, "sk", anyway=True)
        assert refused.value.code == "sicherung.beschaedigt"
    assert (desk.folder / "belege.db").read_bytes() == before
    assert desk.state(kennung) is Zustand.GEDRUCKT


def test_a_page_that_rotted_before_the_backup_is_found(desk: Desk) -> None:
    """The hash of the copy is right then; the seal of the page is not."""
    desk.put(BelegArt.AU)
    made = desk.safe.backup("täglich")
    path = made.pfad / "belege.db"
    data = bytearray(path.read_bytes())
    data[len(data) - 2000] ^= 1
    path.write_bytes(data)
    manifest = json.loads((made.pfad / backup.MANIFEST).read_text())
    manifest["dateien"]["belege.db"] = backup._sha256(path)
    (made.pfad / backup.MANIFEST).write_text(json.dumps(manifest))
    assert desk.safe.check(desk.safe.choose(made.name)) != []


def test_a_manifest_leads_nowhere_else(desk: Desk) -> None:
    desk.put(BelegArt.AU)
    made = desk.safe.backup("täglich")
    manifest = json.loads((made.pfad / backup.MANIFEST).read_text())
    manifest["dateien"]["../../x"] = "0"
    (made.pfad / backup.MANIFEST).write_text(json.dumps(manifest))
    assert desk.safe.backups() == []


def test_one_backup_a_day_and_fourteen_days_are_kept(desk: Desk) -> None:
    desk.put(BelegArt.AU)
    for _ in range(20):
        assert desk.safe.daily() is not None
        assert desk.safe.daily() is None
        desk.clock.advance(timedelta(days=1))
    kept = desk.safe.backups()
    assert len(kept) == 15
    assert all(desk.clock.now() - each.zeit <= backup.KEEP + timedelta(days=1) for each in kept)
    desk.clock.advance(timedelta(days=400))
    backup.prune(desk.folder, desk.clock.now())
    assert desk.safe.backups() == kept[:1], "the newest one stays, however old"


def test_today_is_the_day_of_the_practice(desk: Desk) -> None:
    desk.put(BelegArt.AU)
    desk.clock.advance(timedelta(hours=15, minutes=30))  # 22:49 UTC = 23:49 in Berlin
    desk.safe.daily()
    desk.clock.advance(timedelta(minutes=20))
    assert local(desk.clock.now()).date() > HEUTE
    assert desk.safe.daily() is not None


def test_the_second_place_gets_a_copy_and_its_failure_is_said(desk: Desk, tmp_path: Path) -> None:
    desk.put(BelegArt.AU)
    away = tmp_path / "stick"
    away.mkdir()
    desk.settings = Einstellungen(sicherung_zweiter_ort=str(away))
    made = desk.safe.backup("täglich")
    assert (away / made.name / "belege.db").read_bytes() == (made.pfad / "belege.db").read_bytes()
    (tmp_path / "datei").write_bytes(b"")
    desk.settings = Einstellungen(sicherung_zweiter_ort=str(tmp_path / "datei"))
    desk.clock.advance(timedelta(seconds=1))
    with pytest.raises(EnvironmentFailure) as failed:
        desk.safe.backup("täglich")
    assert failed.value.code == "sicherung.zweiter_ort"
    assert len(desk.safe.backups()) == 2


def test_a_migration_keeps_the_file_as_it_was(tmp_path: Path) -> None:
    def first(database: object) -> None:
        database.execute("CREATE TABLE a (x TEXT) STRICT")  # type: ignore[attr-defined]

    def second(database: object) -> None:
        database.execute("DROP TABLE a")  # type: ignore[attr-defined]

    path = tmp_path / "probe.db"
    database = open_database(path, stores.KEY, (first,))
    database.execute("INSERT INTO a VALUES ('alt')")
    database.close()
    open_database(path, stores.KEY, (first, second)).close()
    kept = tmp_path / BACKUPS / "probe-vor-schritt-2.db"
    database = open_database(kept, stores.KEY, (first,))
    assert database.row("SELECT x FROM a") == ("alt",)
    database.close()


@pytest.mark.parametrize("cut", range(1, 8))
def test_a_restore_that_is_cut_off_keeps_everybody_out_and_can_be_repeated(
    cut: int, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies at the n-th rename; the second attempt finishes what the first began."""
    open_key(desk.folder, passphrase="geheim", create=True)
    kennung = desk.put(BelegArt.AU, Zustand.GEDRUCKT)
    made = desk.safe.backup("täglich")
    desk.move(kennung, Zustand.SIGNIERT)
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
            desk.safe.restore(made.name, "sk", anyway=True)
            finished = True
        except Killed:
            finished = False
    if not finished:
        if (desk.folder / RESTORE_MARKER).exists():
            with pytest.raises(EnvironmentFailure) as closed, desk.store():
                pass
            assert closed.value.code == "speicher.wiederherstellung"
        desk.safe.restore(made.name, "sk", anyway=True)
    assert desk.state(kennung) is Zustand.UNGEKLAERT
    with desk.store() as store:
        assert store.verify() == []
    (aside,) = (desk.folder / BACKUPS).glob("ersetzt-*")
    assert {p.name for p in aside.iterdir()} >= {"belege.db", FILE}


def test_a_lost_key_file_comes_back_from_the_backup(desk: Desk) -> None:
    desk.key = open_key(desk.folder, passphrase="geheim", create=True)
    open_database(desk.folder / "belege.db", desk.key, ()).close()
    desk.safe.backup("täglich")
    (desk.folder / FILE).unlink()
    assert open_key(desk.folder, passphrase="geheim", create=True) == desk.key
    assert (desk.folder / FILE).exists()
