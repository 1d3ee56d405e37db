"""From a sick note to the eAU that the Krankenkasse reads: KBV_PR_EAU_Bundle, profiles 1.2.1 (pure).

The bundle is always built as data, also for an AU that went out on paper; its Dokumenten-ID is
the Kennung on the paper. Source: TA eAU V1.26, kbv.ita.eau 1.2.1; domain sheet eau-kim §2–§5.
"""

import re
from datetime import datetime
from uuid import UUID

from papierbruecke.card.kostentraeger import payer_ik
from papierbruecke.card.model import Anschrift, Versicherter
from papierbruecke.clock import local
from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.record.model import Arzt, AuEingabe, Eingabe
from papierbruecke.resubmit.fassung import FASSUNGEN, Fassung
from papierbruecke.resubmit.fhir_findings import (
    add_diagnosis,
    add_sick_note,
    add_step,
    add_text,
    au_type,
    further_steps,
)
from papierbruecke.resubmit.fhir_people import (
    KVNR,
    MIT_KASSE,
    add_coverage,
    add_organization,
    add_patient,
    add_practitioner,
    add_team,
    address_of,
    payer_type,
    payor_name,
)
from papierbruecke.resubmit.fhir_xml import (
    KBV_CODES,
    KBV_NAMES,
    KBV_PROFILE,
    Bundle,
    Element,
    add,
    add_code,
    add_coded_extension,
    add_coding,
    add_identifier,
    clean,
)

TEST_PRUEFNUMMER = "Y/400/2107/36/999"
"""The number of the KBV examples: for test files and the drill, never for a real message."""

PRUEFNUMMER_MAX = 17  # KBV_PR_EAU_Composition, author:Pruefnummer
_ASV = frozenset({"01", "11"})  # Rechtsgrundlagen with an ASV team
_MAX_LENGTH = {  # FOR 1.2, where the rules of the paper have no limit of their own
    "arzt.namenszusatz": 20,
    "arzt.vorsatzwort": 20,
    "verantwortlich.namenszusatz": 20,
    "verantwortlich.vorsatzwort": 20,
    "verantwortlich.titel": 100,
    "unfallversicherung.name": 45,
}


def build_eau(
    eingabe: AuEingabe, *, kennung: UUID, erstellt: datetime, pruefnummer: str, fassung: Fassung = FASSUNGEN[-1]
) -> bytes:
    """The eAU as XML: UTF-8 without BOM, no prefixes, no comments, elements in the order of the profiles.

    ``kennung`` becomes the Dokumenten-ID (Bundle.identifier); ``erstellt`` is the moment
    of writing (Bundle.timestamp), the date of issue stays the one on the paper. ``fassung``: the
    edition of the profiles that is valid on the day of sending. Equal arguments
    give equal bytes. Raises InputRefused with what is missing for the electronic way.
    """
    found = objections(eingabe)
    person = eingabe.versicherter
    if found or person is None:
        raise InputRefused(found)
    if not 0 < len(pruefnummer) <= PRUEFNUMMER_MAX:
        raise AssertionError("the Prüfnummer has 1 to 17 characters")
    au = eingabe.au
    bundle = Bundle(kennung, "KBV_PR_EAU_Bundle", local(erstellt).isoformat(timespec="seconds"), fassung)
    diagnosen = [(f"ICD-{number}", diagnose) for number, diagnose in enumerate(au.diagnosen, start=1)]
    steps = [(f"Step-{code}", code, text) for code, text in further_steps(au)]
    text = clean(au.diagnosetext)
    team = eingabe.arzt.asv_teamnummer if eingabe.versicherung.rechtsgrundlage in _ASV else None
    sections = [("AU_Condition", "AU"), *(("ICD", name) for name, _ in diagnosen)]
    sections += [("ICD_Text", "Text")] if text else []
    sections += [("Coverage", "Coverage"), *(("AU_weiter", name) for name, _, _ in steps)]
    sections += [("FOR_PractitionerRole", "PractitionerRole")] if team else []
    _add_composition(bundle, eingabe, pruefnummer, sections)
    add_patient(bundle, eingabe, person)
    add_practitioner(bundle, "Practitioner", eingabe.arzt, qualification(eingabe))
    if eingabe.verantwortlich is not None:
        add_practitioner(bundle, "Attester", eingabe.verantwortlich, eingabe.verantwortlich.qualifikation or "00")
    add_organization(bundle, eingabe.betriebsstaette)
    add_coverage(bundle, eingabe)
    add_sick_note(bundle, au)
    for name, diagnose in diagnosen:
        add_diagnosis(bundle, name, diagnose, eingabe.datum.year)
    if text:
        add_text(bundle, text)
    for name, code, words in steps:
        add_step(bundle, name, code, words)
    if team:
        add_team(bundle, team)
    return bundle.to_bytes()


