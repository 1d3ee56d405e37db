"""The cases of the KBV's Prüfpaket eAU V1.62, as far as their published facts make them again.

The patients of the Prüfpaket are card images that are not published in full; here they are our own
synthetic people, all other facts are those of the case.

=====  ===========================================  ==============================================
case   what the KBV wants to see                    where it is made again
=====  ===========================================  ==============================================
PF01   ERST, two ICD; subject and Reply-To          here, as far as into the mail
PF02   FOLGE, until four days later                 here
PF03   Storno of PF02                               here; its way: ``test_resubmit_storno.py``
PF04   FOLGE with text; V and AG prints             here
PF05   ASV, every measure, 7th week                 here
PF06   other accident, two sides; seen before       here; what is shown is read out of the bytes that are
       the signature                                signed, the official stylesheet is not ours to ship
PF07   Fehlernachricht 100 for PF06                 here
PF08   doctor in training, doctor 1 responsible     here
PF09   gematik's letter that KIM was confirmed      not here: a letter about a procedure with gematik that
                                                    nobody can make by a test
PF10   overview of what was made and sent           here as the list; its page: ``tests/ui``
PF11   Fehlernachricht with an unknown code         here
PF12   outage: copy for the Krankenkasse, PDF417    here
=====  ===========================================  ==============================================

Not reproducible in any case: the signed files (they need a real HBA) and the screenshots themselves.

The patients XML_01, 05, 09, 37, 50 and 51 are test cards of the KBV whose data are published only in
part; so no bundle can be compared byte by byte with the one that the KBV expects. The published
bundles are compared in ``test_resubmit_examples.py``.
"""

import email
from datetime import UTC, date, datetime, timedelta
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
import stores
from papierbruecke.clock import SetClock
from papierbruecke.forms.render_au import render_au
from papierbruecke.kim.incoming import read_mail
from papierbruecke.kim.message import build_message
from papierbruecke.kim.model import Kassenfehler
from papierbruecke.outbox.model import Spalte, Uebersicht, Zustand
from papierbruecke.reconcile.ledger import build_abgleich
from papierbruecke.record.model import AuEingabe, BelegArt, StornoAngaben, StornoEingabe, Weg
from papierbruecke.record.read_input import read_au
from papierbruecke.resubmit.cancel_au import CancelAu
from papierbruecke.resubmit.drain_outbox import DrainErgebnis, DrainOutbox
from papierbruecke.resubmit.fhir import TEST_PRUEFNUMMER, build_eau
from papierbruecke.resubmit.fhir_storno import build_storno
from papierbruecke.resubmit.show_content import ShowContent
from papierbruecke.settings import Einstellungen, KimEinstellungen
from twins import TwinKim, TwinKonnektor

NS = {"f": "http://hl7.org/fhir"}
PRAXIS = "praxis.testmore@test.kim.telematik-test"
SETTINGS = Einstellungen(
    kim=KimEinstellungen(kassenadressen={"101234561": "kasse@test.kim.telematik-test"}),
    pruefnummer=TEST_PRUEFNUMMER,
    weg_au=Weg.DIREKT,
)
KENNUNG = uuid5(UUID(int=7), "Prüfpaket")
ERSTELLT = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)

ARZT_1 = {
    "lanr": "838382201",
    "titel": "Dr.",
    "vorname": "Annie",
    "nachname": "Testmore",
    "berufsbezeichnung": "Chefärztin",
    "asv_teamnummer": "001234566",
}
ARZT_2 = {
    "lanr": "728382503",
    "titel": "Dr.",
    "vorname": "Viktor",
    "nachname": "Weiterbildung-Probe",
    "berufsbezeichnung": "Arzt",
    "qualifikation": "03",
}


def dx(icd: str, sicherheit: str = "G", seite: str | None = None) -> dict[str, Any]:
    return {"icd": icd, "sicherheit": sicherheit, "seite": seite}


