"""``schema``, ``selbsttest``: what files look like, and whether this desk is ready."""

import json

from papierbruecke.commands.answer import DONE, FINDING, Adder, Given, answer, open_desk
from papierbruecke.record.model import AuEingabe, ErsatzscheinEingabe, RezeptEingabe

_DOCUMENTS = ("rezept", "au", "ersatzschein", "karte", "lage", "zertifikate", "stoerungsbericht", "verlauf")


def register(add: Adder) -> None:
    """The commands of this file."""
    parser = add(schema, "JSON-Schema der Ein- und Ausgaben.")
    parser.add_argument("was", choices=_DOCUMENTS, help="welche Datei")
    add(selbsttest, "Kartenleser, Speicher, Schlüssel, Konnektor, KIM, Uhr prüfen.")


def schema(given: Given) -> int:
    """``schema``: the JSON Schema of an input or answer, always on stdout."""
    from papierbruecke.card.model import Kartendaten
    from papierbruecke.outage.answer import LAGE_SCHEMA
    from papierbruecke.outage.certificates import Inventar
    from papierbruecke.outage.evidence import Bericht
    from papierbruecke.outage.timeline import Verlauf

    name = given["was"]
    document = {
        "rezept": lambda: RezeptEingabe.model_json_schema(),
        "au": lambda: AuEingabe.model_json_schema(),
        "ersatzschein": lambda: ErsatzscheinEingabe.model_json_schema(),
        "karte": lambda: Kartendaten.model_json_schema(mode="serialization"),
        "lage": lambda: LAGE_SCHEMA,
        "zertifikate": lambda: Inventar.model_json_schema(mode="serialization"),
        "stoerungsbericht": lambda: Bericht.model_json_schema(mode="serialization"),
        "verlauf": lambda: Verlauf.model_json_schema(mode="serialization"),
    }[name]()
    print(json.dumps(document, ensure_ascii=False, indent=2))
    return DONE


def selbsttest(given: Given) -> int:
    """``selbsttest``: each part ok, or what to do."""
    from papierbruecke.selftest import run_selftest

    results = run_selftest(open_desk(given))
    document = {"schema": "selbsttest", "version": 1, "teile": [r.as_dict() for r in results]}
    answer(given, document, [f"{'ok ' if r.ok else '!! '} {r.teil}: {r.text}" for r in results])
    return DONE if all(r.ok for r in results) else FINDING