def _add_composition(bundle: Bundle, eingabe: AuEingabe, pruefnummer: str, sections: list[tuple[str, str]]) -> None:
    composition = bundle.resource("Composition", "Composition", "KBV_PR_EAU_Composition")
    basis = f"{KBV_PROFILE}KBV_EX_FOR_Legal_basis"
    status = f"{KBV_CODES}KBV_CS_SFHIR_KBV_STATUSKENNZEICHEN"
    add_coded_extension(composition, basis, status, eingabe.versicherung.rechtsgrundlage)
    add(composition, "status", "final")
    kind = add(composition, "type")
    add_coding(kind, f"{KBV_CODES}KBV_CS_EAU_AU_Type", au_type(eingabe))
    add_coding(kind, f"{KBV_CODES}KBV_CS_SFHIR_KBV_FORMULAR_ART", "e010")
    bundle.refer(composition, "subject", "Patient")
    add(composition, "date", eingabe.datum.isoformat())
    add(bundle.refer(composition, "author", "Practitioner"), "type", "Practitioner")
    device = add(composition, "author")
    add(device, "type", "Device")
    add_identifier(device, f"{KBV_NAMES}KBV_NS_FOR_Pruefnummer", pruefnummer)
    add(composition, "title", "Arbeitsunfähigkeit")
    if eingabe.verantwortlich is not None:
        attester = add(composition, "attester")
        add(attester, "mode", "legal")
        bundle.refer(attester, "party", "Attester")
    bundle.refer(composition, "custodian", "Organization")
    for code, name in sections:
        _add_section(bundle, composition, code, name)


def _add_section(bundle: Bundle, composition: Element, code: str, name: str) -> None:
    section = add(composition, "section")
    add_code(section, "code", f"{KBV_CODES}KBV_CS_FOR_Section_Type", code)
    bundle.refer(section, "entry", name)


def qualification(eingabe: Eingabe) -> str:
    """00 Arzt, 03 in Weiterbildung, 04 Vertreter; 03 if somebody else is responsible (design §6.4)."""
    return eingabe.arzt.qualifikation or ("00" if eingabe.verantwortlich is None else "03")


def objections(eingabe: AuEingabe) -> tuple[Einwand, ...]:
    """What keeps this sick note from being sent electronically, though its paper is right.

    Keys are those of the profiles' invariants. The AU itself was checked when it was issued
    (``record.take_beleg.check_au``); here is only what the data set needs beyond the paper.
    """
    found: list[Einwand] = []
    _object_to_person(eingabe, found)
    _object_to_cover(eingabe, found)
    _object_to_doctors(eingabe, found)
    for feld, limit in _MAX_LENGTH.items():
        owner, name = feld.split(".")
        text = getattr(getattr(eingabe, owner), name, None)
        if text is not None and len(text) > limit:
            found.append(Einwand(feld, "KBV_PR_FOR", f"Für die eAU höchstens {limit} Zeichen."))
    return tuple(found)


