"""The plan of the house as a test: who may import whom, and where the outside world lives.

Rooms stand in the order in which data flow; right may import left, never back, and never
another room's adapter. Only the wiring names adapters (design §4).
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "app" / "papierbruecke"
MAX_LINES = 400

BASE = ["errors", "clock", "redact", "resources", "files", "crash", "declared", "settings_desk", "settings"]
ROOMS = [
    "vault",
    "pdf",
    "konnektor",
    "kim",
    "outage",
    "card",
    "practice",
    "record",
    "outbox",
    "forms",
    "pvs",
    "resubmit",
    "reconcile",
    "ui",
]
SURFACE = {
    "wiring",
    "wiring_folder",
    "wiring_forms",
    "wiring_kassen",
    "wiring_setup",
    "wiring_afterwards",
    "wiring_outage",
    "selftest",
    "uebung",
    "commands",
    "cli",
    "__main__",
    "__init__",
}

# A library of the outside world lives in these files and nowhere else.
COUNTERPARTS = {
    "PySide6": {"ui/", "forms/printer.py"},
    "smartcard": {"card/pcsc.py"},
    "reportlab": {"pdf/"},
    "zxingcpp": {"pdf/"},
    "qrcode": {"pdf/"},
    "sqlcipher3": {"vault/database.py"},
    "sqlite_utils": {"vault/database.py"},
    "sqlite3": set(),
    "keyring": {"vault/"},
    "smtplib": {"kim/"},
    "poplib": {"kim/"},
    "requests": {"konnektor/", "outage/lagebild_probe.py", "outage/internet_probe.py"},
}
# Files that hold a counterpart (or their room's door to it): only the wiring may name them.
ADAPTERS = {
    "card.pcsc",
    "forms.printer",
    "forms.cups_trays",
    "forms.windows_trays",
    "forms.file_printer",
    "forms.sqlcipher_vorrat",
    "konnektor.client",
    "konnektor.cetp_receiver",
    "konnektor.ask_directory",
    "konnektor.ldap",
    "kim.client",
    "outbox.sqlcipher",
    "outbox.memory",
    "outage.sqlcipher_samples",
    "outage.memory_samples",
    "outage.internet_probe",
    "outage.local_network",
    "outage.lagebild_probe",
    "outage.played_network",
    "practice.settings_file",
    "vault.draft_file",
    "vault.users_file",
    "record.sqlcipher_lists",
    "pvs.exchange_folder",
    "practice.sqlcipher_patients",
    "practice.sqlcipher_adressen",
    "pvs.call_window",
    "practice.sqlcipher_stammdaten",
}


def sources() -> list[Path]:
    return sorted(APP.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(APP).with_suffix("").as_posix().replace("/", ".")


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every imported module as a dotted name, also those inside functions and type checks."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno} imports relatively"
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node.lineno


def own(path: Path) -> Iterator[tuple[str, int]]:
    for module, line in imports(path):
        if module.startswith("papierbruecke."):
            yield module.removeprefix("papierbruecke."), line


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_right_imports_left_and_never_back(path: Path) -> None:
    room = name_of(path).split(".")[0]
    if room in SURFACE:
        return
    for module, line in own(path):
        other = module.split(".")[0]
        where = f"{name_of(path)}:{line} imports {module}"
        if other == room or other == "__version__":
            continue
        assert other not in SURFACE, where
        assert other != "drill", f"{where}: nobody imports the simulator"
        if room in BASE:
            pure = module.split(".")[1:2] == ["model"]
            assert other in BASE or (room == "settings" and pure), where
        elif room == "drill":
            assert other != "ui", where
        elif other in ROOMS:
            assert ROOMS.index(other) < ROOMS.index(room), where


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_only_the_wiring_names_another_rooms_adapter(path: Path) -> None:
    room = name_of(path).split(".")[0]
    if room.startswith("wiring") or room == "drill":
        return
    for module, line in own(path):
        for adapter in ADAPTERS:
            if (module == adapter or module.startswith(f"{adapter}.")) and adapter.split(".")[0] != room:
                pytest.fail(f"{name_of(path)}:{line} imports the adapter {adapter}")


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_each_outside_library_lives_in_one_place(path: Path) -> None:
    relative = path.relative_to(APP).as_posix()
    for module, line in imports(path):
        library = module.split(".")[0]
        if library in COUNTERPARTS and not relative.startswith("drill/"):
            allowed = COUNTERPARTS[library]
            assert any(relative == a or (a.endswith("/") and relative.startswith(a)) for a in allowed), (
                f"{relative}:{line} imports {library}"
            )


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_files_are_small_named_and_described(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MAX_LINES, "two things in one file?"
    assert path.stem not in {"utils", "helpers", "misc", "common"}
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "a file says what it is for"
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{name_of(path)}.{node.name} has no docstring"


def test_every_room_of_the_plan_exists_or_is_surface() -> None:
    top = {p.stem if p.is_file() else p.name for p in APP.iterdir() if p.name not in {"__pycache__", "py.typed"}}
    assert top <= set(BASE) | set(ROOMS) | SURFACE | {"drill"}
