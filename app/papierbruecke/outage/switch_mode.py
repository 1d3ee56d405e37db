"""Change of Betriebsart: a person declares a Störung and ends it, per Dienst.

Entering puts Dienste on paper with one click; leaving is never automatic. There is no single
"TI down" switch. Source: design §2, reconciliation §1, TA eAU P6-05.
"""

from collections.abc import Collection
from typing import Protocol
from uuid import UUID, uuid4

from papierbruecke.clock import Clock
from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.outage.incident import Stoerung, dienste_in_papier
from papierbruecke.outage.model import Dienst, Lage
from papierbruecke.outage.proposal import affected_dienste


class StoerungStore(Protocol):
    """What the switch needs of the store."""

    def begin_stoerung(self, stoerung: Stoerung, wer: str) -> None:
        """Open a Störung; raises ValueError if an open one already names one of its Dienste."""

    def change_stoerung(self, stoerung: Stoerung, wer: str) -> None:
        """Store a changed Störung."""

    def stoerungen(self, *, nur_offene: bool = False) -> list[Stoerung]:
        """All Störungen, oldest first."""


class SwitchMode:
    """Puts Dienste on paper and takes them back."""

    def __init__(self, store: StoerungStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def begin(self, dienste: Collection[Dienst], grund: str | None, wer: str, diagnose: str | None = None) -> Stoerung:
        """Put these Dienste on paper; those that already are stay in their Störung.

        An incident that grows is one Störung: more Dienste join the newest open one, unless one
        of them was taken back in it already; then the fault is a new one. Raises InputRefused
        if no Dienst is named.
        """
        wanted = [dienst for dienst in Dienst if dienst in dienste]
        if not wanted:
            raise InputRefused((Einwand("dienste", "Design §2", "Bitte mindestens einen Dienst nennen."),))
        open_ones = self._open()
        papier = dienste_in_papier(open_ones)
        new = [dienst for dienst in wanted if dienst not in papier]
        if not new:
            return papier[wanted[0]]
        joined = open_ones[-1] if open_ones else None
        if joined is None or set(new) & {dienst for dienst, _ in joined.wieder}:
            made = Stoerung(
                id=uuid4(), beginn=self._clock.now(), dienste=tuple(new), grund=grund or None, diagnose=diagnose
            )
            self._store.begin_stoerung(made, wer)
            return made
        changed = joined.model_copy(
            update={
                "dienste": joined.dienste + tuple(new),
                "grund": joined.grund or grund or None,
                "diagnose": joined.diagnose or diagnose,
            }
        )
        self._store.change_stoerung(changed, wer)
        return changed

    def end(self, dienste: Collection[Dienst] | None, wer: str) -> Stoerung | None:
        """Take these Dienste (None: all) back to online; the last one ends the Störung.

        Returns the Störung that was changed last, or None if none of them was on paper.
        """
        now = self._clock.now()
        changed: Stoerung | None = None
        for stoerung in self._open():
            papier = stoerung.in_papier()
            back = [d for d in Dienst if d in papier and (dienste is None or d in dienste)]
            if not back:
                continue
            update: dict[str, object] = {"wieder": stoerung.wieder + tuple((d, now) for d in back)}
            if set(back) == papier:
                update["ende"] = now
            changed = stoerung.model_copy(update=update)
            self._store.change_stoerung(changed, wer)
        return changed

    def confirm(self, stoerung: UUID, wer: str) -> None:
        """A person says that this Störung still holds: the next question comes tomorrow."""
        for open_one in self._open():
            if open_one.id == stoerung:
                confirmed = (*open_one.bestaetigt, self._clock.now())
                self._store.change_stoerung(open_one.model_copy(update={"bestaetigt": confirmed}), wer)

    def enter_if_configured(self, lage: Lage, automatisch: bool) -> Stoerung | None:
        """Put on paper what is certainly broken, if the practice has switched that on."""
        broken = affected_dienste(lage)
        if not automatisch or not broken or lage.diagnose is None:
            return None
        return self.begin(broken, None, "automatisch", lage.diagnose.id)

    def _open(self) -> list[Stoerung]:
        return [s for s in self._store.stoerungen(nur_offene=True) if not s.einzelfaelle and s.ende is None]
