"""``nachversand``, ``eeb``, ``abgleich``: clearing up when the TI is back."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from papierbruecke.commands.answer import CANCELLED, DONE, FINDING, WER, Adder, Given, answer, open_desk
from papierbruecke.commands.signature import say
from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.files import write_output

LISTEN_S = 0.2  # how long a Ctrl+C may wait
T = TypeVar("T")


def register(add: Adder) -> None:
    """The commands of this file."""
    parser = add(nachversand, "Senden, was elektronisch geschuldet ist.")
    parser.add_argument("--nur", metavar="NUMMER", help="nur diesen Beleg")
    parser.add_argument(
        "--warten-s", type=float, default=0.0, metavar="N", help="so lange auf Zustellbestätigungen warten"
    )
    parser.add_argument("--postfach", action="store_true", help="nur zeigen, was im KIM-Postfach gelesen wurde")
    parser = add(eeb, "Ersatzbescheinigung (eEB) aus dem KIM-Postfach neben einem Ersatzschein.")
    parser.add_argument("nummer", metavar="NUMMER", help="Belegnummer des Ersatzscheins")
    parser = add(abgleich, "Jeder Beleg in genau einer Spalte.")
    parser.add_argument("-o", "--ausgabe", type=Path, metavar="DATEI.pdf", help="als PDF schreiben")
    parser.add_argument(
        "--nacherfassung", type=Path, metavar="DATEI.pdf", help="Bogen für das Eintragen in die Praxissoftware"
    )


def eeb(given: Given) -> int:
    """``eeb``: the Ersatzbescheinigungen for a slip beside it; exit 1 unless one may be taken over."""
    desk = open_desk(given)
    slip = desk.store().by_nummer(given["nummer"])
    if slip is None:
        raise InputRefused((Einwand("nummer", "Belegnummer", "Diese Belegnummer gibt es hier nicht."),))
    found = desk.find_eeb(slip.kennung)
    document = {
        "schema": "eeb",
        "version": 1,
        "andere": found.andere,
        "unlesbar": found.unlesbar,
        "vergleiche": [
            {
                "absender": each.bescheinigung.absender,
                "unversehrt": each.bescheinigung.unversehrt,
                "absender_kasse": each.absender_kasse,
                "schon_gelesen": each.schon_gelesen,
                "uebernehmen": each.uebernehmen,
                "felder": [row.model_dump(mode="json") | {"satz": row.satz} for row in each.felder],
            }
            for each in found.vergleiche
        ],
    }
    lines = [line for each in found.vergleiche for line in each.lines()]
    answer(given, document, lines or ["Im KIM-Postfach liegt keine Ersatzbescheinigung für diese Person."])
    return DONE if any(each.uebernehmen for each in found.vergleiche) else FINDING


def nachversand(given: Given) -> int:
    """``nachversand``: drain the queue now; exit 1 while something stays open, 130 after Ctrl+C."""
    desk = open_desk(given)
    if given.get("postfach"):
        box = desk.postfach()
        answer(given, {"schema": "postfach", "version": 1} | box.as_dict(), box.lines())
        return DONE
    result = until_interrupted(
        lambda cancel: desk.drain_and_wait(
            WER, nur=given.get("nur"), warten_s=given["warten_s"], cancel=cancel, on_notice=say
        )
    )
    answer(given, {"schema": "nachversand", "version": 1} | result.as_dict(), result.lines())
    if result.abgebrochen:
        return CANCELLED
    return DONE if result.finished else FINDING


def until_interrupted(work: Callable[[threading.Event], T]) -> T:
    """Let ``work`` end by itself; Ctrl+C sets the event that it got, instead of killing it in the middle.

    It runs in a thread, because a main thread that waits for a Konnektor hears no Ctrl+C under Windows.
    """
    cancel, listening = threading.Event(), threading.Event()

    def begin() -> T:
        listening.wait()
        if cancel.is_set():
            raise KeyboardInterrupt
        return work(cancel)

    with ThreadPoolExecutor(max_workers=1) as pool:
        try:
            running = pool.submit(begin)
            while True:
                try:
                    listening.set()
                    return running.result(timeout=LISTEN_S)
                except TimeoutError:
                    if running.done():
                        raise  # it is the work's own
                except KeyboardInterrupt:
                    cancel.set()
        except BaseException:  # a Ctrl+C before we listened, or a second one while we heard the first
            cancel.set()
            listening.set()
            raise


def abgleich(given: Given) -> int:
    """``abgleich``: every Beleg in exactly one column; on request as PDF."""
    desk = open_desk(given)
    sheet = desk.abgleich(mit_nachweis=True)
    if given.get("ausgabe") is not None:
        write_output(given["ausgabe"], desk.abgleich_pdf())
    if given.get("nacherfassung") is not None:
        write_output(given["nacherfassung"], desk.nacherfassung_pdf())
    waiting = desk.read_later()
    document = {"schema": "abgleich", "version": 1} | sheet.as_dict()
    document["nachlesen"] = [each.as_dict() for each in waiting]
    lines = ["Auf die Karte warten:", *(f"  {each.line()}" for each in waiting)] if waiting else []
    answer(given, document, [*lines, *sheet.lines()])
    return DONE if sheet.closed else FINDING
