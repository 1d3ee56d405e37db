"""``konten``: the accounts of a desk from the command line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from papierbruecke.cli import main

Run = Callable[..., tuple[int, dict[str, Any]]]
PHRASE = "vier lange kleine Wörter"


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``konten`` with the passphrase; ``pin`` and ``als_pin`` become files."""
    monkeypatch.setenv("PAPIERBRUECKE_PASSPHRASE", PHRASE)
    count = iter(range(1000))

    def runs(*arguments: str, **pins: str) -> tuple[int, dict[str, Any]]:
        options: list[str] = []
        for name, pin in pins.items():
            file = tmp_path / f"pin{next(count)}"
            file.write_text(f"{pin}\n", encoding="utf-8")
            options += [f"--{name.replace('_', '-')}-datei", str(file)]
        code = main(["konten", *arguments, *options, "--daten", str(tmp_path / "platz"), "--json"])
        return code, json.loads(capsys.readouterr().out)

    return runs


def test_accounts_are_made_listed_changed_and_closed(run: Run) -> None:
    assert run("liste") == (0, {"schema": "konten", "version": 1, "konten": []})
    code, refused = run("anlegen", "MB", "--name", "Mia Beispiel", pin="1379")
    assert (code, refused["fehler"][0]["feld"]) == (2, "benutzer.rolle")
    assert run("anlegen", "IT", "--name", "Admin Muster", "--rolle", "admin", pin="2580")[0] == 0
    assert run("anlegen", "MB", "--name", "Mia Beispiel", pin="1379")[0] == 0
    assert run("pin", "MB", pin="8642")[0] == 0
    code, found = run("schliessen", "MB")
    assert code == 0
    assert [(k["kuerzel"], k["rolle"], k["aktiv"]) for k in found["konten"]] == [
        ("IT", "admin", True),
        ("MB", "mfa", False),
    ]
    assert run("schliessen", "IT")[0] == 2  # an Admin must stay


def test_without_the_passphrase_an_admin_must_say_who_he_is(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run("anlegen", "IT", "--name", "Admin Muster", "--rolle", "admin", pin="2580")
    run("anlegen", "MB", "--name", "Mia Beispiel", pin="1379")
    monkeypatch.setattr("papierbruecke.commands.accounts.passphrase", lambda given: None)  # opened by the log-in
    code, refused = run("schliessen", "MB")
    assert (code, refused["fehler"][0]["feld"]) == (2, "--als")
    assert run("pin", "IT", "--als", "MB", pin="8642", als_pin="1379")[0] == 2  # not hers
    assert run("pin", "MB", "--als", "MB", pin="8642", als_pin="1379")[0] == 0
    assert run("schliessen", "MB", "--als", "IT", als_pin="0000")[0] == 2
    assert run("schliessen", "MB", "--als", "IT", als_pin="2580")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "pins", "feld"),
    [
        (("anlegen",), {"pin": "2580"}, "kuerzel"),
        (("anlegen", "IT", "--rolle", "admin"), {"pin": "2580"}, "--name"),
        (("anlegen", "IT", "--name", "Admin Muster", "--rolle", "admin"), {}, "--pin-datei"),
        (("anlegen", "IT", "--name", "Admin Muster", "--rolle", "admin"), {"pin": "1111"}, "benutzer.pin"),
        (("anlegen", "it", "--name", "Admin Muster", "--rolle", "admin"), {"pin": "2580"}, "benutzer.kuerzel"),
    ],
)
def test_what_is_missing_is_named(run: Run, arguments: tuple[str, ...], pins: dict[str, str], feld: str) -> None:
    code, refused = run(*arguments, **pins)
    assert (code, refused["fehler"][0]["feld"]) == (2, feld)


def test_no_pin_can_stand_in_the_call(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["konten", "anlegen", "IT", "--pin", "2580", "--json"]) == 2
