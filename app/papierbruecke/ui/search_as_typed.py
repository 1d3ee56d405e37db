"""Completion as one types: what was found is shown, a person chooses with arrow and Enter."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QRect, QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QListView

from papierbruecke.ui.background import Background, Failure
from papierbruecke.ui.fields import CHOOSING, Field

PAUSE_MS = 60
FROM_LETTERS = 2
MOST_SHOWN = 8
EDGE_PX = 12
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
T = TypeVar("T")


class SearchAsTyped(QObject, Generic[T]):
    """Completion of one field; arrow down asks at once, in an empty field for what is used most.

    The list lies over the page and never has the keys: whoever types goes on typing.

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
        self._title = title
        self._list: QListView | None = None
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
    def popup(self) -> QListView | None:
        """The open list; None before anything was found."""
        return self._list

    @property
    def pending(self) -> bool:
        """Whether the end of the typing is still awaited."""
        return self._timer.isActive()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows walk through the list, Enter takes, Esc closes; everything else is typing."""
        if event.type() in (QEvent.Type.FocusOut, QEvent.Type.Hide):
            self._close()
        elif event.type() == QEvent.Type.Resize and self._list is not None and self._list.isVisible():
            self._place(self._list)  # the next line of the form came in between
        if not isinstance(event, QKeyEvent) or event.type() == QEvent.Type.KeyRelease:
            return False
        shown = self._list is not None and self._list.isVisible()
        if event.type() == QEvent.Type.ShortcutOverride:
            mine = shown and event.key() == Qt.Key.Key_Escape
            event.setAccepted(mine)
            return mine
        return self._on_key(event, self._list if shown else None)

    def _on_key(self, event: QKeyEvent, shown: QListView | None) -> bool:
        key = Qt.Key(event.key())
        if shown is None:
            if key is Qt.Key.Key_Down:
                self._ask(0)
            return key is Qt.Key.Key_Down
        if key in _STEPS:
            row = shown.currentIndex().row() + _STEPS[key]
            shown.setCurrentIndex(self._lines.index(max(0, min(row, self._lines.rowCount() - 1))))
            self._field.edit.setProperty(CHOOSING, True)
            self._field.edit.setAccessibleDescription(str(shown.currentIndex().data()))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and shown.currentIndex().isValid():
            self._take(shown.currentIndex())
        elif key is Qt.Key.Key_Escape:
            self._close()
        else:
            return False
        return True

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
        self._close()
        if self._found:
            self._open()

    def _open(self) -> None:
        if self._list is None:
            made = self._list = QListView(self._field.window())
            made.setProperty("popup", "ja")
            made.setAccessibleName(self._title)
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            made.setFrameShape(QFrame.Shape.NoFrame)
            made.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
            made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            made.setModel(self._lines)
            made.clicked.connect(self._take)
        self._place(self._list)
        self._list.raise_()
        self._list.show()

    def _place(self, shown: QListView) -> None:
        """Below its field, as wide as its lines; above it where there is no room."""
        edit = self._field.edit
        window = self._field.window().rect().adjusted(EDGE_PX, EDGE_PX, -EDGE_PX, -EDGE_PX)
        line = shown.sizeHintForRow(0)
        height = min(len(self._found), MOST_SHOWN) * line + EDGE_PX
        width = min(max(edit.width(), shown.sizeHintForColumn(0) + 3 * EDGE_PX), window.width())
        place = QRect(edit.mapTo(self._field.window(), QPoint(0, edit.height() + 2)), QPoint())
        place.setWidth(width)
        place.setHeight(height)
        place.moveRight(min(place.right(), window.right()))
        if place.bottom() > window.bottom():
            place.moveBottom(edit.mapTo(self._field.window(), QPoint(0, -2)).y())
        shown.setGeometry(place)

    def _close(self) -> None:
        self._field.edit.setProperty(CHOOSING, False)
        if self._list is not None and self._list.isVisible():
            self._list.hide()
            self._list.setCurrentIndex(QModelIndex())
            self._field.edit.setAccessibleDescription(self._field.objection)

    def _take(self, index: QModelIndex) -> None:
        chosen = self._found.get(str(index.data()))
        self._close()
        if chosen is not None:
            self.chosen.emit(chosen)
