"""What a replaced store still tells after a backup was brought back, even if it is damaged.

Read by best effort: every table that answers helps, none must.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from papierbruecke.errors import EnvironmentFailure
from papierbruecke.outbox.model import Zustand
from papierbruecke.vault.database import open_as_it_is
from papierbruecke.vault.key import Key


@dataclass(frozen=True, slots=True)
class Remains:
    """Numbers that were given, states that were reached, and the last sign of life."""

    nummern: dict[tuple[date, str], int] = field(default_factory=dict)
    zustaende: dict[UUID, Zustand] = field(default_factory=dict)
    ereignisse: int = 0
    zuletzt: datetime | None = None
    readable: bool = False


def read_remains(path: Path, key: Key) -> Remains:
    """Everything that this file still gives; an unreadable one gives empty remains."""
    rows: dict[str, Sequence[Any]] = {}
    with contextlib.suppress(EnvironmentFailure):
        database = open_as_it_is(path, key)
        try:
            for name, sql in (
                ("nummern", "SELECT tag, platz, laufend FROM nummer"),
                ("zustaende", "SELECT kennung, zustand FROM stand"),
                ("ereignisse", "SELECT nummer, zeit FROM ereignis ORDER BY nummer DESC LIMIT 1"),
            ):
                with contextlib.suppress(EnvironmentFailure):
                    rows[name] = database.rows(sql)
        finally:
            database.close()
    last = rows.get("ereignisse") or ((0, None),)
    return Remains(
        nummern={(date.fromisoformat(tag), platz): laufend for tag, platz, laufend in rows.get("nummern", ())},
        zustaende={UUID(kennung): Zustand(zustand) for kennung, zustand in rows.get("zustaende", ())},
        ereignisse=last[0][0],
        zuletzt=datetime.fromisoformat(last[0][1]) if last[0][1] else None,
        readable={"nummern", "zustaende", "ereignisse"} <= rows.keys(),
    )
