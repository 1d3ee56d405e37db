"""A bug happened: what is safe, a code to name, and a report without patient data."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from papierbruecke.crash import CrashReport
from papierbruecke.errors import EnvironmentFailure
from papierbruecke.files import write_output
from papierbruecke.ui.fields import Hint, button, frame, label
from papierbruecke.ui.page import Page
from papierbruecke.ui.theme import Ton


class CrashPage(QWidget, Page):
    """Signals: ``closed`` to go on working."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("programmfehler")
        self._report: CrashReport | None = None
        self.ask_path = self._ask_path
        self.code = label("", "gross", name="fehlercode")
        self.trace = QPlainTextEdit()
        self.trace.setReadOnly(True)
        self.trace.setTabChangesFocus(True)
        self.trace.setAccessibleName("Bericht ohne Patientendaten")
        self.hint = Hint("bericht_hinweis", Ton.OK)
        self.go_on = button("Weiterarbeiten", "weiterarbeiten", "haupt", "F9")
        self.go_on.clicked.connect(self.closed)
        save = button("Bericht sichern", "bericht_sichern")
        save.clicked.connect(self.save)
        card = frame("karte")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(24, 20, 24, 20)
        inside.setSpacing(12)
        inside.addWidget(label("Das Programm hat einen Fehler gemacht.", "gross", wrap=True))
        inside.addWidget(
            label(
                "Was schon gespeichert war, ist sicher; nichts wurde halb gespeichert und nichts doppelt gesendet. "
                "Bitte in „Heute“ nachsehen, ob das letzte Blatt dort steht, und dann weiterarbeiten. "
                "Dem IT-Betreuer diesen Code nennen:",
                "wert",
                wrap=True,
            )
        )
        inside.addWidget(self.code)
        inside.addWidget(label("Bericht, ohne Patientendaten", "abschnitt"))
        inside.addWidget(self.trace, 1)
        inside.addWidget(self.hint)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(save)
        row.addWidget(self.go_on)
        inside.addLayout(row)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(card)

    def show_report(self, report: CrashReport) -> None:
        """Show code and places; the message of an exception is never shown."""
        self._report = report
        self.code.setText(report.code)
        self.trace.setPlainText(report.trace)
        self.hint.show_text("")
        self.go_on.setFocus()

    def main_action(self) -> None:
        """F9: go on working."""
        self.closed.emit()

    def _ask_path(self, suggestion: str) -> str:
        return QFileDialog.getSaveFileName(self, "Bericht sichern", suggestion, "Text (*.txt)")[0]

    def save(self) -> None:
        """Write the report where the practice wants it."""
        if self._report is None:
            return
        path = self.ask_path(f"Papierbruecke-Fehler-{self._report.code}.txt")
        if not path:
            return
        try:
            write_output(Path(path), f"{self._report.code}\n{self._report.trace}\n".encode())
        except EnvironmentFailure as failure:
            self.hint.show_text(failure.text, Ton.BAD)
        else:
            self.hint.show_text(f"Gesichert als {Path(path).name}.", Ton.OK)
