"""What a start reads before the first picture, and what it leaves for later."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import papierbruecke

HEAVY = (
    "cryptography",
    "lxml",
    "PIL",
    "reportlab",
    "requests",
    "sqlcipher3",
    "sqlite_utils",
    "zeep",
    "zxingcpp",
    "PySide6.QtPrintSupport",
    "papierbruecke.kim",
    "papierbruecke.konnektor",
    "papierbruecke.reconcile.ledger",
    "papierbruecke.ui.help_page",
    "papierbruecke.ui.lage_page",
    "papierbruecke.ui.outbox_page",
    "papierbruecke.ui.settings_page",
)
TELL = f"import sys; print([name for name in {HEAVY!r} if name in sys.modules])"
FIRST_PICTURE = """
import builtins, gc, linecache, sys
from pathlib import Path
from papierbruecke.ui.first_picture import make_way
make_way()
from papierbruecke.ui import main_window
from papierbruecke.ui.application import open_main_window
from papierbruecke.wiring import Desk
main_window.MainWindow.start = lambda window: None  # the first work of the lanes begins after the picture
window = open_main_window(Desk(Path(sys.argv[1]), passphrase="nur zum Messen"))
assert window.isVisible() and gc.isenabled() and gc.get_freeze_count()
assert builtins.__import__.__name__ == "__import__"
assert not [name for name in linecache.cache if "pydantic" in name], "the source text of libraries is in memory"
"""


def _run(source: str, *given: str) -> str:
    env = os.environ | {"PYTHONPATH": str(Path(papierbruecke.__file__).parents[1]), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, "-c", source, *given], capture_output=True, text=True, env=env, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_first_picture_needs_no_heavy_library_and_no_other_page(tmp_path: Path) -> None:
    assert _run(FIRST_PICTURE + TELL + "\nimport os; sys.stdout.flush(); os._exit(0)", str(tmp_path / "platz")) == "[]"


@pytest.mark.parametrize("name", ["sqlite_utils", "PySide6.QtCore", "lxml", "reportlab", "requests"])
def test_the_command_line_reads_no_store_and_no_window_before_a_command_wants_one(name: str) -> None:
    assert _run(f"import sys, papierbruecke.cli; print({name!r} in sys.modules)") == "False"
