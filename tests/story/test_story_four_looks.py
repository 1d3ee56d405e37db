"""Every state of the drill in four looks, as pictures for the eye (issue 8, proof).

Names a folder to begin: ``PAPIERBRUECKE_BILDER=ordner pytest tests/story/test_story_four_looks.py``.
"""

import os
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from papierbruecke.uebung import play
from papierbruecke.ui import theme
from papierbruecke.ui.main_window import MainWindow
from papierbruecke.ui.pictures import save_picture
from papierbruecke.ui.typist import Typist

FOLDER = os.environ.get("PAPIERBRUECKE_BILDER", "")
LOOKS = {
    f"{thema.value}-{text * 100:.0f}": theme.Look(thema, text)
    for thema in (theme.Thema.HELL, theme.Thema.DUNKEL)
    for text in (1.0, 2.0)
}


@pytest.mark.qt_log_ignore("This plugin does not support")  # without a screen nothing can be raised
@pytest.mark.skipif(not FOLDER, reason="PAPIERBRUECKE_BILDER names no folder for the pictures")
def test_every_state_is_pictured_in_four_looks(
    tmp_path: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = Typist.picture

    def four_times(hand: Typist, name: str) -> None:
        once(hand, name)
        window = hand._window
        assert isinstance(window, MainWindow)
        for look_name, look in LOOKS.items():
            window.dress(look)
            hand.rest(0.1)
            save_picture(window, Path(FOLDER) / look_name / hand.taken[-1].name)
        window.dress(theme.Look())

    monkeypatch.setattr(Typist, "picture", four_times)
    played = play("vpn-zugangsdienst", tmp_path / "uebung", windowless=True, tempo=30.0)
    assert len(played["bilder"]) >= 15
    for look_name in LOOKS:
        assert sorted(path.name for path in (Path(FOLDER) / look_name).glob("*.png")) == sorted(played["bilder"])
