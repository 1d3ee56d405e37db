"""The trays of a printer: what CUPS answers, and what happens when nobody answers."""

import os
from pathlib import Path

import pytest

from papierbruecke.forms import cups_trays
from papierbruecke.forms.cups_trays import split_tray, trays, with_trays

ANSWER = """PageSize/Page Size: *A4 A5 A6
InputSlot/Paper tray: *Auto Tray1 Tray2
Duplex/Two sides: *None DuplexNoTumble
"""


@pytest.fixture
def lpoptions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program of this name in the path that answers as CUPS does; a test may let it say something else."""
    program = tmp_path / "lpoptions"
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    say(program, f"cat <<'EOF'\n{ANSWER}EOF")
    return program


def say(program: Path, script: str) -> None:
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


@pytest.mark.usefixtures("lpoptions")
def test_the_choice_is_the_printer_or_one_of_its_trays() -> None:
    assert trays("Empfang") == ("Auto", "Tray1", "Tray2")
    offered = with_trays("Empfang")
    assert offered[0] == "Empfang"
    assert [split_tray(choice) for choice in offered[1:]] == [("Empfang", t) for t in ("Auto", "Tray1", "Tray2")]
    assert split_tray("Empfang") == ("Empfang", None)


def test_a_printer_without_a_choice_of_trays_is_offered_once(lpoptions: Path) -> None:
    for answer, known in (("PageSize: *A4", ()), ("InputSlot: *Only", ("Only",))):
        say(lpoptions, f"echo '{answer}'")
        assert trays("Empfang") == known
        assert with_trays("Empfang") == ["Empfang"]


def test_where_nobody_answers_nothing_is_claimed(lpoptions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    say(lpoptions, "echo 'Unable to get PPD file' >&2")
    assert trays("Empfang") is None
    say(lpoptions, "exec tail -f /dev/null")
    monkeypatch.setattr(cups_trays, "ASK_S", 0.05)
    assert trays("Empfang") is None
    lpoptions.unlink()
    monkeypatch.setenv("PATH", str(lpoptions.parent))
    assert trays("Empfang") is None
    assert with_trays("Empfang") == ["Empfang"]
