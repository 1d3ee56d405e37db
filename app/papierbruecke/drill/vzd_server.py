"""The directory of the TI (VZD) behind the simulated Konnektor: LDAP over TLS, stricter than the real one.

Only an anonymous bind of version 3 and one kind of search are served: subtree of
``dc=data,dc=vzd``, ``(&(domainID=…)(entryType=…))``, as the specification describes it for
Krankenkassen. Everything else is refused with a result code. Source: RFC 4511; gemSpec_Kon
4.1.11; api-vzd LDAP_Attribute.
"""

import ssl
import threading
from collections.abc import Mapping

from papierbruecke.drill.certificates import Pki
from papierbruecke.drill.faults import Faults
from papierbruecke.drill.model import KonnektorZustand
from papierbruecke.drill.tls_door import TlsDoor

BASE = "dc=data,dc=vzd"
KASSE = "5"
MAX_REQUEST = 64 * 1024
SUCCESS, PROTOCOL_ERROR, NO_SUCH_OBJECT, UNAVAILABLE, UNWILLING, SIZE_LIMIT = 0, 2, 32, 52, 53, 4
REQUESTABLE = frozenset({"displayname", "domainid", "entrytype", "mail", "komledata", "kimdata"})
"""Certificates are some kB each; who asks for everything asks for too much."""


class VzdServer:
    """The LDAPS port of the Konnektor over a table IK → KIM addresses; ``eintraege`` may be changed."""

    def __init__(self, pki: Pki, faults: Faults, eintraege: Mapping[str, tuple[str, ...]]) -> None:
        self._faults = faults
        self._lock = threading.Lock()
        self._zustand = KonnektorZustand()
        # One tuple per entry of the directory: (name, KIM addresses).
        self.eintraege: dict[str, list[tuple[str, tuple[str, ...]]]] = {
            ik: [(f"Testkasse {ik}", adressen)] for ik, adressen in eintraege.items()
        }
        self.anfragen: list[str] = []  # the IK of every search, in order
        self.objections: list[str] = []
        self._door = TlsDoor(pki, self._serve, timeout_s=60)
        self.listener = self._door.listener

    def behave(self, zustand: KonnektorZustand) -> None:
        """Take over the state of the Konnektor whose port this is."""
        with self._lock:
            self._zustand = zustand
        self._door.behave(zustand)

    def close(self) -> None:
        """Stop serving."""
        self.listener.close()

    def _serve(self, tls: ssl.SSLSocket) -> None:
        try:
            self._talk(tls)
        except _Refused as refused:
            self.objections.append(str(refused))

    def _talk(self, tls: ssl.SSLSocket) -> None:
        stream = tls.makefile("rb")
        bound = False
        while True:
            head = stream.read(2)
            if len(head) < 2:
                return
            if head[1] & 0x80:
                head += stream.read(head[1] & 0x7F)
            size = head[1] if len(head) == 2 else int.from_bytes(head[2:], "big")
            if head[0] != 0x30 or size > MAX_REQUEST:
                raise _Refused("no LDAP message")
            (number, _), (operation, tag) = _values(stream.read(size))[:2]
            message_id = int.from_bytes(number, "big")
            if tag == 0x42:
                return
            if tag == 0x60:
                (version, _), (name, _), (password, kind) = _values(operation)
                bound = version == b"\x03" and not name and not password and kind == 0x80
                code = SUCCESS if bound else PROTOCOL_ERROR
                tls.sendall(_message(message_id, _result(0x61, code)))
            elif tag == 0x63 and bound:
                if not self._search(tls, message_id, operation):
                    return
            else:
                raise _Refused(f"operation {tag:#x} before bind or unknown")

    def _search(self, tls: ssl.SSLSocket, message_id: int, operation: bytes) -> bool:
        """Answer one search; False = the connection is cut."""
        fall = self._faults.strike("vzd")
        if fall is not None and fall.art == "langsam":
            self._faults.wait(fall.dauer_s)
        if fall is not None and fall.art in {"verlieren", "trennen"}:
            return False
        code, ik, limit = self._judge(operation)
        if fall is not None and fall.art == "ablehnen":
            code = fall.code or UNAVAILABLE
        if not self._zustand.vpn_ti:
            code = UNAVAILABLE
        found = self.eintraege.get(ik, []) if code == SUCCESS else []
        if limit and len(found) > limit:
            found, code = found[:limit], SIZE_LIMIT
        for count, (name, adressen) in enumerate(found):
            tls.sendall(_message(message_id, _entry(f"uid={ik}-{count},{BASE}", name, ik, adressen)))
        tls.sendall(_message(message_id, _result(0x65, code)))
        return True

    def _judge(self, operation: bytes) -> tuple[int, str, int]:
        fields = _values(operation)
        base, scope, limit = fields[0][0].decode(), fields[1][0], int.from_bytes(fields[3][0], "big")
        search_filter, filter_tag = fields[6]
        asked = {value.decode().lower() for value, _ in _values(fields[7][0])}
        if base.lower() != BASE or scope != b"\x02":
            self.objections.append(f"base {base}")
            return NO_SUCH_OBJECT, "", limit
        equal: dict[str, str] = {}
        if filter_tag == 0xA0:
            for content, tag in _values(search_filter):
                if tag == 0xA3:
                    (name, _), (value, _) = _values(content)
                    equal[name.decode().lower()] = value.decode()
                else:
                    equal["?"] = hex(tag)
        ik = equal.get("domainid", "")
        # Never by domainID alone: it is not unique; everything else is not indexed for us.
        if set(equal) != {"domainid", "entrytype"} or equal["entrytype"] != KASSE or len(ik) != 9 or not ik.isdigit():
            self.objections.append("filter")
            return UNWILLING, "", limit
        if not asked or not asked <= REQUESTABLE or not 0 < limit <= 100:
            self.objections.append("attributes or size limit")
            return UNWILLING, "", limit
        with self._lock:
            self.anfragen.append(ik)
        return SUCCESS, ik, limit


