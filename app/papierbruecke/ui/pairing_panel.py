"""The certificate of Konnektor or KIM-Clientmodul: the confirmed and the shown one, and a person's word."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from papierbruecke.clock import local
from papierbruecke.ui.background import Background, Failure, failure_text
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.fields import Hint, button, label
from papierbruecke.ui.theme import Ton

if TYPE_CHECKING:
    from papierbruecke.konnektor.confirm_certificate import Vergleich

WHY = {
    "konnektor": (
        "Ausweis des Konnektors",
        "Der Konnektor weist sich mit einem Zertifikat aus. Der Fingerabdruck unten muss derselbe sein, den der "
        "IT-Betreuer in der Oberfläche des Konnektors sieht. Nur dann bestätigen: sonst spricht das Programm mit einem "
        "fremden Gerät. Nach einem Gerätetausch ist er neu und wird noch einmal bestätigt.",
    ),
    "kim": (
        "Ausweis des KIM-Clientmoduls",
        "Auch das Clientmodul weist sich aus. Der Fingerabdruck unten muss derselbe sein, den der IT-Betreuer im "
        "Clientmodul sieht. Vorher schickt das Programm kein Kennwort und keine Nachricht dorthin.",
    ),
}


def fingerprint_lines(sha256: str) -> str:
    """A fingerprint in groups that can be compared by eye: two lines of 8 groups of 4."""
    groups = [sha256.upper()[at : at + 4] for at in range(0, len(sha256), 4)]
    return " ".join(groups[:8]) + "\n" + " ".join(groups[8:])


class PairingPanel(QWidget):
    """Signals: ``confirmed`` with the fingerprint (hex) after a person confirmed it; it is stored then."""

    confirmed = Signal(str)

    def __init__(self, desk: Desk, background: Background, gegenstelle: str) -> None:
        """``gegenstelle``: ``konnektor`` or ``kim``."""
        super().__init__()
        self._desk = desk
        self._background = background
        self._gegenstelle = gegenstelle
        self._shown: Vergleich | None = None
        self.wer = "Praxis"
        title, why = WHY[gegenstelle]
        self.look = button("Zertifikat &ansehen", f"{gegenstelle}_zertifikat_ansehen")
        self.look.clicked.connect(self.show_certificate)
        self.confirm = button("Ist derselbe: &bestätigen", f"{gegenstelle}_zertifikat_bestaetigen", "haupt")
        self.confirm.clicked.connect(self.confirm_shown)
        self.confirm.hide()
        self.facts = label("", "wert", wrap=True, name=f"{gegenstelle}_zertifikat_angaben")
        self.facts.hide()
        self.hint = Hint(f"{gegenstelle}_zertifikat_hinweis", Ton.BAD)
        self.row = QHBoxLayout()
        self.row.setSpacing(10)
        self.row.addWidget(self.look)
        self.row.addStretch(1)
        below = QHBoxLayout()
        below.addWidget(self.confirm)
        below.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(label(title, "abschnitt"))
        layout.addWidget(label(why, "neben", wrap=True))
        layout.addLayout(self.row)
        layout.addWidget(self.facts)
        layout.addWidget(self.hint)
        layout.addLayout(below)

    def show_certificate(self) -> None:
        """Ask the stored address for its certificate; nothing else is sent."""
        desk, name = self._desk, self._gegenstelle
        self.hint.show_text("Wird gefragt …", Ton.ACCENT)
        self._background.run("probe", lambda: desk.compare_certificate(name), self._on_seen, self._on_failure)

    def _on_seen(self, seen: "Vergleich") -> None:
        self._shown = seen
        shown = seen.gezeigt
        old = f"\nBisher bestätigt:\n{fingerprint_lines(seen.bestaetigt)}" if seen.bestaetigt and not seen.same else ""
        self.facts.setText(
            f"Für: {shown.subject}\nAusgestellt von: {shown.issuer}\n"
            f"Gültig bis: {local(shown.not_after):%d.%m.%Y} · Verfahren: {shown.schluesselart}\n"
            f"Fingerabdruck (SHA-256):\n{fingerprint_lines(shown.sha256)}{old}"
        )
        self.facts.show()
        if seen.same:
            self.hint.show_text("Diesen Fingerabdruck hat schon jemand bestätigt.", Ton.OK)
        elif seen.bestaetigt:
            self.hint.show_text("Der Fingerabdruck ist ein anderer als der bestätigte. Gab es einen Tausch?", Ton.WARN)
        else:
            self.hint.show_text("Noch nicht bestätigt. Bitte mit dem IT-Betreuer vergleichen.", Ton.ACCENT)
        self.confirm.setVisible(not seen.same)

    def confirm_shown(self) -> None:
        """A person compared it: from now on this one is trusted; both enter the history."""
        desk, seen, wer = self._desk, self._shown, self.wer
        if seen is not None:
            work = lambda: desk.confirm_certificate(seen, wer)
            self._background.run("outbox", work, self._on_confirmed, self._on_failure)

    def _on_confirmed(self, seen: "Vergleich") -> None:
        self._on_seen(seen)
        self.hint.show_text("Bestätigt und gesichert. Ab jetzt spricht das Programm nur mit diesem Gerät.", Ton.OK)
        self.confirmed.emit(seen.gezeigt.sha256)

    def _on_failure(self, failure: Failure) -> None:
        self.hint.show_text(failure_text(failure), Ton.BAD)
