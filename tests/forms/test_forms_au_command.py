"""The command ``au``: exit codes, what is left behind, what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

import inputs
import paper
from papierbruecke.cli import main


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PAPIERBRUECKE_PASSPHRASE", "nur für diesen Test")
    return tmp_path


def call(place: Path, document: dict[str, Any] | None, *arguments: str) -> int:
    source = [] if document is None else [str(place / "eingabe.json")]
    if document is not None:
        (place / "eingabe.json").write_bytes(inputs.as_bytes(document))
    return main(["au", *source, "-o", str(place / "au.pdf"), "--daten", str(place / "daten"), *arguments])


def test_a_sick_note_needs_no_set_up_and_leaves_no_store(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(place, inputs.au(), "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["schema"] == "au-antwort"
    assert answer["belegnummern"] == []
    text = paper.text_of(paper.pages((place / "au.pdf").read_bytes())[0])
    assert answer["kennung"] in text
    assert answer["kennung"][14] == "5"
    assert "PRF.NR. keine" in text
    assert not (place / "daten").exists()


def test_a_stored_sick_note_carries_its_number_on_every_copy(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(place, inputs.au(), "--ablegen", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    [nummer] = answer["belegnummern"]
    for page in paper.pages((place / "au.pdf").read_bytes()):
        text = paper.text_of(page)
        assert f"Belegnummer: {nummer}" in text
        assert answer["kennung"] in text


@pytest.mark.parametrize(
    ("change", "feld"),
    [
        ({"diagnosen": []}, "au.diagnosen"),
        ({"art": "folge"}, "au.seit"),
        ({"bis": "2026-12-25"}, "au.bis"),
        ({"diagnosetext": "ä" * 71}, "au.diagnosetext"),
        ({"sonstige_massnahme": "Größe ł"}, "au.sonstige_massnahme"),
    ],
)
def test_refused_input_names_field_and_rule_and_leaves_no_file(
    change: dict[str, Any], feld: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = inputs.au()
    document["au"] |= change
    assert call(place, document, "--json") == 2
    [refusal] = [entry for entry in json.loads(capsys.readouterr().out)["fehler"] if entry["feld"] == feld]
    assert refusal["regel"]
    assert refusal["text"]
    assert not (place / "au.pdf").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--ausfertigung", "kk,x"),
        ("--ausfertigung", ""),
        ("--papier", "a6"),
        ("--blanko", "--ablegen"),
        ("--nur-personalien", "--fhir", "eau.xml"),
    ],
    ids=" ".join,
)
def test_a_call_that_makes_no_sense_is_refused(arguments: tuple[str, ...], place: Path) -> None:
    document = inputs.au() if arguments and "--blanko" not in arguments else None
    assert call(place, document, *arguments) == 2
    assert not (place / "au.pdf").exists()


def test_a_stamp_that_fits_nowhere_is_refused_before_it_is_stored(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = inputs.au()
    document["betriebsstaette"]["zusatz"] = "Hinterhaus " * 200
    assert call(place, document, "--ablegen", "--json") == 2
    [refusal] = json.loads(capsys.readouterr().out)["fehler"]
    assert refusal["feld"] == "betriebsstaette"
    assert not (place / "daten").exists()


def test_broken_json_is_refused(place: Path) -> None:
    source = place / "kaputt.json"
    source.write_text("{")
    assert main(["au", str(source), "-o", str(place / "au.pdf")]) == 2
    assert not (place / "au.pdf").exists()


def test_a_folder_that_cannot_be_written_is_an_environment_failure(place: Path) -> None:
    (place / "eingabe.json").write_bytes(inputs.as_bytes(inputs.au()))
    (place / "datei").write_text("")
    assert main(["au", str(place / "eingabe.json"), "-o", str(place / "datei" / "au.pdf")]) == 3


def test_a_sheet_for_filling_in_by_hand_needs_no_medical_part(place: Path) -> None:
    document = inputs.au()
    del document["au"]
    assert call(place, document) == 2
    assert call(place, document, "--nur-personalien", "--ausfertigung", "kk") == 0
    text = paper.text_of(paper.pages((place / "au.pdf").read_bytes())[0])
    assert "Beispiel-Testfrau" in text
    assert "031234567" in text
    assert "2026" not in text


def test_the_order_of_the_copies_is_the_one_asked_for_and_none_comes_twice(place: Path) -> None:
    assert call(place, inputs.au(), "--ausfertigung", "AG, kk,ag") == 0
    titles = [paper.text_of(page) for page in paper.pages((place / "au.pdf").read_bytes())]
    assert len(titles) == 2
    assert "beim Arbeitgeber" in titles[0]
    assert "bei der Krankenkasse" in titles[1]


def test_the_data_set_is_written_beside_the_paper_with_the_same_kennung(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(place, inputs.au(), "--fhir", str(place / "eau.xml"), "--json") == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["kennung"] in (place / "eau.xml").read_text(encoding="utf-8")
    assert "Testnummer" in said.err
