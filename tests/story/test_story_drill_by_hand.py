"""The drill that a person plays: its window, its cards, its end, its report."""

import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import inputs
import paper
from desk_twin import DeskTwin
from papierbruecke.clock import local
from papierbruecke.drill.data_folder import prepare_folder
from papierbruecke.record.model import AuEingabe, BelegArt, RezeptEingabe
from papierbruecke.uebung.played_by_hand import REPORT, play_by_hand
from papierbruecke.uebung.score import Wertung, render_score, score
from papierbruecke.ui import theme
from papierbruecke.ui.drawing import Box, Muster, Satz
from papierbruecke.ui.drill_window import live_in_window
from papierbruecke.ui.main_window import MainWindow
from papierbruecke.ui.score_window import Ergebnis, ScoreWindow, score_chart
from papierbruecke.wiring import Desk

RESULT = Ergebnis(
    kopf="Geschafft.",
    kacheln=(("42 s", "je Rezept, im Mittel"), ("3", "Belege"), ("1", "vergessen"), ("12 min", "Dauer")),
    sekunden=(75, 42, 9),
    ziel_s=60,
    gut=("Das letzte Rezept ging schneller als das erste: 9 statt 75 Sekunden.",),
    ueben=("Eine Krankschreibung: F5, zum Beispiel +4, Diagnose, F9.",),
    vergessen=(("231126-A-003-E", "In der Praxissoftware dokumentieren."),),
    bericht=b"%PDF",
    ablage="Bericht und Papiere liegen im Ordner Uebung",
)


@pytest.mark.parametrize("width", [520.0, 1000.0])
@pytest.mark.parametrize("text", [1.0, 2.0])
def test_the_score_is_drawn_whole_with_the_goal_and_kind_words(qapp: QApplication, text: float, width: float) -> None:
    theme.load_fonts()
    satz = Satz(theme.Look(text=text))
    drawing = score_chart(RESULT, width, satz)
    assert all(part.place.right <= width + 0.01 for part in drawing.parts)
    said = " ".join(drawing.words)
    for words in (*RESULT.gut, *RESULT.ueben, "Was liegen blieb", "231126-A-003-E"):
        assert words in said
    bars = [part for part in drawing.parts if isinstance(part, Box) and part.place.height == satz.px(16)]
    assert [bar.muster for bar in bars] == [Muster.SCHRAEG, Muster.GLATT, Muster.GLATT]
    assert [bar.place.width for bar in bars] == sorted((bar.place.width for bar in bars), reverse=True)


def test_a_good_drill_is_told_so() -> None:
    kinds = (BelegArt.REZEPT, BelegArt.AU)
    good = Wertung(sekunden=(50, 30), belege=2, vergessen=(), dauer_s=600, arten=kinds, auf_papier=True)
    assert good.bestanden
    assert len(good.good()) == 4
    assert good.to_practise() == ["Nichts Bestimmtes. In drei Monaten noch einmal spielen, damit es so bleibt."]


def test_the_score_counts_seconds_and_what_was_forgotten(tmp_path: Path) -> None:
    desk = DeskTwin(tmp_path / "platz")
    begin = desk.clock.now()
    desk.clock.advance(timedelta(seconds=42))  # type: ignore[attr-defined]
    (first,) = desk.issue_rezept(RezeptEingabe.model_validate(inputs.rezept()), "Test")
    desk.confirm_printed(first.kennung, "Test")
    desk.document(first.kennung, "Test", "")
    desk.clock.advance(timedelta(seconds=30))  # type: ignore[attr-defined]
    second = desk.issue_au(AuEingabe.model_validate(inputs.au()), "Test")
    desk.confirm_printed(second.kennung, "Test")
    result = score(desk.store(), desk.abgleich(), begin, desk.clock.now())
    assert result.sekunden == (42,)
    assert [row.beleg.belegnummer for row in result.vergessen] == [second.belegnummer]
    assert not result.bestanden
    assert "1 von 2 Belegen sind schon ganz erledigt." in result.good()
    assert any("F8" in point for point in result.to_practise())
    pages = paper.pages(render_score(result, "vpn-zugangsdienst", local(begin)))
    text = paper.text_of(pages[0])
    assert "42 s" in text
    assert "Was gut war" in text
    assert second.belegnummer in text
    assert "Übung vom 23.11.2026" in text


