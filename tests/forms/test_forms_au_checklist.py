"""The acceptance list of the paper AU (domain sheet forms §9), each test with its number and source."""

import copy
import itertools
import json
import re
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pypdf
import pytest

import inputs
import paper
import stores
from paper import find, pages, rows, text_of, ticked, ticks
from papierbruecke.cli import main
from papierbruecke.clock import SetClock
from papierbruecke.forms.au_barcode import barcode_bytes, barcode_fields
from papierbruecke.forms.file_printer import FilePrinter
from papierbruecke.forms.issue_beleg import IssueBeleg
from papierbruecke.forms.render_au import render_au, render_au_blanko
from papierbruecke.outage.switch_mode import SwitchMode
from papierbruecke.outbox.model import Spalte
from papierbruecke.reconcile.ledger import build_abgleich
from papierbruecke.record.model import AuEingabe, Weg
from papierbruecke.record.read_input import read_au
from papierbruecke.resubmit.drain_outbox import DrainOutbox
from papierbruecke.settings import Einstellungen, KimEinstellungen
from twins import TwinKim, TwinKonnektor

KENNUNG = UUID("6f1f0a52-52a5-5a8e-9d0a-8e6d3f1c7b10")
NUMMER = "231126-A-001-X"
SECHS = [
    {"icd": "E10.20", "sicherheit": "G"},
    {"icd": "N08.3", "sicherheit": "G"},
    {"icd": "S42.3", "sicherheit": "G", "seite": "L"},
    {"icd": "S82.28", "sicherheit": "G", "seite": "R"},
    {"icd": "Q01.9", "sicherheit": "V"},
    {"icd": "S22.32", "sicherheit": "Z"},
]
KK_ORDER = [  # forms §6.2, left and full width elements from top to bottom
    "Krankenkasse bzw. Kostenträger",
    "Name, Vorname des Versicherten",
    "Arbeitsunfall, Arbeitsunfall-",
    "arbeitsunfähig seit",
    "voraussichtlich arbeitsunfähig",
    "festgestellt am",
    "Ausfertigung zur Vorlage bei der Krankenkasse",
    "AU-begründende Diagnose(n)",
    "sonstiger Unfall,",
    "Es wird die Einleitung folgender besonderer Maßnahmen für erforderlich gehalten",
    "Leistungen zur",
    "Sonstige",
    "Im Krankengeldfall",
    "Hinweis für Versicherte zum Krankengeld",
    "Dokumentenversion: 1.2",
    "Dokumententyp: e010",
]


def au(**changes: Any) -> AuEingabe:
    """A sick note with six diagnoses; ``changes`` go into its medical part."""
    document = inputs.au()
    document["au"].update(diagnosen=SECHS, diagnosetext="Ein sehr kranker Patient", **changes)
    return read_au(inputs.as_bytes(document))


def folge(**changes: Any) -> AuEingabe:
    return au(art="folge", seit=None, **changes)


def rendered(eingabe: AuEingabe, *copies: Any, **options: Any) -> bytes:
    options = {"kennung": KENNUNG, "belegnummer": NUMMER, "pruefnummer": "Y/1/2107/36/999"} | options
    return render_au(eingabe, copies or ("kk",), **options)


def page(eingabe: AuEingabe, *copies: Any, **options: Any) -> Any:
    made = pages(rendered(eingabe, *copies, **options))
    assert len(made) == 1
    return made[0]


@pytest.fixture(scope="module")
def kk() -> Any:
    return page(au())


@pytest.fixture(scope="module")
def v() -> Any:
    return page(au(), "v")


@pytest.fixture(scope="module")
def ag() -> Any:
    return page(au(), "ag")


def run(folder: Path, document: dict[str, Any], *arguments: str) -> tuple[int, Path]:
    """The command ``au`` as the desk calls it."""
    source = folder / "eingabe.json"
    source.write_bytes(inputs.as_bytes(document))
    target = folder / "au.pdf"
    code = main(["au", str(source), "-o", str(target), "--daten", str(folder / "daten"), *arguments])
    return code, target


