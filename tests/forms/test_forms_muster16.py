"""A correct Muster 16: each number of the checklist (forms sheet §8), read back from the PDF in mm."""

import copy
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import inputs
import paper
from papierbruecke.errors import InputRefused
from papierbruecke.forms.geometry import muster16
from papierbruecke.forms.muster16 import ROWS, Blatt, blaetter, eingabe_of, layout_objections
from papierbruecke.forms.render import render_muster16
from papierbruecke.pdf.canvas import Kasten
from papierbruecke.pdf.fonts import MM_PER_POINT, width_mm
from papierbruecke.record.model import RezeptEingabe
from papierbruecke.record.read_input import read_rezept

DPI = 600
PZN = inputs.rezept()["rezept"]["positionen"][0]
WIRKSTOFF = inputs.rezept()["rezept"]["positionen"][1]
REZEPTUR = {
    "form": "rezeptur",
    "name": "Salicylsäure-Salbe",
    "menge": "100 g",
    "darreichung": "Salbe",
    "bestandteile": [{"name": "Salicylsäure", "menge": "5,0 g"}, {"name": "Weißes Vaselin", "menge": "ad 100,0 g"}],
    "gefaess": "Tube",
    "zubereitung": "M. f. ungt.",
    "gebrauch": "2 x täglich dünn auftragen",
}
DIGA = PZN | {"name": "Probeapp gegen Testangst 90 Tage", "dosierung": None, "rezeptpflichtig": False}
HILFSMITTEL = {
    "form": "freitext",
    "text": "Unterarmgehstützen 1 Paar",
    "hilfsmittelnummer": "1050020",
    "rezeptpflichtig": False,
}


def rezept(*positionen: dict[str, Any], **changes: Any) -> RezeptEingabe:
    document = inputs.rezept()
    document["rezept"]["positionen"] = [copy.deepcopy(p) for p in positionen or (PZN, WIRKSTOFF)]
    for key, value in changes.items():
        (document if key in document and key != "rezept" else document["rezept"])[key] = value
    return read_rezept(inputs.as_bytes(document))


def only(eingabe: RezeptEingabe) -> Blatt:
    sheets = blaetter(eingabe)
    assert len(sheets) == 1
    return sheets[0]


def marks(blatt: Blatt) -> dict[str, str]:
    return {t.rolle.removeprefix("kreuz."): t.text for t in blatt.texte if t.rolle.startswith("kreuz.")}


def chars(eingabe: RezeptEingabe) -> list[dict[str, Any]]:
    (page,) = paper.pages(render_muster16(eingabe))
    return list(page.chars)


def baseline(char: dict[str, Any]) -> float:
    return 105.0 - float(char["matrix"][5]) * MM_PER_POINT


def left(char: dict[str, Any]) -> float:
    return float(char["x0"]) * MM_PER_POINT


# -- geometry ----------------------------------------------------------------


def test_01_bfb_3_2_1_the_page_is_the_sheet_without_scaling() -> None:
    (page,) = paper.pages(render_muster16(rezept()))
    assert paper.size_mm(page) == pytest.approx((148.0, 105.0), abs=0.01)


def test_02_p7_10_characters_of_the_personalienfeld_stand_2_54_mm_apart() -> None:
    line = [c for c in chars(rezept()) if baseline(c) == pytest.approx(50.8, abs=0.01)]
    first = line[0]
    steps = [left(c) - left(first) for c in line]
    assert len(line) > 25
    assert all(min(abs(step - n * 2.54) for n in range(30)) < 0.005 for step in steps)
    assert {round(float(c["size"]), 3) for c in line} == {12.0}


