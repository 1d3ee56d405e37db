"""Every locked package has a known licence that fits, and is the very file that was looked at.

What this does not show: whether a package has a known weakness. That is asked before a release
(``packaging/README.md``).
"""

import csv
import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).parents[2]
FREE = {
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "LicenseRef-Public-Domain",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "PSF-2.0",
    "Zlib",
}
# As libraries of their own beside the program: replaceable files, text of the licence enclosed.
AS_LIBRARY = {"MPL-2.0", "LGPL-2.1-or-later", "LGPL-3.0-only"}
# Runs in the tests only and is never given away with the program.
ONLY_TESTS = {"CPOL-1.02"}


def listed() -> dict[str, dict[str, str]]:
    with (ROOT / "packaging" / "licences.csv").open(encoding="utf-8", newline="") as stream:
        return {row["paket"]: row for row in csv.DictReader(stream)}


def blocks() -> dict[str, str]:
    """Every package of the lock with the lines that belong to it."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    parts = re.split(r"^(?=[A-Za-z0-9._-]+==)", text, flags=re.MULTILINE)[1:]
    return {part.split("==", 1)[0]: part for part in parts}


def test_the_list_is_the_lock() -> None:
    locked = {name: re.match(r"[^=]+==([^ \\]+)", part)[1] for name, part in blocks().items()}  # type: ignore[index]
    assert {name: row["version"] for name, row in listed().items()} == locked, "run packaging/licences.py"


def test_every_package_is_the_file_that_was_looked_at() -> None:
    assert [name for name, part in blocks().items() if "--hash=sha256:" not in part] == []


def test_every_licence_is_known_and_fits() -> None:
    for name, row in listed().items():
        allowed = FREE | AS_LIBRARY | (ONLY_TESTS if row["wofuer"] == "Test" else set())
        # Of alternatives one must fit, of parts each.
        choices = [set(choice.split(" AND ")) for choice in row["lizenz"].split(" OR ")]
        assert any(choice <= allowed for choice in choices), f"{name}: {row['lizenz']}"


def test_what_runs_here_is_what_is_listed() -> None:
    here = {}
    for name in listed():
        try:
            here[name] = version(name)
        except PackageNotFoundError:  # not for this system
            continue
    assert len(here) > 50
    assert here == {name: listed()[name]["version"] for name in here}
