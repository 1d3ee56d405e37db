"""What the Krankenkasse looks at in an eAU bundle: the reference validator, and own structure checks.

Source: TA eAU V1.26 P310-14, P5-08; profiles KBV_PR_EAU_* 1.2. The validator of the reference
folder is used if it is there; the own checks always.
"""

import re
import sys
import threading
from collections.abc import Collection
from datetime import date
from functools import cache
from typing import Any

from lxml import etree

from papierbruecke.drill.model import KasseZustand, taken_on
from papierbruecke.drill.reference import reference_folder

FHIR = "http://hl7.org/fhir"
_PROFILE = "https://fhir.kbv.de/StructureDefinition/"
_EAU_PROFILE = re.compile(r"KBV_PR_EAU_\w+\|(?P<eau>.*)")
_VALIDATOR_KNOWS = "1.2"
_PARSER = etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False)
_REQUIRED = ("Composition", "Coverage", "Patient", "Organization", "Practitioner", "Condition")
_REQUIRED_STORNO = ("Composition", "List", "Organization", "Practitioner")
_validator_lock = threading.Lock()


class BundleRefused(Exception):
    """The bundle is wrong. ``code`` is the one of the Kassen-Fehlernachricht (101 to 104)."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


def check_bundle(data: bytes, dokumenten_id: str, storno: bool, kasse: KasseZustand, tag: date, kim: str) -> None:
    """Raise BundleRefused unless this is a bundle of this Dokumenten-ID that keeps the rules.

    ``kasse.pruefung``: ``voll``, or ``eigene`` to leave the reference validator out. ``tag`` is the day in the
    Date header of its mail: it decides which version of the profiles is taken (P5-08 AC1a). ``kim``: the version
    in X-KIM-Dienstkennung; a real Krankenkasse forgives a wrong one (P5-08 AC2a), this one does not.
    """
    structure, charset = ("102", "104") if storno else ("101", "103")
    if data.startswith(b"\xef\xbb\xbf"):
        raise BundleRefused(charset, "Die Datei beginnt mit einem BOM.")
    try:
        data.decode("utf-8")
        root = etree.fromstring(data, _PARSER)
    except UnicodeDecodeError as error:
        raise BundleRefused(charset, "Die Datei ist nicht UTF-8.") from error
    except etree.XMLSyntaxError as error:
        raise BundleRefused(structure, "Die Datei ist kein wohlgeformtes XML.") from error
    if (root.getroottree().docinfo.encoding or "UTF-8").upper() != "UTF-8":
        raise BundleRefused(charset, "Die Datei nennt einen anderen Zeichensatz.")
    versions = {fassung.eau for fassung in taken_on(tag, kasse.fassungen) if fassung.kim == kim}
    problems = list(_structure_problems(root, dokumenten_id, storno, versions))
    if not problems and kasse.pruefung == "voll" and _version(root) == _VALIDATOR_KNOWS:
        problems = _validator_problems(data)
    if problems:
        raise BundleRefused(structure, "; ".join(problems[:5]))


def _structure_problems(root: Any, dokumenten_id: str, storno: bool, versions: Collection[str]) -> Any:
    if root.tag != f"{{{FHIR}}}Bundle":
        yield "Die Wurzel ist kein Bundle."
        return
    if any(isinstance(node, etree._Comment | etree._ProcessingInstruction) for node in root.iter()):
        yield "Kommentare sind nicht erlaubt."
    if any(node.prefix for node in root.iter()):
        yield "Namensraum-Präfixe sind nicht erlaubt."
    profile, _, version = (_value(root, "meta/profile") or "").partition("|")
    expected = f"{_PROFILE}KBV_PR_EAU_{'Storno_' if storno else ''}Bundle"
    if profile != expected:
        yield f"meta.profile ist nicht {expected}."
    if version not in versions:
        taken = ", ".join(sorted(versions)) or "keine"
        yield f"Fassung {version or 'ohne Nummer'} wird an diesem Tag nicht angenommen (angenommen: {taken})."
    named = (
        _EAU_PROFILE.search(_value(node, "meta/profile") or "") for node in root.iterfind(_path("entry/resource/*"))
    )
    if {found["eau"] for found in named if found is not None} != {version}:
        yield "Die Einträge nennen eine andere Fassung als das Bundle."
    if _value(root, "identifier/system") != "urn:ietf:rfc:3986":
        yield "Bundle.identifier.system ist nicht urn:ietf:rfc:3986."
    if _value(root, "identifier/value") != f"urn:uuid:{dokumenten_id}":
        yield "Dokumenten-ID, Dateiname und Betreff nennen nicht dieselbe Nummer."
    if _value(root, "type") != "document" or not _value(root, "timestamp"):
        yield "Bundle.type oder timestamp fehlt."
    kinds = [etree.QName(node).localname for node in root.iterfind(_path("entry/resource/*"))]
    if not kinds or kinds[0] != "Composition":
        yield "Der erste Eintrag ist keine Composition."
    for kind in _REQUIRED_STORNO if storno else _REQUIRED:
        if kind not in kinds:
            yield f"{kind} fehlt."
    urls = [_value(entry, "fullUrl") for entry in root.iterfind(_path("entry"))]
    if len(set(urls)) != len(urls) or None in urls:
        yield "fullUrl fehlt oder ist doppelt."
    if len(_value(root, "entry/resource/Composition/date") or "") != 10:
        yield "Composition.date hat nicht zehn Zeichen."
    for node in root.iterfind(f".//{{{FHIR}}}*"):
        text = node.get("value")
        if text is not None and text != text.strip():
            yield "Ein Wert beginnt oder endet mit einem Leerzeichen."
            break


def cancelled_document(data: bytes) -> str:
    """The Dokumenten-ID that a checked Storno takes back."""
    value = _value(etree.fromstring(data, _PARSER), "entry/resource/List/entry/item/identifier/value")
    return (value or "").removeprefix("urn:uuid:")


def _version(root: Any) -> str:
    return (_value(root, "meta/profile") or "").partition("|")[2]


def _validator_problems(data: bytes) -> list[str]:
    validator = _validator()
    if validator is None:
        return []
    with _validator_lock:
        return [str(issue) for issue in validator.validate(data) if issue.severity == "error"]


@cache
def _validator() -> Any:
    folder = reference_folder()
    if folder is None or not (folder / "tools" / "eau_validator" / "eau_oracle").exists():
        return None
    sys.path.insert(0, str(folder / "tools" / "eau_validator"))
    try:
        from eau_oracle import Validator  # type: ignore[import-not-found]
    finally:
        sys.path.pop(0)
    return Validator()


def _path(path: str) -> str:
    return "/".join(part if part == "*" else f"{{{FHIR}}}{part}" for part in path.split("/"))


def _value(node: Any, path: str) -> str | None:
    found = node.find(_path(path))
    return None if found is None else found.get("value")
