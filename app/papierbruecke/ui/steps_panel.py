"""One Beleg in full: what a person can decide about it, and its fields to copy into the practice system.

What is copied leaves the clipboard again after a while, and at once with the next copy (design §3 rule 9).
"""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from papierbruecke.outbox.model import Uebersicht
from papierbruecke.pvs.copy_fields import Kopierfeld
from papierbruecke.record.model import BelegArt
from papierbruecke.ui import texts, theme
from papierbruecke.ui.fields import Field, Hint, button, frame, label, scroll_area
from papierbruecke.ui.mnemonics import TASTE
from papierbruecke.ui.steps import NOTIZ_GRUND, Schritt, steps_for
from papierbruecke.ui.theme import Ton

CLIPBOARD_MS = 60_000
LARGE_TEXT = 1.5
KEYS = "123456789ABCDEFGHIJ"  # K compares with the card, L with the eEB


class StepsPanel(QWidget):
    """Signals: ``wanted`` carries the ``Schritt`` and the note, ``compare_wanted`` to read the card
    (or with True the eEB) beside a slip, ``closed`` to go back."""

    wanted = Signal(object, str)
    compare_wanted = Signal(bool)
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("schritte")
        self.line: Uebersicht | None = None
        self._copied = ""
        self.title = label("", "fett", wrap=True, name="schritte_titel")
        self.hint = Hint("schritte_hinweis", Ton.ACCENT)
        self.note = Field("&Vermerk", "schritte_notiz")
        self.steps: list[tuple[Schritt, QPushButton]] = []
        self.copies: list[QPushButton] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(6)
        self._fields = QVBoxLayout()
        self._fields.setSpacing(4)
        self._clear = QTimer(self)
        self._clear.setSingleShot(True)
        self._clear.setInterval(CLIPBOARD_MS)
        self._clear.timeout.connect(self.forget_copy)
        inner = QWidget()
        inner.setObjectName("rolle")
        left, right = QVBoxLayout(), QVBoxLayout()
        left.setSpacing(8)
        right.setSpacing(8)
        left.addWidget(label("Was ist damit geschehen?", "abschnitt"))
        left.addWidget(self.note)
        left.addLayout(self._list)
        left.addStretch(1)
        right.addWidget(label("Für die Praxissoftware", "abschnitt"))
        right.addLayout(self._fields)
        right.addStretch(1)
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight, inner)
        self._columns.setContentsMargins(3, 0, 8, 3)
        self._columns.setSpacing(28)
        self._columns.addLayout(left, 1)
        self._columns.addLayout(right, 1)
        card = frame("karte")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(16, 14, 12, 10)
        inside.setSpacing(10)
        inside.addWidget(self.title)
        inside.addWidget(self.hint)
        inside.addWidget(scroll_area(inner), 1)
        away = button("Zurück", "schritte_zurueck", "still", "Esc")
        away.clicked.connect(self.closed)
        inside.addWidget(away, 0, Qt.AlignmentFlag.AlignRight)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(card)
        self.hide()

    def open(self, line: Uebersicht, fields: Sequence[Kopierfeld], remark: str = "") -> None:
        """Show what can be done with this Beleg; ``remark``: what to know before it is sent."""
        self.line = line
        large = theme.current().text >= LARGE_TEXT
        way = QBoxLayout.Direction.TopToBottom if large else QBoxLayout.Direction.LeftToRight
        self._columns.setDirection(way)
        self.title.setText(f"{texts.ART[line.art]} {line.belegnummer} · {line.patient}")
        self.hint.show_text(remark, Ton.WARN)
        self.note.set_text("")
        _empty(self._list)
        _empty(self._fields)
        self.steps, self.copies = [], []
        for key, step in zip(KEYS, steps_for(line), strict=False):
            made = _row_button(key, step.text, f"schritt_{step.name}")
            made.clicked.connect(lambda _=False, chosen=step: self.choose(chosen))
            self._list.addWidget(made)
            self.steps.append((step, made))
        if line.art is BelegArt.ERSATZSCHEIN:
            for key, words, name, aus_eeb in (
                ("K", "Karte einstecken und vergleichen", "schritt_vergleichen", False),
                ("L", "Ersatzbescheinigung (eEB) aus KIM vergleichen", "schritt_eeb", True),
            ):
                compare = _row_button(key, words, name)
                compare.clicked.connect(lambda _=False, eeb=aus_eeb: self.compare_wanted.emit(eeb))
                self._list.addWidget(compare)
        notes = dict.fromkeys(step.notiz for step, _ in self.steps if step.notiz)
        self.note.edit.setPlaceholderText(" · ".join(notes))
        for field in fields:
            self._fields.addLayout(self._copy_row(field))
        self.show()
        self.setFocus()
        if self.steps:
            self.steps[0][1].setFocus(Qt.FocusReason.TabFocusReason)

    def _copy_row(self, field: Kopierfeld) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        words = label(f"{field.name}: {field.wert}".replace("&", "&&"), "klein", wrap=True)
        row.addWidget(words, 1)
        number = len(self.copies)
        made = button("Kopieren", f"kopieren_{number}", "still", symbol="kopieren")
        made.setAccessibleName(f"{field.name} kopieren")
        words.setBuddy(made)
        made.clicked.connect(lambda: self.copy(field, number))
        row.addWidget(made, 0, Qt.AlignmentFlag.AlignTop)
        self.copies.append(made)
        return row

    def choose(self, step: Schritt) -> None:
        """Do this step, once its note is there."""
        if step.pflicht and not self.note.text():
            self.note.object_to(NOTIZ_GRUND)
            self.note.setFocus()
            return
        wrong = step.pruefe(self.note.text())
        if wrong is not None:
            self.note.object_to(wrong)
            self.note.setFocus()
            return
        self.wanted.emit(step, self.note.text())

    def copy(self, field: Kopierfeld, number: int) -> None:
        """Into the clipboard for a minute; the cursor goes to the next field."""
        self._copied = field.wert
        QGuiApplication.clipboard().setText(field.wert)
        self._clear.start()
        self.hint.show_text(f"{field.name} ist kopiert. In einer Minute wird die Zwischenablage geleert.", Ton.OK)
        if number + 1 < len(self.copies):
            self.copies[number + 1].setFocus(Qt.FocusReason.TabFocusReason)

    def forget_copy(self) -> None:
        """Patient data do not stay in the clipboard."""
        if self._copied and QGuiApplication.clipboard().text() == self._copied:
            QGuiApplication.clipboard().clear()
        self._copied = ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A number or letter chooses the step; K compares with the card; Enter presses what has the focus."""
        text = event.text().upper()
        if event.isAutoRepeat() or self.note.edit.hasFocus():
            super().keyPressEvent(event)
        elif text and text in KEYS[: len(self.steps)]:
            self.choose(self.steps[KEYS.index(text)][0])
        elif text in ("K", "L") and self.line is not None and self.line.art is BelegArt.ERSATZSCHEIN:
            self.compare_wanted.emit(text == "L")
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focus = self.focusWidget()
            if isinstance(focus, QPushButton):
                focus.click()
        else:
            super().keyPressEvent(event)


def _row_button(key: str, text: str, name: str) -> QPushButton:
    made = button(f"{key}   {text}", name)
    made.setProperty(TASTE, key)
    made.setStyleSheet("text-align: left;")
    return made


def _empty(layout: QVBoxLayout | QHBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        if isinstance(inner, QHBoxLayout):
            _empty(inner)
