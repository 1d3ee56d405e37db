"""A marked patient name goes through the whole flow and must be nowhere but on paper and under encryption."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import inputs
import processes

CANARY = "Kanarienvogel"
"""Part of a surname that occurs nowhere else."""


def marked() -> dict[str, dict[str, object]]:
    """Input files whose every free patient text carries the mark."""
    documents = {"rezept": inputs.rezept(), "au": inputs.au()}
    for document in documents.values():
        document["versicherter"] |= {"nachname": f"{CANARY}-Testfall", "vorname": f"{CANARY}a"}
        document["versicherter"]["anschrift"]["strasse"] = f"{CANARY}weg"
    documents["au"]["au"]["diagnosetext"] = f"{CANARY}diagnose"
    return documents


def leaks(folder: Path) -> list[str]:
    """Files that hold the mark in clear, in any encoding that we write."""
    needles = [CANARY.encode(e) for e in ("utf-8", "utf-16-le")] + [CANARY.lower().encode()]
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and any(needle in path.read_bytes() for needle in needles)
    ]


@pytest.fixture
def own_temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temp"
    folder.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(folder))
    return folder


def test_a_marked_name_reaches_no_log_temp_file_or_raw_byte(tmp_path: Path, own_temp: Path) -> None:
    entry, log, paper = tmp_path / "eingabe", tmp_path / "protokoll.log", tmp_path / "papier"
    entry.mkdir()
    for name, document in marked().items():
        (entry / f"{name}.json").write_bytes(inputs.as_bytes(document))
    with processes.SimulatorProcess(tmp_path / "daten") as simulator:
        common = ("--daten", simulator.daten, "--protokoll", log)
        numbers = []
        for name in ("rezept", "au"):
            made = processes.answer(*common, name, entry / f"{name}.json", "-o", paper / f"{name}.pdf", "--ablegen")
            numbers += made["belegnummern"]
        for number in numbers:
            processes.run(*common, "beleg", number, "--gedruckt")
        processes.run(*common, "nachversand", "--warten-s", "20")
        seen = processes.run(*common, "belege")
        assert CANARY in seen.stderr, "the list itself must show the patient, or this test proves nothing"
        processes.run(*common, "abgleich", "-o", paper / "abgleich.pdf")
        assert leaks(simulator.daten) == []
    assert log.stat().st_size > 0
    assert CANARY not in log.read_text(encoding="utf-8")
    assert leaks(own_temp) == []


def test_a_crash_report_names_places_and_no_patient(tmp_path: Path) -> None:
    (tmp_path / "rezept.json").write_text(json.dumps(marked()["rezept"]), encoding="utf-8")
    # A bug in the middle of the flow: the renderer raises with the patient in its message.
    script = (
        "import sys\n"
        "import papierbruecke.forms.render as render\n"
        "def broken(eingabe, **_):\n"
        "    raise RuntimeError(eingabe.versicherter.nachname)\n"
        "render.render_muster16 = broken\n"
        "from papierbruecke.cli import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            script,
            "--json",
            "--daten",
            str(tmp_path / "daten"),
            "rezept",
            str(tmp_path / "rezept.json"),
            "-o",
            str(tmp_path / "r.pdf"),
        ],
        capture_output=True,
        encoding="utf-8",
        env=processes.environment(),
        check=False,
    )
    assert done.returncode == 4
    assert "RuntimeError" in done.stderr
    assert "commands/forms.py" in done.stderr.replace(os.sep, "/")
    assert CANARY not in done.stdout + done.stderr
    assert not (tmp_path / "r.pdf").exists()
