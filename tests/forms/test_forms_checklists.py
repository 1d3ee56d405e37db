"""The two acceptance lists (forms sheet §8 and §9): every number has a test, each named after its source."""

import ast
import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
NUMBERS = re.compile(r"test_((?:[0-9]{2}_(?:to_)?)+)(.*)")
# Documents of the KBV by their first word; "design" and "zm" where none of them speaks.
SOURCES = "a4a|avwg|bfb|design|k3|kp2|kp7|p2|p3|p310|p6|p7|spec16|stylesheet|vdga|zm"


def numbered(files: str) -> list[tuple[set[int], str]]:
    """Every test of these files that carries numbers: the numbers, and the rest of its name."""
    found = []
    for path in sorted(HERE.glob(files)):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and (match := NUMBERS.fullmatch(node.name)):
                numbers = [int(n) for n in re.findall("[0-9]{2}", match[1])]
                many = range(numbers[0], numbers[-1] + 1) if "to" in match[1] else numbers
                found.append((set(many), match[2]))
    return found


MUSTER16 = [
    t
    for name in ("muster16*", "personalienfeld", "calibration", "printing", "rezept*", "characters", "issue")
    for t in numbered(f"test_forms_{name}.py")
]
AU = numbered("test_forms_au_*.py")


@pytest.mark.parametrize(("tests", "last"), [(MUSTER16, 32), (AU, 19)], ids=["muster16", "au"])
def test_no_number_of_the_list_is_without_a_test(tests: list[tuple[set[int], str]], last: int) -> None:
    assert set().union(*(numbers for numbers, _ in tests)) == set(range(1, last + 1))


@pytest.mark.parametrize("tests", [MUSTER16, AU], ids=["muster16", "au"])
def test_each_is_named_after_its_source(tests: list[tuple[set[int], str]]) -> None:
    assert [rest for _, rest in tests if not re.match(f"({SOURCES})_[0-9a-z]", rest)] == []
