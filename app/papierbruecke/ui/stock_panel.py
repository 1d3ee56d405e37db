"""Pre-printed paper at the desk: a hint when it runs short, and a line to say what was filled up or spoilt.

Everybody at the desk may say so: it is no setting. What a print took is counted by itself.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from papierbruecke.ui.background import Background, Failure, failure_text
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.fields import Choice, EnterWalk, Field, Hint, button, frame, label
from papierbruecke.ui.issue_bar import IssueBar
from papierbruecke.ui.theme import Ton

if TYPE_CHECKING:
    from papierbruecke.forms.vorrat import Bestand, Vordruck

WAS = (
    ("nachgefuellt", "nachgefüllt"),
    ("verdorben", "verdorben, ohne Druck"),
    ("gezaehlt", "gezählt: so viele sind da"),
    ("warnen_ab", "warnen, wenn nur noch da sind"),
)
NUR_ZAHLEN = "Bitte eine Zahl, zum Beispiel 50."
MAX_DIGITS = 6


class StockPanel(QWidget):
    """The counter of one pre-printed form, for the page that uses it.

    ``open_button`` belongs into the bar of the page; the rest shows when it has something to say.

    Signals: ``counted`` carries what is left, or None if nobody counts.
    """

    counted = Signal(object)

    def __init__(self, desk: Desk, background: Background, bar: IssueBar, vordruck: "Vordruck") -> None:
        super().__init__()
        self.setObjectName("vorrat")
        self._desk = desk
        self._background = background
        self._bar = bar
        self._vordruck: Vordruck = vordruck
        self.open_button = button("Papier &zählen …", f"{vordruck}_zaehlen", "still")
        self.open_button.setCheckable(True)
        self.open_button.toggled.connect(self._open)
        self.hint = Hint(f"{vordruck}_knapp", Ton.WARN)
        self.stand = label("", "neben", wrap=True, name=f"{vordruck}_stand")
        self.was = Choice("&Eintrag", f"{vordruck}_was", WAS)
        self.zahl = Field("A&nzahl Blätter", f"{vordruck}_zahl")
        self.zahl.edit.setMaxLength(MAX_DIGITS)
        self.go = button("Eintragen", f"{vordruck}_eintragen")
        self.go.clicked.connect(self.submit)
        self.entry = frame("karte")
        row = QHBoxLayout(self.entry)
        row.setContentsMargins(16, 10, 12, 10)
        row.setSpacing(12)
        row.addWidget(self.stand, 2)
        row.addWidget(self.was, 2, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.zahl, 1, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.go, 0, Qt.AlignmentFlag.AlignBottom)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.hint)
        layout.addWidget(self.entry)
        self._walk = EnterWalk(self, self.submit)
        self._walk.set_order([self.was.combo, self.zahl.edit])
        self.entry.hide()
        self.hide()  # an empty line would still take its place
        bar.changed.connect(self.reload)

    def reload(self) -> None:
        """Ask the counter again."""
        desk, vordruck = self._desk, self._vordruck
        # Without its counter the paper is as good: a failure here must not stand in the way.
        self._background.run("outbox", lambda: desk.bestand(vordruck), self._show, lambda _: None)

    def _show(self, left: "Bestand | None") -> None:
        self.hint.show_text(left.hinweis or "" if left is not None else "", Ton.WARN)
        self.stand.setText(left.stand if left is not None else "Die Blätter zählt hier noch niemand.")
        self._appear(self.open_button.isChecked())
        self.counted.emit(left)

    def _appear(self, on: bool) -> None:
        self.entry.setVisible(on)
        self.hint.setVisible(bool(self.hint.text) and not on)  # open, the line says the same
        self.setVisible(on or bool(self.hint.text))

    def _open(self, on: bool) -> None:
        self._appear(on)
        if on:
            self.was.choose(WAS[0][0])
            self.zahl.set_text("")
            self.was.combo.setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> None:
        """Enter behind the number: write it down."""
        text = self.zahl.text()
        if not (text.isascii() and text.isdigit()):
            self.zahl.object_to(NUR_ZAHLEN)
            self.zahl.setFocus()
            return
        desk, vordruck, wer, was = self._desk, self._vordruck, self._bar.wer, self.was.value()
        number = int(text)
        work = lambda: desk.note_vorrat(vordruck, was, number, wer)  # type: ignore[arg-type]  # the options
        self._background.run("outbox", work, self._on_noted, self._on_failure)

    def _on_noted(self, left: "Bestand") -> None:
        self._show(left)
        self.open_button.setChecked(False)

    def _on_failure(self, failure: Failure) -> None:
        self.zahl.object_to(failure_text(failure))
        self.zahl.setFocus()
