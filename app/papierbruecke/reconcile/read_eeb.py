"""An elektronische Ersatzbescheinigung as person and cover, whatever its version (pure).

A bundle that a Krankenkasse signed with its SMC-B: the FHIR Patient and Coverage, and in the
versions of the app the very containers of a card. Everything is foreign: what does not hold
together is no Bescheinigung. Source: gematik eEB-IG (EEBBescheinigungBundle 1.0 to 2.1, KIM message
structure); TA-EEB P2-02; domain sheet reconciliation §3.7.
"""

import base64
import binascii
from datetime import datetime
from typing import TYPE_CHECKING, Literal, cast

from papierbruecke.card.checks import ik_valid, kvnr_valid
from papierbruecke.card.hindernis import KarteUnlesbar
from papierbruecke.card.model import Anschrift, Geschlecht, Versicherter, Versicherung
from papierbruecke.card.vsd import read_containers
from papierbruecke.kim.model import EebMail
from papierbruecke.konnektor.hardened_xml import XmlRefused, parse_hardened
from papierbruecke.redact import PatientValue
from papierbruecke.resubmit.signed_content import content_of

if TYPE_CHECKING:
    from lxml.etree import _Element

FHIR = "{http://hl7.org/fhir}"
EEB = "https://gematik.de/fhir/eeb/StructureDefinition/"
GKV = "http://fhir.de/StructureDefinition/gkv/"
ADXP = "http://hl7.org/fhir/StructureDefinition/iso21090-ADXP-"
KVID, IKNR = "http://fhir.de/sid/gkv/kvid-10", "http://fhir.de/sid/arge-ik/iknr"
DUMMY_BEGINN = "1900-01-01"
"""Begin of cover in answers over KIM: a dummy that must not be used (eEB-IG)."""
_SEX: dict[str, Geschlecht] = {"male": "M", "female": "W"}
_SEX_OTHER: dict[str, Geschlecht] = {"X": "X", "D": "D"}


class Bescheinigung(PatientValue):
    """What one Ersatzbescheinigung says, from which address, and whether KIM found it intact."""

    versicherter: Versicherter
    versicherung: Versicherung
    absender: str
    zeit: datetime | None
    unversehrt: bool


def read_eeb(mail: EebMail) -> Bescheinigung | None:
    """The Bescheinigung in a mail; None if there is none that can be trusted to be complete."""
    content = content_of(mail.daten)
    if content is None:
        return None
    try:
        root = parse_hardened(content)
    except XmlRefused:
        return None
    patients = root.findall(f"{FHIR}entry/{FHIR}resource/{FHIR}Patient")
    covers = root.findall(f"{FHIR}entry/{FHIR}resource/{FHIR}Coverage")
    # One person per Bescheinigung; with two nobody can say whose cover it is.
    if root.tag != f"{FHIR}Bundle" or len(covers) != 1 or len(patients) > 1:
        return None
    found = _from_containers(covers[0]) or _from_fhir(patients[0] if patients else None, covers[0])
    if found is None:
        return None
    person, cover = found
    if not ik_valid(cover.ik or "") or (person.versicherten_id and not kvnr_valid(person.versicherten_id)):
        return None
    if patients and _kvnr(patients[0]) not in (None, person.versicherten_id):
        return None  # container and resource speak of two people
    if cover.beginn == DUMMY_BEGINN:
        cover = cover.model_copy(update={"beginn": None})
    return Bescheinigung(
        versicherter=person,
        versicherung=cover,
        absender=mail.absender,
        zeit=mail.zeit,
        unversehrt=mail.unversehrt,
    )


def _from_containers(coverage: "_Element") -> tuple[Versicherter, Versicherung] | None:
    """The containers of a card, gzipped, as the apps and version 1 send them."""
    packed = {
        name: _container(coverage, name) for name in ("PersoenlicheVersichertendaten", "AllgemeineVersicherungsdaten")
    }
    pd, vd = packed.values()
    if pd is None or vd is None:
        return None
    try:
        return read_containers(pd, vd)
    except KarteUnlesbar:
        return None


def _container(coverage: "_Element", name: str) -> bytes | None:
    for extension in coverage.iterfind(f"{FHIR}extension"):
        if (extension.get("url") or "").casefold() == f"{EEB}{name}".casefold():
            try:
                return base64.b64decode(_value(extension, "valueBase64Binary") or "", validate=True)
            except (binascii.Error, ValueError):
                return None
    return None


