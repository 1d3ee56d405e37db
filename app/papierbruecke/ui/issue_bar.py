"""The bottom of a form: one main action, and after it the question that paper needs.

First stored, then printed, then asked ("a spooler's yes is not paper", design §8). The
question lives inside the window and is answered by key; keys that were hammered while the
printer worked answer nothing.
"""

from collections.abc import Callable, Collection
from enum import Enum, auto
from itertools import pairwise

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from papierbruecke.outbox.model import Uebersicht
from papierbruecke.ui import texts, theme
from papierbruecke.ui.announce import announce
from papierbruecke.ui.background import Background, Failure, failure_text
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.fields import Hint, button, label
from papierbruecke.ui.theme import Ton, mark

STATUS_PX = 120
GRUND_VERDORBEN = "Blatt verdorben, nicht ausgegeben"


class Stand(Enum):
    """Where the issuing of one form is."""

    BEREIT = auto()
    ARBEITET = auto()
    FRAGT = auto()
    VERDORBEN = auto()
    NICHT_GEDRUCKT = auto()
    UNTERSCHRIFT = auto()


class QuestionStrip(QFrame):
    """A question inside the window. Keys count only while it asks, and only fresh presses.

    Signals: ``answered`` carries the letter of the answer (``J``, ``V``, ``N``, ``Esc``).
    """

    answered = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("frage")
        self.setProperty("flaeche", "ton")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._text = label("", "titel", wrap=True, name="frage_text")
        self._detail = label("", "klein", wrap=True, name="frage_detail")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._text)
        words.addWidget(self._detail)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 10, 8)
        layout.setSpacing(12)
        layout.addLayout(words, 1)
        layout.addLayout(self._buttons)
        self._answers: dict[str, QPushButton] = {}

    def ask(self, text: str, detail: str, answers: tuple[tuple[str, str], ...], ton: Ton) -> None:
        """Show a question with its answers (letter, words); none = only tell."""
        self._text.setText(text)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))
        self.setAccessibleName(f"{text} {detail}")
        announce(self, f"{text} {detail}", urgent=ton is Ton.BAD)
        mark(self, ton=ton.value)
        for old in self._answers.values():
            self._buttons.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._answers = {}
        for index, (letter, words) in enumerate(answers):
            made = button(words, f"antwort_{letter.lower()}", "haupt" if index == 0 else "neben", letter)
            made.clicked.connect(lambda _=False, chosen=letter: self.answered.emit(chosen))
            self._buttons.addWidget(made)
            self._answers[letter] = made

    @property
    def text(self) -> str:
        """The question."""
        return self._text.text()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A fresh press of an answer's letter; everything else is swallowed here."""
        letter = "Esc" if event.key() == Qt.Key.Key_Escape else event.text().upper()
        if not event.isAutoRepeat() and letter in self._answers:
            self.answered.emit(letter)
            return
        if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            super().keyPressEvent(event)


