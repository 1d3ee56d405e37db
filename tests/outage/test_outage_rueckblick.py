"""The year in review: parts, lengths and figures; border of the year, change of the clocks, overlaps."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from papierbruecke.outage.incident import Stoerung
from papierbruecke.outage.model import Dienst
from papierbruecke.outage.rueckblick import UNBENANNT, Rueckblick, build_rueckblick, dauer, year, years
from papierbruecke.outage.timeline import Spur, Verlauf

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def stoerung(beginn: datetime, ende: datetime | None, *dienste: Dienst, **more: object) -> Stoerung:
    number = UUID(int=int(beginn.timestamp()))
    return Stoerung.model_validate({"id": number, "beginn": beginn, "ende": ende, "dienste": dienste} | more)


def review(*known: Stoerung, jahr: int = 2026, now: datetime = NOW, share: float | None = None) -> Rueckblick:
    von, bis = year(jahr)
    lines = (Spur(name="E-Rezept", abschnitte=(), anteil=share, ausfall_s=0.0),)
    return build_rueckblick(known, Verlauf(von=von, bis=bis, spuren=lines), jahr, now)


def test_a_stoerung_at_the_border_of_the_year_stands_in_both_years_with_its_part() -> None:
    over = stoerung(datetime(2025, 12, 31, 22, tzinfo=UTC), datetime(2026, 1, 1, 1, tzinfo=UTC), Dienst.KIM)
    for jahr, hours in ((2025, 1), (2026, 2)):  # the year changes at 23:00 UTC
        found = review(over, jahr=jahr)
        (only,) = found.ausfaelle
        assert only.dauer_s == 3 * 3600
        assert only.teil.dauer_s == hours * 3600 == found.papier_s
        assert only.dienste[Dienst.KIM].dauer_s == hours * 3600
    assert review(over, jahr=2024).ausfaelle == ()
    assert years([over], NOW) == (2025, 2026)


@pytest.mark.parametrize("day", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)])
def test_a_length_is_real_time_when_the_clocks_change(day: datetime) -> None:
    found = review(stoerung(day, day + timedelta(hours=3), Dienst.EPA))
    assert found.ausfaelle[0].dauer_s == 3 * 3600


def test_overlapping_outages_count_once_per_dienst_and_a_dienst_that_came_back_early_ends_there() -> None:
    begin = datetime(2026, 5, 4, 6, tzinfo=UTC)
    early = begin + timedelta(hours=1)
    first = stoerung(begin, begin + timedelta(hours=4), *Dienst, wieder=((Dienst.EREZEPT, early),))
    second = stoerung(begin + timedelta(hours=3), begin + timedelta(hours=5), Dienst.KIM)
    found = review(second, first)
    assert [a.nummer for a in found.ausfaelle] == [1, 2]
    hours = {row.dienst: (row.ausfaelle, row.papier_s / 3600) for row in found.dienste}
    assert hours[Dienst.KIM] == (2, 5.0)
    assert hours[Dienst.EREZEPT] == (1, 1.0)
    assert found.papier_s == 5 * 3600


def test_what_still_lasts_ends_now_and_einzelfaelle_are_no_outage() -> None:
    begin = NOW - timedelta(minutes=30)
    found = review(
        stoerung(begin, None, Dienst.KIM, diagnose="D24"),
        stoerung(begin, None, Dienst.KIM, einzelfaelle=True),
        share=0.99996,
    )
    (only,) = found.ausfaelle
    assert only.ende is None
    assert only.dauer_s == 1800
    assert only.ursache
    assert only.ursache != UNBENANNT
    assert "{" not in only.ursache + only.zustaendig
    assert found.stand == NOW
    assert {row.dienst: row.anteil for row in found.dienste}[Dienst.EREZEPT] == 0.99996


def test_the_cause_is_the_diagnosis_else_the_reason_else_said_to_be_unknown() -> None:
    day = datetime(2026, 2, 2, 8, tzinfo=UTC)
    more: tuple[dict[str, object], ...] = ({"grund": "Wartung"}, {})
    causes = [review(stoerung(day, day + timedelta(hours=1), Dienst.KIM, **m)).ausfaelle[0].ursache for m in more]
    assert causes == ["Wartung", UNBENANNT]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 Min."), (2820, "47 Min."), (7200, "2 Std."), (20820, "5 Std. 47 Min."), (273600, "3 Tage 4 Std.")],
)
def test_lengths_in_words(seconds: float, words: str) -> None:
    assert dauer(seconds) == words
