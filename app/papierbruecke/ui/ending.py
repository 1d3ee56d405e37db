"""The end of the program: what is under way goes to its next safe point, then the window closes.

A mail on its way is finished and the right to send is given back, a sheet at the printer gets its
state, half-typed input is written down. Until then the window lives and says so. A person who ends
the program while something is still owed is asked once; the computer (log-out, SIGTERM) is not.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget

from papierbruecke.outage.model import Dienst
from papierbruecke.ui.background import Background
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.desk_lists import DeskLists
from papierbruecke.ui.ending_page import EndingPage
from papierbruecke.ui.places import WithPlaces
from papierbruecke.ui.session import Session

if TYPE_CHECKING:
    from papierbruecke.reconcile.ledger import Zeile

QUESTION_OPEN = "Bei einem Blatt ist noch offen, ob es richtig gedruckt wurde."
SENDING = "Der Nachversand läuft gerade; er hält nach der Krankschreibung an, die jetzt unterwegs ist."


def still_owed(rows: "Sequence[Zeile]", kim_in_papier: bool, *, question: bool, sending: bool) -> list[str]:
    """What somebody should know before ending the program, one sentence each; empty if nothing (pure)."""
    from papierbruecke.ui.owed import owed_text, owes  # knows Konnektor and KIM, which no first picture needs

    found = [QUESTION_OPEN] if question else []
    found += [SENDING] if sending else []
    return found + ([owed_text(rows, kim_in_papier)[0]] if owes(rows) else [])


class Ending(QObject):
    """Lives on the main thread; what runs all day hears ``Background.stopping``. Signals: ``shown`` with
    whether its page covers the others (then their keys sleep), ``over`` when the program may end."""

    shown = Signal(bool)
    over = Signal()

    def __init__(
        self, window: WithPlaces, desk: Desk, session: Session, lists: DeskLists, background: Background
    ) -> None:
        super().__init__()
        self._window = window
        self._desk = desk
        self._session = session
        self._lists = lists
        self._background = background
        self._before: tuple[QWidget | None, QWidget | None] = (None, None)
        self.is_begun = False
        self.is_over = False
        self.page = EndingPage()
        self.page.stay_wanted.connect(self.stay)
        self.page.leave_wanted.connect(self.begin)
        session.cover.addWidget(self.page)

    @property
    def is_asking(self) -> bool:
        """Whether the question is on the screen."""
        return self._session.cover.currentWidget() is self.page and not self.is_begun

    def leave(self) -> None:
        """A person ends the program: what is still owed is said first, and asked; without it the end begins."""
        if self.is_begun or self.is_asking:
            return
        owed = self._owed()
        if not owed:
            self.begin()
            return
        cover = self._session.cover
        self._before = (cover.currentWidget(), QApplication.focusWidget())
        cover.setCurrentWidget(self.page)
        self.page.ask(owed)
        self.shown.emit(True)

    def _owed(self) -> list[str]:
        window, made = self._window, "nachbearbeitung" in self._window.places
        question = window.reception.form.bar.busy or (made and window.outbox.bar.busy)
        sending = made and window.outbox.sending.work.is_running
        rows = [] if self._desk.uebung else self._lists.rows
        return still_owed(rows, Dienst.KIM in self._lists.papier, question=question, sending=sending)

    def stay(self) -> None:
        """Back to where everything was."""
        if not self.is_asking:
            return
        page, focus = self._before
        if page is not None:
            self._session.cover.setCurrentWidget(page)
        self.shown.emit(False)
        if focus is not None and focus.isVisible():
            focus.setFocus()

    def begin(self) -> None:
        """End at the next safe point; ``over`` follows, at once if nothing is under way."""
        if self.is_begun:
            return
        self._stop_work()
        self._background.wind_down()
        self.shown.emit(True)
        if not self._background.busy:
            self._finish()
            return
        self._background.idle.connect(self._finish)
        self._session.cover.setCurrentWidget(self.page)
        self.page.tell()

    def at_once(self) -> None:
        """The same without coming back to the window in between: the caller waits for the safe point."""
        if not self.is_begun:
            self._stop_work()
        self._finish()

    def _stop_work(self) -> None:
        self.is_begun = True
        self._session.timer.stop()  # no lock over the last words
        self._window.reception.card.stop_waiting()

    def _finish(self) -> None:
        if self.is_over:
            return
        self.is_over = True
        self._background.stop()  # a Nachversand hears of it and stops after the mail that is on its way
        self.over.emit()
