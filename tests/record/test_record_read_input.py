"""Broken JSON and fields: refused with the field's path, never with its content."""

import copy
from typing import Any

import pytest

import inputs
from papierbruecke.errors import InputRefused
from papierbruecke.record.model import KeineDosierung, PznPosition
from papierbruecke.record.read_input import read_au, read_rezept


def refused(document: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(InputRefused) as caught:
        read_rezept(inputs.as_bytes(document))
    return {einwand.feld: einwand.text for einwand in caught.value.einwaende}


def test_good_inputs_are_read() -> None:
    eingabe = read_rezept(inputs.as_bytes(inputs.rezept()))
    first = eingabe.rezept.positionen[0]
    assert isinstance(first, PznPosition)
    assert first.pzn == "01234562"
    assert read_au(inputs.as_bytes(inputs.au())).au.diagnosen[0].icd == "J06.9"


def test_explicitly_no_dosage_is_read() -> None:
    document = inputs.rezept()
    document["rezept"]["positionen"][0]["dosierung"] = {"keine": "uebergabe"}
    assert read_rezept(inputs.as_bytes(document)).rezept.positionen[0].dosierung == KeineDosierung(keine="uebergabe")


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"\xff\xfe{}", b'{"datum": "2026-11-23", "datum": "2026-11-24"}', b"[" * 100_000],
)
def test_what_is_no_json_object_is_refused(data: bytes) -> None:
    with pytest.raises(InputRefused):
        read_rezept(data)


def test_missing_unknown_and_wrong_fields_are_all_named() -> None:
    document = inputs.rezept()
    del document["arzt"]["lanr"]
    document["betriebsstaette"]["stadtteil"] = "Nord"
    document["rezept"]["gebuehr"] = "vielleicht"
    document["rezept"]["positionen"][0]["anzahl"] = "2"
    document["datum"] = "23.11.2026"
    assert refused(document).keys() == {
        "arzt.lanr",
        "betriebsstaette.stadtteil",
        "rezept.gebuehr",
        "rezept.positionen[0].anzahl",
        "datum",
    }


def test_union_tags_do_not_show_in_the_path() -> None:
    document = inputs.rezept()
    del document["rezept"]["positionen"][0]["pzn"]
    document["rezept"]["positionen"][1]["dosierung"] = 7
    assert refused(document).keys() == {"rezept.positionen[0].pzn", "rezept.positionen[1].dosierung"}


def test_extra_keys_of_a_card_answer_are_ignored() -> None:
    document = inputs.rezept() | {"kartentyp": "eGK", "verwendbar": True, "warnungen": [], "stand": None}
    assert read_rezept(inputs.as_bytes(document)).herkunft == "karte"


def test_no_text_and_no_repr_repeats_patient_data() -> None:
    document = copy.deepcopy(inputs.rezept())
    document["versicherter"]["nachname"] = "Kanarienvogel"
    document["versicherter"]["geburtsdatum"] = 1984
    with pytest.raises(InputRefused) as caught:
        read_rezept(inputs.as_bytes(document))
    shown = repr(caught.value) + str(caught.value) + repr(caught.value.__cause__) + repr(caught.value.einwaende)
    assert "Kanarienvogel" not in shown
    assert "1984" not in shown
    document["versicherter"]["geburtsdatum"] = "1984"
    eingabe = read_rezept(inputs.as_bytes(document))
    assert "Kanarienvogel" not in repr(eingabe) + str(eingabe) + repr(eingabe.versicherter)
