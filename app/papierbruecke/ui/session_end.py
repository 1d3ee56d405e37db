"""The computer ends the program: SIGTERM, Ctrl+C, log-out and shut-down are heard and become an orderly end.

Linux sends SIGTERM (systemd, ``kill``) or asks over the session manager of X11; Windows asks with
WM_QUERYENDSESSION and WM_ENDSESSION, which Qt tells as ``commitDataRequest`` and ``aboutToQuit``.
After WM_ENDSESSION Windows may end the process at any moment, so there the work is finished before
the answer. Source: Qt 6, QSessionManager and QCoreApplication::aboutToQuit; Microsoft, WM_ENDSESSION.
"""

import contextlib
import signal
import socket
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from PySide6.QtCore import QEvent, QObject, QSocketNotifier, Signal
from PySide6.QtGui import QSessionManager
from PySide6.QtWidgets import QApplication

SIGNALS = ("SIGTERM", "SIGINT", "SIGHUP", "SIGBREAK")  # what this system has of them


class SessionEnd(QObject):
    """Listens while it is entered (``with``). Main thread only.

    Signals: ``ending`` when the program shall end at its next safe point, ``saving`` when the
    session may end soon (somebody else may still stop that), ``gone`` when there is no later.
    """

    ending = Signal()
    saving = Signal()
    gone = Signal()

    def __init__(self, app: QApplication, may_quit: Callable[[], bool]) -> None:
        """``may_quit``: whether everything is finished, so that the loop of the application may end."""
        super().__init__()
        self._app = app
        self._may_quit = may_quit
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        self._ear, self._mouth = socket.socketpair()
        for end in (self._ear, self._mouth):
            end.setblocking(False)
        # A signal alone would wait until the next line of Python runs; this wakes Qt's loop.
        self._wakeup_before = signal.set_wakeup_fd(self._mouth.fileno(), warn_on_full_buffer=False)
        for name in SIGNALS:
            if (number := getattr(signal, name, None)) is not None:
                self._before[number] = signal.signal(number, lambda *_: None)
        self._notifier = QSocketNotifier(self._ear.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_signal)
        self._app.installEventFilter(self)
        self._app.commitDataRequest.connect(self.on_commit)
        self._app.aboutToQuit.connect(self.gone)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._app.aboutToQuit.disconnect(self.gone)
        self._app.commitDataRequest.disconnect(self.on_commit)
        self._app.removeEventFilter(self)
        self._notifier.setEnabled(False)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup_before)
        self._ear.close()
        self._mouth.close()

    def _on_signal(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._ear.recv(64)
        self.ending.emit()

    def on_commit(self, manager: QSessionManager) -> None:
        """The session asks everybody to save; the log-in starts us by our own entry, not a second time by its list."""
        manager.setRestartHint(QSessionManager.RestartHint.RestartNever)
        self.saving.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's hook: the order to quit becomes an orderly end (with an icon beside the clock Qt would ignore it)."""
        if event.type() is QEvent.Type.Quit and watched is self._app and not self._may_quit():
            self.ending.emit()
            return True
        return False
