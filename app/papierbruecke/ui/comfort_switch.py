"""Komfortsignatur on and off, beside what will be signed: one PIN for many signatures, on the doctor's word."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QWidget

from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.ui.background import Background, Failure, failure_text
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.fields import button, label
from papierbruecke.vault.users import Recht

if TYPE_CHECKING:
    from papierbruecke.konnektor.switch_comfort import Komfortstand

BEDEUTUNG = "Ist sie ein, fragt das Kartenterminal nur einmal nach der PIN; danach signiert der Nachversand von selbst."
NUR_AERZTE = "Das entscheidet die Ärztin oder der Arzt. Bitte dafür unter dem eigenen Kürzel anmelden."


class ComfortSwitch(QWidget):
    """Hidden while no Konnektor answers: then there is nothing to switch."""

    def __init__(self, desk: Desk, background: Background) -> None:
        super().__init__()
        self.setObjectName("komfort")
        self._desk = desk
        self._background = background
        self._on = False
        self.wer = ""
        self.words = label("", "klein", wrap=True, name="komfort_stand")
        self.button = button("&Komfortsignatur einschalten", "komfort_schalten", "still")
        self.button.clicked.connect(self.switch)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)
        self.hide()

    def ask(self) -> None:
        """How the Konnektor stands now."""
        self._background.run("send", self._desk.comfort_state, self._show, lambda _: self.hide())

    def switch(self) -> None:
        """On or off; before the terminal asks for the PIN the sentence says so."""
        desk, background, wer, an = self._desk, self._background, self.wer, not self._on
        notice = lambda text: background.post(lambda: self.words.setText(text))

        def work() -> "Komfortstand":
            users = desk.users().all()
            user = next((each for each in users if each.kuerzel == wer), None)
            if users and (user is None or not user.may(Recht.AU_FREIGEBEN)):
                raise InputRefused((Einwand("komfortsignatur", "Design §4", NUR_AERZTE),))
            return desk.switch_comfort(an, wer, notice)

        self.button.setEnabled(False)
        background.run("send", work, self._show, self._on_failure)

    def _show(self, state: "Komfortstand") -> None:
        self._on = state.aktiv
        self.words.setText(f"{state.line()} {BEDEUTUNG}")
        self.button.setText("&Komfortsignatur ausschalten" if state.aktiv else "&Komfortsignatur einschalten")
        self.button.setAccessibleName(self.button.text().replace("&", ""))
        self.button.setEnabled(state.aktiv or state.moeglich)
        self.show()

    def _on_failure(self, failure: Failure) -> None:
        self.words.setText(failure_text(failure))
        self.button.setEnabled(True)
