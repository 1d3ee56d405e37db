"""Whatever a practice may enter, read back from the pink sheet in mm: places, boxes, nothing lost."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import inputs
import paper
import people
from papierbruecke.forms.geometry import muster16
from papierbruecke.forms.muster16 import blaetter, layout_objections
from papierbruecke.forms.personalienfeld import SPALTEN, ZEILEN, personalien_of, zeilen
from papierbruecke.forms.render import render_blaetter, render_muster16
from papierbruecke.forms.stempel import full_name
from papierbruecke.pdf.canvas import Kasten
from papierbruecke.pdf.fonts import MM_PER_POINT
from papierbruecke.record.model import RezeptEingabe
from papierbruecke.record.read_input import read_rezept

HEIGHT = 105.0
EXAMPLES = 2000 if os.environ.get("PAPIERBRUECKE_LANG") == "1" else 15
CAPITAL, DESCENDER = 0.66, 0.2
"""How far Liberation's capitals reach above the line and its tails below it, in em (accents apart)."""

FORM = muster16()
VERORDNUNG = Kasten(9.9, 56.68, FORM.verordnung.x_ende, 82.2)
ZONEN = {name: Kasten(*box) for name, box in FORM.vordruck.kaesten.items()}
ZONEN |= {"verordnung": VERORDNUNG, "stempel": Kasten(*FORM.stempel.kasten)}


def boxes(page: Any) -> list[tuple[str, Kasten]]:
    """Every printed character with the box of its ink, from its baseline; blanks left out."""
    found = []
    for c in page.chars:
        size, base = float(c["size"]) * MM_PER_POINT, HEIGHT - float(c["matrix"][5]) * MM_PER_POINT
        if c["text"].strip():
            x0, x1 = float(c["x0"]) * MM_PER_POINT, float(c["x1"]) * MM_PER_POINT
            found.append((c["text"], Kasten(x0, base - CAPITAL * size, x1, base + DESCENDER * size)))
    return found


def zone_of(box: Kasten) -> str:
    """The one part of the form that holds this character whole."""
    inside = [
        name
        for name, z in ZONEN.items()
        if z.x0 <= box.x0 + 0.05 and box.x1 <= z.x1 + 0.05 and z.y0 <= box.y0 + 0.05 and box.y1 <= z.y1 + 0.05
    ]
    assert len(inside) == 1, (inside, box)
    return inside[0]


def grid(page: Any) -> list[str]:
    """The Personalienfeld as a Belegleser sees it: 7 lines of 30 places, each character by its position."""
    lage = FORM.personalienfeld
    lines = [[" "] * SPALTEN for _ in range(ZEILEN)]
    for char, box in boxes(page):
        if zone_of(box) != "personalienfeld":
            continue
        base = box.y1 - DESCENDER * 12 * MM_PER_POINT
        line = min(range(ZEILEN), key=lambda n: abs(lage.grundlinien[n] - base))
        column = round((box.x0 - lage.x) / lage.raster)
        assert abs(lage.grundlinien[line] - base) < 0.02
        assert abs(lage.x + column * lage.raster - box.x0) < 0.02
        assert lines[line][column] == " "
        lines[line][column] = char
    return ["".join(line) for line in lines]


NAMES = [
    "standard",
    "title_and_prefix",
    "line3_cut",
    "surname_cut",
    "payer_cut",
    "street_cut",
    "town_cut",
    "po_box",
    "birth_partly_unknown",
    "ersatzverfahren_minimum",
    "ersatzverordnung",
    "arbeitsunfall",
    "skt_reference",
]


@pytest.mark.parametrize("name", NAMES)
def test_08_a4a_2_3_the_paper_itself_carries_the_worked_example(name: str, referenz: Path) -> None:
    worked = json.loads((referenz / "data/forms/personalienfeld-examples.json").read_text(encoding="utf-8"))
    assert [e["name"] for e in worked["examples"]] == NAMES
    example = next(e for e in worked["examples"] if e["name"] == name)
    (page,) = paper.pages(render_muster16(read_rezept(inputs.as_bytes(inputs.rezept_of(example["input"])))))
    assert grid(page) == example["lines"]


def compact(*parts: str | None) -> str:
    """Without blanks: those may become line breaks."""
    return "".join("".join(part.split()) for part in parts if part)


