"""Where a data folder may lie, and who may work in it."""

import subprocess
import sys
from pathlib import Path

import pytest

from papierbruecke.errors import EnvironmentFailure
from papierbruecke.vault import place
from papierbruecke.vault.key import FILE, open_key
from papierbruecke.vault.place import WindowLock, file_system, is_network_share

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
