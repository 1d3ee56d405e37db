"""``sicherung``, ``protokoll``: what protects the records, and the proof that nobody changed them."""

from pathlib import Path
from typing import TYPE_CHECKING

from papierbruecke.clock import local
from papierbruecke.commands.answer import DONE, FINDING, WER, Adder, Given, answer, open_desk
from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.files import write_output
from papierbruecke.outbox.export_history import export_history

if TYPE_CHECKING:  # the encrypted store is read when a command opens it, not for every --help
    from papierbruecke.vault.backup import Sicherung


def register(add: Adder) -> None:
    """The commands of this file."""
    parser = add(sicherung, "Verschlüsselte Sicherung anlegen, prüfen, zurückholen.")
    parser.add_argument("was", choices=("anlegen", "pruefen", "zurueckholen", "liste"), help="was zu tun ist")
    parser.add_argument("name", nargs="?", metavar="NAME", help="welche Sicherung (Vorgabe: die neueste)")
    parser.add_argument(
        "--trotzdem", action="store_true", help="auch einen heilen Speicher durch die Sicherung ersetzen"
    )
    parser = add(protokoll, "Das Protokoll prüfen oder für die Praxisleitung ausgeben.")
    parser.add_argument("was", choices=("pruefen", "ausgeben"), help="was zu tun ist")
    parser.add_argument("-o", "--ausgabe", type=Path, metavar="DATEI.csv", help="ausgeben: Tabelle aller Einträge")


def sicherung(given: Given) -> int:
    """``sicherung anlegen|pruefen|zurueckholen|liste``: exit 1 if a check finds something."""
    safe = open_desk(given).safekeeping()
    name = given.get("name")
    if given["was"] == "anlegen":
        made = safe.backup("von Hand")
        return _tell(given, [made], [], f"Sicherung {made.name} ist angelegt.")
    if given["was"] == "liste":
        return _tell(given, safe.backups(), [], f"{len(safe.backups())} Sicherungen.")
    if given["was"] == "pruefen":
        chosen = safe.choose(name)
        good = f"Sicherung {chosen.name} ist heil und lässt sich zurückholen."
        return _tell(given, [chosen], safe.check(chosen), good)
    result = safe.restore(name, WER, anyway=given["trotzdem"])
    answer(given, {"schema": "wiederherstellung", "version": 1} | result.as_dict(), result.lines())
    return FINDING if result.ungeklaert else DONE


def _tell(given: Given, backups: "list[Sicherung]", findings: list[str], good: str) -> int:
    document = {
        "schema": "sicherung",
        "version": 1,
        "sicherungen": [
            {"name": each.name, "zeit": each.zeit.isoformat(), "anlass": each.anlass, "bytes": each.bytes_gesamt}
            for each in backups
        ],
        "befunde": findings,
    }
    lines = [f"  {each.name}  {local(each.zeit):%d.%m.%Y %H:%M}  {each.anlass}" for each in backups]
    answer(given, document, [*(findings or [good]), *lines])
    return FINDING if findings else DONE


def protokoll(given: Given) -> int:
    """``protokoll pruefen|ausgeben``: every link of the hash chain and the file itself; exit 1 with findings."""
    desk = open_desk(given)
    if given["was"] == "ausgeben":
        if given.get("ausgabe") is None:
            raise InputRefused((Einwand("--ausgabe", "Aufruf", "Bitte mit -o sagen, wohin die Tabelle soll."),))
        write_output(given["ausgabe"], export_history(desk.store()) if desk.set_up else b"")
    findings = desk.store().verify() if desk.set_up else []
    last = desk.store().events(limit=1) if desk.set_up else []
    document = {
        "schema": "protokoll",
        "version": 1,
        "zeilen": last[0].nummer if last else 0,
        "hash": last[0].hash if last else None,
        "befunde": findings,
    }
    rows = document["zeilen"]
    answer(given, document, findings or [f"Das Protokoll ist unverändert: {rows} Zeilen, jede passt zur vorigen."])
    return FINDING if findings else DONE
