"""How names are compared while somebody types: capitals, accents and umlauts do not matter (pure)."""

import unicodedata

_GERMAN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "œ": "oe", "đ": "d", "ł": "l"}
)


def fold(text: str) -> str:
    """``Müller-Lüdenscheidt`` becomes ``mueller luedenscheidt`` (ä=ae: KVDT KP2-300).

    Everything that is neither letter nor digit becomes one blank.
    """
    lowered = unicodedata.normalize("NFC", text).casefold().translate(_GERMAN)
    return _plain(lowered)


def fold_bare(text: str) -> str:
    """The same without the added e, because many people type ``Muller`` for ``Müller``."""
    return _plain(unicodedata.normalize("NFC", text).casefold())


def search_text(*parts: str | None) -> str:
    """What a record is found by: both foldings of all its parts, each word with a blank before it."""
    present = [part for part in parts if part]
    words = dict.fromkeys(word for part in present for word in (*fold(part).split(), *fold_bare(part).split()))
    return "".join(f" {word}" for word in words)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return " ".join("".join(c if c.isalnum() else " " for c in decomposed if not unicodedata.combining(c)).split())
