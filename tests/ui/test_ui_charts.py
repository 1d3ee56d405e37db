"""Outages and deadlines as pictures: geometry and words from data; paper says what the screen says."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise
from pathlib import Path
from uuid import UUID

import pypdfium2
import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import inputs
from desk_twin import MORGENS, DeskTwin
from keyboard import Keyboard, settle
from papierbruecke.outage.incident import Stoerung
from papierbruecke.outage.model import Dienst
from papierbruecke.outage.rueckblick import Rueckblick, build_rueckblick, year
from papierbruecke.outage.timeline import Verlauf
from papierbruecke.reconcile.dringlichkeit import Dringlichkeit, build_fristen
from papierbruecke.reconcile.ledger import Zeile, row_of
from papierbruecke.record.model import AuEingabe, BelegArt, RezeptEingabe
from papierbruecke.resubmit.fristen import Kalender
from papierbruecke.ui import deadline_chart, outage_year_chart, theme
from papierbruecke.ui.chart_view import chart_pdf, chart_png, page_cuts
from papierbruecke.ui.deadline_chart import STUFEN
from papierbruecke.ui.drawing import Box, Drawing, Muster, Satz, Symbol, Text
from papierbruecke.ui.main_window import MainWindow

WIDTHS = (520.0, 1200.0)
LOOKS = (theme.Look(), theme.Look(theme.Thema.DUNKEL, 2.0))
LONG = "Wartung angekündigt: Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


def u(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


def stoerung(beginn: datetime, hours: float | None, *dienste: Dienst, grund: str = "Test") -> Stoerung:
    ende = None if hours is None else beginn + timedelta(hours=hours)
    return Stoerung(id=UUID(int=int(beginn.timestamp())), beginn=beginn, ende=ende, dienste=dienste, grund=grund)


def words_of(pdf: bytes) -> list[str]:
    """What stands on each page, also across it."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [" ".join(page.get_textpage().get_text_range().split()) for page in document]
    document.close()
    return pages


YEARS = {
    "nothing": (),
    "border": (stoerung(u(2025, 12, 31, 20), 30, *Dienst), stoerung(u(2026, 11, 23, 7), None, Dienst.KIM)),
    "clocks": (stoerung(u(2026, 3, 29, 0), 2, Dienst.EPA), stoerung(u(2026, 10, 25, 0), 3, Dienst.EPA)),
    "overlap": (
        stoerung(u(2026, 5, 4, 6), 60, *Dienst, grund=LONG),
        stoerung(u(2026, 5, 5, 6), 2, Dienst.KIM),
        stoerung(u(2026, 5, 6, 6), 300, Dienst.KIM),
    ),
    "many": tuple(stoerung(u(2026, 1, 1, 8) + timedelta(days=2 * n), 3, Dienst.EREZEPT) for n in range(160)),
}


def review(name: str) -> Rueckblick:
    von, bis = year(2026)
    return build_rueckblick(YEARS[name], Verlauf(von=von, bis=bis, spuren=()), 2026, MORGENS)


def overlap(one: Text, other: Text) -> bool:
    a, b = one.place, other.place
    return a.x < b.right - 0.5 and b.x < a.right - 0.5 and a.y < b.bottom - 0.5 and b.y < a.bottom - 0.5


def holds_together(drawing: Drawing, satz: Satz) -> None:
    """Nothing leaves the picture, no text lies on another, every text fits its place, breaks cut nothing."""
    for part in drawing.parts:
        assert part.place.x >= -0.01
        assert part.place.y >= -0.01
        assert part.place.right <= drawing.width + 0.01, part
        assert part.place.bottom <= drawing.height + 0.01, part
    written = [part for part in drawing.parts if isinstance(part, Text)]
    for text in written:
        assert satz.width(text.text, text.size, text.bold) <= text.place.width + 1, text
    near = sorted(written, key=lambda t: t.place.y)[:70]
    assert [pair for pair in combinations(near, 2) if overlap(*pair)] == []
    for place in drawing.breaks:
        cut = [part for part in drawing.parts if part.place.y < place - 0.5 and part.place.bottom > place + 0.5]
        assert cut == []


