"""The cases of the KBV's Prüfpaket eAU V1.62, as far as their published facts make them again.

The patients of the Prüfpaket are card images that are not published in full; here they are our own
synthetic people, all other facts are those of the case.

=====  ===========================================  ==============================================
case   what the KBV wants to see                    where it is made again
=====  ===========================================  ==============================================
PF01   ERST, two ICD; subject and Reply-To          here; the mail: ``tests/kim/test_kim_message.py``
PF02   FOLGE                                        here
PF03   Storno of PF02                               here; its way: ``test_resubmit_storno.py``
PF04   FOLGE with text; V and AG prints             here; the prints: ``tests/forms``
PF05   ASV, every measure, 7th week                 here
PF06   other accident, two sides; seen before       here; the view is the stored page of the paper, no
       the signature                                official stylesheet is shipped (not ours to ship)
PF07   Fehlernachricht 100 for PF06                 here
PF08   doctor in training, doctor 1 responsible     here
PF09   the provider's confirmation letter of KIM    not here: a letter about a real KIM account, which
                                                    only a practice with a contract gets
PF10   the overview on the screen                   ``tests/ui``: the page of the Nachbearbeitung
PF11   Fehlernachricht with an unknown code         here
PF12   outage: copy for the Krankenkasse, PDF417    here
=====  ===========================================  ==============================================

The patients XML_01, 05, 09, 37, 50 and 51 are test cards of the KBV whose data are published only in
part; so no bundle can be compared byte by byte with the one that the KBV expects. The published
bundles are compared in ``test_resubmit_examples.py``.
"""

from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pdfplumber
import pytest
from lxml import etree

import eau
import inputs
import paper
from papierbruecke.forms.render_au import render_au
from papierbruecke.kim.incoming import read_mail
from papierbruecke.kim.model import Kassenfehler
from papierbruecke.record.model import AuEingabe, StornoAngaben, StornoEingabe
from papierbruecke.record.read_input import read_au
from papierbruecke.resubmit.fhir import TEST_PRUEFNUMMER, build_eau
from papierbruecke.resubmit.fhir_storno import build_storno

NS = {"f": "http://hl7.org/fhir"}
KENNUNG = uuid5(UUID(int=7), "Prüfpaket")
ERSTELLT = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)

ARZT_1 = {
    "lanr": "838382201",
    "vorname": "Annie",
    "nachname": "Testmore",
    "berufsbezeichnung": "Chefärztin",
    "asv_teamnummer": "001234566",
}
ARZT_2 = {
    "lanr": "728382503",
    "vorname": "Viktor",
    "nachname": "Weiterbildung-Probe",
    "berufsbezeichnung": "Arzt in Weiterbildung",
    "qualifikation": "03",
}


def dx(icd: str, sicherheit: str = "G", seite: str | None = None) -> dict[str, Any]:
    return {"icd": icd, "sicherheit": sicherheit, "seite": seite}


FOLGE = {"art": "folge", "seit": None}
FAELLE: dict[str, dict[str, Any]] = {
    "PF01": {"au": {"art": "erst", "seit": inputs.HEUTE, "diagnosen": [dx("J06.9"), dx("U07.1")]}},
    "PF02": {"au": FOLGE | {"bis": "2026-11-27", "diagnosen": [dx("J06.9")]}},
    "PF04": {"au": FOLGE | {"diagnosetext": "Nun die korrekten Informationen", "diagnosen": [dx("J06.9")]}},
    "PF05": {
        "versicherung": {"rechtsgrundlage": "01"},
        "au": FOLGE
        | {
            "diagnosen": [dx("C50.0")],
            "diagnosetext": "Probe in Worten",
            "reha": True,
            "wiedereingliederung": True,
            "sonstige_massnahme": "Probemaßnahme",
            "krankengeldfall": True,
        },
    },
    "PF06": {
        "au": FOLGE
        | {
            "ursachen": ["sonstiger_unfall"],
            "diagnosen": [dx("I83.9", "G", "L"), dx("H16.4", "V")],
            "diagnosetext": "Probe in Worten",
        }
    },
    "PF08": {
        "arzt": ARZT_2,
        "verantwortlich": ARZT_1,
        "au": FOLGE | {"endbescheinigung": True, "diagnosen": [dx("S02.4", "G", "L")], "krankengeldfall": True},
    },
}


def facts(case: str) -> AuEingabe:
    document = inputs.au()
    document["arzt"] = dict(ARZT_1)
    document["betriebsstaette"]["bsnr"] = "241234601"
    for name, part in FAELLE[case].items():
        document[name] = document[name] | part if name in ("au", "versicherung") else dict(part)
    return read_au(inputs.as_bytes(document))