@pytest.mark.parametrize(
    "copies", [c for n in (1, 2, 3) for c in itertools.combinations(("kk", "v", "ag"), n)], ids="-".join
)
def test_01_p6_02_each_choice_of_copies_is_one_page_each(copies: tuple[str, ...], tmp_path: Path) -> None:
    code, target = run(tmp_path, inputs.au(), "--ausfertigung", ",".join(copies))
    assert code == 0
    made = pages(target.read_bytes())
    assert len(made) == len(copies)
    for one, wanted in zip(made, copies, strict=True):
        title = {"kk": "bei der Krankenkasse", "v": "für Versicherte", "ag": "beim Arbeitgeber"}[wanted]
        assert sum(title in row.text for row in rows(one) if row.text.startswith("Ausfertigung")) == 1


def test_01_p6_02_ak10_paper_is_a5_unless_a4_is_asked_for(tmp_path: Path) -> None:
    for arguments, size in (((), (148, 210)), (("--papier", "a4"), (210, 297))):
        code, target = run(tmp_path, inputs.au(), *arguments)
        assert code == 0
        for one in pages(target.read_bytes()):
            assert paper.size_mm(one) == pytest.approx(size, abs=0.01)


def test_02_p6_05_the_kk_copy_comes_without_asking_and_with_the_hint_to_hand_it_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, target = run(tmp_path, inputs.au())
    assert code == 0
    assert "bei der Krankenkasse" in text_of(pages(target.read_bytes())[0])
    said = capsys.readouterr().err
    assert "mitgeben" in said
    assert "per Post an die Krankenkasse" in said  # P6-02 AC1c


@pytest.mark.parametrize(
    "cover", [{"typ": "SKT"}, {"personengruppe": "07"}, {"ausland": True}], ids=["skt", "gruppe07", "ausland"]
)
def test_03_p6_03_the_kk_copy_also_comes_for_those_whose_au_is_never_sent(
    cover: dict[str, Any], tmp_path: Path
) -> None:
    document = inputs.au()
    document["versicherung"].update(cover)
    if cover.get("typ") == "SKT":
        document["versicherter"]["versicherten_id"] = None
    code, target = run(tmp_path, document)
    assert code == 0
    first = target.read_bytes()
    assert "bei der Krankenkasse" in text_of(pages(first)[0])
    assert len(paper.decode_zxing(paper.picture(first))) == 1


def test_04_stylesheet_elements_stand_in_the_order_of_the_form(kk: Any) -> None:
    found = [find_start(kk, text) for text in KK_ORDER]
    assert [w.bottom for w in found] == sorted(w.bottom for w in found)
    assert all(w.x0 < 84 for w in found)
    right = [
        find(kk, text)
        for text in (
            "bescheinigung",
            "Erstbescheinigung",
            "Folgebescheinigung",
            "Vertragsarztstempel / Unterschrift des Arztes",
        )
    ]
    assert [w.bottom for w in right] == sorted(w.bottom for w in right)
    assert all(w.x0 > 84 for w in right)
    # P7-02 AC2: right of the Personalienfeld, under Folgebescheinigung, directly above the stamp.
    left, top, right_edge, bottom = barcode_box(kk)
    assert left > 82
    assert top > right[2].bottom
    stamp = next(f for f in frames(kk) if f.x0 > 84 and f.bottom - f.top > 40)
    assert 0.5 < stamp.top - bottom < 2
    assert stamp.x0 <= left
    assert right_edge <= stamp.x1