def test_03_bfb_faq_3_2_the_columns_start_right_of_the_ticks() -> None:
    line_6 = [c for c in chars(rezept()) if baseline(c) == pytest.approx(42.3, abs=0.01)]
    line_7 = [c for c in chars(rezept()) if baseline(c) == pytest.approx(50.8, abs=0.01)]
    assert 11.6 <= left(line_6[0]) <= 12.6
    assert line_6[10]["text"] == "A"
    assert 37.0 < left(line_6[10]) < 37.5
    assert 70.0 < left(line_6[-7]) < 70.5
    assert 37.0 < left(line_7[10]) < 37.5
    assert 65.0 < left(line_7[-8]) < 65.5


@cache
def picture(pdf: bytes) -> Any:
    return paper.picture(pdf, DPI)


def ink_in(pdf: bytes, box: Kasten) -> bool:
    darkest, _ = picture(pdf).crop(tuple(round(v / 25.4 * DPI) for v in box)).getextrema()
    return bool(darkest < 128)


FULL = {
    "noctu": True,
    "sonstige": True,
    "ser": True,
    "impfstoff": True,
    "begruendungspflicht": True,
    "arbeitsunfall": {
        "unfalltag": "2026-11-20",
        "unfallbetrieb": "Maschinenbau Muster GmbH & Co KG",
        "traeger": "BG Musterbau",
    },
}
LONG = PZN | {"name": "Gjpqyjöß Retardkapseln ÄÖÜ jgy", "aut_idem_ausgeschlossen": True, "dosierung": "1-1-1-1"}


def full_sheet() -> RezeptEingabe:
    eingabe = rezept(LONG, LONG, LONG, **FULL)
    person = eingabe.versicherter
    assert person is not None
    long_names = {"nachname": "Beispiel-Testfrau-Langnamigjpq", "titel": "Prof. Dr.", "vorname": "Erika Jolantha"}
    return eingabe.model_copy(update={"versicherter": person.model_copy(update=long_names)})


def test_04_a4a_2_3_no_ink_touches_frame_tick_or_label_of_the_form() -> None:
    pdf = render_muster16(full_sheet())
    form = muster16().vordruck
    touched = [name for name, box in form.beschriftungen.items() if name != "geb_am" and ink_in(pdf, Kasten(*box))]
    assert touched == []
    for x0, y0, x1, y1 in form.linien[:7]:
        assert not ink_in(pdf, Kasten(x0 - 0.1, y0 - 0.1, x1 + 0.1, y1 + 0.1)), (x0, y0)
    frame = form.kasten("personalienfeld")
    for edge in (
        Kasten(frame.x0 - 0.2, frame.y0, frame.x0 + 0.2, frame.y1),
        Kasten(frame.x1 - 0.2, frame.y0, frame.x1 + 0.2, frame.y1),
        Kasten(frame.x0, frame.y1 - 0.2, frame.x1, frame.y1 + 0.2),
    ):
        assert not ink_in(pdf, edge)


def test_04_a4a_2_3_the_birth_date_clears_its_label() -> None:
    pdf = render_muster16(rezept())
    # The descender of "geb." stands over the point of the date, the rest of the label ends at 22.5 mm.
    assert not ink_in(pdf, Kasten(73.5, 20.9, 81.3, 22.5))


def test_04_bfb_faq_3_2_all_baselines_lie_inside_their_bands() -> None:
    lines = muster16().personalienfeld.grundlinien
    bands = [(5, 15), *[(15, 35)] * 4, (35, 43.5), (43.5, 52)]
    assert all(top < y < bottom for y, (top, bottom) in zip(lines, bands, strict=True))


def test_05_kp7_60_nothing_stands_in_pharmacy_boxes_code_line_corner_or_signature() -> None:
    form = muster16()
    pdf = render_muster16(full_sheet())
    places = {**form.vordruck.apotheke, "codezeile": form.vordruck.codezeile, "ecke": form.vordruck.weisse_ecke}
    places["unterschrift"] = form.unterschrift
    assert [name for name, box in places.items() if ink_in(pdf, Kasten(*box))] == []


