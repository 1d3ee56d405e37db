"""The drill that a person plays: its window, its cards, its end, its report."""

import json
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
from papierbruecke.record.model import AuEingabe, RezeptEingabe
from papierbruecke.uebung.played_by_hand import REPORT, play_by_hand
from papierbruecke.uebung.score import render_score, score
from papierbruecke.ui.drill_window import live_in_window
from papierbruecke.ui.main_window import MainWindow


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
    pages = paper.pages(render_score(result, "vpn-zugangsdienst", local(begin)))
    text = paper.text_of(pages[0])
    assert "42 s" in text
    assert second.belegnummer in text
    assert "Übung vom 23.11.2026" in text


def test_the_window_of_the_drill_opens_closes_and_leaves_a_report(tmp_path: Path, qapp: QApplication) -> None:
    def close_soon() -> None:
        for window in qapp.topLevelWidgets():
            if isinstance(window, MainWindow) and window.isVisible() and window.lage is not None:
                assert "ÜBUNG" in window.windowTitle()
                window.close()
                return
        QTimer.singleShot(50, close_soon)

    QTimer.singleShot(50, close_soon)
    result = play_by_hand("vpn-zugangsdienst", tmp_path / "uebung", tempo=30.0)
    assert result["belege"] == 0
    assert not result["bestanden"]
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
    assert len(paper.pages(render_handbook(tmp_path))) > len(paper.pages(render_handbook(None)))


def test_what_was_still_to_come_ends_with_the_window(tmp_path: Path, qtbot: QtBot) -> None:
    desk, played = DeskTwin(tmp_path / "platz"), []

    def close_soon() -> None:
        for window in QApplication.topLevelWidgets():
            if isinstance(window, MainWindow) and window.isVisible() and window.lage is not None:
                window.close()
                return
        QTimer.singleShot(50, close_soon)

    QTimer.singleShot(50, close_soon)
    live_in_window(desk, {}, [(3.0, lambda: played.append("zu spät"))])
    qtbot.wait(3500)
    assert played == []
