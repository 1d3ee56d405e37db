"""A Konnektor that only tells: it answers from the reference samples and keeps what it was asked.

Every request is checked against the official schema; what does not fit is answered with
fault 4000 and kept in ``objections``, which tests expect to be empty.
"""

import contextlib
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from lxml import etree

from counterparts.tls_server import Identity, TlsServer, serve_tls

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
SCHEMAS = {
    "http://ws.gematik.de/conn/EventService/v7.2": "conn/EventService.xsd",
    "http://ws.gematik.de/conn/CardService/v8.1": "conn/CardService_v8_1_3.xsd",
    "http://ws.gematik.de/conn/CertificateService/v6.0": "conn/CertificateService_v6_0_2.xsd",
    "http://ws.gematik.de/conn/SignatureService/v7.5": "conn/SignatureService_V7_5_6.xsd",
    "http://ws.gematik.de/conn/SignatureService/v7.4": "conn/SignatureService_V7_4_4.xsd",
}
SAMPLES = {
    "GetResourceInformation": "GetResourceInformation.response.online.xml",
    "GetCards": "GetCards.response.xml",
    "GetCardTerminals": "GetCardTerminals.response.xml",
    "GetPinStatus": "GetPinStatus.response.verifiable.xml",
    "CheckCertificateExpiration": "CheckCertificateExpiration.response.xml",
    "ReadCardCertificate": "ReadCardCertificate.response.xml",
    "VerifyCertificate": "VerifyCertificate.response.inconclusive.xml",
    "GetJobNumber": "GetJobNumber.response.xml",
    "SignDocument": "SignDocument.response.xml",
}


@dataclass
class Asked:
    """One HTTP request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def operation(self) -> str:
        return self.headers.get("soapaction", "").strip('"').rpartition("#")[2]


@dataclass
class SoapStub:
    """What it answers (operation → sample file or whole raw answer) and what it was asked."""

    wsdl: Path
    answers: dict[str, str | bytes] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    objections: list[str] = field(default_factory=list)
    server: TlsServer | None = None
    hang_up_after: int | None = None

    @property
    def port(self) -> int:
        assert self.server is not None
        return self.server.port

    def sample(self, name: str) -> bytes:
        return (self.wsdl / "examples" / name).read_bytes()

    def talk(self, tls: ssl.SSLSocket) -> None:
        """One connection: requests until the client goes away."""
        stream = tls.makefile("rb")
        for number in range(1000):
            if self.hang_up_after is not None and number >= self.hang_up_after:
                return
            asked = _read_request(stream)
            if asked is None:
                return
            self.asked.append(asked)
            tls.sendall(self._answer(asked))

    def _answer(self, asked: Asked) -> bytes:
        if asked.method == "GET":
            given = self.answers.get(asked.path, "connector.sds.tls-mandatory.xml")
            return given if isinstance(given, bytes) else http(200, self._directory(self.sample(given)))
        objection = schema_objection(self.wsdl, asked.body)
        if objection is not None:
            self.objections.append(objection)
        given = self.answers.get(asked.operation, SAMPLES[asked.operation])
        if isinstance(given, bytes):
            return given
        return http(500 if given.startswith("Fault") else 200, self.sample(given))

    def _directory(self, sds: bytes) -> bytes:
        return sds.replace(b"192.168.178.50:443", f"127.0.0.1:{self.port}".encode())


def http(status: int, body: bytes, *headers: str) -> bytes:
    """A whole HTTP answer."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Content-Type: text/xml", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


@cache
def _schema(path: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(path), etree.XMLParser(no_network=True)))


def schema_objection(wsdl: Path, envelope: bytes) -> str | None:
    """What the official schema says against a request, or None."""
    root = etree.fromstring(envelope)
    body = root.find(f"{SOAP}Body")
    assert body is not None
    # A copy, so that the schema sees the element as a document of its own.
    content = etree.fromstring(etree.tostring(body[0]))
    schema = _schema(wsdl / SCHEMAS[etree.QName(content).namespace or ""])
    return None if schema.validate(content) else str(schema.error_log)


@contextlib.contextmanager
def serve_soap(
    wsdl: Path, identity: Identity, folder: Path, *, client_ca: Identity | None = None, tls12: bool = False
) -> Iterator[SoapStub]:
    """A running stub; its directory points at itself."""
    stub = SoapStub(wsdl)
    with serve_tls(stub.talk, identity, folder, client_ca=client_ca, tls12=tls12) as server:
        stub.server = server
        yield stub


def _read_request(stream: object) -> Asked | None:
    readline: Callable[[], bytes] = stream.readline  # type: ignore[attr-defined]
    first = readline().decode()
    if not first:
        return None
    method, path, _ = first.split(" ", 2)
    headers: dict[str, str] = {}
    while line := readline().decode().strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", "0")))  # type: ignore[attr-defined]
    return Asked(method, path, headers, body)
