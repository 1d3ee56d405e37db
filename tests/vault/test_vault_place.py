"""Where a data folder may lie, and who may work in it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from papierbruecke.cli import main
from papierbruecke.errors import EnvironmentFailure
from papierbruecke.vault import place
from papierbruecke.vault.key import FILE, open_key
from papierbruecke.vault.place import HOME_FILE, WindowLock, file_system, is_network_share
from papierbruecke.wiring import Desk

MOUNTS = """proc /proc proc rw 0 0
/dev/sda1 / ext4 rw 0 0
//server/daten /mnt/praxis cifs rw 0 0
server:/x /mnt/mit\\040Leer nfs4 rw 0 0
/dev/sdb1 /mnt/praxis/lokal ext4 rw 0 0
tmpfs /mnt/praxisneu tmpfs rw 0 0
kaputt
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/praxis", "ext4"),
        ("/mnt/praxis", "cifs"),
        ("/mnt/praxis/tief/er", "cifs"),
        ("/mnt/praxis/lokal/daten", "ext4"),
        ("/mnt/praxisneu/x", "tmpfs"),
        ("/mnt/mit Leer/x", "nfs4"),
    ],
)
def test_the_nearest_mount_counts(path: str, kind: str) -> None:
    assert file_system(path, MOUNTS) == kind


def test_a_folder_on_a_share_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mounts").write_text(f"//server/x {tmp_path} cifs rw 0 0\n/ / ext4 rw 0 0\n")
    monkeypatch.setattr(place, "_MOUNTS", tmp_path / "mounts")
    (tmp_path / "daten").mkdir()
    with pytest.raises(EnvironmentFailure) as refused:
        open_key(tmp_path / "daten", passphrase="geheim", create=True)
    assert refused.value.code == "speicher.netzlaufwerk"
    assert not (tmp_path / "daten" / FILE).exists()


def test_a_machine_without_such_a_table_is_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "_MOUNTS", tmp_path / "fehlt")
    assert not is_network_share(tmp_path)


def test_this_machine_is_no_share(tmp_path: Path) -> None:
    assert not is_network_share(tmp_path / "noch" / "nicht" / "da")


def test_one_window_per_folder_and_a_dead_one_blocks_nobody(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from papierbruecke.vault.place import WindowLock;"
        "lock = WindowLock(pathlib.Path(sys.argv[1])).__enter__(); print('offen', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"offen\n"
        with pytest.raises(EnvironmentFailure) as refused, WindowLock(tmp_path):
            pass
        assert refused.value.code == "speicher.fenster"
        other.kill()
    with WindowLock(tmp_path):
        pass
    with WindowLock(tmp_path):
        pass


def copied(tmp_path: Path) -> Path:
    """A folder in use, and a copy of it."""
    home = tmp_path / "daten"
    Desk(home, passphrase="geheim").store().note(None, "test", "sk")
    shutil.copytree(home, tmp_path / "kopie")
    return tmp_path / "kopie"


def test_a_copy_of_a_folder_stays_closed_and_untouched(tmp_path: Path) -> None:
    copy = copied(tmp_path)
    before = {path.name: path.read_bytes() for path in copy.iterdir() if path.is_file()}
    with pytest.raises(EnvironmentFailure) as refused:
        Desk(copy, passphrase="geheim").store()
    assert refused.value.code == "speicher.umgezogen"
    with pytest.raises(EnvironmentFailure):
        Desk(copy, passphrase="geheim").window_lock()
    assert {path.name: path.read_bytes() for path in copy.iterdir() if path.is_file()} == before
    Desk(tmp_path / "daten", passphrase="geheim").store()


def test_another_computer_counts_as_another_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied(tmp_path)
    (tmp_path / "machine-id").write_text("0123456789abcdef0123456789abcdef\n")
    monkeypatch.setattr(place, "_MACHINE_ID", tmp_path / "machine-id")
    with pytest.raises(EnvironmentFailure) as refused:
        Desk(tmp_path / "daten", passphrase="geheim").store()
    assert refused.value.code == "speicher.umgezogen"


def test_a_moved_folder_is_taken_over_by_a_person_and_the_history_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = copied(tmp_path)
    monkeypatch.setenv("PAPIERBRUECKE_PASSPHRASE", "geheim")
    assert main(["ordner", "--daten", str(copy)]) == 1
    assert "übernehmen" in capsys.readouterr().err
    assert main(["belege", "--daten", str(copy)]) == 3
    assert main(["ordner", "uebernehmen", "--daten", str(copy)]) == 0
    assert main(["ordner", "--daten", str(copy)]) == 0
    assert Desk(copy, passphrase="geheim").store().events()[-1].was == "ordner.uebernommen"


def test_a_folder_from_before_and_a_note_cut_off_learn_their_home_anew(tmp_path: Path) -> None:
    copy = copied(tmp_path)
    for write in (lambda: (copy / HOME_FILE).unlink(), lambda: (copy / HOME_FILE).write_text("{")):
        write()
        Desk(copy, passphrase="geheim").store()
        assert place.is_settled(copy)


def test_a_look_into_a_backup_gives_it_no_home(tmp_path: Path) -> None:
    copy = copied(tmp_path)
    (copy / HOME_FILE).unlink()
    open_key(copy, passphrase="geheim", create=False)
    assert not (copy / HOME_FILE).exists()
