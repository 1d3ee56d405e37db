"""The mails that come back into the practice's box: DSN, Kassen-Fehlernachricht, letters of others.

Source: gematik api-kim FAQ on KOM-LE-A_2147 (DSN), RFC 3464; TA eAU KP310-13 and KP5-05
(Fehlernachricht).
"""

import email.policy
import email.utils
import json
from datetime import UTC, datetime
from email.message import EmailMessage
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from functools import cache
from uuid import uuid4
from xml.sax.saxutils import escape

from papierbruecke.drill.practice_setup import KIM_ADRESSE
from papierbruecke.resources import folder

VIREN_TEXT = "Achtung möglicher Virenbefall"
MESSAGE_ID_CODES = frozenset({"301", "307", "313", "314"})  # correlated by Message-ID (KP310-13)


@cache
def fehlercodes() -> dict[str, str]:
    """Code of a Fehlernachricht → its official text."""
    document = json.loads((folder() / "drill" / "fehlercodes.json").read_text(encoding="utf-8"))
    codes: dict[str, str] = document["codes"]
    return codes


def build_dsn(message_id: str, empfaenger: str, action: str = "delivered", status: str = "2.0.0") -> bytes:
    """A delivery status notification that answers the mail with this Message-ID."""
    now = email.utils.format_datetime(datetime.now(UTC))
    report = MIMEMultipart("report")
    report.set_param("report-type", "delivery-status")
    _head(report, f"postmaster@{empfaenger.partition('@')[2]}", "Zustellbericht")
    report["In-Reply-To"] = message_id
    report["References"] = message_id
    report["Auto-Submitted"] = "auto-replied"
    report.attach(MIMEText("Zustellbericht des Mailservers.\r\n", "plain", "utf-8"))
    fields = (
        "Reporting-MTA: dns; smtp.test-kim.kim.telematik-test\r\n"
        f"Arrival-Date: {now}\r\n\r\n"
        f"Final-Recipient: rfc822; {empfaenger}\r\nAction: {action}\r\nStatus: {status}\r\n"
    )
    delivery = MIMEMessage(email.message_from_string(fields, policy=email.policy.compat32), "delivery-status")
    report.attach(delivery)
    headers = MIMEText(f"Message-ID: {message_id}\r\nTo: {empfaenger}\r\n", "rfc822-headers")
    report.attach(headers)
    return report.as_bytes(policy=email.policy.SMTP)


def build_fehlernachricht(
    code: str, empfaenger: str, dokumenten_id: str | None, message_id: str | None, virenbefall: bool = False
) -> bytes:
    """A Kassen-Fehlernachricht: unsigned OperationOutcome that names the eAU or its mail."""
    nummer = dokumenten_id or str(uuid4())
    if dokumenten_id is not None:
        kind, system, value = "Bundle-Identifier", "urn:ietf:rfc:3986", f"urn:uuid:{dokumenten_id}"
    else:
        kind, system = "Message-ID", "https://fhir.kbv.de/NamingSystem/KBV_NS_EAU_Message_ID_KIM"
        value = message_id or ""
    document = _OPERATION_OUTCOME.format(
        id=uuid4(),
        kind=kind,
        system=system,
        value=escape(value, {'"': "&quot;"}),
        code=code,
        display=escape(fehlercodes().get(code, "Unbekannter Fehler."), {'"': "&quot;"}),
    )
    mail = EmailMessage(policy=email.policy.SMTP)
    _head(mail, empfaenger, f"EEAU0_Fehler_{nummer}")
    mail["X-KIM-Dienstkennung"] = "eAU;Fehler-Kasse;V1.2"
    mail.set_content(VIREN_TEXT if virenbefall else "Fehlernachricht zu einer eAU.")
    mail.add_attachment(document.encode(), maintype="application", subtype="xml", filename=f"EEAU0_Fehler_{nummer}.xml")
    attachment = next(iter(mail.iter_attachments()))
    attachment.set_param("name", f"EEAU0_Fehler_{nummer}.xml")
    attachment["Content-Description"] = "eAUFehler-Kasse"
    return mail.as_bytes()


def build_foreign_mail(number: int) -> bytes:
    """A letter of somebody else in a shared box: an eArztbrief that is none of our business."""
    mail = EmailMessage(policy=email.policy.SMTP)
    _head(mail, "praxis.beispiel@test-kim.kim.telematik-test", f"Arztbrief {number}")
    mail["X-KIM-Dienstkennung"] = "Arztbrief;VHitG-Versand;V1.2"
    mail.set_content("Ein Brief, der nicht zu einer eAU gehört.")
    mail.add_attachment(b"%PDF-1.4 Beispiel", maintype="application", subtype="pdf", filename="Brief.pdf")
    return mail.as_bytes()


def _head(mail: EmailMessage | MIMEMultipart, sender: str, subject: str) -> None:
    mail["From"] = sender
    mail["To"] = KIM_ADRESSE
    mail["Subject"] = subject
    mail["Date"] = email.utils.format_datetime(datetime.now(UTC))
    mail["Message-ID"] = f"<{uuid4()}@{sender.partition('@')[2]}>"
    # What the Clientmodul found out while decrypting (api-kim, E-Mail handling).
    mail["X-KIM-DecryptionResult"] = "00"
    mail["X-KIM-IntegrityCheckResult"] = "01"


_OPERATION_OUTCOME = """<?xml version="1.0" encoding="UTF-8"?>
<OperationOutcome xmlns="http://hl7.org/fhir"><id value="{id}"/><meta>\
<profile value="https://fhir.kbv.de/StructureDefinition/KBV_PR_EAU_health_insurance_Practitioner|1.2"/></meta>\
<issue><extension \
url="https://fhir.kbv.de/StructureDefinition/KBV_EX_EAU_health_insurance_Practitioner_Identifier">\
<extension url="{kind}"><valueIdentifier><system value="{system}"/><value value="{value}"/></valueIdentifier>\
</extension></extension><severity value="fatal"/><code value="processing"/><details><coding>\
<system value="https://fhir.kbv.de/CodeSystem/KBV_CS_SFHIR_EAU_AU_ERROR_KASSE"/><code value="{code}"/>\
<display value="{display}"/></coding></details></issue></OperationOutcome>
"""
