"""Hands at the keyboard for the drill: real key events, pauses for the eye, pictures.

The drill plays the window only the way a person does: by keys, and by waiting until the
window shows what it was asked for. Belongs to the main thread.
"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

from papierbruecke.errors import EnvironmentFailure
from papierbruecke.ui.pictures import save_picture

LOOK_MS = 25


class Typist:
    """Types into a window. ``pace_s`` is the pause after each scene, a twentieth of it after each character."""

    def __init__(self, window: QWidget, pictures: Path, pace_s: float = 0.0) -> None:
        self._window = window
        self._pictures = pictures
        self._pace_s = pace_s
        self.taken: list[Path] = []

    def press(self, *keys: str) -> None:
        """Keys or chords one after the other, written as in the key table (``F9``, ``Return``, ``Ctrl+N``)."""
        for key in keys:
            chord = QKeySequence(key)[0]  # type: ignore[index]  # the stubs do not know it
            self._send(chord.key().value, chord.keyboardModifiers(), key.lower() if len(key) == 1 else "")
            self.rest(self._pace_s / 4)

    def type(self, text: str) -> None:
        """Characters, whatever alphabet they are from."""
        for char in text:
            self._send(0, Qt.KeyboardModifier.NoModifier, char)
            self.rest(self._pace_s / 20)

    def wait(self, what: str, condition: Callable[[], bool], limit_s: float = 30.0) -> None:
        """Until the window is where the story needs it; raises ``uebung.haengt`` after ``limit_s``."""
        left_ms = limit_s * 1000
        while not condition():
            if left_ms <= 0:
                raise EnvironmentFailure(
                    "uebung.haengt",
                    f"Die Übung kam nicht weiter: {what}. Bilder und Papiere bis hierher liegen im Ordner der Übung.",
                )
            self.rest(LOOK_MS / 1000)
            left_ms -= LOOK_MS

    def picture(self, name: str) -> None:
        """Keep what the window shows, numbered in the order of the story."""
        self.rest(0.02)
        path = self._pictures / f"{len(self.taken) + 1:02d}-{name}.png"
        save_picture(self._window, path)
        self.taken.append(path)
        self.rest(self._pace_s)

    def rest(self, seconds: float) -> None:
        """Let the window live for a while."""
        loop = QEventLoop()
        QTimer.singleShot(max(round(seconds * 1000), 0), loop.quit)
        loop.exec()

    def _send(self, key: int, modifiers: Qt.KeyboardModifier, text: str) -> None:
        target = QApplication.focusWidget() or self._window
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(target, QKeyEvent(kind, key, modifiers, text))
