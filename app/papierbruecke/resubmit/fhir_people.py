"""Who is sick, who pays, who signs, where: the resources of KBV's package FOR.

Source: kbv.ita.for 1.2.1; Technisches Handbuch DiMus P4-01 to P4-06; domain sheet eau-kim §3.3–3.7, §4.
"""

import re

from papierbruecke.card.kostentraeger import payer_ik, payer_name
from papierbruecke.card.model import Anschrift, Postfach, Versicherter
from papierbruecke.record.model import Arzt, AuEingabe, Betriebsstaette
from papierbruecke.resubmit.fhir_xml import (
    HL7_EXTENSION,
    IKNR,
    KBV_CODES,
    KBV_NAMES,
    KBV_PROFILE,
    Bundle,
    Element,
    add,
    add_code,
    add_coded_extension,
    add_coding,
    add_extension,
    add_identifier,
    clean,
)

KVNR = re.compile(r"[A-Z][0-9]{9}")
MIT_KASSE = frozenset({"GKV", "BG", "SKT", "UK", "PKV"})
"""Payer types for which the profiles demand IK, Versichertenart, Personengruppe, DMP, Rechtsgrundlage."""

_V2 = "http://terminology.hl7.org/CodeSystem/v2-0203"
_VERSICHERUNGSART = "http://fhir.de/CodeSystem/versicherungsart-de-basis"
_GKV = "http://fhir.de/StructureDefinition/gkv/"
_ADXP = f"{HL7_EXTENSION}iso21090-ADXP-"
_WOP_CODES = (0, 1, 2, 3, 17, 20, 38, *range(46, 53), 55, *range(60, 63), *range(71, 74), 78, 83, 88, 93, 98)
_WOP = frozenset(f"{code:02d}" for code in _WOP_CODES)  # KBV_CS_SFHIR_ITA_WOP 1.00


def payer_type(eingabe: AuEingabe) -> str:
    """GKV, SKT, …; BG or UK as soon as an accident insurer stands beside the own fund (FAQ eAU)."""
    return eingabe.unfallversicherung.typ if eingabe.unfallversicherung else eingabe.versicherung.typ


def payor_name(eingabe: AuEingabe) -> str | None:
    """The name in line 1 of the Personalienfeld; in BG/UK cases the accident insurer's."""
    if eingabe.unfallversicherung is not None:
        return clean(eingabe.unfallversicherung.name)
    return clean(payer_name(eingabe.versicherung))


def address_of(person: Versicherter) -> Anschrift | Postfach | None:
    """The one address that an eAU may carry: the street address, else the post box."""
    place = person.anschrift
    if place is not None and any(map(clean, (place.strasse, place.hausnummer, place.zusatz, place.plz, place.ort))):
        return place
    return person.postfach


def add_patient(bundle: Bundle, eingabe: AuEingabe, person: Versicherter) -> None:
    """KBV_PR_FOR_Patient: number if known, name, birth date with its unknown parts, one address."""
    patient = bundle.resource("Patient", "Patient", "KBV_PR_FOR_Patient")
    number = clean(person.versicherten_id)
    if number is not None and KVNR.fullmatch(number):
        kind = ("http://fhir.de/CodeSystem/identifier-type-de-basis", "KVZ10")
        add_identifier(patient, "http://fhir.de/sid/gkv/kvid-10", number, kind)
    elif number is not None and eingabe.versicherung.typ == "SKT":
        kind = (f"{KBV_CODES}KBV_CS_Base_identifier_type", "kvk")
        add_identifier(patient, "http://fhir.de/sid/gkv/kvk-versichertennummer", number, kind)
    _add_name(patient, person)
    add(patient, "birthDate", person.geburtsdatum)
    _add_patient_address(patient, address_of(person))


def _add_name(parent: Element, person: Versicherter | Arzt) -> None:
    name = add(parent, "name")
    add(name, "use", "official")
    addition, prefix, own = clean(person.namenszusatz), clean(person.vorsatzwort), clean(person.nachname)
    family = add(name, "family", " ".join(part for part in (addition, prefix, own) if part))
    if addition:
        add_extension(family, "http://fhir.de/StructureDefinition/humanname-namenszusatz", "valueString", addition)
    add_extension(family, f"{HL7_EXTENSION}humanname-own-name", "valueString", own)
    if prefix:
        add_extension(family, f"{HL7_EXTENSION}humanname-own-prefix", "valueString", prefix)
    add(name, "given", clean(person.vorname))
    title = clean(person.titel)
    if title:
        add_extension(add(name, "prefix", title), f"{HL7_EXTENSION}iso21090-EN-qualifier", "valueCode", "AC")


def _add_patient_address(patient: Element, place: Anschrift | Postfach | None) -> None:
    if place is None:
        return
    address = add(patient, "address")
    if isinstance(place, Postfach):
        add(address, "type", "postal")
        box = clean(place.postfach)
        add_extension(add(address, "line", box), f"{_ADXP}postBox", "valueString", box)
    else:
        add(address, "type", "both")
        _add_lines(address, clean(place.strasse), clean(place.hausnummer), clean(place.zusatz))
    _add_city(address, place.ort, place.plz, place.land)


