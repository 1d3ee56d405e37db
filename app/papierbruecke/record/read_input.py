"""From the bytes of an input file to a typed input, or to named objections (design §6.2)."""

import json
from typing import Any, TypeVar

from pydantic import ValidationError

from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.record.model import AuEingabe, Eingabe, ErsatzscheinEingabe, RezeptEingabe

FORMAT = "Eingabeformat"
MAX_BYTES = 1_000_000
CARD_ANSWER_KEYS = frozenset(
    {
        "kartentyp",
        "generation",
        "iccsn_ende",
        "verwendbar",
        "vsd_version",
        "stand",
        "warnungen",
        "schema",
        "version",
    }
)
"""Keys of a card answer that an input file may carry along; they are ignored (design §6.4)."""

_UNION_TAGS = frozenset({"pzn", "wirkstoff", "freitext", "rezeptur"})
_TYPE_TAGS = frozenset({"str", "KeineDosierung"})
_TEXTS = {
    "missing": "Dieses Feld fehlt.",
    "extra_forbidden": "Dieses Feld gibt es nicht. Bitte den Namen prüfen.",
    "string_type": "Hier wird ein Text erwartet.",
    "bool_type": "Hier wird true oder false erwartet.",
    "int_type": "Hier wird eine ganze Zahl erwartet.",
    "date_type": "Bitte ein Datum im Format JJJJ-MM-TT angeben.",
    "date_parsing": "Bitte ein Datum im Format JJJJ-MM-TT angeben.",
    "date_from_datetime_parsing": "Bitte ein Datum im Format JJJJ-MM-TT angeben.",
    "date_from_datetime_inexact": "Bitte ein Datum ohne Uhrzeit angeben.",
    "uuid_parsing": "Die Kennung ist keine UUID.",
    "uuid_type": "Die Kennung ist keine UUID.",
    "model_type": "Hier wird ein Objekt erwartet.",
    "model_attributes_type": "Hier wird ein Objekt erwartet.",
    "tuple_type": "Hier wird eine Liste erwartet.",
    "union_tag_not_found": "Die Form der Position fehlt; erlaubt sind pzn, wirkstoff, freitext, rezeptur.",
    "union_tag_invalid": "Diese Form gibt es nicht; erlaubt sind pzn, wirkstoff, freitext, rezeptur.",
    "greater_than_equal": "Der Wert ist zu klein.",
    "less_than_equal": "Der Wert ist zu groß.",
}

_E = TypeVar("_E", bound=Eingabe)


def read_rezept(data: bytes) -> RezeptEingabe:
    """Read the input file of ``rezept``; raises InputRefused for broken JSON or fields."""
    return _read(data, RezeptEingabe)


def read_au(data: bytes) -> AuEingabe:
    """Read the input file of ``au``; raises InputRefused for broken JSON or fields."""
    return _read(data, AuEingabe)


def read_personalien(data: bytes) -> Eingabe:
    """Read what a form for filling in by hand needs: an input file whose medical part may be missing."""
    return _read(data, Eingabe, ignored=frozenset({"au", "rezept"}))


def read_ersatzschein(data: bytes) -> ErsatzscheinEingabe:
    """Read the input file of ``ersatzschein``; raises InputRefused for broken JSON or fields."""
    return _read(data, ErsatzscheinEingabe)


def _read(data: bytes, kind: type[_E], ignored: frozenset[str] = frozenset()) -> _E:
    document = _load_object(data)
    kept = {key: value for key, value in document.items() if key not in CARD_ANSWER_KEYS | ignored}
    try:
        return kind.model_validate_json(json.dumps(kept), strict=True)
    except ValidationError as error:
        # "from None": pydantic's error would carry the document into a crash report.
        raise InputRefused(_objections(error)) from None


def _load_object(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise _refusal("Die Datei ist zu groß für eine Eingabe.")
    try:
        document = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_unique_keys)
    except UnicodeDecodeError:
        raise _refusal("Die Datei ist nicht in UTF-8 geschrieben.") from None
    except json.JSONDecodeError as error:
        raise _refusal(f"Die Datei ist kein gültiges JSON (Zeile {error.lineno}, Spalte {error.colno}).") from None
    except RecursionError:
        raise _refusal("Die Datei ist zu tief verschachtelt.") from None
    if not isinstance(document, dict):
        raise _refusal("Die Datei enthält kein JSON-Objekt.")
    return document


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        # Two values for one field: nobody can know which one was meant.
        raise _refusal("Ein Feld steht doppelt in der Datei.")
    return document


def _refusal(text: str) -> InputRefused:
    return InputRefused((Einwand("", FORMAT, text),))


def _objections(error: ValidationError) -> tuple[Einwand, ...]:
    found: dict[str, Einwand] = {}
    for problem in error.errors(include_input=False, include_url=False):
        feld = field_path(problem["loc"])
        text = _TEXTS.get(problem["type"])
        if problem["type"] in ("literal_error", "enum"):
            text = f"Erlaubt sind: {problem['ctx']['expected']}."
        found.setdefault(feld, Einwand(feld, FORMAT, text or "Der Wert hat nicht die erwartete Form."))
    return tuple(found.values())


def field_path(loc: tuple[int | str, ...]) -> str:
    """``rezept.positionen[0].dosierung`` from a location of the validator."""
    path = ""
    previous: int | str = ""
    for part in loc:
        if isinstance(part, int):
            path += f"[{part}]"
        elif not (isinstance(previous, int) and part in _UNION_TAGS) and part not in _TYPE_TAGS:
            path += f".{part}" if path else part
        previous = part
    return path
