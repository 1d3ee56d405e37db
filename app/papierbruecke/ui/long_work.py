"""Long work at the desk: what is under way, how far it is, a way to stop it, and how it ended.

One widget for every import, backup, print run and report. The work runs in a lane and counts on
a ``Meter``; the window never waits for it. Source: design §7 (long work shows progress and can
be cancelled), issue "Arbeitsplatz" scope 5.
"""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from papierbruecke.errors import Cancelled
from papierbruecke.ui.background import Background, Failure, failure_text
from papierbruecke.ui.fields import Hint, button, label
from papierbruecke.ui.theme import Ton

SHOW_EVERY_S = 0.05  # a bar that moves faster than an eye only costs time
STOPPED = "Abgebrochen. Es bleibt alles, wie es vorher war."

_T = TypeVar("_T")


class Meter:
    """How far a piece of work is; given to the work, which runs in a lane.

    ``cancel`` is set when somebody wants it to stop; ``on_progress`` fits every service of ours
    that counts (``done``, and ``total`` where it is known).
    """

    def __init__(self, show: Callable[[int, int], None], every_s: float = SHOW_EVERY_S) -> None:
        """``every_s``: counts that follow sooner are not shown; 0 for steps that each take their time."""
        self.cancel = threading.Event()
        self._show = show
        self._every_s = every_s
        self._shown_at = 0.0

    def on_progress(self, done: int, total: int = 0) -> None:
        """So many are done, of ``total`` (0: nobody knows how many there will be)."""
        now = time.monotonic()
        if done == total or now - self._shown_at >= self._every_s:
            self._shown_at = now
            self._show(done, total)

    def stop_here(self) -> None:
        """Between two steps that can be left: raises ``Cancelled`` if somebody wants to stop."""
        if self.cancel.is_set():
            raise Cancelled


class LongWork(QWidget):
    """Bar with counts, "Abbrechen", and the sentence at the end. One piece of work at a time.

    Signals: ``running`` with True at the beginning and False at the end, however it ended.
    """

    running = Signal(bool)

    def __init__(
        self,
        background: Background,
        name: str,
        *,
        stop: str = "Abbrechen",
        stopping: str = "Wird abgebrochen …",
        hint: Hint | None = None,
    ) -> None:
        """``name`` is the beginning of the object names (``mappe_lauf``).

        ``stop`` is the word on the button and ``stopping`` what stands there until the work heard it;
        ``hint`` is where the page says how things ended, if not here.
        """
        super().__init__()
        self.setObjectName(name)
        self._background = background
        self._meter: Meter | None = None
        self._words = ""
        self._unit = ""
        self.words = label("", "wert", wrap=True, name=f"{name}_stand")
        self.bar = QProgressBar()
        self.bar.setObjectName(f"{name}_balken")
        self.bar.setAccessibleName("Fortschritt")
        self.bar.setTextVisible(False)
        self._stopping = stopping
        self.stop_button = button(stop, f"{name}_abbrechen", key="Esc")
        self.stop_button.clicked.connect(self.stop)
        self.hint = hint or Hint(f"{name}_ergebnis", Ton.OK)
        self._box = QWidget()
        row = QHBoxLayout(self._box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(self.words)
        column.addWidget(self.bar)
        row.addLayout(column, 1)
        row.addWidget(self.stop_button)
        self._box.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._box)
        if hint is None:
            layout.addWidget(self.hint)
        background.stopping.connect(self.stop)

    @property
    def is_running(self) -> bool:
        """Whether something is under way."""
        return self._meter is not None

    def start(
        self,
        lane: str,
        words: str,
        work: Callable[[Meter], _T],
        summary: Callable[[_T], tuple[str, Ton]],
        *,
        unit: str = "",
        can_stop: bool = True,
        every_s: float = SHOW_EVERY_S,
        on_failure: Callable[[Failure], None] | None = None,
    ) -> bool:
        """Begin; False while the last piece of work is not over. ``summary`` tells how it ended.

        ``unit`` is what is counted (``Einträge``). Work that stops raises ``Cancelled`` and leaves
        everything as it was; without ``can_stop`` it goes to its end. ``on_failure`` may show an
        objection at a field besides.
        """
        if self._meter is not None:
            return False
        background = self._background
        meter = self._meter = Meter(
            lambda done, total: background.post(lambda: self._show(meter, done, total)), every_s
        )
        self._words, self._unit = words, unit
        self.words.setText(f"{words} …")
        self.bar.setAccessibleName(words)
        self.bar.setRange(0, 0)
        self.stop_button.setEnabled(True)
        self.stop_button.setVisible(can_stop)
        self.hint.show_text("")
        self._box.show()
        self.running.emit(True)

        def watched() -> tuple[_T] | None:
            try:
                return (work(meter),)
            except Cancelled:
                return None

        def over(found: tuple[_T] | None) -> None:
            self._over(*((STOPPED, Ton.WARN) if found is None else summary(found[0])))

        def failed(failure: Failure) -> None:
            self._over(failure_text(failure), Ton.BAD)
            if on_failure is not None:
                on_failure(failure)

        background.run(lane, watched, over, failed)
        return True

    def stop(self) -> bool:
        """Ask the work to stop at its next step; True if something was under way."""
        if self._meter is None or self.stop_button.isHidden():
            return False
        self._meter.cancel.set()
        self.stop_button.setEnabled(False)
        self.words.setText(self._stopping)
        return True

    def _show(self, meter: Meter, done: int, total: int) -> None:
        if meter is not self._meter or meter.cancel.is_set():
            return
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        counted = f"{grouped(done)} von {grouped(total)}" if total else grouped(done)
        self.words.setText(f"{self._words} … {counted}{f' {self._unit}' if self._unit else ''}")

    def _over(self, text: str, ton: Ton) -> None:
        self._meter = None
        had_focus = self.stop_button.hasFocus()
        self._box.hide()
        self.hint.show_text(text, ton)
        if had_focus:
            self.focusNextChild()
        self.running.emit(False)


def grouped(number: int) -> str:
    """A count as Germans read it: 12.345."""
    return f"{number:,}".replace(",", ".")
