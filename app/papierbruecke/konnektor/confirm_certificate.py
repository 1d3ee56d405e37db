"""Pairing by a person: the confirmed and the shown certificate side by side (pure).

A certificate of Konnektor or Clientmodul is never accepted by the program itself: somebody asks
the DVO for the fingerprint and enters the one he names. Source: ti-detection §1.3 (a change
requires a new pairing by a human), §5.3 D12.
"""

import re

from papierbruecke.clock import local
from papierbruecke.konnektor.model import Serverzertifikat
from papierbruecke.redact import Value


class Vergleich(Value):
    """What was confirmed last (SHA-256, None = nothing yet) and what the device shows now."""

    gegenstelle: str
    bestaetigt: str | None
    gezeigt: Serverzertifikat

    @property
    def same(self) -> bool:
        """Whether nothing has changed since somebody confirmed."""
        return self.gezeigt.sha256 == self.bestaetigt

    def lines(self) -> list[str]:
        """Both fingerprints one under the other, for the telephone."""
        shown = self.gezeigt
        return [
            f"Bestätigt: {spelled(self.bestaetigt) if self.bestaetigt else 'noch keines'}",
            f"Gezeigt:   {spelled(shown.sha256)}",
            f"           {shown.schluesselart}, gültig {local(shown.not_before):%d.%m.%Y} bis "
            f"{local(shown.not_after):%d.%m.%Y}",
            f"           Inhaber {shown.subject}, Aussteller {shown.issuer}",
            "Das Zertifikat ist unverändert."
            if self.same
            else "Das Zertifikat ist nicht bestätigt. Bitte den Fingerabdruck vom DVO nennen lassen, vergleichen "
            "und erst dann mit --bestaetigen eintragen.",
        ]


def spelled(sha256: str) -> str:
    """A fingerprint in groups of four that can be read aloud."""
    return " ".join(sha256[i : i + 4].upper() for i in range(0, len(sha256), 4))


def same_fingerprint(text: str, sha256: str) -> bool:
    """Whether a person named exactly this fingerprint; blanks, colons and case do not count."""
    return re.sub(r"[\s:.-]", "", text).lower() == sha256.lower()
