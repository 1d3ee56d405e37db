"""The Personalienfeld: the worked examples, and what holds for any person (checklist forms §8, 8 to 15)."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import inputs
from papierbruecke.forms.personalienfeld import SPALTEN, ZEILEN, Personalien, personalien_of, zeilen
from papierbruecke.record.read_input import read_rezept

PRINTABLE = bytes([*range(0x20, 0x7F), *range(0xA1, 0x100)]).decode("iso8859-15")


def example(name: str, referenz: Path) -> dict[str, Any]:
    document = json.loads((referenz / "data/forms/personalienfeld-examples.json").read_text(encoding="utf-8"))
    return next(e for e in document["examples"] if e["name"] == name)


@pytest.mark.parametrize(
    "name",
    [
        "standard",
        "title_and_prefix",
        "line3_cut",
        "surname_cut",
        "payer_cut",
        "street_cut",
        "town_cut",
        "po_box",
        "birth_partly_unknown",
        "ersatzverfahren_minimum",
        "ersatzverordnung",
        "arbeitsunfall",
        "skt_reference",
    ],
)
def test_08_a4a_2_3_the_worked_examples_are_identical(name: str, referenz: Path) -> None:
    worked = example(name, referenz)
    eingabe = read_rezept(inputs.as_bytes(inputs.rezept_of(worked["input"])))
    assert list(zeilen(personalien_of(eingabe))) == worked["lines"]


texts = st.text(PRINTABLE, max_size=60)


@given(
    st.builds(
        Personalien,
        **{
            name: texts
            for name in (
                "kostentraeger",
                "nachname",
                "titel",
                "vorname",
                "namenszusatz",
                "vorsatzwort",
                "strasse",
                "postfach",
                "plz",
                "ort",
                "nummer",
            )
        },
        hausnummer=st.text(PRINTABLE, max_size=9),
        land=st.sampled_from(["", "D", "CH", "GBR"]),
        wop=st.sampled_from(["", "72"]),
        ik=st.sampled_from(["", "101234561", "1234561"]),
        geburtsdatum=st.sampled_from(["", "1984", "1984-05", "1984-05-23"]),
        schutz_ende=st.sampled_from(["", "2027-12-31"]),
        status=st.sampled_from(["", "1000000", "5080200"]),
        datum=st.dates(),
    )
)
def test_08_to_10_a4a_2_3_any_person_keeps_every_field_at_its_place(p: Personalien) -> None:
    lines = zeilen(p)
    assert len(lines) == ZEILEN
    assert {len(line) for line in lines} == {SPALTEN}
    assert lines[0][24:28].strip() == ""  # name 1-24, WOP 29-30
    assert lines[0][28:] == (p.wop or "  ")
    assert lines[2][21] == " "
    assert lines[2][22:].strip() == "" or lines[2][24] == lines[2][27] == "."
    assert lines[4][24] == " "
    assert lines[5][9] == lines[5][22] == " "
    assert lines[5][23:] == (p.status or " " * 7)
    assert lines[6][21:29] == f"{p.datum:%d.%m.%y}"


@given(
    st.builds(
        Personalien,
        **{
            name: st.text("aß   \u00a0", max_size=12)
            for name in [
                "kostentraeger",
                "nachname",
                "titel",
                "vorname",
                "namenszusatz",
                "vorsatzwort",
                "strasse",
                "hausnummer",
                "postfach",
                "plz",
                "ort",
            ]
        },
        land=st.sampled_from(["", "D"]),
        datum=st.just(date(2026, 11, 23)),
    )
)
def test_15_a4a_2_3_joined_fields_have_one_blank_between_and_none_in_front(p: Personalien) -> None:
    lines = zeilen(p)
    for line, width in ((lines[0], 24), (lines[1], 30), (lines[2], 21), (lines[3], 30), (lines[4], 24)):
        joined = line[:width].rstrip()
        assert "  " not in joined
        assert not joined.startswith(" ")


def test_15_a4a_2_3_a_missing_part_leaves_no_gap() -> None:
    document = inputs.rezept()
    document["versicherter"] |= {
        "titel": " Prof.  Dr. ",
        "namenszusatz": None,
        "vorsatzwort": "von",
        "vorname": "Jo  An",
    }
    document["versicherter"]["anschrift"] |= {"land": None, "strasse": " Am   Musterweg "}
    lines = zeilen(personalien_of(read_rezept(inputs.as_bytes(document))))
    assert lines[2].startswith("Prof. Dr. Jo An von  ")
    assert lines[3].rstrip() == "Am Musterweg 6"
    assert lines[4].startswith("12345 Musterhausen")


def test_04_p7_10_the_street_has_priority_over_the_post_box() -> None:
    document = inputs.rezept()
    document["versicherter"]["postfach"] = {"postfach": "40 08 15", "plz": "54321", "ort": "Beispielstadt"}
    lines = zeilen(personalien_of(read_rezept(inputs.as_bytes(document))))
    assert lines[3].rstrip() == "Musterweg 6"
    assert lines[4].startswith("D 12345 Musterhausen")


def test_09_a4a_1_the_paying_fund_stands_before_the_insuring_one() -> None:
    document = inputs.rezept()
    document["versicherung"] |= {"abrechnend_name": "AOK Abrechnung Nord", "abrechnend_ik": "109500969"}
    lines = zeilen(personalien_of(read_rezept(inputs.as_bytes(document))))
    assert lines[0].startswith("AOK Abrechnung Nord")
    assert lines[5].startswith("109500969")


@pytest.mark.parametrize(("name", "printed"), [("K" * 24, "K" * 24), ("K" * 25, "K" * 24)])
def test_09_a4a_2_3_the_name_of_the_fund_has_24_places(name: str, printed: str) -> None:
    document = inputs.rezept()
    document["versicherung"]["name"] = name
    line = zeilen(personalien_of(read_rezept(inputs.as_bytes(document))))[0]
    assert line == f"{printed}    72"


def test_10_a4a_2_3_group_and_programme_stand_in_their_own_places() -> None:
    document = inputs.rezept()
    document["versicherung"] |= {"versichertenart": "5", "personengruppe": "09", "dmp": "31"}
    assert zeilen(personalien_of(read_rezept(inputs.as_bytes(document))))[5].endswith("5093100")


def test_10_a4a_2_3_a_short_ik_gets_its_leading_ten() -> None:
    document = inputs.rezept()
    document["versicherung"]["ik"] = "1234561"
    assert zeilen(personalien_of(read_rezept(inputs.as_bytes(document))))[5].startswith("101234561 ")


def test_10_p7_130_the_asv_team_number_replaces_the_bsnr() -> None:
    document = inputs.rezept()
    document["versicherung"]["rechtsgrundlage"] = "01"
    document["arzt"]["asv_teamnummer"] = "001234566"
    lines = zeilen(personalien_of(read_rezept(inputs.as_bytes(document))))
    assert lines[6].startswith("001234566 838382202")
    assert lines[5].rstrip().endswith("01")


def test_13_p2_400_missing_items_leave_blanks_at_their_positions() -> None:
    document = inputs.rezept() | {"herkunft": "hand"}
    document["versicherter"] |= {"versicherten_id": None, "anschrift": {"plz": "12345"}}
    document["versicherung"] |= {"wop": None, "ende": None}
    lines = zeilen(personalien_of(read_rezept(inputs.as_bytes(document))))
    assert lines[5] == "101234561              1000000"
    assert lines[4].rstrip() == "D 12345"


def test_10_p3_731_kostenerstattung_stands_for_the_fund_and_its_ik() -> None:
    document = inputs.rezept()
    document["versicherung"]["kostenerstattung"] = {"veranlasste_leistungen": True}
    lines = zeilen(personalien_of(read_rezept(inputs.as_bytes(document))))
    assert lines[0].startswith("Kostenerstattung ")
    assert lines[5].startswith("          A123456780")


def test_practice_stock_carries_only_the_payer() -> None:
    document = inputs.rezept() | {"versicherter": None}
    document["rezept"]["art"] = "sprechstundenbedarf"
    document["versicherung"] = {"name": "AOK Musterland", "ik": "101234561", "wop": "72", "ende": "2027-12-31"}
    lines = zeilen(personalien_of(read_rezept(inputs.as_bytes(document))))
    assert [line.rstrip() for line in lines[:6]] == ["AOK Musterland", "", "", "", "", "101234561"]
