"""Paper and eAU name the same payer: one rule for name and IK (design §6.4, KVDT P2-136, P2-200, P2-210)."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import pytest
from lxml import etree

import inputs
import paper
from papierbruecke.forms.au_barcode import barcode_bytes
from papierbruecke.forms.personalienfeld import personalien_of
from papierbruecke.forms.render_au import render_au
from papierbruecke.record.model import AuEingabe
from papierbruecke.record.read_input import read_au
from papierbruecke.resubmit.fhir import TEST_PRUEFNUMMER, build_eau

KENNUNG = uuid5(UUID(int=7), "eAU")
ERSTELLT = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)

PLAIN = {"ik": "109500969", "name": "Karte Nord"}
BILLED = {"abrechnend_ik": "101234561", "abrechnend_name": "Abrechnung West"}
CASES: dict[str, tuple[dict[str, Any], str, str]] = {
    "karte": (PLAIN, "Karte Nord", "109500969"),
    "abrechnend": (PLAIN | BILLED, "Abrechnung West", "101234561"),
    "druckname": (PLAIN | {"druckname": "Bedruckung Ost"}, "Bedruckung Ost", "109500969"),
    "druckname_abrechnend": (PLAIN | BILLED | {"druckname": "Bedruckung Ost/SVA"}, "Bedruckung Ost/SVA", "101234561"),
    "leerer_name": (PLAIN | {"abrechnend_name": "  ", "druckname": " "}, "Karte Nord", "109500969"),
    "doppelte_leerzeichen": (PLAIN | {"druckname": " Bedruckung   Ost "}, "Bedruckung Ost", "109500969"),
    "sieben_stellen": ({"ik": "9500969", "name": "Karte Nord"}, "Karte Nord", "109500969"),
}


def eingabe_of(cover: dict[str, Any], **more: Any) -> AuEingabe:
    document = inputs.au()
    document["versicherung"] = document["versicherung"] | cover
    return read_au(inputs.as_bytes(document | more))


def on_paper(eingabe: AuEingabe) -> str:
    pdf = render_au(eingabe, ("kk",), kennung=KENNUNG, belegnummer="231126-A-001-X", pruefnummer=TEST_PRUEFNUMMER)
    return paper.text_of(paper.pages(pdf)[0])


def in_eau(eingabe: AuEingabe, path: str) -> list[str]:
    xml = build_eau(eingabe, kennung=KENNUNG, erstellt=ERSTELLT, pruefnummer=TEST_PRUEFNUMMER)
    found = etree.fromstring(xml).xpath(f"//f:payor/{path}/@value", namespaces={"f": "http://hl7.org/fhir"})
    return [str(value) for value in found]


@pytest.mark.parametrize("case", CASES)
def test_paper_and_eau_name_the_same_payer(case: str) -> None:
    cover, name, ik = CASES[case]
    eingabe = eingabe_of(cover)
    field = personalien_of(eingabe)
    assert (field.kostentraeger, field.ik) == (name, ik)
    text = on_paper(eingabe)
    assert name in text.splitlines()
    assert ik in text
    assert ik.encode() in barcode_bytes(eingabe).split(b"\t")
    assert in_eau(eingabe, "f:display") == [name]
    assert in_eau(eingabe, "f:identifier/f:value") == [ik]


def test_after_an_accident_both_name_the_accident_insurer_and_keep_the_ik_of_the_fund() -> None:
    insurer = {"typ": "BG", "ik": "121192344", "name": "BG Muster"}
    eingabe = eingabe_of(PLAIN | {"druckname": "Bedruckung Ost"}, unfallversicherung=insurer)
    text = on_paper(eingabe)
    assert "BG Muster" in text.splitlines()
    assert "Bedruckung Ost" not in text
    assert in_eau(eingabe, "f:display") == ["BG Muster"]
    assert in_eau(eingabe, "f:identifier/f:value") == ["109500969"]