def test_06_bfb_1_only_variable_text_is_printed_and_nothing_is_drawn() -> None:
    (page,) = paper.pages(render_muster16(full_sheet()))
    assert (page.rects, page.lines, page.curves, page.images) == ([], [], [], [])
    assert {c["non_stroking_color"] for c in page.chars} == {(0, 0, 0)}
    text = paper.text_of(page)
    for label in ("Krankenkasse", "geb. am", "Status", "Rp.", "Vertragsarztstempel", "666"):
        assert label not in text


# -- Personalienfeld on the sheet (its rules: test_forms_personalienfeld) -----


def test_14_kp7_80_arbeitsunfall_has_no_ik_and_the_accident_insurer() -> None:
    sheet = only(rezept(**FULL))
    texts = {t.rolle: t.text for t in sheet.texte}
    assert texts["personalienfeld.1"] == "BG Musterbau"
    assert "101234561" not in " ".join(t.text for t in sheet.texte)
    assert marks(sheet)["arbeitsunfall"] == "X"
    assert texts["unfalltag"] == "20.11.26"
    assert [t.text for t in sheet.texte if t.rolle == "unfallbetrieb"] == ["Maschinenbau Muster", "GmbH & Co KG"]


def test_14_kp7_80_whether_number_and_status_are_printed_then_is_a_setting() -> None:
    (sheet,) = blaetter(rezept(**FULL), unfall_mit_status=False)
    texts = {t.rolle: t.text for t in sheet.texte}
    assert "personalienfeld.6" not in texts
    assert texts["personalienfeld.7"] == "23.11.26"
    assert "A123456780" in " ".join(t.text for t in only(rezept(**FULL)).texte)


def test_11_kp7_30_an_outage_never_makes_an_ersatzverordnung() -> None:
    line = next(t.text for t in only(rezept()).texte if t.rolle == "personalienfeld.6" and t.text.isdigit())
    assert line == "1000000"


def test_12_kp7_81_after_a_card_name_and_address_are_those_of_the_card() -> None:
    eingabe = rezept()
    person = eingabe.versicherter
    assert person is not None
    texts = [t.text for t in only(eingabe).texte if t.rolle.startswith("personalienfeld.")]
    assert {person.nachname, person.vorname, "Musterweg 6", "D 12345 Musterhausen"} <= set(texts)


def test_17_kp2_191_under_18_without_exemption_is_remarked() -> None:
    from datetime import date

    from papierbruecke.record.take_beleg import check_rezept

    eingabe = rezept()
    person = eingabe.versicherter
    assert person is not None
    for born, remarked in (("2008-11-24", True), ("2008-11-23", False)):
        child = eingabe.model_copy(update={"versicherter": person.model_copy(update={"geburtsdatum": born})})
        codes = [w.code for w in check_rezept(child, date(2026, 11, 23)).warnungen]
        assert ("gebuehr.minderjaehrig" in codes) is remarked


# -- boxes -------------------------------------------------------------------


@pytest.mark.parametrize(("gebuehr", "box"), [("pflichtig", "geb_pfl"), ("frei", "gebuehr_frei")])
def test_16_zm_12_2018_exactly_one_fee_box_is_marked(gebuehr: str, box: str) -> None:
    assert [m for m in marks(only(rezept(gebuehr=gebuehr))) if m.startswith("geb")] == [box]


def test_16_vdga_p4_342_a_diga_has_no_fee_box() -> None:
    assert marks(only(rezept(DIGA, art="diga"))) == {}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"ser": True}, {"ser": "6"}),
        ({"impfstoff": True}, {"impfstoff": "8"}),
        ({"begruendungspflicht": True}, {"begruendungspflicht": "X"}),
        ({"noctu": True}, {"noctu": "X"}),
        ({"sonstige": True}, {"sonstige": "X"}),
        ({"unfall": True}, {"unfall": "X"}),
        ({"art": "sprechstundenbedarf"}, {"sprechstundenbedarf": "9"}),
        ({"art": "sprechstundenbedarf", "impfstoff": True}, {"impfstoff": "8", "sprechstundenbedarf": "9"}),
    ],
)
def test_18_kp7_60_6_to_9_show_their_digit_all_others_an_x(changes: dict[str, Any], expected: dict[str, str]) -> None:
    assert marks(only(rezept(**changes))) == {"geb_pfl": "X"} | expected


