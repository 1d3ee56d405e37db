"""SOAP 1.1 as a Konnektor speaks it: namespaces, envelope, fault, and the check of a request.

Every request is held against the official schema if the reference folder is there, and always
against our own list of required children in their order. Source: api-telematik OPB5 (WSDL and
XSD), gemSpec_Kon 4.1.1; ti-detection §1.4.
"""

import datetime
import itertools
import threading
from dataclasses import dataclass
from functools import cache
from typing import Any

from lxml import etree

from papierbruecke.drill.reference import reference_folder

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
CONN = "http://ws.gematik.de/conn/ConnectorCommon/v5.0"
CCTX = "http://ws.gematik.de/conn/ConnectorContext/v2.0"
EVT = "http://ws.gematik.de/conn/EventService/v7.2"
CARD = "http://ws.gematik.de/conn/CardService/v8.1"
CARDCMN = "http://ws.gematik.de/conn/CardServiceCommon/v2.0"
CERT = "http://ws.gematik.de/conn/CertificateService/v6.0"
CERTCMN = "http://ws.gematik.de/conn/CertificateServiceCommon/v2.0"
CT = "http://ws.gematik.de/conn/CardTerminalInfo/v8.0"
SIG = "http://ws.gematik.de/conn/SignatureService/v7.5"
DSS = "urn:oasis:names:tc:dss:1.0:core:schema"
GERROR = "http://ws.gematik.de/tel/error/v2.0"
PI = "http://ws.gematik.de/int/version/ProductInformation/v1.1"
PREFIXES = {
    "SOAP-ENV": SOAP,
    "CONN": CONN,
    "CCTX": CCTX,
    "EVT": EVT,
    "CARD": CARD,
    "CARDCMN": CARDCMN,
    "CERT": CERT,
    "CERTCMN": CERTCMN,
    "CT": CT,
    "SIG": SIG,
    "dss": DSS,
    "GERROR": GERROR,
    "PI": PI,
}
_PARSER = etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False)
_message_ids = itertools.count(1)


class Fault(Exception):
    """The Konnektor answers with a SOAP fault. ``code`` is the gematik number of the last Trace."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code} {text}")
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: where it lives and which children its request may have, in this order."""

    service: str
    namespace: str
    name: str
    schema: str
    children: tuple[tuple[str, bool], ...]  # Clark name, required?

    @property
    def tag(self) -> str:
        """The element in the SOAP body."""
        return f"{{{self.namespace}}}{self.name}"

    @property
    def action(self) -> str:
        """The value of the header SOAPAction, without its quotes."""
        return f"{self.namespace}#{self.name}"


_CONTEXT = (f"{{{CCTX}}}Context", True)
_HANDLE = f"{{{CONN}}}CardHandle"
_TARGETS = tuple((f"{{{ns}}}{name}", False) for ns, name in ((CARDCMN, "CtId"), (CARDCMN, "SlotId")))
OPERATIONS = (
    Operation(
        "EventService",
        EVT,
        "GetResourceInformation",
        "EventService.xsd",
        (_CONTEXT, *_TARGETS, (f"{{{CARDCMN}}}Iccsn", False), (_HANDLE, False)),
    ),
    Operation(
        "EventService",
        EVT,
        "GetCards",
        "EventService.xsd",
        (_CONTEXT, *_TARGETS, (f"{{{CARDCMN}}}CardType", False)),
    ),
    Operation("EventService", EVT, "Subscribe", "EventService.xsd", (_CONTEXT, (f"{{{EVT}}}Subscription", True))),
    Operation(
        "EventService", EVT, "RenewSubscriptions", "EventService.xsd", (_CONTEXT, (f"{{{EVT}}}SubscriptionID", True))
    ),
    Operation(
        "EventService",
        EVT,
        "Unsubscribe",
        "EventService.xsd",
        (_CONTEXT, (f"{{{EVT}}}SubscriptionID", False), (f"{{{EVT}}}EventTo", False)),
    ),
    Operation("EventService", EVT, "GetCardTerminals", "EventService.xsd", (_CONTEXT,)),
    Operation(
        "CardService",
        CARD,
        "GetPinStatus",
        "CardService_v8_1_3.xsd",
        (_CONTEXT, (_HANDLE, True), (f"{{{CARDCMN}}}PinTyp", True)),
    ),
    Operation(
        "CertificateService",
        CERT,
        "CheckCertificateExpiration",
        "CertificateService_v6_0_2.xsd",
        ((_HANDLE, False), _CONTEXT, (f"{{{CERT}}}Crypt", False)),
    ),
    Operation(
        "CertificateService",
        CERT,
        "ReadCardCertificate",
        "CertificateService_v6_0_2.xsd",
        ((_HANDLE, True), _CONTEXT, (f"{{{CERT}}}CertRefList", True), (f"{{{CERT}}}Crypt", False)),
    ),
    Operation(
        "CertificateService",
        CERT,
        "VerifyCertificate",
        "CertificateService_v6_0_2.xsd",
        (_CONTEXT, (f"{{{CERTCMN}}}X509Certificate", True), (f"{{{CERT}}}VerificationTime", False)),
    ),
    Operation("SignatureService", SIG, "GetJobNumber", "SignatureService_V7_5_6.xsd", (_CONTEXT,)),
    Operation("SignatureService", SIG, "GetSignatureMode", "SignatureService_V7_5_6.xsd", ((_HANDLE, True), _CONTEXT)),
    Operation(
        "SignatureService",
        SIG,
        "ActivateComfortSignature",
        "SignatureService_V7_5_6.xsd",
        ((_HANDLE, True), _CONTEXT),
    ),
    Operation("SignatureService", SIG, "DeactivateComfortSignature", "SignatureService_V7_5_6.xsd", ((_HANDLE, True),)),
    Operation(
        "SignatureService",
        SIG,
        "StopSignature",
        "SignatureService_V7_5_6.xsd",
        (_CONTEXT, (f"{{{SIG}}}JobNumber", True)),
    ),
    Operation(
        "SignatureService",
        SIG,
        "SignDocument",
        "SignatureService_V7_5_6.xsd",
        (
            (_HANDLE, True),
            (f"{{{SIG}}}Crypt", False),
            _CONTEXT,
            (f"{{{SIG}}}TvMode", True),
            (f"{{{SIG}}}JobNumber", True),
            (f"{{{SIG}}}SignRequest", True),
        ),
    ),
)
_BY_TAG = {operation.tag: operation for operation in OPERATIONS}
_schema_lock = threading.Lock()


