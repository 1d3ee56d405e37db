"""The few XML forms that an eAU is made of: elements with values, codings, references, extensions.

Everything is one namespace without prefix, in the order of the profiles, without comments
(FHIR R4, XML format; TA eAU V1.26 P310-14).
"""

import re
from typing import Any, TypeAlias
from uuid import UUID, uuid5

from lxml import etree

from papierbruecke.resubmit.fassung import Fassung

FHIR = "http://hl7.org/fhir"
KBV_PROFILE = "https://fhir.kbv.de/StructureDefinition/"
KBV_CODES = "https://fhir.kbv.de/CodeSystem/"
KBV_NAMES = "https://fhir.kbv.de/NamingSystem/"
HL7_EXTENSION = "http://hl7.org/fhir/StructureDefinition/"
IKNR = "http://fhir.de/sid/arge-ik/iknr"
_BLANKS = re.compile(r"[ \t\r\n]+")  # not the no-break space, which a text may need
_PROLOG = b'<?xml version="1.0" encoding="UTF-8"?>\n'  # without BOM: TH 4.2, error 103

Element: TypeAlias = Any
"""An lxml element; the library comes without types."""


def clean(text: str | None) -> str | None:
    """The text without outer and doubled blanks (a FHIR string has none); empty becomes None."""
    return _BLANKS.sub(" ", text).strip(" ") or None if text is not None else None


def add(parent: Element, name: str, value: str | None = None) -> Element:
    """A child element, with its ``value`` if it is a primitive."""
    child: Element = etree.SubElement(parent, f"{{{FHIR}}}{name}")
    if value is not None:
        child.set("value", value)
    return child


def add_coding(parent: Element, system: str, code: str, name: str = "coding") -> Element:
    """A ``coding`` (or ``valueCoding``) of system and code."""
    coding = add(parent, name)
    add(coding, "system", system)
    add(coding, "code", code)
    return coding


def add_code(parent: Element, name: str, system: str, code: str) -> Element:
    """A CodeableConcept with one coding; ``text`` may be added by the caller."""
    concept = add(parent, name)
    add_coding(concept, system, code)
    return concept


def add_extension(parent: Element, url: str, kind: str, value: str | None = None) -> Element:
    """An extension with its value element, which is returned for complex values."""
    extension = add(parent, "extension")
    extension.set("url", url)
    return add(extension, kind, value)


def add_coded_extension(parent: Element, url: str, system: str, code: str) -> None:
    """An extension whose value is a Coding."""
    extension = add(parent, "extension")
    extension.set("url", url)
    add_coding(extension, system, code, "valueCoding")


def add_identifier(parent: Element, system: str, value: str, kind: tuple[str, str] | None = None) -> Element:
    """An ``identifier`` with optional type (system, code)."""
    identifier = add(parent, "identifier")
    if kind is not None:
        add_code(identifier, "type", *kind)
    add(identifier, "system", system)
    add(identifier, "value", value)
    return identifier


class Bundle:
    """A document bundle under construction; resources are named, their ids follow from the Kennung.

    Equal facts give equal bytes, so that a bundle can be built again for a check.
    """

    def __init__(self, kennung: UUID, profile: str, timestamp: str, fassung: Fassung) -> None:
        self._kennung = kennung
        self._fassung = fassung
        self._root = etree.Element(f"{{{FHIR}}}Bundle", nsmap={None: FHIR})
        add(self._root, "id", self.id_of("Bundle"))
        add(add(self._root, "meta"), "profile", self._profile(profile))
        add_identifier(self._root, "urn:ietf:rfc:3986", f"urn:uuid:{kennung}")
        add(self._root, "type", "document")
        add(self._root, "timestamp", timestamp)

    def id_of(self, name: str) -> str:
        """The id of a resource of this bundle."""
        return str(uuid5(self._kennung, name))

    def urn(self, name: str) -> str:
        """How other resources refer to it."""
        return f"urn:uuid:{self.id_of(name)}"

    def refer(self, parent: Element, element: str, name: str) -> Element:
        """A reference element to a resource of this bundle."""
        reference = add(parent, element)
        add(reference, "reference", self.urn(name))
        return reference

    def resource(self, name: str, kind: str, profile: str) -> Element:
        """Start the next resource; entries stand in the order of the calls."""
        entry = add(self._root, "entry")
        add(entry, "fullUrl", self.urn(name))
        resource = add(add(entry, "resource"), kind)
        add(resource, "id", self.id_of(name))
        add(add(resource, "meta"), "profile", self._profile(profile))
        return resource

    def _profile(self, name: str) -> str:
        version = self._fassung.formular if name.startswith("KBV_PR_FOR_") else self._fassung.eau
        return f"{KBV_PROFILE}{name}|{version}"

    def to_bytes(self) -> bytes:
        """UTF-8 without BOM; these very bytes are signed, stored and sent."""
        xml: bytes = etree.tostring(self._root, encoding="UTF-8", xml_declaration=False)
        return _PROLOG + xml