def test_18_kp7_60_hilfsmittel_show_7_and_as_practice_stock_7_and_9() -> None:
    assert "hilfsmittel" in marks(only(rezept(HILFSMITTEL, art="hilfsmittel", diagnose="S93.4")))
    stock = marks(only(rezept(HILFSMITTEL, art="sprechstundenbedarf")))
    assert (stock["hilfsmittel"], stock["sprechstundenbedarf"]) == ("7", "9")


def test_18_kp7_60_a_sonstiger_kostentraeger_is_marked_as_such() -> None:
    eingabe = rezept()
    skt = eingabe.model_copy(update={"versicherung": eingabe.versicherung.model_copy(update={"typ": "SKT"})})
    assert marks(only(skt))["sonstige"] == "X"


def test_18_kp7_60_marks_lie_inside_their_boxes() -> None:
    form = muster16().vordruck
    for eingabe in (full_sheet(), rezept(HILFSMITTEL, art="sprechstundenbedarf", unfall=True, gebuehr="frei")):
        for t in only(eingabe).texte:
            if not t.rolle.startswith("kreuz."):
                continue
            box, half = form.kasten(t.rolle.removeprefix("kreuz.")), width_mm(t.text, t.schrift, t.groesse_pt) / 2
            assert box.x0 < t.x - half < t.x + half < box.x1, t.rolle
            assert box.y0 < t.y - 2.8 < t.y < box.y1, t.rolle


def test_19_p3_430_aut_idem_stands_beside_its_item_and_only_if_asked() -> None:
    crossed = WIRKSTOFF | {"form": "freitext", "text": "Probemittel", "aut_idem_ausgeschlossen": True}
    for key in ("name", "staerke", "darreichung", "packung"):
        crossed.pop(key)
    assert "aut_idem_2" in marks(only(rezept(PZN, crossed)))
    assert not [m for m in marks(only(rezept())) if m.startswith("aut_idem")]


def test_19_p3_430_the_box_follows_an_item_that_was_moved_down() -> None:
    long = PZN | {
        "dosierung": "morgens eine, mittags keine, abends zwei, zur Nacht eine halbe Tablette mit viel Wasser"
    }
    sheet = only(rezept(long, PZN | {"aut_idem_ausgeschlossen": True}))
    assert "aut_idem_3" in marks(sheet)


# -- prescription ------------------------------------------------------------


def test_20_p3_720_three_items_stand_on_one_sheet_and_the_fourth_begins_another() -> None:
    assert [s.positionen for s in blaetter(rezept(PZN, WIRKSTOFF, PZN))] == [(0, 1, 2)]
    assert [s.positionen for s in blaetter(rezept(PZN, WIRKSTOFF, PZN, WIRKSTOFF))] == [(0, 1, 2), (3,)]


@pytest.mark.parametrize(("length", "size"), [(35, 12), (36, 11), (38, 11), (39, 10), (42, 10)])
def test_21_p3_720_ak5_the_font_shrinks_only_as_far_as_needed(length: int, size: int) -> None:
    item = {"form": "freitext", "text": f"{'x' * length} {'y' * length}", "rezeptpflichtig": False}
    assert only(rezept(item, item, item)).groesse_pt == size


def test_20_p3_720_ak6_two_items_of_three_rows_share_a_sheet() -> None:
    long = PZN | {"hinweis": "bitte heute noch besorgen und liefern lassen"}
    sheet = only(rezept(long, long | {"aut_idem_ausgeschlossen": True}))
    assert all(sheet.zeilen)
    assert "aut_idem_2" in marks(sheet)


