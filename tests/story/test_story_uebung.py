"""The drill: the same window, played by keys, with pictures; and what it refuses."""

import json
from pathlib import Path

import pytest
from PIL import Image

import processes


def test_the_drill_plays_the_whole_day_in_the_window(tmp_path: Path) -> None:
    played = processes.answer("uebung", "-o", tmp_path / "uebung", "--ohne-fenster")
    assert played["gesehen"]["diagnose"] == played["erwartet"]["diagnose"] == "D24"
    assert played["belege"]["rezept"] == 3
    assert played["belege"]["au"] == played["krankenkasse"]["angenommen"] == 2
    assert played["gelungen"] is True
    pictures = sorted((tmp_path / "uebung" / "bilder").glob("*.png"))
    assert len(pictures) == len(played["bilder"]) >= 15
    for path in pictures:
        with Image.open(path) as picture:
            assert picture.size == (1440, 900)
            assert len(picture.convert("RGB").getcolors(maxcolors=1 << 20) or ()) > 20, f"{path.name} shows nothing"
    names = {path.name for path in (tmp_path / "uebung").iterdir()}
    assert any(name.startswith("Abgleich-") for name in names)
    assert json.loads((tmp_path / "uebung" / "ergebnis.json").read_text(encoding="utf-8")) == played
    assert len(list((tmp_path / "uebung" / "papiere").glob("*.pdf"))) == 3 + 1 + 2 * 3


@pytest.mark.parametrize(("szenario", "diagnose"), [("kim-server-aus", "D39"), ("konnektor-aus", "D09")])
def test_other_outages_play_to_their_end(tmp_path: Path, szenario: str, diagnose: str) -> None:
    played = processes.answer("uebung", "--szenario", szenario, "-o", tmp_path / "uebung", "--ohne-fenster")
    assert played["gesehen"]["diagnose"] == diagnose
    assert played["gelungen"] is True


def test_a_folder_that_is_no_drill_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "wichtig.txt").write_text("bleibt", encoding="utf-8")
    refused = processes.answer("uebung", "-o", tmp_path, "--ohne-fenster", code=2)
    assert refused["fehler"][0]["feld"] == "--ausgabe"
    assert [path.name for path in tmp_path.iterdir()] == ["wichtig.txt"]


def test_an_unknown_scenario_is_named(tmp_path: Path) -> None:
    refused = processes.answer("uebung", "--szenario", "gibt-es-nicht", "-o", tmp_path / "u", "--ohne-fenster", code=2)
    assert refused["fehler"][0]["feld"] == "--szenario"
