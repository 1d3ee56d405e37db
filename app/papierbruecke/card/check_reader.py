"""Is a card reader ready? Asked by the self-test and by the set-up, before the day it is needed."""

from papierbruecke.card.hindernis import KEIN_LESER, LESER_FEHLT, KarteUnlesbar
from papierbruecke.card.read_card import CardReader
from papierbruecke.redact import Value


class Leserzustand(Value):
    """``code`` is None if a card could be read now; ``text`` says what is there or what to do."""

    code: str | None
    text: str
    leser: tuple[str, ...] = ()


def check_reader(reader: CardReader, leser: str | None = None) -> Leserzustand:
    """Whether the PC/SC service runs and the wanted reader (None: any) is connected; needs no card."""
    try:
        names = reader.names()
    except KarteUnlesbar as failure:
        return Leserzustand(code=failure.hindernis.code, text=failure.hindernis.text)
    if not names:
        return Leserzustand(code=KEIN_LESER.code, text=KEIN_LESER.text)
    if leser is not None and not any(leser.casefold() in name.casefold() for name in names):
        return Leserzustand(code=LESER_FEHLT.code, text=LESER_FEHLT.text, leser=names)
    return Leserzustand(code=None, text=f"Bereit: {', '.join(names)}.", leser=names)
