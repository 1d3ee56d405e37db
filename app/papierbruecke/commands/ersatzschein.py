"""``ersatzschein``: the slip of the Ersatzverfahren as PDF, on request stored as a Beleg."""

from pathlib import Path

from papierbruecke.commands.answer import DONE, WER, Adder, Given, answer, open_desk, refuse, warn
from papierbruecke.commands.forms import kennung_on_sheet
from papierbruecke.files import read_input, write_output
from papierbruecke.record.model import ErsatzscheinAngaben
from papierbruecke.record.read_input import read_ersatzschein


def register(add: Adder) -> None:
    """The commands of this file."""
    parser = add(ersatzschein, "Ersatzschein: Angaben zur Versicherung, von der versicherten Person unterschrieben.")
    parser.add_argument("eingabe", type=Path, metavar="EINGABE.json", help="Eingabedatei (siehe: schema)")
    parser.add_argument("-o", "--ausgabe", type=Path, required=True, metavar="DATEI.pdf", help="Ausgabedatei")
    parser.add_argument("--ablegen", action="store_true", help="auch als Beleg ablegen")
    parser.add_argument(
        "--belegnummer", metavar="NUMMER", help="Nummer des Erfassungsbogens aus der Notfallmappe (Nacherfassung)"
    )


def ersatzschein(given: Given) -> int:
    """``ersatzschein``: one page A5; stored, it carries its Belegnummer and the code of it."""
    desk = open_desk(given)
    eingabe = read_ersatzschein(read_input(given["eingabe"]))
    eingabe = eingabe.model_copy(update={"kennung": kennung_on_sheet(given, desk, eingabe)})
    befund = desk.check_ersatzschein(eingabe)
    refuse(befund.einwaende)
    stored = desk.issue_ersatzschein(eingabe, WER) if given["ablegen"] else None
    if stored is not None:
        pdf = desk.store().seiten(stored.kennung)["ersatzschein"]
    else:
        pdf = desk.preview_ersatzschein(eingabe)
    number = stored.belegnummer if stored is not None else None
    write_output(given["ausgabe"], pdf, number)
    warn(befund.warnungen)
    answer(
        given,
        {
            "schema": "ersatzschein-antwort",
            "version": 1,
            "belegnummern": [number] if number is not None else [],
            "warnungen": [w.model_dump() for w in befund.warnungen],
        },
        [
            *([f"Abgelegt als {number}."] if number is not None else []),
            _signature(eingabe.ersatzschein),
        ],
    )
    return DONE


def _signature(angaben: ErsatzscheinAngaben) -> str:
    if angaben.unterschrift_entfaellt is not None:
        return "Eine Unterschrift ist nicht nötig."
    if angaben.auf_muster5:
        return "Bitte den Vordruck Muster 5 ausfüllen und von der versicherten Person unterschreiben lassen."
    return "Bitte von der versicherten Person unterschreiben lassen."
