"""The lines of a prescription by key: Alt and a digit goes to a line, Alt and a letter means the line of the cursor."""

from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

from papierbruecke.ui.medicine_row import MedicineRow

LINES = 9


class LineKeys(QObject):
    """``rows`` grows while somebody writes; the first line carries the captions of all."""

    def __init__(self, page: QWidget, rows: list[MedicineRow]) -> None:
        super().__init__(page)
        self._rows = rows
        QApplication.instance().focusChanged.connect(self._on_focus)  # type: ignore[union-attr]  # there is one
        for number in range(LINES):
            shortcut = QShortcut(QKeySequence(f"Alt+{number + 1}"), page)
            shortcut.activated.connect(partial(self._go_to, number))

    def _go_to(self, number: int) -> None:
        """The medicine of this line, or the first line that is still empty."""
        self._rows[min(number, len(self._rows) - 1)].mittel.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _on_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        row = next((row for row in self._rows if now is not None and row.isAncestorOf(now)), None)
        if row is not None:
            for heading, field in zip(self._rows[0].fields, row.fields, strict=True):
                heading.caption_leads_to(field)
