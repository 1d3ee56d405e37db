"""A set-up for the second desk of a practice: everything that both share, and nothing secret.

Never in the file: passwords and certificates with keys, the letter of the desk (two desks with
one letter would give the same Belegnummer twice), and what belongs to one computer (printers,
reader, workplace of the Konnektor, exchange folder, look). Source: design §4 (v1: each desk owns its letter), §7.
"""

import json
from typing import Any

from pydantic import ValidationError

from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.settings import Einstellungen

SCHEMA = "papierbruecke-einrichtung"
VERSION = 1
MAX_BYTES = 1_000_000
OWN: dict[str, Any] = {
    "praxis": {"platz"},
    "konnektor": {"arbeitsplatz", "passwort", "client_p12", "client_p12_passwort"},
    "kim": {"passwort"},
    "karten": {"leser"},
    "netz": {"gespielt_von"},
    "pvs": {"ordner"},
    "druck": True,
    "darstellung": True,
    "start": True,
    "sicherung_zweiter_ort": True,
    "simulator": True,
}
"""What stays at its desk."""


def export_setup(settings: Einstellungen) -> bytes:
    """The file for the other desk (UTF-8 JSON)."""
    document = {
        "schema": SCHEMA,
        "version": VERSION,
        "einstellungen": settings.model_dump(mode="json", exclude=OWN),
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def import_setup(data: bytes, settings: Einstellungen) -> Einstellungen:
    """The settings of this desk with what the file shares; secrets, letter and devices stay ours.

    Raises InputRefused with a sentence for the person who chose the file.
    """
    if len(data) > MAX_BYTES:
        raise _refused("Diese Datei ist zu groß für eine Einrichtung.")
    try:
        document = json.loads(data)
        if document["schema"] != SCHEMA or document["version"] != VERSION:
            raise _refused("Das ist keine Einrichtung dieser Programmversion.")
        given: dict[str, Any] = document["einstellungen"]
        merged = settings.model_dump()
        for name, value in given.items():
            own = OWN.get(name)
            if own is True or name not in merged:
                continue
            merged[name] = merged[name] | _without(value, own) if isinstance(own, set) else value
        return Einstellungen.model_validate(merged)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        where = " Die Werte darin passen nicht." if isinstance(error, ValidationError) else ""
        raise _refused(f"Das ist keine Datei mit einer Einrichtung.{where}") from None


def _without(value: dict[str, Any], own: set[str]) -> dict[str, Any]:
    return {key: part for key, part in value.items() if key not in own}


def _refused(text: str) -> InputRefused:
    return InputRefused((Einwand("datei", "Design §7", f"{text} Es wurde nichts geändert."),))
