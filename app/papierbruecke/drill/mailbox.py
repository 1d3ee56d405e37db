"""The mailbox of the practice at its KIM provider: what lies in it, and what was deleted from it."""

import threading
from dataclasses import dataclass
from uuid import uuid4


@dataclass(frozen=True, slots=True)
class Brief:
    """One mail as the server keeps it; ``uidl`` never changes and is never used again."""

    uidl: str
    daten: bytes


class Mailbox:
    """Mails in the order in which they came. Safe to use from every server thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._briefe: list[Brief] = []
        self.geloescht: list[str] = []

    def add(self, daten: bytes) -> str:
        """Put a mail into the box; returns its UIDL."""
        brief = Brief(uuid4().hex, daten)
        with self._lock:
            self._briefe.append(brief)
        return brief.uidl

    def snapshot(self) -> tuple[Brief, ...]:
        """What a POP3 session sees: later mails appear only in the next session (RFC 1939 §4)."""
        with self._lock:
            return tuple(self._briefe)

    def delete(self, uidl: str) -> None:
        """Somebody deleted this mail; it is counted, because this program never should."""
        with self._lock:
            self._briefe = [brief for brief in self._briefe if brief.uidl != uidl]
            self.geloescht.append(uidl)
