"""No way leads to a file without a key: not through the library, not through a forgotten pragma."""

import ast
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher

import stores
from papierbruecke.errors import EnvironmentFailure
from papierbruecke.outbox.migrations import MIGRATIONS
from papierbruecke.vault.database import open_as_it_is, open_database
from papierbruecke.wiring import Desk

APP = Path(__file__).parents[2] / "app" / "papierbruecke"
OPENERS = {"connect", "Database"}


def calls_that_open(source: str) -> list[str]:
    """Calls like ``sqlcipher.connect(…)``, ``sqlite3.connect(…)``, ``sqlite_utils.Database(…)``."""
    tree = ast.parse(source)
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {(a.asname or a.name.split(".")[0]): a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {(a.asname or a.name): f"{node.module}.{a.name}" for a in node.names}
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        target = node.func
        root = target.value if isinstance(target, ast.Attribute) else target
        origin = names.get(root.id, "") if isinstance(root, ast.Name) else ""
        last = target.attr if isinstance(target, ast.Attribute) else origin.rsplit(".", 1)[-1]
        if origin.startswith(("sqlite3", "sqlcipher3", "sqlite_utils")) and last in OPENERS:
            found.append(ast.unparse(node))
    return found


def test_one_place_opens_files_and_it_gives_the_key_at_once() -> None:
    found = {
        path.relative_to(APP).as_posix(): calls
        for path in sorted(APP.rglob("*.py"))
        if (calls := calls_that_open(path.read_text(encoding="utf-8")))
    }
    assert list(found) == ["vault/database.py"]
    # One opens with the key in the next statement, the other wraps what is open already.
    opening, wrapping = sorted(found["vault/database.py"], key=lambda call: "connect(" not in call)
    assert opening.startswith("sqlcipher.connect(")
    assert wrapping == "Tables(connection)"


@pytest.mark.parametrize(
    "source",
    [
        "import sqlite3\nsqlite3.connect('x')",
        "from sqlite3 import connect\nconnect('x')",
        "import sqlcipher3.dbapi2 as c\nc.connect('x')",
        "from sqlite_utils import Database as T\nT('x.db')",
        "import sqlite_utils\nsqlite_utils.Database('x.db')",
    ],
)
def test_the_rule_sees_every_way(source: str) -> None:
    assert len(calls_that_open(source)) == 1


def test_a_clear_file_is_neither_opened_nor_changed(tmp_path: Path) -> None:
    path = tmp_path / "belege.db"
    clear = sqlcipher.connect(str(path))
    clear.execute("CREATE TABLE offen (text TEXT)")
    clear.commit()
    clear.close()
    before = path.read_bytes()
    assert before.startswith(b"SQLite format 3")
    for opens in (lambda: open_database(path, stores.KEY, MIGRATIONS), lambda: open_as_it_is(path, stores.KEY)):
        with pytest.raises(EnvironmentFailure) as failed:
            opens()
        assert failed.value.code == "speicher.schluessel"
    assert path.read_bytes() == before


def test_every_file_of_a_desk_is_encrypted(tmp_path: Path) -> None:
    desk = Desk(tmp_path, passphrase="geheim")
    desk.store()
    desk.save_settings(desk.settings)
    for opens in (desk.samples, desk.patients, desk.suggestions, desk.vorrat, desk.find_kostentraeger):
        opens()
    desk.close()
    files = sorted(tmp_path.glob("*.db"))
    assert len(files) >= 6
    for path in files:
        assert not path.read_bytes().startswith(b"SQLite format 3"), path.name
