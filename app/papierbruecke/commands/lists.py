"""``listen``, ``vorrat``: the practice's own lists and addresses, and how much pre-printed paper is left."""

from pathlib import Path

from papierbruecke.commands.answer import DONE, FINDING, WER, Adder, Given, answer, open_desk
from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.files import read_input
from papierbruecke.forms.vorrat import VORDRUCKE, Aenderung, Bestand, Vordruck, not_counted
from papierbruecke.practice.import_file import taken_in
from papierbruecke.record.checks import lanr_valid

# In the order in which they are done when several are given: counted first.
_CHANGES: dict[Aenderung, str] = {
    "gezaehlt": "anzahl",
    "nachgefuellt": "nachgefuellt",
    "verdorben": "verdorben",
    "warnen_ab": "warnen_ab",
}


def register(add: Adder) -> None:
    """The commands of this file."""
    parser = add(
        listen, "Vorschläge beim Tippen: eigene Arzneimittelliste (CSV) oder ICD-10-GM; Adressen der Kassen; PLZ."
    )
    parser.add_argument(
        "was",
        choices=("mittel", "icd", "favoriten", "kassen", "plz"),
        help="plz: PLZ-Stammdatei der KBV (PLZ74_…); "
        "mittel und favoriten: CSV mit Spalten wie name, pzn; kassen: CSV mit IK, Postanschrift, KIM-Adresse",
    )
    parser.add_argument(
        "datei", type=Path, metavar="DATEI", help="CSV mit Kopfzeile, icd10gm…syst_kodes.txt oder PLZ74_…"
    )
    parser.add_argument("--lanr", default="", metavar="LANR", help="für favoriten: wem sie zuerst angeboten werden")
    parser = add(vorrat, "Wie viele rosa Rezepte oder Vordrucke Muster 5 noch da sind.")
    parser.add_argument(
        "--vordruck",
        choices=VORDRUCKE,
        default="muster16",
        help="welcher Vordruck (Vorgabe: muster16, das rosa Rezept)",
    )
    parser.add_argument("--anzahl", type=int, metavar="N", help="gezählt: so viele liegen jetzt da")
    parser.add_argument("--nachgefuellt", type=int, metavar="N", help="so viele kamen dazu")
    parser.add_argument(
        "--verdorben", type=int, metavar="N", help="so viele sind verdorben, ohne dass das Programm darauf druckte"
    )
    parser.add_argument("--warnen-ab", type=int, metavar="N", help="ab dieser Zahl warnen (Vorgabe: 20)")


def listen(given: Given) -> int:
    """``listen mittel``, ``listen icd``, ``listen plz``: the whole list replaces the earlier one, or nothing of it.

    ``listen favoriten`` and ``listen kassen`` add to what is known.
    """
    desk = open_desk(given)
    if given["was"] == "kassen":
        number = desk.take_kassen(read_input(given["datei"]))
    else:
        if given["was"] == "favoriten" and not lanr_valid(given["lanr"]):
            raise InputRefused((Einwand("--lanr", "Aufruf", "Bitte die Arztnummer angeben (neun Ziffern)."),))
        number = desk.import_list(given["was"], given["datei"], lanr=given["lanr"])
    document = {"schema": "listen", "version": 1, "liste": given["was"], "eintraege": number}
    answer(given, document, [taken_in(number)])
    return DONE


def vorrat(given: Given) -> int:
    """``vorrat``: tell the counter, or ask it; exit 1 if it is time to order."""
    desk = open_desk(given)
    vordruck: Vordruck = given["vordruck"]
    for was, option in _CHANGES.items():
        if given[option] is not None:
            desk.note_vorrat(vordruck, was, given[option], WER)
    left = desk.bestand(vordruck)
    document = {
        "schema": "vorrat",
        "version": 1,
        "vordruck": vordruck,
        "anzahl": left.anzahl if left else None,
        "warnen_ab": left.warnen_ab if left else None,
        "hinweis": left.hinweis if left else None,
    }
    answer(given, document, _lines(vordruck, left))
    return FINDING if left is not None and left.knapp else DONE


def _lines(vordruck: Vordruck, left: Bestand | None) -> list[str]:
    if left is None:
        return [f"{not_counted(vordruck)} Zum Anfangen: vorrat --vordruck {vordruck} --anzahl N."]
    return [left.hinweis or left.stand]
