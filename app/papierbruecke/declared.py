"""How one setting is declared: label, help, unit and source stand beside its type and default.

The settings page, the handbook and the tests read these; nothing about a setting is written
anywhere else. Source: issue "Arbeitsplatz" scope 4.
"""

from typing import Any

from pydantic import Field
from pydantic.fields import FieldInfo


def declared(
    default: Any,
    label: str,
    hint: str,
    source: str,
    *,
    unit: str = "",
    names: str = "",
    entry: str = "",
    secret: bool = False,
    **limits: Any,
) -> Any:
    """One setting: German ``label`` and ``hint``, and the ``source`` that says why it exists or what it may be.

    ``unit`` follows the label in brackets. ``names``: a list is offered (``drucker`` and ``leser`` as
    this computer names them, ``bundesland``, ``signaturkarte``) or a dialog of the computer
    (``ordner``). ``entry``: what somebody types must match this as a whole; what is stored already
    is never refused by it, because a desk that does not start is worse. ``secret``: never shown,
    never exported, never in a ``repr``. ``limits`` are those of pydantic (``ge``, ``pattern``).
    """
    besides: dict[str, Any] = {"quelle": source, "einheit": unit, "namen": names, "eingabe": entry}
    return Field(default=default, title=label, description=hint, repr=not secret, json_schema_extra=besides, **limits)


def extra(info: FieldInfo, name: str) -> str:
    """What was declared besides (``quelle``, ``einheit``, ``namen``, ``eingabe``); empty if nothing was."""
    return str(info.json_schema_extra.get(name, "")) if isinstance(info.json_schema_extra, dict) else ""
