"""The handbook in the program: with its pictures, none of them stale, all of them small."""

from PIL import Image
from pytestqt.qtbot import QtBot

from keyboard import WAIT_MS, Keyboard, settle
from papierbruecke import resources
from papierbruecke.uebung.handbook_pictures import STAND, fingerprint, picture_names
from papierbruecke.ui.main_window import MainWindow

BILDER = resources.folder() / "handbuch" / "bilder"


def test_the_pictures_are_those_of_this_window() -> None:
    assert (BILDER / STAND).read_text(encoding="utf-8").strip() == fingerprint(), "run packaging/handbook_pictures.py"
    assert {path.stem for path in BILDER.glob("*.png")} == set(picture_names())
    assert len(picture_names()) == len(set(picture_names())) >= 7


def test_the_pictures_are_small_and_show_something() -> None:
    assert sum(path.stat().st_size for path in BILDER.iterdir()) < 700_000
    for path in BILDER.glob("*.png"):
        with Image.open(path) as picture:
            assert picture.size == (960, 600)
            assert len(picture.convert("RGB").getcolors(maxcolors=1 << 20) or ()) > 15, path.name


def test_the_help_page_shows_them_when_somebody_looks(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    pictures = window.help.pictures
    assert not pictures, "nobody looked yet"
    keys.press("F1")
    assert window.help.isVisible()
    assert not pictures, "the keys come first"
    qtbot.waitUntil(lambda: len(pictures) == len(picture_names()), timeout=WAIT_MS)
    settle(window, qtbot)
    assert all(picture.shown and picture.accessibleName() for picture in pictures)
    assert all(picture.heightForWidth(480) == 300 for picture in pictures)
