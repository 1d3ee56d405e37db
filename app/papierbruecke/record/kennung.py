"""The Kennung of a Beleg: drawn once, before the first print, and never again."""

import secrets
from uuid import UUID, uuid4, uuid5

from papierbruecke.record.model import BelegArt

NAMENSRAUM = UUID("6f1f0a52-52a5-4a8e-9d0a-8e6d3f1c7b10")
"""The project's namespace for Dokumenten-IDs. Changing it would change nothing but the rule."""


def new_kennung(art: BelegArt) -> UUID:
    """Draw the Kennung of a new Beleg.

    An AU and its Storno get a version 5 UUID, because the eAU demands that version for its
    Dokumenten-ID (TA eAU P310-14 AC7, P310-10); its name is 128 random bits and never patient data (design §2).
    """
    if art in (BelegArt.AU, BelegArt.STORNO):
        return uuid5(NAMENSRAUM, secrets.token_hex(16))
    return uuid4()


def kind_of(kennung: UUID) -> BelegArt:
    """What a sheet of the Notfallmappe is for: only sick notes carry a version 5 UUID."""
    return BelegArt.AU if kennung.version == 5 else BelegArt.ERSATZSCHEIN
