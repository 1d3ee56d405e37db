"""Deadlines in Werktage of the Land, over weekends, holidays and the end of summer time."""

from datetime import UTC, date, datetime

import pytest

from papierbruecke.clock import PRAXISZEIT, local
from papierbruecke.resubmit.fristen import FRISTEN, Kalender


@pytest.mark.parametrize(
    ("land", "start", "frist", "due"),
    [
        ("BY", "2026-11-23T08:00", "au.senden", "2026-11-24T23:59:59"),
        ("BY", "2026-11-27T17:00", "au.senden", "2026-11-30T23:59:59"),  # Friday: Monday
        ("BE", "2026-12-24T10:00", "au.senden", "2026-12-28T23:59:59"),  # Christmas and a weekend
        ("BY", "2026-01-05T10:00", "au.senden", "2026-01-07T23:59:59"),  # Heilige Drei Könige
        ("BE", "2026-01-05T10:00", "au.senden", "2026-01-06T23:59:59"),  # not in Berlin
        ("SN", "2026-11-17T10:00", "au.senden", "2026-11-19T23:59:59"),  # Buß- und Bettag
        ("BY", "2026-11-23T08:00", "au.aufgeben", "2026-11-26T23:59:59"),
        ("BY", "2026-11-23T08:00", "au.dsn", "2026-11-24T08:00:00"),
        ("BY", "2026-10-24T23:30", "au.wiederholen", "2026-10-25T02:30:00+01:00"),  # the night with 25 hours
        ("BY", "2026-11-23T08:00", "ersatzschein.karte", "2026-12-31T23:59:59"),
        ("BY", "2026-03-31T23:30", "ersatzschein.karte", "2026-03-31T23:59:59"),
        ("BY", "2026-11-23T08:00", "stoerung.nachfragen", "2026-11-30T23:59:59"),
        ("XX", "2026-11-23T08:00", "rezept.dokumentieren", "2026-11-23T23:59:59"),
    ],
)
def test_a_deadline_falls_where_the_practice_expects_it(land: str, start: str, frist: str, due: str) -> None:
    began = datetime.fromisoformat(start).replace(tzinfo=PRAXISZEIT).astimezone(UTC)
    assert local(Kalender(land).due(FRISTEN[frist], began)).isoformat().startswith(due)


def test_120_werktage_for_a_storno_count_no_saturday() -> None:
    # 127 weekdays from 5 January to 30 June, less the seven Bavarian holidays among them.
    assert Kalender("BY").werktage_after(date(2026, 1, 2), 120) == date(2026, 6, 30)


def test_every_deadline_says_what_to_do_and_where_it_is_written() -> None:
    for frist in FRISTEN.values():
        assert frist.satz.endswith((".", "?"))
        assert frist.quelle
