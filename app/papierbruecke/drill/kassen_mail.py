"""The mails that come back into the practice's box: DSN, Kassen-Fehlernachricht, letters of others.

Source: gematik api-kim FAQ on KOM-LE-A_2147 (DSN), RFC 3464; TA eAU KP310-13 and KP5-05
(Fehlernachricht).
"""

import email.policy
import email.utils
import json
from datetime import UTC, datetime
from email.message import EmailMessage
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
    sender = f"postmaster@{empfaenger.partition('@')[2]}"
    boundary = f"dsn-{uuid4().hex}"
    text = _DSN.format(
        sender=sender,
        to=KIM_ADRESSE,
        now=now,
        own_id=f"<{uuid4()}@{sender.partition('@')[2]}>",
        message_id=message_id,
        boundary=boundary,
        recipient=empfaenger,
        action=action,
        status=status,
    )
    return text.replace("\n", "\r\n").encode("ascii")


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


def build_clientmodul_error(codes: tuple[str, ...], message_id: str | None) -> bytes:
    """A mail of the Clientmodul itself: it could not send (In-Reply-To) or not decrypt something.

    Source: gemSpec_CM_KOMLE A_20650-03, header X-KIM-Fehlermeldung.
    """
    mail = EmailMessage(policy=email.policy.SMTP)
    _head(mail, KIM_ADRESSE, "Fehlermeldung des KIM-Clientmoduls")
    for code in codes:
        mail["X-KIM-Fehlermeldung"] = code
    if message_id is not None:
        mail["In-Reply-To"] = message_id
    mail.set_content(f"Das Clientmodul meldet: {', '.join(codes)}.")
    return mail.as_bytes()


def build_eeb(signed: bytes, sender: str, *, integrity: str = "01") -> bytes:
    """An elektronische Ersatzbescheinigung: one signed bundle (eEB-IG, KIM message structure)."""
    number = uuid4()
    mail = EmailMessage(policy=email.policy.SMTP)
    _head(mail, sender, f"TEEB0_BES_{number}")
    mail.replace_header("X-KIM-IntegrityCheckResult", integrity)
    mail["X-KIM-Dienstkennung"] = "eEB;Bescheinigung;V1.1"
    mail.set_content("Elektronische Ersatzbescheinigung.")
    mail.add_attachment(signed, maintype="application", subtype="octet-stream", filename=f"TEEB0_BES_{number}.p7s")
    next(iter(mail.iter_attachments()))["Content-Description"] = "eEB_BES"
    return mail.as_bytes()


def build_foreign_mail(number: int) -> bytes:
    """A letter of somebody else in a shared box: an eArztbrief that is none of our business."""
    mail = EmailMessage(policy=email.policy.SMTP)
    _head(mail, "praxis.beispiel@test-kim.kim.telematik-test", f"Arztbrief {number}")
    mail["X-KIM-Dienstkennung"] = "Arztbrief;VHitG-Versand;V1.2"
    mail.set_content("Ein Brief, der nicht zu einer eAU gehört.")
    mail.add_attachment(b"%PDF-1.4 Beispiel", maintype="application", subtype="pdf", filename="Brief.pdf")
    return mail.as_bytes()


def _head(mail: EmailMessage, sender: str, subject: str) -> None:
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

_DSN = """From: {sender}
To: {to}
Subject: Zustellbericht
Date: {now}
Message-ID: {own_id}
In-Reply-To:
 {message_id}
References:
 {message_id}
Auto-Submitted: auto-replied
MIME-Version: 1.0
X-KIM-DecryptionResult: 00
X-KIM-IntegrityCheckResult: 01
Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"

--{boundary}
Content-Type: text/plain; charset=us-ascii

Zustellbericht des Mailservers.
--{boundary}
Content-Type: message/delivery-status

Reporting-MTA: dns; smtp.test-kim.kim.telematik-test
Arrival-Date: {now}

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}

--{boundary}
Content-Type: text/rfc822-headers

Message-ID: {message_id}
To: {recipient}
--{boundary}--
"""
