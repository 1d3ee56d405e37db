"""A disk that can be filled: a file system of its own with 1 MB."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with 1 MB; skipped with the reason where none can be mounted."""
    point = tmp_path / "platte"
    point.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(point)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip(f"no small disk on this machine: {mounted.stderr.decode().strip()}")
    yield point
    subprocess.run(["umount", str(point)], check=True)


def fill(disk: Path) -> Path:
    """Leave nothing free; returns the file that took it."""
    filler = disk / "fremd"
    filler.write_bytes(b"x" * shutil.disk_usage(disk).free)
    return filler
