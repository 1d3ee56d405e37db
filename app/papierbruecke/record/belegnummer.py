"""The number that people read: on slips, in the AU footer, in lists.

``TTMMJJ-P-NNN-C``: date, desk letter, running number of the day, check character by
ISO 7064 MOD 37,36 over everything before it without hyphens (design §2).
"""

import re
from datetime import date

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NOTFALLMAPPE = "N"
NOTFALL_BLOCK = 750
"""So many numbers of the Notfallmappe has each of the thirteen desks on one day."""
_FORM = re.compile(r"([0-9]{6})-([A-N])-([0-9]{3,4})-([0-9A-Z])")


def check_character(text: str) -> str:
    """The check character of ISO 7064 MOD 37,36 for digits and capital letters."""
    modulus = len(ALPHABET)
    product = modulus
    for char in text:
        total = (product + ALPHABET.index(char)) % modulus or modulus
        product = total * 2 % (modulus + 1)
    return ALPHABET[(modulus + 1 - product) % modulus]


def format_nummer(tag: date, platz: str, laufend: int) -> str:
    """The Belegnummer of the n-th Beleg of a desk on a day; four digits from the 1000th."""
    if not re.fullmatch(r"[A-N]", platz) or not 1 <= laufend <= 9999:
        raise AssertionError("desk letter or running number out of range")
    body = f"{tag:%d%m%y}-{platz}-{laufend:03d}"
    return f"{body}-{check_character(body.replace('-', ''))}"


def notfall_nummer(tag: date, platz: str, laufend: int) -> str:
    """The n-th number that a desk prints in advance on this day.

    All these numbers carry the letter N, so every desk draws from a block of its own: two desks
    that print on the same day never give the same number (design §2).
    """
    if not re.fullmatch(r"[A-M]", platz) or not 1 <= laufend <= NOTFALL_BLOCK:
        raise AssertionError("desk letter or running number out of range")
    return format_nummer(tag, NOTFALLMAPPE, (ord(platz) - ord("A")) * NOTFALL_BLOCK + laufend)


def normalize(text: str) -> str:
    """What a person typed or a scanner read, in the one spelling of the store."""
    bare = re.sub(r"[\s-]", "", text).upper()
    if not re.fullmatch(r"[0-9]{6}[A-N][0-9]{3,4}[0-9A-Z]", bare):
        return text.strip().upper()
    return f"{bare[:6]}-{bare[6]}-{bare[7:-1]}-{bare[-1]}"


def is_valid(text: str) -> bool:
    """Whether form and check character are right; typing errors are found here."""
    match = _FORM.fullmatch(normalize(text))
    return match is not None and check_character("".join(match.groups()[:3])) == match.group(4)
