"""The eAU as the Krankenkasse reads it: every case of the sheet, judged by the official rules."""

import copy
import os
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

import eau
import inputs
from papierbruecke.errors import InputRefused
from papierbruecke.record.model import AuEingabe
from papierbruecke.record.read_input import read_au
from papierbruecke.record.take_beleg import check_au
from papierbruecke.resubmit.fhir import TEST_PRUEFNUMMER, build_eau, objections

KENNUNG = uuid5(UUID(int=7), "eAU")
ERSTELLT = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
NS = {"f": "http://hl7.org/fhir"}


def read(document: dict[str, Any]) -> AuEingabe:
    return read_au(inputs.as_bytes(document))


def build(document: dict[str, Any]) -> bytes:
    return build_eau(read(document), kennung=KENNUNG, erstellt=ERSTELLT, pruefnummer=TEST_PRUEFNUMMER)


def values(xml: bytes, path: str) -> list[str]:
    return [str(value) for value in etree.fromstring(xml).xpath(f"{path}/@value", namespaces=NS)]


def changed(**parts: Any) -> dict[str, Any]:
    document = inputs.au()
    for name, part in parts.items():
        document[name] = document[name] | part if isinstance(document.get(name), dict) and part else part
    return document


CASES: dict[str, dict[str, Any]] = {
    "erst": changed(),
    "folge": changed(au={"art": "folge", "seit": None}),
    "erst_end": changed(au={"endbescheinigung": True}),
    "folge_end": changed(au={"art": "folge", "seit": None, "endbescheinigung": True}),
    "bg": changed(unfallversicherung={"typ": "BG", "ik": "121192344", "name": "BG der Musterwirtschaft"}),
    "uk_ohne_ik": changed(unfallversicherung={"typ": "UK", "name": "Unfallkasse Beispiel"}),
    "skt": changed(versicherung={"typ": "SKT", "vknr": "27860"}),
    "skt_kvk": changed(versicherung={"typ": "SKT"}, versicherter={"versicherten_id": "700314"}),
    "ersatzverfahren_ohne_nummer": changed(herkunft="hand", versicherter={"versicherten_id": None}),
    "zwei_aerzte": changed(verantwortlich=inputs.ARZT),
    "vertreter": changed(arzt={"qualifikation": "04"}),
    "asv": changed(versicherung={"rechtsgrundlage": "01"}, arzt={"asv_teamnummer": "345678901"}),
    "postfach": changed(versicherter={"anschrift": None, "postfach": {"postfach": "124589", "plz": "12489"}}),
    "jahr_und_monat": changed(versicherter={"geburtsdatum": "1984-05"}),
    "jahr": changed(versicherter={"geburtsdatum": "1984"}),
    "kein_ort": changed(versicherter={"anschrift": {"plz": "12345"}}),
    "nur_zusatz": changed(versicherter={"anschrift": {"zusatz": "Hinterhaus", "plz": "12345"}}),
    "nur_nummer": changed(versicherter={"anschrift": {"hausnummer": "7", "zusatz": "Hof", "plz": "12345"}}),
    "ausland": changed(versicherter={"anschrift": {"strasse": "Testgasse", "ort": "Probestadt", "land": "A"}}),
    "alles": changed(
        versicherter={"titel": "Dr.", "namenszusatz": "Freifrau", "vorsatzwort": "von der"},
        betriebsstaette={"zusatz": "Zweiter Hof", "fax": "030 000001", "email": "praxis@beispiel.invalid"},
        au={
            "ursachen": ["arbeitsunfall", "sonstiger_unfall", "ser"],
            "durchgangsarzt": True,
            "diagnosen": [
                {"icd": icd, "sicherheit": "G", "seite": side}
                for icd, side in zip(["E10.20", "N08.3", "S42.3", "S82.28", "J06.9", "U07.1"], "LRBLRB", strict=True)
            ],
            "diagnosetext": "Probe in Worten",
            "reha": True,
            "wiedereingliederung": True,
            "sonstige_massnahme": "Probemaßnahme",
            "krankengeldfall": True,
        },
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_validator_finds_nothing(case: str, judge: eau.Judge) -> None:
    assert judge.findings(build(CASES[case])) == []


EXAMPLES = 10_000 if os.environ.get("PAPIERBRUECKE_LANG") == "1" else 500


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
@given(document=eau.sick_notes())
def test_every_sick_note_that_may_be_issued_becomes_a_valid_eau(document: dict[str, Any], judge: eau.Judge) -> None:
    eingabe = read(document)
    assert [f"{e.feld} {e.regel}" for e in check_au(eingabe, eingabe.datum).einwaende] == []
    assert objections(eingabe) == ()
    xml = build_eau(eingabe, kennung=KENNUNG, erstellt=ERSTELLT, pruefnummer=TEST_PRUEFNUMMER)
    assert judge.findings(xml) == []


def test_the_bytes_are_utf8_without_bom_prefixes_or_comments() -> None:
    xml = build(CASES["alles"])
    assert xml.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<Bundle xmlns="http://hl7.org/fhir">')
    assert b"<!--" not in xml
    assert b"xmlns:" not in xml
    assert "Probemaßnahme".encode() in xml
    assert xml == build(CASES["alles"])


def test_the_paper_and_the_data_set_carry_one_dokumenten_id() -> None:
    assert values(build(changed()), "/f:Bundle/f:identifier/f:value") == [f"urn:uuid:{KENNUNG}"]


def test_the_date_of_issue_stays_and_the_moment_of_building_is_the_practices_time() -> None:
    xml = build(changed())
    assert values(xml, "//f:Composition/f:date") == ["2026-11-23"]
    assert values(xml, "/f:Bundle/f:timestamp") == ["2026-11-23T18:30:00+01:00"]


def test_a_bg_case_keeps_the_own_fund_as_payer_and_names_the_insurer() -> None:
    xml = build(CASES["bg"])
    assert values(xml, "//f:Coverage/f:type/f:coding/f:code") == ["BG"]
    assert values(xml, "//f:payor/f:identifier/f:value") == ["101234561"]
    assert values(xml, "//f:payor/f:identifier/f:extension/f:valueIdentifier/f:value") == ["121192344"]
    assert values(xml, "//f:payor/f:display") == ["BG der Musterwirtschaft"]


def test_without_a_card_the_end_of_cover_and_the_number_are_absent() -> None:
    xml = build(CASES["ersatzverfahren_ohne_nummer"])
    assert values(xml, "//f:Coverage/f:period/f:end") == []
    assert values(xml, "//f:Patient/f:identifier/f:value") == []
    assert values(build(changed()), "//f:Coverage/f:period/f:end") == ["2027-12-31"]


def test_unknown_person_group_and_dmp_are_00_and_an_unknown_region_is_left_out() -> None:
    xml = build(changed(versicherung={"wop": "99"}))
    extensions = "//f:Coverage/f:extension/f:valueCoding/f:code"
    assert values(xml, extensions) == ["00", "00", "1"]


def test_the_name_is_readable_and_taken_apart() -> None:
    xml = build(CASES["alles"])
    family = "//f:Patient/f:name/f:family"
    assert values(xml, family) == ["Freifrau von der Beispiel-Testfrau"]
    assert values(xml, f"{family}/f:extension/f:valueString") == ["Freifrau", "Beispiel-Testfrau", "von der"]


def test_the_fund_that_pays_is_the_one_on_the_paper() -> None:
    xml = build(changed(versicherung={"abrechnend_ik": "1234561", "abrechnend_name": "Beispielkasse Nord"}))
    assert values(xml, "//f:payor/f:identifier/f:value") == ["101234561"]
    assert values(xml, "//f:payor/f:display") == ["Beispielkasse Nord"]


@pytest.mark.parametrize(
    ("sicherheit", "status"),
    [("A", ["refuted"]), ("G", ["active", "confirmed"]), ("V", ["active", "provisional"])],
)
def test_an_excluded_diagnosis_is_never_called_an_active_illness(sicherheit: str, status: list[str]) -> None:
    xml = build(changed(au={"diagnosen": [{"icd": "J06.9", "sicherheit": sicherheit}]}))
    diagnosis = "//f:Condition[f:meta/f:profile[contains(@value, 'Condition_ICD')]]"
    found = values(xml, f"{diagnosis}/*[self::f:clinicalStatus or self::f:verificationStatus]/f:coding/f:code")
    assert found == status


@pytest.mark.parametrize(
    ("parts", "feld"),
    [
        ({"versicherter": {"anschrift": None}}, "versicherter.anschrift"),
        ({"versicherter": {"anschrift": {"strasse": "Musterweg"}}}, "versicherter.anschrift.plz"),
        ({"versicherter": {"geburtsdatum": None}}, "versicherter.geburtsdatum"),
        ({"versicherter": {"versicherten_id": "700314"}}, "versicherter.versicherten_id"),
        ({"versicherung": {"ik": "10123"}}, "versicherung.ik"),
        ({"versicherung": {"versichertenart": None}}, "versicherung.versichertenart"),
        ({"verantwortlich": inputs.ARZT, "arzt": {"qualifikation": "00"}}, "verantwortlich"),
        ({"unfallversicherung": {"typ": "BG", "ik": "1", "name": "BG"}}, "unfallversicherung.ik"),
        ({"unfallversicherung": {"typ": "BG", "name": "B" * 46}}, "unfallversicherung.name"),
    ],
)
def test_what_the_data_set_lacks_is_named(parts: dict[str, Any], feld: str) -> None:
    with pytest.raises(InputRefused) as refused:
        build(changed(**copy.deepcopy(parts)))
    assert feld in [einwand.feld for einwand in refused.value.einwaende]
