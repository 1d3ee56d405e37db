"""The numbered sheets of the Notfallmappe: which exist, and what a number on paper stands for."""

from datetime import date, datetime
from uuid import UUID

from papierbruecke.forms.notfallmappe import end_of_next_quarter
from papierbruecke.outbox.store import Outbox
from papierbruecke.record.belegnummer import is_valid, normalize
from papierbruecke.record.kennung import kind_of
from papierbruecke.record.model import BelegArt
from papierbruecke.redact import Value


class Blatt(Value):
    """One numbered sheet. ``erfasst``: somebody already typed in what was written on it."""

    belegnummer: str
    kennung: UUID
    art: BelegArt
    erfasst: bool


class MappenStand(Value):
    """The newest Notfallmappe of this desk, and how many sheets of all of them came back."""

    hergestellt: date
    ersetzen_nach: date
    blaetter: int
    erfasst: int


def find_sheet(store: Outbox, belegnummer: str) -> Blatt | None:
    """The sheet with this number, typed or scanned; None if it was not printed by this desk."""
    if not is_valid(belegnummer):
        return None
    number = normalize(belegnummer)
    kennung = store.preprinted().get(number)
    if kennung is None:
        return None
    return Blatt(
        belegnummer=number, kennung=kennung, art=kind_of(kennung), erfasst=store.uebersicht(kennung) is not None
    )


def mappen_stand(store: Outbox) -> MappenStand | None:
    """What was made last, read from the numbers themselves; None before the first Notfallmappe."""
    sheets = store.preprinted()
    if not sheets:
        return None
    # Every number begins with the day on which it was made (design §2).
    made = max(datetime.strptime(number[:6], "%d%m%y").date() for number in sheets)  # noqa: DTZ007 (a day, no time)
    return MappenStand(
        hergestellt=made,
        ersetzen_nach=end_of_next_quarter(made),
        blaetter=len(sheets),
        erfasst=sum(store.uebersicht(kennung) is not None for kennung in sheets.values()),
    )
