"""Whatever a practice may enter: nothing overlaps, nothing leaves its box, nothing is lost."""

import os
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import inputs
import paper
import people
from paper import Word, pages, rows, text_of
from papierbruecke.errors import InputRefused
from papierbruecke.forms.au_barcode import barcode_bytes
from papierbruecke.forms.render_au import render_au
from papierbruecke.record.model import AuEingabe
from papierbruecke.record.read_input import read_au
from papierbruecke.record.take_beleg import check_au

KENNUNG = UUID("6f1f0a52-52a5-5a8e-9d0a-8e6d3f1c7b10")
diagnose = st.fixed_dictionaries(
    {
        "icd": st.sampled_from(["J06.9", "A00", "S82.28", "Z99.9", "M54.-"]),
        "sicherheit": st.sampled_from("AGVZ"),
        "seite": st.sampled_from([None, "R", "L", "B"]),
    }
)
angaben = st.fixed_dictionaries(
    {
        "endbescheinigung": st.booleans(),
        "bis": st.just("2026-11-27"),
        "festgestellt": st.just("2026-11-23"),
        "ursachen": st.lists(st.sampled_from(["arbeitsunfall", "sonstiger_unfall", "ser"]), unique=True),
        "durchgangsarzt": st.booleans(),
        "diagnosen": st.lists(diagnose, min_size=1, max_size=6),
        "diagnosetext": people.maybe(70),
        "reha": st.booleans(),
        "wiedereingliederung": st.booleans(),
        "sonstige_massnahme": people.maybe(70),
        "krankengeldfall": st.booleans(),
    }
)


@st.composite
def documents(draw: st.DrawFn) -> AuEingabe:
    document = inputs.au()
    document["versicherter"] |= draw(people.person)
    document["versicherung"] |= {"name": draw(people.words(45)), "dmp": draw(st.sampled_from([None, "31"]))}
    document["arzt"] |= draw(people.arzt)
    document["betriebsstaette"] |= draw(people.place)
    if draw(st.booleans()):
        document["verantwortlich"] = draw(people.arzt)
    art: dict[str, Any] = draw(st.sampled_from([{"art": "erst", "seit": "2026-11-23"}, {"art": "folge", "seit": None}]))
    document["au"] = art | draw(angaben)
    return read_au(inputs.as_bytes(document))


# PAPIERBRUECKE_LANG=1: the long run by hand.
EXAMPLES = 1000 if os.environ.get("PAPIERBRUECKE_LANG") == "1" else 10


