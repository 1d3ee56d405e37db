"""What happened to one Beleg, oldest first."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from papierbruecke.clock import local
from papierbruecke.outbox.model import Ereignis, Uebersicht
from papierbruecke.reconcile.evidence import words_of
from papierbruecke.ui import texts, theme
from papierbruecke.ui.fields import button, frame, label, scroll_area

WIDTH_PX = 300
_EREIGNIS = {  # steps that prove nothing but are told; the others have their words in reconcile.evidence
    "druckauftrag": "an den Drucker gegeben",
    "druckfehler": "Drucker hat nicht gedruckt",
    "nachdruck": "noch einmal gedruckt",
    "verdorben": "Blatt verdorben",
    "vorgedruckt": "für die Notfallmappe gedruckt",
    "signatur.fehler": "nicht signiert; wartet weiter",
    "signatur.verworfen": "Signatur passte nicht und wurde verworfen",
    "signatur.hinweis": "signiert, mit einem Hinweis des Konnektors",
    "empfaenger.fehlt": "KIM-Adresse der Krankenkasse fehlte",
    "zustellung.verzoegert": "Zustellung verzögert",
    "lesebestaetigung": "Lesebestätigung (kein Nachweis)",
    "geloescht": "Inhalt nach der Aufbewahrungsregel gelöscht",
}


def step_words(event: Ereignis) -> str:
    """What happened, as the desk says it."""
    state = texts.ZUSTAND[event.zustand] if event.zustand is not None else None
    return words_of(event) or state or _EREIGNIS.get(event.was, event.was)


class HistoryPanel(QWidget):
    """What happened to one Beleg, oldest first. Signals: ``closed`` to go back to the list."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("verlauf")
        self._card = frame("karte")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._card)
        self._title = label("", "fett", wrap=True)
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setAlignment(Qt.AlignmentFlag.AlignTop)
        close = button("Schließen", "verlauf_schliessen", "still")
        close.clicked.connect(self.closed)
        layout = QVBoxLayout(self._card)
        layout.setContentsMargins(16, 14, 12, 10)
        layout.addWidget(label("Verlauf", "abschnitt"))
        layout.addWidget(self._title)
        layout.addWidget(scroll_area(self._text), 1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)

    def show_events(self, line: Uebersicht, events: Sequence[Ereignis]) -> None:
        """Every step with its time and who did it."""
        self.setFixedWidth(theme.current().px(WIDTH_PX))
        self._title.setText(f"{texts.ART[line.art]} {line.belegnummer}")
        steps = []
        for event in events:
            steps.append(f"{local(event.zeit):%d.%m. %H:%M:%S}\n{step_words(event)} · {event.wer}")
        self._text.setText("\n\n".join(steps))
        self.show()
