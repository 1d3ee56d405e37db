"""Accounts of this desk: who may work here, with which sign, role and PIN."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from papierbruecke.errors import InputRefused
from papierbruecke.ui.background import Background, Failure, failure_text
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.fields import Choice, Field, Hint, button, label
from papierbruecke.ui.login_page import ROLLE
from papierbruecke.ui.theme import Ton
from papierbruecke.vault.users import PRAXIS, Benutzer, Recht, Rolle

FIRST = (
    "Noch hat niemand ein Konto, dann darf hier jeder alles. Das erste Konto gehört dem Admin. "
    "Ab dann fragt das Programm nach Kürzel und PIN, und ein zweites rosa Blatt gibt nur die Ärztin oder der Arzt frei."
)
ONLY_ADMIN = "Konten ändert nur der Admin. Die eigene PIN ändert jeder selbst."


class UsersPanel(QWidget):
    """Signals: ``changed`` after an account was made, closed or got a new PIN."""

    changed = Signal()

    def __init__(self, desk: Desk, background: Background) -> None:
        super().__init__()
        self.setObjectName("benutzer_liste")
        self._desk = desk
        self._background = background
        self._wer: Benutzer = PRAXIS
        self.users: list[Benutzer] = []
        self.about = label(FIRST, "neben", wrap=True)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(6)
        self.sign = Field("&Kürzel", "benutzer_kuerzel", placeholder="zum Beispiel MB", pfad="benutzer.kuerzel")
        self.name = Field("&Name", "benutzer_name", pfad="benutzer.name")
        self.role = Choice(
            "&Rolle", "benutzer_rolle", [(role.value, word) for role, word in ROLLE.items()], pfad="benutzer.rolle"
        )
        self.pin = Field("&PIN", "benutzer_pin", placeholder="4 bis 12 Ziffern", pfad="benutzer.pin")
        self.again = Field("PIN noch ein&mal", "benutzer_pin_nochmal")
        for field in (self.pin, self.again):
            field.edit.setEchoMode(QLineEdit.EchoMode.Password)
            field.edit.setMaxLength(12)
        self.hint = Hint("benutzer_hinweis", Ton.OK)
        self.make = button("Konto anlegen", "benutzer_anlegen")
        self.make.clicked.connect(self.add)
        self.new_pin = button("Neue PIN für dieses Kürzel", "benutzer_neue_pin")
        self.new_pin.clicked.connect(self.set_pin)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        for place, field_ in enumerate((self.sign, self.name, self.role, self.pin, self.again)):
            grid.addWidget(field_, place // 2, place % 2)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.make)
        row.addWidget(self.new_pin)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(14)
        layout.addWidget(self.about)
        layout.addLayout(self._rows)
        layout.addWidget(label("Neues Konto oder neue PIN", "abschnitt"))
        layout.addLayout(grid)
        layout.addWidget(self.hint)
        layout.addLayout(row)

    def set_user(self, wer: Benutzer, users: list[Benutzer]) -> None:
        """Who looks at the list, and who is on it."""
        self._wer, self.users = wer, users
        while (item := self._rows.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for user in users:
            self._rows.addWidget(self._row(user))
        admin = wer.may(Recht.BENUTZER)
        self.about.setText(FIRST if not users else "" if admin else ONLY_ADMIN)
        self.about.setVisible(bool(self.about.text()))
        self.make.setEnabled(admin)
        if not users:
            self.role.choose(Rolle.ADMIN.value)

    def _row(self, user: Benutzer) -> QWidget:
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        state = "" if user.aktiv else " · geschlossen"
        row.addWidget(label(user.kuerzel, "fett"))
        row.addWidget(label(f"{user.name} · {ROLLE[user.rolle]}{state}", "wert"), 1)
        if user.aktiv and self._wer.may(Recht.BENUTZER):
            close = button("Konto schließen", f"schliessen_{user.kuerzel}", "still")
            close.setAccessibleName(f"Konto {user.kuerzel} schließen")
            close.clicked.connect(lambda _=False, sign=user.kuerzel: self.close_account(sign))
            row.addWidget(close)
        return box

    def add(self) -> None:
        """Make an account of what was typed."""
        sign, name, role, pin = self.sign.text(), self.name.text(), self.role.value() or "mfa", self.pin.text()
        if not name:
            self.name.object_to("Bitte den Namen eintragen.")
        if self._pins_differ() or not name:
            return
        desk, wer = self._desk, self._wer
        self._do(lambda: desk.users().add(wer, sign, name, Rolle(role), pin), f"Das Konto {sign} ist angelegt.")

    def set_pin(self) -> None:
        """A new PIN for the typed sign."""
        sign, pin = self.sign.text(), self.pin.text()
        if not self._pins_differ():
            desk, wer = self._desk, self._wer
            self._do(lambda: desk.users().set_pin(wer, sign, pin), f"{sign} hat eine neue PIN.")

    def close_account(self, sign: str) -> None:
        """Somebody left; the history keeps the sign."""
        desk, wer = self._desk, self._wer
        self._do(lambda: desk.users().close_account(wer, sign), f"Das Konto {sign} ist geschlossen.")

    def _pins_differ(self) -> bool:
        differ = self.pin.text() != self.again.text()
        if differ:
            self.again.object_to("Die beiden PINs sind verschieden.")
        return differ

    def _do(self, work: Callable[[], object], done: str) -> None:
        self._background.run("outbox", work, lambda _: self._on_done(done), self._on_failure)

    def _on_done(self, text: str) -> None:
        for field in (self.sign, self.name, self.pin, self.again):
            field.set_text("")
        self.hint.show_text(text, Ton.OK)
        self.changed.emit()

    def _on_failure(self, failure: Failure) -> None:
        if isinstance(failure, InputRefused):
            by_path = {einwand.feld: einwand.text for einwand in failure.einwaende}
            for field in (self.sign, self.name, self.role, self.pin):
                field.object_to(by_path.pop(field.pfad, None))
            self.hint.show_text(" ".join(by_path.values()), Ton.BAD)
        else:
            self.hint.show_text(failure_text(failure), Ton.BAD)