FOLGE = {"art": "folge", "seit": None}
FAELLE: dict[str, dict[str, Any]] = {
    "PF01": {"au": {"art": "erst", "seit": inputs.HEUTE, "diagnosen": [dx("J06.9"), dx("U07.1")]}},
    "PF02": {"au": FOLGE | {"bis": "2026-11-27", "diagnosen": [dx("J06.9")]}},
    "PF04": {
        "au": FOLGE | {"diagnosetext": "Nun die korrekten Informationen", "diagnosen": [dx("J06.9"), dx("U07.1")]}
    },
    "PF05": {
        "versicherung": {"rechtsgrundlage": "01"},
        "au": FOLGE
        | {
            "diagnosen": [dx("C50.0")],
            "diagnosetext": "Schwerer Krankheitsverlauf",
            "reha": True,
            "wiedereingliederung": True,
            "sonstige_massnahme": "Eine weitere Maßnahme",
            "krankengeldfall": True,
        },
    },
    "PF06": {
        "au": FOLGE
        | {
            "ursachen": ["sonstiger_unfall"],
            "diagnosen": [dx("I83.9", "G", "L"), dx("H16.4", "V")],
            "diagnosetext": "Nun die korrekten Informationen",
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
    document["betriebsstaette"] |= {"bsnr": "241234601", "name": "Praxis Annie More"}
    for name, part in FAELLE[case].items():
        document[name] = document[name] | part if name in ("au", "versicherung") else dict(part)
    return read_au(inputs.as_bytes(document))


class Practice:
    """Doctor 1's practice: every case is printed, signed and sent to the twins of Konnektor and KIM."""

    def __init__(self) -> None:
        self.clock = SetClock(stores.MORGENS)
        self.store = stores.memory(self.clock)
        self.stoerung = stores.stoerung(self.store)
        self.konnektor, self.kim = TwinKonnektor(), TwinKim(self.clock)

    def issue(self, case: str) -> UUID:
        """The case as a printed sick note."""
        made = stores.beleg(self.store, BelegArt.AU, self.stoerung)
        made = made.model_copy(update={"inhalt": facts(case), "weg": Weg.DIREKT, "angelegt": self.clock.now()})
        self.store.put(made, {"kk": b"%PDF"}, "sk")
        self.store.advance(made.kennung, Zustand.ERFASST, Zustand.GEDRUCKT, "sk")
        return made.kennung

    def drain(self) -> DrainErgebnis:
        service = DrainOutbox(self.store, self.konnektor, self.kim, self.clock, SETTINGS)  # type: ignore[arg-type]
        return service.drain(wer="sk")

    def line(self, kennung: UUID) -> Uebersicht:
        found = self.store.uebersicht(kennung)
        assert found is not None
        return found


def values(xml: bytes, path: str) -> list[str]:
    return [str(value) for value in etree.fromstring(xml).xpath(f"{path}/@value", namespaces=NS)]


def test_pf01_subject_and_reply_to_of_the_mail() -> None:
    practice = Practice()
    kennung = practice.issue("PF01")
    practice.drain()
    (sendung,) = practice.kim.sent
    mail = email.message_from_bytes(
        build_message(sendung, absender=PRAXIS, sendersystem="Papierbruecke;1", support="hilfe@beispiel.example")
    )
    assert mail["Subject"] == f"EEAU0_{kennung}"
    assert mail["Reply-To"] == PRAXIS
    assert [part.get_filename() for part in mail.walk()][-1] == f"EEAU0_{kennung}.p7s"


def test_pf02_lasts_until_four_days_after_it_was_issued() -> None:
    eingabe = facts("PF02")
    assert eingabe.au.bis - eingabe.datum == timedelta(days=4)
    assert eingabe.au.seit is None


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


def test_pf04_is_printed_for_the_patient_and_the_employer() -> None:
    pdf = render_au(
        facts("PF04"), ("v", "ag"), kennung=KENNUNG, belegnummer="231126-A-001-R", pruefnummer=TEST_PRUEFNUMMER
    )
    with pdfplumber.open(BytesIO(pdf)) as document:
        insured, employer = (page.extract_text() or "" for page in document.pages)
    assert "Nun die korrekten Informationen" in insured
    assert "Nun die korrekten Informationen" not in employer, "an employer reads no diagnosis"
    assert "J06.9" in insured
    assert "J06.9" not in employer


def test_pf05_is_an_asv_case_with_its_team(judge: eau.Judge) -> None:
    xml = build_eau(facts("PF05"), kennung=KENNUNG, erstellt=ERSTELLT, pruefnummer=TEST_PRUEFNUMMER)
    assert "001234566" in values(xml, "//f:PractitionerRole//f:identifier/f:value")
    assert len(etree.fromstring(xml).findall(".//f:ServiceRequest", NS)) == 3


def test_pf06_is_seen_before_it_is_signed_and_what_is_seen_is_what_is_signed() -> None:
    practice = Practice()
    kennung = practice.issue("PF06")
    seen = ShowContent(practice.store, practice.clock, SETTINGS).show(practice.line(kennung))
    assert practice.konnektor.calls == [], "nobody had to sign for it"
    words = "\n".join(seen.lines())
    for part in ("I83.9", "H16.4", "Nun die korrekten Informationen"):
        assert part in words
    practice.drain()
    signed, _ = practice.store.signed(kennung) or (b"", b"")
    assert signed == seen.xml


def test_pf08_names_who_issues_and_who_is_responsible() -> None:
    xml = build_eau(facts("PF08"), kennung=KENNUNG, erstellt=ERSTELLT, pruefnummer=TEST_PRUEFNUMMER)
    assert values(xml, "//f:Practitioner/f:identifier/f:value") == ["728382503", "838382201"]
    assert values(xml, "//f:attester/f:mode") == ["legal"]


def test_pf07_the_rejection_of_pf06_is_an_info_and_says_what_to_do(referenz: Path) -> None:
    """Code 100 is no error: the paper does not go by post, the patient shows the current card (P5-04 AC6b)."""
    practice = Practice()
    kennung = practice.issue("PF06")
    practice.drain()
    practice.kim.box["fehler"] = _told(referenz, "100", kennung)
    result = practice.drain()
    assert practice.line(kennung).zustand is Zustand.ABGELEHNT
    assert "Info der Krankenkasse (Code 100)" in result.zeilen[-1].satz
    practice.clock.advance(timedelta(days=10))
    practice.drain()
    assert practice.line(kennung).zustand is Zustand.ABGELEHNT


def test_pf11_an_unknown_code_is_shown_and_everything_else_goes_on(referenz: Path) -> None:
    practice = Practice()
    rejected, other = practice.issue("PF05"), practice.issue("PF01")
    practice.drain()
    practice.kim.box["fehler"] = _told(referenz, "404", rejected)
    result = practice.drain()
    assert practice.line(rejected).zustand is Zustand.ABGELEHNT
    assert practice.line(other).zustand is Zustand.ZUGESTELLT
    assert "(Code 404)" in result.zeilen[-1].satz


def test_pf10_the_overview_names_every_eau_and_storno_that_was_made_and_sent() -> None:
    practice = Practice()
    made = {case: practice.issue(case) for case in FAELLE}
    practice.drain()
    cancel = CancelAu(practice.store, practice.clock, SETTINGS)
    storno = cancel.begin(made["PF02"], "sk", "falsche Angaben")
    cancel.release(storno.kennung, "sk", "Dr. Testmore")
    practice.drain()
    waiting = practice.issue("PF01")
    (sheet,) = build_abgleich(practice.store, practice.clock, "BY").stoerungen
    shown = {zeile.beleg.belegnummer: zeile for zeile in sheet.zeilen}
    for case, kennung in made.items():
        assert shown[practice.line(kennung).belegnummer].spalte is (
            Spalte.HINFAELLIG if case == "PF02" else Spalte.ERLEDIGT
        )
    assert shown[storno.belegnummer].spalte is Spalte.ERLEDIGT
    assert shown[practice.line(waiting).belegnummer].spalte is Spalte.OFFEN
    assert len(shown) == len(made) + 2


def _told(referenz: Path, code: str, kennung: UUID) -> Kassenfehler:
    """The official Fehlernachricht of the KBV, with the number of our sick note in it, as the case demands."""
    folder = referenz / "data" / "kbv-eau" / "examples"
    xml = (folder / "Testfall_PF07_EEAU0_Fehler_96d6a790-afc2-4556-ab73-301e51a7bf30.xml").read_bytes()
    (number,) = {value for value in values(xml, "//f:valueIdentifier/f:value")}
    told = xml.replace(number.encode(), f"urn:uuid:{kennung}".encode()).replace(
        b'<code value="100"', f'<code value="{code}"'.encode()
    )
    seen = read_mail("fehler", _mail(told))
    assert isinstance(seen, Kassenfehler)
    return seen


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
