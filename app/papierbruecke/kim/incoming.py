"""What lies in the KIM box: DSN, Fehlernachricht of a Krankenkasse, error of the Clientmodul, or not ours (pure).

Everything here was written by others: whatever does not parse cleanly is foreign mail and
stays where it is. Source: domain sheet eau-kim §6, §8.3, §8.4 (TA eAU P5-04, KP310-13, KP5-05).
"""

import email.parser
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from papierbruecke.kim.model import (
    Clientmodulfehler,
    EebMail,
    Eingang,
    FremdeMail,
    Kassenfehler,
    Lesebestaetigung,
    Zustellnachricht,
)
from papierbruecke.konnektor.hardened_xml import XmlRefused, parse_hardened

if TYPE_CHECKING:
    from lxml.etree import _Element

FHIR = "{http://hl7.org/fhir}"
URI = "urn:ietf:rfc:3986"
MESSAGE_ID = "https://fhir.kbv.de/NamingSystem/KBV_NS_EAU_Message_ID_KIM"
FEHLER_KASSE = "eAU;Fehler-Kasse"
EEB = "eEB;Bescheinigung"
VIREN = "Achtung möglicher Virenbefall"
"""Body that stands for a malware finding instead of a technical error (TA P5-04 AC12c)."""

_SUBJECT = re.compile(r"\s*[ET]EAU0_Fehler_", re.IGNORECASE)
_EEB_SUBJECT = re.compile(r"\s*[ET]EEB0_BES_", re.IGNORECASE)
_IDS = re.compile(r"<[^<>\s]{1,250}>")
_DISPOSITION = re.compile(r"[a-z-]{1,30}")
_CODE = re.compile(r"\b(x[\w.-]{1,20}|\d{4})\b")
_TEMPORARY = {"4006", "4007", "4009", "4011", "4012", "4013"}
"""Decrypting or downloading failed: readable later, when card and Konnektor are back."""
_MAX_PARTS = 50


def is_ours(headers: bytes) -> bool:
    """Whether a mail is worth fetching whole: DSN, Fehler-Kasse or error header.

    Decided by headers alone (``TOP n 0``), so that we never read the practice's other mail.
    """
    head = _parse(headers)
    return head is not None and (
        head.get_content_type() == "multipart/report"
        or head.get("X-KIM-Fehlermeldung") is not None
        or _is_fehler_kasse(head)
    )


def read_mail(uidl: str, raw: bytes) -> Eingang:
    """One whole mail as a value."""
    mail = _parse(raw)
    if mail is None:
        return FremdeMail(uidl)
    parts = list(_parts(mail))
    if mail.get_content_type() == "multipart/report":
        dsn = _read_dsn(uidl, mail, parts)
        if dsn is not None:
            return dsn
        mdn = _read_mdn(uidl, mail, parts)
        if mdn is not None:
            return mdn
    codes = tuple(code for value in mail.get_all("X-KIM-Fehlermeldung", []) for code in _CODE.findall(str(value)))
    if codes:
        return Clientmodulfehler(
            uidl=uidl,
            codes=codes,
            in_reply_to=_message_ids(_answered(mail)),
            voruebergehend=any(code in _TEMPORARY for code in codes),
        )
    if _is_fehler_kasse(mail):
        fehler = _read_fehler_kasse(uidl, parts)
        if fehler is not None:
            return fehler
    return FremdeMail(uidl)


def is_eeb(headers: bytes) -> bool:
    """Whether a mail carries an elektronische Ersatzbescheinigung (eEB-IG, KIM message structure)."""
    head = _parse(headers)
    return head is not None and (
        str(head.get("X-KIM-Dienstkennung", "")).strip().startswith(EEB)
        or bool(_EEB_SUBJECT.match(str(head.get("Subject", ""))))
    )


def read_eeb_mail(uidl: str, raw: bytes) -> EebMail | None:
    """The one signed attachment of such a mail; None without, or with more than one."""
    mail = _parse(raw)
    if mail is None:
        return None
    signed = [part for part in _parts(mail) if part.get_content_maintype() == "application" and _content(part)]
    if len(signed) != 1:
        return None
    checked = [str(mail.get(name, "")).strip() for name in ("X-KIM-DecryptionResult", "X-KIM-IntegrityCheckResult")]
    return EebMail(
        uidl=uidl,
        absender=parseaddr(str(mail.get("From", "")))[1][:254],
        zeit=_moment([mail.get("Date")]),
        unversehrt=checked == ["00", "01"],
        daten=_content(signed[0]),
    )


def _parse(raw: bytes) -> "Message[str, str] | None":
    try:
        return email.parser.BytesParser().parsebytes(raw)
    except (RecursionError, ValueError, LookupError, AttributeError, IndexError, TypeError):
        # The parser of the library gives up on mails that no mailer writes.
        return None


def _parts(mail: Any) -> Iterator[Any]:
    """The parts of a mail, without looking into attached mails."""
    if mail.get_content_maintype() == "message" or not mail.is_multipart():
        yield mail
        return
    for part in mail.get_payload()[:_MAX_PARTS]:
        yield from _parts(part)