text = people.words(40).map(lambda t: t.replace("»", ">").replace("«", "<"))
optional = st.none() | text
marks = {"dosierung": st.sampled_from(["1-0-0", "dj", None]) | text, "hinweis": optional, "anzahl": st.integers(1, 99)}
details = {"staerke": optional, "darreichung": optional, "packung": optional}
items = st.one_of(
    st.fixed_dictionaries({"form": st.just("pzn"), "name": text, "pzn": st.just("01234562"), **details, **marks}),
    st.fixed_dictionaries({"form": st.just("wirkstoff"), "name": text, **details, **marks}),
    st.fixed_dictionaries({"form": st.just("freitext"), "text": text, **marks}),
)
unfall = st.none() | st.fixed_dictionaries(
    {"unfalltag": st.just("2026-11-20"), "unfallbetrieb": people.words(40), "traeger": people.words(30)}
)


@st.composite
def prescriptions(draw: st.DrawFn) -> RezeptEingabe:
    document = inputs.rezept()
    document["versicherter"] |= draw(people.person)
    document["versicherung"] |= {"name": draw(people.words(45)), "dmp": draw(st.sampled_from([None, "31"]))}
    document["arzt"] |= draw(people.arzt)
    document["betriebsstaette"] |= draw(people.place)
    if draw(st.booleans()):
        document["verantwortlich"] = draw(people.arzt)
    document["rezept"]["positionen"] = draw(st.lists(items, min_size=1, max_size=4))
    document["rezept"]["diagnose"] = draw(optional)
    document["rezept"]["arbeitsunfall"] = draw(unfall)
    document["rezept"] |= {name: draw(st.booleans()) for name in ("noctu", "ser", "impfstoff", "begruendungspflicht")}
    return read_rezept(inputs.as_bytes(document))


@settings(max_examples=EXAMPLES, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
@given(prescriptions())
def test_04_05_18_21_a4a_2_3_any_prescription_read_back_from_the_sheet(eingabe: RezeptEingabe) -> None:
    if layout_objections(eingabe):
        return
    sheets = blaetter(eingabe)
    for sheet, page in zip(sheets, paper.pages(render_blaetter(sheets)), strict=True):
        found = boxes(page)
        nothing_overlaps(found)
        zones: dict[str, str] = {}
        for char, box in sorted(found, key=lambda f: (round(f[1].y1, 2), f[1].x0)):
            zones[zone_of(box)] = zones.get(zone_of(box), "") + char
        assert grid(page) == list(zeilen(personalien_of(eingabe)))
        nothing_is_lost(eingabe, sheet.positionen, zones)


def nothing_overlaps(found: list[tuple[str, Kasten]]) -> None:
    ordered = sorted((box for _, box in found), key=lambda b: (round(b.y1, 2), b.x0))
    for index, one in enumerate(ordered):
        for other in ordered[index + 1 :]:
            if other.y0 > one.y1:
                break
            apart = one.x1 <= other.x0 + 0.06 or other.x1 <= one.x0 + 0.06 or one.y1 <= other.y0 + 0.01
            assert apart, (one, other)


def nothing_is_lost(eingabe: RezeptEingabe, positionen: tuple[int, ...], zones: dict[str, str]) -> None:
    printed = zones["verordnung"].casefold()
    for index in positionen:
        item = eingabe.rezept.positionen[index]
        for name in ("name", "text", "staerke", "darreichung", "packung", "pzn", "hinweis"):
            assert compact(getattr(item, name, None)).casefold() in printed, name
        if isinstance(item.dosierung, str):
            assert compact(f"»{item.dosierung}«").casefold() in printed
    assert compact(eingabe.rezept.diagnose).casefold() in printed
    place, stamp = eingabe.betriebsstaette, zones["stempel"]
    values = [place.name, full_name(eingabe.arzt), eingabe.arzt.berufsbezeichnung, place.ort, place.telefon, place.bsnr]
    if eingabe.verantwortlich is not None:
        values.append(full_name(eingabe.verantwortlich))
    assert [value for value in values if compact(value) not in stamp] == []
    if eingabe.rezept.arbeitsunfall is not None:
        assert zones["unfallbetrieb"] == compact(eingabe.rezept.arbeitsunfall.unfallbetrieb)
        assert zones["unfalltag"] == "20.11.26"
