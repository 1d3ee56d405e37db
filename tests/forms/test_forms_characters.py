"""Whatever ISO 8859-15 does not have is refused in every field of every form, never replaced."""

import copy
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import inputs
from papierbruecke.errors import InputRefused
from papierbruecke.record.read_input import read_au, read_ersatzschein, read_rezept
from papierbruecke.record.take_beleg import check_au, check_rezept
from papierbruecke.record.take_ersatzschein import check_ersatzschein

HEUTE = date(2026, 11, 23)
REZEPTUR = {
    "form": "rezeptur",
    "name": "Probesalbe",
    "menge": "100 g",
    "darreichung": "Salbe",
    "bestandteile": [{"name": "Vaselin", "menge": "ad 100 g"}],
    "gefaess": "Tube",
    "zubereitung": "M. f. ungt.",
    "gebrauch": "dünn auftragen",
}


def full(form: str) -> dict[str, Any]:
    """An acceptable input in which every text field is filled."""
    document: dict[str, Any] = getattr(inputs, form)()
    document["versicherter"] |= {"titel": "Dr.", "namenszusatz": "Freiherr", "vorsatzwort": "von"}
    document["versicherung"] |= {"abrechnend_name": "Probekasse", "abrechnend_ik": "101234561"}
    document["betriebsstaette"] |= {"fax": "030 1", "email": "post@praxis.example", "zusatz": "Hof", "land": "D"}
    document["verantwortlich"] = document["arzt"] | {"vorname": "Berta", "lanr": "123456601"}
    document["arzt"]["qualifikation"] = "03"
    if form == "rezept":
        document["rezept"]["positionen"][0] |= {"staerke": "5 mg", "darreichung": "TAB", "hinweis": "eilt"}
        document["rezept"]["positionen"] += [{"form": "freitext", "text": "Probe", "dosierung": "abends"}, REZEPTUR]
        document["rezept"] |= {
            "diagnose": "Probe",
            "arbeitsunfall": {"unfalltag": "2026-11-20", "unfallbetrieb": "Bau Muster", "traeger": "BG Muster"},
        }
    elif form == "au":
        document["au"] |= {"diagnosetext": "Probe", "sonstige_massnahme": "Umschulung"}
    else:
        document["ersatzschein"]["bemerkung"] = "Probe"
    return document


def texts(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from texts(item, (*path, key))


def refused(form: str, document: dict[str, Any]) -> bool:
    data = inputs.as_bytes(document)
    try:
        if form == "rezept":
            return bool(check_rezept(read_rezept(data), HEUTE).einwaende)
        if form == "au":
            return bool(check_au(read_au(data), HEUTE).einwaende)
        return bool(check_ersatzschein(read_ersatzschein(data), HEUTE).einwaende)
    except InputRefused:
        return True


ALLOWED = {bytes([code]).decode("iso8859-15") for code in [*range(0x20, 0x7F), *range(0xA0, 0x100)]}
foreign = st.characters(exclude_categories=["Cs"], exclude_characters="".join(ALLOWED))
FIELDS = [(form, path) for form in ("rezept", "au", "ersatzschein") for path in texts(full(form))]


@pytest.mark.parametrize("form", ["rezept", "au", "ersatzschein"])
def test_the_filled_input_itself_is_accepted(form: str) -> None:
    assert not refused(form, full(form))


@settings(max_examples=60, deadline=None, print_blob=True)
@given(st.sampled_from(FIELDS), foreign)
def test_31_a4a_1_2_a_foreign_character_is_refused_in_every_field(
    field: tuple[str, tuple[Any, ...]], char: str
) -> None:
    form, path = field
    document = copy.deepcopy(full(form))
    place: Any = document
    for key in path[:-1]:
        place = place[key]
    middle = len(place[path[-1]]) // 2
    place[path[-1]] = place[path[-1]][:middle] + char + place[path[-1]][middle:]
    assert refused(form, document)


def test_31_a4a_1_2_no_field_of_any_form_is_left_out() -> None:
    assert len(FIELDS) > 90
    for form, path in FIELDS:
        document: Any = copy.deepcopy(full(form))
        place = document
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] += "ć"
        assert refused(form, document), (form, path)
