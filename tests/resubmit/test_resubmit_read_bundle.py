"""What a doctor sees before signing is read out of the bytes, and nothing in them stays out of sight."""

import os
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import HealthCheck, given, settings

import eau
import inputs
from papierbruecke.record.model import StornoAngaben, StornoEingabe
from papierbruecke.record.read_input import read_au
from papierbruecke.resubmit.fhir import TEST_PRUEFNUMMER, build_eau
from papierbruecke.resubmit.fhir_storno import build_storno
from papierbruecke.resubmit.read_bundle import EauInhalt, StornoInhalt, read_bundle

KENNUNG = uuid5(UUID(int=7), "eAU")
ERSTELLT = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)


def bundle(document: dict[str, Any]) -> bytes:
    eingabe = read_au(inputs.as_bytes(document))
    return build_eau(eingabe, kennung=KENNUNG, erstellt=ERSTELLT, pruefnummer=TEST_PRUEFNUMMER)


def changed(**parts: Any) -> dict[str, Any]:
    document = inputs.au()
    for name, part in parts.items():
        document[name] = document[name] | part if isinstance(document.get(name), dict) else part
    return document


def read(document: dict[str, Any]) -> EauInhalt:
    found = read_bundle(bundle(document))
    assert isinstance(found, EauInhalt)
    return found


EXAMPLES = 5_000 if os.environ.get("PAPIERBRUECKE_LANG") == "1" else 150


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
@given(document=eau.sick_notes())
def test_every_eau_can_be_read_back_whole(document: dict[str, Any]) -> None:
    given = read_au(inputs.as_bytes(document))
    found = read(document)
    assert found.kennung == KENNUNG
    assert found.erstellt == ERSTELLT
    assert found.eingabe.datum == given.datum
    assert found.eingabe.au.bis == given.au.bis
    assert found.eingabe.au.seit == given.au.seit
    assert found.eingabe.au.festgestellt == given.au.festgestellt
    assert found.eingabe.au.diagnosen == given.au.diagnosen
    assert found.eingabe.au.ursachen == given.au.ursachen
    for name in ("art", "endbescheinigung", "durchgangsarzt", "reha", "wiedereingliederung", "krankengeldfall"):
        assert getattr(found.eingabe.au, name) == getattr(given.au, name), name


def test_two_doctors_keep_their_parts() -> None:
    found = read(changed(verantwortlich=inputs.ARZT, arzt={"nachname": "Weiterbildung", "lanr": "838382202"})).eingabe
    assert (found.arzt.nachname, found.arzt.qualifikation) == ("Weiterbildung", "03")
    assert found.verantwortlich is not None
    assert found.verantwortlich.nachname == inputs.ARZT["nachname"]


@pytest.mark.parametrize("ik", ["121192344", None])
def test_after_an_accident_at_work_the_insurer_stands_beside_the_own_fund(ik: str | None) -> None:
    given = changed(unfallversicherung={"typ": "BG", "ik": ik, "name": "BG der Musterwirtschaft"})
    found = read(given).eingabe
    assert found.unfallversicherung is not None
    assert (found.unfallversicherung.name, found.unfallversicherung.ik) == ("BG der Musterwirtschaft", ik)
    assert found.versicherung.ik == given["versicherung"]["ik"]
    assert found.versicherung.name is None


def test_a_storno_says_what_it_takes_back_and_no_patient() -> None:
    au = read_au(inputs.as_bytes(inputs.au()))
    shared = {name: getattr(au, name) for name in type(au).model_fields if name != "au"}
    angaben = StornoAngaben(dokument=UUID(int=5), belegnummer="231126-A-001-P", grund="Test")
    xml = build_storno(StornoEingabe(**shared, storno=angaben), kennung=KENNUNG, erstellt=ERSTELLT)
    found = read_bundle(xml)
    assert isinstance(found, StornoInhalt)
    assert found.eingabe.storno.dokument == UUID(int=5)
    assert found.eingabe.versicherter is None
    assert found.eingabe.datum == au.datum
    assert found.eingabe.arzt.lanr == au.arzt.lanr


TAMPERED = {
    "an element more": (b"</Condition>", b"<note><text value='versteckt'/></note></Condition>"),
    "another date": (b'<end value="', b'<end value="2'),
    "an unknown cause": (b'<title value="Arbeitsunf\xc3\xa4higkeit"/>', b'<title value="Anderes"/>'),
    "another version": (b"KBV_PR_EAU_Bundle|1.2", b"KBV_PR_EAU_Bundle|9.9"),
    "no end": (b"</Bundle>", b""),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_bytes_that_cannot_be_shown_whole_are_not_shown_at_all(how: str) -> None:
    xml = bundle(inputs.au())
    changed_xml = xml.replace(*TAMPERED[how])
    assert changed_xml != xml
    assert read_bundle(changed_xml) is None


def test_a_swapped_value_is_seen_where_it_stands() -> None:
    """The reader takes the bytes' word, not that of any input."""
    xml = bundle(inputs.au())
    until = read(inputs.au()).eingabe.au.bis
    later = date(until.year, until.month, until.day + 1)
    found = read_bundle(xml.replace(until.isoformat().encode(), later.isoformat().encode()))
    assert isinstance(found, EauInhalt)
    assert found.eingabe.au.bis == later