def values(xml: bytes, path: str) -> list[str]:
    return [str(value) for value in etree.fromstring(xml).xpath(f"{path}/@value", namespaces=NS)]


def test_pf03_takes_pf02_back(judge: eau.Judge) -> None:
    """Author and practice of PF02, a number of its own, and the number of PF02 as what is deleted."""
    eingabe = facts("PF02")
    shared = {name: getattr(eingabe, name) for name in type(eingabe).model_fields if name != "au"}
    angaben = StornoAngaben(dokument=KENNUNG, belegnummer="231126-A-002-P", grund="Test")
    own = uuid5(UUID(int=7), "PF03")
    xml = build_storno(StornoEingabe(**shared, storno=angaben), kennung=own, erstellt=ERSTELLT)
    assert judge.findings(xml) == []
    assert values(xml, "/f:Bundle/f:identifier/f:value") == [f"urn:uuid:{own}"]
    assert values(xml, "//f:List/f:entry/f:item/f:identifier/f:value") == [f"urn:uuid:{KENNUNG}"]
    assert values(xml, "//f:Practitioner/f:identifier/f:value") == ["838382201"]
    assert values(xml, "//f:Organization/f:identifier/f:value") == ["241234601"]


@pytest.mark.parametrize("case", FAELLE)
def test_the_case_becomes_a_valid_eau(case: str, judge: eau.Judge) -> None:
    eingabe = facts(case)
    xml = build_eau(eingabe, kennung=KENNUNG, erstellt=ERSTELLT, pruefnummer=TEST_PRUEFNUMMER)
    assert judge.findings(xml) == []
    icds = values(xml, "//f:coding[f:system[contains(@value,'icd-10-gm')]]/f:code")
    assert icds == [diagnose.icd for diagnose in eingabe.au.diagnosen]
    assert values(xml, "//f:Composition/f:date") == [date.fromisoformat(inputs.HEUTE).isoformat()]


def test_pf05_is_an_asv_case_with_its_team(judge: eau.Judge) -> None:
    xml = build_eau(facts("PF05"), kennung=KENNUNG, erstellt=ERSTELLT, pruefnummer=TEST_PRUEFNUMMER)
    assert "001234566" in values(xml, "//f:PractitionerRole//f:identifier/f:value")
    assert len(etree.fromstring(xml).findall(".//f:ServiceRequest", NS)) == 3


def test_pf08_names_who_issues_and_who_is_responsible() -> None:
    xml = build_eau(facts("PF08"), kennung=KENNUNG, erstellt=ERSTELLT, pruefnummer=TEST_PRUEFNUMMER)
    assert values(xml, "//f:Practitioner/f:identifier/f:value") == ["728382503", "838382201"]
    assert values(xml, "//f:attester/f:mode") == ["legal"]


def test_pf07_and_pf11_an_error_of_the_kasse_is_read_with_its_code(referenz: Path) -> None:
    folder = referenz / "data" / "kbv-eau" / "examples"
    xml = (folder / "Testfall_PF07_EEAU0_Fehler_96d6a790-afc2-4556-ab73-301e51a7bf30.xml").read_bytes()
    for code in ("100", "404"):  # PF11: a code that nobody knows
        told = xml.replace(b'<code value="100"', f'<code value="{code}"'.encode())
        seen = read_mail("u1", _mail(told))
        assert isinstance(seen, Kassenfehler)
        assert seen.code == code


def _mail(xml: bytes) -> bytes:
    return (
        b"Subject: EEAU0_Fehler_1\r\nX-KIM-Dienstkennung: eAU;Fehler-Kasse;V1.2\r\n"
        b"MIME-Version: 1.0\r\nContent-Type: application/xml\r\n\r\n" + xml
    )


def test_pf12_in_an_outage_the_copy_for_the_kasse_is_a_pdf_with_the_barcode() -> None:
    pdf = render_au(facts("PF04"), ("kk",), kennung=KENNUNG, belegnummer="231126-A-001-R", pruefnummer=TEST_PRUEFNUMMER)
    (symbol,) = paper.decode_zxing(paper.picture(pdf))
    assert symbol.decode("iso-8859-15").split("\t")[:3] == ["01", "a", "12"]
    with pdfplumber.open(BytesIO(pdf)) as document:
        assert "Nun die korrekten Informationen" in (document.pages[0].extract_text() or "")