def test_04_stylesheet_the_title_frame_names_the_copy(kk: Any, v: Any, ag: Any) -> None:
    for one, title in (
        (kk, "Ausfertigung zur Vorlage bei der Krankenkasse"),
        (v, "Ausfertigung für Versicherte"),
        (ag, "Ausfertigung zur Vorlage beim Arbeitgeber"),
    ):
        word = find(one, title)
        frame = [
            f
            for f in frames(one)
            if f.x0 < word.x0 and f.x1 > word.x1 and 0 < word.top - f.top < 3 and f.bottom - f.top < 8
        ]
        assert len(frame) == 1
        assert (frame[0].x0 + frame[0].x1) / 2 == pytest.approx((word.x0 + word.x1) / 2, abs=0.2)


def test_05_p7_90_kk_and_v_show_every_diagnosis_in_its_cell_and_ag_none(kk: Any, v: Any, ag: Any) -> None:
    for one in (kk, v):
        labels = sorted((w for w in rows(one) if w.text == "ICD-10 - Code"), key=lambda w: (round(w.top), w.x0))
        assert len(labels) == 6
        wanted = ["E10.20 G", "N08.3 G", "S42.3 G L", "S82.28 G R", "Q01.9 V", "S22.32 Z"]
        for label, text in zip(labels, wanted, strict=True):
            code = find(one, text)
            assert code.x0 == pytest.approx(label.x0, abs=0.3)
            assert 0 < code.top - label.bottom < 3
        find(one, "Ein sehr kranker Patient")
    for text in ("E10", "N08", "S42", "S82", "Q01", "S22", "ICD", "kranker"):
        assert text not in text_of(ag)


def test_06_p6_02_ag_hides_status_and_bsnr_everywhere_in_the_file(kk: Any) -> None:
    status, bsnr = find(kk, "1 00 00 00"), [w for w in rows(kk) if w.text == "031234567"]
    assert len(bsnr) == 2  # Personalienfeld and stamp
    document = inputs.au()
    document["versicherung"].update(personengruppe="09", dmp="31")
    document["betriebsstaette"]["name"] = "Praxis 031234567 Testfall"
    document["au"].update(diagnosetext="GEHEIMER TEXT", sonstige_massnahme="GEHEIME SACHE")
    data = rendered(read_au(inputs.as_bytes(document)), "ag")
    one = pages(data)[0]
    for hidden in (status, next(w for w in bsnr if w.x0 < 30)):
        covers = [
            a
            for a in paper.areas(one)
            if a.x0 < hidden.x0 and a.x1 > hidden.x1 and a.top < hidden.top and a.bottom > hidden.bottom
        ]
        assert len(covers) == 1
    for black in paper.areas(one):
        assert not [w for w in rows(one) if overlap(w, black)]
    everything = text_of(one).encode() + raw(data)
    for secret in (b"031234567", b"1 09 31", b"0931", b"J06", b"GEHEIM", b"Reha", b"Krankengeld"):
        assert secret not in everything


@pytest.mark.parametrize("ende", [False, True])
@pytest.mark.parametrize("art", ["erst", "folge"])
def test_07_stylesheet_exactly_one_of_erst_and_folge_and_ende_only_beside_it(art: str, ende: bool) -> None:
    eingabe = au(endbescheinigung=ende) if art == "erst" else folge(endbescheinigung=ende)
    one = page(eingabe)
    assert ticked(one, "Erstbescheinigung") is (art == "erst")
    assert ticked(one, "Folgebescheinigung") is (art == "folge")
    assert ticked(one, "Endbescheinigung") is ende


def test_08_p310_04_folge_leaves_seit_empty_on_paper_and_in_field_17() -> None:
    one = page(folge())
    label = find(one, "arbeitsunfähig seit")
    assert not [w for w in rows(one) if w.x0 > 40 and w.x0 < 84 and abs(w.bottom - label.bottom) < 2]
    assert barcode_fields(folge())[16] == ""
    assert barcode_fields(au())[16] == "20261123"


