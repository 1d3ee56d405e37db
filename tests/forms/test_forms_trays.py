"""The trays of a printer: what CUPS and the Windows spooler answer, and what happens when nobody answers."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtPrintSupport import QPrintEngine, QPrinter, QPrinterInfo

from papierbruecke.forms import cups_trays
from papierbruecke.forms.cups_trays import trays
from papierbruecke.forms.trays import split_tray, with_trays
from papierbruecke.forms.windows_trays import DC_BINNAMES, DC_BINS, NAME_LENGTH, PAPER_SOURCE, bins, job_option
from papierbruecke.forms.windows_trays import trays as windows_trays

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
    offered = with_trays("Empfang", trays("Empfang"))
    assert offered[0] == "Empfang"
    assert [split_tray(choice) for choice in offered[1:]] == [("Empfang", t) for t in ("Auto", "Tray1", "Tray2")]
    assert split_tray("Empfang") == ("Empfang", None)


def test_a_printer_without_a_choice_of_trays_is_offered_once(lpoptions: Path) -> None:
    for answer, known in (("PageSize: *A4", ()), ("InputSlot: *Only", ("Only",))):
        say(lpoptions, f"echo '{answer}'")
        assert trays("Empfang") == known
        assert with_trays("Empfang", trays("Empfang")) == ["Empfang"]


def test_where_nobody_answers_nothing_is_claimed(lpoptions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    say(lpoptions, "echo 'Unable to get PPD file' >&2")
    assert trays("Empfang") is None
    say(lpoptions, "exec tail -f /dev/null")
    monkeypatch.setattr(cups_trays, "ASK_S", 0.05)
    assert trays("Empfang") is None
    lpoptions.unlink()
    monkeypatch.setenv("PATH", str(lpoptions.parent))
    assert trays("Empfang") is None
    assert with_trays("Empfang", trays("Empfang")) == ["Empfang"]


SPOOLER = {"Auto": 7, "Fach 1": 258, "Fach 2": 259, "Manuelle Zufuhr": 4, "": 300, "Unbekannt": 99}


def spooler(drucker: str, what: int, buffer: Any) -> int:
    """Answers as DeviceCapabilities is documented: counts without a buffer, 24 letters for each name."""
    if drucker != "Empfang":
        return -1
    if buffer is not None:
        for index, (name, number) in enumerate(SPOOLER.items()):
            if what == DC_BINS:
                buffer[index] = number
            else:
                assert what == DC_BINNAMES
                for at, letter in enumerate(name.ljust(NAME_LENGTH, "\0")):
                    buffer[index * NAME_LENGTH + at] = letter
    return len(SPOOLER)


def test_the_windows_spooler_names_the_trays_and_their_numbers() -> None:
    assert bins("Empfang", spooler) == {"Auto": 7, "Fach 1": 258, "Fach 2": 259, "Manuelle Zufuhr": 4}
    assert bins("Fremd", spooler) is None
    assert bins("Empfang", lambda *_: 0) == {}


@pytest.mark.parametrize(("tray", "value"), [("Fach 2", 259), ("Manuelle Zufuhr", 3), ("Auto", 6), ("Fach 9", None)])
def test_a_windows_job_is_told_the_number_that_qt_wants(tray: str, value: int | None) -> None:
    found = job_option("Empfang", tray, spooler)
    assert found == (None if value is None else (PAPER_SOURCE, value))
    assert QPrintEngine.PrintEnginePropertyKey(PAPER_SOURCE) is QPrintEngine.PrintEnginePropertyKey.PPK_PaperSource


def test_the_numbers_of_qt_are_those_of_its_own_names() -> None:
    names = "Upper Lower Middle Manual Envelope EnvelopeManual Auto Tractor SmallFormat LargeFormat LargeCapacity"
    dmbin = dict(enumerate([*names.split(), "", "", "Cassette", "FormSource"], start=1))
    for number, name in dmbin.items():
        found = job_option("Empfang", "x", lambda _d, what, buffer, n=number: _one(what, buffer, n))
        assert found == ((PAPER_SOURCE, QPrinter.PaperSource[name].value) if name else None)


def _one(what: int, buffer: Any, number: int) -> int:
    if buffer is not None:
        buffer[0] = number if what == DC_BINS else "x"
    return 1


@pytest.mark.skipif(sys.platform != "win32", reason="the spooler of Windows is only there")
def test_the_real_spooler_of_windows_answers() -> None:
    for name in QPrinterInfo.availablePrinterNames():
        assert windows_trays(name) is None or all(windows_trays(name) or ())


@pytest.mark.skipif(sys.platform == "win32", reason="there is a spooler")
def test_without_a_windows_spooler_nothing_is_claimed() -> None:
    assert windows_trays("Empfang") is None
