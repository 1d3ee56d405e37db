"""The list "Heute": what was issued on this desk today, newest first."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from papierbruecke.clock import local
from papierbruecke.outbox.model import Uebersicht
from papierbruecke.ui import texts
from papierbruecke.ui.fields import label, rule, scroll_area

MAX_SHOWN = 40


class TodayEntry(QFrame):
    """One Beleg of today. Signals: ``chosen`` with its line on Enter or click."""

    chosen = Signal(object)

    def __init__(self, line: Uebersicht) -> None:
        super().__init__()
        self._line = line
        column = texts.spalte(line.zustand)
        word = texts.ZUSTAND[line.zustand]
        state = label(word, "winzig")
        state.setProperty("pille", "ja")
        state.setProperty("ton", texts.SPALTE_TON[column].value)
        grid = QGridLayout(self)
        grid.setContentsMargins(2, 8, 2, 8)
        grid.setVerticalSpacing(1)
        grid.setColumnStretch(0, 1)
        right = Qt.AlignmentFlag.AlignRight
        grid.addWidget(label(texts.ART[line.art], "fett"), 0, 0)
        grid.addWidget(state, 0, 1, right)
        grid.addWidget(label(line.patient, "klein", wrap=True), 1, 0, 1, 2)
        grid.addWidget(label(f"{line.belegnummer} · {texts.uhrzeit(line.angelegt)}", "winzig"), 2, 0, 1, 2)
        self.setAccessibleName(f"{texts.ART[line.art]} {line.belegnummer}, {word}")
        self.setToolTip(f"{texts.SPALTE_WORT[column]} · {texts.uhrzeit(line.seit)} Uhr")

    def mousePressEvent(self, event: object) -> None:
        """A click shows the Beleg in the Nachbearbeitung."""
        self.chosen.emit(self._line)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter shows the Beleg in the Nachbearbeitung."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(self._line)


class TodayList(QFrame):
    """Signals: ``chosen`` with the line of a Beleg."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("heute")
        self.setProperty("flaeche", "karte")
        self._count = label("0", "klein")
        self._inner: QWidget | None = None
        head = QHBoxLayout()
        head.addWidget(label("Heute", "abschnitt"))
        head.addStretch(1)
        head.addWidget(self._count)
        self._scroll = scroll_area(QWidget())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 10, 10)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(rule())
        layout.addWidget(self._scroll, 1)
        self.show_lines([], date.min)

    def show_lines(self, lines: Sequence[Uebersicht], heute: date) -> None:
        """Show the Belege of this day."""
        mine = [line for line in lines if local(line.angelegt).date() == heute]
        self._count.setText(str(len(mine)))
        inner = QWidget()
        inner.setObjectName("rolle")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(0)
        for line in reversed(mine[-MAX_SHOWN:]):
            entry = TodayEntry(line)
            entry.chosen.connect(self.chosen)
            column.addWidget(entry)
            column.addWidget(rule())
        if not mine:
            column.addWidget(label("Noch nichts auf Papier.", "klein", wrap=True))
        if len(mine) > MAX_SHOWN:
            column.addWidget(label("Ältere stehen in der Nachbearbeitung (F8).", "winzig", wrap=True))
        column.addStretch(1)
        self._scroll.setWidget(inner)
