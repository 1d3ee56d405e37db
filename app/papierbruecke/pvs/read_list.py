"""The appointment list of the practice system as CSV: who comes today (pure).

Practice systems write semicolons, commas or tabs, UTF-8 or ANSI, and name their columns as they
like; the first line must name them. Source: reconciliation.md §11.6.
"""

import re
from datetime import date
from typing import Literal, cast

from papierbruecke.card.checks import ik_valid, kvnr_valid
from papierbruecke.card.model import Anschrift, Geschlecht, Versicherter, Versicherung
from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.practice.folding import fold
from papierbruecke.practice.table_file import read_table, refused
from papierbruecke.redact import PatientValue

MAX_BYTES = 5_000_000
MAX_ROWS = 5_000
MAX_OBJECTIONS = 20
REGEL = "Terminliste"

# Folded column titles that practice systems use, by the field they mean.
_TITLES: dict[str, tuple[str, ...]] = {
    "nummer": ("nummer", "patientennummer", "patnr", "pat nr", "patienten nr", "patienten id", "id"),
    "termin": ("termin", "uhrzeit", "zeit", "beginn", "datum uhrzeit"),
    "nachname": ("nachname", "name", "familienname"),
    "vorname": ("vorname",),
    "titel": ("titel",),
    "geburtsdatum": ("geburtsdatum", "geburtstag", "geboren", "geb datum", "geb"),
    "geschlecht": ("geschlecht",),
    "strasse": ("strasse", "anschrift"),
    "hausnummer": ("hausnummer", "hausnr", "nr"),
    "plz": ("plz", "postleitzahl"),
    "ort": ("ort", "wohnort"),
    "versicherten_id": ("versicherten id", "versichertenid", "kvnr", "versichertennummer", "versicherten nr"),
    "kasse": ("kasse", "krankenkasse", "kostentraeger", "versicherung"),
    "ik": ("ik", "kassennummer", "kostentraegerkennung"),
    "art": ("versichertenart", "status"),
}
_SEX: dict[str, Geschlecht] = {"m": "M", "maennlich": "M", "w": "W", "f": "W", "weiblich": "W", "d": "D", "x": "X"}


class Termin(PatientValue):
    """One line of the list."""

    nummer: str | None
    termin: str | None
    versicherter: Versicherter
    versicherung: Versicherung | None


def read_list(data: bytes) -> tuple[Termin, ...]:
    """Every line of the list; raises InputRefused naming line and column, and takes over nothing then."""
    rows = read_table(data, REGEL, max_bytes=MAX_BYTES, max_rows=MAX_ROWS)
    columns = _columns(rows[0])
    found: list[Termin] = []
    objections: list[Einwand] = []
    for number, row in enumerate(rows[1:], start=2):
        cells = {field: row[at].strip() for field, at in columns.items() if at < len(row) and row[at].strip()}
        if not cells:
            continue
        found.append(_line(number, cells, objections))
    if objections:
        raise InputRefused(tuple(objections[:MAX_OBJECTIONS]))
    if not found:
        raise refused("liste", REGEL, "In der Liste steht kein Patient.")
    return tuple(found)


def _columns(titles: list[str]) -> dict[str, int]:
    folded = [fold(title) for title in titles]
    columns = {
        field: next(folded.index(name) for name in names if name in folded)
        for field, names in _TITLES.items()
        if any(name in folded for name in names)
    }
    for field in ("nachname", "vorname"):
        if field not in columns:
            raise refused("zeile[1]", REGEL, f"Die erste Zeile nennt keine Spalte „{field.capitalize()}“.")
    return columns


def _line(number: int, cells: dict[str, str], objections: list[Einwand]) -> Termin:
    def object_to(field: str, text: str) -> None:
        objections.append(Einwand(f"zeile[{number}].{field}", REGEL, f"Zeile {number}: {text}"))

    for field in ("nachname", "vorname"):
        if field not in cells:
            object_to(field, f"{field.capitalize()} fehlt.")
    birth = _birth_date(cells["geburtsdatum"]) if "geburtsdatum" in cells else None
    if "geburtsdatum" in cells and birth is None:
        object_to("geburtsdatum", "Das Geburtsdatum ist kein Datum (TT.MM.JJJJ).")
    kvnr = cells.get("versicherten_id", "").replace(" ", "").upper() or None
    if kvnr is not None and not kvnr_valid(kvnr):
        object_to("versicherten_id", "Die Versicherten-ID stimmt nicht.")
    ik = cells.get("ik", "").replace(" ", "") or None
    if ik is not None and not ik_valid(ik):
        object_to("ik", "Die Kassennummer (IK) stimmt nicht.")
    return Termin(
        nummer=cells.get("nummer"),
        termin=cells.get("termin"),
        versicherter=Versicherter(
            versicherten_id=kvnr,
            titel=cells.get("titel"),
            vorname=cells.get("vorname", ""),
            nachname=cells.get("nachname", ""),
            geburtsdatum=birth,
            geschlecht=_SEX.get(fold(cells.get("geschlecht", ""))),
            anschrift=_address(cells),
        ),
        versicherung=_cover(cells, ik),
    )


def _birth_date(text: str) -> str | None:
    match = re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", text)
    year, month, day = (match.group(3), match.group(2), match.group(1)) if match else (text[:4], text[5:7], text[8:10])
    if match is None and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _address(cells: dict[str, str]) -> Anschrift | None:
    fields = {name: cells.get(name) for name in ("strasse", "hausnummer", "plz", "ort")}
    return Anschrift(**fields) if any(fields.values()) else None


def _cover(cells: dict[str, str], ik: str | None) -> Versicherung | None:
    art = cells.get("art")
    art = art if art in ("1", "3", "5") else None
    if ik is None and art is None and "kasse" not in cells:
        return None
    return Versicherung(ik=ik, name=cells.get("kasse"), versichertenart=cast(Literal["1", "3", "5"] | None, art))
