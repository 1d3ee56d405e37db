"""A virtual eGK: answers command APDUs as the card operating system would (egk.md §3, §12).

``Chip`` holds the protocol state of one card between insertion and removal and everything that
can go wrong with it. It knows no reader: ``drill/virtual_card.py`` puts it behind the real PC/SC
service, ``drill/chip_reader.py`` directly behind our port.
"""

import struct
import time
from dataclasses import dataclass, field
from typing import NamedTuple

from papierbruecke.drill.card_image import Application, Card, File

# On the contactless interface only these stay readable without PACE (egk.md §8).
FREE_OVER_NFC = frozenset({"EF.ATR", "EF.CardAccess", "EF.Version", "EF.Version2"})
_LIFE_CYCLE = {"activated": (0x9000, 5), "deactivated": (0x6283, 4), "terminated": (0x6285, 12)}
_DATA_KEPT = (0x62, 0x63, 0x90)  # warnings come with data, errors without


@dataclass(frozen=True, slots=True)
class Faults:
    """Everything that can go wrong; APDU numbers count from 1 since insertion.

    ``remove_after``: pulled during the APDU after the n-th. ``reset_after``: forgets its
    selection after the n-th. ``sw_at``: this status word for the n-th. ``sw_for_file``: reading
    this file ends with the status word. ``max_response``: never more data bytes per answer.
    """

    remove_after: int | None = None
    reset_after: int | None = None
    sw_at: dict[int, int] = field(default_factory=dict)
    sw_for_file: dict[str, int] = field(default_factory=dict)
    delay_ms: float = 0.0
    no_extended: bool = False
    max_response: int | None = None


