"""When the program speaks up by itself: once per cause, once when it is over (pure).

Rows of one group are one cause (a tunnel that is first unclear and then the provider's is one
notice). A cause that comes back within 15 minutes is the same one. Source: ti-detection §5.2
(never five alarms for one cause), §7 rules 19 and 29.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal

from papierbruecke.outage.catalogue import katalog
from papierbruecke.outage.model import Lage
from papierbruecke.outage.zeiten import Zeiten
from papierbruecke.redact import Value


class Meldung(Value):
    """One notice. ``schluessel`` is what makes it the same one again."""

    schluessel: str
    art: Literal["stoerung", "behoben", "hinweis"]
    id: str
    satz: str


class Notices:
    """Remembers what was said. ``said``: keys of remarks that were given in earlier runs."""

    def __init__(self, z: Zeiten, said: Collection[str] = ()) -> None:
        self._quiet = timedelta(seconds=z.flattern_s)
        self._said = set(said)
        self._active: dict[str, datetime] = {}
        self._announced = False

    def take(self, lage: Lage) -> tuple[Meldung, ...]:
        """The notices that this Lage gives."""
        found: list[Meldung] = []
        for row in (lage.diagnose, *lage.weitere):
            if row is None or not katalog().diagnosen[row.id].meldet:
                continue
            group = katalog().diagnosen[row.id].gruppe
            if group not in self._active:
                key = f"stoerung:{group}:{lage.zeit.isoformat()}"
                found.append(Meldung(schluessel=key, art="stoerung", id=row.id, satz=f"{row.satz} {row.massnahme}"))
                self._announced = True
            self._active[group] = lage.zeit
        self._forget(lage)
        found += self._remarks(lage)
        if self._announced and lage.diagnose is None and not self._active:
            self._announced = False
            key = f"behoben:{lage.zeit.isoformat()}"
            text = "Die TI ist wieder erreichbar. Sie entscheiden, wann Sie zum normalen Betrieb zurückkehren."
            found.append(Meldung(schluessel=key, art="behoben", id="", satz=text))
        return tuple(found)

    def _forget(self, lage: Lage) -> None:
        over = [group for group, seen in self._active.items() if lage.zeit - seen >= self._quiet]
        for group in over:
            del self._active[group]

    def _remarks(self, lage: Lage) -> list[Meldung]:
        found = []
        for hint in lage.hinweise:
            zeile = katalog().diagnosen[hint.id]
            if not zeile.meldet:
                continue
            # A remark with a date is given once for ever, the others once a day.
            key = f"{hint.id}:{hint.satz}" if hint.id == "D48" else f"{hint.id}:{lage.zeit.date().isoformat()}"
            if key not in self._said:
                self._said.add(key)
                found.append(Meldung(schluessel=key, art="hinweis", id=hint.id, satz=hint.satz))
        return found
