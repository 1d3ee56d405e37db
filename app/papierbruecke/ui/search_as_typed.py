"""Completion as one types: what was found is shown, a person chooses with arrow and Enter."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QCompleter

from papierbruecke.ui.background import Background, Failure
from papierbruecke.ui.fields import Field

PAUSE_MS = 60
FROM_LETTERS = 2
T = TypeVar("T")


class SearchAsTyped(QObject, Generic[T]):
    """Completion of one field; arrow down asks at once, in an empty field for what is used most.

    Signals: ``chosen`` carries what was chosen.
    """

    chosen = Signal(object)

    def __init__(
        self,
        field: Field,
        background: Background,
        search: Callable[[str], Sequence[T]],
        words: Callable[[T], str],
        title: str,
    ) -> None:
        """``search`` blocks and runs in a lane; ``words`` is the line for a hit, ``title`` names the list."""
        super().__init__(field)
        self._field = field
        self._background = background
        self._search = search
        self._line = words
        self._found: dict[str, T] = {}
        self._lines = QStringListModel(self)
        self._completer = QCompleter(self._lines, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        popup = self._completer.popup()
        if popup is not None:
            popup.setProperty("popup", "ja")
            popup.setAccessibleName(title)
        self._completer.setWidget(field.edit)
        self._completer.activated.connect(self._on_chosen)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._ask)
        field.edit.textEdited.connect(lambda _: self._timer.start())
        field.edit.installEventFilter(self)

    @property
    def offered(self) -> list[str]:
        """What is offered now."""
        return self._lines.stringList()

    @property
    def popup(self) -> QAbstractItemView | None:
        """The open list."""
        return self._completer.popup()

    @property
    def pending(self) -> bool:
        """Whether the end of the typing is still awaited."""
        return self._timer.isActive()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow down opens the list."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Down:
            self._ask(0)
            return True
        return super().eventFilter(watched, event)

    def _ask(self, from_letters: int = FROM_LETTERS) -> None:
        text = self._field.text()
        if len(text) < from_letters:
            self._offer([])
            return
        self._background.run("probe", lambda: (text, self._search(text)), self._on_found, self._on_failure)

    def _on_found(self, answer: tuple[str, Sequence[T]]) -> None:
        asked, found = answer
        if asked == self._field.text() and self._field.edit.hasFocus():
            self._offer(found)

    def _on_failure(self, failure: Failure) -> None:
        """Search is comfort: the name can always be typed."""
        self._offer([])

    def _offer(self, found: Sequence[T]) -> None:
        self._found = {}
        for each in found:
            line = self._line(each)
            # Two that look the same stay two.
            self._found[line if line not in self._found else f"{line} ({len(self._found) + 1})"] = each
        self._lines.setStringList(list(self._found))
        popup = self._completer.popup()
        if self._found:
            self._completer.complete()
        elif popup is not None:
            popup.hide()

    def _on_chosen(self, line: str) -> None:
        chosen = self._found.get(line)
        if chosen is not None:
            self.chosen.emit(chosen)
