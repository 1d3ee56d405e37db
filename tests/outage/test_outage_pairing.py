"""A changed certificate is confirmed by a person who names it, and by nobody else."""

import json
from pathlib import Path
from typing import Any

import pytest

from counterparts.mail_servers import serve_smtp
from counterparts.tls_server import make_identity, serve_tls
from papierbruecke.cli import main
from papierbruecke.settings import Einstellungen, KimEinstellungen, KonnektorEinstellungen
from papierbruecke.wiring import Desk

SECRET = "nur zum Testen"
OLD = "11" * 32
NEW = make_identity("p256")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PAPIERBRUECKE_PASSPHRASE", SECRET)
    return tmp_path / "daten"


def save(folder: Path, settings: Einstellungen) -> None:
    desk = Desk(folder, passphrase=SECRET)
    desk.save_settings(settings)
    desk.close()


def run(capsys: pytest.CaptureFixture[str], folder: Path, *args: str) -> tuple[int, Any]:
    code = main(["fingerabdruck", *args, "--daten", str(folder), "--json"])
    out = capsys.readouterr().out
    return code, json.loads(out) if out else None


def test_the_konnektor(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    heard = b""

    def listen(tls: Any) -> None:
        nonlocal heard
        while chunk := tls.recv(4096):
            heard += chunk

    with serve_tls(listen, NEW, tmp_path) as server:
        konnektor = KonnektorEinstellungen(adresse="127.0.0.1", port=server.port, fingerabdruck=OLD)
        save(folder, Einstellungen(konnektor=konnektor))
        code, found = run(capsys, folder, "konnektor")
        assert (code, found["bestaetigt"], found["gezeigt"]["sha256"]) == (1, OLD, NEW.sha256)
        for named in (OLD, "", NEW.sha256[:40], NEW.sha256 + "00"):
            code, found = run(capsys, folder, "konnektor", "--bestaetigen", named)
            assert (code, found["fehler"][0]["feld"]) == (2, "--bestaetigen")
        assert run(capsys, folder, "konnektor")[0] == 1
        spoken = ":".join(NEW.sha256[i : i + 2].upper() for i in range(0, 64, 2))
        assert run(capsys, folder, "konnektor", "--bestaetigen", spoken)[0] == 0
        assert run(capsys, folder, "konnektor")[0] == 0
    assert heard == b""  # not one byte before a person has decided
    desk = Desk(folder, passphrase=SECRET)
    now = desk.clock.now()
    (row,) = desk.samples().history(now.replace(year=2020), now, "bestaetigung")
    assert (row.inhalt["vorher"], row.inhalt["nachher"]) == (OLD, NEW.sha256)
    assert [e.was for e in desk.store().events()][-1] == "zertifikat_bestaetigt"
    desk.close()


def test_the_kim_program(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serve_smtp(NEW, tmp_path) as inbox:
        kim = KimEinstellungen(smtp_host="127.0.0.1", smtp_port=inbox.port, fingerabdruck=OLD)
        save(folder, Einstellungen(kim=kim))
        assert run(capsys, folder, "kim")[0] == 1
        assert run(capsys, folder, "kim", "--bestaetigen", NEW.sha256)[0] == 0
        assert inbox.logins == []
    code, found = run(capsys, folder, "kim")
    assert (code, found["fehler"][0]["code"]) == (3, "kim.port_closed")


def test_nothing_set_up(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, folder, "konnektor")[0] == 3
    save(folder, Einstellungen())
    code, found = run(capsys, folder, "konnektor")
    assert (code, found["fehler"][0]["code"]) == (3, "kon.not_set_up")
