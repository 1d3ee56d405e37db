"""The drill's card reader for computers without a virtual PC/SC slot: the chip behind our own port."""

from collections.abc import Callable
from typing import TypeVar

from papierbruecke.card.egk import Transmit
from papierbruecke.card.hindernis import GEZOGEN, KEINE_KARTE, LESER_FEHLT, KarteUnlesbar
from papierbruecke.card.kvk import name_kvk
from papierbruecke.drill.card_image import Card
from papierbruecke.drill.virtual_egk import Chip, Faults

T = TypeVar("T")
NAME = "Übungsleser"


class ChipReader:
    """A reader that exists only in this program; ``insert`` and ``remove`` are the hands at the desk."""

    def __init__(self, card: Card | None = None, faults: Faults | None = None) -> None:
        self._chip = None if card is None else Chip(card, faults)

    def insert(self, card: Card, faults: Faults | None = None) -> None:
        """Put a card into the slot."""
        self._chip = Chip(card, faults)

    def remove(self) -> None:
        """Pull the card."""
        self._chip = None

    def names(self) -> tuple[str, ...]:
        """The one reader there is."""
        return (NAME,)

    def with_card(self, leser: str | None, warten_s: float, work: Callable[[Transmit], T]) -> T:
        """Run ``work`` on the inserted card (see the port ``CardReader``); never waits."""
        if leser not in (None, NAME):
            raise KarteUnlesbar(LESER_FEHLT)
        chip = self._chip
        if chip is None or chip.card.mute:
            raise KarteUnlesbar(KEINE_KARTE)

        def transmit(apdu: bytes) -> tuple[bytes, int]:
            if chip.faults.remove_after is not None and chip.count >= chip.faults.remove_after:
                self._chip = None
            if self._chip is not chip:
                raise KarteUnlesbar(GEZOGEN)
            answer = chip.process(apdu)
            return answer[:-2], int.from_bytes(answer[-2:], "big")

        try:
            return work(transmit)
        except KarteUnlesbar as failure:
            raise KarteUnlesbar(name_kvk(failure.hindernis, chip.card.atr)) from None
