"""Which letter of which words leads there with Alt: as wished, else the first free one (pure).

A wish is written as Qt writes it, ``&Sichern``; ``&&`` is the sign itself.
"""

import re
from collections.abc import Sequence

SPARE = "abcdefghijklmnopqrstuvwxyzäöü0987654321"
"""What the last ones take when no letter of their own words is left; it is written behind them."""
_MARK = "\0"


def plain(text: str) -> str:
    """The words as one reads them."""
    return re.sub(r"&(?=\w)", "", text.replace("&&", _MARK)).replace(_MARK, "&")


def wished(text: str) -> str:
    """The letter that whoever wrote these words asked for, or nothing."""
    found = re.search(r"&(\w)", text.replace("&&", _MARK))
    return found.group(1).lower() if found else ""


def letters_of(text: str) -> tuple[str, ...]:
    """Letters that may be underlined, the best first: beginnings of words, then the others; never a digit.

    What stands behind a colon is a value and changes.
    """
    words = plain(text).split(":")[0]
    found = [m.group() for m in re.finditer(r"\b[^\W\d_]", words)] + [char for char in words if char.isalpha()]
    return tuple(dict.fromkeys(sorted((char.lower() for char in found), key=lambda char: not char.isascii())))


def marked(text: str, letter: str) -> str:
    """The words with this letter underlined, at the beginning of a word if it is there, else behind them."""
    words = plain(text)
    at = next((found for begin in (r"\b", "") if (found := re.search(begin + letter, words, re.IGNORECASE))), None)
    if not letter:
        return words.replace("&", "&&")
    if at is None:
        return f"{words.replace('&', '&&')} (&{letter.upper()})"
    return f"{words[: at.start()].replace('&', '&&')}&{words[at.start() :].replace('&', '&&')}"


def assign(levels: Sequence[Sequence[str]]) -> list[list[str]]:
    """One letter for each, no letter twice.

    Wishes come first, in order, then the words of the first level, then those of the next: what is always
    there keeps its letter whatever comes beside it. Within a level whoever can take another letter makes room.
    """
    texts = [text for level in levels for text in level]
    owner: dict[str, int] = {}
    for place, text in enumerate(texts):
        if (wish := wished(text)) and wish not in owner:
            owner[wish] = place
    first = 0
    for level in levels:
        taken = frozenset(owner)
        for place in range(first, first + len(level)):
            if place not in owner.values():
                _find(place, texts, owner, taken, set())
        first += len(level)
    spare = (letter for letter in SPARE if letter not in owner)
    for place in [place for place in range(len(texts)) if place not in owner.values()]:
        owner[next(spare)] = place
    given = {place: letter for letter, place in owner.items()}
    places = iter(range(len(texts)))
    return [[given[next(places)] for _ in level] for level in levels]


def _find(place: int, texts: Sequence[str], owner: dict[str, int], taken: frozenset[str], seen: set[str]) -> bool:
    free = [letter for letter in letters_of(texts[place]) if letter not in taken and letter not in seen]
    for letter in free:
        if letter not in owner:
            owner[letter] = place
            return True
    for letter in free:
        seen.add(letter)
        if _find(owner[letter], texts, owner, taken, seen):
            owner[letter] = place
            return True
    return False
