"""The states in which somebody meets the window: every page, form and part that opens beside one."""

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from desk_twin import ARVATO, picture
from keyboard import Keyboard, settle, write_rezept
from papierbruecke.outage.model import Dienst
from papierbruecke.ui.main_window import MainWindow
from papierbruecke.ui.places import NAMES
from papierbruecke.ui.setting_parts import PARTS

State = Callable[[MainWindow, Keyboard, QtBot], None]


def _printed(art: str) -> State:
    def prepare(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
        if art == "rezept":
            write_rezept(window, keys, qtbot)
        else:
            keys.press("F2")
            settle(window, qtbot)
            keys.press({"au": "F5", "schein": "F6"}[art])
            if art == "au":
                window.reception.au.bis.set_text("+2")
                window.reception.au.diagnosen[0].set_text("J06.9")
            else:
                keys.press("Return")
            keys.press("F9")
            settle(window, qtbot)
        keys.press("J")
        settle(window, qtbot)
        keys.press("Esc")
        keys.press("F8")
        settle(window, qtbot)

    return prepare


def _steps(art: str) -> State:
    def prepare(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
        _printed(art)(window, keys, qtbot)
        window.outbox.open_steps()
        settle(window, qtbot)
        assert window.outbox.steps.isVisible()

    return prepare


def _reprint(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    _printed("au")(window, keys, qtbot)
    window.outbox.open_reprint()
    assert window.outbox.reprint.isVisible()


def _form(key: str) -> State:
    return lambda window, keys, qtbot: keys.press(key)


def _hand(key: str) -> State:
    """The entry by hand with all it has, open beside a form."""

    def prepare(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
        keys.press(key)
        keys.press("F3")
        window.reception.card.hand.more_button.setChecked(True)

    return prepare


def _hand_left(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    _hand("F4")(window, keys, qtbot)
    keys.press("F4")


def _accident(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    window.reception.rezept.marks.arbeitsunfall.setChecked(True)
    window.reception.rezept.marks.art.choose("hilfsmittel")


def _medicines(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    for row in range(3):
        window.reception.rezept.rows[row].mittel.edit.setFocus()
        keys.text("Ramipril Test")


def _diagnoses(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    keys.press("F5")
    for number in range(6):
        window.reception.au.diagnosen[number].edit.setFocus()
        keys.text("J06.9")


def _ingredients(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    _rezeptur(window, keys, qtbot)
    for number in range(3):
        window.reception.rezept.rezeptur.bestandteile[number][0].edit.setFocus()
        keys.text("Salbe")


def _stock(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    window.reception.rezept.stock.open_button.click()


def _rezeptur(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    window.reception.rezept.rezeptur_button.click()


def _place(name: str) -> State:
    def prepare(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
        window.show_lage(picture(ARVATO, Dienst.EREZEPT, Dienst.KIM))
        window.open_mode() if name == "betriebsart" else window.show_place(name)
        settle(window, qtbot)

    return prepare


def _part(at: int) -> State:
    def prepare(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
        window.show_place("einstellungen")
        window.setup.show_part(at)
        window.setup.enter()
        settle(window, qtbot)

    return prepare


STATES: dict[str, State] = {
    **{f"formular {key}": _form(key) for key in ("F4", "F5", "F6")},
    **{f"von Hand neben {key}": _hand(key) for key in ("F4", "F5", "F6")},
    "im Formular neben Von Hand": _hand_left,
    "Arbeitsunfall und Hilfsmittel": _accident,
    "drei Mittel": _medicines,
    "sechs Diagnosen": _diagnoses,
    "drei Bestandteile": _ingredients,
    "Papier zählen": _stock,
    "Rezeptur": _rezeptur,
    **{f"Nachbearbeitung {art}": _printed(art) for art in ("rezept", "au", "schein")},
    **{f"Schritte {art}": _steps(art) for art in ("rezept", "au", "schein")},
    "Nachdruck": _reprint,
    **{place: _place(place) for place in NAMES if place not in ("empfang", "nachbearbeitung", "einstellungen")},
    **{f"Einstellungen {part.name}": _part(at) for at, part in enumerate(PARTS)},
}