def test_21_p3_720_ak6_a_long_dosage_takes_more_rows_and_is_printed_whole() -> None:
    text = "morgens 1, mittags 1/2, abends 2, zur Nacht 1/2, bei Schmerzen zusätzlich 1, höchstens 5 am Tag"
    sheets = blaetter(rezept(PZN | {"dosierung": text}, PZN, PZN))
    assert [s.positionen for s in sheets] == [(0, 1), (2,)]
    assert f"»{text}«" in " ".join(sheets[0].zeilen)


LANG = "sehr lange Wörter " * 20


@pytest.mark.parametrize(
    ("position", "changes", "felder", "wort"),
    [
        (PZN | {"hinweis": LANG}, {}, ["rezept.positionen[1].hinweis"], "Der Hinweis"),
        (PZN | {"name": LANG}, {}, ["rezept.positionen[1].name"], "Der Name des Mittels"),
        (PZN | {"dosierung": LANG}, {}, ["rezept.positionen[1].dosierung"], "Die Dosierung"),
        (PZN | {"darreichung": LANG}, {}, ["rezept.positionen[1].darreichung"], "Die Darreichungsform"),
        ({"form": "freitext", "text": LANG, "dosierung": "dj"}, {}, ["rezept.positionen[1].text"], "Der Text"),
        (REZEPTUR | {"gebrauch": LANG}, {}, ["rezept.positionen[1].gebrauch"], "Die Gebrauchsanweisung"),
        (
            REZEPTUR | {"bestandteile": [{"name": "Probestoff", "menge": "5,0 g"}] * 20},
            {},
            ["rezept.positionen[1].bestandteile"],
            "Die Liste der Bestandteile",
        ),
        # The longest of those that would be enough alone; more than one only if none is.
        (
            PZN | {"dosierung": LANG[:190], "hinweis": LANG[:170]},
            {},
            ["rezept.positionen[1].dosierung"],
            "Die Dosierung",
        ),
        (
            PZN | {"dosierung": LANG, "hinweis": LANG[:-20]},
            {},
            ["rezept.positionen[1].dosierung", "rezept.positionen[1].hinweis"],
            "Die Dosierung",
        ),
        (HILFSMITTEL, {"art": "hilfsmittel", "diagnose": LANG}, ["rezept.diagnose"], "Die Diagnose"),
    ],
)
def test_21_p3_720_ak7_the_field_that_is_too_long_is_named(
    position: dict[str, Any], changes: dict[str, Any], felder: list[str], wort: str
) -> None:
    first = HILFSMITTEL if changes else PZN
    objections = layout_objections(rezept(first, position, **changes))
    assert [o.feld for o in objections] == felder
    assert {o.regel for o in objections} == {"AVWG P3-720 AK6"}
    assert objections[0].text.startswith(f"{wort} ")
    assert "sehr" not in "".join(o.text for o in objections)


def test_22_p3_721_the_pzn_is_printed_in_one_piece() -> None:
    for size in range(1, 40):
        text = " ".join(only(rezept(PZN | {"name": "x" * size})).zeilen)
        assert "PZN01234562" in text


def test_22_p3_721_the_parts_of_an_item_stand_in_their_order() -> None:
    item = PZN | {"name": "Probemed", "staerke": "5 mg", "darreichung": "TAB", "anzahl": 2, "hinweis": "eilt"}
    assert " ".join(only(rezept(item)).zeilen).strip() == "2 x Probemed 5 mg TAB 100 St N3 PZN01234562 »1-0-0« eilt"


def test_22_p3_721_what_the_name_says_is_not_said_twice() -> None:
    assert "5 mg TAB 100 St" in " ".join(only(rezept(PZN | {"staerke": "5 mg"})).zeilen)
    twenty_five = PZN | {"name": "Probemed 25 mg", "staerke": "5 mg"}
    assert "Probemed 25 mg 5 mg" in " ".join(only(rezept(twenty_five)).zeilen)


