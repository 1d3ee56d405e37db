"""SOAP envelopes, built by hand and checked against the official schemas in tests (pure).

SOAP 1.1, document/literal, UTF-8. The order of the elements is the schema's order.
Source: domain sheet ti-detection §1.4–§1.10; eau-kim §7 (SignDocument).
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from papierbruecke.konnektor.directory import CARD, CERTIFICATE, EVENT

if TYPE_CHECKING:
    from lxml.etree import _Element

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
CONN = "http://ws.gematik.de/conn/ConnectorCommon/v5.0"
CCTX = "http://ws.gematik.de/conn/ConnectorContext/v2.0"
CARDCMN = "http://ws.gematik.de/conn/CardServiceCommon/v2.0"
CERTCMN = "http://ws.gematik.de/conn/CertificateServiceCommon/v2.0"
DSS = "urn:oasis:names:tc:dss:1.0:core:schema"

CMS = "urn:ietf:rfc:5652"
"""SignatureType of CMS/CAdES (TA eAU P4-01 AC4)."""
SHORT_TEXT = "eAU"
"""Shown by some Konnektoren beside the PIN entry; at most 30 characters of a small set (V7.5.6)."""


@dataclass(frozen=True, slots=True)
class Kontext:
    """Who calls from where, exactly as in the Infomodell of the Konnektor (§1.4)."""

    mandant: str
    clientsystem: str
    arbeitsplatz: str
    user_id: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One SOAP request: where it goes (namespace of the service), its action and its body."""

    namespace: str
    operation: str
    body: bytes

    @property
    def action(self) -> str:
        """The SOAPAction, still without quotes."""
        return f"{self.namespace}#{self.operation}"


def resource_information(kontext: Kontext) -> Request:
    """GetResourceInformation without a target: the whole Konnektor (§1.5)."""
    return _request(EVENT, "GetResourceInformation", lambda root: _context(root, kontext))


def cards(kontext: Kontext) -> Request:
    """GetCards of the whole Mandant (§1.7)."""
    return _request(EVENT, "GetCards", lambda root: _context(root, kontext), mandant_wide=True)


def card_terminals(kontext: Kontext) -> Request:
    """GetCardTerminals of the whole Mandant (§1.7)."""
    return _request(EVENT, "GetCardTerminals", lambda root: _context(root, kontext), mandant_wide=True)


def subscribe(kontext: Kontext, ziel: str, thema: str) -> Request:
    """Subscribe one topic for one sink (§1.6)."""

    def fill(root: "_Element") -> None:
        _context(root, kontext)
        subscription = _child(root, EVENT, "Subscription")
        _child(subscription, EVENT, "EventTo", ziel)
        _child(subscription, EVENT, "Topic", thema)

    return _request(EVENT, "Subscribe", fill)


def renew_subscriptions(kontext: Kontext, ids: Sequence[str]) -> Request:
    """RenewSubscriptions (§1.6)."""

    def fill(root: "_Element") -> None:
        _context(root, kontext)
        for one in ids:
            _child(root, EVENT, "SubscriptionID", one)

    return _request(EVENT, "RenewSubscriptions", fill)


def unsubscribe(kontext: Kontext, ziel: str) -> Request:
    """Unsubscribe everything of one sink (§1.6)."""

    def fill(root: "_Element") -> None:
        _context(root, kontext)
        _child(root, EVENT, "EventTo", ziel)

    return _request(EVENT, "Unsubscribe", fill)


def pin_status(kontext: Kontext, handle: str, pin: str) -> Request:
    """GetPinStatus; asks the card, never the user (§1.7)."""

    def fill(root: "_Element") -> None:
        _context(root, kontext)
        _child(root, CONN, "CardHandle", handle)
        _child(root, CARDCMN, "PinTyp", pin)

    return _request(CARD, "GetPinStatus", fill)


def certificate_expiration(kontext: Kontext, crypt: str | None) -> Request:
    """CheckCertificateExpiration of everything; ``crypt`` None for services older than 6.0.1 (§1.8)."""

    def fill(root: "_Element") -> None:
        _context(root, kontext)
        if crypt is not None:
            _child(root, CERTIFICATE, "Crypt", crypt)

    return _request(CERTIFICATE, "CheckCertificateExpiration", fill)


def read_card_certificate(kontext: Kontext, handle: str, crypt: str | None) -> Request:
    """ReadCardCertificate of C.AUT; ``crypt`` None for services older than 6.0.1 (§1.8)."""

    def fill(root: "_Element") -> None:
        _child(root, CONN, "CardHandle", handle)
        _context(root, kontext)
        _child(_child(root, CERTIFICATE, "CertRefList"), CERTIFICATE, "CertRef", "C.AUT")
        if crypt is not None:
            _child(root, CERTIFICATE, "Crypt", crypt)

    return _request(CERTIFICATE, "ReadCardCertificate", fill)


