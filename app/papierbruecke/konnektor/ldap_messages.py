"""The few LDAP messages of one anonymous search, written and read strictly (pure).

Only what RFC 4511 needs for bind, search and unbind; the ASN.1 itself is done by asn1crypto.
Everything that comes in is foreign: lengths are bounded before a byte is decoded, and what is
not exactly one message is refused.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from asn1crypto import core

BIND_ID, SEARCH_ID, UNBIND_ID = 1, 2, 3
MAX_MESSAGE_BYTES = 256 << 10
"""An entry of a Krankenkasse has some kB: we ask for no certificates."""
SUCCESS, TIME_LIMIT, SIZE_LIMIT, REFERRAL, BUSY, UNAVAILABLE = 0, 3, 4, 10, 51, 52
_SUBTREE, _NEVER_DEREF = 2, 0
_LDAP_VERSION = 3
_ENTRY, _REFERENCE, _DONE, _BIND, _EXTENDED = 4, 19, 5, 1, 24  # application tags of the answers


class NotLdap(Exception):
    """These bytes are no LDAP message that could answer us."""


class _Strings(core.SetOf):  # type: ignore[misc]
    _child_spec = core.OctetString


class _Attribute(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar = [("type", core.OctetString), ("vals", _Strings)]


class _Attributes(core.SequenceOf):  # type: ignore[misc]
    _child_spec = _Attribute


class _Entry(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar = [("name", core.OctetString), ("attributes", _Attributes)]


class _Parts(core.SequenceOf):  # type: ignore[misc]
    # A result: code, matched DN, text. Referral, credentials and the like may follow; they change nothing.
    _child_spec = core.Any


class _Message(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar = [("id", core.Integer), ("op", core.Any), ("controls", core.Any, {"optional": True})]


@dataclass(frozen=True, slots=True)
class Answer:
    """One message of the server. ``kind``: ``bind``, ``entry``, ``reference``, ``done`` or ``goodbye``."""

    kind: str
    message_id: int
    code: int = 0
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)  # names in lower case


def bind_request() -> bytes:
    """An anonymous simple bind, LDAP version 3."""
    return _message(BIND_ID, _wrap(0x60, _integer(_LDAP_VERSION) + _octets("") + _wrap(0x80, b"")))


def search_request(base: str, equal: dict[str, str], attributes: tuple[str, ...], size: int, seconds: int) -> bytes:
    """A search below ``base`` for entries in which each of these attributes has this value."""
    both = b"".join(_wrap(0xA3, _octets(name) + _octets(value)) for name, value in equal.items())
    content = (
        _octets(base)
        + _enumerated(_SUBTREE)
        + _enumerated(_NEVER_DEREF)
        + _integer(size)
        + _integer(seconds)
        + core.Boolean(False).dump()
        + _wrap(0xA0, both)
        + _wrap(0x30, b"".join(_octets(name) for name in attributes))
    )
    return _message(SEARCH_ID, _wrap(0x63, content))


def unbind_request() -> bytes:
    """Goodbye; there is no answer to it."""
    return _message(UNBIND_ID, b"\x42\x00")


def length_of(head: bytes) -> int | None:
    """How many bytes a message has whose first bytes these are; None = not enough yet. Raises NotLdap."""
    if not head:
        return None
    if head[0] != 0x30:
        raise NotLdap
    if len(head) < 2:
        return None
    first = head[1]
    if first < 0x80:
        return 2 + first
    count = first & 0x7F
    if not 1 <= count <= 4:  # 0 = indefinite, which LDAP forbids (RFC 4511 5.1)
        raise NotLdap
    if len(head) < 2 + count:
        return None
    length = 2 + count + int.from_bytes(head[2 : 2 + count], "big")
    if length > MAX_MESSAGE_BYTES:
        raise NotLdap
    return length


def read_message(data: bytes) -> Answer:
    """One whole message. Raises NotLdap for everything that is none of the five answers."""
    try:
        message = _Message.load(data, strict=True)
        number = message["id"].native
        raw = message["op"].dump()
        if raw[0] & 0xC0 != 0x40:
            raise NotLdap
        tag = raw[0] & 0x1F
        body = _wrap(0x30, message["op"].parsed.contents if tag != _REFERENCE else b"")
        if tag == _ENTRY:
            entry = _Entry.load(body, strict=True)
            return Answer("entry", number, attributes=_read_attributes(entry["attributes"]))
        if tag == _REFERENCE:
            return Answer("reference", number)
        kinds = {_DONE: "done", _BIND: "bind", _EXTENDED: "goodbye"}
        if tag not in kinds:
            raise NotLdap
        code = _Parts.load(body, strict=True)[0].dump()
        if code[0] != 0x0A:
            raise NotLdap
        return Answer(kinds[tag], number, code=int.from_bytes(code[2:], "big"))
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, AttributeError) as error:
        raise NotLdap from error


def _read_attributes(attributes: "_Attributes") -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for each in attributes:
        # Options such as ";binary" are no part of the name (RFC 4512 2.5); text is UTF-8.
        name = each["type"].native.decode("ascii", "replace").partition(";")[0].lower()
        values = tuple(value.native.decode("utf-8", "replace") for value in each["vals"])
        found[name] = found.get(name, ()) + values
    return found


def _message(number: int, operation: bytes) -> bytes:
    return _wrap(0x30, _integer(number) + operation)


def _wrap(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def _integer(value: int) -> bytes:
    return bytes(core.Integer(value).dump())


def _enumerated(value: int) -> bytes:
    return _wrap(0x0A, bytes([value]))


def _octets(text: str) -> bytes:
    return bytes(core.OctetString(text.encode()).dump())