def test_09_stylesheet_visible_dates_have_four_digit_years_and_barcode_dates_no_dots(kk: Any, ag: Any) -> None:
    for one in (kk, ag):
        dates = re.findall(r"\d{1,2}\.\d{1,2}\.\d+", text_of(one))
        assert sorted(dates) == ["23.05.1984", "23.11.2026", "23.11.2026", "23.11.2026", "27.11.2026"]
    fields = barcode_fields(au())
    assert [fields[i] for i in (3, 11, 16, 17, 18)] == ["20271231", "20261123", "20261123", "20261127", "20261123"]


def test_09_p2_430_unknown_parts_of_the_birth_date_are_00() -> None:
    for known, printed in (("1984-05", "00.05.1984"), ("1984", "00.00.1984")):
        document = inputs.au()
        document["versicherter"]["geburtsdatum"] = known
        find(page(read_au(inputs.as_bytes(document))), printed)


@pytest.mark.parametrize("papier", ["a5", "a4"])
def test_10_p7_01_the_printed_symbol_says_what_was_meant(papier: str) -> None:
    eingabe = au(sonstige_massnahme="Größe, Übung & Maß: 5 €")
    picture = paper.picture(rendered(eingabe, papier=papier))
    assert paper.decode_zxing(picture) == [barcode_bytes(eingabe)]
    assert len(barcode_bytes(eingabe).decode("iso8859-15").split("\t")) == 28


@pytest.mark.parametrize("papier", ["a5", "a4"])
def test_10_p7_01_another_decoder_reads_the_same(papier: str, independent_decoder: None) -> None:
    eingabe = au(sonstige_massnahme="Größe, Übung & Maß: 5 €")
    picture = paper.picture(rendered(eingabe, papier=papier))
    assert paper.decode_independent(picture) == [barcode_bytes(eingabe)]
    columns, correction = paper.pdf417_structure(picture)
    assert columns == 7
    assert correction == 32  # level 4 = 2 ** 5 correction codewords (BFB 5.5)


@pytest.mark.parametrize("seed", [1, 2])
def test_10_p7_02_still_read_after_paper_and_scanner(seed: int, independent_decoder: None) -> None:
    eingabe = au(sonstige_massnahme="Größe, Übung & Maß: 5 €")
    picture = paper.scanned(rendered(eingabe), seed)
    assert paper.decode_independent(picture) == [barcode_bytes(eingabe)]


def test_10_p7_02_still_read_after_paper_and_scanner_by_the_second_witness() -> None:
    eingabe = au()
    assert paper.decode_zxing(paper.scanned(rendered(eingabe), 3)) == [barcode_bytes(eingabe)]


def test_10_p7_03_the_worked_example_of_the_data_sheet(referenz: Path) -> None:
    example = json.loads((referenz / "data" / "forms" / "au-barcode-fields.json").read_text(encoding="utf-8"))[
        "worked_example"
    ]
    document = inputs.au()
    document["versicherter"]["versicherten_id"] = "X234567890"
    document["versicherung"].update(ik="104212059", ende=None)
    document["betriebsstaette"]["bsnr"] = "031234567"
    document["datum"] = "2022-09-29"
    document["au"] = {
        "art": "folge",
        "seit": None,
        "bis": "2022-10-15",
        "festgestellt": "2022-09-29",
        "diagnosen": SECHS,
        "diagnosetext": "Ein sehr kranker Patient",
        "krankengeldfall": True,
    }
    document["au"]["ursachen"] = ["arbeitsunfall"] if example["fields"][14] else []
    eingabe = read_au(inputs.as_bytes(document))
    assert list(barcode_fields(eingabe)) == example["fields"]
    assert barcode_bytes(eingabe) == example["string"].encode("iso8859-15")


def test_10_p7_03_each_day_stands_in_its_own_field() -> None:
    document = inputs.au() | {"datum": "2026-11-24"}
    document["au"] |= {"seit": "2026-11-23", "bis": "2026-11-27", "festgestellt": "2026-11-24"}
    document["au"] |= {"art": "erst"}
    fields = barcode_fields(read_au(inputs.as_bytes(document)))
    assert (fields[11], *fields[16:19]) == ("20261124", "20261123", "20261127", "20261124")


