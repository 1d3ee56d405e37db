"""Write ``packaging/licences.csv``: every locked package, its licence, whether it is shipped.

By hand, after a new lock:

    python packaging/licences.py

The licence is what the package itself declares. Where it declares nothing that can be read, the
entry below says what its licence file says. ``tests/architecture/test_licences.py`` holds the list
against the lock and against what may be used.
"""

import csv
import re
from importlib.metadata import distribution, metadata, requires
from pathlib import Path

ROOT = Path(__file__).parents[1]
TARGET = Path(__file__).with_name("licences.csv")

READ_BY_HAND = {
    "click-default-group": "LicenseRef-Public-Domain",
    "isodate": "BSD-3-Clause",
    "pathspec": "MPL-2.0",
    "pdf417decoder-with-opencv-python-headless": "CPOL-1.02",
    "pypdfium2": "BSD-3-Clause AND Apache-2.0",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "pyscard": "LGPL-2.1-or-later",
    "qrcode": "BSD-3-Clause",
    "reportlab": "BSD-3-Clause",
    "sqlcipher3": "Zlib AND BSD-3-Clause",  # the second is SQLCipher itself, which it carries
}
SPELLINGS = {
    "Apache 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "MIT License": "MIT",
}


def locked() -> dict[str, str]:
    """Name and version of everything in the lock."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^ \\]+)", text, re.MULTILINE))


def shipped() -> set[str]:
    """What the program itself needs, directly or not; the rest only runs the tests."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = project.split("dependencies = [", 1)[1].split("]", 1)[0]
    todo, known = [_name(line) for line in re.findall(r'"([^"]+)"', block)], set()
    while todo:
        name = todo.pop()
        if name in known or name not in locked():
            continue
        known.add(name)
        todo += [_name(each) for each in requires(name) or [] if "extra ==" not in each]
    return known


def licence_of(name: str) -> str:
    """The SPDX expression of a package."""
    if name in READ_BY_HAND:
        return READ_BY_HAND[name]
    declared = metadata(name)
    words = declared.get("License-Expression") or declared.get("License") or ""
    if not words:
        found = [c.split("::")[-1].strip() for c in declared.get_all("Classifier") or [] if c.startswith("License")]
        words = found[0] if len(found) == 1 else ""
    return SPELLINGS.get(words.strip(), words.strip())


def rows() -> list[tuple[str, str, str, str]]:
    """The whole list: package, version, licence, where it is used."""
    used = shipped()
    return [
        (name, version, licence_of(name), "Programm" if name in used else "Test")
        for name, version in sorted(locked().items())
    ]


def _name(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement.strip())[0].lower().replace("_", "-").replace(".", "-")


if __name__ == "__main__":
    for package in locked():
        distribution(package)  # what is not installed cannot be read
    with TARGET.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([("paket", "version", "lizenz", "wofuer"), *rows()])
