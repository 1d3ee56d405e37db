"""What the window shows at its end: what is still owed and a question, or what is being finished."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from papierbruecke.ui.fields import button, frame, label

ASLEEP = "Solange das Programm aus ist, sendet es nichts und bemerkt keinen Ausfall. Gespeichert ist alles."
FINISHING = "Was gerade unterwegs ist, wird noch zu Ende gebracht. Angefangenes ist beim nächsten Start wieder da."


class EndingPage(QWidget):
    """Signals: ``stay_wanted`` and ``leave_wanted``, the two answers."""

    stay_wanted = Signal()
    leave_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("beenden")
        self.title = label("", "gross", wrap=True, name="beenden_titel")
        self.lines = label("", "wert", wrap=True, name="beenden_offen")
        self.more = label("", "neben", wrap=True)
        self.stay = button("Geöffnet lassen", "geoeffnet_lassen", "haupt", "Esc")
        self.stay.clicked.connect(self.stay_wanted)
        self.leave = button("Trotzdem &beenden", "trotzdem_beenden")
        self.leave.clicked.connect(self.leave_wanted)
        card = frame("karte")
        card.setMaximumWidth(720)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(28, 24, 28, 24)
        inside.setSpacing(14)
        for words in (self.title, self.lines, self.more):
            inside.addWidget(words)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.leave)
        row.addWidget(self.stay)
        inside.addLayout(row)
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(card, 4)
        across.addStretch(1)
        layout.addLayout(across)
        layout.addStretch(2)

    def ask(self, owed: Sequence[str]) -> None:
        """Name what is still owed; the answer that changes nothing has the cursor."""
        self._show("Papierbrücke beenden?", "\n".join(owed), ASLEEP)
        for made in (self.stay, self.leave):
            made.show()
        self.stay.setFocus(Qt.FocusReason.OtherFocusReason)

    def tell(self) -> None:
        """It is being finished; nothing is to be done."""
        self._show("Papierbrücke wird beendet …", FINISHING, "")
        for made in (self.stay, self.leave):
            made.hide()

    def _show(self, title: str, lines: str, more: str) -> None:
        self.title.setText(title)
        self.lines.setText(lines)
        self.more.setText(more)
        self.more.setVisible(bool(more))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc changes nothing; Enter does what has the cursor."""
        answers = {Qt.Key.Key_Escape: self.stay}
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            answers[Qt.Key(event.key())] = self.leave if self.leave.hasFocus() else self.stay
        answer = answers.get(Qt.Key(event.key()))
        if answer is not None and answer.isVisible() and not event.isAutoRepeat():
            answer.click()
        else:
            super().keyPressEvent(event)
