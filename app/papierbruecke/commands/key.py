"""``schluessel``: the sheet for the safe, another passphrase, another key, the key store of this computer."""

from pathlib import Path

from papierbruecke.commands.answer import DONE, WER, Adder, Given, answer, open_desk, passphrase
from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.files import write_output

SHORTEST_PASSPHRASE = 12


def register(add: Adder) -> None:
    """The command of this file."""
    parser = add(schluessel, "Wiederherstellungsblatt drucken, Passphrase oder Schlüssel wechseln.")
    parser.add_argument("was", choices=("blatt", "passphrase", "wechseln", "anmelden"), help="was zu tun ist")
    parser.add_argument(
        "-o", "--ausgabe", type=Path, metavar="DATEI.pdf", help="blatt: wohin die Seite geschrieben wird"
    )
    parser.add_argument(
        "--neue-datei", type=Path, metavar="DATEI", help="passphrase: Datei, in der die neue Passphrase steht"
    )


def schluessel(given: Given) -> int:
    """``schluessel blatt|passphrase|wechseln|anmelden``: always a way in, never two keys."""
    done = {"blatt": _sheet, "passphrase": _passphrase, "wechseln": _change, "anmelden": _remember}[given["was"]]
    answer(given, {"schema": "schluessel", "version": 1, "was": given["was"]}, done(given))
    return DONE


def _sheet(given: Given) -> list[str]:
    target = given.get("ausgabe")
    if target is None:
        raise InputRefused((Einwand("--ausgabe", "Aufruf", "Bitte mit -o sagen, wohin das Blatt soll."),))
    write_output(target, open_desk(given).recovery_sheet(WER))
    return [
        f"Das Wiederherstellungsblatt liegt in {target}. Ältere Blätter gelten nicht mehr.",
        "Bitte drucken, verschlossen aufbewahren und die Datei danach löschen: Wer den Code hat, kann alles lesen.",
    ]


def _passphrase(given: Given) -> list[str]:
    source = given.get("neue_datei")
    if source is None:
        raise InputRefused((Einwand("--neue-datei", "Aufruf", "Bitte die Datei mit der neuen Passphrase nennen."),))
    new = passphrase({"schluessel_datei": source})
    if new is None or len(new) < SHORTEST_PASSPHRASE:
        text = f"Die Passphrase braucht mindestens {SHORTEST_PASSPHRASE} Zeichen, am besten vier lange Wörter."
        raise InputRefused((Einwand("--neue-datei", "Design §9", text),))
    open_desk(given).set_passphrase(new, WER)
    return ["Ab jetzt gilt die neue Passphrase. Schlüssel und Wiederherstellungsblatt bleiben gültig."]


def _change(given: Given) -> list[str]:
    open_desk(given).change_key(WER)
    return [
        "Alle Dateien sind unter einem neuen Schlüssel geschrieben; Passphrase und Anmeldung bleiben.",
        "Das alte Wiederherstellungsblatt gilt nicht mehr: Bitte ein neues drucken (schluessel blatt).",
        "Ältere Sicherungen öffnet noch der alte Schlüssel; nach 14 Tagen sind sie gelöscht.",
    ]


def _remember(given: Given) -> list[str]:
    open_desk(given).remember_key(WER)
    return ["Die Anmeldung an diesem Computer öffnet den Datenordner jetzt ohne Passphrase."]
