"""Who is sick, who pays, who signs, where: the resources of KBV's package FOR, read back (pure).

The counterpart of ``fhir_people``; every value is taken by its meaning in the profiles.
Source: kbv.ita.for 1.2.1; domain sheet eau-kim §3.3–3.7.
"""

from papierbruecke.card.model import Anschrift, Postfach, Versicherter, Versicherung
from papierbruecke.record.model import Arzt, Betriebsstaette, Unfallversicherung
from papierbruecke.resubmit.fhir_xml import FHIR, HL7_EXTENSION, KBV_PROFILE, Element

_ADXP = f"{HL7_EXTENSION}iso21090-ADXP-"
_GKV = "http://fhir.de/StructureDefinition/gkv/"
_KVK = "http://fhir.de/sid/gkv/kvk-versichertennummer"
_OHNE_HAUSNUMMER = "N/A"
"""Stands in the data set for a practice without house number, and on no paper (TH P4-03)."""


class Resource:
    """One element of a bundle; paths are FHIR names, a value is the attribute ``value`` at their end."""

    def __init__(self, element: Element) -> None:
        self._element = element

    def all(self, path: str) -> list["Resource"]:
        """Every element there, in document order."""
        steps = [step if step == "*" else f"f:{step}" for step in path.split("/")]
        return [Resource(each) for each in self._element.xpath("/".join(steps), namespaces={"f": FHIR})]

    def child(self, path: str) -> "Resource":
        """The first element there; LookupError if there is none."""
        return self.all(path)[0]

    def find(self, path: str) -> str | None:
        """The first value there, None if there is none."""
        values = [each._element.get("value") for each in self.all(path)]
        return next((value for value in values if value is not None), None)

    def need(self, path: str) -> str:
        """The first value there; LookupError if there is none."""
        value = self.find(path)
        if value is None:
            raise LookupError(path)
        return value

    def extensions(self, url: str) -> list["Resource"]:
        """The extensions with this address."""
        return [each for each in self.all("extension") if each._element.get("url") == url]

    def extension(self, url: str, kind: str) -> str | None:
        """The value of the one extension with this address."""
        found = self.extensions(url)
        return found[0].find(kind) if found else None

    def need_extension(self, url: str, kind: str) -> str:
        """The same, where the profiles demand it."""
        return self.extensions(url)[0].need(kind)

    def coded_extension(self, url: str) -> str | None:
        """The code in an extension that holds a Coding."""
        return self.extension(url, "valueCoding/code")


def read_person(patient: Resource) -> Versicherter:
    """The patient; the sex is not in an eAU."""
    place = patient.all("address")
    box = bool(place) and place[0].find("type") == "postal"
    return Versicherter.model_validate(
        _name(patient)
        | {
            "versicherten_id": patient.find("identifier/value"),
            "geburtsdatum": patient.find("birthDate"),
            "anschrift": _street(place[0]) if place and not box else None,
            "postfach": _box(place[0]) if box else None,
        }
    )


def read_cover(
    coverage: Resource, patient: Resource, rechtsgrundlage: str
) -> tuple[Versicherung, Unfallversicherung | None]:
    """Who pays: the own fund, and after an accident at work the insurer whose name stands in its place."""
    kind = coverage.need("type/coding/code")
    name = coverage.need("payor/display")
    cover = {
        "typ": kind,
        "ik": coverage.find("payor/identifier/value"),
        "name": name,
        "versichertenart": coverage.coded_extension(f"{_GKV}versichertenart"),
        "personengruppe": coverage.coded_extension(f"{_GKV}besondere-personengruppe"),
        "dmp": coverage.coded_extension(f"{_GKV}dmp-kennzeichen"),
        "wop": coverage.coded_extension(f"{_GKV}wop"),
        "rechtsgrundlage": rechtsgrundlage,
        "ende": coverage.find("period/end"),
    }
    if kind not in ("BG", "UK"):
        return Versicherung.model_validate(cover), None
    identifier = coverage.all("payor/identifier")
    other = identifier[0].extension(f"{KBV_PROFILE}KBV_EX_FOR_Alternative_IK", "valueIdentifier/value")
    accident = Unfallversicherung.model_validate({"typ": kind, "ik": other if identifier else None, "name": name})
    # The own fund is only its number here; a number of an old card says that it is a Sonstiger Kostenträger.
    own = "SKT" if patient.find("identifier/system") == _KVK else "GKV"
    return Versicherung.model_validate(cover | {"typ": own, "name": None}), accident


def read_doctor(practitioner: Resource, teamnummer: str | None) -> Arzt:
    """Who issues or is responsible; ``teamnummer`` of an ASV team stands in a resource of its own."""
    codes = practitioner.all("qualification/code")
    return Arzt.model_validate(
        _name(practitioner)
        | {
            "lanr": practitioner.need("identifier/value"),
            "qualifikation": codes[0].need("coding/code"),
            "berufsbezeichnung": codes[1].need("text"),
            "asv_teamnummer": teamnummer,
        }
    )


def read_place(organization: Resource) -> Betriebsstaette:
    """The practice."""
    telecom = {each.need("system"): each.need("value") for each in organization.all("telecom")}
    address = organization.child("address")
    street = _lines(address)
    number = street["hausnummer"]
    return Betriebsstaette(
        bsnr=organization.need("identifier/value"),
        name=organization.find("name") or "",
        strasse=street["strasse"] or "",
        hausnummer=number if number and number != _OHNE_HAUSNUMMER else "",
        zusatz=street["zusatz"],
        plz=address.find("postalCode") or "",
        ort=address.find("city") or "",
        land=address.find("country"),
        telefon=telecom.get("phone", ""),
        fax=telecom.get("fax"),
        email=telecom.get("email"),
    )


def _name(person: Resource) -> dict[str, str | None]:
    family = person.child("name/family")
    return {
        "titel": person.find("name/prefix"),
        "vorname": person.need("name/given"),
        "namenszusatz": family.extension("http://fhir.de/StructureDefinition/humanname-namenszusatz", "valueString"),
        "vorsatzwort": family.extension(f"{HL7_EXTENSION}humanname-own-prefix", "valueString"),
        "nachname": family.need_extension(f"{HL7_EXTENSION}humanname-own-name", "valueString"),
    }


def _lines(address: Resource) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for name, part in (("strasse", "streetName"), ("hausnummer", "houseNumber"), ("zusatz", "additionalLocator")):
        values = (line.extension(f"{_ADXP}{part}", "valueString") for line in address.all("line"))
        found[name] = next((value for value in values if value is not None), None)
    return found


def _town(address: Resource) -> dict[str, str | None]:
    return {"plz": address.find("postalCode"), "ort": address.find("city"), "land": address.find("country")}


def _street(address: Resource) -> Anschrift:
    return Anschrift.model_validate(_lines(address) | _town(address))


def _box(address: Resource) -> Postfach:
    box = address.child("line").extension(f"{_ADXP}postBox", "valueString")
    return Postfach.model_validate({"postfach": box} | _town(address))
