"""The Abgleich: every Beleg of the day in exactly one column, ready to be saved and signed."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from papierbruecke.clock import local
from papierbruecke.files import write_output
from papierbruecke.ui.background import Background, Failure, failure_text
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.fields import Hint, button, frame, label, scroll_area
from papierbruecke.ui.page import Page
from papierbruecke.ui.pdf_view import PdfView
from papierbruecke.ui.theme import Ton

if TYPE_CHECKING:
    from papierbruecke.reconcile.ledger import Abgleich

ASPECT = 210.0 / 297.0


def _in_short(sheet: "Abgleich") -> list[str]:
    """Each Störung with its counts, then what is left; the sheet beside it has every Beleg."""
    counts = [each.lines()[0] for each in sheet.stoerungen]
    left = [f"{row.beleg.belegnummer} · {row.beleg.patient}\n{row.noch_zu_tun}" for row in sheet.left()]
    return counts + left or sheet.lines()


class AbgleichPage(QWidget, Page):
    """Shows the sheet as it will be printed. Signals: ``back_wanted`` to return to the Nachbearbeitung."""

    back_wanted = Signal()

    def __init__(self, desk: Desk, background: Background) -> None:
        super().__init__()
        self.setObjectName("abgleich")
        self._desk = desk
        self._background = background
        self._pdf = b""
        self.ask_path: Callable[[str], str] = self._ask_path
        self.verdict = label("", "gross", wrap=True, name="abgleich_urteil")
        self.lines = label("", "wert", wrap=True, name="abgleich_zeilen")
        self.lines.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.hint = Hint("abgleich_hinweis", Ton.WARN)
        self.view = PdfView("abgleich_vorschau", ASPECT, "Der Abgleich wird zusammengestellt …")
        self.view.setAccessibleName("Abgleich, wie er gedruckt wird")
        self.save_button = button("Als PDF sichern", "abgleich_sichern", "haupt", "F9")
        self.save_button.clicked.connect(self.save)
        self.back_button = button("Zurück", "abgleich_zurueck", key="Esc")
        self.back_button.clicked.connect(self.back_wanted)
        self.entry_button = button("&Nacherfassungsbogen drucken", "nacherfassung_drucken", symbol="drucken")
        self.entry_button.clicked.connect(self.print_entries)
        self.next_button = button("nächste Seite", "abgleich_weiter", "still")
        self.next_button.clicked.connect(self._turn)
        card = frame("karte")
        inside = QHBoxLayout(card)
        inside.setContentsMargins(18, 16, 18, 16)
        inside.setSpacing(20)
        words = QVBoxLayout()
        words.setSpacing(10)
        words.addWidget(label("Abgleich", "abschnitt"))
        words.addWidget(self.verdict)
        words.addWidget(self.hint)
        words.addWidget(scroll_area(self.lines), 1)
        words.addWidget(self.next_button)
        inside.addLayout(words, 2)
        inside.addWidget(self.view, 3)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(label("Enthält Namen: nur dort sichern, wo Patientendaten liegen dürfen.", "klein", wrap=True), 1)
        row.addWidget(self.back_button)
        row.addWidget(self.entry_button)
        row.addWidget(self.save_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(card, 1)
        layout.addLayout(row)

    def load(self) -> None:
        """Build the sheet from the store."""
        desk = self._desk
        self.save_button.setEnabled(False)
        self._background.run(
            "outbox", lambda: (desk.abgleich(), desk.abgleich_pdf()), self._on_loaded, self._on_failure
        )

    def _on_loaded(self, loaded: "tuple[Abgleich, bytes]") -> None:
        sheet, self._pdf = loaded
        self.verdict.setText("Alles ist abgeschlossen." if sheet.closed else "Noch nicht abgeschlossen.")
        self.hint.show_text(
            ""
            if sheet.closed
            else "Es ist noch etwas offen oder unklar. Der Abgleich zeigt, was; sichern geht trotzdem."
        )
        self.lines.setText("\n\n".join(_in_short(sheet)))
        self.view.show_pdf(self._pdf)
        self.next_button.setVisible(self.view.pages > 1)
        self.save_button.setEnabled(True)

    def _on_failure(self, failure: Failure) -> None:
        self.hint.show_text(failure_text(failure), Ton.BAD)

    def _turn(self) -> None:
        self.view.show_page((self.view.page + 1) % max(self.view.pages, 1))

    def _ask_path(self, suggestion: str) -> str:
        return QFileDialog.getSaveFileName(self, "Abgleich sichern", suggestion, "PDF (*.pdf)")[0]

    def save(self) -> None:
        """F9: write the sheet where the practice wants it."""
        if not self._pdf:
            return
        day = local(self._desk.clock.now()).date()
        path = self.ask_path(f"Abgleich-{day:%Y-%m-%d}.pdf")
        if path:
            pdf = self._pdf
            self._background.run(
                "print", lambda: write_output(Path(path), pdf), lambda _: self._on_saved(path), self._on_failure
            )

    def _on_saved(self, path: str) -> None:
        self.hint.show_text(f"Gesichert als {Path(path).name}.", Ton.OK)

    def print_entries(self) -> None:
        """Alt+N: the sheet with everything that must still be typed into the practice system."""
        desk = self._desk
        work = lambda: desk.print_pages("ersatzschein", desk.nacherfassung_pdf(), "Nacherfassungsbogen")
        done = lambda _: self.hint.show_text("Nacherfassungsbogen gedruckt. Nach dem Erfassen vernichten.", Ton.OK)
        self._background.run("print", work, done, self._on_failure)

    def enter(self) -> None:
        """Put the sheet together anew."""
        self.load()

    def main_action(self) -> None:
        """F9: save."""
        self.save()
