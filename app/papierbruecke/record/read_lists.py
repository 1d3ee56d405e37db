"""Lists that the practice brings along: its own medicines as CSV, the ICD-10-GM of the BfArM (pure).

Read row by row, so that 17,000 codes need no memory. A broken file is refused with the number of
its line, and nothing of it is taken.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import IO, TypeVar

from pydantic import ValidationError

from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.practice.table_file import letters, separator
from papierbruecke.record.checks import pzn_valid
from papierbruecke.record.suggestion_model import IcdEintrag, Mittel

FORM = "Medikamentenliste"
MAX_LINE = 10_000
E_ = TypeVar("E_")
_COLUMNS = frozenset(Mittel.model_fields)
_YES, _NO = frozenset({"ja", "j", "1", "x", "true"}), frozenset({"", "nein", "n", "0", "false"})
_FLAGS = frozenset({"rezeptpflichtig", "betaeubungsmittel", "t_rezept"})
_ICD = re.compile(r"[A-Z][0-9]{2}(\.[0-9]{1,2})?")
# Fields of icd10gmJJJJsyst_kodes.txt, counted from 0 (BfArM, metadata of the systematic index).
_PLACE, _CODE, _TITLE = 1, 6, 8


def read_medicines(stream: IO[bytes]) -> Iterator[Mittel]:
    """Medicines of a CSV with a head line; separator ``;``, ``,`` or tab; UTF-8 or Windows-1252.

    Columns: name (needed), pzn, staerke, darreichung, packung, norm, form, rezeptpflichtig,
    betaeubungsmittel, t_rezept, hilfsmittelnummer; in any order. Raises InputRefused.
    """
    rows = csv.reader(_lines(stream, FORM), delimiter=_separator(stream))
    head = [cell.strip().lower() for cell in next(rows, [])]
    unknown = sorted(set(head) - _COLUMNS)
    if "name" not in head or unknown:
        detail = f" Unbekannt: {', '.join(unknown)}." if unknown else ""
        raise _refusal(1, f"Die erste Zeile nennt die Spalten, mindestens „name“.{detail}", FORM)
    for number, row in enumerate(rows, start=2):
        if any(cell.strip() for cell in row):
            yield _medicine(dict(zip(head, (cell.strip() for cell in row), strict=False)), number)


def _medicine(cells: dict[str, str], number: int) -> Mittel:
    fields: dict[str, object] = {name: text for name, text in cells.items() if text and name not in _FLAGS}
    for name in _FLAGS & cells.keys():
        text = cells[name].lower()
        if text not in _YES | _NO:
            raise _refusal(number, f"Spalte {name}: bitte ja oder nein.", FORM)
        if text or name != "rezeptpflichtig":  # an empty cell leaves the careful default: prescription only
            fields[name] = text in _YES
    pzn = cells.get("pzn", "")
    if pzn:
        fields["pzn"] = pzn.upper().removeprefix("PZN").strip(" -").zfill(8)
        if not pzn_valid(str(fields["pzn"])):
            raise _refusal(number, "Die PZN stimmt nicht (acht Ziffern, Prüfziffer).", FORM)
    fields.setdefault("form", "pzn" if pzn else "freitext")
    try:
        mittel = Mittel.model_validate(fields)
    except ValidationError:
        raise _refusal(number, "Die Zeile ist nicht zu verstehen: Name oder Form fehlt.", FORM) from None
    if (mittel.form == "pzn") != (mittel.pzn is not None):
        raise _refusal(number, "Form und PZN passen nicht zusammen.", FORM)
    try:
        mittel.zeile.encode("iso8859-15")
    except UnicodeEncodeError:
        raise _refusal(number, "Ein Zeichen lässt sich auf dem Formular nicht drucken.", FORM) from None
    return mittel


def read_icd(stream: IO[bytes]) -> Iterator[IcdEintrag]:
    """Codes of ``icd10gmJJJJsyst_kodes.txt`` as the BfArM publishes it. Raises InputRefused."""
    for number, line in enumerate(_lines(stream, "ICD-10-GM"), start=1):
        cells = line.rstrip("\r\n").split(";")
        if len(cells) <= _TITLE or cells[_PLACE] not in ("T", "N") or not _ICD.fullmatch(cells[_CODE]):
            raise _refusal(number, "Das ist nicht die Datei „icd10gm…syst_kodes.txt“ des BfArM.", "ICD-10-GM")
        yield IcdEintrag(code=cells[_CODE], titel=cells[_TITLE], endstaendig=cells[_PLACE] == "T")


def _lines(stream: IO[bytes], regel: str) -> Iterator[str]:
    for number, raw in enumerate(iter(lambda: stream.readline(MAX_LINE), b""), start=1):
        if len(raw) >= MAX_LINE or b"\0" in raw:
            raise _refusal(number, "Das ist keine Textdatei.", regel)
        yield letters(raw)


def _separator(stream: IO[bytes]) -> str:
    head = stream.readline(MAX_LINE)
    stream.seek(0, io.SEEK_SET)
    return separator(letters(head))


def _refusal(number: int, text: str, regel: str) -> InputRefused:
    return InputRefused((Einwand(f"zeile {number}", regel, text),))


def counted(entries: Iterable[E_]) -> Iterator[E_]:
    """The same entries; a file without any is refused, or it would quietly empty the list."""
    empty = True
    for entry in entries:
        empty = False
        yield entry
    if empty:
        raise _refusal(1, "Die Datei enthält keinen Eintrag.", "Import")
