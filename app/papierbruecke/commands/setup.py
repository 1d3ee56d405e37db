"""``schema``, ``selbsttest``: what files look like, and whether this desk is ready."""

import json

from pydantic import BaseModel

from papierbruecke.commands.answer import DONE, FINDING, Adder, Given, answer, open_desk
from papierbruecke.commands.answer_schema import ANSWERS
from papierbruecke.record.model import AuEingabe, ErsatzscheinEingabe, RezeptEingabe

INPUTS: dict[str, type[BaseModel]] = {"rezept": RezeptEingabe, "au": AuEingabe, "ersatzschein": ErsatzscheinEingabe}
"""The input files, by the command that reads them."""


def register(add: Adder) -> None:
    """The commands of this file."""
    parser = add(schema, "JSON-Schema der Ein- und Ausgaben.")
    parser.add_argument(
        "was",
        choices=(*INPUTS, *ANSWERS),
        metavar="DATEI",
        help=f"Eingaben: {', '.join(INPUTS)}; Antworten: {', '.join(ANSWERS)}",
    )
    add(selbsttest, "Kartenleser, Speicher, Schlüssel, Konnektor, KIM, Uhr prüfen.")


def schema(given: Given) -> int:
    """``schema``: the JSON Schema of an input or answer, always on stdout."""
    name = given["was"]
    document = INPUTS[name].model_json_schema() if name in INPUTS else ANSWERS[name]()
    print(json.dumps(document, ensure_ascii=False, indent=2))
    return DONE


def selbsttest(given: Given) -> int:
    """``selbsttest``: each part ok, or what to do."""
    from papierbruecke.selftest import run_selftest

    results = run_selftest(open_desk(given))
    document = {"schema": "selbsttest", "version": 1, "teile": [r.as_dict() for r in results]}
    answer(given, document, [f"{'ok ' if r.ok else '!! '} {r.teil}: {r.text}" for r in results])
    return DONE if all(r.ok for r in results) else FINDING
