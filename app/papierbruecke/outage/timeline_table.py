"""The timeline as a table for a spreadsheet, and as a few lines for reading (pure).

Source: issue 3 item 5 (per day, week, year, with availability figures per Dienst).
"""

import csv
import io
import json
from datetime import datetime, timedelta
from typing import Any

from papierbruecke.clock import local
from papierbruecke.outage.timeline import WORTE, Spur, Verlauf

TAGE = {"woche": 7, "monat": 30, "jahr": 365}
ZEITRAEUME = ("heute", *TAGE)


def period(name: str, now: datetime) -> tuple[datetime, datetime]:
    """Begin and end of ``heute`` (the whole calendar day), or of the last week, month, year."""
    if name in TAGE:
        return now - timedelta(days=TAGE[name]), now
    midnight = local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight, midnight + timedelta(days=1)


def verlauf_csv(verlauf: Verlauf) -> str:
    """One row per stretch, then one per line with its availability; semicolons and commas as in Germany."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(("Stelle", "Von", "Bis", "Zustand", "Minuten", "Verfügbar in Prozent"))
    for spur in verlauf.spuren:
        for piece in spur.abschnitte:
            minutes = (piece.bis - piece.von).total_seconds() / 60
            word = WORTE[piece.zustand]
            writer.writerow((spur.name, _moment(piece.von), _moment(piece.bis), word, _german(minutes), ""))
    for spur in verlauf.spuren:
        if spur.anteil is not None:
            broken, share = _german(spur.ausfall_s / 60), _german(100 * spur.anteil, 2)
            writer.writerow(
                (spur.name, _moment(verlauf.von), _moment(verlauf.bis), "Summe der Störungen", broken, share)
            )
    return out.getvalue()


def verlauf_document(verlauf: Verlauf) -> dict[str, Any]:
    """The timeline for other programs; the answer of ``verlauf --json``."""
    return {"schema": "verlauf", "version": 1} | verlauf.model_dump(mode="json")


def verlauf_file(verlauf: Verlauf, name: str) -> bytes:
    """The timeline as a file: JSON if the name ends so, else a table that a German spreadsheet opens."""
    if name.lower().endswith(".json"):
        return json.dumps(verlauf_document(verlauf), ensure_ascii=False, indent=1).encode()
    return verlauf_csv(verlauf).encode("utf-8-sig")  # the mark lets a spreadsheet see that this is UTF-8


def verlauf_lines(verlauf: Verlauf) -> list[str]:
    """Availability per line; what nobody measured is said, not guessed."""
    head = f"Verlauf von {_moment(verlauf.von)} bis {_moment(verlauf.bis)} Uhr"
    return [head, *(f"  {spur.name:<28} {_availability(spur)}" for spur in verlauf.spuren)]


def _availability(spur: Spur) -> str:
    if spur.anteil is None:
        return "keine Messung"
    return f"{_german(100 * spur.anteil, 2):>6} % verfügbar, gestört {_german(spur.ausfall_s / 60)} Minuten"


def _moment(moment: datetime) -> str:
    return f"{local(moment):%d.%m.%Y %H:%M}"


def _german(number: float, places: int = 0) -> str:
    return f"{number:.{places}f}".replace(".", ",")
