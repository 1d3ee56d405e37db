"""The calibration page: everything on it stands where the form has it."""

import pytest

import paper
from papierbruecke.forms.calibration import BAR_MM, RULER, render_calibration
from papierbruecke.forms.geometry import muster16
from papierbruecke.settings_desk import DruckEinstellungen


def page() -> object:
    (only,) = paper.pages(render_calibration(DruckEinstellungen(muster16_dx_mm=0.4)))
    return only


def test_07_bfb_faq_3_2_the_boxes_of_the_form_stand_at_their_places() -> None:
    drawn = [tuple(round(v * paper.MM, 2) for v in (r["x0"], r["top"], r["x1"], r["bottom"])) for r in page().rects]  # type: ignore[attr-defined]
    assert sorted(drawn) == sorted(muster16().vordruck.kaesten.values())


def test_07_bfb_faq_3_2_ruler_bar_and_setting_are_there() -> None:
    text = paper.text_of(page())
    assert text.count(RULER) == 2
    assert "+0,4 mm nach rechts" in text
    lengths = [(line["x1"] - line["x0"]) * paper.MM for line in page().lines]  # type: ignore[attr-defined]
    assert max(lengths) == pytest.approx(BAR_MM, abs=0.01)


def test_07_bfb_faq_3_2_the_marks_stand_half_a_millimetre_apart_around_the_frame() -> None:
    frame = muster16().vordruck.kasten("personalienfeld")
    marks = sorted(
        line["x0"] * paper.MM
        for line in page().lines  # type: ignore[attr-defined]
        if line["x0"] == line["x1"] and line["top"] * paper.MM == pytest.approx(27.7, abs=0.01)
    )
    assert marks == pytest.approx([frame.x0 - 3 + step * 0.5 for step in range(13)], abs=0.01)
