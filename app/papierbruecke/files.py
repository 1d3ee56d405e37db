"""Input and output files of the command line: read whole, written whole or not at all."""

import os
import tempfile
from pathlib import Path

from papierbruecke.errors import Einwand, EnvironmentFailure, InputRefused


def read_input(path: Path) -> bytes:
    """The bytes of an input file; a file that is not there is refused input."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputRefused((Einwand("eingabe", "Aufruf", f"Die Datei lässt sich nicht lesen: {path.name}"),)) from error


def write_output(path: Path, data: bytes, belegnummer: str | None = None) -> None:
    """Write a file so that it is whole or absent, durable when this returns.

    ``belegnummer`` is named in the failure, if a Beleg was already stored.
    """
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".neu")
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise EnvironmentFailure(
            "ausgabe.datei",
            "Die Ausgabedatei lässt sich nicht schreiben. Bitte Ordner und freien Platz prüfen.",
            belegnummer=belegnummer,
        ) from error
