"""The hash chain over the history: a changed, removed or inserted row is found (pure).

Each link hashes the previous link and a digest of its own row; the content of a Beleg takes
part only as a digest, so that content may be deleted later and the chain still proves the rest.
"""

import hashlib
import json
from datetime import datetime
from uuid import UUID

from papierbruecke.outage.incident import Stoerung
from papierbruecke.outbox.model import Ereignis, Zustand
from papierbruecke.record.model import Beleg

ANFANG = "0" * 64


def digest(data: bytes) -> str:
    """Hex SHA-256."""
    return hashlib.sha256(data).hexdigest()


def stored_detail(beleg: Beleg, seiten: dict[str, bytes]) -> dict[str, str]:
    """What the history keeps of a stored Beleg: digests of its content and pages."""
    detail = {"inhalt": digest(beleg.model_dump_json().encode())}
    return detail | {f"seite.{name}": digest(pdf) for name, pdf in sorted(seiten.items())}


def stoerung_detail(stoerung: Stoerung) -> dict[str, str]:
    """What the history keeps of a Störung."""
    detail = {
        "dienste": ",".join(dienst.value for dienst in stoerung.dienste),
        "stand": digest(stoerung.model_dump_json().encode()),
    }
    return detail | ({"diagnose": stoerung.diagnose} if stoerung.diagnose else {})


def link(
    previous: Ereignis | None,
    *,
    zeit: datetime,
    kennung: UUID | None,
    stoerung: UUID | None,
    was: str,
    zustand: Zustand | None,
    wer: str,
    detail: dict[str, str],
) -> Ereignis:
    """The next row of the history after ``previous``."""
    nummer = 1 if previous is None else previous.nummer + 1
    row = Ereignis(
        nummer=nummer,
        zeit=zeit,
        kennung=kennung,
        stoerung=stoerung,
        was=was,
        zustand=zustand,
        wer=wer,
        detail=detail,
        hash="",
    )
    return row.model_copy(update={"hash": row_hash(ANFANG if previous is None else previous.hash, row)})


def row_hash(previous_hash: str, row: Ereignis) -> str:
    """The hash that this row must carry after a row with ``previous_hash``."""
    canonical = json.dumps(
        [
            row.nummer,
            row.zeit.isoformat(),
            str(row.kennung),
            str(row.stoerung),
            row.was,
            row.zustand.value if row.zustand else None,
            row.wer,
            dict(sorted(row.detail.items())),
        ],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return digest((previous_hash + digest(canonical.encode())).encode())


def broken_links(rows: list[Ereignis]) -> list[str]:
    """Every place where the chain does not hold, in German; empty = intact."""
    findings: list[str] = []
    previous_hash = ANFANG
    for expected, row in enumerate(rows, start=1):
        if row.nummer != expected:
            findings.append(f"Im Protokoll fehlt Zeile {expected}.")
            break
        if row.hash != row_hash(previous_hash, row):
            findings.append(f"Zeile {row.nummer} des Protokolls wurde verändert.")
        previous_hash = row.hash
    return findings
