"""The old Krankenversichertenkarte (KVK): a memory card without a processor, recognised by its reset answer (pure).

It is only named, never read: for patients of the GKV it is invalid since 2015, and what some
readers make of a memory card is their own affair. Source: egk.md §1, §11; KVDT 2.2.1.2.
"""

import re

from papierbruecke.card.hindernis import ANDERE_KARTE, KVK, STUMM, Hindernis

# A reader reports a memory card as "3B 04" and the four bytes of its reset answer (PC/SC part 3);
# the last two say "ISO 7816-10 category 10, directory at 11 hex": the KVK, and few other cards.
# Two wires (A2 13), three wires (92 23), I2C bus (82 13).
_MEMORY_CARD = re.compile(rb"\x3b\x04..\x10\x91", re.DOTALL)


def is_kvk(atr: bytes) -> bool:
    """Whether the answer to reset is that of a memory card with a directory, as the KVK has one."""
    return _MEMORY_CARD.fullmatch(atr) is not None


def name_kvk(found: Hindernis, atr: bytes) -> Hindernis:
    """The reason, or the KVK by name, if what failed was a card that is no eGK or that never answered."""
    return KVK if found in (ANDERE_KARTE, STUMM) and is_kvk(atr) else found