def test_11_p7_03_free_texts_end_after_70_characters_and_six_diagnoses_fit() -> None:
    long = "ä" * 71
    eingabe = au(sonstige_massnahme=long)
    eingabe = eingabe.model_copy(
        update={"au": eingabe.au.model_copy(update={"diagnosetext": long, "diagnosen": (eingabe.au.diagnosen[3],) * 6})}
    )
    fields = barcode_fields(eingabe)
    assert [len(fields[i]) for i in (23, 26, 27)] == [70, 70, 70]
    assert fields[26] == ", ".join(["S82.28 G R"] * 6)


@pytest.mark.parametrize("papier", ["a5", "a4"])
@pytest.mark.parametrize("text", ["", "ä" * 70], ids=["short", "longest"])
def test_12_bfb_5_5_the_symbol_has_its_exact_size(papier: str, text: str) -> None:
    eingabe = au(sonstige_massnahme=text or None)
    if text:
        eingabe = eingabe.model_copy(
            update={"au": eingabe.au.model_copy(update={"diagnosetext": text, "ursachen": ("ser",)})}
        )
    one = page(eingabe, papier=papier)
    dark = paper.areas(one)
    left, top, right, bottom = barcode_box(one)
    assert right - left == pytest.approx(188 * 0.254, abs=0.01)
    assert 46.5 <= right - left <= 48.5  # BFB 5.5: 47.5 +- 1 mm
    heights = {round(a.bottom - a.top, 3) for a in dark}
    assert all(height == pytest.approx(0.508, abs=0.002) for height in heights)
    assert min(a.x1 - a.x0 for a in dark) == pytest.approx(0.254, abs=0.002)
    lines = round((bottom - top) / 0.508)
    assert bottom - top == pytest.approx(lines * 0.508, abs=0.01)
    # quiet zone: nothing else within two modules on any side
    around = paper.Word("", left - 0.508, top - 0.508, right + 0.508, bottom + 0.508)
    assert not [w for w in rows(one) if overlap(w, around)]
    for edge in edges(one):
        assert not overlap(edge, around)


def test_13_p6_02_ak1b_v_and_ag_have_no_barcode() -> None:
    for wanted in ("v", "ag"):
        data = rendered(au(), wanted)
        assert paper.decode_zxing(paper.picture(data)) == []
        assert len(paper.areas(pages(data)[0])) == (2 if wanted == "ag" else 0)


MARKS = [
    ("Erstbescheinigung", 12, {}),
    ("Folgebescheinigung", 13, {"art": "folge", "seit": None}),
    ("Arbeitsunfall, Arbeitsunfall-", 14, {"ursachen": ["arbeitsunfall"]}),
    ("dem Durchgangsarzt", 15, {"durchgangsarzt": True}),
    ("sonstiger Unfall,", 19, {"ursachen": ["sonstiger_unfall"]}),
    ("Versorgungsleiden", 20, {"ursachen": ["ser"]}),
    ("Leistungen zur", 21, {"reha": True}),
    ("stufenweise", 22, {"wiedereingliederung": True}),
    ("ab 7. AU-Woche oder", 24, {"krankengeldfall": True}),
    ("Endbescheinigung", 25, {"endbescheinigung": True}),
]


@pytest.mark.parametrize("changes", [c for _, _, c in MARKS], ids=[label for label, _, _ in MARKS])
def test_14_bfb_p4_8_30_each_mark_on_paper_is_a_1_in_the_barcode(changes: dict[str, Any]) -> None:
    eingabe = au(**copy.deepcopy(changes))
    one = page(eingabe)
    fields = barcode_fields(eingabe)
    for label, index, _ in MARKS:
        assert ticked(one, label) is (fields[index] == "1"), label
    assert ticked(one, "Sonstige") is False
    assert len(ticks(one)) == len(MARKS) + 1


