"""A person declared the end: what is queued goes by itself, but not everybody's at the same second.

Source: TA eAU V1.26 P6-05 AC3b; design §3. After an outage that hit many practices at once each
waits a random while, so that the counterpart that just came back is not struck down again (pure).
"""

import random
from datetime import timedelta

from papierbruecke.outage.incident import Stoerung
from papierbruecke.outage.model import Dienst

STREUUNG = timedelta(minutes=10)
"""Longest random wait after an outage that others had too."""

VIELE_PRAXEN = frozenset({"D07", "D24", "D26", "D27", "D36", "D39"})
"""Diagnoses of ti-detection §5.3 whose cause serves many practices (provider, Namensdienst, trust centre)."""


def pause_after(stoerung: Stoerung, dice: random.Random) -> timedelta:
    """How long this practice waits before it sends by itself; nothing after a fault of its own."""
    if stoerung.diagnose not in VIELE_PRAXEN:
        return timedelta(0)
    return STREUUNG * dice.random()


def releases_sending(before: frozenset[Dienst], after: frozenset[Dienst]) -> bool:
    """Whether this change of the Dienste on paper sets the queue of the eAU free."""
    return Dienst.KIM in before and Dienst.KIM not in after