@pytest.mark.parametrize("look", LOOKS, ids=["100", "200"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", YEARS)
def test_the_year_holds_together(qapp: QApplication, name: str, width: float, look: theme.Look) -> None:
    theme.load_fonts()
    found, satz = review(name), Satz(look)
    drawing = outage_year_chart.year_chart(found, width, satz)
    holds_together(drawing, satz)
    said = " ".join(drawing.words)
    assert f"Ausfälle {found.jahr}" in said
    for ausfall in found.ausfaelle:
        assert str(ausfall.nummer) in drawing.words
    striped = [part for part in drawing.parts if isinstance(part, Box) and part.muster is Muster.SCHRAEG]
    assert len(striped) == sum(len(a.dienste) + 1 for a in found.ausfaelle)


def test_bars_stand_where_their_time_is_and_can_be_seen(qapp: QApplication) -> None:
    found, satz = review("border"), Satz(theme.Look())
    first, last = found.ausfaelle
    left, wide = outage_year_chart.span(first.teil, found, 100.0, 1000.0, 5.0)
    assert left == 100.0
    assert wide >= 5.0
    left, wide = outage_year_chart.span(last.teil, found, 100.0, 1000.0, 5.0)
    day = (MORGENS - found.von).days
    assert left == pytest.approx(100 + 1000 * day / 365, abs=3)
    flags = outage_year_chart.flags(review("many"), 0.0, 800.0, satz)
    assert all(b.x - b.width / 2 >= a.x + a.width / 2 for a, b in pairwise(flags))
    numbers = [int(n) for flag in flags for n in flag.text.split("–")]
    assert numbers[0] == 1
    assert numbers[-1] == len(review("many").ausfaelle)


def test_words_of_the_year(qapp: QApplication) -> None:
    clocks = review("clocks")
    assert [outage_year_chart.how_long(a) for a in clocks.ausfaelle] == [
        "2 Std. (mit Zeitumstellung)",
        "3 Std. (mit Zeitumstellung)",
    ]
    assert outage_year_chart.when(clocks.ausfaelle[1]) == "So 25.10.2026, 02:00 bis 04:00 Uhr"
    border = review("border")
    assert outage_year_chart.when(border.ausfaelle[0]) == "Mi 31.12.2025, 21:00 bis Fr 02.01.2026, 03:00 Uhr"
    assert outage_year_chart.when(border.ausfaelle[1]) == "seit Mo 23.11.2026, 08:00 Uhr"
    assert "keine Messung" in outage_year_chart.described(border)
    assert outage_year_chart.summary(review("nothing")) == outage_year_chart.NO_OUTAGE
    assert ".." not in outage_year_chart.summary(border)
    assert outage_year_chart.percent(0.99999) == "99,99 %"


@pytest.fixture
def rows(tmp_path: Path) -> list[Zeile]:
    desk = DeskTwin(tmp_path / "andere")
    (rezept,) = desk.issue_rezept(RezeptEingabe.model_validate(inputs.rezept()), "Test")
    au = desk.issue_au(AuEingabe.model_validate(inputs.au()), "Test")
    for line in (rezept, au):
        desk.confirm_printed(line.kennung, "Test")
    found = [row_of(desk.store(), line, MORGENS, Kalender("BY")) for line in desk.belege()]
    moments = (MORGENS - timedelta(days=3), MORGENS + timedelta(hours=5), MORGENS + timedelta(days=4), None)
    return [replace(row, bis=bis, ueberfaellig=bis == moments[0]) for bis in moments for row in found]


@pytest.mark.parametrize("look", LOOKS, ids=["100", "200"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("times", [0, 1, 12])
def test_the_deadlines_hold_together(
    qapp: QApplication, rows: list[Zeile], times: int, width: float, look: theme.Look
) -> None:
    theme.load_fonts()
    fristen, satz = build_fristen(rows * times, MORGENS), Satz(look)
    drawing = deadline_chart.deadline_chart(fristen, width, satz, False)
    holds_together(drawing, satz)
    said = " ".join(drawing.words)
    if not times:
        assert deadline_chart.summary(fristen) == deadline_chart.NOTHING_LEFT
        return
    for group, stufe in STUFEN.items():
        assert stufe.wort in said or width < 640
        assert str(len(fristen.gruppen[group])) in drawing.words
    symbols = {part.name for part in drawing.parts if isinstance(part, Symbol)}
    assert symbols == {stufe.symbol for stufe in STUFEN.values()}


def test_no_urgency_is_told_by_colour_alone() -> None:
    assert set(STUFEN) == set(Dringlichkeit)
    assert set(deadline_chart.ARTEN) == set(BelegArt)
    for looks in ("symbol", "muster", "wort"):
        assert len({getattr(stufe, looks) for stufe in STUFEN.values()}) == len(STUFEN)
    for stufe in STUFEN.values():
        for thema in theme.Thema:
            ground = theme.Look(thema).color("surface")
            assert theme.contrast(theme.Look(thema).color(stufe.tint), ground) >= 4.5


def test_paper_and_image_show_the_whole_chart_and_name_a_drill(qapp: QApplication, rows: list[Zeile]) -> None:
    theme.load_fonts()
    fristen = build_fristen(rows * 12, MORGENS)
    chart = lambda width, satz: deadline_chart.deadline_chart(fristen, width, satz, False)
    pdf = chart_pdf(chart, title="Fristen", foot="Fuß", uebung=True, landscape=False)
    pages = words_of(pdf)
    assert len(pages) > 1
    assert all("ÜBUNG" in page and "Seite" in page for page in pages)
    assert sum(page.count(rows[0].beleg.belegnummer) for page in pages) == 12 * 4
    drawing = chart(600.0, Satz(theme.Look()))
    cuts = page_cuts(drawing, 900.0)
    assert cuts[0][0] == 0.0
    assert cuts[-1][1] == drawing.height
    assert all(one[1] == other[0] for one, other in pairwise(cuts))
    assert all(end in drawing.breaks for _, end in cuts)
    assert "ÜBUNG" not in words_of(chart_pdf(chart, title="Fristen", foot="", uebung=False, landscape=True))[0]
    assert chart_png(chart, uebung=False).startswith(b"\x89PNG")


@pytest.fixture
def with_stoerung(window: MainWindow, desk: DeskTwin) -> MainWindow:
    ended = stoerung(u(2025, 12, 31, 20), 30, Dienst.KIM)
    desk.store().begin_stoerung(ended.model_copy(update={"ende": None}), "Test")
    desk.store().change_stoerung(ended, "Test")
    return window


def test_the_year_opens_from_the_lage_turns_and_leads_back_by_keys(
    with_stoerung: MainWindow, keys: Keyboard, qtbot: QtBot, tmp_path: Path
) -> None:
    window = with_stoerung
    keys.press("F10")
    settle(window, qtbot)
    keys.press("Alt+A")
    qtbot.waitUntil(lambda: window.place == "ausfaelle", timeout=20_000)
    settle(window, qtbot)
    page = window.ausfaelle
    assert page.jahr == 2026
    assert "E-Rezept: 58,60 % verfügbar" in page.view.accessibleDescription()
    keys.press("Alt+V")
    qtbot.waitUntil(lambda: page.jahr == 2025, timeout=20_000)
    settle(window, qtbot)
    assert not page.before_button.isEnabled()
    assert page.after_button.isEnabled()
    for name in ("jahr.pdf", "jahr.png"):
        page.ask_path = lambda _, name=name: str(tmp_path / name)
        keys.press("F9")
        settle(window, qtbot)
    assert "Ausfälle 2025" in words_of((tmp_path / "jahr.pdf").read_bytes())[0]
    with Image.open(tmp_path / "jahr.png") as picture:
        assert picture.width > 2000
    keys.press("Esc")
    assert window.place == "lage"


def test_the_deadlines_open_from_the_nachbearbeitung_and_are_printed_by_keys(
    window: MainWindow, desk: DeskTwin, keys: Keyboard, qtbot: QtBot
) -> None:
    (line,) = desk.issue_rezept(RezeptEingabe.model_validate(inputs.rezept()), "Test")
    desk.confirm_printed(line.kennung, "Test")
    window.lists.reload_now()
    settle(window, qtbot)
    keys.press("F8")
    keys.press("Alt+F")
    qtbot.waitUntil(lambda: window.place == "fristen", timeout=20_000)
    page = window.fristen
    assert "1 Beleg braucht noch etwas" in page.view.accessibleDescription()
    assert line.patient not in page.view.accessibleDescription()
    assert any(line.patient.split(",")[0] in word for word in page.view.drawing.words)  # type: ignore[union-attr]
    keys.press("Alt+D")
    qtbot.waitUntil(lambda: bool(desk.printer_twin.printed), timeout=20_000)
    settle(window, qtbot)
    formular, pdf, titel = desk.printer_twin.printed[-1]
    assert (formular, titel) == ("ersatzschein", "Fristen")
    assert line.belegnummer in words_of(pdf)[0]
    desk.document(line.kennung, "Test", "")
    window.lists.reload_now()
    settle(window, qtbot)
    assert page.view.accessibleDescription() == deadline_chart.NOTHING_LEFT
    keys.press("Esc")
    assert window.place == "nachbearbeitung"
