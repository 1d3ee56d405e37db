"""Contrast of everything that the style sheet and the pictures put on each other (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from collections.abc import Iterator

import pytest

from papierbruecke import resources
from papierbruecke.ui import theme
from papierbruecke.ui.deadline_chart import STUFEN
from papierbruecke.ui.theme import Thema

TEXT, SHAPE = 4.5, 3.0
SHEET = (resources.folder() / "theme" / "desk.qss").read_text(encoding="utf-8")


def rules() -> Iterator[tuple[str, dict[str, str]]]:
    """Selector, and the tokens that each of its properties uses."""
    for selector, body in re.findall(r"^([^/{}\n][^{}]*)\{([^}]*)\}", SHEET, re.MULTILINE):
        pairs = [line.split(":", 1) for line in body.split(";") if ":" in line]
        found = {name.strip(): re.search(r"\$(\w+)", value) for name, value in pairs}
        yield selector.strip(), {name: token[1] for name, token in found.items() if token}


def ratio(thema: Thema, front: str, ground: str) -> float:
    look = theme.Look(thema)
    return theme.contrast(look.color(front), look.color(ground))


@pytest.mark.parametrize("thema", list(Thema))
def test_every_text_of_the_sheet_is_readable_on_its_own_ground(thema: Thema) -> None:
    checked = 0
    for selector, tokens in rules():
        front, ground = tokens.get("color"), tokens.get("background") or tokens.get("background-color")
        if front and ground:
            checked += 1
            assert ratio(thema, front, ground) >= TEXT, (selector, front, ground)
    assert checked >= 20


@pytest.mark.parametrize("thema", list(Thema))
def test_text_without_a_ground_of_its_own_is_readable_on_pages_and_cards(thema: Thema) -> None:
    for selector, tokens in rules():
        if "color" in tokens and "background" not in tokens and selector.startswith("QLabel"):
            for ground in ("surface", "background"):
                assert ratio(thema, tokens["color"], ground) >= TEXT, (selector, ground)


@pytest.mark.parametrize("thema", list(Thema))
def test_what_is_off_can_still_be_read(thema: Thema) -> None:
    """WCAG lets disabled text be faint; a hurried person must read why a button is off, so ours is not."""
    off = [(selector, tokens) for selector, tokens in rules() if ":disabled" in selector]
    assert len(off) >= 3
    for selector, tokens in off:
        ground = tokens.get("background", "surface")
        assert ratio(thema, tokens["color"], ground) >= TEXT, selector


@pytest.mark.parametrize("thema", list(Thema))
def test_the_focus_ring_stands_out_from_every_ground(thema: Thema) -> None:
    rings = [
        (selector, tokens["border"]) for selector, tokens in rules() if ":focus" in selector and "border" in tokens
    ]
    assert len(rings) >= 10
    for selector, ring in rings:
        for ground in ("surface", "background"):
            assert ratio(thema, ring, ground) >= SHAPE, (selector, ground)


@pytest.mark.parametrize("thema", list(Thema))
def test_the_pictures_can_be_told_from_their_ground(thema: Thema) -> None:
    for tint in {stufe.tint for stufe in STUFEN.values()} | {"bad", "warn", "ok", "field_line", "accent"}:
        assert ratio(thema, tint, "surface") >= SHAPE, tint
    assert ratio(thema, "bad", "chart_empty") >= SHAPE  # an outage on the bar of its year
    for tint in ("ink", "ink2"):
        assert ratio(thema, tint, "surface") >= TEXT