class _Refused(Exception):
    """This client speaks no LDAP that anybody serves."""


def _values(data: bytes) -> list[tuple[bytes, int]]:
    """(content, tag) of every element, in definite lengths as RFC 4511 5.1 demands."""
    found, at = [], 0
    while at < len(data):
        tag, size, at = data[at], data[at + 1], at + 2
        if size & 0x80:
            count = size & 0x7F
            if not 1 <= count <= 4:
                raise _Refused("indefinite length")
            size, at = int.from_bytes(data[at : at + count], "big"), at + count
        if at + size > len(data):
            raise _Refused("length")
        found.append((data[at : at + size], tag))
        at += size
    return found


def _wrap(tag: int, content: bytes) -> bytes:
    # Always the long form: allowed by BER, and a client must understand it.
    return bytes([tag, 0x84]) + len(content).to_bytes(4, "big") + content


def _message(number: int, operation: bytes) -> bytes:
    return _wrap(0x30, b"\x02\x01" + bytes([number]) + operation)


def _result(tag: int, code: int) -> bytes:
    return _wrap(tag, b"\x0a\x01" + bytes([code]) + _wrap(0x04, b"") + _wrap(0x04, b"Simulator"))


def _entry(dn: str, name: str, ik: str, adressen: tuple[str, ...]) -> bytes:
    values = {
        "displayName": (name,),
        "domainID": (ik, "999999999"),
        "entryType": (KASSE,),
        "mail": adressen,
        "komLeData": tuple(f"1.5,{adresse}" for adresse in adressen),
        "kimData": tuple(f"{adresse},1.5+" for adresse in adressen),
    }
    attributes = b"".join(
        _wrap(0x30, _wrap(0x04, key.encode()) + _wrap(0x31, b"".join(_wrap(0x04, v.encode()) for v in given)))
        for key, given in values.items()
        if given
    )
    return _wrap(0x64, _wrap(0x04, dn.encode()) + _wrap(0x30, attributes))
