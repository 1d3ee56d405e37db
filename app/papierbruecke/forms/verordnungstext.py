"""The words of a prescribed item in the order that the rules demand (pure).

Source: AVWG V5.8 P3-721 (PZN), K3-722 (Wirkstoff), K3-723 (Rezeptur), P3-724 (Freitext),
P3-625 (dosage marks), P3-621 (several packs as a whole number in front, no exclamation mark).
"""

import re

from papierbruecke.forms.layout import wrap
from papierbruecke.record.model import (
    FreitextPosition,
    Position,
    PznPosition,
    RezepturPosition,
    Verordnung,
    WirkstoffPosition,
)

AUF, ZU = "»", "«"
DICHTEN = 3
"""How close an item may be set: 0 clearest, each step closer, only if it does not fit otherwise."""
_MENGE = re.compile(r"[0-9][0-9.,/]* (?:mg|g|kg|µg|ml|l|cm|%|St|Stk|Tbl|I\.E\.)")
"""A number and its unit: "5" at the end of a row and "mg" on the next one is read wrongly."""


def rows_of(position: Verordnung, width: int, dichte: int = 0) -> list[str]:
    """The item in rows of at most ``width`` characters; ``dichte`` says how close a Rezeptur is set."""
    if isinstance(position, RezepturPosition):
        return _rezeptur(position, width, dichte)
    return wrap(_words(position), width)


def _words(position: PznPosition | WirkstoffPosition | FreitextPosition) -> list[str]:
    words: list[str] = []
    if position.anzahl > 1:
        words += [str(position.anzahl), "x"]
    if isinstance(position, FreitextPosition):
        words += _split(position.text)
    else:
        words += _split(position.name)
        for part in _details(position):
            if not _contains(position.name, part):
                words += _split(part)
    if isinstance(position, PznPosition):
        words.append(f"PZN{position.pzn}")
    return words + _marks(position)


def _details(position: PznPosition | WirkstoffPosition) -> list[str]:
    packung, norm = position.packung, position.norm
    if isinstance(position, WirkstoffPosition) and packung:
        norm = None  # K3-722 AK1: the pack size wins over the N mark
    return [part for part in (position.staerke, position.darreichung, packung, norm) if part]


def _marks(position: Position) -> list[str]:
    words: list[str] = []
    if position.hilfsmittelnummer:
        words += ["Hilfsmittel-Nr.", position.hilfsmittelnummer]
    if isinstance(position.dosierung, str):
        words += _split(dosage_mark(position.dosierung))
    if position.hinweis:
        words += _split(position.hinweis)
    return words


def _split(text: str) -> list[str]:
    """The words of a text; a number stays with its unit."""
    words: list[str] = []
    for word in text.split():
        if words and _MENGE.fullmatch(f"{words[-1]} {word.rstrip('«,;')}"):
            words[-1] += f" {word}"
        else:
            words.append(word)
    return words


def dosage_mark(dosierung: str) -> str:
    """The dosage between its marks; ``dj`` says that a plan or written instruction exists (P3-625 AK3, AK5)."""
    text = " ".join(dosierung.split())
    return f"{AUF}Dj{ZU}" if text.lower() == "dj" else f"{AUF}{text}{ZU}"


def _contains(name: str, part: str) -> bool:
    """Whether a detail already stands in the name, word by word: "5 mg" does not stand in "25 mg"."""
    have, want = _comparable(name), _comparable(part)
    return any(have[start : start + len(want)] == want for start in range(len(have) - len(want) + 1))


def _comparable(text: str) -> list[str]:
    return re.sub(r"(?<=[0-9])\s+(?=[a-zµ%])", "", text.casefold()).split()


def _rezeptur(position: RezepturPosition, width: int, dichte: int) -> list[str]:
    """Name, amount and form; ingredients; container; preparation; use (K3-723 AK2).

    At first each ingredient has its own row, then all share a paragraph, at last everything flows.
    """
    head = f"{position.anzahl} x " if position.anzahl > 1 else ""
    head += " ".join(part for part in (position.name, position.menge, position.darreichung) if part)
    ingredients = [f"{b.name} {b.menge}" for b in position.bestandteile]
    rest = [part for part in (position.gefaess, position.zubereitung) if part]
    rest += [f"Gebrauch: {position.gebrauch}"] if position.gebrauch else []
    rest += [position.hinweis] if position.hinweis else []
    if dichte == 0:
        paragraphs = [head, *ingredients, *rest]
    elif dichte == 1:
        paragraphs = [head, ", ".join(ingredients), *rest]
    else:
        paragraphs = ["; ".join([head, ", ".join(ingredients), *rest])]
    return [row for paragraph in paragraphs for row in wrap(_split(paragraph), width)]