@settings(max_examples=EXAMPLES, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
@given(eingabe=documents(), copy=st.sampled_from(["kk", "v", "ag"]), papier=st.sampled_from(["a5", "a4"]))
def test_any_valid_sick_note_stays_in_its_boxes(eingabe: AuEingabe, copy: Any, papier: str) -> None:
    data = render_au(eingabe, (copy,), kennung=KENNUNG, belegnummer="231126-A-001-X", pruefnummer=None, papier=papier)
    one = pages(data)[0]
    found = rows(one)
    nothing_overlaps(found)
    nothing_crosses_a_line(one, found)
    everything_is_there(found, paper.size_mm(one)[0], eingabe, copy)
    if copy == "kk":
        assert paper.decode_zxing(paper.picture(data)) == [barcode_bytes(eingabe)]


def kk(eingabe: AuEingabe) -> bytes:
    return render_au(eingabe, ("kk",), kennung=KENNUNG, belegnummer=None, pruefnummer=None)


def nothing_overlaps(found: Sequence[Word]) -> None:
    ordered = sorted(found, key=lambda w: w.top)
    for index, upper in enumerate(ordered):
        for lower in ordered[index + 1 :]:
            if lower.top >= upper.bottom:
                break
            apart = upper.x1 <= lower.x0 + 0.01 or lower.x1 <= upper.x0 + 0.01
            # Boxes of letters include the room for accents: a touch of it may be shared.
            assert apart or upper.bottom - lower.top < 0.45, (upper, lower)


def nothing_crosses_a_line(one: Any, found: Sequence[Word]) -> None:
    width, height = paper.size_mm(one)
    frames = [paper.word_of(r) for r in one.rects if r["stroke"] and not r["fill"]]
    uprights = [w for w in (paper.word_of(line) for line in one.lines) if w.x1 - w.x0 < 0.1]
    for word in found:
        assert word.x0 > 5
        assert word.x1 < width - 5
        assert word.top > 5
        assert word.bottom < height - 5
        middle = (word.top + word.bottom) / 2
        for x, top, bottom in [
            *((f.x0, f.top, f.bottom) for f in frames),
            *((f.x1, f.top, f.bottom) for f in frames),
            *((u.x0, u.top, u.bottom) for u in uprights),
        ]:
            assert not (top < middle < bottom and word.x0 + 0.05 < x < word.x1 - 0.05), (word, x)


def everything_is_there(found: Sequence[Word], width: float, eingabe: AuEingabe, copy: str) -> None:
    bare = "".join(word.text for word in found).replace(" ", "")
    assert eingabe.versicherter is not None
    assert eingabe.versicherter.anschrift is not None
    values = [
        eingabe.versicherung.name,
        eingabe.versicherter.nachname,
        eingabe.versicherter.anschrift.strasse,
        eingabe.versicherter.anschrift.ort,
    ]
    if copy != "ag":
        values += [eingabe.au.diagnosetext, eingabe.au.sonstige_massnahme]
        values += [" ".join(filter(None, (d.icd, d.sicherheit, d.seite))) for d in eingabe.au.diagnosen]
    for value in values:
        if value:
            assert value.replace(" ", "") in bare, value
    # Broken lines are read row by row; every word of the stamp is somewhere.
    place, doctor = eingabe.betriebsstaette, eingabe.arzt
    right = sorted((w for w in found if w.x0 > width / 2), key=lambda w: w.top)
    stamp = "".join(w.text for w in right).replace(" ", "")
    for value in (place.name, place.email, place.ort, doctor.nachname, doctor.berufsbezeichnung):
        if value:
            assert value.replace(" ", "").replace(place.bsnr, "") in stamp, value


def test_a_stamp_that_fits_in_no_size_is_refused_by_name() -> None:
    document = inputs.au()
    document["betriebsstaette"]["zusatz"] = "Hinterhaus " * 200
    with pytest.raises(InputRefused) as refused:
        kk(read_au(inputs.as_bytes(document)))
    assert [e.feld for e in refused.value.einwaende] == ["betriebsstaette"]


def test_a_name_that_fits_nowhere_is_cut_visibly_as_the_stylesheet_cuts_it() -> None:
    document = inputs.au()
    document["versicherter"].update(
        titel="T" * 20, vorname="V" * 45, namenszusatz="N" * 20, vorsatzwort="W" * 20, nachname="Z" * 45
    )
    eingabe = read_au(inputs.as_bytes(document))
    one = pages(kk(eingabe))[0]
    assert "Z" * 45 in text_of(one)
    cut = [w for w in rows(one) if w.text.endswith("…")]
    assert len(cut) == 1
    assert cut[0].x1 < 63  # before the birth date


@pytest.mark.parametrize("char", ["\t", "\n", "š"[0], "ł", "→", "\u200b", "\x85"])
def test_what_no_form_may_carry_is_refused_before_any_page(char: str) -> None:
    from datetime import date

    document = inputs.au()
    document["au"]["diagnosetext"] = f"Text{char}Text"
    einwaende = check_au(read_au(inputs.as_bytes(document)), date(2026, 11, 23)).einwaende
    # š is in ISO 8859-15 and must pass; everything else here is not.
    assert [e.feld for e in einwaende] == ([] if char == "š" else ["au.diagnosetext"])
