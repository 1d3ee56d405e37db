"""``uebung``, ``simulator``: the outage that can be practised."""

from pathlib import Path

from papierbruecke.cli import Adder
from papierbruecke.commands.answer import Given
from papierbruecke.errors import Einwand, InputRefused


def register(add: Adder) -> None:
    """The commands of this file."""
    parser = add(uebung, "Einen Ausfall von Anfang bis Abgleich üben, in einem eigenen Speicher.")
    parser.add_argument("--szenario", default="vpn-zugangsdienst", metavar="NAME", help="welche Störung")
    parser.add_argument(
        "-o",
        "--ausgabe",
        type=Path,
        default=Path("uebung"),
        metavar="ORDNER",
        help="wohin Papiere, Bilder und Bericht kommen",
    )
    parser.add_argument("--ohne-fenster", action="store_true", help="ohne Bildschirm, mit Bildern")
    parser.add_argument("--tempo", type=float, default=1.0, metavar="N", help="N-mal schneller")
    parser = add(simulator, "Die simulierte TI allein; schreibt eine Einrichtung in --daten.")
    parser.add_argument("--szenario", default="normal", metavar="NAME", help="Anfangszustand (Vorgabe: normal)")
    parser.add_argument("--steuerung", type=int, metavar="PORT", help="Port für die Steuerung")


def uebung(given: Given) -> int:
    """``uebung``: play an outage from the first failure to the report."""
    from papierbruecke.uebung import play

    return play(given["szenario"], Path(given["ausgabe"]), windowless=given["ohne_fenster"], tempo=given["tempo"])


def simulator(given: Given) -> int:
    """``simulator``: the simulated TI as a process of its own."""
    from papierbruecke.drill.command import run as run_simulator

    if given.get("daten") is None:
        raise InputRefused((Einwand("--daten", "Design §6", "Der Simulator braucht einen eigenen Ordner."),))
    return run_simulator(Path(given["daten"]), given["szenario"], given.get("steuerung"))
