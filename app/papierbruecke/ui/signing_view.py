"""What will be signed, to look at before: page by page through the batch, by keys (TA eAU P4-02).

The page and the words beside it are read out of the bytes that the signature covers.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from papierbruecke.outbox.model import Uebersicht
from papierbruecke.ui import texts, theme
from papierbruecke.ui.background import Background, Failure, failure_text
from papierbruecke.ui.comfort_switch import ComfortSwitch
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.fields import Hint, button, frame, label
from papierbruecke.ui.pdf_view import PdfView
from papierbruecke.ui.theme import Ton

if TYPE_CHECKING:
    from papierbruecke.resubmit.show_content import Ansicht

ASPECT = 148.0 / 210.0
PAGE_PX = 600  # the smallest print of the form is readable from here on
WORDS_PX = 300
LARGE_TEXT = 1.5
TASTEN = "← →  vorige, nächste    ↑ ↓  lesen    F9  signieren und senden"
STAND = {
    "wird_signiert": "Das wird signiert",
    "signiert": "Das ist schon signiert",
    "nicht": "Wird nicht signiert",
}


class _Reader(QScrollArea):
    """Scrolls by keys; left and right turn to another Beleg."""

    turned = Signal(int)

    def __init__(self, inner: QWidget) -> None:
        super().__init__()
        self.setObjectName("ansicht_rolle")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(inner)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: the arrows."""
        step = {Qt.Key.Key_Left.value: -1, Qt.Key.Key_Right.value: 1}.get(event.key())
        if step is not None:
            self.turned.emit(step)
        else:
            super().keyPressEvent(event)


class SigningView(QWidget):
    """Signals: ``closed`` to go back to the list."""

    closed = Signal()

    def __init__(self, desk: Desk, background: Background) -> None:
        super().__init__()
        self.setObjectName("ansicht")
        self._desk = desk
        self._background = background
        self._lines: list[Uebersicht] = []
        self._at = 0
        self.title = label("", "fett", wrap=True, name="ansicht_titel")
        self.stand = label("", "abschnitt", name="ansicht_stand")
        self.hint = Hint("ansicht_hinweis", Ton.WARN)
        self.page = PdfView("ansicht_seite", ASPECT, "Hier gibt es nichts zu signieren.")
        self.page.setAccessibleName("Was signiert wird, als Ausfertigung für die Krankenkasse")
        self.words = QLabel()
        self.words.setObjectName("ansicht_angaben")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        inner = QWidget()
        inner.setObjectName("rolle")
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight, inner)
        self._columns.setContentsMargins(3, 0, 8, 3)
        self._columns.setSpacing(28)
        self._columns.addWidget(self.page, 0, Qt.AlignmentFlag.AlignTop)
        self._columns.addWidget(self.words, 1, Qt.AlignmentFlag.AlignTop)
        self.area = _Reader(inner)
        self.area.setAccessibleName("Was signiert wird")
        self.area.turned.connect(self.turn)
        self.comfort = ComfortSwitch(desk, background)
        self.previous_button = button("&Vorige", "ansicht_vorige", "still")
        self.previous_button.clicked.connect(lambda: self.turn(-1))
        self.next_button = button("Nä&chste", "ansicht_naechste", "still")
        self.next_button.clicked.connect(lambda: self.turn(1))
        away = button("Zurück", "ansicht_zurueck", "still", "Esc")
        away.clicked.connect(self.closed)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(label(TASTEN, "klein", wrap=True), 1)
        for made in (self.previous_button, self.next_button, away):
            foot.addWidget(made)
        card = frame("karte")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(16, 14, 12, 10)
        inside.setSpacing(10)
        inside.addWidget(self.stand)
        inside.addWidget(self.title)
        inside.addWidget(self.hint)
        inside.addWidget(self.area, 1)
        inside.addWidget(self.comfort)
        inside.addLayout(foot)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(card)
        self.hide()

    @property
    def line(self) -> Uebersicht:
        """The Beleg that is looked at."""
        return self._lines[self._at]

    def open(self, lines: Sequence[Uebersicht], at: int, wer: str) -> None:
        """Look at these, beginning with one; ``wer`` is who works here."""
        self.comfort.wer = wer
        self.comfort.ask()
        self._lines, self._at = list(lines), at
        self.show()
        self._load()
        self.area.setFocus(Qt.FocusReason.OtherFocusReason)

    def turn(self, step: int) -> None:
        """The next or the one before; at either end nothing happens."""
        if 0 <= self._at + step < len(self._lines):
            self._at += step
            self._load()

    def _load(self) -> None:
        line, desk = self.line, self._desk
        several = f"{self._at + 1} von {len(self._lines)} · " if len(self._lines) > 1 else ""
        self.title.setText(f"{several}{texts.ART[line.art]} {line.belegnummer} · {line.patient}")
        self.stand.setText("Wird geöffnet …")
        self.hint.show_text("")
        self.words.setText("")
        self.page.clear()
        self.previous_button.setEnabled(self._at > 0)
        self.next_button.setEnabled(self._at + 1 < len(self._lines))
        self._background.run("outbox", lambda: desk.show_content(line), self._show, self._on_failure)

    def _show(self, view: "Ansicht") -> None:
        if view.beleg.kennung != self.line.kennung:
            return  # somebody turned on meanwhile
        self.stand.setText(STAND[view.stand])
        self.hint.show_text(view.hinweis, Ton.WARN)
        self.words.setText("\n".join(f"{name}: {value}" for name, value in view.angaben))
        self.words.setAccessibleName("; ".join(f"{name}: {value}" for name, value in view.angaben))
        self.page.setVisible(bool(view.pdf))
        if view.pdf:
            self.page.show_pdf(view.pdf)
        self._fit()
        self.area.verticalScrollBar().setValue(0)

    def _on_failure(self, failure: Failure) -> None:
        self.stand.setText(STAND["nicht"])
        self.page.hide()
        self.hint.show_text(failure_text(failure), Ton.BAD)

    def _fit(self) -> None:
        """Large text: the words come first, the page below them, as wide as there is room."""
        look = theme.current()
        room = self.area.viewport().width() - 40
        narrow = look.text >= LARGE_TEXT or room < look.px(PAGE_PX + WORDS_PX)
        way = QBoxLayout.Direction.BottomToTop if narrow else QBoxLayout.Direction.LeftToRight
        self._columns.setDirection(way)
        width = max(min(look.px(PAGE_PX), room), 150)
        self.page.setFixedSize(width, round(width / ASPECT))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The page follows the window."""
        super().resizeEvent(event)
        self._fit()