def test_22_k3_722_a_wirkstoff_has_no_pzn_and_its_pack_size_wins() -> None:
    text = " ".join(only(rezept(WIRKSTOFF | {"norm": "N3"})).zeilen)
    assert text.startswith("Metformin 1000 mg Filmtabletten 180 St »Dj«")
    assert "PZN" not in text


def test_22_p3_721_a_number_stays_with_its_unit() -> None:
    for filler in range(20, 40):
        for row in only(rezept(PZN | {"name": f"{'x' * filler} 500 mg"})).zeilen:
            assert not row.endswith(("500", "100"))


@pytest.mark.parametrize(
    ("dosierung", "mark"), [("1-0-0", "»1-0-0«"), ("dj", "»Dj«"), ("DJ", "»Dj«"), ("½-0-½-0", "»½-0-½-0«"), (None, "")]
)
def test_23_p3_625_each_item_carries_its_mark(dosierung: str | None, mark: str) -> None:
    text = " ".join(only(rezept(PZN | {"dosierung": dosierung, "rezeptpflichtig": False})).zeilen)
    assert text.strip().endswith(mark or "PZN01234562")
    assert text.count("»") == text.count("«") == bool(mark)


def test_24_spec16_every_unused_row_is_struck_over_its_width() -> None:
    lage = muster16().verordnung
    for eingabe in (rezept(PZN), rezept(PZN, WIRKSTOFF), rezept(PZN | {"hinweis": "eilt " * 12})):
        sheet = only(eingabe)
        strikes = [t for t in sheet.texte if t.rolle.startswith("strich.")]
        assert len(strikes) == sum(not row for row in sheet.zeilen)
        for t in strikes:
            assert set(t.text) == {"-"}
            assert t.x == lage.x
            assert lage.x_ende - 3 < t.x + len(t.text) * (t.raster or 0) <= lage.x_ende


def test_26_k3_723_a_rezeptur_stands_alone() -> None:
    sheets = blaetter(rezept(PZN, REZEPTUR, WIRKSTOFF))
    assert [s.positionen for s in sheets] == [(0, 2), (1,)]
    assert [row for row in sheets[1].zeilen if row] == [
        "Salicylsäure-Salbe 100 g Salbe",
        "Salicylsäure 5,0 g",
        "Weißes Vaselin ad 100,0 g",
        "Tube",
        "M. f. ungt.",
        "Gebrauch: 2 x täglich dünn auftragen",
    ]


def test_26_k3_723_a_long_rezeptur_flows_instead_of_being_cut() -> None:
    many = REZEPTUR | {"bestandteile": [{"name": f"Probestoff {n}", "menge": f"{n},0 g"} for n in range(1, 8)]}
    sheet = only(rezept(many))
    text = " ".join(sheet.zeilen)
    assert all(f"Probestoff {n} {n},0 g" in text for n in range(1, 8))
    assert text.rstrip().endswith("auftragen")


def test_26_vdga_p4_342_diga_follows_the_six_row_pattern() -> None:
    short = only(rezept(DIGA, art="diga"))
    dashes = "-" * 35
    printed = [t.text for t in short.texte if t.rolle.startswith(("verordnung.", "strich."))]
    assert printed == [
        "Digitale Gesundheitsanwendung",
        dashes,
        "PZN01234562",
        dashes,
        "Probeapp gegen Testangst 90 Tage",
        dashes,
    ]
    long = only(rezept(DIGA | {"name": "Probeapp " * 12}, art="diga"))
    assert long.groesse_pt == 10
    assert len([row for row in long.zeilen if row.startswith("Probeapp")]) == 2
    assert [s.positionen for s in blaetter(rezept(DIGA, DIGA, art="diga"))] == [(0,), (1,)]