def _from_fhir(patient: "_Element | None", coverage: "_Element") -> tuple[Versicherter, Versicherung] | None:
    """Patient and Coverage without a container (newborn without number, VSDM 2.0)."""
    if patient is None:
        return None
    name = next((n for n in patient.iterfind(f"{FHIR}name") if _value(n, "use") in (None, "official")), None)
    vorname = " ".join(_values(name, "given")) if name is not None else ""
    nachname = _own_name(name) if name is not None else None
    if not vorname or not nachname or name is None:
        return None
    art = _coding(coverage, f"{GKV}versichertenart")
    person = Versicherter(
        versicherten_id=_kvnr(patient),
        titel=" ".join(_values(name, "prefix")) or None,
        vorname=vorname,
        vorsatzwort=_inner(name, f"{FHIR}family", "humanname-own-prefix"),
        namenszusatz=_inner(name, f"{FHIR}family", "humanname-namenszusatz"),
        nachname=nachname,
        geburtsdatum=_value(patient, "birthDate"),
        geschlecht=_sex(patient),
        anschrift=_address(patient),
    )
    payor = next(
        (p for p in coverage.iterfind(f"{FHIR}payor") if _value(p.find(f"{FHIR}identifier"), "system") == IKNR), None
    )
    cover = Versicherung(
        typ="PKV" if "PKV" in _values(coverage, "type/coding/code") else "GKV",
        ik=_value(payor.find(f"{FHIR}identifier"), "value") if payor is not None else None,
        name=_value(payor, "display"),
        versichertenart=cast(Literal["1", "3", "5"], art) if art in ("1", "3", "5") else None,
        personengruppe=_two(_coding(coverage, f"{GKV}besondere-personengruppe")),
        dmp=_two(_coding(coverage, f"{GKV}dmp-kennzeichen")),
        wop=_coding(coverage, f"{GKV}wop"),
        beginn=_value(coverage.find(f"{FHIR}period"), "start"),
    )
    return person, cover


def _kvnr(patient: "_Element") -> str | None:
    for identifier in patient.iterfind(f"{FHIR}identifier"):
        if _value(identifier, "system") == KVID:
            return _value(identifier, "value")
    return None


def _own_name(name: "_Element") -> str | None:
    return _inner(name, f"{FHIR}family", "humanname-own-name") or _value(name, "family")


def _inner(parent: "_Element", path: str, ending: str) -> str | None:
    for extension in parent.iterfind(f"{path}/{FHIR}extension"):
        if (extension.get("url") or "").endswith(ending):
            return _value(extension, "valueString")
    return None


def _sex(patient: "_Element") -> Geschlecht | None:
    other = _values(patient, "gender/extension/valueCoding/code")
    return _SEX.get(_value(patient, "gender") or "") or next((_SEX_OTHER[c] for c in other if c in _SEX_OTHER), None)


def _address(patient: "_Element") -> Anschrift | None:
    address = patient.find(f"{FHIR}address")
    if address is None:
        return None
    parts = {
        (extension.get("url") or "").removeprefix(ADXP): _value(extension, "valueString")
        for extension in address.iterfind(f"{FHIR}line/{FHIR}extension")
    }
    return Anschrift(
        strasse=parts.get("streetName"),
        hausnummer=parts.get("houseNumber"),
        zusatz=parts.get("additionalLocator"),
        plz=_value(address, "postalCode"),
        ort=_value(address, "city"),
        land=None,  # FHIR says DE or D; the comparison looks at place and street only
    )


def _coding(parent: "_Element", url: str) -> str | None:
    for extension in parent.iterfind(f"{FHIR}extension"):
        if extension.get("url") == url:
            return _value(extension.find(f"{FHIR}valueCoding"), "code")
    return None


def _two(code: str | None) -> str | None:
    return code.zfill(2) if code is not None and code.isdigit() else None


def _value(parent: "_Element | None", name: str) -> str | None:
    element = parent.find(f"{FHIR}{name}") if parent is not None else None
    return ((element.get("value") or "").strip() or None) if element is not None else None


def _values(parent: "_Element", path: str) -> list[str]:
    found = parent.iterfind("/".join(f"{FHIR}{step}" for step in path.split("/")))
    return [value for value in ((each.get("value") or "").strip() for each in found) if value]
