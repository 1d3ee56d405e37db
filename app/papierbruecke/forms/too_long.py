"""Which field of an item is too long for its sheet, said at that field (pure).

Nothing is shortened by itself (AVWG P3-720 AK7): the person who writes decides what to leave out, and can
do so only if the sentence names the field that needs it.
"""

from collections.abc import Callable, Iterator

from papierbruecke.errors import Einwand
from papierbruecke.record.model import RezeptEingabe, RezepturPosition, Verordnung

REGEL = "AVWG P3-720 AK6"
WORTE = {
    "name": "Der Name des Mittels",
    "text": "Der Text der Verordnung",
    "menge": "Die Menge",
    "staerke": "Die Stärke",
    "darreichung": "Die Darreichungsform",
    "packung": "Die Packungsgröße",
    "norm": "Die Normgröße",
    "bestandteile": "Die Liste der Bestandteile",
    "gefaess": "Das Gefäß",
    "zubereitung": "Die Zubereitung",
    "gebrauch": "Die Gebrauchsanweisung",
    "hilfsmittelnummer": "Die Hilfsmittelnummer",
    "dosierung": "Die Dosierung",
    "hinweis": "Der Hinweis",
}
DIAGNOSE = "Die Diagnose"
WAS_TUN = "ist zu lang: So passt es auch in kleinster Schrift nicht auf ein Blatt. Bitte hier kürzer schreiben."


def too_long(eingabe: RezeptEingabe, index: int, fits: Callable[[RezeptEingabe, int], bool]) -> list[Einwand]:
    """The fields that must become shorter before this item fits on a sheet.

    ``fits`` says whether the item at an index has room on a sheet of its own. One field if leaving it out
    would be enough (the longest of those), otherwise the longest ones that together are.
    """
    fields = sorted(_fields(eingabe, index), key=lambda each: each[2], reverse=True)
    enough = next((each for each in fields if fits(_without(eingabe, index, (each[0],)), index)), None)
    found = [enough] if enough is not None else []
    while enough is None and len(found) < len(fields):
        found.append(fields[len(found)])
        if fits(_without(eingabe, index, tuple(name for name, _, _ in found)), index):
            break
    return [Einwand(_path(name, index), REGEL, f"{words} {WAS_TUN}") for name, words, _ in found]


def _fields(eingabe: RezeptEingabe, index: int) -> Iterator[tuple[str, str, int]]:
    """Every written field of the item and the diagnosis of the sheet: name, in words, and how long it is."""
    position = eingabe.rezept.positionen[index]
    for name, words in WORTE.items():
        text = _written(position, name)
        if text:
            yield name, words, len(text)
    if eingabe.rezept.diagnose:
        yield "diagnose", DIAGNOSE, len(eingabe.rezept.diagnose)


def _written(position: Verordnung, name: str) -> str:
    if name == "bestandteile" and isinstance(position, RezepturPosition):
        return " ".join(f"{each.name} {each.menge}" for each in position.bestandteile)
    value = getattr(position, name, None)
    return value if isinstance(value, str) else ""


def _without(eingabe: RezeptEingabe, index: int, names: tuple[str, ...]) -> RezeptEingabe:
    rezept = eingabe.rezept
    empty = {name: () if name == "bestandteile" else "" for name in names if name != "diagnose"}
    items = list(rezept.positionen)
    items[index] = items[index].model_copy(update=empty)
    diagnose = None if "diagnose" in names else rezept.diagnose
    changed = rezept.model_copy(update={"positionen": tuple(items), "diagnose": diagnose})
    return eingabe.model_copy(update={"rezept": changed})


def _path(name: str, index: int) -> str:
    return "rezept.diagnose" if name == "diagnose" else f"rezept.positionen[{index}].{name}"
