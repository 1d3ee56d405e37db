"""What only a person can decide, by keys: checked-off E-Rezepte, post, void, comparison, copies field by field."""

import threading
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import inputs
import stores
from desk_twin import DeskTwin, card, settings
from eeb import bundle
from keyboard import WAIT_MS, Keyboard, settle, write_rezept
from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.kim.model import EebMail
from papierbruecke.outbox.model import Uebersicht, Zustand
from papierbruecke.practice.find_recipient import FindRecipient
from papierbruecke.reconcile.find_eeb import FindEeb
from papierbruecke.record.model import AuEingabe, BelegArt, ErsatzscheinEingabe
from papierbruecke.resubmit.by_hand import proof_of
from papierbruecke.settings import PvsEinstellungen
from papierbruecke.ui.main_window import MainWindow
from papierbruecke.ui.steps import SCHRITTE
from papierbruecke.ui.steps_panel import KEYS
from papierbruecke.vault.users import PRAXIS, Rolle
from twins import TwinKim, envelope


def printed(desk: DeskTwin, line: Uebersicht) -> Uebersicht:
    desk.confirm_printed(line.kennung, "Test")
    return line


def open_steps(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> list[str]:
    window.lists.reload_now()
    settle(window, qtbot)
    keys.press("F8")
    keys.press("Alt+W")
    qtbot.waitUntil(window.outbox.steps.isVisible, timeout=WAIT_MS)
    settle(window, qtbot)
    return [step.name for step, _ in window.outbox.steps.steps]


def number(names: list[str], name: str) -> str:
    return KEYS[names.index(name)]


def test_a_prepared_e_rezept_is_checked_off(desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    write_rezept(window, keys, qtbot)
    keys.press("J")
    settle(window, qtbot)
    names = open_steps(window, keys, qtbot)
    keys.press(number(names, "verworfen"))
    settle(window, qtbot)
    assert not window.outbox.steps.isVisible()
    (line,) = desk.belege()
    assert any(e.detail.get("stand") == "verworfen" for e in desk.store().events(line.kennung))


def test_a_tick_names_the_user_of_the_practice_system_and_the_time(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    write_rezept(window, keys, qtbot)
    keys.press("J")
    settle(window, qtbot)
    names = open_steps(window, keys, qtbot)
    window.outbox.steps.note.set_text("mm2")
    keys.press(number(names, "eingetragen"))
    settle(window, qtbot)
    (line,) = desk.belege()
    assert line.zustand is Zustand.DOKUMENTIERT
    assert desk.store().events(line.kennung)[-1].detail["hinweis"] == "Praxissoftware: mm2, 23.11.2026 08:40"


def test_post_with_a_letter_whose_address_is_remembered(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    desk.settings = settings(weg_au="direkt")
    line = printed(desk, desk.issue_au(AuEingabe.model_validate(inputs.au()), "Test"))
    names = open_steps(window, keys, qtbot)
    keys.press(number(names, "anschreiben"))
    settle(window, qtbot)
    assert "Postanschrift" in window.outbox.hint.text
    window.outbox.steps.note.set_text("Kassenallee 1; 12345 Musterstadt")
    window.outbox.steps.setFocus()
    keys.press(number(names, "anschreiben"))
    settle(window, qtbot)
    assert [titel for _, _, titel in desk.printer_twin.printed] == [f"Anschreiben {line.belegnummer}"]
    assert desk.settings.kassenanschriften["101234561"].ort == "Musterstadt"
    names = open_steps(window, keys, qtbot)
    keys.press(number(names, "post"))
    settle(window, qtbot)
    assert desk.belege()[0].zustand is Zustand.PER_POST


def test_void_wants_a_reason(desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    printed(desk, desk.issue_au(AuEingabe.model_validate(inputs.au()), "Test"))
    names = open_steps(window, keys, qtbot)
    keys.press(number(names, "ungueltig"))
    assert "Grund" in window.outbox.steps.note.objection
    assert desk.belege()[0].zustand is Zustand.GEDRUCKT
    keys.text("falsche Person")
    window.outbox.steps.setFocus()
    keys.press(number(names, "ungueltig"))
    settle(window, qtbot)
    assert desk.belege()[0].zustand is Zustand.STORNIERT


def test_a_slip_is_compared_with_the_card_and_nothing_is_taken_over(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    line = printed(desk, desk.issue_ersatzschein(ErsatzscheinEingabe.model_validate(inputs.ersatzschein()), "Test"))
    before = desk.store().get(line.kennung)
    desk.cards = [card(vorname="Erica")]
    open_steps(window, keys, qtbot)
    keys.press("K")
    settle(window, qtbot)
    told = window.outbox.steps.hint.text
    assert "Vorname: Schein „Erika“, Karte „Erica“ – weicht ab; in der Praxissoftware gilt der neuere Stand" in told
    desk.cards = [card(versicherten_id="Z000000005")]
    keys.press("K")
    settle(window, qtbot)
    assert "anderen Person" in window.outbox.steps.hint.text
    assert desk.store().get(line.kennung) == before


def test_fields_are_copied_one_after_the_other_and_leave_the_clipboard(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    write_rezept(window, keys, qtbot)
    keys.press("J")
    settle(window, qtbot)
    open_steps(window, keys, qtbot)
    panel = window.outbox.steps
    panel.copies[0].setFocus()
    keys.press("Return")
    assert QApplication.clipboard().text() == "Beispiel-Testfrau"
    keys.press("Return")
    assert QApplication.clipboard().text() == "Erika"
    panel.forget_copy()
    assert QApplication.clipboard().text() == ""
    keys.press("Esc")
    assert not panel.isVisible()


def test_the_sheet_for_typing_in_is_printed_from_the_abgleich(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    window.show_place("abgleich")
    settle(window, qtbot)
    keys.press("Alt+N")
    qtbot.waitUntil(lambda: "gedruckt" in window.abgleich.hint.text, timeout=WAIT_MS)
    assert [titel for _, _, titel in desk.printer_twin.printed] == ["Nacherfassungsbogen"]


def delivered_au(desk: DeskTwin) -> Uebersicht:
    """A sick note that the Krankenkasse has."""
    desk.settings = settings(weg_au="direkt")
    line = printed(desk, desk.issue_au(AuEingabe.model_validate(inputs.au()), "Test"))
    store = desk.store()
    store.sign(line.kennung, b"<xml/>", b"p7s", "Test")
    store.begin_versuch(stores.versuch(line.kennung, desk.clock.now()), Zustand.SIGNIERT, "Test")
    store.advance(line.kennung, Zustand.IN_UEBERTRAGUNG, Zustand.GESENDET, "Test")
    return store.advance(line.kennung, Zustand.GESENDET, Zustand.ZUGESTELLT, "Test")


def test_a_delivered_au_is_taken_back_and_the_doctor_releases_it(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    delivered_au(desk)
    names = open_steps(window, keys, qtbot)
    assert "ungueltig" not in names
    keys.press(number(names, "stornieren"))
    assert "Grund" in window.outbox.steps.note.objection
    keys.text("falsche Person")
    window.outbox.steps.setFocus()
    keys.press(number(names, "stornieren"))
    settle(window, qtbot)
    assert "Papier" in window.outbox.hint.text
    au, storno = desk.belege()
    assert (au.zustand, storno.art, storno.zustand) == (Zustand.ZUGESTELLT, BelegArt.STORNO, Zustand.ERFASST)
    window.outbox.select(storno)
    keys.press("Return")  # the button of the row says "Freigeben"
    qtbot.waitUntil(window.outbox.steps.isVisible, timeout=WAIT_MS)
    settle(window, qtbot)
    names = [step.name for step, _ in window.outbox.steps.steps]
    window.outbox.steps.note.set_text("Dr. Muster")
    keys.press(number(names, "freigeben"))
    settle(window, qtbot)
    assert "F9" in window.outbox.hint.text
    assert desk.store().events(storno.kennung)[-1].detail == {"freigabe": "Dr. Muster"}
    assert window.outbox.bar.main_button.isEnabled()
    assert "1 Storno wartet" in window.outbox.sending.owed.text()


def test_with_accounts_only_a_doctor_releases_a_storno(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    storno = desk.cancel_au().begin(delivered_au(desk).kennung, "MF", "falsche Person")
    (step,) = [step for step in SCHRITTE if step.name == "freigeben"]
    desk.users().add(PRAXIS, "AD", "Ada Admin", Rolle.ADMIN, "135790")
    admin = next(user for user in desk.users().all() if user.kuerzel == "AD")
    desk.users().add(admin, "DR", "Dr. Muster", Rolle.ARZT, "246813")
    desk.users().add(admin, "MF", "Mia Probe", Rolle.MFA, "975310")
    with pytest.raises(InputRefused):
        step.arbeit(desk, storno, "MF", "Dr. Muster")
    step.arbeit(desk, storno, "DR", "")
    assert desk.store().events(storno.kennung)[-1].detail == {"freigabe": "Dr. Muster"}


def test_a_beleg_goes_to_the_practice_system_once(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "gdt"
    folder.mkdir()
    write_rezept(window, keys, qtbot)
    keys.press("J")
    settle(window, qtbot)
    names = open_steps(window, keys, qtbot)
    keys.press(number(names, "ausgeben"))
    settle(window, qtbot)
    assert "Austauschordner" in window.outbox.hint.text
    desk.settings = desk.settings.model_copy(update={"pvs": PvsEinstellungen(ordner=str(folder))})
    for step, seen in (("ausgeben", "ausgegeben"), ("ausgeben", "schon ausgegeben"), ("nochmal", "ausgegeben")):
        names = open_steps(window, keys, qtbot)
        window.outbox.steps.note.set_text("4711")
        window.outbox.steps.setFocus()
        keys.press(number(names, step))
        settle(window, qtbot)
        assert seen in window.outbox.hint.text
        for record in folder.glob("*.gdt"):
            assert b"4711" in record.read_bytes()
            record.unlink()  # the practice system fetched it


def test_a_slip_comes_to_its_end_by_card_or_at_quarter_end(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    line = printed(desk, desk.issue_ersatzschein(ErsatzscheinEingabe.model_validate(inputs.ersatzschein()), "Test"))
    for wie in ("abgerechnet", "karte"):
        names = open_steps(window, keys, qtbot)
        keys.press(number(names, f"nachweis_{wie}"))
        settle(window, qtbot)
        assert proof_of(desk.store().events(line.kennung)) == wie
    names = open_steps(window, keys, qtbot)
    keys.press(number(names, "nachweis_eeb"))
    settle(window, qtbot)
    assert "nichts Besseres" in window.outbox.hint.text or "etwas Besseres" in window.outbox.hint.text


def test_the_question_for_the_pin_is_announced_while_the_terminal_asks(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    desk.settings = settings(weg_au="direkt")
    printed(desk, desk.issue_au(AuEingabe.model_validate(inputs.au()), "Test"))
    window.lists.reload_now()
    settle(window, qtbot)
    desk.notice, desk.steps = "Jetzt fragt das Kartenterminal nach der PIN.", [threading.Event()]
    keys.press("F8")
    keys.press("F9")
    qtbot.waitUntil(lambda: window.outbox.hint.text == desk.notice, timeout=WAIT_MS)
    desk.steps[0].set()
    settle(window, qtbot)
    assert window.outbox.hint.text != desk.notice


def test_a_slip_is_compared_with_the_eeb_and_nothing_is_taken_over(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    eingabe = ErsatzscheinEingabe.model_validate(inputs.ersatzschein())
    assert eingabe.versicherter is not None
    printed(desk, desk.issue_ersatzschein(eingabe, "Test"))
    person, cover = eingabe.versicherter, eingabe.versicherung
    sender = "eeb@kasse.kim.telematik"
    content = bundle(kvnr=person.versicherten_id, vorname=person.vorname, nachname="Testfrau", ik=cover.ik or "")
    kim = TwinKim(desk.clock)
    known = FindRecipient({cover.ik or "": sender}, desk.clock, test=False)
    desk.find_eeb = lambda kennung: FindEeb(desk.store(), kim, known).for_slip(kennung)  # type: ignore[method-assign]
    open_steps(window, keys, qtbot)
    panel = window.outbox.steps
    panel.setFocus()
    keys.press("L")
    settle(window, qtbot)
    assert "keine Ersatzbescheinigung für diese Person" in panel.hint.text
    kim.eeb.append(EebMail("u", sender, None, unversehrt=True, daten=envelope(content)))
    keys.press("L")
    settle(window, qtbot)
    assert panel.hint.text.startswith(f"Ersatzbescheinigung von {sender}.\n")
    assert "Nachname: Schein „Beispiel-Testfrau“, eEB „Testfrau“ – weicht ab" in panel.hint.text
    assert panel.isVisible()
    (line,) = desk.belege()
    assert line.zustand is Zustand.GEDRUCKT


def test_a_btm_is_refused_on_muster_16_and_noted_instead(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    keys.press("F2")
    settle(window, qtbot)
    keys.text("Probemittel")
    page = window.reception.rezept
    page.official.judge([Einwand("rezept.positionen[0].betaeubungsmittel", "AVWG P3-730 AK2", "BtM")], page.eingabe)
    settle(window, qtbot)
    assert page.official.isVisible()
    keys.press("Alt+T")
    qtbot.waitUntil(lambda: "Nummer" in page.official.number.objection, timeout=WAIT_MS)
    keys.text("4711")
    keys.press("Alt+T")
    qtbot.waitUntil(lambda: bool(desk.belege()), timeout=WAIT_MS)
    settle(window, qtbot)
    (line,) = desk.belege()
    assert (line.art, line.zustand) == (BelegArt.ERINNERUNG, Zustand.GEDRUCKT)
    assert line.belegnummer in page.official.hint.text
    assert desk.printer_twin.printed == []


def test_whether_a_person_belongs_to_group_07_is_asked_before_sending(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    desk.settings = settings(weg_au="direkt")
    unknown = inputs.au()
    unknown["versicherung"]["personengruppe"] = None
    printed(desk, desk.issue_au(AuEingabe.model_validate(unknown), "Test"))
    names = open_steps(window, keys, qtbot)
    assert "Gruppe 07" in window.outbox.steps.hint.text
    keys.press(number(names, "papier_personengruppe_07"))
    settle(window, qtbot)
    assert desk.belege()[0].zustand is Zustand.NUR_PAPIER