def parse_request(body: bytes) -> tuple[Operation, Any]:
    """The operation and its element; raises Fault 4000 for anything that is not well formed."""
    try:
        root = etree.fromstring(body, _PARSER)
    except etree.XMLSyntaxError as error:
        raise Fault(4000, "Die Anfrage ist kein wohlgeformtes XML.") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Fault(4000, "Eine Anfrage hat keine DTD.")
    if root.tag != f"{{{SOAP}}}Envelope":
        raise Fault(4000, "Die Anfrage ist kein SOAP-1.1-Umschlag.")
    bodies = root.findall(f"{{{SOAP}}}Body")
    if len(bodies) != 1 or len(bodies[0]) != 1:
        raise Fault(4000, "Der Umschlag hat nicht genau einen Inhalt.")
    element = bodies[0][0]
    operation = _BY_TAG.get(element.tag)
    if operation is None:
        raise Fault(4000, f"Diese Operation gibt es hier nicht: {etree.QName(element).localname}")
    return operation, element


def check_request(operation: Operation, element: Any) -> None:
    """Hold the request against our list of children and the official schema; raises Fault 4000."""
    _check_children(operation, element)
    schema = _schema(operation.schema)
    if schema is None:
        return
    document = etree.fromstring(etree.tostring(element), _PARSER)
    with _schema_lock:
        if not schema.validate(document):
            raise Fault(4000, f"Die Anfrage passt nicht zum Schema: {schema.error_log.last_error.message[:300]}")


def _check_children(operation: Operation, element: Any) -> None:
    place = 0
    seen: set[str] = set()
    order = [tag for tag, _ in operation.children]
    for child in element:
        if child.tag not in order:
            raise Fault(4000, f"Unbekanntes Element {child.tag}.")
        if order.index(child.tag) < place:
            raise Fault(4000, f"Falsche Reihenfolge bei {child.tag}.")
        place = order.index(child.tag)
        seen.add(child.tag)
    for tag, required in operation.children:
        if required and tag not in seen:
            raise Fault(4000, f"Es fehlt {tag}.")


@cache
def _schema(name: str) -> Any:
    folder = reference_folder()
    path = None if folder is None else folder / "data" / "konnektor-wsdl" / "conn" / name
    if path is None or not path.is_file():
        return None
    return etree.XMLSchema(etree.parse(str(path), etree.XMLParser(no_network=True)))


def element(tag: str, *children: Any, **attributes: str) -> Any:
    """``element("CONN:Status", …)``: text or child elements; prefixes are those of ``PREFIXES``."""
    prefix, local = tag.split(":")
    made = etree.Element(etree.QName(PREFIXES[prefix], local), nsmap=PREFIXES)
    for name, value in attributes.items():
        made.set(name, value)
    for child in children:
        if isinstance(child, str):
            made.text = child
        else:
            made.append(child)
    return made


def status_ok() -> Any:
    """``CONN:Status`` with Result OK."""
    return element("CONN:Status", element("CONN:Result", "OK"))


def status_error(severity: str, code: int, text: str) -> Any:
    """``CONN:Status`` with a gematik error of this severity inside; its Result can only be OK or Warning (XSD)."""
    return element("CONN:Status", element("CONN:Result", "Warning"), _gerror(code, text, severity))


def envelope(content: Any) -> bytes:
    """The SOAP answer around ``content``."""
    root = element("SOAP-ENV:Envelope", element("SOAP-ENV:Body", content))
    etree.cleanup_namespaces(root)
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return data


def fault_envelope(fault: Fault) -> bytes:
    """The official form of a fault. Source: api-telematik, tel/error/TelematikError.xsd."""
    node = element("SOAP-ENV:Fault")
    for name, text in (("faultcode", "SOAP-ENV:Server"), ("faultstring", "Fehler im Konnektor")):
        etree.SubElement(node, name).text = text
    etree.SubElement(node, "detail").append(_gerror(fault.code, fault.text, "Error"))
    return envelope(node)


def timestamp(moment: datetime.datetime | None = None) -> str:
    """A Konnektor timestamp with its offset."""
    return (moment or datetime.datetime.now(datetime.UTC)).astimezone().isoformat(timespec="seconds")


def _gerror(code: int, text: str, severity: str) -> Any:
    trace = (
        ("EventID", "1"),
        ("Instance", "Konnektor"),
        ("LogReference", "0"),
        ("CompType", "Konnektor"),
        ("Code", str(code)),
        ("Severity", severity),
        ("ErrorType", "Security" if code == 4204 else "Technical"),
        ("ErrorText", text),
    )
    return element(
        "GERROR:Error",
        element("GERROR:MessageID", f"drill-{next(_message_ids)}"),
        element("GERROR:Timestamp", timestamp()),
        element("GERROR:Trace", *(element(f"GERROR:{name}", value) for name, value in trace)),
    )
