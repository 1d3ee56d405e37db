"""Which version of the eAU is due? The day of sending decides, not the day of issue (pure).

A table, so that a cut-over is a new row: a queue that survives it is built and signed again for
the new version, unless an earlier attempt may have arrived. Source: TA eAU V1.26 ch. 3, P5-08 AC1a
(the Date header of the KIM mail counts); domain sheet eau-kim §0 no. 9, §2.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

_IN_BUNDLE = re.compile(rb"/KBV_PR_EAU_(?:Storno_)?Bundle\|(?P<version>[0-9.]+)\"")
_HEAD = 1000  # bytes: meta.profile is the second element of a bundle


@dataclass(frozen=True, slots=True)
class Fassung:
    """One edition of the profiles. ``gilt_bis`` is its last day, None = no end was published."""

    name: str
    eau: str  # as bundles name it: without the patch number (TA ch. 3)
    formular: str  # the same for the profiles of the package FOR
    kim: str  # third part of X-KIM-Dienstkennung
    gilt_ab: date
    gilt_bis: date | None
    quelle: str


FASSUNGEN: tuple[Fassung, ...] = (
    Fassung(
        name="1.2.0",
        eau="1.2",
        formular="1.2",
        kim="V1.2",
        gilt_ab=date(2025, 10, 1),
        gilt_bis=date(2026, 1, 26),
        quelle="TA eAU V1.25; gematik app-referencevalidator 2.16.4",
    ),
    Fassung(
        name="1.2.1",
        eau="1.2",
        formular="1.2",
        kim="V1.2",
        gilt_ab=date(2026, 1, 27),
        gilt_bis=None,
        quelle="TA eAU V1.26, in Kraft seit 27.01.2026; P5-08: ab 01.04.2026 allein gültig",
    ),
)
"""What is published. 1.1.0 (until 31.03.2026) is never built by this program."""


def valid_on(tag: date, fassungen: Sequence[Fassung] = FASSUNGEN) -> Fassung | None:
    """The version to send in on this day, the newest if several hold; None if none is known."""
    valid = [f for f in fassungen if f.gilt_ab <= tag and (f.gilt_bis is None or tag <= f.gilt_bis)]
    return max(valid, key=lambda f: f.gilt_ab, default=None)


def accepted_on(tag: date, fassungen: Sequence[Fassung] = FASSUNGEN) -> frozenset[str]:
    """What a bundle sent on this day may name as its version; more than one in a time of transition."""
    return frozenset(f.eau for f in fassungen if f.gilt_ab <= tag and (f.gilt_bis is None or tag <= f.gilt_bis))


def version_of(xml: bytes) -> str | None:
    """The version that the bytes of a bundle of ours name; None if these are no such bytes."""
    found = _IN_BUNDLE.search(xml[:_HEAD])
    return found["version"].decode() if found else None
