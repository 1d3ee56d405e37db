"""Who works at this desk now, and the lock that comes by itself when nobody does.

Locking hides the pages and lets them as they are: what was half-typed is there again after the
PIN, also for the next person. Without users there is no lock (design §9).
"""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from papierbruecke.ui.background import Background, Failure, failure_text
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.login_page import LoginPage
from papierbruecke.vault.users import PRAXIS, Angemeldet, Anmeldung, Benutzer

_WORK = frozenset({QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel, QEvent.Type.TouchBegin})


class Session(QObject):
    """Signals: ``loaded`` after the accounts were read, ``locked`` when the desk is locked,
    ``opened`` with who works now."""

    loaded = Signal()
    locked = Signal()
    opened = Signal(object)

    def __init__(self, desk: Desk, background: Background, work: QWidget) -> None:
        """``work`` is everything that a lock hides."""
        super().__init__()
        self._desk = desk
        self._background = background
        self._focus: QWidget | None = None
        self._minutes = 10
        self._trying = False
        self.users: list[Benutzer] = []
        self.benutzer: Benutzer = PRAXIS
        self.page = LoginPage()
        self.page.tried.connect(self._try)
        self.cover = QStackedWidget()
        self.cover.addWidget(work)
        self.cover.addWidget(self.page)
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.timeout.connect(self.lock)

    @property
    def is_locked(self) -> bool:
        """Whether a PIN is needed now."""
        return self.cover.currentWidget() is self.page

    @property
    def covers(self) -> list[QWidget]:
        """What may lie over everything that a lock hides."""
        placed = (self.cover.widget(at) for at in range(1, self.cover.count()))
        return [page for page in placed if page is not None]

    @property
    def has_users(self) -> bool:
        """Whether anybody has an account here."""
        return any(user.aktiv for user in self.users)

    def load(self, minutes: int) -> None:
        """Read who has an account; ``minutes`` without work lock the desk, 0 = never."""
        self._minutes = minutes
        desk = self._desk
        self._background.run(
            "outbox", lambda: desk.users().all() if desk.set_up else [], self._on_users, self._on_failure
        )

    def _on_users(self, users: list[Benutzer]) -> None:
        first = not self.users
        self.users = users
        self.loaded.emit()
        if not self.has_users:
            return
        handle = self.cover.window().windowHandle()
        if first and handle is not None:
            # On the window of the system, not on the application: only keys and clicks of people come by here.
            handle.installEventFilter(self)
        if self.benutzer == PRAXIS:
            self.lock()
        self._wind_up()

    def lock(self) -> bool:
        """Lock now; False if nobody has an account, so that nobody could open it again."""
        if self.is_locked or not self.has_users:
            return False
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()
        focus = QApplication.focusWidget()
        self._focus = focus if focus is not None and self.cover.isAncestorOf(focus) else None
        self.timer.stop()
        self.cover.setCurrentWidget(self.page)
        self.page.open([user for user in self.users if user.aktiv], self.benutzer.kuerzel)
        self.locked.emit()
        return True

    def _try(self, kuerzel: str, pin: str) -> None:
        if self._trying:
            return
        self._trying = True
        desk = self._desk
        self._background.run("outbox", lambda: desk.users().login(kuerzel, pin), self._on_judged, self._on_failure)

    def _on_judged(self, outcome: Anmeldung) -> None:
        self._trying = False
        if not isinstance(outcome, Angemeldet):
            self.page.refuse(outcome)
            return
        self.benutzer = outcome.benutzer
        self.page.pin.set_text("")
        self.cover.setCurrentIndex(0)
        if self._focus is not None:
            self._focus.setFocus(Qt.FocusReason.OtherFocusReason)
        self._wind_up()
        self.opened.emit(self.benutzer)

    def _on_failure(self, failure: Failure) -> None:
        self._trying = False
        self.page.tell(failure_text(failure))

    def _wind_up(self) -> None:
        if self._minutes and self.has_users and not self.is_locked:
            self.timer.start(self._minutes * 60_000)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's hook: every key and click says that somebody works."""
        if event.type() in _WORK:
            self._wind_up()
        return False