def _add_lines(address: Element, street: str | None, number: str | None, addition: str | None) -> None:
    if street or number:
        # "N/A" stands for a missing house number and is not part of the readable line (TH P4-03).
        readable = " ".join(part for part in (street, number if number != "N/A" else None) if part)
        line = add(address, "line", readable)
        if number:
            add_extension(line, f"{_ADXP}houseNumber", "valueString", number)
        if street:
            add_extension(line, f"{_ADXP}streetName", "valueString", street)
    if addition:
        add_extension(add(address, "line", addition), f"{_ADXP}additionalLocator", "valueString", addition)


def _add_city(address: Element, city: str | None, code: str | None, country: str | None) -> None:
    for name, text in (("city", city), ("postalCode", code), ("country", country)):
        if clean(text):
            add(address, name, clean(text))


def add_coverage(bundle: Bundle, eingabe: AuEingabe) -> None:
    """KBV_PR_FOR_Coverage: the patient's own fund; the accident insurer only as Alternative_IK."""
    cover, kind = eingabe.versicherung, payer_type(eingabe)
    coverage = bundle.resource("Coverage", "Coverage", "KBV_PR_FOR_Coverage")
    codes = [
        ("besondere-personengruppe", "KBV_CS_SFHIR_KBV_PERSONENGRUPPE", cover.personengruppe or "00"),
        ("dmp-kennzeichen", "KBV_CS_SFHIR_KBV_DMP", cover.dmp or "00"),
        # A WOP outside the key table would make the whole message invalid; the field is optional.
        ("wop", "KBV_CS_SFHIR_ITA_WOP", cover.wop if cover.wop in _WOP else None),
        ("versichertenart", "KBV_CS_SFHIR_KBV_VERSICHERTENSTATUS", cover.versichertenart),
    ]
    for name, system, code in codes:
        if code is not None:
            add_coded_extension(coverage, f"{_GKV}{name}", f"{KBV_CODES}{system}", code)
    add(coverage, "status", "active")
    system = f"{KBV_CODES}KBV_CS_FOR_Payor_Type_KBV" if kind in ("SKT", "UK") else _VERSICHERUNGSART
    add_code(coverage, "type", system, kind)
    bundle.refer(coverage, "beneficiary", "Patient")
    # The end of cover only if a card said so; in the Ersatzverfahren the whole period is absent (TA ID 26).
    if cover.ende is not None and eingabe.herkunft == "karte":
        add(add(coverage, "period"), "end", cover.ende)
    payor = add(coverage, "payor")
    ik = payer_ik(cover)
    if ik:
        identifier = add(payor, "identifier")
        if eingabe.unfallversicherung is not None and eingabe.unfallversicherung.ik is not None:
            alternative = add_extension(identifier, f"{KBV_PROFILE}KBV_EX_FOR_Alternative_IK", "valueIdentifier")
            add(alternative, "system", IKNR)
            add(alternative, "value", eingabe.unfallversicherung.ik)
        add(identifier, "system", IKNR)
        add(identifier, "value", ik)
    add(payor, "display", payor_name(eingabe))


def add_practitioner(bundle: Bundle, name: str, arzt: Arzt, qualifikation: str) -> None:
    """KBV_PR_FOR_Practitioner: LANR, name, type 00/03/04 and the Berufsbezeichnung of the stamp."""
    practitioner = bundle.resource(name, "Practitioner", "KBV_PR_FOR_Practitioner")
    add_identifier(practitioner, f"{KBV_NAMES}KBV_NS_Base_ANR", arzt.lanr, (_V2, "LANR"))
    _add_name(practitioner, arzt)
    kind = add(practitioner, "qualification")
    add_code(kind, "code", f"{KBV_CODES}KBV_CS_FOR_Qualification_Type", qualifikation)
    profession = add(add(practitioner, "qualification"), "code")
    add_coding(profession, f"{KBV_CODES}KBV_CS_FOR_Berufsbezeichnung", "Berufsbezeichnung")
    add(profession, "text", clean(arzt.berufsbezeichnung))


def add_organization(bundle: Bundle, place: Betriebsstaette) -> None:
    """KBV_PR_FOR_Organization: BSNR, name, telephone, address with house number (or N/A)."""
    organization = bundle.resource("Organization", "Organization", "KBV_PR_FOR_Organization")
    add_identifier(organization, f"{KBV_NAMES}KBV_NS_Base_BSNR", place.bsnr, (_V2, "BSNR"))
    add(organization, "name", clean(place.name))
    for system, value in (("phone", place.telefon), ("fax", place.fax), ("email", place.email)):
        if clean(value):
            telecom = add(organization, "telecom")
            add(telecom, "system", system)
            add(telecom, "value", clean(value))
    address = add(organization, "address")
    add(address, "type", "both")
    _add_lines(address, clean(place.strasse), clean(place.hausnummer) or "N/A", clean(place.zusatz))
    _add_city(address, place.ort, place.plz, place.land)


def add_team(bundle: Bundle, teamnummer: str) -> None:
    """KBV_PR_FOR_PractitionerRole: the ASV team of the issuing doctor, only with Rechtsgrundlage 01 or 11."""
    role = bundle.resource("PractitionerRole", "PractitionerRole", "KBV_PR_FOR_PractitionerRole")
    bundle.refer(role, "practitioner", "Practitioner")
    add_identifier(add(role, "organization"), "http://fhir.de/NamingSystem/asv/teamnummer", teamnummer)
