"""The slip of the Ersatzverfahren: complete, readable, refused or reminded as KVDT P2-400 says."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

import inputs
import paper
from papierbruecke.cli import main
from papierbruecke.forms.ersatzschein import ersatzschein_page
from papierbruecke.forms.fit_text import CUT
from papierbruecke.forms.render_ersatzschein import render_ersatzschein
from papierbruecke.record.model import ErsatzscheinEingabe
from papierbruecke.record.read_input import read_ersatzschein
from papierbruecke.record.take_ersatzschein import check_ersatzschein

HEUTE = date(2026, 11, 23)


def slip(**changes: Any) -> ErsatzscheinEingabe:
    document = inputs.ersatzschein()
    for key, value in changes.items():
        document[key] = document[key] | value if isinstance(document.get(key), dict) else value
    return read_ersatzschein(inputs.as_bytes(document))


def test_p2_400_every_mandatory_field_stands_on_the_slip() -> None:
    (page,) = paper.pages(render_ersatzschein(slip(), belegnummer="231126-A-001-X"))
    assert paper.size_mm(page) == pytest.approx((148, 210), abs=0.01)
    text = paper.text_of(page)
    for value in (
        "AOK Musterland",
        "101234561",
        "A123456780",
        "Beispiel-Testfrau",
        "Erika",
        "23.05.1984",
        "weiblich",
        "1 Mitglied",
        "Musterweg 6",
        "D 12345 Musterhausen",
        "31.12.2027",
        "4/2026",
        "von Hand",
        "231126-A-001-X",
        "BSNR 031234567",
    ):
        assert value in text, value
    assert "ersetzt nicht Muster 5" in text


def test_the_reason_is_ticked_and_only_that() -> None:
    (page,) = paper.pages(render_ersatzschein(slip(ersatzschein={"grund": "karte_defekt"})))
    assert paper.ticked(page, "Karte defekt", 3.2)
    assert sum(crossed for _, crossed in paper.ticks(page, 3.2)) == 1


def test_without_a_reason_the_boxes_wait_for_a_pen() -> None:
    document = inputs.ersatzschein()
    document.pop("ersatzschein")
    (page,) = paper.pages(render_ersatzschein(read_ersatzschein(inputs.as_bytes(document))))
    assert len(paper.ticks(page, 3.2)) == 8
    assert not any(crossed for _, crossed in paper.ticks(page, 3.2))


def test_number_and_check_in_are_codes_that_a_phone_reads() -> None:
    pdf = render_ersatzschein(slip(), belegnummer="231126-A-001-X", kim_adresse="praxis.testfall@arzt.kim.telematik")
    found = {code.text for code in zxingcpp.read_barcodes(paper.picture(pdf), zxingcpp.BarcodeFormat.QRCode)}
    assert found == {"231126-A-001-X", "https://www.praxis-check-in.de?mail=praxis.testfall@arzt.kim.telematik"}


def test_emergencies_need_no_signature() -> None:
    (page,) = paper.pages(render_ersatzschein(slip(ersatzschein={"unterschrift_entfaellt": "notfall"})))
    text = paper.text_of(page)
    assert "Unterschrift entfällt: Notfall" in text
    assert "Unterschrift der versicherten" not in text


def test_with_a_stock_of_muster_5_the_patient_signs_there() -> None:
    (page,) = paper.pages(render_ersatzschein(slip(ersatzschein={"unterschrift_auf": "muster5"})))
    text = paper.text_of(page)
    assert "Unterschrift auf dem Vordruck Muster 5 (Abrechnungsschein)" in text
    assert "Muster 5 ist unterschrieben und abgelegt" in text
    assert "Unterschrift der versicherten" not in text
    assert "Ich erkläre" not in text, "the statement stands on the Vordruck, once"


@pytest.mark.parametrize(
    ("changes", "feld", "regel"),
    [
        ({"versicherter": {"anschrift": None}}, "versicherter.anschrift.plz", "KVDT P2-400"),
        ({"versicherter": {"geschlecht": None}}, "versicherter.geschlecht", "KVDT P2-400"),
        ({"versicherung": {"ik": None}}, "versicherung.ik", "KVDT P2-400"),
        ({"versicherung": {"typ": "PKV"}}, "versicherung.typ", "KVDT 2.2.3.1"),
        ({"ersatzschein": {"bemerkung": "x" * 71}}, "ersatzschein.bemerkung", "Ersatzschein"),
    ],
)
def test_what_is_missing_is_refused_with_its_rule(changes: dict[str, Any], feld: str, regel: str) -> None:
    befund = check_ersatzschein(slip(**changes), HEUTE)
    assert (feld, regel) in [(e.feld, e.regel) for e in befund.einwaende]


def test_p2_400_ak3_optional_data_are_asked_for_and_never_demanded() -> None:
    befund = check_ersatzschein(slip(versicherter={"versicherten_id": None}, versicherung={"ende": None}), HEUTE)
    assert befund.einwaende == []
    (warning,) = [w for w in befund.warnungen if w.code == "ersatzschein.weitere"]
    assert "Versicherten-Nummer" in warning.text


def test_a_forgotten_card_is_no_ersatzverfahren() -> None:
    befund = check_ersatzschein(slip(ersatzschein={"grund": "karte_nicht_dabei"}), HEUTE)
    assert "ersatzschein.nachweis" in [w.code for w in befund.warnungen]


PRINTABLE = bytes([*range(0x21, 0x7F), *range(0xA1, 0x100)]).decode("iso8859-15")


def text(longest: int) -> st.SearchStrategy[str]:
    return st.text(PRINTABLE + " ", min_size=1, max_size=longest).filter(str.strip)


@settings(max_examples=30, deadline=None)
@given(nachname=text(45), vorname=text(45), strasse=text(46), ort=text(40), name=text(45), bemerkung=text(70))
def test_nothing_is_cut_and_everything_stays_on_the_page(
    nachname: str, vorname: str, strasse: str, ort: str, name: str, bemerkung: str
) -> None:
    eingabe = slip(
        versicherter={"nachname": nachname, "vorname": vorname}
        | {"anschrift": {"strasse": strasse, "hausnummer": "123456789", "plz": "12345", "ort": ort}},
        versicherung={"name": name},
        ersatzschein={"bemerkung": bemerkung},
    )
    assert CUT not in str([getattr(e, "text", "") for e in ersatzschein_page(eingabe).elements])
    (page,) = paper.pages(render_ersatzschein(eingabe))
    assert all(10 < c["x0"] * paper.MM < c["x1"] * paper.MM < 139 for c in page.chars)


def run(folder: Path, document: dict[str, Any], *arguments: str) -> tuple[int, Path]:
    source, target = folder / "eingabe.json", folder / "schein.pdf"
    source.write_bytes(inputs.as_bytes(document))
    return main(["ersatzschein", str(source), "-o", str(target), "--daten", str(folder / "daten"), *arguments]), target


def test_the_command_stores_the_slip_and_writes_the_stored_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPIERBRUECKE_PASSPHRASE", "nur für diesen Test")
    code, target = run(tmp_path, inputs.ersatzschein(), "--ablegen", "--json")
    (number,) = json.loads(capsys.readouterr().out)["belegnummern"]
    assert code == 0
    assert number in paper.text_of(paper.pages(target.read_bytes())[0])
    main(["beleg", number, "--json", "--daten", str(tmp_path / "daten")])
    assert json.loads(capsys.readouterr().out)["art"] == "ersatzschein"


def test_the_command_refuses_and_leaves_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = inputs.ersatzschein()
    document["versicherung"]["ik"] = "101234560"
    code, target = run(tmp_path, document, "--json")
    assert (code, json.loads(capsys.readouterr().out)["fehler"][0]["feld"]) == (2, "versicherung.ik")
    assert not target.exists()


def test_the_schema_of_its_input_is_published(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "ersatzschein"]) == 0
    assert "ErsatzscheinAngaben" in json.loads(capsys.readouterr().out)["$defs"]


@pytest.mark.parametrize(
    ("person", "missing"),
    [
        ({}, False),
        ({"versicherten_id": None}, False),
        ({"versicherten_id": None, "geburtsdatum": "1984"}, True),
    ],
)
def test_consent_to_an_eeb_reminds_of_what_the_request_needs(person: dict[str, Any], missing: bool) -> None:
    befund = check_ersatzschein(slip(versicherter=person, ersatzschein={"eeb_einverstanden": True}), HEUTE)
    assert ("ersatzschein.eeb" in {each.code for each in befund.warnungen}) is missing
    assert not befund.einwaende
