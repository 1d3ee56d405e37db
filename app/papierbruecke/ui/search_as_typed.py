"""Krankenkassen as one types: search in the imported Kostenträgerdatei, chosen with arrow and Enter."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QStringListModel, Qt, QTimer, Signal
from PySide6.QtWidgets import QAbstractItemView, QCompleter

from papierbruecke.practice.model import Kostentraeger
from papierbruecke.ui.background import Background, Failure
from papierbruecke.ui.fields import Field

PAUSE_MS = 60
FROM_LETTERS = 2
Search = Callable[[str], list[Kostentraeger]]


class PayerSearch(QObject):
    """Completion of one field. Signals: ``chosen`` carries the fund."""

    chosen = Signal(object)

    def __init__(self, field: Field, background: Background, search: Search) -> None:
        """``search`` blocks and runs in a lane; without an imported file it finds nothing."""
        super().__init__(field)
        self._field = field
        self._background = background
        self._search = search
        self._found: dict[str, Kostentraeger] = {}
        self._words = QStringListModel(self)
        self._completer = QCompleter(self._words, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        popup = self._completer.popup()
        if popup is not None:
            popup.setProperty("popup", "ja")
            popup.setAccessibleName("Gefundene Krankenkassen")
        self._completer.setWidget(field.edit)
        self._completer.activated.connect(self._on_chosen)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._ask)
        field.edit.textEdited.connect(lambda _: self._timer.start())

    @property
    def offered(self) -> list[str]:
        """What is offered now."""
        return self._words.stringList()

    @property
    def popup(self) -> QAbstractItemView | None:
        """The open list."""
        return self._completer.popup()

    @property
    def pending(self) -> bool:
        """Whether the end of the typing is still awaited."""
        return self._timer.isActive()

    def _ask(self) -> None:
        text = self._field.text()
        if len(text) < FROM_LETTERS:
            self._offer([])
            return
        self._background.run("probe", lambda: (text, self._search(text)), self._on_found, self._on_failure)

    def _on_found(self, answer: tuple[str, list[Kostentraeger]]) -> None:
        asked, funds = answer
        if asked == self._field.text() and self._field.edit.hasFocus():
            self._offer(funds)

    def _on_failure(self, failure: Failure) -> None:
        """Search is comfort: the name can always be typed."""
        self._offer([])

    def _offer(self, funds: list[Kostentraeger]) -> None:
        self._found = {_words(fund): fund for fund in funds}
        self._words.setStringList(list(self._found))
        popup = self._completer.popup()
        if self._found:
            self._completer.complete()
        elif popup is not None:
            popup.hide()

    def _on_chosen(self, words: str) -> None:
        fund = self._found.get(words)
        if fund is not None:
            self.chosen.emit(fund)


def _words(fund: Kostentraeger) -> str:
    place = f", {fund.orte[0]}" if fund.orte else ""
    return f"{fund.name}{place} · {fund.vknr}"
