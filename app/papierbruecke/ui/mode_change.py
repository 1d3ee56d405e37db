"""A decided change of Betriebsart: what to do with it, and when the queue may go by itself."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from papierbruecke.outage.incident import Stoerung
from papierbruecke.outage.model import Dienst, Lage
from papierbruecke.resubmit.after_end import pause_after, releases_sending
from papierbruecke.ui.desk import Desk

_DICE = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Change:
    """Which Dienste a person put on paper or back online, and why."""

    to_paper: frozenset[Dienst]
    to_online: frozenset[Dienst]
    reason: str | None

    @property
    def empty(self) -> bool:
        """Whether nothing changes."""
        return not self.to_paper and not self.to_online

    def work(self, desk: Desk, papier: Mapping[Dienst, Stoerung], lage: Lage | None, wer: str) -> Callable[[], None]:
        """What a lane does with it."""
        everything = self.to_online == frozenset(papier)
        diagnose = lage.diagnose.id if lage is not None and lage.diagnose is not None else None

        def work() -> None:
            if self.to_online:
                desk.end_stoerung(None if everything else sorted(self.to_online), wer)
            if self.to_paper:
                desk.begin_stoerung(sorted(self.to_paper), self.reason, wer, diagnose)

        return work

    def pause(self, papier: Mapping[Dienst, Stoerung]) -> timedelta | None:
        """How long the queue waits after KIM was declared back; None if it stays."""
        before = frozenset(papier)
        if not releases_sending(before, (before | self.to_paper) - self.to_online):
            return None
        return pause_after(papier[Dienst.KIM], _DICE)
