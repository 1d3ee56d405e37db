"""The commands, one file per room; ``register`` tells the parser about them."""

from papierbruecke.commands import (
    accounts,
    addresses,
    afterwards,
    backup,
    belege,
    card,
    drill,
    ersatzschein,
    folder,
    forms,
    handbook,
    key,
    lists,
    outage,
    pairing,
    pvs,
    retention,
    setup,
    signature,
)
from papierbruecke.commands.answer import Adder


def register(add: Adder) -> None:
    """Every command in the order of the help."""
    for room in (
        outage,
        pairing,
        card,
        pvs,
        forms,
        ersatzschein,
        lists,
        addresses,
        belege,
        afterwards,
        signature,
        backup,
        key,
        accounts,
        folder,
        retention,
        setup,
        drill,
        handbook,
    ):
        room.register(add)