def test_27_avwg_faq_p3_720_hilfsmittel_carry_their_diagnosis_on_every_sheet() -> None:
    sheets = blaetter(
        rezept(HILFSMITTEL, HILFSMITTEL, HILFSMITTEL, HILFSMITTEL, art="hilfsmittel", diagnose="S93.4 G R")
    )
    assert len(sheets) == 2
    for sheet in sheets:
        assert "Diagnose: S93.4 G R" in sheet.zeilen
        assert marks(sheet)["hilfsmittel"] == "7"
        assert "Hilfsmittel-Nr. 1050020" in " ".join(sheet.zeilen)


# -- rest --------------------------------------------------------------------


def test_28_p3_720_ak8_the_date_is_the_issue_date() -> None:
    assert "23.11.26" in [t.text for t in only(rezept()).texte if t.rolle == "personalienfeld.7"]


def test_29_bfb_2_8_the_stamp_is_complete_and_inside_its_box() -> None:
    stamp = [t for t in only(rezept()).texte if t.rolle.startswith("stempel.")]
    text = " ".join(t.text for t in stamp)
    for part in (
        "Praxis Dr. Testfall",
        "Dr. med. Anna Testfall",
        "Fachärztin für Allgemeinmedizin",
        "Musterplatz 1, 12345 Musterhausen",
        "Tel. 030 000000",
        "BSNR 031234567",
    ):
        assert part in text
    box = Kasten(*muster16().stempel.kasten)
    for t in stamp:
        half = width_mm(t.text, t.schrift, t.groesse_pt) / 2
        assert box.x0 <= t.x - half < t.x + half <= box.x1
        assert box.y0 <= t.y - 0.73 * t.groesse_pt * MM_PER_POINT < t.y <= box.y1


def test_29_bfb_2_8_the_longest_stamp_shrinks_and_an_impossible_one_is_refused() -> None:
    eingabe = rezept()
    place = eingabe.betriebsstaette.model_copy(update={"name": "Gemeinschaftspraxis " * 3, "fax": "030 000001"})
    doctor = eingabe.arzt.model_copy(update={"berufsbezeichnung": "Fachärztin für Innere Medizin und Probekunde " * 2})
    stamp = [
        t
        for t in only(eingabe.model_copy(update={"betriebsstaette": place, "arzt": doctor})).texte
        if t.rolle.startswith("stempel.")
    ]
    assert 5 <= stamp[0].groesse_pt < 8
    huge = place.model_copy(update={"name": "W" * 400})
    assert [o.feld for o in layout_objections(eingabe.model_copy(update={"betriebsstaette": huge}))] == [
        "betriebsstaette"
    ]


def test_14_kp7_80_a_work_place_longer_than_two_rows_is_refused() -> None:
    unfall = {"unfalltag": "2026-11-20", "unfallbetrieb": "Muster " * 10, "traeger": "BG Musterbau"}
    assert [o.regel for o in layout_objections(rezept(arbeitsunfall=unfall))] == ["FB KP7-80"]
    with pytest.raises(InputRefused):
        blaetter(rezept(arbeitsunfall=unfall))


def test_the_preview_carries_the_same_text_at_the_same_places_and_says_so() -> None:
    (printed,) = paper.pages(render_muster16(full_sheet()))
    (shown,) = paper.pages(render_muster16(full_sheet(), vorschau=True))

    def black(page: Any) -> list[tuple[str, float, float]]:
        return [
            (c["text"], round(c["x0"], 3), round(c["matrix"][5], 3))
            for c in page.chars
            if c["non_stroking_color"] == (0, 0, 0)
        ]

    assert black(shown) == black(printed)
    assert "Vorschau" in paper.text_of(shown)
    assert len(shown.rects) > 20


def test_the_labels_of_the_drawn_form_stay_inside_their_boxes() -> None:
    (page,) = paper.pages(render_muster16(rezept(), vorschau=True))
    labels = [c for c in page.chars if c["non_stroking_color"] != (0, 0, 0)]
    for name in muster16().kreuz.mitten:
        box = muster16().vordruck.kasten(name)
        inside = [c for c in labels if box.x0 < left(c) < box.x1 and box.y0 < baseline(c) < box.y1]
        assert inside, name
        assert all(float(c["x1"]) * MM_PER_POINT < box.x1 for c in inside), name


