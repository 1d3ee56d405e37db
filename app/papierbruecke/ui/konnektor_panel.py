"""The Konnektor's certificate, explained, and confirmed by a person; and the own client certificate."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from papierbruecke.clock import local
from papierbruecke.errors import EnvironmentFailure
from papierbruecke.konnektor.model import Serverzertifikat
from papierbruecke.ui.background import Background, Failure, failure_text
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.fields import Hint, button, label
from papierbruecke.ui.theme import Ton

MAX_P12_BYTES = 200_000
WHY = (
    "Der Konnektor weist sich mit einem Zertifikat aus. Der Fingerabdruck unten muss derselbe sein, den der "
    "IT-Betreuer in der Oberfläche des Konnektors sieht. Nur dann bestätigen: sonst spricht das Programm mit einem "
    "fremden Gerät. Nach einem Gerätetausch ist er neu und wird noch einmal bestätigt."
)


def fingerprint_lines(sha256: str) -> str:
    """A fingerprint in groups that can be compared by eye: two lines of 8 groups of 4."""
    groups = [sha256.upper()[at : at + 4] for at in range(0, len(sha256), 4)]
    return " ".join(groups[:8]) + "\n" + " ".join(groups[8:])


class KonnektorPanel(QWidget):
    """Signals: ``confirmed`` with the fingerprint (hex), ``p12_chosen`` with the bytes of a client certificate."""

    confirmed = Signal(str)
    p12_chosen = Signal(bytes)

    def __init__(self, desk: Desk, background: Background) -> None:
        super().__init__()
        self._desk = desk
        self._background = background
        self._shown = ""
        self.ask_path = self._ask_path
        self.look = button("Zertifikat &ansehen", "zertifikat_ansehen")
        self.look.clicked.connect(self.show_certificate)
        self.confirm = button("Ist derselbe: &bestätigen", "zertifikat_bestaetigen", "haupt")
        self.confirm.clicked.connect(lambda: self.confirmed.emit(self._shown))
        self.confirm.hide()
        self.load = button("&Clientzertifikat laden …", "p12_laden")
        self.load.clicked.connect(self.load_p12)
        self.facts = label("", "wert", wrap=True, name="zertifikat_angaben")
        self.facts.hide()
        self.hint = Hint("zertifikat_hinweis", Ton.BAD)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.look)
        row.addWidget(self.load)
        row.addStretch(1)
        below = QHBoxLayout()
        below.addWidget(self.confirm)
        below.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(label("Ausweis des Konnektors", "abschnitt"))
        layout.addWidget(label(WHY, "neben", wrap=True))
        layout.addLayout(row)
        layout.addWidget(self.facts)
        layout.addWidget(self.hint)
        layout.addLayout(below)

    def show_certificate(self) -> None:
        """Ask the stored address for its certificate; nothing else is sent."""
        desk = self._desk
        self.hint.show_text("Wird gefragt …", Ton.ACCENT)
        self._background.run("probe", lambda: _certificate(desk), self._on_seen, self._on_failure)

    def _on_seen(self, seen: Serverzertifikat | None) -> None:
        if seen is None:
            self.hint.show_text("Bitte zuerst die Adresse des Konnektors eintragen und sichern (F9).", Ton.WARN)
            return
        self._shown = seen.sha256
        known = self._desk.settings.konnektor.fingerabdruck
        self.facts.setText(
            f"Für: {seen.subject}\nAusgestellt von: {seen.issuer}\n"
            f"Gültig bis: {local(seen.not_after):%d.%m.%Y} · Verfahren: {seen.schluesselart}\n"
            f"Fingerabdruck (SHA-256):\n{fingerprint_lines(seen.sha256)}"
        )
        self.facts.show()
        if known == seen.sha256:
            self.hint.show_text("Diesen Fingerabdruck hat schon jemand bestätigt.", Ton.OK)
        elif known:
            self.hint.show_text("Der Fingerabdruck ist ein anderer als der bestätigte. Gab es einen Tausch?", Ton.WARN)
        else:
            self.hint.show_text("", Ton.OK)
        self.confirm.setVisible(known != seen.sha256)

    def _on_failure(self, failure: Failure) -> None:
        self.hint.show_text(failure_text(failure), Ton.BAD)

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
            failure = EnvironmentFailure("datei.lesen", "Diese Datei lässt sich nicht lesen.")
            self.hint.show_text(failure.text, Ton.BAD)
            return
        if not data.startswith(b"\x30") or len(data) > MAX_P12_BYTES:
            self.hint.show_text("Das ist kein Clientzertifikat (P12). Es wurde nichts geändert.", Ton.BAD)
            return
        self.p12_chosen.emit(data)
        self.hint.show_text("Clientzertifikat übernommen. F9 sichert es verschlüsselt.", Ton.OK)


def _certificate(desk: Desk) -> Serverzertifikat | None:
    konnektor = desk.konnektor()
    if konnektor is None:
        return None
    try:
        return konnektor.zertifikat()
    finally:
        konnektor.close()
