"""Today's patients are found while somebody types: shown, chosen by a person, never merged (KVDT KP2-300)."""

from pytestqt.qtbot import QtBot

from desk_twin import DeskTwin
from keyboard import Keyboard
from papierbruecke.card.model import Versicherter, Versicherung
from papierbruecke.practice.sqlcipher_patients import FILE
from papierbruecke.ui.main_window import MainWindow


def test_a_patient_of_the_list_is_found_by_name(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    cover = Versicherung(ik="109500969", name="Testkasse Nord", versichertenart="1")
    one, other = (
        Versicherter(nachname="Müller-Probe", vorname="Änne", geburtsdatum=born, versicherten_id=number)
        for born, number in (("1958-03-07", "A123456780"), ("1991-01-01", None))
    )
    twin = Versicherter(nachname="Müller-Probe", vorname="Änne", geburtsdatum="1991-01-01")
    desk.patients().add(
        [("4711", None, one, cover), (None, None, other, None), (None, None, twin, None)], "liste", desk.clock.now()
    )
    panel = window.reception.card
    keys.press("F3")
    keys.text("mueller")
    first = "Müller-Probe, Änne · 07.03.1958 · A123456780 · Nr. 4711"
    qtbot.waitUntil(lambda: first in panel.people.offered)
    assert len(panel.people.offered) == 3, "two that look the same stay two"
    popup = panel.people.popup
    assert popup is not None
    qtbot.waitUntil(popup.isVisible)
    while popup.currentIndex().data() != first:
        keys.press("Down")
    keys.press("Return")
    assert panel.hand.vorname.text() == "Änne"
    assert panel.hand.versicherten_id.text() == "A123456780"
    assert panel.hand.kasse.text() == "Testkasse Nord"
    assert panel.patient is None, "a person looks at it and says F9"


def test_without_a_list_nothing_is_offered_nor_made(desk: DeskTwin) -> None:
    assert desk.search_patients("muster") == ()
    desk.forget_patients()
    assert not (desk.daten / FILE).exists()