def test_a_drill_marks_every_page() -> None:
    for page in paper.pages(render_muster16(rezept(PZN, PZN, PZN, PZN), uebung=True)):
        assert "ÜBUNG" in "".join(c["text"] for c in page.chars)


def test_the_same_input_gives_the_same_bytes() -> None:
    assert render_muster16(rezept()) == render_muster16(rezept())


# -- any valid input ---------------------------------------------------------

PRINTABLE = bytes([*range(0x20, 0x7F), *range(0xA1, 0x100)]).decode("iso8859-15").translate({171: None, 187: None})
words = st.text(PRINTABLE, min_size=1, max_size=40).filter(str.strip)
optional = st.none() | words
dosages = st.sampled_from(["1-0-0", "1-0-0-0", "dj", None]) | words
items = st.one_of(
    st.fixed_dictionaries(
        {"form": st.just("pzn"), "name": words, "pzn": st.just("01234562"), "dosierung": dosages},
        optional={
            "staerke": optional,
            "darreichung": optional,
            "packung": optional,
            "norm": st.sampled_from(["N1", "N2", "N3", None]),
            "anzahl": st.integers(1, 99),
            "hinweis": optional,
            "aut_idem_ausgeschlossen": st.booleans(),
        },
    ),
    st.fixed_dictionaries({"form": st.just("wirkstoff"), "name": words, "dosierung": dosages}),
    st.fixed_dictionaries({"form": st.just("freitext"), "text": words, "dosierung": dosages}),
    st.just(REZEPTUR),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(items, min_size=1, max_size=5),
    st.fixed_dictionaries(
        {name: st.booleans() for name in ("noctu", "sonstige", "unfall", "ser", "impfstoff", "begruendungspflicht")}
    ),
    optional,
)
def test_any_valid_prescription_keeps_every_text_in_its_box_and_loses_nothing(
    positionen: list[dict[str, Any]], flags: dict[str, bool], diagnose: str | None
) -> None:
    eingabe = rezept(*positionen, **flags, diagnose=diagnose)
    if layout_objections(eingabe):
        return
    sheets = blaetter(eingabe)
    assert sorted(i for s in sheets for i in s.positionen) == list(range(len(positionen)))
    lage = muster16().verordnung
    for sheet in sheets:
        assert blaetter(eingabe_of(eingabe, sheet)) == (
            sheet.model_copy(update={"positionen": tuple(range(len(sheet.positionen)))}),
        )
        assert len(sheet.zeilen) == ROWS
        rows = [t for t in sheet.texte if t.rolle.startswith(("verordnung.", "strich."))]
        assert [t.y for t in rows] == list(lage.grundlinien)
        assert 10 <= sheet.groesse_pt <= 12
        for t in rows:
            assert lage.x + len(t.text) * (t.raster or 0) <= lage.x_ende
        printed = "".join("".join(sheet.zeilen).split())
        for index in sheet.positionen:
            item = positionen[index]
            for key in ("text", "hinweis"):
                assert "".join((item.get(key) or "").split()) in printed
            if isinstance(item.get("dosierung"), str):
                text = "".join(item["dosierung"].split())
                assert (f"»{text}«" if text.lower() != "dj" else "»Dj«") in printed


@given(st.characters(min_codepoint=0x100, exclude_categories=["Cs"]).filter(lambda c: c not in "ŠšŽžŒœŸ€"))
def test_31_a4a_1_2_characters_outside_iso_8859_15_are_refused_never_replaced(char: str) -> None:
    from datetime import date

    from papierbruecke.record.take_beleg import check_rezept

    befund = check_rezept(rezept(PZN | {"hinweis": f"bitte {char}"}), date(2026, 11, 23))
    assert ("rezept.positionen[0].hinweis", "ISO 8859-15") in [(e.feld, e.regel) for e in befund.einwaende]
