"""Words that an MFA knows: on every page and panel, in every table of sentences, in every sentence of the program."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QWidget

import papierbruecke
from keyboard import make_everything
from papierbruecke import resources
from papierbruecke.ui.handbook_text import handbook
from papierbruecke.ui.keys import IM_AUSFALL, IM_FORMULAR, TASTEN
from papierbruecke.ui.main_window import MainWindow
from papierbruecke.ui.places import NAMES

# Words that an MFA does not know, that blame, or that are not German.
BLAME = (
    r"fehler 0x|exception|traceback|\berror\b|\bwarning\b|\bcancel\b|\bok\b|\bsubmit\b|\bbutton\b|status code|"
    r"ungültige eingabe|falsche eingabe|\bsie haben\b|leider|!"
)
TECHNICAL = (
    r"timeout|handshake|socket|\btcp\b|ipsec|ocsp|\bsoap\b|\bxml\b|\bjson\b|connector|database|datenbank|"
    r"\bclient\b|\blog\b|crash|konnektivität|authentifizier|instanz"
)
JARGON = re.compile(f"{BLAME}|{TECHNICAL}|\\bserver", re.IGNORECASE)
FOR_IT = re.compile(BLAME, re.IGNORECASE)
"""The set-up and the crash page are for the IT-Betreuer: technical words are right there, blame is not."""
PLACES_FOR_IT = ("einstellungen", "programmfehler")
FILES_FOR_IT = (
    "vault/",
    "konnektor/",
    "kim/",
    "commands/",
    "cli.py",
    "settings.py",
    "selftest.py",
    "drill/",
    "uebung/stage.py",
)
FILES_FOR_IT += ("ui/settings", "ui/setting_", "ui/konnektor_panel.py", "ui/crash_page.py", "ui/key_panel.py", "wiring")
FILES_FOR_IT += (
    "outage/network_page.py",
    "outage/advisories.py",
    "pvs/exchange_folder.py",
    "record/read_input.py",
    "outage/konnektor_probe.py",
)
FILES_FOR_IT += ("outage/layers.py", "outage/picture.py", "outage/readings.py")
SQL = re.compile(r"(SELECT|UPDATE|INSERT|DELETE|CREATE) ")
SENTENCE = re.compile(r"[A-ZÄÖÜ].*\s.*\s.*[.?]", re.DOTALL)


def words_of(page: QWidget) -> Iterator[str]:
    """Everything that a page can show or tell, also what is hidden now."""
    for made in page.findChildren(QWidget):
        yield made.accessibleName()
        yield made.accessibleDescription()
        yield made.toolTip()
        if isinstance(made, QLabel | QAbstractButton):
            yield made.text()
        elif isinstance(made, QLineEdit | QPlainTextEdit):
            yield made.placeholderText()
        elif isinstance(made, QComboBox):
            yield from (made.itemText(index) for index in range(made.count()))


def test_every_page_speaks_plainly(window: MainWindow) -> None:
    wrong = []
    make_everything(window)
    for place in NAMES:
        page = window.places[place]
        rule = FOR_IT if place in PLACES_FOR_IT else JARGON
        wrong += [(place, text) for text in words_of(page) if rule.search(text)]
    assert wrong == []


def test_what_stands_around_the_pages_speaks_plainly(window: MainWindow) -> None:
    make_everything(window)
    pages = [window.places[place] for place in NAMES]
    inside = [child for page in pages for child in [page, *page.findChildren(QWidget)]]
    around = [text for text in words_of(window) if text]
    of_pages = {text for page in inside for text in words_of(page)}
    assert [text for text in around if text not in of_pages and JARGON.search(text)] == []
    assert [text for text in words_of(window.session.page) if JARGON.search(text)] == []


def test_keys_and_handbook_speak_plainly() -> None:
    words = [taste.text for taste in TASTEN] + [text for _, text in IM_FORMULAR] + list(IM_AUSFALL)
    words += [block.text for block in handbook()]
    assert len(words) > 90
    assert [text for text in words if JARGON.search(text)] == []


@pytest.mark.parametrize(
    "path", sorted((resources.folder() / "notfallmappe").glob("*-de.txt")) + [
        resources.folder() / "notfallmappe" / f"{name}.txt"
        for name in ("erste-schritte", "fax", "mappe", "muster16", "wartezimmer")
    ], ids=lambda path: path.stem,
)  # fmt: off
def test_the_papers_of_the_notfallmappe_speak_plainly(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if JARGON.search(line.removeprefix("!"))] == []


def test_the_hints_on_known_problems_blame_nobody() -> None:
    for path in (resources.folder() / "advisories").glob("*.json"):
        text = json.dumps(json.loads(path.read_text(encoding="utf-8")), ensure_ascii=False)
        assert not FOR_IT.search(text), path.name


def sentences() -> Iterator[tuple[str, str]]:
    """Every sentence in the code that a person may read, with its file; docstrings are for us."""
    root = Path(papierbruecke.__file__).parent
    for path in sorted(root.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        ours = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        } | {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in ours:
                spoken = SENTENCE.fullmatch(node.value) is not None and SQL.match(node.value) is None
                yield from [(path.relative_to(root).as_posix(), node.value)] if spoken else []


def test_every_sentence_of_the_program_speaks_plainly() -> None:
    found = list(sentences())
    assert len(found) > 400
    wrong = [
        (where, text) for where, text in found if (FOR_IT if where.startswith(FILES_FOR_IT) else JARGON).search(text)
    ]
    assert wrong == []
