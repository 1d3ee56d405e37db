"""The quiet side of the program: an icon beside the clock, and one notice per cause.

Where the desktop has such a place, closing the window leaves the icon and the watch; the
outage comes to the front only after a click (design §7). Without one the program ends with
its window.
"""

from PySide6.QtCore import QObject
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from papierbruecke.outage.model import Lage
from papierbruecke.outage.notice import Meldung, Notices
from papierbruecke.outage.zeiten import zeiten
from papierbruecke.ui import icons
from papierbruecke.ui.main_window import TITLE, MainWindow

SHOWN_MS = 12_000


class Tray(QObject):
    """Belongs to the window; ``available`` says whether this desktop shows such icons."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._notices: Notices | None = None
        self.said: list[Meldung] = []
        self.menu = QMenu()
        self.menu.addAction("&Öffnen", self.open)
        self.menu.addAction("&Betriebsart …", self._open_mode)
        self.menu.addAction("Platz &sperren", window.lock)
        self.menu.addSeparator()
        self.menu.addAction("B&eenden", self.quit)
        self.icon = QSystemTrayIcon(self)
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._on_activated)
        self.icon.messageClicked.connect(self.open)
        window.watch.seen.connect(self.show_lage)
        self._dress("empfang", "accent", "alles in Ordnung")
        self.available = QSystemTrayIcon.isSystemTrayAvailable()
        if self.available:
            window.stays_in_tray = True
            self.icon.show()

    def _dress(self, symbol: str, tint: str, word: str) -> None:
        self.icon.setIcon(QIcon(icons.badge(symbol, tint, 32)))
        self.icon.setToolTip(f"{TITLE}: {word}")

    def show_lage(self, lage: Lage) -> None:
        """Follow the picture; speak once per cause, and only while nobody looks at the window."""
        if lage.diagnose is not None:
            self._dress("ausruf", "bad", lage.diagnose.titel)
        elif self._window.papier:
            self._dress("papier", "paper", "Papierbetrieb")
        else:
            self._dress("haken", "accent", "alles in Ordnung")
        if self._notices is None:
            self._notices = Notices(zeiten())  # a table to read: not before the first picture of the window
        for notice in self._notices.take(lage):
            self.said.append(notice)
            if not self._window.isActiveWindow():
                self.icon.showMessage(TITLE, notice.satz, self.icon.icon(), SHOWN_MS)

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self.open()

    def open(self) -> None:
        """Bring the window to the front."""
        self._window.come_to_front()

    def _open_mode(self) -> None:
        self.open()
        if not self._window.session.is_locked:
            self._window.open_mode()

    def quit(self) -> None:
        """End the program; if something is still owed, the window comes to the front and asks."""
        self._window.ending.leave()
        if self._window.ending.is_asking:
            self.open()
