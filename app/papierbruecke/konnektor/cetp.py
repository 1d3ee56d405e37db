"""The frames in which a Konnektor sends events, and the events in them (pure).

Four bytes ``CETP``, four bytes length (unsigned, big-endian), then the XML of one event; the
client sends no answer. A wrong magic or too long a frame ends the connection. Parameters are never
read: CARD/* and VSDM/* carry names and numbers of patients.
Source: ti-detection §1.6, rules 22 and 26; gemSpec_Kon 4.1.6, Anhang F; EventService.xsd.
"""

import re

from papierbruecke.konnektor.hardened_xml import XmlRefused, parse_hardened
from papierbruecke.konnektor.model import Ereignis, KeinEreignis

MAGIC = b"CETP"
MAX_EVENT_BYTES = 1 << 20
_HEAD = 8
_EVENT = re.compile(r"\{http://ws\.gematik\.de/conn/EventService/v7\.\d{1,3}\}Event")
_MAX_TOPIC = 200


class Frames:
    """Puts frames together from whatever pieces the line delivers; holds at most one event."""

    def __init__(self) -> None:
        self._held = bytearray()
        self.broken = False

    def feed(self, data: bytes) -> list[Ereignis | KeinEreignis]:
        """The events that are complete now. After ``broken`` nothing more can be read from this line."""
        found: list[Ereignis | KeinEreignis] = []
        self._held += data
        while not self.broken and len(self._held) >= _HEAD:
            length = int.from_bytes(self._held[4:_HEAD], "big")
            if self._held[:4] != MAGIC or length > MAX_EVENT_BYTES:
                found.append(KeinEreignis(grund="length" if self._held[:4] == MAGIC else "magic"))
                self.broken = True
                self._held.clear()
            elif len(self._held) < _HEAD + length:
                break
            else:
                found.append(read_event(bytes(self._held[_HEAD : _HEAD + length])))
                del self._held[: _HEAD + length]
        return found


def read_event(data: bytes) -> Ereignis | KeinEreignis:
    """One event, or why it is none; never an exception, whatever came."""
    try:
        root = parse_hardened(data)
    except XmlRefused:
        return KeinEreignis(grund="xml")
    thema = "".join((root.findtext("{*}Topic") or "").split()).upper()
    if not _EVENT.fullmatch(str(root.tag)) or not 0 < len(thema) <= _MAX_TOPIC or not thema.isascii():
        return KeinEreignis(grund="shape")
    schwere, abo = (root.findtext(f"{{*}}{name}") or "" for name in ("Severity", "SubscriptionID"))
    return Ereignis(thema=thema, schwere=schwere.strip()[:20], abo=abo.strip()[:64] or None)
