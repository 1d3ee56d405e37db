"""The page Lage, its pictures and tables, and the window in every size."""

import json
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel
from pytestqt.qtbot import QtBot

from desk_twin import ARVATO, DeskTwin, LookBackTwin, picture
from keyboard import Keyboard, settle
from papierbruecke.outage.model import Dienst, Ergebnis
from papierbruecke.ui import theme
from papierbruecke.ui.certificate_table import CertificateModel
from papierbruecke.ui.main_window import MainWindow
from papierbruecke.ui.pictures import save_picture


def test_the_lage_says_where_it_is_and_gives_a_sentence_to_copy(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    window.show_lage(picture(ARVATO, *Dienst))
    keys.press("F10")
    settle(window, qtbot)
    assert window.place == "lage"
    words = [label.text() for label in window.lage_page.findChildren(QLabel)]
    assert "Lagebild der gematik" in words
    assert "TI-Zugang: 58,6 % verfügbar" in window.lage_page.picture.accessibleDescription()
    assert window.lage_page.watched.text() == "2 überwacht"
    keys.press("Ctrl+H")
    assert "(D24)" in QApplication.clipboard().text()


def test_a_person_asks_the_erezept_service_from_the_keyboard(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    window.show_lage(picture(None))
    keys.press("F10")
    settle(window, qtbot)
    for answer, sentence in (
        (Ergebnis.OK, "Der E-Rezept-Dienst hat um 08:40 Uhr geantwortet."),
        (Ergebnis.FEHLER, "Der E-Rezept-Dienst hat um 08:40 Uhr nicht geantwortet."),
        (Ergebnis.UNBEKANNT, "Der E-Rezept-Dienst wurde zuletzt um 08:40 Uhr gefragt"),
    ):
        desk.erezept = answer
        window.lage_page.erezept_button.setFocus()
        keys.press("Space")
        settle(window, qtbot)
        assert window.lage_page.hint.text.startswith(sentence)
        assert window.lage_page.erezept_button.isEnabled()


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_the_shown_period_is_saved_as_a_file(
    window: MainWindow, keys: Keyboard, qtbot: QtBot, tmp_path: Path, ending: str
) -> None:
    keys.press("F10")
    settle(window, qtbot)
    page, target, suggested = window.lage_page, tmp_path / f"verlauf.{ending}", []

    def chosen(suggestion: str) -> str:
        suggested.append(suggestion)
        return str(target)

    page.ask_table_path = chosen
    page.show_period("woche")
    page.export_button.setFocus()
    keys.press("Space")
    settle(window, qtbot)
    assert page.hint.text == f"Gesichert als verlauf.{ending}."
    assert suggested[0].startswith("TI-Verlauf-woche-")
    data = target.read_bytes()
    if ending == "json":
        assert len(json.loads(data)["spuren"]) == 7
    else:
        assert data.startswith(b"\xef\xbb\xbfStelle;Von;Bis;")
    page.ask_table_path = lambda _: ""  # a person changed her mind
    page.hint.show_text("")
    keys.press("Space")
    settle(window, qtbot)
    assert page.hint.text == ""


def test_the_inventory_is_a_well_behaved_model() -> None:
    model = CertificateModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_inventory(LookBackTwin().inventory())
    assert model.rowCount() == 2
    assert model.index(0, 4).data() == "in 83 Tagen · Folgekarte bestellen"
    assert model.index(1, 4).data() == "in Ordnung"


# 720 x 450: a screen of 1440 x 900 at 200 % scaling.
@pytest.mark.parametrize(
    ("size", "text"),
    [
        ((1440, 900), 1.0),
        ((1280, 720), 1.0),
        ((1024, 700), 1.0),
        ((720, 450), 1.0),
        ((1440, 900), 2.0),
        ((1280, 720), 2.0),
        ((1024, 700), 2.0),
    ],
    ids=str,
)
def test_no_button_is_ever_cut_and_the_banner_stays_low(
    window: MainWindow, qtbot: QtBot, qapp: QApplication, tmp_path: Path, size: tuple[int, int], text: float
) -> None:
    window.show_lage(picture(ARVATO, *Dienst))
    window.resize(*size)
    window.dress(theme.Look(theme.Thema.HELL, text))
    settle(window, qtbot)
    for place in ("empfang", "nachbearbeitung", "hilfe"):
        window.show_place(place)
        settle(window, qtbot)
        picture_file = tmp_path / f"{place}.png"
        save_picture(window, picture_file)
        assert QImage(str(picture_file)).width() == window.width()
    if text == 1.0:
        assert window.banner.height() <= 100
    window.show_place("empfang")
    settle(window, qtbot)
    for made in window.reception.findChildren(QAbstractButton):
        if made.isVisible() and made.objectName() in ("haupt", "karte_lesen", "von_hand", "leeren"):
            assert made.width() >= made.minimumSizeHint().width(), made.objectName()
    window.dress(theme.Look())
