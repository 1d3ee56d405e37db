"""F6: a slip from card data or by hand, with search, signature and the warning of design §12."""

import dataclasses

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel
from pytestqt.qtbot import QtBot

from desk_twin import ARVATO, MORGENS, DeskTwin, picture
from keyboard import Keyboard, settle
from papierbruecke.card.model import KarteGelesen
from papierbruecke.forms.vorrat import Bestand
from papierbruecke.outage.model import Dienst, Ergebnis, Messung
from papierbruecke.outbox.model import Zustand
from papierbruecke.practice.model import Abrechnungsbereich, Ik, Kostentraeger, Zeitraum
from papierbruecke.record.model import ErsatzscheinEingabe
from papierbruecke.ui.main_window import MainWindow

BUDGET = 10


def focus_name() -> str:
    widget = QApplication.focusWidget()
    return widget.objectName() if widget is not None else ""


def stored_slip(desk: DeskTwin) -> ErsatzscheinEingabe:
    (line,) = desk.belege()
    beleg = desk.store().get(line.kennung)
    assert beleg is not None
    assert isinstance(beleg.inhalt, ErsatzscheinEingabe)
    return beleg.inhalt


def test_a_slip_from_card_to_signature(desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    assert window.place == "empfang"
    keys.press("F2")
    settle(window, qtbot)
    keys.press("F6")
    settle(window, qtbot)
    assert window.reception.ersatzschein.view.pages == 1
    assert focus_name() == "ersatz_karte_defekt"
    keys.press("Return")
    keys.press("F9")
    settle(window, qtbot)
    assert window.reception.form.bar.question == "Ist das Blatt richtig gedruckt?"
    keys.press("J")
    settle(window, qtbot)
    assert "unterschrieben" in window.reception.form.bar.question
    keys.press("J")
    settle(window, qtbot)
    assert keys.pressed <= BUDGET
    (line,) = desk.belege()
    assert line.zustand is Zustand.GEDRUCKT
    assert [formular for formular, _, _ in desk.printer_twin.printed] == ["ersatzschein"]
    assert "unterschrieben" in [event.was for event in desk.store().events(line.kennung)]
    assert stored_slip(desk).ersatzschein.grund == "karte_defekt"
    (row,) = window.lists.rows
    assert "Unterschrift" not in (row.noch_zu_tun or "")


def test_a_signature_for_later_is_remembered(desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    keys.press("F2")
    settle(window, qtbot)
    for key in ("F6", "Return", "F9"):
        keys.press(key)
        settle(window, qtbot)
    for key in ("J", "Esc"):
        keys.press(key)
        settle(window, qtbot)
    (row,) = window.lists.rows
    assert row.noch_zu_tun is not None
    assert row.noch_zu_tun.startswith("Unterschrift der versicherten Person einholen.")


def test_without_a_reason_it_says_so_and_stores_nothing(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    keys.press("F2")
    settle(window, qtbot)
    keys.press("F6")
    keys.press("F9")
    settle(window, qtbot)
    assert "warum keine Karte" in window.reception.ersatzschein.objections.text
    assert desk.belege() == []


def test_f3_goes_from_card_data_to_typed_data_and_back_without_loss(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    keys.press("F2")
    settle(window, qtbot)
    keys.press("F6")
    keys.press("Return")
    panel = window.reception.card
    keys.press("F3")
    assert panel.hand.nachname.text() == "Beispiel-Testfrau"
    panel.hand.ort.set_text("Neustadt-Muster")
    keys.press("F3")
    assert panel.patient is not None
    assert panel.patient.herkunft == "karte"
    keys.press("F3")
    assert panel.hand.ort.text() == "Neustadt-Muster"
    keys.press("F9")
    settle(window, qtbot)
    assert panel.patient.herkunft == "hand"
    assert panel.patient.versicherung.wop == "72"
    assert panel.patient.versicherung.ende is None
    assert window.reception.ersatzschein.grund == "karte_defekt"
    keys.press("F2")
    settle(window, qtbot)
    assert panel.patient.herkunft == "karte"
    assert window.reception.ersatzschein.grund == "karte_defekt"


def test_another_name_keeps_nothing_of_the_first_person(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    (given,) = desk.cards
    assert isinstance(given, KarteGelesen)
    person = given.daten.versicherter.model_copy(update={"vorsatzwort": "von"})
    desk.cards = [dataclasses.replace(given, daten=given.daten.model_copy(update={"versicherter": person}))]
    keys.press("F2")
    settle(window, qtbot)
    keys.press("F3")
    hand = window.reception.card.hand
    assert hand.patient(MORGENS).versicherter.vorsatzwort == "von"
    hand.nachname.set_text("Probe")
    hand.ik.set_text("109500969")
    typed = hand.patient(MORGENS)
    assert typed.versicherter.vorsatzwort is None
    assert typed.versicherung.wop is None


def fund(name: str, vknr: str, ik: str) -> Kostentraeger:
    return Kostentraeger(
        vknr=vknr,
        name=name,
        kurzname=name,
        suchname=name,
        gruppe="01",
        gueltig=Zeitraum(),
        ik=(Ik(ik=ik, abrechnung=True),),
        bereiche=(Abrechnungsbereich(ktab="00", druckname=name.upper()),),
        orte=("Musterstadt",),
    )


def test_a_krankenkasse_is_found_while_typing(desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    known = [fund("Testkasse Nord", "01101", "109500969"), fund("Testkasse Süd", "02101", "101234561")]
    asked: list[str] = []

    def search(text: str) -> list[Kostentraeger]:
        asked.append(text)
        return [each for each in known if each.name.lower().startswith(text.lower())]

    panel = window.reception.card
    panel.funds._search = search
    keys.press("F3")
    panel.hand.kasse.edit.setFocus()
    keys.text("testkasse s")
    qtbot.waitUntil(lambda: panel.funds.offered == ["Testkasse Süd, Musterstadt · 02101"])
    popup = panel.funds.popup
    assert popup is not None
    qtbot.waitUntil(popup.isVisible)
    keys.press("Down")
    keys.press("Return")
    assert panel.hand.kasse.text() == "TESTKASSE SÜD"
    assert panel.hand.ik.text() == "101234561"
    assert focus_name() == "hand_versicherten_id"
    assert panel.hand.patient(MORGENS).versicherung.vknr == "02101"


def test_it_warns_while_konnektor_and_terminal_still_work(window: MainWindow) -> None:
    page = window.reception.ersatzschein
    window.show_lage(picture(ARVATO, Dienst.VSDM))
    assert page.reads.text == ""
    terminal = Messung(probe="P8", ziel="terminal", zeit=MORGENS, ergebnis=Ergebnis.OK, befund="steckt")
    lage = picture(ARVATO, Dienst.VSDM)
    window.show_lage(lage.model_copy(update={"proben": (*lage.proben, terminal)}))
    assert "Praxissoftware einlesen" in page.reads.text


@pytest.fixture
def drawer(desk: DeskTwin, monkeypatch: pytest.MonkeyPatch) -> dict[str, Bestand]:
    """What the counter says of each form."""
    left: dict[str, Bestand] = {}
    monkeypatch.setattr(desk, "bestand", left.get)
    return left


def test_with_muster_5_in_the_drawer_the_patient_signs_there(
    desk: DeskTwin, drawer: dict[str, Bestand], window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    drawer["muster5"] = Bestand(vordruck="muster5", anzahl=3, warnen_ab=2)
    window.reception.set_settings(desk.settings, "Empfang")
    settle(window, qtbot)
    page = window.reception.ersatzschein
    settle(window, qtbot)
    assert page.unterschrift.value() == "muster5"
    assert page.stock.stand.text() == "Nach dem Zähler sind 3 Vordrucke Muster 5 da."
    assert page.draft() == {}, "nobody chose anything yet"
    keys.press("F2")
    settle(window, qtbot)
    for key in ("F6", "Return", "F9"):
        keys.press(key)
        settle(window, qtbot)
    drawer["muster5"] = Bestand(vordruck="muster5", anzahl=2, warnen_ab=2)
    for key in ("J", "J"):
        keys.press(key)
        settle(window, qtbot)
    assert stored_slip(desk).ersatzschein.auf_muster5
    assert page.stock.hint.text == "Nach dem Zähler sind noch 2 Vordrucke Muster 5 da. Bitte nachbestellen."
    drawer["muster5"] = Bestand(vordruck="muster5", anzahl=0, warnen_ab=2)
    window.reception.set_settings(desk.settings, "Empfang")
    settle(window, qtbot)
    assert page.unterschrift.value() == "schein", "without a stock our own sheet carries the signature"


def test_a_choice_against_muster_5_is_kept(
    desk: DeskTwin, drawer: dict[str, Bestand], window: MainWindow, qtbot: QtBot
) -> None:
    drawer["muster5"] = Bestand(vordruck="muster5", anzahl=3, warnen_ab=2)
    window.reception.set_settings(desk.settings, "Empfang")
    settle(window, qtbot)
    page = window.reception.ersatzschein
    settle(window, qtbot)
    for chosen in ("schein", "notfall"):
        page.unterschrift.choose(chosen)
        draft = page.draft()
        page.clear()
        assert page.unterschrift.value() == "muster5"
        page.restore(draft)
        assert page.unterschrift.value() == chosen


def test_every_letter_of_the_page_is_given_once(window: MainWindow, keys: Keyboard) -> None:
    keys.press("F6")
    page = window.reception.ersatzschein
    marked = [w.text() for w in page.findChildren(QAbstractButton)] + [w.text() for w in page.findChildren(QLabel)]
    letters = [text[text.index("&") + 1].upper() for text in marked if "&" in text.replace("&&", "")]
    assert sorted(letters) == sorted(set(letters))
