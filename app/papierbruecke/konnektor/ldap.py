"""The VZD over LDAPS through the Konnektor: the adapter behind the port in ``vzd.py``.

One connection per question: bind without name, one search, goodbye. The Konnektor passes it on
to the TI; what it answers is foreign and bounded in time, bytes and entries.
Source: gemSpec_Kon 4.1.11 (LDAP-Proxy); RFC 4511; domain sheet eau-kim §8.2.
"""

import contextlib

from papierbruecke.clock import Clock
from papierbruecke.konnektor.faults import failure
from papierbruecke.konnektor.ldap_messages import (
    BIND_ID,
    BUSY,
    REFERRAL,
    SEARCH_ID,
    SIZE_LIMIT,
    SUCCESS,
    TIME_LIMIT,
    UNAVAILABLE,
    Answer,
    NotLdap,
    bind_request,
    length_of,
    read_message,
    search_request,
    unbind_request,
)
from papierbruecke.konnektor.line import Line, TooMuch
from papierbruecke.konnektor.pairing import PairedDevice
from papierbruecke.konnektor.tls import classify
from papierbruecke.konnektor.vzd import ATTRIBUTES, BASE_DN, ENTRY_TYPE_KASSE, Verzeichniseintrag, addresses
from papierbruecke.settings import KonnektorEinstellungen

SEARCH_TIMEOUT_S = 20
"""For everything, TLS apart; the directory itself is asked to stop a little earlier."""
MAX_ENTRIES = 20
MAX_ANSWER_BYTES = 1 << 20
_CODES = {SIZE_LIMIT: "vzd.too_many", REFERRAL: "vzd.referral", TIME_LIMIT: "vzd.no_answer"}
_CODES |= {BUSY: "vzd.unavailable", UNAVAILABLE: "vzd.unavailable"}


class LdapVerzeichnis:
    """The directory behind the Konnektor of this practice."""

    def __init__(self, settings: KonnektorEinstellungen, clock: Clock) -> None:
        self._settings = settings
        self._device = PairedDevice(settings, clock)

    def suche(self, ik: str) -> tuple[Verzeichniseintrag, ...]:
        if self._settings.adresse is None:
            raise AssertionError("the wiring makes no directory without an address")
        # An IK that is none would become another filter, or a question about a person.
        if not (ik.isascii() and ik.isdigit() and len(ik) == 9):
            raise AssertionError("an IK has nine digits")
        sock = self._device.connect(self._settings.adresse, self._settings.ldap_port)
        line = Line(sock, SEARCH_TIMEOUT_S, MAX_ANSWER_BYTES)
        try:
            return _Session(line).search(ik)
        except (NotLdap, TooMuch):
            raise failure("vzd.protocol") from None
        except OSError as error:  # also TLS 1.3, where a missing client certificate shows at the first read
            cause = classify(error)
            key = self._device.blame(cause) if cause == "client_cert_rejected" else "vzd.no_answer"
            raise failure(key) from None
        finally:
            line.cut()


class _Session:
    def __init__(self, line: Line) -> None:
        self._line = line
        self._stream = line.makefile("rb")

    def search(self, ik: str) -> tuple[Verzeichniseintrag, ...]:
        self._line.sendall(bind_request())
        self._check(self._expect("bind", BIND_ID))
        wanted = {"domainID": ik, "entryType": ENTRY_TYPE_KASSE}
        seconds = SEARCH_TIMEOUT_S // 2
        self._line.sendall(search_request(BASE_DN, wanted, ATTRIBUTES, MAX_ENTRIES, seconds))
        found: list[Verzeichniseintrag] = []
        while True:
            answer = self._next(SEARCH_ID)
            match answer.kind:
                case "entry" if len(found) < MAX_ENTRIES:
                    found.append(_entry(answer, ik))
                case "entry":
                    raise failure("vzd.too_many")
                case "reference":
                    # The rest would lie with another server, which nobody confirmed.
                    raise failure("vzd.referral")
                case "done":
                    self._check(answer)
                    with contextlib.suppress(OSError):
                        self._line.sendall(unbind_request())
                    return tuple(found)
                case _:
                    raise NotLdap

    def _expect(self, kind: str, message_id: int) -> Answer:
        answer = self._next(message_id)
        if answer.kind != kind:
            raise NotLdap
        return answer

    def _next(self, message_id: int) -> Answer:
        data = b""
        while (length := length_of(data)) is None:
            data += self._read(1)
        answer = read_message(data + self._read(length - len(data)))
        if answer.message_id == 0 and answer.kind == "goodbye":
            raise failure("vzd.unavailable", daten={"ldap": str(answer.code)})  # Notice of Disconnection
        if answer.message_id != message_id:
            raise NotLdap
        return answer

    def _read(self, count: int) -> bytes:
        data = self._stream.read(count)
        if len(data) != count:
            raise ConnectionResetError
        return data

    def _check(self, answer: Answer) -> None:
        if answer.code != SUCCESS:
            raise failure(_CODES.get(answer.code, "vzd.refused"), daten={"ldap": str(answer.code)})


def _entry(answer: Answer, ik: str) -> Verzeichniseintrag:
    """An entry that really answers the question; whatever else a server sends must never get a mail."""
    values = answer.attributes
    if ik not in values.get("domainid", ()) or values.get("entrytype") != (ENTRY_TYPE_KASSE,):
        raise failure("vzd.protocol")
    name = next(iter(values.get("displayname", ())), "")
    found = addresses(values.get("mail", ()), values.get("komledata", ()), values.get("kimdata", ()))
    return Verzeichniseintrag(name=name[:200], adressen=found)