class _Apdu(NamedTuple):
    """A parsed command; ``ne`` is the wanted length, None = no Le, -1 = as much as there is."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes
    ne: int | None
    extended: bool


class Chip:
    """One inserted card: selection state and command processing."""

    def __init__(self, card: Card, faults: Faults | None = None) -> None:
        self.card = card
        self.faults = faults or Faults()
        self.count = 0
        self.reset()

    def reset(self) -> None:
        """Power-up or warm reset: the root is selected, no file is."""
        self._app = "MF" if "MF" in self.card.applications else None
        self._current: str | None = None

    def process(self, apdu: bytes) -> bytes:
        """Answer one command: response data and two bytes status word."""
        self.count += 1
        if self.faults.delay_ms:
            time.sleep(self.faults.delay_ms / 1000)
        if self.faults.reset_after is not None and self.count == self.faults.reset_after + 1:
            self.reset()
        forced = self.faults.sw_at.get(self.count)
        if forced is not None:
            return _sw(forced)
        if self.card.memory:
            return _sw(0x6E00)
        command = _parse(apdu)
        if command is None or (command.extended and self.faults.no_extended):
            return _sw(0x6700)
        if command.cla & 0x0C:  # secure messaging is not simulated
            return _sw(0x6882)
        if command.cla & 0x03:  # only the basic logical channel
            return _sw(0x6881)
        if command.cla & 0xF0:
            return _sw(0x6E00)
        if command.ins == 0xA4:
            return self._select(command)
        if command.ins == 0xB0:
            return self._read_binary(command)
        if command.ins == 0xB2:
            return self._read_record(command)
        return _sw(0x6D00)

    # -- commands ------------------------------------------------------------

    def _select(self, command: _Apdu) -> bytes:
        if command.p2 not in (0x00, 0x04, 0x0C):
            return _sw(0x6A86)
        if command.p1 == 0x04:  # by AID; no data field means the root
            for name, app in self.card.applications.items():
                if app.aid.startswith(command.data) if command.data else name == "MF":
                    return self._enter(name, app, command.p2)
            return _sw(0x6A82)
        if command.p1 in (0x00, 0x01, 0x02) and len(command.data) == 2:
            return self._select_by_fid(command)
        return _sw(0x6A86)

    def _select_by_fid(self, command: _Apdu) -> bytes:
        fid = int.from_bytes(command.data, "big")
        if command.p1 != 0x02:
            for name, app in self.card.applications.items():
                if app.fid == fid:
                    return self._enter(name, app, command.p2)
        for name, file in self.card.files.items():
            if file.app == self._app and file.fid == fid:
                self._current = name
                return (_control_parameters(file) if command.p2 == 0x04 else b"") + _sw(0x9000)
        return _sw(0x6A82)

    def _enter(self, name: str, app: Application, p2: int) -> bytes:
        self._app, self._current = name, None
        sw, life = _LIFE_CYCLE[app.state]
        if p2 != 0x04:
            return _sw(sw)
        return _template(b"\x82\x01\x38\x84" + bytes([len(app.aid)]) + app.aid + b"\x8a\x01" + bytes([life])) + _sw(sw)

    def _read_binary(self, command: _Apdu) -> bytes:
        if command.ne is None:
            return _sw(0x6700)
        offset = command.p1 << 8 | command.p2
        if command.p1 & 0x80:
            if command.p1 & 0x60:
                return _sw(0x6A86)
            if not self._make_current(command.p1 & 0x1F):
                return _sw(0x6A82)
            offset = command.p2
        if self._current is None:
            return _sw(0x6986)
        file = self.card.files[self._current]
        if file.records:
            return _sw(0x6981)
        if not self._allowed(self._current, file):
            return _sw(0x6982)
        forced = self.faults.sw_for_file.get(self._current)
        if forced is not None and forced >> 8 not in _DATA_KEPT:
            return _sw(forced)
        if offset >= len(file.data):
            # An empty file read from its start has nothing to return.
            return _sw(0x6282 if not file.data and offset == 0 else 0x6B00)
        limit = self.faults.max_response
        want = (65536 if command.extended else 256) if command.ne == -1 else command.ne
        chunk = file.data[offset : offset + (min(want, limit) if limit else want)]
        if forced is not None:
            return chunk + _sw(forced)
        short = command.ne != -1 and len(chunk) < command.ne and not limit
        return chunk + _sw(0x6282 if short else 0x9000)

    def _read_record(self, command: _Apdu) -> bytes:
        if command.p2 >> 3 and not self._make_current(command.p2 >> 3):
            return _sw(0x6A82)
        if self._current is None:
            return _sw(0x6986)
        file = self.card.files[self._current]
        if not file.records:
            return _sw(0x6981)
        if not self._allowed(self._current, file):
            return _sw(0x6982)
        if not 1 <= command.p1 <= len(file.records):
            return _sw(0x6A83)
        return file.records[command.p1 - 1] + _sw(0x9000)

    # -- state ---------------------------------------------------------------

    def _make_current(self, sfi: int) -> bool:
        found = next((n for n, file in self.card.files.items() if file.app == self._app and file.sfi == sfi), None)
        self._current = found
        return found is not None

    def _allowed(self, name: str, file: File) -> bool:
        app = self.card.applications.get(file.app)
        if (app is not None and app.state != "activated") or not file.readable:
            return False
        return not self.card.contactless or name in FREE_OVER_NFC


def _sw(status_word: int) -> bytes:
    return struct.pack(">H", status_word)


def _template(body: bytes) -> bytes:
    return b"\x62" + bytes([len(body)]) + body


def _control_parameters(file: File) -> bytes:
    size, fid = struct.pack(">H", len(file.data)), struct.pack(">H", file.fid)
    return _template(b"\x80\x02" + size + b"\x82\x01\x01\x83\x02" + fid + b"\x88\x01" + bytes([file.sfi << 3]))


def _parse(apdu: bytes) -> _Apdu | None:
    """Short and extended command APDUs (ISO 7816-4, 5.2); None for lengths that do not fit."""
    if len(apdu) < 4:
        return None
    head, body = (apdu[0], apdu[1], apdu[2], apdu[3]), apdu[4:]
    if not body:
        return _Apdu(*head, b"", None, False)
    if len(body) == 1:
        return _Apdu(*head, b"", body[0] or -1, False)
    extended = body[0] == 0 and len(body) >= 3
    size = 3 if extended else 1
    count = int.from_bytes(body[:size], "big")
    if extended and len(body) == 3:
        return _Apdu(*head, b"", count or -1, True)
    data, le = body[size : size + count], body[size + count :]
    if len(data) != count or len(le) not in (0, 2 if extended else 1):
        return None
    return _Apdu(*head, data, (int.from_bytes(le, "big") or -1) if le else None, extended)
