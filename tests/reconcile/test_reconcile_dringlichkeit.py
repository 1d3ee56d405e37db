"""How urgent: every Beleg with something to do in exactly one group, days counted on the practice's clock."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import inputs
from desk_twin import DeskTwin
from papierbruecke.reconcile.dringlichkeit import Dringlichkeit, build_fristen, urgency
from papierbruecke.reconcile.ledger import Zeile, row_of
from papierbruecke.record.model import BelegArt, RezeptEingabe
from papierbruecke.resubmit.fristen import Kalender

NOW = datetime(2026, 11, 23, 7, 40, tzinfo=UTC)  # a Monday, 08:40


@pytest.fixture
def zeile(tmp_path: Path) -> Zeile:
    desk = DeskTwin(tmp_path / "platz")
    (line,) = desk.issue_rezept(RezeptEingabe.model_validate(inputs.rezept()), "Test")
    desk.confirm_printed(line.kennung, "Test")
    return row_of(desk.store(), desk.belege()[0], NOW, Kalender("BY"))


@pytest.mark.parametrize(
    ("bis", "group"),
    [
        (None, Dringlichkeit.OHNE_FRIST),
        (NOW - timedelta(seconds=1), Dringlichkeit.UEBERFAELLIG),
        (NOW, Dringlichkeit.HEUTE),
        (datetime(2026, 11, 23, 23, 0, tzinfo=UTC), Dringlichkeit.HEUTE),  # midnight that ends today
        (datetime(2026, 11, 23, 23, 1, tzinfo=UTC), Dringlichkeit.WOCHE),
        (datetime(2026, 11, 30, 23, 0, tzinfo=UTC), Dringlichkeit.WOCHE),
        (datetime(2026, 11, 30, 23, 1, tzinfo=UTC), Dringlichkeit.SPAETER),
    ],
)
def test_each_deadline_has_its_group(zeile: Zeile, bis: datetime | None, group: Dringlichkeit) -> None:
    row = replace(zeile, bis=bis, ueberfaellig=bis is not None and bis < NOW)
    assert urgency(row, NOW) is group
    found = build_fristen([row], NOW)
    assert [each for each in Dringlichkeit if found.gruppen[each]] == [group]
    assert found.je_art(group) == {BelegArt.REZEPT: 1}


def test_what_is_done_has_no_place_and_the_earliest_comes_first(zeile: Zeile) -> None:
    done = replace(zeile, noch_zu_tun=None)
    rows = [replace(zeile, bis=NOW + timedelta(hours=h), ueberfaellig=False) for h in (9, 1, 5)]
    found = build_fristen([done, *rows], NOW)
    assert found.anzahl == 3
    assert list(found.gruppen[Dringlichkeit.HEUTE]) == [rows[1], rows[2], rows[0]]
    assert build_fristen([done], NOW).anzahl == 0
