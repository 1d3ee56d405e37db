"""The key of the safe: the sheet for the practice's strongbox, and the passphrase."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from papierbruecke.ui.background import Background, Failure, failure_text
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.fields import Field, Hint, button, label
from papierbruecke.ui.theme import Ton

SHORTEST = 12
SHEET = (
    "Alles, was hier gespeichert ist, liegt verschlüsselt. Geht dieser Computer kaputt, öffnet nur noch das "
    "Wiederherstellungsblatt die Sicherung. Bitte drucken, in den Tresor legen und nirgends abspeichern. "
    "Ein neues Blatt macht das alte ungültig."
)
WHY_PHRASE = (
    "Eine Passphrase öffnet den Datenordner auch ohne die Anmeldung an diesem Computer: für Befehle und für den "
    "Umzug auf einen anderen. Mindestens zwölf Zeichen, am besten mehrere Wörter."
)


class KeyPanel(QWidget):
    """Sheet, passphrase, and opening by the log-in at this computer."""

    def __init__(self, desk: Desk, background: Background) -> None:
        super().__init__()
        self._desk = desk
        self._background = background
        self.wer = "Praxis"
        self.sheet = button("Wiederherstellungs&blatt drucken", "blatt_drucken")
        self.sheet.clicked.connect(self.print_sheet)
        self.remember = button("Anmeldung am &Computer genügt", "schluessel_merken")
        self.remember.clicked.connect(self.remember_key)
        self.phrase = Field("&Passphrase", "passphrase")
        self.again = Field("Passphrase noch ein&mal", "passphrase_nochmal")
        for field in (self.phrase, self.again):
            field.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.set_button = button("Passphrase &setzen", "passphrase_setzen")
        self.set_button.clicked.connect(self.set_passphrase)
        self.hint = Hint("schluessel_hinweis", Ton.OK)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(label(SHEET, "neben", wrap=True))
        layout.addLayout(_left(self.sheet, self.remember))
        layout.addWidget(self.hint)
        layout.addWidget(label("Passphrase", "abschnitt"))
        layout.addWidget(label(WHY_PHRASE, "neben", wrap=True))
        fields = QHBoxLayout()
        fields.setSpacing(16)
        fields.addWidget(self.phrase, 1)
        fields.addWidget(self.again, 1)
        layout.addLayout(fields)
        layout.addLayout(_left(self.set_button))

    def set_user(self, wer: str, allowed: bool) -> None:
        """Who is here; only doctors and the Admin touch the key."""
        self.wer = wer
        for each in (self.sheet, self.remember, self.set_button):
            each.setEnabled(allowed)

    def print_sheet(self) -> None:
        """A new code, straight to paper; it is never a file."""
        desk, wer = self._desk, self.wer
        self._do(
            lambda: desk.print_recovery_sheet(wer),
            "Das Blatt ist beim Drucker. Bitte prüfen, ob es herauskam, und in den Tresor legen.",
        )

    def remember_key(self) -> None:
        """Let the log-in at this computer open the folder."""
        desk, wer = self._desk, self.wer
        self._do(lambda: desk.remember_key(wer), "Ab jetzt genügt die Anmeldung an diesem Computer.")

    def set_passphrase(self) -> None:
        """Another passphrase; the data stay as they are."""
        phrase = self.phrase.edit.text()
        if len(phrase) < SHORTEST:
            self.phrase.object_to(f"Bitte mindestens {SHORTEST} Zeichen.")
        elif phrase != self.again.edit.text():
            self.again.object_to("Die beiden Eingaben sind verschieden.")
        else:
            desk, wer = self._desk, self.wer
            self._do(lambda: desk.set_passphrase(phrase, wer), "Die Passphrase ist gesetzt.")

    def _do(self, work: Callable[[], None], done: str) -> None:
        self.hint.show_text("Einen Moment …", Ton.ACCENT)
        self._background.run("outbox", work, lambda _: self._on_done(done), self._on_failure)

    def _on_done(self, text: str) -> None:
        self.phrase.set_text("")
        self.again.set_text("")
        self.hint.show_text(text, Ton.OK)

    def _on_failure(self, failure: Failure) -> None:
        self.hint.show_text(failure_text(failure), Ton.BAD)


def _left(*buttons: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(10)
    for each in buttons:
        row.addWidget(each)
    row.addStretch(1)
    return row
