"""One eAU as a KIM message, byte for byte the same for the same Sendung (pure).

An unclear attempt is settled by its Message-ID, and every attempt is made from stored values
only, so nothing here may depend on the clock, on chance or on a library's taste in headers.
Source: TA eAU P5-02, P5-07; domain sheet eau-kim §8.1.
"""

import base64
import hashlib
import re
from email.utils import format_datetime

from papierbruecke.clock import local
from papierbruecke.kim.model import Sendung

_FIELD = re.compile(r"[\x20-\x7e]+")
_ADDRESS = re.compile(r"[\x21-\x7e]+@[A-Za-z0-9.-]+")
_TEXT = "Diese Nachricht enthält eine elektronische Arbeitsunfähigkeitsbescheinigung (eAU)."


def build_message(sendung: Sendung, *, absender: str, sendersystem: str, support: str) -> bytes:
    """The whole message with CRLF line ends: a text part and exactly one signed instance.

    ``absender`` is the practice's own KIM address (From and Reply-To), ``sendersystem`` is
    ``<name>;<version>``, ``support`` whom to ask about this mail. Only ``To`` is used, never Cc
    or Bcc (P5-02 AC3a). A value that would break out of its header line is a bug, not an input.
    """
    for address in (absender, sendung.empfaenger):
        _check(address, _ADDRESS)
    headers = [
        f"From: {absender}",
        f"To: {sendung.empfaenger}",
        f"Reply-To: {absender}",
        f"Subject: {_check(sendung.betreff)}",
        f"Date: {format_datetime(local(sendung.datum))}",
        f"Message-ID: {_check(sendung.message_id)}",
        f"X-KIM-Dienstkennung: {_check(sendung.dienstkennung)}",
        f"X-KIM-Sendersystem: {_check(sendersystem)}",
        f"X-KIM-Support: {_check(support)}",
    ]
    # "=_" can stand in no base64 line and in no quoted-printable line.
    boundary = f"=_{hashlib.sha256(sendung.message_id.encode()).hexdigest()[:40]}"
    name = _check(sendung.dateiname)
    return "\r\n".join(
        [
            *headers,
            "MIME-Version: 1.0",
            f'Content-Type: multipart/mixed; boundary="{boundary}"',
            "",
            f"--{boundary}",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: base64",
            "",
            *_base64_lines(_TEXT.encode()),
            "",
            f"--{boundary}",
            f"Content-Type: application/octet-stream; name={name}",
            "Content-Transfer-Encoding: base64",
            f"Content-Disposition: attachment; filename={name}",
            f"Content-Description: {_check(sendung.beschreibung)}",
            "",
            *_base64_lines(sendung.inhalt),
            "",
            f"--{boundary}--",
            "",
        ]
    ).encode("ascii")


def _check(value: str, pattern: re.Pattern[str] = _FIELD) -> str:
    if not pattern.fullmatch(value):
        raise AssertionError("a header field holds one line of ASCII")
    return value


def _base64_lines(data: bytes) -> list[str]:
    text = base64.b64encode(data).decode("ascii")
    return [text[start : start + 76] for start in range(0, len(text), 76)]
