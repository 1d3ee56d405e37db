"""The directory of the TI (VZD): which KIM addresses does a Krankenkasse have? (pure values and port)

Source: gematik api-vzd LDAP_Attribute (mail, komLeData, kimData, domainID, entryType);
TA eAU V1.26 P5-02 AC4; domain sheet eau-kim §8.2.
"""

import re
from collections.abc import Iterable
from typing import Protocol

from papierbruecke.redact import Value

BASE_DN = "dc=data,dc=vzd"
ENTRY_TYPE_KASSE = "5"
"""Eintragstyp of Kostenträger; ``domainID`` alone is not unique (gemSpec_VZD)."""
ATTRIBUTES = ("displayName", "domainID", "entryType", "mail", "komLeData", "kimData")
MAX_ADDRESSES = 50

_MAIL = re.compile(r"[\x21-\x2b\x2d-\x7e]{1,254}")  # no blank, no comma: both separate the parts


class Verzeichnisadresse(Value):
    """One KIM address; ``anwendungen``: what it takes ("eAU"), empty = everything (kimData appTags)."""

    adresse: str
    anwendungen: tuple[str, ...] = ()

    def takes(self, anwendung: str) -> bool:
        """Whether mails of this application may go there."""
        return not self.anwendungen or anwendung in self.anwendungen


class Verzeichniseintrag(Value):
    """One organisation of the directory."""

    name: str
    adressen: tuple[Verzeichnisadresse, ...]


class Verzeichnis(Protocol):
    """The one question that the rooms have."""

    def suche(self, ik: str) -> tuple[Verzeichniseintrag, ...]:
        """Every Kostenträger whose entry lists this IK; none is an answer. Raises KonnektorFehler.

        Bounded in time, in bytes and in entries; nothing but the IK leaves.
        """


def addresses(mail: Iterable[str], komledata: Iterable[str], kimdata: Iterable[str]) -> tuple[Verzeichnisadresse, ...]:
    """Each address once, in the order of the directory; a value of another build is left out.

    ``kimData`` is ``<address>,<version>[,<tag>|<tag>]``, ``komLeData`` ``<version>,<address>``.
    """
    found: dict[str, tuple[str, ...]] = {}
    for value in kimdata:
        address, *rest = value.split(",")
        if _MAIL.fullmatch(address.strip()):
            tags = rest[1].split("|") if len(rest) > 1 else []
            found.setdefault(address.strip(), tuple(tag.strip() for tag in tags if tag.strip()))
    for value in (*(each.partition(",")[2] for each in komledata), *mail):
        if _MAIL.fullmatch(value.strip()):
            found.setdefault(value.strip(), ())
    return tuple(Verzeichnisadresse(adresse=a, anwendungen=tags) for a, tags in list(found.items())[:MAX_ADDRESSES])
