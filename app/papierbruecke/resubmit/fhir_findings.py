"""What the doctor found: the sick note itself, its diagnoses, the text, the further steps.

Source: kbv.ita.eau 1.2.1; TA eAU V1.26 P310-04 to P310-07; domain sheet eau-kim §3.8–3.10.
"""

from papierbruecke.record.model import AuAngaben, AuEingabe, Diagnose
from papierbruecke.resubmit.fhir_xml import (
    HL7_EXTENSION,
    KBV_CODES,
    KBV_PROFILE,
    Bundle,
    Element,
    add,
    add_code,
    add_coded_extension,
    add_extension,
    clean,
)

_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
_VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
_STATUS = {  # invariants icd-4 to icd-7: what was excluded is no active, confirmed illness
    "A": (None, "refuted"),
    "G": ("active", "confirmed"),
    "V": ("active", "provisional"),
    "Z": ("resolved", "confirmed"),
}
_URSACHEN = {"sonstiger_unfall": "1", "arbeitsunfall": "2", "ser": "3"}  # KBV_CS_FOR_Ursache_Type


def further_steps(au: AuAngaben) -> list[tuple[str, str | None]]:
    """The codes of KBV_CS_EAU_WeitereSchritte_Type with their text; only ``sonstige`` has one."""
    steps: list[tuple[str, str | None]] = []
    if au.durchgangsarzt:
        steps.append(("d_arzt", None))
    if au.reha:
        steps.append(("reha", None))
    if au.wiedereingliederung:
        steps.append(("wiedereingliederung", None))
    if clean(au.sonstige_massnahme):
        steps.append(("sonstige", clean(au.sonstige_massnahme)))
    return steps


def add_sick_note(bundle: Bundle, au: AuAngaben) -> None:
    """KBV_PR_EAU_Condition_AU: since, until, found on, causes, Krankengeldfall."""
    condition = bundle.resource("AU", "Condition", "KBV_PR_EAU_Condition_AU")
    asserted = f"{HL7_EXTENSION}condition-assertedDate"
    add_extension(condition, asserted, "valueDateTime", au.festgestellt.isoformat())
    if au.krankengeldfall:
        add_extension(condition, f"{KBV_PROFILE}KBV_EX_EAU_7_weeks", "valueBoolean", "true")
    for cause in au.ursachen:
        concept = add_extension(condition, f"{HL7_EXTENSION}condition-dueTo", "valueCodeableConcept")
        coding = add(concept, "coding")
        add(coding, "system", f"{KBV_CODES}KBV_CS_FOR_Ursache_Type")
        add(coding, "code", _URSACHEN[cause])
    _add_status(condition, "active", "confirmed")
    add_code(condition, "code", f"{KBV_CODES}KBV_CS_SFHIR_KBV_FHIR_DOKUMENTTYPE", "eAU")
    bundle.refer(condition, "subject", "Patient")
    period = add(condition, "onsetPeriod")
    if au.art == "erst" and au.seit is not None:
        add(period, "start", au.seit.isoformat())
    add(period, "end", au.bis.isoformat())
    bundle.refer(condition, "asserter", "Practitioner")


def add_diagnosis(bundle: Bundle, name: str, diagnose: Diagnose, jahr: int) -> None:
    """KBV_PR_EAU_Condition_ICD: one diagnosis with certainty and side; ``jahr`` is the catalogue's."""
    condition = bundle.resource(name, "Condition", "KBV_PR_EAU_Condition_ICD")
    _add_status(condition, *_STATUS[diagnose.sicherheit])
    coding = add(add(condition, "code"), "coding")
    certainty = "http://fhir.de/StructureDefinition/icd-10-gm-diagnosesicherheit"
    add_coded_extension(coding, certainty, f"{KBV_CODES}KBV_CS_SFHIR_ICD_DIAGNOSESICHERHEIT", diagnose.sicherheit)
    if diagnose.seite is not None:
        side = "http://fhir.de/StructureDefinition/seitenlokalisation"
        add_coded_extension(coding, side, f"{KBV_CODES}KBV_CS_SFHIR_ICD_SEITENLOKALISATION", diagnose.seite)
    add(coding, "system", "http://fhir.de/CodeSystem/bfarm/icd-10-gm")
    add(coding, "version", str(jahr))
    add(coding, "code", diagnose.icd)
    bundle.refer(condition, "subject", "Patient")
    bundle.refer(condition, "asserter", "Practitioner")


def add_text(bundle: Bundle, text: str) -> None:
    """KBV_PR_EAU_Condition_Text: the diagnosis in words, only beside at least one code."""
    condition = bundle.resource("Text", "Condition", "KBV_PR_EAU_Condition_Text")
    add_code(condition, "verificationStatus", _VERIFICATION, "confirmed")
    add(add(condition, "code"), "text", text)
    bundle.refer(condition, "subject", "Patient")
    bundle.refer(condition, "asserter", "Practitioner")


def add_step(bundle: Bundle, name: str, code: str, text: str | None) -> None:
    """KBV_PR_EAU_ServiceRequest_steps: one further step."""
    request = bundle.resource(name, "ServiceRequest", "KBV_PR_EAU_ServiceRequest_steps")
    add(request, "status", "active")
    add(request, "intent", "proposal")
    concept = add_code(request, "code", f"{KBV_CODES}KBV_CS_EAU_WeitereSchritte_Type", code)
    if text is not None:
        add(concept, "text", text)
    bundle.refer(request, "subject", "Patient")
    bundle.refer(request, "requester", "Practitioner")
    bundle.refer(request, "reasonReference", "AU")


def _add_status(condition: Element, clinical: str | None, verification: str) -> None:
    if clinical is not None:
        add_code(condition, "clinicalStatus", _CLINICAL, clinical)
    add_code(condition, "verificationStatus", _VERIFICATION, verification)


def au_type(eingabe: AuEingabe) -> str:
    """ERST, FOLGE, ERST_END or FOLGE_END (KBV_CS_EAU_AU_Type)."""
    return eingabe.au.art.upper() + ("_END" if eingabe.au.endbescheinigung else "")
