"""What the desk does by itself, quietly: half-typed input, the daily backup, confirmations, old names.

At the start it says what the last run left behind, once and in whole sentences.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from papierbruecke.settings import Einstellungen
from papierbruecke.ui.autostart import set_autostart
from papierbruecke.ui.background import Background, Failure, failure_text
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.reception import Reception
from papierbruecke.ui.theme import Ton

if TYPE_CHECKING:
    from papierbruecke.outbox.recover import Startbericht

KEEP_AFTER_MS = 1500
LOOK_AFTER_MS = 10 * 60 * 1000  # confirmations of the Krankenkassen; they poll at least as often
BACKUP_EVERY_MS = 60 * 60 * 1000
LINES = 3


class Keeper(QObject):
    """Signals: ``told`` with a sentence for the desk and its tone."""

    told = Signal(str, object)

    def __init__(
        self, desk: Desk, background: Background, reception: Reception, look_after: Callable[[], None]
    ) -> None:
        """``look_after`` asks for confirmations of the Krankenkassen."""
        super().__init__()
        self._desk = desk
        self._background = background
        self._reception = reception
        self._kept: dict[str, Any] = {}
        self._with_computer = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(KEEP_AFTER_MS)
        self._timer.timeout.connect(self.keep)
        reception.typed.connect(self._on_typed)
        background.stopping.connect(self.stop)
        self._every = [QTimer(self), QTimer(self)]
        for timer, pause, work in zip(
            self._every, (LOOK_AFTER_MS, BACKUP_EVERY_MS), (look_after, self.back_up), strict=True
        ):
            timer.setInterval(pause)
            timer.timeout.connect(work)

    def start(self) -> None:
        """Look at what the last run left, bring back what was half-typed, make today's backup."""
        desk = self._desk
        self._background.run("outbox", lambda: _left_behind(desk), self._on_left_behind, self._on_failure)
        self.back_up()
        for timer in self._every:
            timer.start()

    def _on_left_behind(self, left: "tuple[Startbericht | None, dict[str, Any], bool]") -> None:
        report, draft, self._with_computer = left
        self._kept = draft
        self._reception.restore(draft)
        lines = report.lines() if report is not None else []
        more = [f"… und {len(lines) - LINES} weitere: F8 zeigt alle."] if len(lines) > LINES else []
        if lines:
            self.told.emit("\n".join(lines[:LINES] + more), Ton.WARN)

    def _on_typed(self) -> None:
        if not self._timer.isActive():  # at the latest so long after the first letter, also while somebody types on
            self._timer.start()

    def keep(self) -> None:
        """Write down what is half-typed, if it changed."""
        draft = self._reception.draft()
        if draft == self._kept:
            return
        self._kept = draft
        desk = self._desk
        self._background.run("outbox", lambda: desk.drafts().keep(draft), None, self._on_failure)

    def back_up(self) -> None:
        """Today's backup, if it is missing; then the day begins: what need not be kept goes."""
        desk = self._desk
        self._background.run("probe", lambda: _back_up(desk), self._begin_day, self._on_failure)

    def _begin_day(self, _: None) -> None:
        self._background.run("outbox", self._desk.begin_day, None, self._on_failure)

    def start_with_computer(self, settings: Einstellungen) -> None:
        """The wish changed: make or remove the entry of the operating system. A drill leaves it alone."""
        daten, on = self._desk.daten, settings.start.mit_computer
        if on == self._with_computer or self._desk.uebung:
            return
        self._with_computer = on
        self._background.run("probe", lambda: set_autostart(on, daten), None, self._on_failure)

    def stop(self) -> None:
        """The end of the program: what is half-typed is there tomorrow."""
        for timer in (self._timer, *self._every):
            timer.stop()
        self.keep()

    def _on_failure(self, failure: Failure) -> None:
        self.told.emit(failure_text(failure), Ton.BAD)


def _left_behind(desk: Desk) -> "tuple[Startbericht | None, dict[str, Any], bool]":
    if not desk.set_up:
        return None, {}, False
    return desk.safekeeping().look_back(), desk.drafts().kept(), desk.settings.start.mit_computer


def _back_up(desk: Desk) -> None:
    if desk.set_up:
        desk.safekeeping().daily()
        desk.forget_patients()
