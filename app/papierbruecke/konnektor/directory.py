"""The service directory ``connector.sds``: which service is where, in which version (pure).

Source: domain sheet ti-detection §1.1 (gemSpec_Kon 4.1.3, gemILF_PS 4.1.2).
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from papierbruecke.konnektor.hardened_xml import XmlRefused, parse_hardened
from papierbruecke.konnektor.model import Dienstverzeichnis

if TYPE_CHECKING:
    from lxml.etree import _Element

EVENT = "http://ws.gematik.de/conn/EventService/v7.2"
CARD = "http://ws.gematik.de/conn/CardService/v8.1"
CERTIFICATE = "http://ws.gematik.de/conn/CertificateService/v6.0"
SIGNATURE_7_5 = "http://ws.gematik.de/conn/SignatureService/v7.5"
SIGNATURE_7_4 = "http://ws.gematik.de/conn/SignatureService/v7.4"
SIGNATURE = (SIGNATURE_7_5, SIGNATURE_7_4)
COMFORT = frozenset({SIGNATURE_7_5})
"""Versions that know the Komfortsignatur."""
"""Signature services that we speak, the preferred one first."""

# The highest version of each interface that this client was written for.
_KNOWN = {
    EVENT: (7, 2, 1),
    CARD: (8, 1, 3),
    CERTIFICATE: (6, 0, 2),
    SIGNATURE_7_5: (7, 5, 6),
    SIGNATURE_7_4: (7, 4, 4),
}
_ROOT = "{http://ws.gematik.de/conn/ServiceDirectory/v3.1}ConnectorServices"


class DirectoryIncomplete(Exception):
    """No usable directory: the Konnektor is still starting, or this is none."""


def parse_directory(data: bytes) -> Dienstverzeichnis:
    """Read connector.sds. Raises DirectoryIncomplete, also if the EventService is missing."""
    try:
        root = parse_hardened(data)
    except XmlRefused as error:
        raise DirectoryIncomplete from error
    if root.tag != _ROOT:
        raise DirectoryIncomplete
    endpunkte: dict[str, str] = {}
    versionen: dict[str, str] = {}
    for namespace, offers in _by_namespace(root).items():
        version, location = _choose(offers, _KNOWN.get(namespace))
        endpunkte[namespace] = location
        versionen[namespace] = version
    if EVENT not in endpunkte:
        raise DirectoryIncomplete
    return Dienstverzeichnis(
        hersteller=_text(root, "ProductVendorName") or _text(root, "ProductVendorID"),
        produkt=_text(root, "ProductName") or _text(root, "ProductCode"),
        firmware=_text(root, "FWVersion"),
        hardware=_text(root, "HWVersion"),
        endpunkte=endpunkte,
        versionen=versionen,
    )


def rewrite_hosts(directory: Dienstverzeichnis, host: str, port: int) -> Dienstverzeichnis:
    """Endpoints for a practice that sees the Konnektor under another address (NAT, TI-Gateway).

    Host and port of every location become the configured ones; path and query stay.
    """
    authority = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return directory.model_copy(
        update={
            "endpunkte": {
                namespace: urlunsplit(urlsplit(location)._replace(netloc=authority))
                for namespace, location in directory.endpunkte.items()
            }
        }
    )


def version_of(text: str) -> tuple[int, ...]:
    """``7.5.6`` as numbers; parts that are none count as 0."""
    return tuple(int(part) if part.isascii() and part.isdigit() else 0 for part in text.split(".")[:4])


def _by_namespace(root: "_Element") -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for namespace, version, location in _versions(root):
        found.setdefault(namespace, []).append((version, location))
    return found


def _versions(root: "_Element") -> Iterator[tuple[str, str, str]]:
    for element in root.iterfind(".//{*}Version[@TargetNamespace]"):
        endpoint = element.find("{*}EndpointTLS")
        location = (endpoint.get("Location") if endpoint is not None else None) or ""
        # Plain HTTP has no fingerprint that could be compared, so we never speak it.
        if location.lower().startswith("https://") and urlsplit(location).hostname:
            yield (element.get("TargetNamespace") or "").strip(), (element.get("Version") or "").strip(), location


def _choose(offers: Iterable[tuple[str, str]], known: tuple[int, ...] | None) -> tuple[str, str]:
    """The highest version that we know; if all are newer, the oldest of them."""
    ordered = sorted(offers, key=lambda offer: version_of(offer[0]))
    fitting = [offer for offer in ordered if known is None or version_of(offer[0]) <= known]
    return fitting[-1] if fitting else ordered[0]


def _text(root: "_Element", name: str) -> str:
    return (root.findtext(f".//{{*}}{name}") or "").strip()
