"""The history as a table for the owner of the practice: who did what when, and the chain that proves it."""

import csv
import io
import json

from papierbruecke.clock import local
from papierbruecke.outbox.store import Outbox

COLUMNS = ("Zeile", "Zeit (UTC)", "Zeit der Praxis", "Wer", "Was", "Zustand", "Belegnummer", "Kennung", "Einzelheiten")


def export_history(store: Outbox) -> bytes:
    """A CSV file (semicolon, UTF-8 with BOM, as office programs here expect it), oldest row first.

    No patient and no content is in it. The last column is the link of the chain, so that a
    later table shows whether a row of this one was changed.
    """
    numbers = {line.kennung: line.belegnummer for line in store.find()}
    target = io.StringIO(newline="")
    table = csv.writer(target, delimiter=";")
    table.writerow((*COLUMNS, "Prüfsumme"))
    for row in store.events():
        table.writerow(
            (
                row.nummer,
                row.zeit.isoformat(),
                f"{local(row.zeit):%d.%m.%Y %H:%M:%S}",
                _text(row.wer),
                row.was,
                row.zustand.value if row.zustand else "",
                numbers.get(row.kennung, "") if row.kennung else "",
                row.kennung or "",
                _text(json.dumps(row.detail, ensure_ascii=False, sort_keys=True)) if row.detail else "",
                row.hash,
            )
        )
    return target.getvalue().encode("utf-8-sig")


def _text(value: str) -> str:
    """What somebody typed is never a formula of the office program that opens the table."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
