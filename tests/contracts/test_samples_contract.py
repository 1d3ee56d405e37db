"""One suite for both stores of observations: the encrypted file and its twin."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from papierbruecke.outage import passive
from papierbruecke.outage.memory_samples import MemorySamples
from papierbruecke.outage.model import Ergebnis
from papierbruecke.outage.probe import bad, good
from papierbruecke.outage.samples import AUFBEWAHRUNG, FENSTER, Samples
from papierbruecke.outage.sqlcipher_samples import open_samples
from papierbruecke.vault.key import Key

KEY = Key(bytes(range(32)))
START = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
END = START + timedelta(days=500)
Open = Callable[[], Samples]


@pytest.fixture(params=["memory", "file"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Opens the same store again and again (the twin: the same object)."""
    if request.param == "memory":
        twin = MemorySamples()
        return lambda: twin
    return lambda: open_samples(tmp_path / "lage.db", KEY)


def test_the_window_is_complete_and_in_order(opened: Open) -> None:
    samples = opened()
    words = [good("P7", "konnektor", START + timedelta(seconds=20 * n), "", 40, vpn_ti=True) for n in range(50)]
    samples.add(words[25:])
    samples.add(words[:25])
    assert samples.since(START) == words
    assert samples.since(START + timedelta(seconds=500)) == words[25:]
    samples.close()
    assert opened().since(START) == words


def test_the_history_holds_changes_and_one_row_per_five_minutes(opened: Open) -> None:
    samples = opened()
    for n in range(180):  # one hour, one question each 20 s
        moment = START + timedelta(seconds=20 * n)
        down = 60 <= n < 90
        word = bad("P4", "konnektor", moment, "kon.no_answer", "") if down else good("P4", "konnektor", moment, "", n)
        samples.add([word])
    rows = samples.history(START, END)
    assert [row.zeit for row in rows if row.was == "wechsel"] == [
        START + timedelta(seconds=20 * n) for n in (0, 60, 90)
    ]
    assert len([row for row in rows if row.was == "takt"]) == 11
    assert samples.history(START, END, "takt")[0].inhalt["proben"][0]["probe"] == "P4"
    assert samples.history(START + timedelta(minutes=25), START + timedelta(minutes=31), "wechsel")[
        0
    ].zeit == START + timedelta(minutes=30)


def test_what_others_told_is_heard_once(opened: Open) -> None:
    samples, other = opened(), opened()
    samples.add([passive.kim_sendung(START, None)])
    row, told = samples.told(-1)
    assert told == []
    words = [passive.kim_sendung(START + timedelta(seconds=n), "kim.krypto") for n in (1, 2)]
    click = bad("P11", "erezept", START + timedelta(seconds=3), "dienst.no_answer", "")
    other.add([words[0], good("P7", "konnektor", START, "", 40), good("P11", "idp", START, ""), words[1], click])
    row, told = samples.told(row)
    assert told == [*words, click]
    assert samples.told(row) == (row, [])


def test_the_last_word_outlives_the_window(opened: Open) -> None:
    samples = opened()
    samples.add([good("P5", "konnektor", START, "", sha256="aa")])
    samples.add([bad("P5", "konnektor", START + timedelta(minutes=1), "kon.server_cert_changed", "", sha256="bb")])
    samples.prune(START + FENSTER + timedelta(hours=1))
    assert samples.since(START) == []
    assert [m.daten["sha256"] for m in samples.last("P5", Ergebnis.OK)] == ["aa"]
    assert [m.daten["sha256"] for m in samples.last("P5")] == ["bb"]
    assert samples.last("P6") == []


def test_the_chain_holds_over_restarts_and_retention(opened: Open) -> None:
    samples = opened()
    assert samples.verify() == []
    assert samples.head() == "0" * 64
    samples.add([good("P0", "pc", START, "")])
    before = samples.head()
    samples.add([good("P0", "pc", START + timedelta(seconds=10), "")])
    assert samples.head() == before  # nothing changed, and the five minutes are not over
    samples.note(START + timedelta(days=1), "diagnose", {"diagnose": "D24", "satz": "gestört"})
    head = samples.head()
    samples.close()
    samples = opened()
    assert samples.head() == head
    samples.note(START + timedelta(days=2), "lagebild", {"sha256": "cc"})
    assert samples.head() != head
    assert samples.verify() == []
    samples.prune(START + AUFBEWAHRUNG + timedelta(hours=12))
    assert [row.was for row in samples.history(START, END)] == ["diagnose", "lagebild"]
    assert samples.verify() == []
    samples.prune(END)
    assert samples.history(START, END) != []  # the newest row stays: it carries the head
    assert samples.verify() == []


def test_a_changed_row_is_found(tmp_path: Path) -> None:
    """Rule 40 of ti-detection §7."""
    samples = open_samples(tmp_path / "lage.db", KEY)
    for n in range(5):
        samples.note(START + timedelta(minutes=n), "diagnose", {"n": n})
    database = samples._db
    database.execute("DROP TRIGGER verlauf_bleibt")
    database.execute("UPDATE verlauf SET inhalt = '{\"n\":9}' WHERE nummer = 3")
    assert samples.verify() == ["Zeile 3 des Beobachtungsprotokolls wurde verändert."]
    database.execute("DELETE FROM verlauf WHERE nummer = 3")
    assert samples.verify() == ["Im Beobachtungsprotokoll fehlt Zeile 3."]


def test_history_cannot_be_changed_by_accident(tmp_path: Path) -> None:
    samples = open_samples(tmp_path / "lage.db", KEY)
    samples.note(START, "diagnose", {})
    with pytest.raises(Exception, match="append-only"):
        samples._db.execute("UPDATE verlauf SET was = 'x'")
