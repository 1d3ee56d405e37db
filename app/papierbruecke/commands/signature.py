"""``komfortsignatur``: sign without a PIN for a while, on the doctor's word."""

import sys

from papierbruecke.commands.answer import DONE, FINDING, WER, Adder, Given, answer, open_desk
from papierbruecke.errors import EnvironmentFailure


def register(add: Adder) -> None:
    """The command of this file."""
    parser = add(komfortsignatur, "Komfortsignatur des Heilberufsausweises zeigen, ein- oder ausschalten.")
    parser.add_argument(
        "schalten", nargs="?", choices=("ein", "aus"), help="ein (fragt einmal nach der PIN) oder aus; sonst nur zeigen"
    )


def komfortsignatur(given: Given) -> int:
    """``komfortsignatur``: exit 0 if it is as wished; without a wish 0 while it is on, else 1."""
    desk = open_desk(given)
    if not desk.set_up:
        raise EnvironmentFailure("komfort.einrichtung", "Hier ist noch nichts eingerichtet.")
    wish = given.get("schalten")
    state = desk.comfort_state() if wish is None else desk.switch_comfort(wish == "ein", WER, say)
    answer(given, {"schema": "komfortsignatur", "version": 1} | state.model_dump(mode="json"), [state.line()])
    return DONE if state.aktiv is (wish != "aus") else FINDING


def say(text: str) -> None:
    """Before the card terminal asks, not afterwards with everything else."""
    print(text, file=sys.stderr, flush=True)