def real_desk(tmp_path: Path) -> Path:
    """A practice's own data folder, where the program would look for it."""
    folder = tmp_path / "echt" / "papierbruecke"
    prepare_folder(folder, None)
    with closing(Desk(folder)) as desk:
        desk.store()
    return folder


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file with its bytes and its last change."""
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}


def test_the_window_of_the_drill_ends_with_a_score_and_touches_no_real_data(
    tmp_path: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = real_desk(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "echt"))
    before = contents(real)
    told: list[str] = []

    def close_soon() -> None:
        for window in qapp.topLevelWidgets():
            if isinstance(window, MainWindow) and window.isVisible() and window.lage is not None:
                assert "ÜBUNG" in window.windowTitle()
                assert window.line.uebung
                window.close()
            elif isinstance(window, ScoreWindow) and window.isVisible():
                assert "ÜBUNG" in window.windowTitle()
                told.append(window.view.accessibleDescription())
                window.ask_path = lambda _: str(tmp_path / "bericht.pdf")
                window.save()
                window.close()
                return
        QTimer.singleShot(50, close_soon)

    QTimer.singleShot(50, close_soon)
    result = play_by_hand("vpn-zugangsdienst", tmp_path / "uebung", tempo=30.0)
    assert result["belege"] == 0
    assert not result["bestanden"]
    assert result["gut"][0] in told[0]
    assert all(point in told[0] for point in result["ueben"])
    assert (tmp_path / "bericht.pdf").read_bytes() == (tmp_path / "uebung" / REPORT).read_bytes()
    assert contents(real) == before
    assert json.dumps(result)
    assert (tmp_path / "uebung" / REPORT).read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("command", ["handbuch", "tischkarte"])
def test_handbook_and_desk_card_are_written(command: str, tmp_path: Path) -> None:
    from papierbruecke.cli import main

    assert main([command, "-o", str(tmp_path / "datei.pdf"), "--json"]) == 0
    pages = paper.pages((tmp_path / "datei.pdf").read_bytes())
    text = " ".join(paper.text_of(page) for page in pages)
    for word in ("F12", "Strg+M", "Ersatzschein", "Notfallmappe"):
        assert word in text
    assert command == "handbuch" or len(pages) == 1


def test_pictures_of_a_drill_stand_in_the_handbook(tmp_path: Path, qapp: QApplication) -> None:
    from PySide6.QtWidgets import QWidget

    from papierbruecke.uebung.handbook import render_handbook
    from papierbruecke.ui.handbook_text import handbook
    from papierbruecke.ui.pictures import save_picture

    page = QWidget()
    page.resize(720, 450)
    names = [block.bild for block in handbook() if block.art == "bild"]
    for number, name in enumerate(names):
        save_picture(page, tmp_path / f"{number:02d}-{name}.png")
    assert len(names) >= 6
    empty = tmp_path / "leer"
    empty.mkdir()
    without = len(paper.pages(render_handbook(empty)))
    assert len(paper.pages(render_handbook(tmp_path))) > without
    assert len(paper.pages(render_handbook(None))) > without


def test_what_was_still_to_come_ends_with_the_window(tmp_path: Path, qtbot: QtBot) -> None:
    desk, played = DeskTwin(tmp_path / "platz"), []

    def close_soon() -> None:
        for window in QApplication.topLevelWidgets():
            if isinstance(window, MainWindow) and window.isVisible() and window.lage is not None:
                window.close()
            elif isinstance(window, ScoreWindow) and window.isVisible():
                window.close()
                return
        QTimer.singleShot(50, close_soon)

    QTimer.singleShot(50, close_soon)
    live_in_window(desk, {}, [(3.0, lambda: played.append("zu spät"))], lambda: RESULT)
    qtbot.wait(3500)
    assert played == []
