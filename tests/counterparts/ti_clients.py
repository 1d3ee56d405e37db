"""Plain clients of the simulated TI: http.client, lxml, smtplib and poplib, nothing of ours."""

import base64
import email
import email.policy
import email.utils
import http.client
import poplib
import smtplib
import ssl
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from lxml import etree

from papierbruecke.drill.practice_setup import kassen_adresse
from papierbruecke.settings import Einstellungen, KimEinstellungen, KonnektorEinstellungen

CONN = "http://ws.gematik.de/conn/ConnectorCommon/v5.0"
CCTX = "http://ws.gematik.de/conn/ConnectorContext/v2.0"
EVT = "http://ws.gematik.de/conn/EventService/v7.2"
CARD = "http://ws.gematik.de/conn/CardService/v8.1"
CARDCMN = "http://ws.gematik.de/conn/CardServiceCommon/v2.0"
CERT = "http://ws.gematik.de/conn/CertificateService/v6.0"
SIG = "http://ws.gematik.de/conn/SignatureService/v7.5"
DSS = "urn:oasis:names:tc:dss:1.0:core:schema"
NAMES = {"CONN": CONN, "EVT": EVT, "CARD": CARD, "CERT": CERT, "SIG": SIG, "dss": DSS}


def tls(settings: KonnektorEinstellungen, folder: Path, *, brainpool: bool = True) -> ssl.SSLContext:
    """A client context with the client certificate of the settings."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if brainpool:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ecdh_curve("brainpoolP256r1")
    assert settings.client_p12 is not None
    assert settings.client_p12_passwort is not None
    key, certificate, _ = pkcs12.load_key_and_certificates(settings.client_p12, settings.client_p12_passwort.encode())
    assert key is not None
    assert certificate is not None
    path = folder / "client.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context.load_cert_chain(path)
    return context


class Soap:
    """One connection to the simulated Konnektor."""

    def __init__(self, settings: KonnektorEinstellungen, folder: Path, *, brainpool: bool = True) -> None:
        assert settings.adresse is not None
        self.settings = settings
        self.connection = http.client.HTTPSConnection(
            settings.adresse, settings.port, timeout=30, context=tls(settings, folder, brainpool=brainpool)
        )

    def __enter__(self) -> "Soap":
        return self

    def __exit__(self, *exc: object) -> None:
        self.connection.close()

    def get(self, path: str) -> tuple[int, bytes]:
        """A GET request."""
        self.connection.request("GET", path)
        response = self.connection.getresponse()
        return response.status, response.read()

    def endpoints(self) -> dict[str, str]:
        """Target namespace → path, as connector.sds tells it."""
        root = etree.fromstring(self.get("/connector.sds")[1])
        return {
            version.get("TargetNamespace"): "/" + version.find("{*}EndpointTLS").get("Location").split("/", 3)[3]
            for version in root.iter("{*}Version")
            if version.find("{*}EndpointTLS") is not None
        }

    def context(self, **changed: str | None) -> str:
        """The Context element, with changed values for bad requests."""
        values: dict[str, str | None] = {
            "MandantId": self.settings.mandant,
            "ClientSystemId": self.settings.clientsystem,
            "WorkplaceId": self.settings.arbeitsplatz,
        } | changed
        inner = "".join(f"<CONN:{name}>{value}</CONN:{name}>" for name, value in values.items() if value is not None)
        return f'<CCTX:Context xmlns:CCTX="{CCTX}" xmlns:CONN="{CONN}">{inner}</CCTX:Context>'

    def post(
        self, path: str, action: str, body: bytes, content_type: str = "text/xml; charset=utf-8"
    ) -> tuple[int, Any]:
        """A raw POST; the answer's body element."""
        self.connection.request("POST", path, body, {"Content-Type": content_type, "SOAPAction": action})
        response = self.connection.getresponse()
        root = etree.fromstring(response.read())
        return response.status, root[0][0]

    def call(self, namespace: str, operation: str, inner: str | None = None, attributes: str = "") -> tuple[int, Any]:
        """One operation at its own endpoint."""
        inner = self.context() if inner is None else inner
        body = f'<X:{operation} xmlns:X="{namespace}" {attributes}>{inner}</X:{operation}>'
        path = self.endpoints()[namespace]
        return self.post(path, f'"{namespace}#{operation}"', envelope(body))

    def job_number(self) -> str:
        """GetJobNumber."""
        number = self.call(SIG, "GetJobNumber")[1].findtext(f"{{{SIG}}}JobNumber")
        assert isinstance(number, str)
        return number

    def sign(
        self, documents: dict[str, bytes], job: str, handle: str = "hba-1", **changed: str | None
    ) -> tuple[int, Any]:
        """SignDocument over all documents."""
        requests = "".join(
            f'<X:SignRequest RequestID="{key}"><X:OptionalInputs>'
            f'<dss:SignatureType xmlns:dss="{DSS}">urn:ietf:rfc:5652</dss:SignatureType>'
            "<X:IncludeEContent>true</X:IncludeEContent></X:OptionalInputs>"
            f'<X:Document ShortText="eAU"><dss:Base64Data xmlns:dss="{DSS}">{base64.b64encode(data).decode()}'
            "</dss:Base64Data></X:Document><X:IncludeRevocationInfo>true</X:IncludeRevocationInfo></X:SignRequest>"
            for key, data in documents.items()
        )
        context = self.context(**({"UserId": self.settings.user_id} | changed))
        inner = (
            f'<CONN:CardHandle xmlns:CONN="{CONN}">{handle}</CONN:CardHandle><X:Crypt>ECC</X:Crypt>{context}'
            f"<X:TvMode>NONE</X:TvMode><X:JobNumber>{job}</X:JobNumber>{requests}"
        )
        return self.call(SIG, "SignDocument", inner)


