"""Synthetic KIM mails: one that we send, and what comes back."""

import base64
from datetime import UTC, datetime

from papierbruecke.kim.model import Sendung

DOKUMENTEN_ID = "12a8e1db-448c-5879-aecd-1f81f1b253d5"
MESSAGE_ID = f"<{DOKUMENTEN_ID}.1@papierbruecke.invalid>"
SENDUNG = Sendung(
    message_id=MESSAGE_ID,
    datum=datetime(2026, 11, 24, 17, 5, 9, tzinfo=UTC),
    empfaenger="eau@musterkasse.kim.telematik",
    dienstkennung="eAU;Lieferung;V1.2",
    betreff=f"EEAU0_{DOKUMENTEN_ID}",
    dateiname=f"EEAU0_{DOKUMENTEN_ID}.p7s",
    beschreibung="eAU",
    inhalt=bytes(range(256)) * 40,
)
ABSENDER = "praxis@testfall.kim.telematik"


def dsn(
    action: str = "delivered",
    status: str = "2.0.0",
    *,
    reply: str = f"In-Reply-To: {MESSAGE_ID}\n",
    original: bool = False,
) -> bytes:
    """A delivery status notification as mail servers write it."""
    third = (
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {MESSAGE_ID}\nSubject: EEAU0_x\n\n" if original else ""
    )
    return (
        f"From: MAILER-DAEMON@kim.telematik\n{reply}Date: Tue, 24 Nov 2026 18:06:00 +0100\n"
        'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nzugestellt\n\n"
        "--b\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mail.kim.telematik\nArrival-Date: Tue, 24 Nov 2026 18:05:30 +0100\n\n"
        f"Final-Recipient: rfc822; eau@musterkasse.kim.telematik\nAction: {action}\nStatus: {status}\n\n"
        f"{third}--b--\n"
    ).encode()


def fehler_mail(xml: bytes, *, body: str = "Fehler", dienst: str = "eAU;Fehler-Kasse;V1.2") -> bytes:
    """A Fehlernachricht as a Kasse sends it (TA KP5-05)."""
    return (
        f"From: eau@musterkasse.kim.telematik\nX-KIM-Dienstkennung: {dienst}\nSubject: EEAU0_Fehler_1\n"
        'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{body}\n"
        "--b\nContent-Type: application/xml; name=EEAU0_Fehler_1.xml\nContent-Transfer-Encoding: base64\n"
        f"Content-Description: eAUFehler-Kasse\n\n{base64.encodebytes(xml).decode()}\n--b--\n"
    ).encode()


def outcome(code: str, system: str, value: str) -> bytes:
    """An OperationOutcome of a Kasse."""
    return (
        '<OperationOutcome xmlns="http://hl7.org/fhir"><issue>'
        '<extension url="x"><extension url="y"><valueIdentifier>'
        f'<system value="{system}"/><value value="{value}"/></valueIdentifier></extension></extension>'
        f'<details><coding><code value="{code}"/><display value="Titel"/></coding></details>'
        "</issue></OperationOutcome>"
    ).encode()
