"""``papierbruecke simulator`` as a process: set-up, past, control port, clean stop, refused folders."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from papierbruecke.drill.data_folder import prepare_folder
from papierbruecke.drill.model import Szenario
from papierbruecke.drill.past import past_samples
from papierbruecke.drill.scenarios import load_scenario
from papierbruecke.errors import InputRefused
from papierbruecke.outage.model import Ergebnis, Messung
from papierbruecke.wiring import Desk

PROGRAM = [sys.executable, "-m", "papierbruecke"]


def environment() -> dict[str, str]:
    """As at a desk without a key store, and with the sources on the path."""
    kept = {name: value for name, value in os.environ.items() if name != "PAPIERBRUECKE_PASSPHRASE"}
    return kept | {"PYTHONPATH": os.pathsep.join(sys.path)}


def run(*arguments: str) -> tuple[int, str]:
    done = subprocess.run([*PROGRAM, *arguments], env=environment(), capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout


@contextlib.contextmanager
def process(folder: Path, szenario: str) -> Iterator[subprocess.Popen[str]]:
    """A running simulator that has said ``bereit``."""
    arguments = [*PROGRAM, "simulator", "--daten", str(folder), "--szenario", szenario]
    with subprocess.Popen(arguments, env=environment(), stdout=subprocess.PIPE, text=True) as started:
        try:
            assert started.stdout is not None
            assert started.stdout.readline() == "bereit\n"
            yield started
        finally:
            started.kill()


def post(folder: Path, path: str) -> Any:
    control = json.loads((folder / "simulator.json").read_text())["steuerung"]
    with urllib.request.urlopen(urllib.request.Request(control + path, method="POST"), timeout=30) as answer:
        return json.load(answer)


def test_the_practice_card_is_checked_on_a_click(tmp_path: Path) -> None:
    folder = tmp_path / "sim"
    with process(folder, "normal"):
        code, answer = run("zertifikate", "--pruefen", "--json", "--daten", str(folder))
    found = json.loads(answer)
    assert (code, found["praxiskarte"]["ergebnis"]) == (0, "ok")
    assert found["praxiskarte"]["aussteller"]
    assert {row["was"] for row in found["zertifikate"]} == {"gSMC-K", "SMC-KT", "SMC-B", "HBA", "TLS", "P12", "KIM"}


def test_the_arvato_case_is_known_at_once_and_passes_when_the_tunnel_is_back(tmp_path: Path) -> None:
    folder = tmp_path / "sim"
    with process(folder, "vpn-zugangsdienst") as started:
        code, answer = run("lage", "--json", "--daten", str(folder))
        lage = json.loads(answer)
        assert (code, lage["diagnose"]["id"], lage["weitere"]) == (1, "D24", [])
        assert {state["zustand"] for state in lage["dienste"].values()} == {"gestoert"}
        begin = datetime.fromisoformat(lage["diagnose"]["seit"])
        assert timedelta(minutes=14) < datetime.now(UTC) - begin < timedelta(minutes=20)
        assert post(folder, "/schritt")["schritt"] == 1
        settings = Desk(folder).settings
        assert settings.simulator
        assert settings.pruefnummer is not None
        assert len(settings.praxis.aerzte) == 2
        started.send_signal(signal.SIGTERM)
        assert started.wait(timeout=30) == 0
        assert started.stdout is not None
        assert started.stdout.read() == ""


def test_a_marked_folder_can_be_used_again_and_ctrl_c_stops_cleanly(tmp_path: Path) -> None:
    folder = tmp_path / "sim"
    for szenario, expected in (("kim-modul-aus", "D38"), ("normal", None)):
        with process(folder, szenario) as started:
            code, answer = run("lage", "--json", "--daten", str(folder))
            diagnose = json.loads(answer)["diagnose"]
            assert (diagnose["id"] if diagnose else None) == expected
            assert code == (0 if expected is None else 1)
            started.send_signal(signal.SIGINT)
            assert started.wait(timeout=30) == 0


def test_a_folder_that_could_be_a_real_desk_is_refused(tmp_path: Path) -> None:
    (tmp_path / "belege.db").write_bytes(b"echt")
    code, answer = run("simulator", "--json", "--daten", str(tmp_path))
    assert (code, json.loads(answer)["fehler"][0]["feld"]) == (2, "--daten")
    assert [path.name for path in tmp_path.iterdir()] == ["belege.db"]
    assert run("simulator")[0] == 2
    assert run("simulator", "--daten", str(tmp_path / "neu"), "--szenario", "gibt-es-nicht")[0] == 2
    assert run("simulator", "--daten", str(tmp_path / "neu"), "--steuerung", "70000")[0] == 2
    assert not (tmp_path / "neu").exists()


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, answer = run("simulator", "--json", "--daten", str(tmp_path / "sim"), "--steuerung", str(port))
    assert (code, json.loads(answer)["fehler"][0]["code"]) == (3, "simulator.port")


def test_the_passphrase_of_the_caller_is_kept(tmp_path: Path) -> None:
    prepare_folder(tmp_path, "die vom Aufrufer")
    assert (tmp_path / "simulator.schluessel").read_text() == "die vom Aufrufer\n"
    prepare_folder(tmp_path, None)
    assert (tmp_path / "simulator.schluessel").read_text() == "die vom Aufrufer\n"
    with pytest.raises(InputRefused):
        prepare_folder(tmp_path / "simulator.json", None)


def test_the_past_is_dense_ordered_and_ends_now() -> None:
    now = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    good = Messung(probe="P7", ziel="konnektor", zeit=now, ergebnis=Ergebnis.OK)
    bad = good.model_copy(update={"ergebnis": Ergebnis.FEHLER})
    szenario: Szenario = load_scenario("ocsp-ueberlast")
    past = past_samples(szenario, [good], [bad], now, {"P7": 60.0}, {"P7": 20.0})
    assert past == sorted(past, key=lambda m: m.zeit)
    assert past[0].zeit == now - timedelta(seconds=2700)
    assert now - timedelta(seconds=20) <= past[-1].zeit < now
    begin = now - timedelta(seconds=900)
    konnektor = [m for m in past if m.probe == "P7"]
    assert {m.ergebnis for m in konnektor if m.zeit < begin} == {Ergebnis.OK}
    assert {m.ergebnis for m in konnektor if m.zeit >= begin} == {Ergebnis.FEHLER}
    assert len(konnektor) == 1800 / 60 + 900 / 20
    assert sum(m.probe == "P15" for m in past) == 10
