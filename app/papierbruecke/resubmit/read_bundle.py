"""What stands in an eAU or in its Storno, read out of the bytes that a signature covers (pure).

Nothing here knows the sick note that was typed: whoever looks before signing must see the data
set itself. What was read is built again and compared with the bytes, so that nothing in them can
stay out of sight. Source: TA eAU V1.26 P4-02; kbv.ita.eau 1.2.1; domain sheet eau-kim §3, §6.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from lxml import etree
from pydantic import ValidationError

from papierbruecke.card.model import Versicherung
from papierbruecke.errors import InputRefused
from papierbruecke.record.model import AuAngaben, AuEingabe, Diagnose, StornoAngaben, StornoEingabe
from papierbruecke.redact import PatientValue
from papierbruecke.resubmit.fassung import FASSUNGEN, Fassung, version_of
from papierbruecke.resubmit.fhir import build_eau
from papierbruecke.resubmit.fhir_storno import build_storno
from papierbruecke.resubmit.fhir_xml import HL7_EXTENSION, KBV_PROFILE
from papierbruecke.resubmit.read_people import Resource, read_cover, read_doctor, read_person, read_place

_URSACHEN = {"1": "sonstiger_unfall", "2": "arbeitsunfall", "3": "ser"}
_SICHERHEIT = "http://fhir.de/StructureDefinition/icd-10-gm-diagnosesicherheit"
_SEITE = "http://fhir.de/StructureDefinition/seitenlokalisation"


class EauInhalt(PatientValue):
    """An eAU as its bytes say it; what an eAU does not carry (VKNR, how the data were taken) is not there."""

    kennung: UUID  # the Dokumenten-ID
    erstellt: datetime
    version: str
    pruefnummer: str
    eingabe: AuEingabe


class StornoInhalt(PatientValue):
    """A Storno as its bytes say it: no patient; number on paper and reason are never in it."""

    kennung: UUID
    erstellt: datetime
    version: str
    eingabe: StornoEingabe


def read_bundle(xml: bytes, fassungen: Sequence[Fassung] = FASSUNGEN) -> EauInhalt | StornoInhalt | None:
    """Everything that these bytes say; None if even one element of them cannot be shown."""
    version = version_of(xml)
    fassung = next((each for each in reversed(fassungen) if each.eau == version), None)
    if fassung is None:
        return None
    try:
        document = Document(xml)
        if document.composition.find("type/coding/code") == "e013":
            storno = _storno(document, fassung)
            again = build_storno(storno.eingabe, kennung=storno.kennung, erstellt=storno.erstellt, fassung=fassung)
            return storno if again == xml else None
        eau = _eau(document, fassung)
        again = build_eau(
            eau.eingabe,
            kennung=eau.kennung,
            erstellt=eau.erstellt,
            pruefnummer=eau.pruefnummer,
            fassung=fassung,
        )
    except (etree.XMLSyntaxError, ValidationError, InputRefused, LookupError, ValueError):
        return None
    return eau if again == xml else None


class Document:
    """The resources of a document bundle, found by their references, never by their place."""

    def __init__(self, xml: bytes) -> None:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        self.root = Resource(etree.fromstring(xml, parser))
        entries = self.root.all("entry")
        self._by_url = {entry.need("fullUrl"): entry.child("resource/*") for entry in entries}
        self.composition = entries[0].child("resource/*")

    def referred(self, of: Resource, path: str) -> Resource | None:
        """The resource that a reference points to."""
        url = of.find(f"{path}/reference")
        return self._by_url[url] if url is not None else None

    def needed(self, of: Resource, path: str) -> Resource:
        """The same, where the profiles demand it."""
        return self._by_url[of.need(f"{path}/reference")]

    def sections(self, code: str) -> list[Resource]:
        """What the sections with this code point to, in their order."""
        found = [each for each in self.composition.all("section") if each.find("code/coding/code") == code]
        return [self.needed(each, "entry") for each in found]

    @property
    def kennung(self) -> UUID:
        """The Dokumenten-ID."""
        return UUID(self.root.need("identifier/value").removeprefix("urn:uuid:"))

    @property
    def erstellt(self) -> datetime:
        """When it was written."""
        return datetime.fromisoformat(self.root.need("timestamp"))


def _storno(document: Document, fassung: Fassung) -> StornoInhalt:
    composition = document.composition
    changes = document.needed(composition, "section/entry")
    taken_back = UUID(changes.need("entry/item/identifier/value").removeprefix("urn:uuid:"))
    eingabe = StornoEingabe(
        versicherter=None,
        versicherung=Versicherung(),
        herkunft="karte",
        arzt=read_doctor(document.needed(composition, "author"), None),
        betriebsstaette=read_place(document.needed(composition, "custodian")),
        datum=date.fromisoformat(composition.need("date")),
        storno=StornoAngaben(dokument=taken_back, belegnummer="", grund=""),
    )
    return StornoInhalt(kennung=document.kennung, erstellt=document.erstellt, version=fassung.eau, eingabe=eingabe)


def _eau(document: Document, fassung: Fassung) -> EauInhalt:
    composition = document.composition
    (coverage,) = document.sections("Coverage")
    patient = document.needed(composition, "subject")
    basis = composition.coded_extension(f"{KBV_PROFILE}KBV_EX_FOR_Legal_basis") or ""
    (condition,) = document.sections("AU_Condition")
    team = [role.need("organization/identifier/value") for role in document.sections("FOR_PractitionerRole")]
    responsible = document.referred(composition, "attester/party")
    cover, accident = read_cover(coverage, patient, basis)
    eingabe = AuEingabe(
        versicherter=read_person(patient),
        versicherung=cover,
        herkunft="karte",  # not in an eAU; only decides whether an end of cover, read above, was written
        arzt=read_doctor(document.needed(composition, "author"), team[0] if team else None),
        verantwortlich=read_doctor(responsible, None) if responsible is not None else None,
        betriebsstaette=read_place(document.needed(composition, "custodian")),
        datum=date.fromisoformat(composition.need("date")),
        unfallversicherung=accident,
        au=_sick_note(document, composition, condition),
    )
    return EauInhalt(
        kennung=document.kennung,
        erstellt=document.erstellt,
        version=fassung.eau,
        pruefnummer=composition.need("author/identifier/value"),
        eingabe=eingabe,
    )


def _sick_note(document: Document, composition: Resource, condition: Resource) -> AuAngaben:
    kind, _, end = composition.need("type/coding/code").partition("_")
    since = condition.find("onsetPeriod/start")
    steps = {step.need("code/coding/code"): step.find("code/text") for step in document.sections("AU_weiter")}
    texts = [each.need("code/text") for each in document.sections("ICD_Text")]
    return AuAngaben.model_validate(
        {
            "art": kind.lower(),
            "endbescheinigung": end == "END",
            "seit": since,
            "bis": condition.need("onsetPeriod/end"),
            "festgestellt": condition.need_extension(f"{HL7_EXTENSION}condition-assertedDate", "valueDateTime"),
            "ursachen": [
                _URSACHEN[cause.need("valueCodeableConcept/coding/code")]
                for cause in condition.extensions(f"{HL7_EXTENSION}condition-dueTo")
            ],
            "durchgangsarzt": "d_arzt" in steps,
            "diagnosen": [_diagnosis(each) for each in document.sections("ICD")],
            "diagnosetext": texts[0] if texts else None,
            "reha": "reha" in steps,
            "wiedereingliederung": "wiedereingliederung" in steps,
            "sonstige_massnahme": steps.get("sonstige"),
            "krankengeldfall": bool(condition.extensions(f"{KBV_PROFILE}KBV_EX_EAU_7_weeks")),
        }
    )


def _diagnosis(condition: Resource) -> Diagnose:
    coding = condition.child("code/coding")
    return Diagnose.model_validate(
        {
            "icd": coding.need("code"),
            "sicherheit": coding.coded_extension(_SICHERHEIT),
            "seite": coding.coded_extension(_SEITE),
        }
    )