def test_14_bfb_p4_8_30_sonstige_is_ticked_with_its_text() -> None:
    one = page(au(sonstige_massnahme="Umschulung"))
    find(one, "Umschulung")
    assert ticked(one, "Sonstige") is True


def test_15_p6_02_the_stamp_is_complete_and_shows_both_doctors() -> None:
    document = inputs.au()
    document["betriebsstaette"].update(fax="030 000001", email="post@praxis.example", zusatz="Hinterhaus")
    document["verantwortlich"] = document["arzt"] | {"vorname": "Berta", "nachname": "Probe", "lanr": "123456601"}
    document["arzt"]["qualifikation"] = "03"
    for wanted in ("kk", "v", "ag"):
        one = page(read_au(inputs.as_bytes(document)), wanted)
        stamp = [w.text for w in sorted((w for w in rows(one) if w.x0 > 84 and 54 < w.top < 101), key=lambda w: w.top)]
        assert stamp == [
            "Praxis Dr. Testfall",
            *([] if wanted == "ag" else ["031234567"]),
            "Musterplatz 1",
            "Hinterhaus",
            "12345 Musterhausen",
            "Tel: 030 000000",
            "Fax: 030 000001",
            "E-Mail: post@praxis.example",
            "Dr. med. Anna Testfall",
            "Fachärztin für Allgemeinmedizin",
            "838382202",
            "Dr. med. Berta Probe",
            "Fachärztin für Allgemeinmedizin",
            "123456601",
        ]


def test_16_stylesheet_the_footer_ties_paper_and_message_together(kk: Any, v: Any, ag: Any) -> None:
    for one in (kk, v, ag):
        for text in ("Dokumentenversion: 1.2", "Dokumententyp: e010", "PRF.NR. Y/1/2107/36/999", str(KENNUNG)):
            find(one, text)
        find(one, f"Belegnummer: {NUMMER}")
    find(page(au(), pruefnummer=None), "PRF.NR. keine")


def test_17_p6_02_ak5_blank_copies_hold_labels_only(tmp_path: Path) -> None:
    target = tmp_path / "blanko.pdf"
    assert main(["au", "--blanko", "-o", str(target), "--daten", str(tmp_path / "daten")]) == 0
    assert target.read_bytes() == render_au_blanko(("kk", "v", "ag"))
    blank, full = pages(target.read_bytes()), pages(rendered(au(), "kk", "v", "ag"))
    for empty, filled in zip(blank, full, strict=True):
        assert not [crossed for _, crossed in ticks(empty) if crossed]
        assert {w.text for w in rows(empty)} - {w.text for w in rows(filled)} <= {"PRF.NR. keine", "Sonstige"}
        assert not re.search(r"\d{2}\.\d{2}\.|\d{5}", text_of(empty))
    assert paper.decode_zxing(paper.picture(target.read_bytes())) == []


def test_17_p6_02_ak6_patient_only_prints_hold_person_bsnr_and_lanr() -> None:
    one = page(au(), nur_personalien=True)
    text = text_of(one)
    for wanted in ("Beispiel-Testfrau", "101234561", "A123456780", "031234567", "838382202", "23.05.1984"):
        assert wanted in text
    for absent in ("E10", "kranker", "2026", "Praxis", "Testfall"):
        assert absent not in text
    assert not [crossed for _, crossed in ticks(one) if crossed]
    [code] = paper.decode_zxing(paper.picture(rendered(au(), nur_personalien=True)))
    fields = code.decode("iso8859-15").split("\t")
    assert len(fields) == 28
    assert fields[11:] == [""] * 17
    assert fields[4:7] == ["101234561", "A123456780", "1"]


