"""What was deleted is nowhere: not in a page, not in the journal; and the file itself keeps the rules."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

import stores
from papierbruecke.clock import SetClock
from papierbruecke.outbox import migrations
from papierbruecke.outbox.model import Versuch, Zustand
from papierbruecke.outbox.sqlcipher import SqlcipherOutbox, open_outbox
from papierbruecke.record.model import Beleg, BelegArt
from papierbruecke.vault.database import open_database

CLOCK = SetClock(stores.MORGENS)
PAGE, RESERVED, SALT = 4096, 80, 16
CANARY = b"Sehr-geheime-Probediagnose"


def clear_text(folder: Path) -> bytes:
    """Every page of the file and of its journal, decrypted by hand as SQLCipher 4 writes them."""
    key = stores.KEY.raw
    data, found = (folder / "belege.db").read_bytes(), b""
    pages = [data[at : at + PAGE] for at in range(0, len(data), PAGE)]
    first = [True, *[False] * (len(pages) - 1)]
    wal = folder / "belege.db-wal"
    if wal.exists():
        journal = wal.read_bytes()
        for at in range(32, len(journal), PAGE + 24):
            pages.append(journal[at + 24 : at + 24 + PAGE])
            first.append(int.from_bytes(journal[at : at + 4], "big") == 1)
    for page, is_first in zip(pages, first, strict=True):
        body = page[SALT if is_first else 0 : PAGE - RESERVED]
        vector = page[PAGE - RESERVED : PAGE - RESERVED + 16]
        if len(page) == PAGE and any(vector):
            decryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
            found += decryptor.update(body) + decryptor.finalize()
    return found


def finished(store: SqlcipherOutbox, count: int = 1) -> list[Beleg]:
    """Documented prescriptions with the canary on every page."""
    made = []
    of = stores.stoerung(store)
    for _ in range(count):
        beleg = stores.beleg(store, BelegArt.REZEPT, of)
        store.put(beleg, {"muster16": CANARY * 400}, "sk")
        store.advance(beleg.kennung, Zustand.ERFASST, Zustand.GEDRUCKT, "sk")
        store.advance(beleg.kennung, Zustand.GEDRUCKT, Zustand.DOKUMENTIERT, "sk")
        made.append(beleg)
    return made


def test_deleted_content_is_in_no_page_and_in_no_journal(tmp_path: Path) -> None:
    store = stores.file(tmp_path, CLOCK)
    belege = finished(store, 4)
    name = b"Beispiel-Testfrau"
    before = clear_text(tmp_path)
    assert before.count(CANARY) > 1000, "the test can see what lies in the file"
    assert name in before
    for beleg in belege:
        store.remove_content(beleg.kennung, "sk", "probe")
    assert CANARY in clear_text(tmp_path), "until then older pages lie in the journal"
    assert store.forget_journal()
    after = clear_text(tmp_path)
    assert b"ereignis" in after
    assert CANARY not in after
    assert name not in after
    assert store.verify() == []
    store.close()


def test_somebody_who_is_reading_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("papierbruecke.vault.database.BUSY_TIMEOUT_S", 0.1)
    store = stores.file(tmp_path, CLOCK)
    (beleg,) = finished(store)
    reader = open_database(tmp_path / "belege.db", stores.KEY, migrations.MIGRATIONS)
    reader.execute("BEGIN")
    reader.rows("SELECT count(*) FROM seite")
    store.remove_content(beleg.kennung, "sk", "probe")
    assert not store.forget_journal()
    reader.execute("COMMIT")
    reader.close()
    assert store.forget_journal()
    assert CANARY not in clear_text(tmp_path)
    store.close()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE stand SET zustand = 'zugestellt'",
        "UPDATE stand SET kennung = 'x'",
        "INSERT INTO stand VALUES ('x', 'dokumentiert', '')",
        "UPDATE beleg SET inhalt = '', patient = '(Inhalt gelöscht)'",
        "UPDATE beleg SET patient = 'Anders'",
        "UPDATE beleg SET belegnummer = 'x', inhalt = '', patient = '(Inhalt gelöscht)'",
        "UPDATE seite SET pdf = x'00'",
        "UPDATE signatur SET p7s = x''",
        "DELETE FROM seite",
        "DELETE FROM beleg",
        "DELETE FROM stand",
        "DELETE FROM signatur",
        "DELETE FROM stoerung",
        "DELETE FROM nummer",
        "UPDATE nummer SET laufend = 0",
        "DELETE FROM ereignis",
        "UPDATE ereignis SET wer = 'x'",
    ],
)
def test_the_file_itself_keeps_the_rules(sql: str, tmp_path: Path) -> None:
    store = stores.file(tmp_path, CLOCK)
    beleg = stores.beleg(store, BelegArt.AU, stores.stoerung(store))
    store.put(beleg, {"kk": b"x"}, "sk")
    store.advance(beleg.kennung, Zustand.ERFASST, Zustand.GEDRUCKT, "sk")
    store.sign(beleg.kennung, b"<x/>", b"p7s", "sk")
    with pytest.raises(sqlcipher.IntegrityError):
        store._db.execute(sql)
    assert store.verify() == []
    assert store.get(beleg.kennung) == beleg
    store.close()


@pytest.mark.parametrize("version", [1, 2])
def test_every_released_schema_comes_along(version: int, tmp_path: Path) -> None:
    """A file of that version, with a Beleg in it, opens, goes on and can be forgotten."""
    old = SqlcipherOutbox(
        open_database(tmp_path / "belege.db", stores.KEY, migrations.MIGRATIONS[:version]), SetClock(stores.MORGENS)
    )
    (beleg,) = finished(old)
    open_one = stores.beleg(old, BelegArt.AU, old.stoerungen()[0])
    old.put(open_one, {"kk": b"x"}, "sk")
    old.close()
    store = open_outbox(tmp_path / "belege.db", stores.KEY, SetClock(datetime.now(UTC)))
    assert store.verify() == []
    assert store.get(beleg.kennung) == beleg
    store.advance(open_one.kennung, Zustand.ERFASST, Zustand.GEDRUCKT, "sk")
    store.remove_content(beleg.kennung, "sk", "probe")
    assert store.get(beleg.kennung) is None
    assert store.verify() == []
    store.close()


@pytest.mark.parametrize(
    ("trigger", "sql"),
    [
        ("beleg_gefroren", "UPDATE beleg SET inhalt = replace(inhalt, 'J06.9', 'J06.8')"),
        ("beleg_gefroren", "UPDATE beleg SET patient = 'Andere, Anna'"),
        ("beleg_gefroren", "UPDATE beleg SET belegnummer = '231126-A-009-X'"),
        ("seite_gefroren", "UPDATE seite SET pdf = x'00'"),
        ("seite_bleibt", "DELETE FROM seite"),
        ("stand_nach_tabelle", "UPDATE stand SET zustand = 'zugestellt'"),
        ("signatur_gefroren", "UPDATE signatur SET p7s = x'00'"),
        (None, "UPDATE versuch SET message_id = '<2@test>'"),
        ("versuch_geht_nicht", "DELETE FROM versuch"),
        (None, "UPDATE stoerung SET inhalt = replace(inhalt, 'D24', 'D11')"),
        ("ereignis_bleibt", "UPDATE ereignis SET wer = 'jemand' WHERE nummer = 3"),
        ("ereignis_bleibt", "UPDATE ereignis SET zeit = '2026-11-23T09:00:00+00:00' WHERE nummer = 3"),
        ("ereignis_geht_nicht", "DELETE FROM ereignis WHERE nummer = 3"),
    ],
)
def test_whoever_has_the_key_and_changes_any_row_is_found(trigger: str | None, sql: str, tmp_path: Path) -> None:
    store = stores.file(tmp_path, CLOCK)
    beleg = stores.beleg(store, BelegArt.AU, stores.stoerung(store))
    store.put(beleg, {"kk": b"x"}, "sk")
    store.advance(beleg.kennung, Zustand.ERFASST, Zustand.GEDRUCKT, "sk")
    store.sign(beleg.kennung, b"<x/>", b"p7s", "sk")
    attempt = Versuch(
        kennung=beleg.kennung, message_id="<1@test>", datum=stores.MORGENS, p7s_sha256="ab", empfaenger="k@test"
    )
    store.begin_versuch(attempt, Zustand.SIGNIERT, "sk")
    assert store.verify() == []
    if trigger:
        store._db.execute(f"DROP TRIGGER {trigger}")
    assert store._db.execute(sql).rowcount == 1
    assert store.verify() != []
    store.close()
