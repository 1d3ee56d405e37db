"""``ordner``: where the data of this desk lie, and the word of a person that they moved here for good."""

from papierbruecke.commands.answer import DONE, FINDING, WER, Adder, Given, answer, open_desk
from papierbruecke.errors import EnvironmentFailure


def register(add: Adder) -> None:
    """The command of this file."""
    parser = add(ordner, "Wo die Daten dieses Platzes liegen; ein umgezogener Ordner wird hier übernommen.")
    parser.add_argument("was", choices=("zeigen", "uebernehmen"), nargs="?", default="zeigen", help="was zu tun ist")


def ordner(given: Given) -> int:
    """``ordner zeigen|uebernehmen``: exit 1 if the folder must not be opened where it is."""
    desk = open_desk(given)
    findings: list[str] = []
    if given["was"] == "uebernehmen" and desk.set_up:
        desk.adopt_folder(WER)
    try:
        desk.check_place()
    except EnvironmentFailure as failure:
        findings = [failure.text]
    document = {"schema": "ordner", "version": 1, "ordner": str(desk.daten), "befunde": findings}
    answer(given, document, [f"Datenordner: {desk.daten}", *(findings or ["Er darf hier benutzt werden."])])
    return FINDING if findings else DONE
