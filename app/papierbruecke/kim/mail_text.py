"""The words of a status mail, for somebody who wants to read it (pure).

Only what is meant for people and the machine-readable fields of a DSN or Fehlernachricht; an
attached copy of our own mail stays closed. Source: TA eAU V1.26 P5-04 AC16; RFC 3464.
"""

import email.parser
from collections.abc import Iterator
from email.message import Message

MAX_CHARS = 20_000
_HEADERS = (("From", "Von"), ("Date", "Datum"), ("Subject", "Betreff"), ("X-KIM-Fehlermeldung", "KIM-Fehlermeldung"))
_XML = ("application/xml", "text/xml", "application/fhir+xml")


def text_of(raw: bytes) -> str | None:
    """A whole mail as text; None if it cannot be parsed."""
    try:
        mail = email.parser.BytesParser().parsebytes(raw)
        head = [f"{word}: {mail.get(name)}" for name, word in _HEADERS if mail.get(name)]
        text = "\n\n".join(["\n".join(head), *_texts(mail)])
    except (RecursionError, ValueError, LookupError, AttributeError, IndexError, TypeError):
        return None
    shown = "".join(char for char in text if char.isprintable() or char == "\n")
    return shown[:MAX_CHARS].strip()


def _texts(mail: "Message[str, str]") -> Iterator[str]:
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822" or kind == "text/rfc822-headers":
            return  # what comes after it belongs to the attached mail
        if kind in ("message/delivery-status", "message/disposition-notification"):
            blocks = part.get_payload()
            if isinstance(blocks, list):
                yield "\n".join(f"{name}: {value}" for block in blocks for name, value in _fields(block))
        elif kind == "text/plain" or kind in _XML:
            data = part.get_payload(decode=True)
            if isinstance(data, bytes) and data.strip():
                yield data.decode(_charset(part), "replace").strip()


def _fields(block: object) -> list[tuple[str, str]]:
    return list(block.items()) if isinstance(block, Message) else []


def _charset(part: "Message[str, str]") -> str:
    charset = part.get_content_charset() or "utf-8"
    try:
        "".encode(charset)
    except LookupError:
        return "utf-8"
    return charset
