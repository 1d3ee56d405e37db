"""The watch in its own lane: all day, with the settings of now."""

import threading

from PySide6.QtCore import QObject, Signal

from papierbruecke.outage.model import Lage
from papierbruecke.ui.background import Background
from papierbruecke.ui.desk import Desk


class WatchLane(QObject):
    """Signals: ``seen`` carries every changed ``Lage``, ``failed`` a failure."""

    seen = Signal(object)
    failed = Signal(object)

    def __init__(self, desk: Desk, background: Background) -> None:
        super().__init__()
        self._desk = desk
        self._background = background
        self._stop = threading.Event()
        background.stopping.connect(self.stop)

    def start(self) -> None:
        """Begin, or begin anew after the settings changed: the older watch ends first."""
        self._stop.set()
        stop = self._stop = threading.Event()
        desk, background = self._desk, self._background

        def on_change(lage: Lage) -> None:
            background.post(lambda: self.seen.emit(lage))

        background.run("watch", lambda: desk.keep_watch(stop, on_change), None, self.failed.emit)

    def start_anew(self, _settings: object) -> None:
        """The settings changed."""
        self.start()

    def stop(self) -> None:
        """End; what is being asked just now is waited for."""
        self._stop.set()
