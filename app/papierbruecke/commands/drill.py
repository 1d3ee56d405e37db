"""``uebung``, ``simulator``: the outage that can be practised."""

import signal
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from papierbruecke.commands.answer import DONE, FINDING, Adder, Given, answer, passphrase
from papierbruecke.errors import Einwand, InputRefused

if TYPE_CHECKING:
    from papierbruecke.drill.simulator import Simulator
    from papierbruecke.wiring import Desk


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
    parser.add_argument("--von-hand", action="store_true", help="selbst spielen; am Ende gibt es eine Wertung")
    parser.add_argument("--tempo", type=float, default=30.0, metavar="N", help="N-mal schneller (Vorgabe: 30)")
    parser = add(simulator, "Die simulierte TI allein; schreibt eine Einrichtung in --daten.")
    parser.add_argument("--szenario", default="normal", metavar="NAME", help="Anfangszustand (Vorgabe: normal)")
    parser.add_argument("--steuerung", type=int, metavar="PORT", help="Port für die Steuerung")


def uebung(given: Given) -> int:
    """``uebung``: play an outage from the first failure to the Abgleich; exit 1 if anything stayed open."""
    from papierbruecke.uebung import play

    ausgabe = Path(given["ausgabe"])
    if given["von_hand"]:
        return _by_hand(given, ausgabe)
    result = play(given["szenario"], ausgabe, windowless=given["ohne_fenster"], tempo=given["tempo"])
    belege, kasse = result["belege"], result["krankenkasse"]
    answer(
        given,
        result,
        [
            f"Diagnose {result['gesehen']['diagnose']}, erwartet {result['erwartet']['diagnose']}.",
            f"{belege['belege']} Belege: {belege.get('erledigt', 0)} erledigt, {belege.get('offen', 0)} offen, "
            f"{belege.get('unklar', 0)} unklar, {belege.get('hinfaellig', 0)} hinfällig.",
            f"Bei der Krankenkasse: {kasse['angenommen']} eAU, jede genau einmal."
            if kasse["wie_im_fenster"] and not kasse["konflikte"]
            else "Bei der Krankenkasse steht etwas anderes als im Fenster!",
            f"Kartenleser: {result['kartenleser']}.",
            f"Papiere, Bilder und Abgleich: {ausgabe.resolve()}",
        ],
    )
    return DONE if result["gelungen"] else FINDING


def _by_hand(given: Given, ausgabe: Path) -> int:
    from papierbruecke.uebung.played_by_hand import REPORT, play_by_hand

    result = play_by_hand(given["szenario"], ausgabe, tempo=given["tempo"])
    answer(given, result, [*result["zeilen"], f"Übungsbericht: {(ausgabe / REPORT).resolve()}"])
    return DONE if result["bestanden"] else FINDING


def simulator(given: Given) -> int:
    """``simulator``: the simulated TI as a process of its own, until SIGTERM or SIGINT."""
    from papierbruecke.drill.control import Control
    from papierbruecke.drill.data_folder import prepare_folder, write_marker
    from papierbruecke.drill.scenarios import load_scenario
    from papierbruecke.drill.simulator import Simulator
    from papierbruecke.wiring import Desk

    if given.get("daten") is None:
        raise InputRefused((Einwand("--daten", "Design §6", "Der Simulator braucht einen eigenen Ordner."),))
    port = given.get("steuerung")
    if port is not None and not 1 <= port <= 65535:
        raise InputRefused((Einwand("--steuerung", "Design §6", "Ein Port liegt zwischen 1 und 65535."),))
    folder = Path(given["daten"])
    szenario = load_scenario(given["szenario"])
    prepare_folder(folder, passphrase(given))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with Simulator(folder, szenario) as running, closing(Control(running, port)) as control:
        desk = Desk(folder)
        desk.save_settings(running.settings())
        write_past(desk, running)
        desk.close()
        write_marker(folder, {"szenario": szenario.name, "steuerung": control.url})
        print("bereit", flush=True)
        stop.wait()
    return DONE


def write_past(desk: "Desk", running: "Simulator") -> None:
    """Leave the samples in the desk's folder that the scenario's past would have left.

    Both rounds of probes are real ones: first in the normal state, then in the scenario's.
    """
    from papierbruecke.drill.past import past_samples
    from papierbruecke.outage.zeiten import zeiten
    from papierbruecke.wiring_outage import LAGE

    for leftover in desk.daten.glob(f"{LAGE}*"):
        leftover.unlink()  # a marked folder that is used again: its old past is over
    running.play_normal()
    normal = desk.ask_once()
    running.play_current()
    disturbed = desk.ask_once()
    z = zeiten()
    samples = past_samples(running.szenario, normal, disturbed, desk.clock.now(), z.takt_s, z.takt_verdacht_s)
    desk.samples().add(samples)