def _is_fehler_kasse(mail: Any) -> bool:
    return str(mail.get("X-KIM-Dienstkennung", "")).strip().startswith(FEHLER_KASSE) or bool(
        _SUBJECT.match(str(mail.get("Subject", "")))
    )


# -- delivery status notifications (RFC 3464) ------------------------------------


def _read_dsn(uidl: str, mail: Any, parts: list[Any]) -> Zustellnachricht | None:
    status = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    if status is None or not isinstance(status.get_payload(), list):
        return None
    blocks: list[Any] = status.get_payload()
    recipients = [block for block in blocks if block.get("Action")]
    if not recipients:
        return None
    actions = {str(block.get("Action")).strip().lower() for block in recipients}
    # Our mails have one recipient. "relayed" and "expanded" promise nothing (RFC 3464 2.3.3).
    art: Any = "fehlgeschlagen" if "failed" in actions else "zugestellt" if actions == {"delivered"} else "verzoegert"
    originals = [part for part in parts if part.get_content_type() in ("text/rfc822-headers", "message/rfc822")]
    return Zustellnachricht(
        uidl=uidl,
        in_reply_to=_message_ids([*_answered(mail), *(value for part in originals for value in _quoted(part))]),
        art=art,
        zeit=_moment([*(block.get("Arrival-Date") for block in blocks), mail.get("Date")]),
        status=str(recipients[0].get("Status", "")).strip(),
    )


def _read_mdn(uidl: str, mail: Any, parts: list[Any]) -> Lesebestaetigung | None:
    """A message disposition notification (RFC 8098); Kassen should send none (KP5-05), some programs do."""
    status = next((part for part in parts if part.get_content_type() == "message/disposition-notification"), None)
    if status is None:
        return None
    block = _disposition(status)
    if block is None:
        return None
    # "manual-action/MDN-sent-manually; displayed/error" (RFC 8098 3.2.6)
    art = str(block.get("Disposition", "")).rpartition(";")[2].partition("/")[0].strip().lower()
    if not _DISPOSITION.fullmatch(art):
        return None
    answered = [block.get("Original-Message-ID", ""), *_answered(mail)]
    return Lesebestaetigung(uidl=uidl, in_reply_to=_message_ids(answered), art=art)


def _disposition(part: Any) -> Any:
    """The fields of the machine-readable part; the mail library reads message/* as a mail of its own."""
    inner = part.get_payload()
    if isinstance(inner, list):
        return inner[0] if inner else None
    return _parse(_content(part))


def _quoted(part: Any) -> Iterator[Any]:
    """The Message-ID of the mail that a DSN is about."""
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()[0] if isinstance(part.get_payload(), list) and part.get_payload() else None
    else:
        inner = _parse(_content(part))
    if inner is not None:
        yield inner.get("Message-ID", "")


def _answered(mail: Any) -> Iterator[Any]:
    """The header fields in which a mail names the one that it answers."""
    for name in ("In-Reply-To", "References"):
        yield from mail.get_all(name, [])


def _message_ids(values: Iterable[Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(identifier for value in values for identifier in _IDS.findall(str(value))))


def _moment(values: Iterable[Any]) -> datetime | None:
    for value in values:
        if value is None:
            continue
        try:
            moment = parsedate_to_datetime(str(value))
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return None


# -- Fehlernachricht of a Krankenkasse (TA KP310-13) -------------------------------


def _read_fehler_kasse(uidl: str, parts: list[Any]) -> Kassenfehler | None:
    body = "".join(
        _content(part).decode("utf-8", "replace") for part in parts if part.get_content_type() == "text/plain"
    )
    for part in parts:
        if part.get_content_type() == "text/plain":
            continue
        try:
            root = parse_hardened(_content(part))
        except XmlRefused:
            continue
        fehler = _outcome(uidl, root, body)
        if fehler is not None:
            return fehler
    return None


def _outcome(uidl: str, root: "_Element", body: str) -> Kassenfehler | None:
    coding = root.find(f"{FHIR}issue/{FHIR}details/{FHIR}coding")
    if root.tag != f"{FHIR}OperationOutcome" or coding is None:
        return None
    code, title = _value(coding, "code"), _value(coding, "display")
    if not code:
        return None
    if body.strip() == VIREN and code in ("101", "102"):
        title = VIREN
    dokumenten_id = message_id = None
    for identifier in root.iterfind(f".//{FHIR}valueIdentifier"):
        system, value = _value(identifier, "system"), _value(identifier, "value")
        if system == URI and value:
            dokumenten_id = value.removeprefix("urn:uuid:").lower()
        elif system == MESSAGE_ID and value:
            # Kassen write it with and without angle brackets.
            message_id = f"<{value.strip('<>')}>"
    return Kassenfehler(uidl=uidl, code=code, titel=title, dokumenten_id=dokumenten_id, message_id=message_id)


def _value(element: "_Element", name: str) -> str:
    found = element.find(f"{FHIR}{name}")
    return "" if found is None else (found.get("value") or "").strip()


def _content(part: Any) -> bytes:
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError, AttributeError):
        return b""
    return data if isinstance(data, bytes) else b""
