"""The KIM address of a Krankenkasse at the desk: looked up, typed, confirmed, explained at its field, imported."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

import inputs
from desk_twin import DeskTwin, settings
from keyboard import WAIT_MS, Keyboard, settle
from papierbruecke.konnektor.faults import SAETZE, failure
from papierbruecke.konnektor.vzd import Verzeichnisadresse, Verzeichniseintrag
from papierbruecke.outbox.model import Uebersicht
from papierbruecke.practice.find_recipient import FindRecipient
from papierbruecke.record.model import AuEingabe
from papierbruecke.ui.lists_panel import ListsPanel
from papierbruecke.ui.long_work import STOPPED
from papierbruecke.ui.main_window import MainWindow
from papierbruecke.ui.recipient import KEINER, OHNE_VERZEICHNIS
from papierbruecke.ui.setting_parts import PARTS
from papierbruecke.ui.steps_panel import StepsPanel

IK = "101234561"
EAU = "eau@kasse.kim.telematik"


class TwinVerzeichnis:
    """Answers with these addresses, or fails."""

    def __init__(self, *adressen: str, trouble: str = "") -> None:
        self._adressen, self._trouble = adressen, trouble

    def suche(self, ik: str) -> tuple[Verzeichniseintrag, ...]:
        if self._trouble:
            raise failure(self._trouble)
        found = tuple(Verzeichnisadresse(adresse=a) for a in self._adressen)
        return (Verzeichniseintrag(name="Testkasse Mitte", adressen=found),)


@pytest.fixture
def line(desk: DeskTwin) -> Uebersicht:
    """A printed sick note that this program sends itself."""
    desk.settings = settings(weg_au="direkt")
    made = desk.issue_au(AuEingabe.model_validate(inputs.au()), "Test")
    desk.confirm_printed(made.kennung, "Test")
    return made


def open_steps(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> StepsPanel:
    window.lists.reload_now()
    settle(window, qtbot)
    keys.press("F8")
    keys.press("Alt+W")
    qtbot.waitUntil(window.outbox.steps.isVisible, timeout=WAIT_MS)
    settle(window, qtbot)
    return window.outbox.steps


def press(panel: StepsPanel, keys: Keyboard, name: str) -> None:
    panel.setFocus()
    at = [step.name for step, _ in panel.steps].index(name)
    panel.steps[at][1].setFocus()
    keys.press("Return")


def asks(desk: DeskTwin, vzd: TwinVerzeichnis | None) -> None:
    known = desk.settings.kim.kassenadressen
    desk.find_recipient = lambda: FindRecipient(known, desk.clock, test=False, verzeichnis=vzd)  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("vzd", "words"),
    [
        (TwinVerzeichnis(EAU), f"Testkasse Mitte ({IK}): {EAU}. Erfragt am 23.11.2026, 08:40 Uhr."),
        (TwinVerzeichnis(), KEINER),
        (TwinVerzeichnis(EAU, "b@kasse.kim.telematik"), f"{EAU}\nb@kasse.kim.telematik"),
        (TwinVerzeichnis(trouble="vzd.unavailable"), SAETZE["vzd.unavailable"]),
        (TwinVerzeichnis(trouble="vzd.too_many"), SAETZE["vzd.too_many"]),
        (None, OHNE_VERZEICHNIS),
    ],
)
def test_the_directory_is_asked_by_a_key(
    desk: DeskTwin,
    window: MainWindow,
    keys: Keyboard,
    qtbot: QtBot,
    line: Uebersicht,
    vzd: TwinVerzeichnis | None,
    words: str,
) -> None:
    asks(desk, vzd)
    press(open_steps(window, keys, qtbot), keys, "kim_suchen")
    settle(window, qtbot)
    assert words in window.outbox.hint.text


def test_a_wrong_address_is_explained_at_its_field_and_a_right_one_is_remembered(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot, line: Uebersicht
) -> None:
    panel = open_steps(window, keys, qtbot)
    press(panel, keys, "kim_bestaetigen")
    assert panel.note.objection
    panel.note.set_text("post@beispiel.de")
    press(panel, keys, "kim_bestaetigen")
    assert panel.note.objection == "Das ist keine KIM-Adresse; sie sieht aus wie name@kasse.kim.telematik."
    assert panel.note.edit.hasFocus()
    assert desk.settings.kim.kassenadressen == {}
    panel.note.set_text("eau@kasse.kim.telematik-test")
    press(panel, keys, "kim_bestaetigen")
    settle(window, qtbot)
    assert "Testadressen" in window.outbox.hint.text
    panel.note.set_text(EAU)
    press(panel, keys, "kim_bestaetigen")
    settle(window, qtbot)
    assert desk.settings.kim.kassenadressen == {IK: EAU}
    assert EAU in window.outbox.hint.text
    noted = [e for e in desk.store().events(None) if e.was == "kassenadresse_bestaetigt"]
    assert [e.detail for e in noted] == [{"ik": IK, "adresse": EAU}]


@pytest.fixture
def lists(window: MainWindow) -> ListsPanel:
    window.show_place("einstellungen")
    window.setup.show_part(next(at for at, part in enumerate(PARTS) if part.panel == "listen"))
    return window.setup.lists


def test_a_list_of_krankenkassen_comes_in_whole_or_not_at_all(
    lists: ListsPanel, desk: DeskTwin, window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "kassen.csv"
    lists.ask_open = lambda _title, _pattern: str(path)
    path.write_text(f"IK;KIM-Adresse\n{IK};{EAU}\n109500969;falsch\n", encoding="utf-8")
    lists.buttons["kassen"].click()
    settle(window, qtbot)
    assert "Zeile 3" in lists.work.hint.text
    assert desk.settings.kim.kassenadressen == {}
    path.write_text(f"IK;KIM-Adresse\n{IK};{EAU}\n", encoding="utf-8")
    lists.buttons["kassen"].click()
    settle(window, qtbot)
    assert lists.work.hint.text == "Krankenkassen: 1 Eintrag eingelesen."
    assert desk.settings.kim.kassenadressen == {IK: EAU}


def test_a_list_of_krankenkassen_can_be_stopped(
    lists: ListsPanel, desk: DeskTwin, window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "kassen.csv"
    path.write_text(f"IK;KIM-Adresse\n{IK};{EAU}\n", encoding="utf-8")
    lists.ask_open = lambda _title, _pattern: str(path)
    take = desk.take_kassen
    desk.take_kassen = lambda data, show=None, cancel=None: (cancel.set(), take(data, show, cancel))[1]  # type: ignore
    lists.buttons["kassen"].click()
    settle(window, qtbot)
    assert lists.work.hint.text == STOPPED
    assert desk.settings.kim.kassenadressen == {}


def test_saving_the_settings_brings_back_no_older_addresses(
    lists: ListsPanel, desk: DeskTwin, window: MainWindow, keys: Keyboard, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "kassen.csv"
    path.write_text(f"IK;KIM-Adresse\n{IK};{EAU}\n", encoding="utf-8")
    lists.ask_open = lambda _title, _pattern: str(path)
    lists.buttons["kassen"].click()
    settle(window, qtbot)
    keys.press("F9")
    settle(window, qtbot)
    assert window.setup.hint.text == "Gesichert."
    assert desk.settings.kim.kassenadressen == {IK: EAU}
