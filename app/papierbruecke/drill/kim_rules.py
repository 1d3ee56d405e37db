"""What a mail with an eAU must look like before the Clientmodul takes it (pure).

Source: TA eAU V1.26 P5-02 and P5-07; gematik api-kim, guide Primärsystem.
"""

import email
import email.utils
import re
import socket
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import Message

DOMAIN = ".kim.telematik-test"
_HOST_NAME = socket.gethostname().lower()
_SUBJECT = re.compile(
    r"[ET]EAU0_(?P<storno>Storno_)?(?P<id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
)
_FOLD = re.compile(r"\r?\n(?=[ \t])")
_MESSAGE_ID = re.compile(r"<[^<>@\s]+@[^<>@\s]+>")
_KENNUNG = re.compile(r"eAU;(?P<dienst>Lieferung|Storno-Arzt);(?P<version>V[0-9]+\.[0-9]+)")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DATE = re.compile(
    rf"(?:{'|'.join(_WEEKDAYS)}), [0-9]{{1,2}} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [0-9]{{4}} "
    r"[0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4}"
)
DATE_TOLERANCE = timedelta(minutes=10)
"""Date is the moment of this attempt, not of the first one and not of the AU: it decides the version (P5-08)."""


class MailRefused(Exception):
    """The mail breaks a rule; its text says which."""


@dataclass(frozen=True, slots=True)
class EauMail:
    """An eAU mail that keeps every rule."""

    message_id: str
    datum: datetime  # the Date header in its own zone
    kim: str  # the version in X-KIM-Dienstkennung
    absender: str
    empfaenger: str
    dokumenten_id: str
    dateiname: str
    storno: bool
    p7s: bytes


def check_mail(
    data: bytes, login: str, sender: str, recipients: list[str], jetzt: datetime, versionen: Collection[str]
) -> EauMail:
    """Hold a mail against every rule of the transport; raises MailRefused with the first broken one.

    ``versionen``: those of X-KIM-Dienstkennung that were ever published. Which of them fits the day and the
    bundle the Krankenkasse judges.
    """
    head = data.split(b"\r\n\r\n", 1)[0]
    if not head.isascii():
        raise MailRefused("Kopfzeilen enthalten Zeichen ausserhalb ASCII")
    mail = email.message_from_bytes(data)
    if mail.defects:
        raise MailRefused(f"Mail ist fehlerhaft: {type(mail.defects[0]).__name__}")
    _check_addresses(mail, login, sender, recipients)
    message_id = _one(mail, "Message-ID")
    if _MESSAGE_ID.fullmatch(message_id) is None:
        raise MailRefused("Message-ID hat nicht die Form <links@rechts>")
    if _HOST_NAME in message_id.lower():
        raise MailRefused("Message-ID verraet den Rechnernamen")
    datum = _date(_one(mail, "Date"), jetzt)
    if _one(mail, "MIME-Version") != "1.0":
        raise MailRefused("MIME-Version fehlt")
    subject = _SUBJECT.fullmatch(_one(mail, "Subject"))
    if subject is None:
        raise MailRefused("Subject ist nicht <E|T>EAU0_<Dokumenten-ID>")
    storno = subject["storno"] is not None
    kennung = _KENNUNG.fullmatch(_one(mail, "X-KIM-Dienstkennung"))
    if kennung is None or kennung["dienst"] != ("Storno-Arzt" if storno else "Lieferung"):
        raise MailRefused("X-KIM-Dienstkennung passt nicht")
    if kennung["version"] not in versionen:
        raise MailRefused(f"Eine Version {kennung['version']} der X-KIM-Dienstkennung gibt es nicht")
    if re.fullmatch(r"[^;]+;[^;]+", _one(mail, "X-KIM-Sendersystem")) is None:
        raise MailRefused("X-KIM-Sendersystem ist nicht <Systemname>;<Version>")
    if "@" not in _one(mail, "X-KIM-Support"):
        raise MailRefused("X-KIM-Support ist keine Adresse")
    name = f"{subject.group()}.p7s"
    return EauMail(
        message_id=message_id,
        datum=datum,
        kim=kennung["version"],
        absender=login,
        empfaenger=recipients[0],
        dokumenten_id=subject["id"],
        dateiname=name,
        storno=storno,
        p7s=_attachment(mail, name, "eAUStorno" if storno else "eAU"),
    )


