"""From decision to paper: stored before printed, never twice unasked, the same bytes always."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

import inputs
import stores
from papierbruecke.clock import SetClock
from papierbruecke.errors import EnvironmentFailure, InputRefused
from papierbruecke.forms.file_printer import FilePrinter
from papierbruecke.forms.issue_beleg import IssueBeleg, Printer
from papierbruecke.forms.last_time import last_prescription
from papierbruecke.forms.render import render_muster16
from papierbruecke.forms.sqlcipher_vorrat import open_vorrat
from papierbruecke.forms.vorrat import Bestand, Vordruck, note_change
from papierbruecke.outbox.memory import MemoryOutbox
from papierbruecke.outbox.model import Uebersicht, Zustand
from papierbruecke.outbox.store import Outbox
from papierbruecke.record.kennung import new_kennung
from papierbruecke.record.model import BelegArt, ErsatzscheinEingabe, RezeptEingabe
from papierbruecke.record.read_input import read_au, read_ersatzschein, read_rezept
from papierbruecke.settings import Einstellungen

NOW = datetime(2026, 11, 23, 7, 19, tzinfo=UTC)


class Recorder:
    """A printer that looks into the store when a job arrives; can run out of paper."""

    def __init__(self, store: Outbox) -> None:
        self.store = store
        self.jobs: list[tuple[str, bytes, str]] = []
        self.noted: list[list[str]] = []
        self.broken = False

    def print(self, formular: str, pdf: bytes, titel: str) -> None:
        self.noted.append([event.was for event in self.store.events()])
        if self.broken:
            raise EnvironmentFailure("drucker.fehlt", "Der Drucker ist nicht da.", retryable=True)
        self.jobs.append((formular, pdf, titel))


@pytest.fixture
def store() -> MemoryOutbox:
    return stores.memory(SetClock(NOW))


@pytest.fixture
def printer(store: MemoryOutbox) -> Recorder:
    return Recorder(store)


def service(store: Outbox, printer: Printer) -> IssueBeleg:
    return IssueBeleg(store, SetClock(NOW), printer, Einstellungen())


def rezept(items: int = 2) -> RezeptEingabe:
    document = inputs.rezept()
    document["rezept"]["positionen"] = (document["rezept"]["positionen"] * 4)[:items]
    return read_rezept(inputs.as_bytes(document))


def test_30_design_3_one_beleg_per_sheet_all_of_one_vorgang(store: MemoryOutbox, printer: Recorder) -> None:
    stoerung = stores.stoerung(store)
    made = service(store, printer).issue_rezept(rezept(8), stoerung=stoerung.id, wer="test")
    belege = [store.get(line.kennung) for line in made]
    assert [b.blatt for b in belege if b] == [1, 2, 3]
    assert len({b.vorgang for b in belege if b}) == 1
    assert len({line.belegnummer for line in made}) == 3
    inhalte = [b.inhalt for b in belege if b and isinstance(b.inhalt, RezeptEingabe)]
    assert [len(inhalt.rezept.positionen) for inhalt in inhalte] == [3, 3, 2]
    for line, inhalt in zip(made, inhalte, strict=True):
        assert store.seiten(line.kennung) == {"muster16": render_muster16(inhalt)}
    assert printer.jobs == []


def test_rule_1_the_record_and_the_job_are_stored_before_the_bytes_leave(
    store: MemoryOutbox, printer: Recorder
) -> None:
    stoerung = stores.stoerung(store)
    forms = service(store, printer)
    (line,) = forms.issue_rezept(rezept(), stoerung=stoerung.id, wer="test")
    forms.print_beleg(line.kennung, wer="MFA 1")
    assert printer.noted == [["stoerung.beginn", "zustand", "druckauftrag"]]
    ((formular, pdf, titel),) = printer.jobs
    assert (formular, pdf) == ("muster16", store.seiten(line.kennung)["muster16"])
    assert titel == f"Muster 16 {line.belegnummer}"
    uebersicht = store.uebersicht(line.kennung)
    assert uebersicht is not None
    assert uebersicht.zustand is Zustand.ERFASST
    assert forms.confirm_printed(line.kennung, "MFA 1").zustand is Zustand.GEDRUCKT


def test_an_au_prints_its_three_copies_one_by_one(store: MemoryOutbox, printer: Recorder) -> None:
    stoerung = stores.stoerung(store)
    forms = service(store, printer)
    line = forms.issue_au(read_au(inputs.as_bytes(inputs.au())), stoerung=stoerung.id, wer="test")
    forms.print_beleg(line.kennung, wer="MFA 1")
    assert [titel for _, _, titel in printer.jobs] == [f"AU {line.belegnummer} {c}" for c in ("kk", "v", "ag")]
    assert {copy: pdf for copy, (_, pdf, _) in zip(("kk", "v", "ag"), printer.jobs, strict=True)} == store.seiten(
        line.kennung
    )
    assert line.kennung.version == 5


def test_no_job_title_names_a_person(store: MemoryOutbox, printer: Recorder) -> None:
    stoerung = stores.stoerung(store)
    forms = service(store, printer)
    (line,) = forms.issue_rezept(rezept(), stoerung=stoerung.id, wer="test")
    forms.print_beleg(line.kennung, wer="MFA 1")
    assert "Testfrau" not in printer.jobs[0][2]


def test_a_vanished_printer_leaves_the_beleg_stored_and_not_printed(store: MemoryOutbox, printer: Recorder) -> None:
    stoerung = stores.stoerung(store)
    forms = service(store, printer)
    (line,) = forms.issue_rezept(rezept(), stoerung=stoerung.id, wer="test")
    printer.broken = True
    with pytest.raises(EnvironmentFailure) as caught:
        forms.print_beleg(line.kennung, wer="MFA 1")
    assert (caught.value.code, caught.value.belegnummer) == ("drucker.fehlt", line.belegnummer)
    uebersicht = store.uebersicht(line.kennung)
    assert uebersicht is not None
    assert uebersicht.zustand is Zustand.ERFASST
    assert [e.was for e in store.events(line.kennung)] == ["zustand", "druckauftrag", "druckfehler"]
    printer.broken = False
    forms.print_beleg(line.kennung, wer="MFA 1")
    assert len(printer.jobs) == 1


def test_a_pink_sheet_is_never_sent_twice_before_somebody_looked(store: MemoryOutbox, printer: Recorder) -> None:
    stoerung = stores.stoerung(store)
    forms = service(store, printer)
    (line,) = forms.issue_rezept(rezept(), stoerung=stoerung.id, wer="test")
    forms.print_beleg(line.kennung, wer="MFA 1")
    with pytest.raises(InputRefused):
        forms.print_beleg(line.kennung, wer="MFA 1")
    forms.spoilt(line.kennung, "MFA 1", "schief eingezogen")
    forms.print_beleg(line.kennung, wer="MFA 1")
    with pytest.raises(InputRefused):
        forms.print_beleg(line.kennung, wer="MFA 1")
    forms.spoilt(line.kennung, "MFA 1", "wieder schief")
    forms.print_beleg(line.kennung, wer="MFA 1")
    forms.confirm_printed(line.kennung, "MFA 1")
    with pytest.raises(InputRefused):
        forms.print_beleg(line.kennung, wer="MFA 1")
    assert [pdf for _, pdf, _ in printer.jobs] == [store.seiten(line.kennung)["muster16"]] * 3


def test_a_spoilt_sheet_needs_a_reason(store: MemoryOutbox, printer: Recorder) -> None:
    stoerung = stores.stoerung(store)
    forms = service(store, printer)
    (line,) = forms.issue_rezept(rezept(), stoerung=stoerung.id, wer="test")
    with pytest.raises(InputRefused):
        forms.spoilt(line.kennung, "MFA 1", "  ")


def test_a_given_kennung_is_one_beleg_however_often_it_comes(store: MemoryOutbox, printer: Recorder) -> None:
    stoerung = stores.stoerung(store)
    forms = service(store, printer)
    eingabe = rezept().model_copy(update={"kennung": uuid4()})
    first = forms.issue_rezept(eingabe, stoerung=stoerung.id, wer="test")
    assert forms.issue_rezept(eingabe, stoerung=stoerung.id, wer="test") == first
    assert len(store.find(art=BelegArt.REZEPT)) == 1
    changed = eingabe.model_copy(update={"rezept": eingabe.rezept.model_copy(update={"noctu": True})})
    with pytest.raises(InputRefused):
        forms.issue_rezept(changed, stoerung=stoerung.id, wer="test")
    with pytest.raises(InputRefused):
        forms.issue_rezept(rezept(8).model_copy(update={"kennung": uuid4()}), stoerung=stoerung.id, wer="test")


def test_what_does_not_fit_is_refused_before_anything_is_stored(store: MemoryOutbox, printer: Recorder) -> None:
    stoerung = stores.stoerung(store)
    document = inputs.rezept()
    document["rezept"]["positionen"][0]["hinweis"] = "sehr " * 60
    with pytest.raises(InputRefused):
        service(store, printer).issue_rezept(read_rezept(inputs.as_bytes(document)), stoerung=stoerung.id, wer="test")
    assert store.find() == []


def test_the_folder_printer_never_overwrites(tmp_path: Path) -> None:
    printer = FilePrinter(tmp_path / "gedruckt")
    printer.print("muster16", b"eins", "Muster 16 231126-A-001-X")
    printer.print("muster16", b"zwei", "Muster 16 231126-A-001-X")
    assert sorted(path.read_bytes() for path in (tmp_path / "gedruckt").iterdir()) == [b"eins", b"zwei"]


def test_a_folder_that_cannot_be_written_is_a_printer_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "gedruckt").write_text("kein Ordner")
    with pytest.raises(EnvironmentFailure) as caught:
        FilePrinter(tmp_path / "gedruckt").print("muster16", b"eins", "Muster 16")
    assert caught.value.code == "drucker.ordner"


def printed(store: MemoryOutbox, forms: IssueBeleg, items: int = 2) -> Uebersicht:
    """A prescription that a person confirmed as printed."""
    stoerung = stores.stoerung(store)
    (line,) = forms.issue_rezept(rezept(items), stoerung=stoerung.id, wer="test")
    forms.print_beleg(line.kennung, wer="MFA 1")
    return forms.confirm_printed(line.kennung, "MFA 1")


def refused(work: Callable[[], object]) -> str:
    with pytest.raises(InputRefused) as caught:
        work()
    return caught.value.einwaende[0].feld


def test_a_confirmed_pink_sheet_that_is_spoilt_later_needs_the_doctor(store: MemoryOutbox, printer: Recorder) -> None:
    forms = service(store, printer)
    line = printed(store, forms)
    forms.spoilt(line.kennung, "MFA 1", "Kaffee")
    assert refused(lambda: forms.print_beleg(line.kennung, wer="MFA 1")) == "freigabe"
    forms.print_beleg(line.kennung, wer="MFA 1", freigabe="AT")
    assert len(printer.jobs) == 2
    assert printer.jobs[0][1] == printer.jobs[1][1]
    (note,) = [e for e in store.events(line.kennung) if e.was == "nachdruck"]
    assert note.detail == {"freigabe": "AT"}


def test_a_lost_pink_sheet_becomes_a_new_beleg_with_reason_and_release(store: MemoryOutbox, printer: Recorder) -> None:
    forms = service(store, printer)
    line = printed(store, forms)
    assert refused(lambda: forms.replace(line.kennung, wer="MFA 1", grund="verloren")) == "freigabe"
    assert refused(lambda: forms.replace(line.kennung, wer="MFA 1", grund=" ", freigabe="AT")) == "grund"
    new = forms.replace(line.kennung, wer="MFA 1", grund="verloren", freigabe="AT")
    old, beleg = store.uebersicht(line.kennung), store.get(new.kennung)
    assert old is not None
    assert beleg is not None
    assert old.zustand is Zustand.ERSETZT
    assert new.zustand is Zustand.ERFASST
    assert new.belegnummer != line.belegnummer
    assert (beleg.ersetzt, beleg.vorgang) == (line.kennung, line.vorgang)
    assert store.seiten(new.kennung) == store.seiten(line.kennung)
    assert refused(lambda: forms.replace(line.kennung, wer="MFA 1", grund="noch mal", freigabe="AT")) == "beleg"


def test_an_au_is_printed_again_with_a_reason(store: MemoryOutbox, printer: Recorder) -> None:
    forms = service(store, printer)
    stoerung = stores.stoerung(store)
    line = forms.issue_au(read_au(inputs.as_bytes(inputs.au())), stoerung=stoerung.id, wer="test")
    forms.print_beleg(line.kennung, wer="MFA 1")
    forms.confirm_printed(line.kennung, "MFA 1")
    assert refused(lambda: forms.print_beleg(line.kennung, wer="MFA 1")) == "grund"
    forms.print_beleg(line.kennung, wer="MFA 1", grund="Patient hat sie verloren")
    assert [pdf for _, pdf, _ in printer.jobs[:3]] == [pdf for _, pdf, _ in printer.jobs[3:]]


def test_the_copies_of_an_au_are_chosen_for_each_print(store: MemoryOutbox, printer: Recorder) -> None:
    """TA eAU P6-02 AK4: only the copy that jammed, or only what this patient needs."""
    forms = service(store, printer)
    line = forms.issue_au(read_au(inputs.as_bytes(inputs.au())), stoerung=stores.stoerung(store).id, wer="test")
    forms.print_beleg(line.kennung, wer="MFA 1", ausfertigungen=("v", "kk"))
    forms.confirm_printed(line.kennung, "MFA 1")
    forms.print_beleg(line.kennung, wer="MFA 1", grund="für den Arbeitgeber", ausfertigungen=("ag",))
    assert [titel[-2:].strip() for _, _, titel in printer.jobs] == ["kk", "v", "ag"]
    assert printer.jobs[2][1] == store.seiten(line.kennung)["ag"]
    again = lambda: forms.print_beleg(line.kennung, wer="MFA 1", grund="x", ausfertigungen=())
    assert refused(again) == "ausfertigungen"


def test_every_sheet_that_went_into_the_printer_is_counted(
    store: MemoryOutbox, printer: Recorder, tmp_path: Path
) -> None:
    vorrat = open_vorrat(tmp_path, stores.KEY)
    forms = IssueBeleg(store, SetClock(NOW), printer, Einstellungen(), vorrat=vorrat)
    printed(store, forms)
    assert vorrat.bestand("muster16") is None  # nobody counts yet
    vorrat.fill(Bestand(vordruck="muster16", anzahl=3, warnen_ab=2), "MFA 1")
    for line in forms.issue_rezept(rezept(8), stoerung=store.stoerungen()[0].id, wer="test")[:1]:
        forms.print_beleg(line.kennung, wer="MFA 1")
        left = vorrat.bestand("muster16")
        assert left is not None
        assert (left.anzahl, left.knapp) == (2, True)
        assert "noch 2 rosa" in (left.hinweis or "")
        printer.broken = True
        forms.spoilt(line.kennung, "MFA 1", "schief")
        with pytest.raises(EnvironmentFailure):
            forms.print_beleg(line.kennung, wer="MFA 1")
    left = vorrat.bestand("muster16")
    assert left is not None
    assert left.anzahl == 2  # what never reached the printer is still in the tray
    vorrat.take("muster16", 5)
    left = vorrat.bestand("muster16")
    assert left is not None
    assert left.anzahl == 0
    vorrat.close()


def test_filled_up_counted_and_spoilt_are_different_things(tmp_path: Path) -> None:
    vorrat = open_vorrat(tmp_path, stores.KEY)
    for was in ("nachgefuellt", "verdorben", "warnen_ab"):
        with pytest.raises(InputRefused):  # nobody knows how many there were before
            note_change(vorrat, "muster16", was, 50, "MFA 1")
    for number in (-1, 100_001):
        with pytest.raises(InputRefused):
            note_change(vorrat, "muster16", "gezaehlt", number, "MFA 1")
    assert vorrat.bestand("muster16") is None
    assert note_change(vorrat, "muster16", "gezaehlt", 30, "MFA 1").anzahl == 30
    assert note_change(vorrat, "muster16", "nachgefuellt", 100, "MFA 1").anzahl == 130
    assert note_change(vorrat, "muster16", "verdorben", 3, "MFA 1").anzahl == 127
    assert note_change(vorrat, "muster16", "warnen_ab", 127, "MFA 1").hinweis is not None
    assert note_change(vorrat, "muster16", "verdorben", 500, "MFA 1").anzahl == 0
    counted = note_change(vorrat, "muster16", "gezaehlt", 40, "MFA 1")
    assert (counted.anzahl, counted.warnen_ab) == (40, 127), "counting anew does not change when to warn"
    vorrat.close()


def test_a_slip_signed_on_muster_5_takes_one_vordruck_and_printing_takes_none(
    store: MemoryOutbox, printer: Recorder, tmp_path: Path
) -> None:
    vorrat = open_vorrat(tmp_path, stores.KEY)
    vorrat.fill(Bestand(vordruck="muster5", anzahl=3, warnen_ab=2), "MFA 1")
    vorrat.fill(Bestand(vordruck="muster16", anzahl=9, warnen_ab=2), "MFA 1")
    forms = IssueBeleg(store, SetClock(NOW), printer, Einstellungen(), vorrat=vorrat)
    stoerung = stores.stoerung(store).id

    def left() -> int:
        bestand = vorrat.bestand("muster5")
        assert bestand is not None
        return bestand.anzahl

    ours = forms.issue_ersatzschein(slip(), stoerung=stoerung, wer="MFA 1")
    forms.print_beleg(ours.kennung, wer="MFA 1")
    exempt = {"unterschrift_auf": "muster5", "unterschrift_entfaellt": "notfall"}
    forms.issue_ersatzschein(slip(**exempt), stoerung=stoerung, wer="MFA 1")
    assert left() == 3, "signed on our own sheet, or not at all"
    kennung = new_kennung(BelegArt.ERSATZSCHEIN)
    signed = slip(unterschrift_auf="muster5").model_copy(update={"kennung": kennung})
    forms.issue_ersatzschein(signed, stoerung=stoerung, wer="MFA 1")
    forms.issue_ersatzschein(signed, stoerung=stoerung, wer="MFA 1")  # the same one, said twice
    forms.print_beleg(kennung, wer="MFA 1")
    forms.spoilt(kennung, "MFA 1", "schief")
    forms.print_beleg(kennung, wer="MFA 1")
    assert left() == 2
    pink = vorrat.bestand("muster16")
    assert pink is not None
    assert pink.anzahl == 9
    vorrat.close()


def slip(**angaben: str) -> ErsatzscheinEingabe:
    document = inputs.ersatzschein()
    document["ersatzschein"] |= angaben
    return read_ersatzschein(inputs.as_bytes(document))


@pytest.mark.parametrize(
    ("vordruck", "anzahl", "expected"),
    [
        ("muster16", 0, "Nach dem Zähler sind keine rosa Rezepte mehr da. Bitte nachsehen und nachfüllen."),
        ("muster16", 1, "Nach dem Zähler ist noch 1 rosa Rezept da. Bitte nachbestellen."),
        ("muster16", 2, "Nach dem Zähler sind noch 2 rosa Rezepte da. Bitte nachbestellen."),
        ("muster16", 3, None),
        ("muster5", 0, "Nach dem Zähler sind keine Vordrucke Muster 5 mehr da. Bitte nachsehen und nachfüllen."),
        ("muster5", 1, "Nach dem Zähler ist noch 1 Vordruck Muster 5 da. Bitte nachbestellen."),
        ("muster5", 2, "Nach dem Zähler sind noch 2 Vordrucke Muster 5 da. Bitte nachbestellen."),
    ],
)
def test_every_sentence_of_the_counter_names_its_form(vordruck: Vordruck, anzahl: int, expected: str | None) -> None:
    assert Bestand(vordruck=vordruck, anzahl=anzahl, warnen_ab=2).hinweis == expected


def test_a_broken_counter_never_stops_a_print(store: MemoryOutbox, printer: Recorder) -> None:
    class Full:
        def bestand(self, vordruck: Vordruck) -> Bestand | None:
            return None

        def fill(self, bestand: Bestand, wer: str) -> None: ...

        def take(self, vordruck: Vordruck, blaetter: int) -> None:
            raise EnvironmentFailure("speicher.voll", "Die Festplatte ist voll.")

    printed(store, IssueBeleg(store, SetClock(NOW), printer, Einstellungen(), vorrat=Full()))
    assert len(printer.jobs) == 1


def test_p3_625_ak10_the_last_prescription_of_the_same_patient_comes_back_whole(
    store: MemoryOutbox, printer: Recorder
) -> None:
    forms = service(store, printer)
    stoerung = stores.stoerung(store)
    person = rezept().versicherter
    assert person is not None
    assert last_prescription(store, person) == ()
    forms.issue_rezept(rezept(1), stoerung=stoerung.id, wer="test")
    newest = rezept(5)
    forms.issue_rezept(newest, stoerung=stoerung.id, wer="test")
    assert last_prescription(store, person) == newest.rezept.positionen
    namesake = person.model_copy(update={"versicherten_id": "B123456782"})
    assert last_prescription(store, namesake) == ()
