"""Lists that a practice system or a spreadsheet wrote as CSV: their letters, their separator, their rows (pure).

Programs write semicolons, tabs or commas, UTF-8 (with or without a byte order mark) or
Windows-1252, and say nothing about it. The three readers of such lists share this file.
"""

import csv
import io

from papierbruecke.errors import Einwand, InputRefused

SEPARATORS = ";\t,"


def letters(raw: bytes) -> str:
    """The text of these bytes: UTF-8, else Windows-1252; what neither knows becomes U+FFFD."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def separator(head: str) -> str:
    """What separates the columns of this first line: the mark that it has most."""
    return max(SEPARATORS, key=head.count)


def read_table(data: bytes, regel: str, *, max_bytes: int, max_rows: int | None = None) -> list[list[str]]:
    """Every row of a list, its titles first; raises InputRefused under ``regel``, which names the list."""
    if len(data) > max_bytes:
        raise refused("liste", regel, f"Die Datei ist zu groß für eine {regel}.")
    text = letters(data)
    if "\0" in text or "\ufffd" in text:
        raise refused("liste", regel, "Die Datei ist keine Textdatei. Bitte die Liste als CSV ausgeben.")
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator(text.partition("\n")[0])))
    except csv.Error:
        raise refused("liste", regel, "Die Liste ist keine lesbare CSV-Datei.") from None
    if not rows or (max_rows is not None and len(rows) > max_rows):
        more = f" oder hat mehr als {max_rows} Zeilen" if max_rows is not None else ""
        raise refused("liste", regel, f"Die Liste ist leer{more}.")
    return rows


def refused(feld: str, regel: str, text: str) -> InputRefused:
    """The refusal of one list."""
    return InputRefused((Einwand(feld, regel, text),))
