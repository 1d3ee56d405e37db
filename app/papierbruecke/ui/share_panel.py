"""Take the set-up to the second desk: a file without secrets and without the letter of the desk."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from papierbruecke.errors import EnvironmentFailure, InputRefused
from papierbruecke.files import write_output
from papierbruecke.practice.share_setup import export_setup, import_setup
from papierbruecke.settings import Einstellungen
from papierbruecke.ui.background import failure_text
from papierbruecke.ui.fields import Hint, button, label
from papierbruecke.ui.theme import Ton

WHAT = (
    "Praxis, Ärztinnen und Ärzte, Konnektor, KIM und Wege gehen mit. Kennwörter, Zertifikate mit Schlüssel, Drucker, "
    "Kartenleser und der Buchstabe des Platzes bleiben hier: jeder Platz hat seine eigenen."
)


class SharePanel(QWidget):
    """Signals: ``imported`` with the settings that the page shall show and save."""

    imported = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._settings = Einstellungen()
        self.ask_save, self.ask_open = self._ask_save, self._ask_open
        give = button("Einrichtung &mitnehmen …", "einrichtung_ausgeben")
        give.clicked.connect(self.export)
        take = button("Einrichtung &übernehmen …", "einrichtung_einlesen")
        take.clicked.connect(self.take)
        self.hint = Hint("einrichtung_hinweis", Ton.OK)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(give)
        row.addWidget(take)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(label("Zweiter Platz", "abschnitt"))
        layout.addWidget(label(WHAT, "neben", wrap=True))
        layout.addLayout(row)
        layout.addWidget(self.hint)

    def load(self, settings: Einstellungen) -> None:
        """What is stored here."""
        self._settings = settings

    def _ask_save(self) -> str:
        name = "Papierbruecke-Einrichtung.json"
        return QFileDialog.getSaveFileName(self, "Einrichtung mitnehmen", name, "Einrichtung (*.json)")[0]

    def _ask_open(self) -> str:
        return QFileDialog.getOpenFileName(self, "Einrichtung übernehmen", "", "Einrichtung (*.json)")[0]

    def export(self) -> None:
        """Write the file."""
        path = self.ask_save()
        if not path:
            return
        try:
            write_output(Path(path), export_setup(self._settings))
        except EnvironmentFailure as failure:
            self.hint.show_text(failure.text, Ton.BAD)
        else:
            self.hint.show_text(f"Gesichert als {Path(path).name}. Kennwörter sind nicht darin.", Ton.OK)

    def take(self) -> None:
        """Read such a file; the page then shows it and F9 saves it."""
        path = self.ask_open()
        if not path:
            return
        try:
            settings = import_setup(Path(path).read_bytes(), self._settings)
        except OSError:
            self.hint.show_text("Diese Datei lässt sich nicht lesen.", Ton.BAD)
        except InputRefused as refused:
            self.hint.show_text(failure_text(refused), Ton.BAD)
        else:
            self.imported.emit(settings)
            self.hint.show_text("Übernommen. Bitte Kennwörter, Drucker und den Buchstaben prüfen, dann F9.", Ton.ACCENT)
