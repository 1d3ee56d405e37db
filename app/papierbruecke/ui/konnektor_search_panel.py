"""Find the Konnektor: first where it usually is, then, with consent, in the whole network of the practice."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from papierbruecke.ui.background import Background
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.fields import button, label
from papierbruecke.ui.long_work import LongWork, Meter
from papierbruecke.ui.theme import Ton

if TYPE_CHECKING:
    from papierbruecke.konnektor.search import Fund

EVERYWHERE = "&Ganzes Netz der Praxis fragen"
CONSENT = "Nur, wenn der IT-Betreuer einverstanden ist: dann wird jedes Gerät im Netz einmal gefragt, etwa 250."


class KonnektorSearchPanel(QWidget):
    """Signals: ``chosen`` with address and port of a find."""

    chosen = Signal(str, int)

    def __init__(self, desk: Desk, background: Background) -> None:
        super().__init__()
        self._desk = desk
        self.finds: list[QPushButton] = []
        self.go = button("Konnektor &suchen", "konnektor_suchen")
        self.go.clicked.connect(self.search)
        self.everywhere = QCheckBox(EVERYWHERE)
        self.everywhere.setObjectName("konnektor_ueberall")
        self.everywhere.setAccessibleName(EVERYWHERE.replace("&", ""))
        self.everywhere.setAccessibleDescription(CONSENT)
        self.work = LongWork(background, "konnektor_suche")
        self.work.running.connect(self.go.setDisabled)
        self._found = QVBoxLayout()
        self._found.setSpacing(6)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.go)
        row.addWidget(self.everywhere)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(label("Konnektor finden", "abschnitt"))
        layout.addLayout(row)
        layout.addWidget(label(CONSENT, "winzig", wrap=True))
        layout.addWidget(self.work)
        layout.addLayout(self._found)

    def search(self) -> None:
        """Ask, off the window's thread, with count and a way to stop."""
        desk, everywhere = self._desk, self.everywhere.isChecked()

        def work(meter: Meter) -> "tuple[Fund, ...]":
            return desk.search_konnektor(everywhere=everywhere, on_progress=meter.on_progress, cancel=meter.cancel)

        self._forget()
        self.work.start("probe", "Konnektor wird gesucht", work, self._told, unit="Adressen")

    def _told(self, found: "tuple[Fund, ...]") -> tuple[str, Ton]:
        for fund in found:
            choice = button(fund.sentence, f"fund_{len(self.finds)}")
            choice.clicked.connect(lambda _=False, taken=fund: self._take(taken))
            self._found.addWidget(choice)
            self.finds.append(choice)
        if found:
            return "Gefunden. Bitte wählen, sichern (F9) und dann das Zertifikat ansehen.", Ton.OK
        more = "" if self.everywhere.isChecked() else " Mit dem Häkchen wird das ganze Netz der Praxis gefragt."
        return f"Hier antwortet kein Konnektor.{more} Sonst weiß der IT-Betreuer die Adresse.", Ton.WARN

    def _take(self, fund: "Fund") -> None:
        self.chosen.emit(fund.adresse, fund.port)
        self.work.hint.show_text(f"{fund.adresse} ist eingetragen. F9 sichert.", Ton.ACCENT)

    def _forget(self) -> None:
        for choice in self.finds:
            choice.hide()
            choice.deleteLater()
        self.finds = []
