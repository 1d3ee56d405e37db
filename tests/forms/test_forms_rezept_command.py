"""``papierbruecke rezept`` as the practice system calls it: files, exit codes, answers (design §6)."""

import json
from pathlib import Path
from typing import Any

import pytest

import inputs
import paper
from papierbruecke.cli import main


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPIERBRUECKE_PASSPHRASE", "nur für diesen Test")


def run(folder: Path, document: dict[str, Any] | bytes, *arguments: str) -> tuple[int, Path]:
    source, target = folder / "eingabe.json", folder / "rezept.pdf"
    source.write_bytes(document if isinstance(document, bytes) else inputs.as_bytes(document))
    return main(["rezept", str(source), "-o", str(target), "--daten", str(folder / "daten"), *arguments]), target


def test_a_prescription_becomes_a_pdf_and_must_be_signed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, target = run(tmp_path, inputs.rezept())
    assert code == 0
    (page,) = paper.pages(target.read_bytes())
    assert "Ramipril Test 5 mg TAB 100 St N3" in paper.text_of(page)
    assert "von Hand unterschreiben" in capsys.readouterr().err
    assert not (tmp_path / "daten").exists()  # nothing is stored unasked


def test_20_p3_720_ak6_several_sheets_are_announced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = inputs.rezept()
    document["rezept"]["positionen"] *= 2
    code, target = run(tmp_path, document, "--json")
    captured = capsys.readouterr()
    assert code == 0
    assert len(paper.pages(target.read_bytes())) == 2
    assert "2 rosa Originale" in captured.err
    assert json.loads(captured.out)["blaetter"] == 2


def test_the_preview_is_marked(tmp_path: Path) -> None:
    _, target = run(tmp_path, inputs.rezept(), "--vorschau")
    assert "Vorschau" in paper.text_of(paper.pages(target.read_bytes())[0])


def test_30_design_3_ablegen_stores_each_sheet_with_its_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _ = run(tmp_path, inputs.rezept(), "--ablegen", "--json")
    (number,) = json.loads(capsys.readouterr().out)["belegnummern"]
    assert code == 0
    main(["beleg", number, "--json", "--daten", str(tmp_path / "daten")])
    assert json.loads(capsys.readouterr().out)["zustand"] == "erfasst"


@pytest.mark.parametrize(
    ("flag", "form"),
    [("betaeubungsmittel", "BtM-Rezept"), ("t_rezept", "T-Rezept"), ("mehrfachverordnung", "E-Rezept")],
)
def test_25_p3_730_p3_640_what_never_goes_on_muster_16_names_its_right_form(
    flag: str, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = inputs.rezept()
    document["rezept"]["positionen"][0][flag] = True
    code, target = run(tmp_path, document, "--json")
    (error,) = json.loads(capsys.readouterr().out)["fehler"]
    assert code == 2
    assert error["feld"] == f"rezept.positionen[0].{flag}"
    assert form in error["text"]
    assert not target.exists()


def test_20_p3_720_ak4_medicine_and_hilfsmittel_never_share_a_prescription(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = inputs.rezept()
    document["rezept"]["positionen"][1]["hilfsmittelnummer"] = "1050020"
    code, _ = run(tmp_path, document, "--json")
    (error,) = json.loads(capsys.readouterr().out)["fehler"]
    assert (code, error["regel"]) == (2, "AVWG P3-720 AK4")
    assert "getrennte" in error["text"]


def test_21_p3_720_ak7_what_does_not_fit_is_refused_and_leaves_no_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = inputs.rezept()
    document["rezept"]["positionen"][0]["dosierung"] = "morgens eine, " * 30
    code, target = run(tmp_path, document, "--json", "--ablegen")
    (error,) = json.loads(capsys.readouterr().out)["fehler"]
    assert (code, error["feld"]) == (2, "rezept.positionen[0].dosierung")
    assert not target.exists()
    assert not (tmp_path / "daten" / "belege.db").exists()


def test_31_a4a_1_2_a_character_that_cannot_be_printed_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = inputs.rezept()
    document["versicherter"]["nachname"] = "Testović"
    code, target = run(tmp_path, document, "--json")
    captured = capsys.readouterr()
    (error,) = json.loads(captured.out)["fehler"]
    assert (code, error["regel"]) == (2, "ISO 8859-15")
    assert "Testovi" not in captured.out + captured.err
    assert not target.exists()


def test_32_kp7_90_without_a_card_the_proof_of_insurance_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _ = run(tmp_path, inputs.rezept() | {"herkunft": "hand"}, "--json")
    warnings = json.loads(capsys.readouterr().out)["warnungen"]
    assert code == 0
    assert "versicherung.nachweis" in [w["code"] for w in warnings]


@pytest.mark.parametrize("typ", ["PKV", "SEL"])
def test_private_patients_never_get_a_muster_16(typ: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = inputs.rezept()
    document["versicherung"]["typ"] = typ
    code, _ = run(tmp_path, document, "--json")
    assert code == 2
    assert "Privatrezept" in json.loads(capsys.readouterr().out)["fehler"][0]["text"]


def test_26_vdga_p4_342_what_a_diga_sheet_cannot_carry_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = inputs.rezept()
    document["rezept"] |= {"art": "diga", "diagnose": "F41.1"}
    document["rezept"]["positionen"] = [document["rezept"]["positionen"][0] | {"rezeptpflichtig": False}]
    code, target = run(tmp_path, document, "--json")
    warnings = json.loads(capsys.readouterr().out)["warnungen"]
    assert (code, [w["code"] for w in warnings]) == (0, ["diga.nur_name"])
    assert "F41" not in paper.text_of(paper.pages(target.read_bytes())[0])


def test_practice_stock_needs_no_patient(tmp_path: Path) -> None:
    document = inputs.rezept() | {"versicherter": None}
    document["rezept"]["art"] = "sprechstundenbedarf"
    document["rezept"]["positionen"][0]["dosierung"] = {"keine": "sprechstundenbedarf"}
    document["versicherung"] = {"name": "AOK Musterland", "ik": "101234561"}
    code, target = run(tmp_path, document)
    assert code == 0
    assert "Beispiel-Testfrau" not in paper.text_of(paper.pages(target.read_bytes())[0])


def test_broken_json_is_refused(tmp_path: Path) -> None:
    code, target = run(tmp_path, b"{")
    assert code == 2
    assert not target.exists()


def test_a_folder_that_cannot_be_written_names_the_stored_beleg(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "eingabe.json"
    source.write_bytes(inputs.as_bytes(inputs.rezept()))
    (tmp_path / "belegt").write_text("kein Ordner")
    target, daten = tmp_path / "belegt" / "r.pdf", tmp_path / "daten"
    code = main(["rezept", str(source), "-o", str(target), "--ablegen", "--json", "--daten", str(daten)])
    (error,) = json.loads(capsys.readouterr().out)["fehler"]
    assert (code, error["code"]) == (3, "ausgabe.datei")
    assert error["belegnummer"]


def test_a_kennung_is_for_one_sheet_only(tmp_path: Path) -> None:
    document = inputs.rezept() | {"kennung": "0f8fad5b-d9cb-469f-a165-70867728950e"}
    document["rezept"]["positionen"] *= 2
    assert run(tmp_path, document)[0] == 2
