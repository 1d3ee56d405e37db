"""The PLZ-Stammdatei of the KBV as a stream of postal codes (SDPLZ 1.06, xDT lines; pure).

The file is called ``PLZ74_n.QJJ``. A line is three digits length, four digits field, content, CR LF;
the length counts all of it. One header record ``plz0``, records ``2150`` with one postal code
each, one end record ``plz9``. It knows postal codes and KV areas, no places.
Source: KBV_ITA_VGEX_Datensatzbeschreibung_SDPLZ 1.06 (10.08.2016), chapters 1 to 4.
"""

import re
from collections.abc import Iterator
from typing import IO

from papierbruecke.errors import Einwand, InputRefused

HEADER_AND_END = 2  # records of a file without any postal code
HEADER, CODE, END = "plz0", "2150", "plz9"
FK_SATZART, FK_PLZ, FK_ZEICHENSATZ, FK_QUARTAL, FK_VERSION = "8000", "0150", "9106", "9111", "9212"
_HEAD_BYTES, _LINE_END = 7, 2
_MAX_LINE = 1_000  # the length has three digits
_LINE = re.compile(rb"([0-9]{3})([0-9]{4})(.*)\r\n", re.DOTALL)
_VERSION = re.compile(r"PLZ[0-9]{4}\.[0-9]{2}")


def read_sdplz(stream: IO[bytes]) -> Iterator[str]:
    """Every postal code of the file in its order; raises InputRefused for anything that is not a whole SDPLZ.

    Memory stays bounded: one record at a time.
    """
    kind = ""
    for number, record in enumerate(_records(stream), start=1):
        kind = record.get(FK_SATZART, "")
        if number == 1:
            _check_header(kind, record)
        elif kind == CODE:
            plz = record.get(FK_PLZ, "")
            if not re.fullmatch(r"[0-9]{5}", plz):
                raise _refused("Ein Satz der Datei nennt keine Postleitzahl mit fünf Ziffern.")
            yield plz
        elif kind == END:
            if stream.read(1):
                raise _refused("Nach dem Ende der PLZ-Stammdatei steht noch etwas. Bitte neu herunterladen.")
            if number == HEADER_AND_END:
                raise _refused("In der PLZ-Stammdatei steht keine Postleitzahl.")
            return
        else:
            raise _refused("Die Datei enthält eine Satzart, die es in der PLZ-Stammdatei nicht gibt.")
    raise _refused(
        "Die PLZ-Stammdatei ist unvollständig. Bitte neu herunterladen." if kind else "Das ist keine PLZ-Stammdatei."
    )


def _check_header(kind: str, record: dict[str, str]) -> None:
    if kind != HEADER or not _VERSION.fullmatch(record.get(FK_VERSION, "")):
        raise _refused("Das ist keine PLZ-Stammdatei der KBV (Datei PLZ74_….).")
    if not re.fullmatch(r"[1-4][0-9]{4}", record.get(FK_QUARTAL, "")):
        raise _refused("Der PLZ-Stammdatei fehlt das Quartal, ab dem sie gilt.")


def _records(stream: IO[bytes]) -> Iterator[dict[str, str]]:
    """Field to first content, one record after the other."""
    record: dict[str, str] = {}
    for fk, content in _lines(stream):
        if fk == FK_SATZART and record:
            yield record
            record = {}
        if not record and fk != FK_SATZART:
            raise _refused("Das ist keine PLZ-Stammdatei der KBV: Sie beginnt nicht mit der Satzart (Feld 8000).")
        record.setdefault(fk, content)
        if fk == FK_SATZART and content == END:
            yield record
            return
    if record:
        yield record


def _lines(stream: IO[bytes]) -> Iterator[tuple[str, str]]:
    for number, raw in enumerate(iter(lambda: stream.readline(_MAX_LINE), b""), start=1):
        match = _LINE.fullmatch(raw)
        if match is None:
            raise _refused(f"Zeile {number} ist keine Zeile einer PLZ-Stammdatei. Bitte neu herunterladen.")
        length, fk, content = match.groups()
        if int(length) != _HEAD_BYTES + len(content) + _LINE_END:
            raise _refused(f"Die Länge von Zeile {number} stimmt nicht; ein Teil kann fehlen. Bitte neu herunterladen.")
        yield fk.decode("ascii"), content.decode("iso8859-1").strip()


def _refused(text: str) -> InputRefused:
    return InputRefused((Einwand("datei", "SDPLZ 1.06", text),))
