"""Start of the window: one instance per person, fonts, look, and the net for bugs."""

import contextlib
import sys
from collections.abc import Callable
from types import TracebackType
from uuid import UUID

from PySide6.QtCore import QEventLoop, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QApplication, QMessageBox

from papierbruecke.crash import describe
from papierbruecke.errors import EnvironmentFailure
from papierbruecke.ui import theme
from papierbruecke.ui.background import Background
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.first_picture import picture_stands
from papierbruecke.ui.main_window import TITLE, MainWindow
from papierbruecke.ui.session_end import SessionEnd
from papierbruecke.ui.tray import Tray
from papierbruecke.vault.place import MOVED

CONNECT_MS = 300
RAISE = b"zeigen\n"
ENVIRONMENT = 3  # exit code, design §6


class SingleInstance(QObject):
    """The first window listens; a second start only asks it to come to the front.

    Signals: ``raise_wanted`` when somebody started the program again, or when the practice
    system handed a patient over; it carries the entry of the patient list, else nothing.
    """

    raise_wanted = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)

    def is_first(self) -> bool:
        """Whether we are alone; otherwise the other window was asked to show itself."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if socket.waitForConnected(CONNECT_MS):
            socket.write(RAISE)
            socket.waitForBytesWritten(CONNECT_MS)
            socket.disconnectFromServer()
            return False
        QLocalServer.removeServer(self._name)  # a crashed program leaves its socket file behind
        return self._server.listen(self._name)

    def _on_connection(self) -> None:
        connection = self._server.nextPendingConnection()
        if connection.state() is QLocalSocket.LocalSocketState.ConnectedState:
            connection.disconnected.connect(lambda: self._on_end(connection))
        else:  # short calls are over before we hear of them
            self._on_end(connection)

    def _on_end(self, connection: QLocalSocket) -> None:
        words = bytes(connection.readAll().data()).decode("ascii", "replace").split()
        connection.deleteLater()
        self.raise_wanted.emit(words[1] if len(words) == 2 and words[0] == "patient" else "")


def run(desk: Desk, quiet: bool = False) -> int:
    """Open the window and stay until it is closed; the exit code of the program.

    ``quiet``: only the icon beside the clock, where the desktop has such a place.
    """
    app = application()
    instance = SingleInstance(desk.window_name)
    if not instance.is_first():
        return 0
    try:
        if not _at_home(desk):
            return ENVIRONMENT
        with desk.window_lock():
            window = open_main_window(desk, quiet=quiet)
            instance.raise_wanted.connect(lambda eintrag: answer_call(window, eintrag))
            return live(app, window)
    except EnvironmentFailure as failure:
        QMessageBox.warning(None, TITLE, failure.text)
        return ENVIRONMENT


def live(app: QApplication, window: MainWindow) -> int:
    """Stay until the window is closed by a person, or the computer ends the program; the exit code."""
    app.setQuitOnLastWindowClosed(False)
    window.closed.connect(app.quit)
    with SessionEnd(app, lambda: window.ending.is_over) as end:
        end.ending.connect(window.ending.begin)
        end.saving.connect(window.keeper.keep)
        end.gone.connect(window.ending.at_once)
        return app.exec()


def _at_home(desk: Desk) -> bool:
    """Whether the folder may be opened here; one that moved is taken over on a person's word only."""
    try:
        desk.check_place()
    except EnvironmentFailure as failure:
        if failure.code != MOVED:
            raise
        question = QMessageBox(QMessageBox.Icon.Warning, TITLE, failure.text)
        question.setInformativeText("Arbeitet noch jemand mit dem alten Ordner?")
        here = question.addButton("Niemand, &hier weiterarbeiten", QMessageBox.ButtonRole.AcceptRole)
        stay = question.addButton("&Nicht öffnen", QMessageBox.ButtonRole.RejectRole)
        question.setDefaultButton(stay)
        question.setEscapeButton(stay)
        question.exec()
        if question.clickedButton() is not here:
            return False
        desk.adopt_folder("Praxis")
    return True


def application() -> QApplication:
    """The one application object of this process, with its name and look."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Papierbruecke")
    app.setApplicationDisplayName(TITLE)
    theme.choose(app, theme.Look(theme.Thema.DUNKEL if _dark(app) else theme.Thema.HELL))
    return app


def open_main_window(desk: Desk, quiet: bool = False) -> MainWindow:
    """Show the window of a desk and begin to watch; bugs end on its crash page."""
    application()
    window = MainWindow(desk, Background(desk.close))
    sys.excepthook = _hook(window)
    tray = Tray(window)
    if not (quiet and tray.available):
        window.show()
        window.activateWindow()
        # The first picture before the first work of the lanes: they would share one interpreter with it.
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
    picture_stands()
    window.start()
    return window


def answer_call(window: MainWindow, eintrag: str) -> None:
    """Come to the front; with an entry of the patient list, show that patient."""
    window.come_to_front()
    with contextlib.suppress(ValueError):
        window.reception.card.show_listed(UUID(eintrag))


def _dark(app: QApplication) -> bool:
    from PySide6.QtCore import Qt

    return app.styleHints().colorScheme() is Qt.ColorScheme.Dark


def _hook(
    window: MainWindow,
) -> Callable[[type[BaseException], BaseException, TracebackType | None], None]:
    def on_bug(kind: type[BaseException], bug: BaseException, trace: TracebackType | None) -> None:
        window.show_crash(describe(bug.with_traceback(trace)))

    return on_bug
