"""What every command shares: its exit code, the data folder, the answer, the refusal."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from papierbruecke.card.model import Warnung
from papierbruecke.errors import Einwand, EnvironmentFailure, InputRefused
from papierbruecke.wiring import Desk

WER = "Kommandozeile"
Given = dict[str, Any]
"""The parsed command line."""
Command = Callable[[Given], int]
Adder = Callable[[Command, str], argparse.ArgumentParser]
"""Makes the parser of one command, given its function and its line in the help."""
DONE, FINDING, REFUSED, ENVIRONMENT, INTERNAL, CANCELLED = 0, 1, 2, 3, 4, 130
"""Exit codes. Source: design §6."""


def data_folder(given: Given) -> Path:
    """The data folder of this desk: ``--daten`` or the place the operating system foresees."""
    if given.get("daten") is not None:
        return Path(given["daten"])
    import platformdirs

    return Path(platformdirs.user_data_dir("Papierbruecke", appauthor=False))


def passphrase(given: Given) -> str | None:
    """The passphrase from ``--schluessel-datei`` or the environment (design §6.4)."""
    path = given.get("schluessel_datei")
    if path is None:
        return os.environ.get("PAPIERBRUECKE_PASSPHRASE") or None
    try:
        text = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise EnvironmentFailure(
            "speicher.schluessel", "Die Schlüsseldatei lässt sich nicht lesen. Es wurde nichts geändert."
        ) from error
    if not text:
        raise EnvironmentFailure("speicher.schluessel", "Die Schlüsseldatei ist leer. Es wurde nichts geändert.")
    return text


def open_desk(given: Given) -> Desk:
    """The desk in this data folder."""
    return Desk(data_folder(given), passphrase=passphrase(given))


def answer(given: Given, document: dict[str, Any], lines: list[str]) -> None:
    """With ``--json`` one document on stdout and nothing else; without, German lines on stderr."""
    if given.get("json"):
        print(json.dumps(document, ensure_ascii=False))
    else:
        print("\n".join(lines), file=sys.stderr)


def warn(warnungen: Iterable[Warnung]) -> None:
    """Remarks that do not stop the work."""
    for warnung in warnungen:
        print(f"Hinweis: {warnung.text}", file=sys.stderr)


def refuse(einwaende: list[Einwand]) -> None:
    """Raise what speaks against the input, if anything does."""
    if einwaende:
        raise InputRefused(tuple(einwaende))
