"""The locked desk: who are you, and the PIN. What was half-typed waits behind it, untouched."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from papierbruecke.clock import local
from papierbruecke.ui.fields import Choice, EnterWalk, Field, Hint, button, frame, label, scroll_area
from papierbruecke.ui.theme import Ton
from papierbruecke.vault.users import Abgelehnt, Anmeldung, Benutzer, Gesperrt, Rolle

ROLLE = {Rolle.MFA: "MFA", Rolle.ARZT: "Ärztin/Arzt", Rolle.ADMIN: "Admin"}


def login_text(outcome: Anmeldung) -> str:
    """Why somebody was not let in, and what to do now."""
    match outcome:
        case Abgelehnt(rest=0):
            return "Dieses Kürzel gibt es hier nicht."
        case Abgelehnt(rest=1):
            return "Die PIN stimmt nicht. Noch ein Versuch, dann ruht dieses Konto."
        case Abgelehnt(rest=rest):
            return f"Die PIN stimmt nicht. Noch {rest} Versuche."
        case Gesperrt(bis=None):
            return "Dieses Konto ist geschlossen. Bitte den Admin fragen."
        case Gesperrt(bis=bis) if bis is not None:
            return (
                f"Zu viele falsche PINs. Dieses Konto ruht bis {local(bis):%H:%M} Uhr. "
                "Jemand anders kann sich anmelden; der Admin kann eine neue PIN geben."
            )
    return ""


class LoginPage(QWidget):
    """Signals: ``tried`` with short sign and PIN."""

    tried = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("anmeldung")
        self.title = label("Platz gesperrt", "gross", name="anmeldung_titel")
        self.who = Choice("&Wer arbeitet jetzt hier?", "anmeldung_wer", [])
        self.pin = Field("&PIN", "anmeldung_pin", placeholder="Ziffern, dann Enter")
        self.pin.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin.edit.setMaxLength(12)
        self.hint = Hint("anmeldung_hinweis", Ton.BAD)
        self.go = button("Anmelden", "anmelden", "haupt", "Enter")
        self.go.clicked.connect(self._try)
        card = frame("karte")
        card.setObjectName("anmeldung_karte")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(28, 24, 28, 24)
        inside.setSpacing(14)
        inside.addWidget(self.title)
        inside.addWidget(
            label("Was angefangen war, ist noch da. Oben steht weiter, wie es der TI geht.", "neben", wrap=True)
        )
        inside.addWidget(self.who)
        inside.addWidget(self.pin)
        inside.addWidget(self.hint)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.go)
        inside.addLayout(row)
        inner = QWidget()
        inner.setObjectName("rolle")
        middle = QVBoxLayout(inner)
        middle.addStretch(1)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(card)
        across.addStretch(1)
        middle.addLayout(across)
        middle.addStretch(2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll_area(inner))
        self._walk = EnterWalk(self, self._try)
        self._walk.set_order([self.who.combo, self.pin.edit])

    def open(self, users: Sequence[Benutzer], last: str | None) -> None:
        """Show who may come; whoever was here last stands first."""
        self.who.set_options([(user.kuerzel, f"{user.kuerzel} · {user.name} · {ROLLE[user.rolle]}") for user in users])
        self.who.choose(last)
        self.pin.set_text("")
        self.hint.show_text("")
        self.pin.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def refuse(self, outcome: Anmeldung) -> None:
        """The PIN was wrong, or the account rests."""
        self.tell(login_text(outcome))

    def tell(self, text: str) -> None:
        """Say why it did not work; the PIN is typed anew."""
        self.pin.set_text("")
        self.hint.show_text(text, Ton.BAD)
        self.pin.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _try(self) -> None:
        who, pin = self.who.value(), self.pin.text()
        if who and pin:
            self.tried.emit(who, pin)
        else:
            self.pin.edit.setFocus(Qt.FocusReason.OtherFocusReason)