def envelope(body: str) -> bytes:
    """A SOAP 1.1 envelope."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">'
        f"<s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def fault_code(answer: Any) -> int:
    """The gematik code of the last Trace in a fault."""
    assert etree.QName(answer).localname == "Fault"
    return int(answer.findall(".//{*}Trace")[-1].findtext("{*}Code"))


def signatures(answer: Any) -> dict[str, bytes | None]:
    """RequestID → CMS, None where the document was not signed."""
    found: dict[str, bytes | None] = {}
    for response in answer.findall(f"{{{SIG}}}SignResponse"):
        text = response.findtext(f"{{{DSS}}}SignatureObject/{{{DSS}}}Base64Signature")
        found[response.get("RequestID")] = None if text is None else base64.b64decode(text)
    return found


def kim_tls() -> ssl.SSLContext:
    """A client context for the Clientmodul."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def smtp(kim: KimEinstellungen, *, login: bool = True) -> smtplib.SMTP_SSL:
    """A connection to the SMTP port."""
    assert kim.smtp_host is not None
    connection = smtplib.SMTP_SSL(kim.smtp_host, kim.smtp_port, context=kim_tls(), timeout=30)
    connection.ehlo("test")
    try:
        if login:
            connection.login(kim.smtp_benutzer or "", kim.passwort or "")
    except smtplib.SMTPException:
        connection.close()
        raise
    return connection


def pop3(kim: KimEinstellungen) -> poplib.POP3_SSL:
    """A logged-in connection to the POP3 port."""
    assert kim.pop3_host is not None
    connection = poplib.POP3_SSL(kim.pop3_host, kim.pop3_port, context=kim_tls(), timeout=30)
    try:
        connection.user(kim.pop3_benutzer or "")
        connection.pass_(kim.passwort or "")
    except poplib.error_proto:
        connection.close()
        raise
    return connection


def box(kim: KimEinstellungen) -> list[EmailMessage]:
    """Every mail in the box, in order."""
    connection = pop3(kim)
    mails = []
    for number in range(1, connection.stat()[0] + 1):
        data = b"\r\n".join(connection.retr(number)[1]) + b"\r\n"
        mail = email.message_from_bytes(data, policy=email.policy.SMTP)
        assert isinstance(mail, EmailMessage)
        assert not mail.defects
        mails.append(mail)
    connection.quit()
    return mails


def eau_mail(
    settings: Einstellungen, kennung: str, p7s: bytes, *, ik: str = "101234561", storno: bool = False
) -> EmailMessage:
    """An eAU mail that keeps every rule; tests break one at a time."""
    kim, name = settings.kim, f"EEAU0_{'Storno_' if storno else ''}{kennung}"
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"] = kim.adresse
    mail["To"] = kassen_adresse(ik)
    mail["Reply-To"] = kim.adresse
    mail["Subject"] = name
    mail["Date"] = email.utils.format_datetime(datetime.now(UTC))
    mail["Message-ID"] = f"<{uuid4()}@test-kim.kim.telematik-test>"
    mail["X-KIM-Dienstkennung"] = f"eAU;{'Storno-Arzt' if storno else 'Lieferung'};V1.2"
    mail["X-KIM-Sendersystem"] = "Test;1.0"
    mail["X-KIM-Support"] = "support@beispiel.example"
    mail.set_content("eAU")
    mail.add_attachment(p7s, maintype="application", subtype="octet-stream", filename=f"{name}.p7s")
    attachment = next(iter(mail.iter_attachments()))
    attachment.set_param("name", f"{name}.p7s")
    attachment["Content-Description"] = "eAUStorno" if storno else "eAU"
    return mail


def hand_in(
    connection: smtplib.SMTP_SSL,
    mail: EmailMessage,
    *,
    sender: str | None = None,
    notify: tuple[str, ...] = ("NOTIFY=SUCCESS,FAILURE",),
) -> None:
    """MAIL, RCPT with DSN request, DATA."""
    connection.sendmail(
        sender or str(mail["From"]), [str(mail["To"])], mail.as_bytes(), mail_options=("RET=HDRS",), rcpt_options=notify
    )