def test_17_p6_02_ak3_a_reprint_is_the_same_to_the_byte() -> None:
    assert rendered(au(), "kk", "v", "ag") == rendered(au(), "kk", "v", "ag")


def test_18_p6_05_an_au_of_the_stoerung_is_not_sent_until_it_is_over_and_some_are_done_on_paper(tmp_path: Path) -> None:
    clock = SetClock(stores.MORGENS)
    store = stores.memory(clock)
    of = stores.stoerung(store)
    settings = Einstellungen(
        weg_au=Weg.DIREKT,
        pruefnummer="Y/1/2107/36/999",
        kim=KimEinstellungen(kassenadressen={"101234561": "kasse@test.kim.telematik-test"}),
    )
    forms = IssueBeleg(store, clock, FilePrinter(tmp_path / "gedruckt"), settings)
    made = {}
    for name, cover in {"send": {}, "group07": {"personengruppe": "07"}, "abroad": {"ausland": True}}.items():
        document = inputs.au()
        document["versicherung"].update({"personengruppe": "00"} | cover)
        line = forms.issue_au(read_au(inputs.as_bytes(document)), stoerung=of.id, wer="sk")
        forms.print_beleg(line.kennung, wer="sk")
        forms.confirm_printed(line.kennung, "sk")
        made[name] = line.kennung

    def columns() -> dict[UUID, Spalte]:
        (one,) = build_abgleich(store, clock).stoerungen
        return {row.beleg.kennung: row.spalte for row in one.zeilen}

    assert columns()[made["send"]] is Spalte.OFFEN
    SwitchMode(store, clock).end(None, "sk")
    kim = TwinKim(clock)
    DrainOutbox(store, TwinKonnektor(), kim, clock, settings).drain(wer="sk")  # type: ignore[arg-type]
    assert set(kim.kasse.accepted) == {str(made["send"])}
    assert set(columns().values()) == {Spalte.ERLEDIGT}


def test_19_p6_02_no_security_paper_and_sign_by_hand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path, inputs.au())
    said = capsys.readouterr().err
    assert "von Hand unterschreiben" in said
    assert "weißes Papier" in said
    assert "Sicherheitspapier" not in said


# -- small readers of this file ------------------------------------------------


def find_start(one: Any, text: str) -> paper.Word:
    """The first row that begins with this text."""
    return next(row for row in sorted(rows(one), key=lambda w: w.top) if row.text.startswith(text))


def frames(one: Any) -> list[paper.Word]:
    return [paper.word_of(r, "") for r in one.rects if r["stroke"] and not r["fill"]]


def edges(one: Any) -> list[paper.Word]:
    """The lines of every frame and every rule as thin areas."""
    found = [paper.word_of(line, "") for line in one.lines]
    for f in frames(one):
        found += [
            paper.Word("", f.x0, f.top, f.x1, f.top),
            paper.Word("", f.x0, f.bottom, f.x1, f.bottom),
            paper.Word("", f.x0, f.top, f.x0, f.bottom),
            paper.Word("", f.x1, f.top, f.x1, f.bottom),
        ]
    return found


def barcode_box(one: Any) -> tuple[float, float, float, float]:
    dark = paper.areas(one)
    return min(a.x0 for a in dark), min(a.top for a in dark), max(a.x1 for a in dark), max(a.bottom for a in dark)


def overlap(a: paper.Word, b: paper.Word) -> bool:
    return a.x0 < b.x1 and b.x0 < a.x1 and a.top < b.bottom and b.top < a.bottom


def raw(data: bytes) -> bytes:
    """The file with every compressed stream opened, metadata and all."""
    reader = pypdf.PdfReader(BytesIO(data))
    found = data
    for number in range(1, int(reader.trailer["/Size"])):
        item = pypdf.generic.IndirectObject(number, 0, reader).get_object()
        found += repr(item).encode() + (item.get_data() if isinstance(item, pypdf.generic.StreamObject) else b"")
    return found
