"""Where the data files are: in the source tree, in an installed copy, in the frozen program."""

import sys
import sysconfig
from functools import cache
from pathlib import Path


@cache
def folder() -> Path:
    """The ``resources`` folder; a program without its data files is a broken installation."""
    candidates = (
        Path(getattr(sys, "_MEIPASS", "")) / "resources" if hasattr(sys, "_MEIPASS") else None,
        Path(__file__).parents[2] / "resources",
        Path(sysconfig.get_path("data")) / "share" / "papierbruecke" / "resources",
    )
    for candidate in candidates:
        if candidate is not None and (candidate / "fonts").is_dir():
            return candidate
    raise AssertionError("resources are missing from this installation")
