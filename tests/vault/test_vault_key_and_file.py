"""The key and the encrypted file: wrong keys, half-written files, other versions, clear text."""

import json
import os
import threading
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher

import stores
from papierbruecke.clock import SetClock
from papierbruecke.errors import EnvironmentFailure
from papierbruecke.outbox.migrations import MIGRATIONS
from papierbruecke.record.model import BelegArt
from papierbruecke.vault.database import open_database, translate
from papierbruecke.vault.key import FILE, Key, open_key
from papierbruecke.vault.place import HOME_FILE


def code_of(call: object, *args: object, **kwargs: object) -> str:
    with pytest.raises(EnvironmentFailure) as caught:
        call(*args, **kwargs)  # type: ignore[operator]
    assert caught.value.text.endswith(".")
    return caught.value.code


def test_a_passphrase_opens_the_same_key_again(tmp_path: Path) -> None:
    made = open_key(tmp_path, passphrase="geheim", create=True)
    assert open_key(tmp_path, passphrase="geheim", create=False) == made
    assert len(made.raw) == 32
    assert made.hex() not in repr(made)
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([FILE, HOME_FILE])


def test_wrong_missing_and_damaged_keys_change_nothing(tmp_path: Path) -> None:
    assert code_of(open_key, tmp_path, passphrase=None, create=False) == "speicher.schluessel"
    open_key(tmp_path, passphrase="geheim", create=True)
    before = (tmp_path / FILE).read_bytes()
    assert code_of(open_key, tmp_path, passphrase="falsch", create=True) == "speicher.schluessel"
    assert code_of(open_key, tmp_path, passphrase=None, create=True) == "speicher.schluessel"
    assert (tmp_path / FILE).read_bytes() == before
    for broken in (
        b"",
        before[: len(before) // 2],
        b"[]",
        b'{"version": 2}',
        b'{"version": 1, "passphrase": {"salz": 1}}',
    ):
        (tmp_path / FILE).write_bytes(broken)
        assert code_of(open_key, tmp_path, passphrase="geheim", create=True) == "speicher.beschaedigt"
        assert (tmp_path / FILE).read_bytes() == broken


def test_data_without_its_key_file_never_gets_a_new_key(tmp_path: Path) -> None:
    (tmp_path / "belege.db").write_bytes(b"x")
    assert code_of(open_key, tmp_path, passphrase="geheim", create=True) == "speicher.beschaedigt"
    assert not (tmp_path / FILE).exists()


def test_only_a_marked_simulator_folder_uses_its_own_passphrase(tmp_path: Path) -> None:
    (tmp_path / "simulator.schluessel").write_text("uebung")
    assert code_of(open_key, tmp_path, passphrase=None, create=False) == "speicher.schluessel"
    (tmp_path / "simulator.json").write_text(json.dumps({}))
    assert open_key(tmp_path, passphrase=None, create=True) == open_key(tmp_path, passphrase="uebung", create=False)


def test_wrong_key_half_file_and_newer_schema(tmp_path: Path) -> None:
    path = tmp_path / "belege.db"
    open_database(path, stores.KEY, MIGRATIONS).close()
    assert code_of(open_database, path, Key(b"x" * 32), MIGRATIONS) == "speicher.schluessel"
    newer = (*MIGRATIONS, lambda database: None)
    open_database(path, stores.KEY, newer).close()
    assert code_of(open_database, path, stores.KEY, MIGRATIONS) == "speicher.neuer"
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    assert code_of(open_database, path, stores.KEY, newer) in ("speicher.beschaedigt", "speicher.schluessel")
    path.write_bytes(b"not encrypted at all" * 500)
    assert code_of(open_database, path, stores.KEY, MIGRATIONS) == "speicher.schluessel"


def test_no_clear_text_in_any_byte_of_the_folder(tmp_path: Path) -> None:
    store = stores.file(tmp_path, SetClock(stores.MORGENS))
    of = stores.stoerung(store)
    for _ in range(20):
        store.put(stores.beleg(store, BelegArt.AU, of), {"kk": b"Beispiel-Testfrau " * 1000}, "sk")
    raw = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    store.close()
    raw += b"".join(p.read_bytes() for p in tmp_path.iterdir())
    assert len(raw) > 300_000
    for clear in (b"Beispiel-Testfrau", b"A123456780", b"J06.9", b"CREATE TABLE", b"SQLite format"):
        assert clear not in raw


def test_the_database_itself_refuses_to_rewrite_history(tmp_path: Path) -> None:
    store = stores.file(tmp_path, SetClock(stores.MORGENS))
    made = stores.beleg(store, BelegArt.AU, stores.stoerung(store))
    store.put(made, {"kk": b"x"}, "sk")
    store.close()
    database = open_database(tmp_path / "belege.db", stores.KEY, MIGRATIONS)
    for sql in (
        "UPDATE ereignis SET wer = 'x'",
        "DELETE FROM ereignis",
        "UPDATE beleg SET patient = 'x'",
        "UPDATE seite SET pdf = x'00'",
        "UPDATE stand SET zustand = 'quatsch'",
    ):
        with pytest.raises(sqlcipher.IntegrityError):
            database.execute(sql)
    database.close()


def test_a_tampered_row_is_found(tmp_path: Path) -> None:
    store = stores.file(tmp_path, SetClock(stores.MORGENS))
    made = stores.beleg(store, BelegArt.AU, stores.stoerung(store))
    store.put(made, {"kk": b"x"}, "sk")
    assert store.verify() == []
    database = open_database(tmp_path / "belege.db", stores.KEY, MIGRATIONS)
    for trigger in ("ereignis_bleibt", "stand_nach_tabelle"):
        database.execute(f"DROP TRIGGER {trigger}")
    database.execute("UPDATE ereignis SET wer = 'jemand' WHERE nummer = 1")
    database.execute("UPDATE stand SET zustand = 'zugestellt'")
    database.close()
    findings = store.verify()
    assert any("Zeile 1" in finding for finding in findings)
    assert any("steht auf zugestellt" in finding for finding in findings)
    store.close()


def test_a_full_disk_stores_nothing_half(tmp_path: Path) -> None:
    store = stores.file(tmp_path, SetClock(stores.MORGENS))
    of = stores.stoerung(store)
    made = stores.beleg(store, BelegArt.AU, of)
    connection = store._db._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    assert code_of(store.put, made, {"kk": os.urandom(100_000)}, "sk") == "speicher.voll"
    assert store.find() == []
    connection.execute("PRAGMA max_page_count = 1000000")
    store.put(made, {"kk": b"x"}, "sk")
    assert store.verify() == []
    store.close()


def test_a_connection_stays_in_its_thread(tmp_path: Path) -> None:
    store = stores.file(tmp_path, SetClock(stores.MORGENS))
    seen: list[BaseException] = []

    def work() -> None:
        try:
            store.find()
        except AssertionError as error:
            seen.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(seen) == 1
    store.close()


def test_many_writers_lose_nothing(tmp_path: Path) -> None:
    clock = SetClock(stores.MORGENS)
    first = stores.file(tmp_path, clock)
    of = stores.stoerung(first)

    def work() -> None:
        own = stores.file(tmp_path, clock)
        for _ in range(15):
            own.put(stores.beleg(own, BelegArt.AU, of), {"kk": b"x"}, "sk")
        own.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(first.find()) == 60
    assert first.verify() == []
    first.close()


def test_an_unknown_engine_error_is_our_bug() -> None:
    assert translate(sqlcipher.OperationalError("no such table: x")) is None