def verify_certificate(kontext: Kontext, der: bytes) -> Request:
    """VerifyCertificate with the answer of the responder (§1.8)."""

    def fill(root: "_Element") -> None:
        _context(root, kontext)
        _child(root, CERTCMN, "X509Certificate", base64.b64encode(der).decode("ascii"))

    return _request(CERTIFICATE, "VerifyCertificate", fill)


def job_number(kontext: Kontext, namespace: str) -> Request:
    """GetJobNumber (§1.10)."""
    return _request(namespace, "GetJobNumber", lambda root: _context(root, kontext))


def signature_mode(kontext: Kontext, namespace: str, handle: str) -> Request:
    """GetSignatureMode of an HBA: PIN or Komfortsignatur (SignatureService 7.5)."""

    def fill(root: "_Element") -> None:
        _child(root, CONN, "CardHandle", handle)
        _context(root, kontext)

    return _request(namespace, "GetSignatureMode", fill)


def activate_comfort(kontext: Kontext, namespace: str, handle: str) -> Request:
    """ActivateComfortSignature; the Context names the user that it will hold for (SignatureService 7.5)."""

    def fill(root: "_Element") -> None:
        _child(root, CONN, "CardHandle", handle)
        _context(root, kontext)

    return _request(namespace, "ActivateComfortSignature", fill)


def deactivate_comfort(namespace: str, handle: str) -> Request:
    """DeactivateComfortSignature: the only call without a Context (SignatureService 7.5)."""
    return _request(namespace, "DeactivateComfortSignature", lambda root: _card(root, handle))


def stop_signature(kontext: Kontext, namespace: str, job: str) -> Request:
    """StopSignature of the job with this number (§1.10)."""

    def fill(root: "_Element") -> None:
        _context(root, kontext)
        _child(root, namespace, "JobNumber", job)

    return _request(namespace, "StopSignature", fill)


def sign_document(kontext: Kontext, namespace: str, handle: str, job: str, documents: Mapping[str, bytes]) -> Request:
    """SignDocument for several documents: CAdES enveloping, with OCSP answers (eau-kim §7).

    Keys of ``documents`` are the request ids. The bytes are signed as they are.
    """

    def fill(root: "_Element") -> None:
        _child(root, CONN, "CardHandle", handle)
        _child(root, namespace, "Crypt", "ECC")
        _context(root, kontext)
        _child(root, namespace, "TvMode", "NONE")
        _child(root, namespace, "JobNumber", job)
        for request_id, document in documents.items():
            request = _child(root, namespace, "SignRequest")
            request.set("RequestID", request_id)
            optional = _child(request, namespace, "OptionalInputs")
            _child(optional, DSS, "SignatureType", CMS)
            _child(optional, namespace, "IncludeEContent", "true")
            holder = _child(request, namespace, "Document")
            holder.set("ShortText", SHORT_TEXT)
            data = _child(holder, DSS, "Base64Data", base64.b64encode(document).decode("ascii"))
            data.set("MimeType", "text/plain; charset=utf-8")
            _child(request, namespace, "IncludeRevocationInfo", "true")

    return _request(namespace, "SignDocument", fill)


def _request(
    namespace: str, operation: str, fill: Callable[["_Element"], None], *, mandant_wide: bool = False
) -> Request:
    prefixes = {"SOAP-ENV": SOAP, "CONN": CONN, "CCTX": CCTX, "CARDCMN": CARDCMN, "CERTCMN": CERTCMN, "dss": DSS}
    envelope = etree.Element(etree.QName(SOAP, "Envelope"), nsmap=prefixes | {"S": namespace})
    root = etree.SubElement(etree.SubElement(envelope, etree.QName(SOAP, "Body")), etree.QName(namespace, operation))
    if mandant_wide:
        root.set("mandant-wide", "true")
    fill(root)
    etree.cleanup_namespaces(envelope)
    return Request(namespace, operation, etree.tostring(envelope, encoding="UTF-8", xml_declaration=True))


def _card(parent: "_Element", handle: str) -> None:
    _child(parent, CONN, "CardHandle", handle)


def _context(parent: "_Element", kontext: Kontext) -> None:
    context = _child(parent, CCTX, "Context")
    _child(context, CONN, "MandantId", kontext.mandant)
    _child(context, CONN, "ClientSystemId", kontext.clientsystem)
    _child(context, CONN, "WorkplaceId", kontext.arbeitsplatz)
    if kontext.user_id is not None:
        _child(context, CONN, "UserId", kontext.user_id)


def _child(parent: "_Element", namespace: str, name: str, text: str | None = None) -> "_Element":
    element = etree.SubElement(parent, etree.QName(namespace, name))
    element.text = text
    return element
