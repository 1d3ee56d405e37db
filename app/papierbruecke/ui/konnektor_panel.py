"""What the Konnektor needs beside its table: where it is, its certificate, our client certificate."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QVBoxLayout

from papierbruecke.ui.background import Background
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.fields import button
from papierbruecke.ui.konnektor_search_panel import KonnektorSearchPanel
from papierbruecke.ui.pairing_panel import PairingPanel
from papierbruecke.ui.theme import Ton

MAX_P12_BYTES = 200_000


class KonnektorPanel(PairingPanel):
    """Signals: ``p12_chosen`` with the bytes of a client certificate."""

    p12_chosen = Signal(bytes)

    def __init__(self, desk: Desk, background: Background) -> None:
        super().__init__(desk, background, "konnektor")
        self.ask_path = self._ask_path
        self.load = button("&Clientzertifikat laden …", "p12_laden")
        self.load.clicked.connect(self.load_p12)
        self.row.insertWidget(1, self.load)
        self.search = KonnektorSearchPanel(desk, background)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(0, self.search)

    def _ask_path(self) -> str:
        return QFileDialog.getOpenFileName(self, "Clientzertifikat", "", "Zertifikat (*.p12 *.pfx)")[0]

    def load_p12(self) -> None:
        """Take the file that the Konnektor made for this program."""
        path = self.ask_path()
        if not path:
            return
        try:
            data = Path(path).read_bytes()
        except OSError:
            self.hint.show_text("Diese Datei lässt sich nicht lesen.", Ton.BAD)
            return
        if not data.startswith(b"\x30") or len(data) > MAX_P12_BYTES:
            self.hint.show_text("Das ist kein Clientzertifikat (P12). Es wurde nichts geändert.", Ton.BAD)
            return
        self.p12_chosen.emit(data)
        self.hint.show_text("Clientzertifikat übernommen. F9 sichert es verschlüsselt.", Ton.OK)