def check_notify(options: list[str]) -> None:
    """Every eAU asks for a DSN, for success and failure (TA P5-07, RFC 3461)."""
    notify = [option.partition("=")[2] for option in options if option.upper().startswith("NOTIFY=")]
    if len(notify) != 1 or not {"SUCCESS", "FAILURE"} <= set(notify[0].upper().split(",")):
        raise MailRefused("RCPT TO ohne NOTIFY=SUCCESS,FAILURE")


def _date(text: str, jetzt: datetime) -> datetime:
    """The Date header: of the shape of RFC 5322 3.3 with an offset, a day that exists, and now."""
    if _DATE.fullmatch(text) is None or text.endswith("-0000"):
        raise MailRefused("Date hat nicht die Form der RFC 5322 mit Zeitzone")
    datum = email.utils.parsedate_to_datetime(text)
    if _WEEKDAYS[datum.weekday()] != text[:3]:
        raise MailRefused("Date nennt einen Wochentag, der nicht zum Datum passt")
    if abs(datum - jetzt) > DATE_TOLERANCE:
        raise MailRefused("Date ist nicht der Zeitpunkt dieses Versands")
    return datum


def _check_addresses(mail: Message, login: str, sender: str, recipients: list[str]) -> None:
    if sender != login or _address(mail, "From") != login:
        raise MailRefused("From und MAIL FROM muessen die angemeldete Adresse sein (A_23421)")
    if len(recipients) != 1 or _address(mail, "To") != recipients[0]:
        raise MailRefused("Genau ein Empfaenger, derselbe in To und RCPT TO")
    for name in ("Cc", "Bcc", "Disposition-Notification-To", "Resent-To"):
        if mail.get_all(name):
            raise MailRefused(f"{name} ist nicht erlaubt")
    if not _address(mail, "Reply-To").endswith(DOMAIN):
        raise MailRefused("Reply-To ist keine KIM-Adresse")


def _attachment(mail: Message, name: str, description: str) -> bytes:
    if mail.get_content_type() != "multipart/mixed":
        raise MailRefused("Die Mail ist nicht multipart/mixed")
    parts = mail.get_payload()
    if not isinstance(parts, list) or len(parts) != 2:
        raise MailRefused("Erwartet werden ein Textteil und genau ein Anhang")
    text, part = parts
    if not isinstance(text, Message) or not isinstance(part, Message) or text.get_content_type() != "text/plain":
        raise MailRefused("Erwartet werden ein Textteil und genau ein Anhang")
    if part.get_content_type() != "application/octet-stream" or part.get_param("name") != name:
        raise MailRefused("Content-Type des Anhangs ist nicht application/octet-stream; name=<Subject>.p7s")
    if part.get_content_disposition() != "attachment" or part.get_filename() != name:
        raise MailRefused("Content-Disposition des Anhangs ist nicht attachment; filename=<Subject>.p7s")
    if str(part.get("Content-Transfer-Encoding", "")).lower() != "base64":
        raise MailRefused("Der Anhang ist nicht base64")
    if part.get("Content-Description") != description:
        raise MailRefused(f"Content-Description ist nicht {description}")
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes) or not content:
        raise MailRefused("Der Anhang ist leer")
    return content


def _one(mail: Message, name: str) -> str:
    values = mail.get_all(name, [])
    if len(values) != 1:
        raise MailRefused(f"{name} fehlt oder steht mehrfach da")
    return _FOLD.sub("", str(values[0])).strip()


def _address(mail: Message, name: str) -> str:
    addresses = email.utils.getaddresses([_one(mail, name)])
    if len(addresses) != 1:
        raise MailRefused(f"{name} nennt nicht genau eine Adresse")
    return addresses[0][1]