class IssueBar(QWidget):
    """Stores, prints and asks for one form page.

    Signals: ``requested`` when the main action is wanted, ``discard`` when the page is to be
    emptied, ``stored`` with the new lines, ``finished`` when the paper is settled,
    ``refused`` with an ``InputRefused``, ``changed`` after anything that a list may show.
    """

    requested = Signal()
    discard = Signal()
    stored = Signal(object)
    finished = Signal()
    refused = Signal(object)
    changed = Signal()

    def __init__(self, desk: Desk, background: Background, paper: str, main: str = "Ablegen und drucken") -> None:
        """``paper`` says in a short sentence what lies in the tray; ``main`` names the main action."""
        super().__init__()
        self._desk = desk
        self._background = background
        self._queue: list[Uebersicht] = []
        self._count = 0
        self._grund = ""
        self._copies: Collection[str] = ()
        self.wer = "Empfang"
        self._on_paper = False
        self._folded = False
        self._main_text = main
        self.asks_signature = False  # a slip that the patient signs at the desk
        self.stand = Stand.BEREIT
        self.status = label(paper, "klein", wrap=True)
        self.clear_button = button("Leeren", "leeren", key="Ctrl+N")
        self.clear_button.clicked.connect(self.discard)
        self.main_button = button(main, "haupt", "haupt", "F9")
        self.main_button.clicked.connect(self.requested)
        quiet = QWidget()
        self._lines = QBoxLayout(QBoxLayout.Direction.LeftToRight, quiet)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(12)
        self.tools = QHBoxLayout()
        self.tools.setSpacing(12)
        self.row = row = QHBoxLayout()
        row.setSpacing(12)
        self._lines.addLayout(self.tools)
        self._lines.addLayout(row, 1)
        row.addWidget(self.status, 1)
        row.addWidget(self.clear_button)
        row.addWidget(self.main_button)
        self.strip = QuestionStrip()
        self.strip.answered.connect(self._on_answer)
        self.trouble = Hint("ablage_fehler", Ton.BAD)
        self._stack = QStackedWidget()
        self._stack.addWidget(quiet)
        self._stack.addWidget(self.strip)
        self._stack.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.trouble)
        layout.addWidget(self._stack)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Narrow windows: see ``_fit``."""
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """Other words or another size of text: see ``_fit``."""
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self._fit()
        return done

    def showEvent(self, event: QShowEvent) -> None:
        """Tab from left to right; an order holds only once the bar is in its window."""
        super().showEvent(event)
        items = (line.itemAt(at) for line in (self.tools, self.row) for at in range(line.count()))
        for before, after in pairwise(each for item in items if item is not None and (each := item.widget())):
            self.setTabOrder(before, after)

    def _fit(self) -> None:
        """Without room for all, the other buttons go above the main one; none is ever cut."""
        wanted = self.tools.sizeHint().width() + self.row.sizeHint().width()
        narrow = self.tools.count() > 0 and wanted > self.width()
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._lines.direction() is not way:
            self._lines.setDirection(way)
        self._fit_words()

    def fold(self, folded: bool) -> None:
        """Small window or large text: without the words about the tray."""
        self._folded = folded
        self._fit()

    def _fit_words(self) -> None:
        """The words about the tray give way first, then "Leeren"."""
        if not self.status.text():  # not a form
            return
        items = (self.row.itemAt(at) for at in range(self.row.count()))
        widgets = [each for item in items if item is not None and (each := item.widget()) is not None]
        shown = [each for each in widgets if each is self.clear_button or not each.isHidden()]
        taken = [each.sizeHint().width() + self.row.spacing() for each in shown if each is not self.status]
        room = self.width() - sum(taken)
        self.status.setVisible(not self._folded and room >= theme.current().px(STATUS_PX))
        self.clear_button.setVisible(room >= 0)  # its key is in the table of F1

    def add_quiet(self, other: QPushButton) -> None:
        """One more button of the page, left of "Leeren"."""
        self.row.insertWidget(1, other)

    def set_on_paper(self, on_paper: bool) -> None:
        """Whether the sheet exists already (Notfallmappe): then it is stored and nothing is printed."""
        self._on_paper = on_paper
        text = "Nur ablegen" if on_paper else self._main_text
        self.main_button.setText(f"{text}   F9")
        self.main_button.setAccessibleName(text)

    @property
    def busy(self) -> bool:
        """Whether a form is on its way; nothing new starts until it is settled."""
        return self.stand is not Stand.BEREIT

    def issue(self, store: Callable[[], tuple[Uebersicht, ...]]) -> None:
        """Store the form, then print it, then ask."""
        if self.busy:
            return
        self.trouble.show_text("")
        self._show(Stand.ARBEITET, "Wird gespeichert …", "Erst gespeichert, dann gedruckt.", (), Ton.ACCENT)
        self.strip.setFocus()
        self._background.run("outbox", store, self._on_stored, self._on_store_failure)

    def ask_about(self, line: Uebersicht) -> None:
        """Ask about a Beleg whose paper nobody confirmed yet."""
        if not self.busy:
            self._queue, self._count = [line], 1
            self._ask()
            self.strip.setFocus()

    def print_again(self, line: Uebersicht, grund: str = "", ausfertigungen: Collection[str] = ()) -> None:
        """Print the stored bytes once more; what was on paper already needs a reason.

        ``ausfertigungen``: which copies of an AU (TA eAU P6-02 AK4); none named = all three.
        """
        if not self.busy:
            self._grund, self._copies = grund, ausfertigungen
            self._queue, self._count = [line], 1
            self._print()
            self.strip.setFocus()

    def _on_stored(self, lines: tuple[Uebersicht, ...]) -> None:
        self._queue, self._count = list(lines), len(lines)
        self.stored.emit(lines)
        self.changed.emit()
        if self._on_paper:
            desk, wer, line = self._desk, self.wer, lines[0]
            self._settle("Wird abgelegt …", lambda: desk.confirm_printed(line.kennung, wer), self._printed)
            return
        self._print()

    def _on_store_failure(self, failure: Failure) -> None:
        self._rest()
        self.trouble.show_text(f"Nicht gespeichert und nicht gedruckt. {failure_text(failure)}", Ton.BAD)
        self.refused.emit(failure)

    def _print(self) -> None:
        line = self._queue[0]
        self._show(Stand.ARBEITET, "Wird gedruckt …", self._which(line), (), Ton.ACCENT)
        desk, wer, grund, copies = self._desk, self.wer, self._grund, self._copies or tuple(texts.AUSFERTIGUNG)
        work = lambda: desk.print_beleg(line.kennung, wer, grund, ausfertigungen=copies)
        self._background.run("print", work, lambda _: self._ask(), self._on_print_failure)

    def _ask(self) -> None:
        line = self._queue[0]
        self._show(
            Stand.FRAGT,
            "Ist das Blatt richtig gedruckt?",
            self._which(line),
            (("J", "Ja"), ("V", "Verdorben"), ("Esc", "Später")),
            Ton.ACCENT,
        )
        self.changed.emit()

    def _on_print_failure(self, failure: Failure) -> None:
        self._show(
            Stand.NICHT_GEDRUCKT,
            "Gespeichert, aber nicht gedruckt.",
            f"{self._which(self._queue[0])} – {failure_text(failure)}",
            (("N", "Noch einmal drucken"), ("Esc", "Später")),
            Ton.BAD,
        )

    def _on_answer(self, letter: str) -> None:
        line = self._queue[0]
        desk, wer = self._desk, self.wer
        match (self.stand, letter):
            case (Stand.FRAGT, "J"):
                self._settle("Wird vermerkt …", lambda: desk.confirm_printed(line.kennung, wer), self._printed)
            case (Stand.FRAGT, "V"):
                work = lambda: desk.spoilt(line.kennung, wer, GRUND_VERDORBEN)
                self._settle("Blatt wird als verdorben vermerkt …", work, self._ask_again)
            case (Stand.VERDORBEN | Stand.NICHT_GEDRUCKT, "N"):
                self._print()
            case (Stand.UNTERSCHRIFT, "J"):
                signed = lambda: desk.by_hand().note_signature(line.kennung, wer)
                self._settle("Wird vermerkt …", signed, self._next)
            case (Stand.FRAGT | Stand.VERDORBEN | Stand.NICHT_GEDRUCKT | Stand.UNTERSCHRIFT, "Esc"):
                self._next()

    def _settle(self, text: str, work: Callable[[], None], after: Callable[[], None]) -> None:
        self._show(Stand.ARBEITET, text, self._which(self._queue[0]), (), Ton.ACCENT)
        self._background.run("outbox", work, lambda _: after(), self._on_settle_failure)

    def _on_settle_failure(self, failure: Failure) -> None:
        self._rest()
        self.trouble.show_text(failure_text(failure), Ton.BAD)
        self.changed.emit()
        self.finished.emit()

    def _printed(self) -> None:
        if not self.asks_signature:
            self._next()
            return
        self.changed.emit()
        self._show(
            Stand.UNTERSCHRIFT,
            "Hat die versicherte Person unterschrieben?",
            f"{self._which(self._queue[0])} · Später geht auch: Die Nachbearbeitung erinnert daran.",
            (("J", "Ja, unterschrieben"), ("Esc", "Später")),
            Ton.ACCENT,
        )

    def _ask_again(self) -> None:
        self.changed.emit()
        self._show(
            Stand.VERDORBEN,
            "Das verdorbene Blatt bitte entwerten. Noch einmal drucken?",
            f"{self._which(self._queue[0])} · neues Blatt einlegen",
            (("N", "Noch einmal drucken"), ("Esc", "Später")),
            Ton.WARN,
        )

    def _next(self) -> None:
        self._queue.pop(0)
        if self._queue:
            self._print()
            return
        self._rest()
        self.changed.emit()
        self.finished.emit()

    def _rest(self) -> None:
        self.stand = Stand.BEREIT
        self._queue = []
        self._grund, self._copies = "", ()
        self._stack.setCurrentIndex(0)

    def _show(self, stand: Stand, text: str, detail: str, answers: tuple[tuple[str, str], ...], ton: Ton) -> None:
        self.stand = stand
        self.strip.ask(text, detail, answers, ton)
        self._stack.setCurrentIndex(1)

    def _which(self, line: Uebersicht) -> str:
        sheet = f" · Blatt {self._count - len(self._queue) + 1} von {self._count}" if self._count > 1 else ""
        copies = "".join(f" · {word}" for name, word in texts.AUSFERTIGUNG.items() if name in self._copies)
        return f"{texts.ART[line.art]} {line.belegnummer}{sheet}{copies}"

    @property
    def question(self) -> str:
        """What is asked or told now; empty when nothing is under way."""
        return self.strip.text if self.busy else ""
