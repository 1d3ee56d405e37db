"""``listen`` and ``vorrat``: lists come in whole or not at all, and an empty tray is announced."""

import json
from pathlib import Path
from typing import Any

import pytest

import inputs
from papierbruecke.cli import main
from papierbruecke.forms.file_printer import FilePrinter
from papierbruecke.record.read_input import read_rezept
from papierbruecke.wiring import Desk

CSV = "name;pzn;rezeptpflichtig\nRamipril Probe;01234562;ja\nProbesalbe;;nein\n"
ICD = "4;T;X;10;J00;J06.9;J06.9;J069;Akute Infektion der oberen Atemwege;;;;;;;;;;;;;;;;;;;;;\n"
KEY = "nur für diesen Test"


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPIERBRUECKE_PASSPHRASE", KEY)


def call(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code = main([*arguments, "--json", "--daten", str(folder / "daten")])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(("was", "text", "number"), [("mittel", CSV, 2), ("icd", ICD, 1)])
def test_a_list_comes_in_and_completes(
    was: str, text: str, number: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "liste").write_text(text, encoding="utf-8")
    code, answered = call(tmp_path, capsys, "listen", was, str(tmp_path / "liste"))
    assert (code, answered["eintraege"]) == (0, number)
    desk = Desk(tmp_path / "daten", passphrase=KEY)
    if was == "mittel":
        assert [m.name for m in desk.suggestions().medicines("rami", "838382202")] == ["Ramipril Probe"]
    else:
        assert [e.code for e in desk.suggestions().diagnoses("atemwege", "838382202")] == ["J06.9"]
    desk.close()


def test_favourites_belong_to_a_doctor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "liste").write_text(CSV, encoding="utf-8")
    for lanr in ((), ("--lanr", "123")):
        code, answered = call(tmp_path, capsys, "listen", "favoriten", str(tmp_path / "liste"), *lanr)
        assert (code, answered["fehler"][0]["feld"]) == (2, "--lanr")
    code, answered = call(tmp_path, capsys, "listen", "favoriten", str(tmp_path / "liste"), "--lanr", "838382202")
    assert (code, answered["eintraege"]) == (0, 2)


def test_a_broken_or_missing_list_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "liste").write_text(CSV + "Probe;123;ja\n", encoding="utf-8")
    code, answered = call(tmp_path, capsys, "listen", "mittel", str(tmp_path / "liste"))
    assert (code, answered["fehler"][0]["feld"]) == (2, "zeile 4")
    code, answered = call(tmp_path, capsys, "listen", "icd", str(tmp_path / "nirgends"))
    assert (code, answered["fehler"][0]["feld"]) == (2, "datei")


def test_the_counter_is_set_falls_with_each_print_and_warns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(tmp_path, capsys, "vorrat")[1]["anzahl"] is None
    assert call(tmp_path, capsys, "vorrat", "--warnen-ab", "5")[0] == 2
    assert call(tmp_path, capsys, "vorrat", "--anzahl", "-1")[0] == 2
    code, answered = call(tmp_path, capsys, "vorrat", "--anzahl", "3", "--warnen-ab", "2")
    assert (code, answered["anzahl"], answered["hinweis"]) == (0, 3, None)
    desk = Desk(tmp_path / "daten", passphrase=KEY, printer=FilePrinter(tmp_path / "gedruckt"))
    (line,) = desk.issue_rezept(read_rezept(inputs.as_bytes(inputs.rezept())), "test")
    desk.print_beleg(line.kennung, "test")
    desk.close()
    code, answered = call(tmp_path, capsys, "vorrat")
    assert (code, answered["anzahl"]) == (1, 2)
    assert "nachbestellen" in answered["hinweis"]


def test_filling_up_and_spoilt_sheets_are_told_and_enter_the_history(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(tmp_path, capsys, "vorrat", "--nachgefuellt", "50")[0] == 2, "nobody counted yet"
    code, answered = call(tmp_path, capsys, "vorrat", "--anzahl", "10", "--nachgefuellt", "50", "--verdorben", "2")
    assert (code, answered["anzahl"]) == (0, 58)
    desk = Desk(tmp_path / "daten", passphrase=KEY)
    noted = [event.detail for event in desk.store().events() if event.was == "vorrat"]
    assert [(detail["was"], detail["danach"]) for detail in noted] == [
        ("gezaehlt", "10"),
        ("nachgefuellt", "60"),
        ("verdorben", "58"),
    ]
    desk.close()


def test_muster_5_has_a_counter_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(tmp_path, capsys, "vorrat", "--anzahl", "50")
    assert call(tmp_path, capsys, "vorrat", "--vordruck", "muster5")[1]["anzahl"] is None
    code, answered = call(tmp_path, capsys, "vorrat", "--vordruck", "muster5", "--anzahl", "2", "--warnen-ab", "1")
    assert (code, answered["vordruck"], answered["hinweis"]) == (0, "muster5", None)
    document = inputs.ersatzschein()
    document["ersatzschein"]["unterschrift_auf"] = "muster5"
    (tmp_path / "ein.json").write_bytes(inputs.as_bytes(document))
    call(tmp_path, capsys, "ersatzschein", str(tmp_path / "ein.json"), "-o", str(tmp_path / "a.pdf"))
    assert call(tmp_path, capsys, "vorrat", "--vordruck", "muster5")[1]["anzahl"] == 2, "a preview uses no paper"
    call(tmp_path, capsys, "ersatzschein", str(tmp_path / "ein.json"), "-o", str(tmp_path / "a.pdf"), "--ablegen")
    code, answered = call(tmp_path, capsys, "vorrat", "--vordruck", "muster5")
    assert (code, answered["anzahl"]) == (1, 1)
    assert "1 Vordruck Muster 5" in answered["hinweis"]
    assert call(tmp_path, capsys, "vorrat")[1]["anzahl"] == 50
