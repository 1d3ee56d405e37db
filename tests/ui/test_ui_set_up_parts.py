"""Each part of the set-up: several doctors and places, lists that the computer names, folders, tests of what was typed."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

import inputs
from desk_twin import DeskTwin
from keyboard import Keyboard, settle, write_rezept
from papierbruecke.card.check_reader import Leserzustand
from papierbruecke.errors import Cancelled, EnvironmentFailure
from papierbruecke.konnektor.search import Fund
from papierbruecke.settings import Einstellungen
from papierbruecke.ui import theme
from papierbruecke.ui.fields import Choice
from papierbruecke.ui.main_window import MainWindow
from papierbruecke.ui.setting_parts import PARTS
from papierbruecke.wiring import Desk

Progress = Callable[[int, int], None]

SECOND = inputs.ARZT | {"lanr": "999999900", "vorname": "Berta", "nachname": "Probe"}


def show(window: MainWindow, qtbot: QtBot, name: str) -> None:
    window.show_place("einstellungen")
    window.setup.show_part([part.name for part in PARTS].index(name))
    settle(window, qtbot)


def shown_names(window: MainWindow, form: str, field: str) -> list[str]:
    editor = window.setup.form(form).field(field).editor
    assert isinstance(editor, Choice)
    return [editor.combo.itemText(at) for at in range(editor.combo.count())]


def type_in(window: MainWindow, form: str, values: dict[str, str]) -> None:
    for name, value in values.items():
        window.setup.form(form).field(name).show_value(value)


# -- doctors and places ------------------------------------------------------------


def test_a_second_doctor_is_added_edited_and_offered_at_the_form(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    show(window, qtbot, "praxis")
    doctors = window.setup.practice.doctors
    doctors.add_button.click()
    assert window.setup.form("arzt").field("nachname").value() == ""
    type_in(window, "arzt", SECOND)
    keys.press("F9")
    settle(window, qtbot)
    assert [arzt.nachname for arzt in desk.settings.praxis.aerzte] == ["Testfall", "Probe"]
    doctors.choose(1)
    type_in(window, "arzt", {"titel": "Dr. med."})
    keys.press("F9")
    settle(window, qtbot)
    assert desk.settings.praxis.aerzte[1].titel == "Dr. med."
    assert window.reception.rezept.issuer.doctor.combo.count() == 2


def test_an_objection_turns_to_the_doctor_who_has_it(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    show(window, qtbot, "praxis")
    doctors = window.setup.practice.doctors
    doctors.add()
    type_in(window, "arzt", SECOND | {"lanr": "123456789"})
    doctors.choose(0)
    keys.press("F9")
    assert window.setup.form("arzt").field("nachname").value() == "Probe"
    assert "LANR" in window.setup.form("arzt").field("lanr").objection
    type_in(window, "arzt", {"lanr": inputs.ARZT["lanr"]})
    keys.press("F9")
    assert "schon" in window.setup.form("arzt").field("lanr").objection
    assert len(desk.settings.praxis.aerzte) == 1


def test_numbers_are_checked_when_the_field_is_left(window: MainWindow, qtbot: QtBot) -> None:
    show(window, qtbot, "praxis")
    for form, name, wrong, word in (
        ("arzt", "lanr", "838382102", "Prüfziffer"),
        ("betriebsstaette", "bsnr", "12", "neun Ziffern"),
        ("betriebsstaette", "plz", "123", "Fünf Ziffern"),
    ):
        field = window.setup.form(form).field(name)
        field.show_value(wrong)
        field.left.emit()
        assert word in field.objection, name


def test_who_stands_on_unfinished_belege_is_not_taken_out(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    write_rezept(window, keys, qtbot)
    keys.press("J")
    settle(window, qtbot)
    show(window, qtbot, "praxis")
    for each in window.setup.practice.lists.values():
        each.remove_button.click()
        settle(window, qtbot)
        assert desk.belege()[0].belegnummer in each.hint.text
    keys.press("F9")
    settle(window, qtbot)
    assert len(desk.settings.praxis.aerzte) == 1
    desk.document(desk.belege()[0].kennung, "MB", "eingetragen")
    doctors = window.setup.practice.doctors
    doctors.add()
    type_in(window, "arzt", SECOND)
    doctors.choose(0)
    doctors.remove_button.click()
    settle(window, qtbot)
    keys.press("F9")
    settle(window, qtbot)
    assert [arzt.nachname for arzt in desk.settings.praxis.aerzte] == ["Probe"]


def test_a_second_place_has_its_own_number(desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    show(window, qtbot, "praxis")
    places = window.setup.practice.places
    places.add()
    type_in(window, "betriebsstaette", inputs.BETRIEBSSTAETTE)
    keys.press("F9")
    assert "schon" in window.setup.form("betriebsstaette").field("bsnr").objection
    type_in(window, "betriebsstaette", {"bsnr": "987654321", "name": "Zweigpraxis Muster"})
    keys.press("F9")
    settle(window, qtbot)
    assert [place.name for place in desk.settings.praxis.betriebsstaetten][1] == "Zweigpraxis Muster"


# -- lists ---------------------------------------------------------------------------


def test_printers_are_chosen_from_what_the_computer_names(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["Nadeldrucker", "Laser"]
    monkeypatch.setattr(desk, "printer_names", lambda: names)
    show(window, qtbot, "druck")
    assert shown_names(window, "druck", "muster16_drucker") == ["noch keiner gewählt", "Nadeldrucker", "Laser"]
    type_in(window, "druck", {"muster16_drucker": "Nadeldrucker"})
    keys.press("F9")
    settle(window, qtbot)
    assert desk.settings.druck.muster16_drucker == "Nadeldrucker"
    names.remove("Nadeldrucker")
    window.setup.test("drucker_liste")
    settle(window, qtbot)
    assert "Nadeldrucker · nicht gefunden" in shown_names(window, "druck", "muster16_drucker")
    keys.press("F9")
    settle(window, qtbot)
    assert desk.settings.druck.muster16_drucker == "Nadeldrucker"


def test_readers_are_named_or_found_by_themselves(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "reader_names", lambda: ("Leser Muster 01 00",))
    asked: list[str | None] = []

    def check(leser: str | None) -> Leserzustand:
        asked.append(leser)
        return Leserzustand(code=None, text="Bereit: Leser Muster 01 00.")

    monkeypatch.setattr(desk, "check_reader", check)
    show(window, qtbot, "karten")
    assert shown_names(window, "karten", "leser") == ["automatisch", "Leser Muster 01 00"]
    type_in(window, "karten", {"leser": "Leser Muster 01 00"})
    window.setup.test("leser")  # what was typed is stored first: the test is about that
    settle(window, qtbot)
    assert asked == ["Leser Muster 01 00"]
    assert "In Ordnung" in window.setup.views[2].result.text


def test_a_test_page_goes_to_each_printer(desk: DeskTwin, window: MainWindow, qtbot: QtBot) -> None:
    show(window, qtbot, "druck")
    for name in ("kalibrierung", "testseite"):
        window.setup.test(name)
        settle(window, qtbot)
    assert [(form, titel) for form, _, titel in desk.printer_twin.printed] == [
        ("muster16", "Kalibrierung Muster 16"),
        ("au", "Testseite AU"),
    ]
    desk.printer_twin.gone = True
    window.setup.test("testseite")
    settle(window, qtbot)
    assert "Drucker antwortet nicht" in window.setup.views[1].result.text


# -- folders, counterparts --------------------------------------------------------------


def test_the_exchange_folder_is_chosen_and_tested(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot, tmp_path: Path
) -> None:
    show(window, qtbot, "wege")
    field = window.setup.form("pvs").field("ordner")
    desk.daten.mkdir(exist_ok=True)
    for wrong, word in ((tmp_path / "fehlt", "gibt es nicht"), (desk.daten, "Datenordner"), (Path("gdt"), "Pfad")):
        field.show_value(str(wrong))
        keys.press("F9")
        settle(window, qtbot)
        assert word in field.objection
        assert desk.settings.pvs.ordner is None
    good = tmp_path / "austausch"
    good.mkdir()
    field.ask_folder = lambda: str(good)
    assert field.browse is not None
    field.browse.click()
    keys.press("F9")
    settle(window, qtbot)
    assert desk.settings.pvs.ordner == str(good)
    assert list(good.iterdir()) == []


def test_two_people_for_a_prescription_is_a_switch(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot
) -> None:
    show(window, qtbot, "wege")
    type_in(window, "wege", {"rezept_zu_zweit": "ja"})
    keys.press("F9")
    settle(window, qtbot)
    assert desk.settings.rezept_zu_zweit


def test_the_kim_account_is_tried_without_sending(
    desk: DeskTwin, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(window, qtbot, "kim")
    result = window.setup.views[4].result
    window.setup.test("kim_konto")
    settle(window, qtbot)
    assert "keine Adresse" in result.text
    type_in(window, "kim", {"smtp_host": "kim.praxis"})
    answers: list[EnvironmentFailure | None] = [EnvironmentFailure("kim.auth", "Das Kennwort stimmt nicht."), None]

    def check() -> None:
        if (failure := answers.pop(0)) is not None:
            raise failure

    monkeypatch.setattr(desk, "check_kim", check)
    window.setup.test("kim_konto")
    settle(window, qtbot)
    assert "Kennwort" in result.text
    window.setup.test("kim_konto")
    settle(window, qtbot)
    assert "nichts gesendet" in result.text


# -- the field says what it wants ---------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "name", "wrong", "word"),
    [
        ("konnektor", "port", "99999", "bis 65535"),
        ("konnektor", "fingerabdruck", "abc", "64 Zeichen"),
        ("kim", "adresse", "praxis", "Form"),
        ("lagebild", "url", "ti-lage", "Form"),
        ("pvs", "kurzname", "zu lang", "Vier Zeichen"),
        ("praxis", "platz", "Z", "A bis M"),
        ("druck", "muster16_dx_mm", "-30", "ab -20"),
        ("darstellung", "text", "groß", "Zahl"),
    ],
)
def test_a_wrong_value_is_explained_at_its_field(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, form: str, name: str, wrong: str, word: str
) -> None:
    before = desk.settings
    type_in(window, form, {name: wrong})
    window.show_place("einstellungen")
    keys.press("F9")
    assert word in window.setup.form(form).field(name).objection
    assert desk.settings == before


# -- long work -----------------------------------------------------------------------------


def test_the_konnektor_is_searched_with_count_and_taken_into_the_fields(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    wishes: list[bool] = []

    def search(*, everywhere: bool, on_progress: Progress, cancel: threading.Event) -> tuple[Fund, ...]:
        wishes.append(everywhere)
        on_progress(250, 250)
        return (Fund(adresse="192.168.1.50", port=443, produkt="Konnektor Muster", zertifikat=None),) * everywhere

    monkeypatch.setattr(desk, "search_konnektor", search)
    show(window, qtbot, "konnektor")
    panel = window.setup.konnektor.search
    panel.go.click()
    settle(window, qtbot)
    assert "kein Konnektor" in panel.work.hint.text
    panel.everywhere.setChecked(True)
    panel.go.click()
    settle(window, qtbot)
    assert wishes == [False, True]
    panel.finds[0].click()
    keys.press("F9")
    settle(window, qtbot)
    assert desk.settings.konnektor.adresse == "192.168.1.50"
    assert desk.settings.konnektor.fingerabdruck is None  # a find is not yet a friend


def test_a_search_can_be_stopped(
    desk: DeskTwin, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def search(*, everywhere: bool, on_progress: Progress, cancel: threading.Event) -> tuple[Fund, ...]:
        assert cancel.wait(20)
        raise Cancelled

    monkeypatch.setattr(desk, "search_konnektor", search)
    panel = window.setup.konnektor.search
    panel.go.click()
    assert not panel.go.isEnabled()
    panel.work.stop_button.click()
    settle(window, qtbot)
    assert "Abgebrochen" in panel.work.hint.text
    assert panel.go.isEnabled()


def test_a_real_folder_is_backed_up_and_rehearsed_in_the_window(
    desk: DeskTwin, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    real = Desk(tmp_path / "echt", passphrase="vier kleine lange Wörter", clock=desk.clock)
    real.save_settings(desk.settings)
    real.store()
    real.close()
    monkeypatch.setattr(desk, "safekeeping", real.safekeeping)
    show(window, qtbot, "sicherung")
    panel = window.setup.safekeeping
    assert "Noch keine" in panel.newest.text()
    panel.make.click()
    settle(window, qtbot)
    assert "vollständig" in panel.work.hint.text
    assert "eine Sicherung" in panel.newest.text()
    panel.check.click()
    settle(window, qtbot)
    assert "lässt sich zurückholen" in panel.work.hint.text


def test_a_backup_that_is_stopped_leaves_nothing_half(tmp_path: Path) -> None:
    real = Desk(tmp_path / "echt", passphrase="vier kleine lange Wörter")
    real.save_settings(Einstellungen())
    real.store()
    real.close()
    cancel = threading.Event()
    with pytest.raises(Cancelled):
        real.safekeeping().backup("von Hand", lambda done, total: cancel.set(), cancel)
    assert real.safekeeping().backups() == []
    assert list((real.daten / "sicherungen").iterdir()) == []


def test_fields_stand_below_each_other_when_the_text_is_large(window: MainWindow, qtbot: QtBot) -> None:
    show(window, qtbot, "druck")
    form = window.setup.form("druck")
    window.dress(theme.Look(theme.Thema.HELL, 2.0))
    window.resize(1200, 800)
    settle(window, qtbot)
    first, second = form.fields[0], form.fields[1]
    qtbot.waitUntil(lambda: second.y() > first.y())
    assert first.height() >= first.layout().heightForWidth(first.width())


def test_the_page_makes_the_part_that_is_shown_and_no_other(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    keys.press("F11")
    settle(window, qtbot)
    assert list(window.setup.views.present) == [0]
    for at in range(len(PARTS)):
        window.setup.show_part(at)
        assert len(window.setup.views.present) == at + 1
        assert not window.setup.unsaved, "a part that is looked at for the first time changes nothing"


def test_a_part_shows_what_a_file_brought_before_it_was_made_and_what_is_wrong_in_it(
    desk: DeskTwin, window: MainWindow, keys: Keyboard, qtbot: QtBot, tmp_path: Path
) -> None:
    keys.press("F11")
    settle(window, qtbot)
    given = Einstellungen.model_validate({"pvs": {"ordner": str(tmp_path / "fehlt")}, "konnektor": {"port": 8443}})
    window.setup.share.imported.emit(given)
    assert window.setup.unsaved
    assert window.setup.form("konnektor").field("port").value() in (8443, "8443")
    assert window.setup.unsaved, "what a file brought is still to be stored"
    at = next(at for at, part in enumerate(PARTS) if part.shows("pvs.ordner"))
    assert at not in window.setup.views.present
    window.setup.save()
    settle(window, qtbot)
    assert window.setup.views.at == at, "the part with the wrong value is shown"
    assert "gibt es nicht" in window.setup.form("pvs").field("ordner").objection
    assert desk.settings.konnektor.port == Einstellungen().konnektor.port