def _object_to_person(eingabe: AuEingabe, found: list[Einwand]) -> None:
    person = eingabe.versicherter
    if person is None:
        found.append(Einwand("versicherter", "TA eAU P310-08", "Die Daten der versicherten Person fehlen."))
        return
    if person.geburtsdatum is None:
        # TH P4-06 foresees data-absent-reason, but then -eau-geburtsdatumPatient is never true: paper is the safe way.
        rule = "-eau-geburtsdatumPatient"
        found.append(Einwand("versicherter.geburtsdatum", rule, "Ohne Geburtsdatum lässt sich die eAU nicht senden."))
    place = address_of(person)
    if place is None:
        rule = "-eau-angabePatientenAdressePflicht"
        found.append(Einwand("versicherter.anschrift", rule, "Für die eAU wird die Anschrift gebraucht."))
    elif payer_type(eingabe) in MIT_KASSE and not clean(place.plz) and _needs_plz(eingabe, place.land):
        feld = "anschrift" if isinstance(place, Anschrift) else "postfach"
        rule = "-eau-angabePatientPLZPflicht"
        found.append(Einwand(f"versicherter.{feld}.plz", rule, "Für die eAU wird die Postleitzahl gebraucht."))
    _object_to_number(eingabe, person, found)


def _needs_plz(eingabe: AuEingabe, land: str | None) -> bool:
    return land == "D" or eingabe.herkunft != "karte"  # Ersatzverfahren: always (TA ID 29, 36)


def _object_to_number(eingabe: AuEingabe, person: Versicherter, found: list[Einwand]) -> None:
    number = clean(person.versicherten_id)
    if number is None or KVNR.fullmatch(number):
        return
    if eingabe.versicherung.typ == "SKT" and 6 <= len(number) <= 12:  # KVK: KBV_PR_Base_Identifier_KVK
        return
    rule = "-eau-angabeVersichertenIDbeiGKV"
    found.append(Einwand("versicherter.versicherten_id", rule, "Für die eAU: ein Buchstabe und neun Ziffern."))


def _object_to_cover(eingabe: AuEingabe, found: list[Einwand]) -> None:
    cover = eingabe.versicherung
    if payer_type(eingabe) in MIT_KASSE:
        if re.fullmatch(r"[0-9]{9}", payer_ik(cover)) is None:
            found.append(
                Einwand("versicherung.ik", "-for-laengeIK", "Für die eAU wird die Kassennummer (IK) gebraucht.")
            )
        if cover.versichertenart is None:
            rule = "-for-angabeVersichertenartPflicht"
            found.append(Einwand("versicherung.versichertenart", rule, "Bitte angeben: 1, 3 oder 5."))
        if cover.rechtsgrundlage in _ASV and eingabe.arzt.asv_teamnummer is None:
            rule = "-eau-angabeAsvTeamnummerPflicht"
            found.append(Einwand("arzt.asv_teamnummer", rule, "Bei ASV wird die Teamnummer gebraucht."))
    if payor_name(eingabe) is None:
        found.append(Einwand("versicherung.name", "KBV_PR_FOR_Coverage", "Der Name der Krankenkasse fehlt."))
    other = eingabe.unfallversicherung
    if other is not None and other.ik is not None and re.fullmatch(r"[0-9]{9}", other.ik) is None:
        found.append(Einwand("unfallversicherung.ik", "-for-laengeIK", "Diese Nummer (IK) hat neun Ziffern."))


def _object_to_doctors(eingabe: AuEingabe, found: list[Einwand]) -> None:
    responsible: Arzt | None = eingabe.verantwortlich
    if responsible is not None and qualification(eingabe) not in ("03", "04"):
        rule = "-eau-angabeVerantwortlichePersonVerbot-1"
        text = "Eine verantwortliche Person gibt es nur bei Weiterbildung oder Vertretung."
        found.append(Einwand("verantwortlich", rule, text))
    if responsible is not None and responsible.qualifikation == "03":
        rule = "-eau-angabeVerantwortlichePersonVerbot-2"
        text = "Die verantwortliche Person ist selbst nicht in Weiterbildung."
        found.append(Einwand("verantwortlich.qualifikation", rule, text))
