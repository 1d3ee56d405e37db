"""Every JSON answer of every command has its schema (``schema``), and no schema is without an answer.

That each answer obeys its schema is held by ``tests/conftest.py`` in every test that runs a command.
"""

import argparse
import ast
import json
from pathlib import Path
from typing import Any

import pytest

import inputs
from papierbruecke import commands
from papierbruecke.cli import build_parser, main
from papierbruecke.commands.answer_schema import ANSWERS
from papierbruecke.commands.setup import INPUTS
from schema_check import KNOWN, conforms

APP = Path(commands.__file__).parents[1]
GIVES: dict[str, set[str]] = {
    "lage": {"lage"},
    "wache": {"lage"},
    "stoerung": {"stoerung"},
    "zertifikate": {"zertifikate"},
    "stoerungsbericht": {"stoerungsbericht"},
    "verlauf": {"verlauf"},
    "melden": {"melden"},
    "netzseite": {"netzseite"},
    "fingerabdruck": {"fingerabdruck"},
    "karte": {"karte"},
    "kostentraeger": {"kostentraeger"},
    "eebaushang": {"eebaushang"},
    "pvs": {"pvs", "pvs-ausgabe"},
    "rezept": {"rezept-antwort"},
    "vermerk": {"vermerk"},
    "au": {"au-antwort"},
    "notfallmappe": {"notfallmappe-antwort"},
    "ersatzschein": {"ersatzschein-antwort"},
    "listen": {"listen"},
    "vorrat": {"vorrat"},
    "kassenadresse": {"kassenadresse", "kassenadressen"},
    "belege": {"belege"},
    "beleg": {"beleg"},
    "nachversand": {"nachversand", "postfach"},
    "eeb": {"eeb"},
    "komfortsignatur": {"komfortsignatur"},
    "abgleich": {"abgleich"},
    "sicherung": {"sicherung", "wiederherstellung"},
    "protokoll": {"protokoll"},
    "schluessel": {"schluessel"},
    "konten": {"konten"},
    "ordner": {"ordner"},
    "aufbewahrung": {"aufbewahrung"},
    "schema": set(),  # a schema is its own answer
    "selbsttest": {"selbsttest"},
    "uebung": {"uebung", "uebung-von-hand"},
    "simulator": set(),  # a process with a control port; says only that it is ready
    "handbuch": {"handbuch"},
    "tischkarte": {"tischkarte"},
}


def the_commands() -> set[str]:
    parser = build_parser()
    (sub,) = (each for each in parser._actions if isinstance(each, argparse._SubParsersAction))
    return set(sub.choices)


def words_written() -> set[str]:
    """Every ``"schema": "…"`` that the program writes into a document, by its syntax."""
    found = set()
    for path in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == "schema" and isinstance(value, ast.Constant):
                        found.add(value.value)
    return found


def test_each_command_says_which_answers_it_gives_and_each_has_its_schema() -> None:
    assert set(GIVES) == the_commands()
    assert set().union(*GIVES.values()) == set(ANSWERS) - {"fehler"}


def test_no_document_is_written_without_a_schema() -> None:
    not_answers = {"simulator"}  # the mark in a folder of the simulator
    by_argument = {"handbuch", "tischkarte"}
    without = {"karte", "lage", "fehler"}  # design §6.1, §6.3, exit 2 and 3: no word in the document
    assert words_written() - not_answers == set(ANSWERS) - by_argument - without


@pytest.mark.parametrize("name", [*INPUTS, *ANSWERS])
def test_each_is_published(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", name]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["type"] == "object"
    assert set(document) <= KNOWN
    assert document.get("additionalProperties") is False
    assert conforms({"unerwartet": 1}, document) != []


def test_a_refusal_obeys_its_schema(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for arguments, code in ((["beleg", "gibt-es-nicht"], 2), (["verlauf"], 3), (["karte", "--leser", "keiner"], 3)):
        assert main([*arguments, "--json", "--daten", str(tmp_path)]) == code
        assert conforms(json.loads(capsys.readouterr().out), ANSWERS["fehler"]()) == []


def test_a_day_on_the_command_line_obeys_every_schema_it_meets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPIERBRUECKE_PASSPHRASE", "geheim")
    seen: dict[str, set[int]] = {}

    def run(*arguments: str) -> dict[str, Any]:
        code = main([*arguments, "--json", "--daten", str(tmp_path / "platz")])
        document: dict[str, Any] = json.loads(capsys.readouterr().out)
        name = document.get("schema") or ("lage" if "proben" in document else "fehler")
        assert name != "fehler", (arguments, document)
        assert conforms(document, ANSWERS[name]()) == []
        seen.setdefault(name, set()).add(code)
        return document

    for name, document in (("rezept", inputs.rezept()), ("au", inputs.au())):
        (tmp_path / f"{name}.json").write_bytes(inputs.as_bytes(document))
    run("stoerung", "beginn", "--dienste", "kim,erezept", "--grund", "Probe")
    (number,) = run("rezept", str(tmp_path / "rezept.json"), "-o", str(tmp_path / "r.pdf"), "--ablegen")["belegnummern"]
    (sick,) = run("au", str(tmp_path / "au.json"), "-o", str(tmp_path / "a.pdf"), "--ablegen")["belegnummern"]
    for wanted in (number, sick):
        run("beleg", wanted, "--gedruckt")
    (tmp_path / "austausch").mkdir()
    for arguments in (
        ["belege"],
        ["belege", "--offen"],
        ["abgleich"],
        ["vermerk", str(tmp_path / "rezept.json"), "--formular", "btm", "--nummer", "123"],
        ["vorrat"],
        ["vorrat", "--anzahl", "5"],
        ["aufbewahrung"],
        ["ordner"],
        ["notfallmappe", "-o", str(tmp_path / "mappe"), "--anzahl", "1"],
        ["sicherung", "anlegen"],
        ["sicherung", "liste"],
        ["sicherung", "pruefen"],
        ["sicherung", "zurueckholen", "--trotzdem"],
        ["protokoll", "pruefen"],
        ["pvs", "ausgeben", number, "-o", str(tmp_path / "austausch"), "--patient", "4711"],
        ["nachversand"],
        ["stoerung", "ende"],
        ["stoerung", "stand"],
        ["konten", "liste"],
        ["kassenadresse"],
        ["selbsttest"],
    ):
        run(*arguments)
    wanted_names = {"stoerung", "beleg", "belege", "abgleich", "vorrat", "aufbewahrung", "sicherung", "protokoll"}
    wanted_names |= {"notfallmappe-antwort", "wiederherstellung", "nachversand", "selbsttest", "vermerk", "konten"}
    assert wanted_names <= set(seen), wanted_names - set(seen)
