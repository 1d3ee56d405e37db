"""Before signing: the batch page by page, by keys, drawn from what the signature covers."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import inputs
from desk_twin import DeskTwin, settings
from keyboard import WAIT_MS, Keyboard, open_window, settle
from papierbruecke.outbox.model import Uebersicht
from papierbruecke.record.model import AuEingabe, RezeptEingabe, Weg
from papierbruecke.resubmit.show_content import NICHTS_MEHR
from papierbruecke.ui.main_window import MainWindow


@pytest.fixture
def desk(tmp_path: Path) -> DeskTwin:
    return DeskTwin(tmp_path / "platz", settings(weg_au=Weg.DIREKT, pruefnummer="Y/400/2107/36/999"))


def issue_au(desk: DeskTwin, name: str, **parts: Any) -> Uebersicht:
    document = inputs.au()
    document["versicherter"]["nachname"] = name
    for part, values in parts.items():
        document[part] = document[part] | values
    line = desk.issue_au(AuEingabe.model_validate(document), "Test")
    desk.confirm_printed(line.kennung, "Test")
    return line


@pytest.fixture
def window(desk: DeskTwin, qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
    (rezept,) = desk.issue_rezept(RezeptEingabe.model_validate(inputs.rezept()), "Test")
    desk.confirm_printed(rezept.kennung, "Test")
    for name in ("Erste", "Zweite", "Dritte"):
        issue_au(desk, name)
    issue_au(desk, "Ohne", versicherung={"personengruppe": "07"})
    made = open_window(desk, qtbot, qapp)
    made.show_place("nachbearbeitung")
    settle(made, qtbot)
    yield made
    made.close()


def look(window: MainWindow, qtbot: QtBot) -> None:
    Keyboard(window).press("Alt+E")
    qtbot.waitUntil(window.outbox.view.isVisible, timeout=WAIT_MS)
    settle(window, qtbot)


def words(window: MainWindow) -> str:
    return window.outbox.view.words.text()


def test_the_batch_is_looked_at_by_keys(window: MainWindow, qtbot: QtBot, desk: DeskTwin) -> None:
    keys, view = Keyboard(window), window.outbox.view
    second = next(line for line in window.lines if line.patient.startswith("Zweite"))
    window.outbox.select(second)
    look(window, qtbot)
    assert view.isVisible()
    assert "Zweite" in view.title.text()
    assert view.stand.text() == "Das wird signiert"
    assert str(second.kennung) in words(window)
    seen = set()
    for _ in range(4):
        keys.press("Left")
        settle(window, qtbot)
    assert view.title.text().startswith("1 von 4")
    for _ in range(4):
        seen.add(view.line.patient.split(",")[0])
        if view.line.patient.startswith("Ohne"):
            assert "Personengruppe 07" in view.hint._text.text()
            assert not view.page.isVisible()
        else:
            assert view.line.patient.split(",")[0] in words(window)
            assert view.page.pages == 1
        keys.press("Right")
        settle(window, qtbot)
    assert {"Erste", "Zweite", "Dritte", "Ohne"} <= seen
    keys.press("Escape")
    assert not view.isVisible()
    assert window.outbox.table.isVisible()


def test_what_is_seen_is_what_would_be_signed(window: MainWindow, qtbot: QtBot, desk: DeskTwin) -> None:
    line = next(line for line in window.lines if line.patient.startswith("Erste"))
    shown = desk.show_content(line)
    window.outbox.select(line)
    look(window, qtbot)
    assert window.outbox.view.words.text() == "\n".join(f"{name}: {value}" for name, value in shown.angaben)
    with pypdfium2.PdfDocument(BytesIO(shown.pdf)) as document:
        assert "Erste" in document[0].get_textpage().get_text_range()


def test_a_prescription_leads_to_the_batch_and_not_to_itself(window: MainWindow, qtbot: QtBot) -> None:
    rezept = next(line for line in window.lines if line.art.value == "rezept")
    window.outbox.select(rezept)
    look(window, qtbot)
    assert window.outbox.view.title.text().startswith("1 von 4")


def test_what_is_done_another_way_says_so(window: MainWindow, qtbot: QtBot, desk: DeskTwin) -> None:
    line = next(line for line in window.lines if line.patient.startswith("Ohne"))
    desk.by_hand().keep_on_paper(line.kennung, "Test", "personengruppe_07")
    window.lists.reload_now()
    settle(window, qtbot)
    window.outbox.select(line)
    look(window, qtbot)
    assert window.outbox.view.hint._text.text() == NICHTS_MEHR
    assert window.outbox.view.stand.text() == "Wird nicht signiert"
