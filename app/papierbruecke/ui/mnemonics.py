"""Alt and the underlined letter: every caption and every button without a key of its own has one.

Whoever writes a page may ask for a letter (``&Sichern``); the rest is given out here, so that no
letter leads to two places. What is hidden keeps its letter: it is the same however often one looks.
Source: issue "Arbeitsplatz" (every label has mnemonic and buddy), design §7.
"""

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QStackedWidget, QToolButton, QWidget

from papierbruecke.ui.letters import assign, marked

EIGENE = frozenset({"handeingabe", "schritte", "nachdruck", "vorrat", "rezeptur"})
"""Parts that open beside a page and have letters of their own: these hold while the cursor is in them,
those of the page while it is not. Only what holds is underlined."""
TASTE = "taste"
"""Property of a button: the key that presses it (``fields.button``, the key table)."""
ZEILENWEISE = "zeilenweise"
"""Property of what stands in every line: one letter for all, it means the line of the cursor."""
_WRITTEN, _GIVEN = "buchstabe_geschrieben", "buchstabe_gegeben"
Words = QLabel | QAbstractButton


class Mnemonics(QObject):
    """Gives out the letters of a window: when the cursor comes somewhere, and with every Alt."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.give_out)
        QApplication.instance().focusChanged.connect(self._on_focus)  # type: ignore[union-attr]  # there is one
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's hook: with Alt the letters are those of what is on the screen now."""
        if watched is self._window and event.type() is QEvent.Type.Show:
            self._window.windowHandle().installEventFilter(self)
            self._soon.start(0)
        elif watched is not self._window and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Alt:
            self.give_out()
        return False

    def _on_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is not None and now.window() is self._window:
            self._soon.start(0)

    def give_out(self) -> None:
        """Every word its letter; those that do not hold where the cursor is are not underlined."""
        focus = self._window.focusWidget()
        holds = _own_part(focus) or self._window
        for part in (self._window, *(p for n in EIGENE for p in self._window.findChildren(QWidget, n))):
            if part.isVisible():
                _give(part, focus, part is holds)


def letters_of(part: QWidget) -> dict[Words, str]:
    """The letter of everything in this part that wants one."""
    levels: dict[int, list[Words]] = {}
    _gather(part, 0, levels)
    led_to = {word.buddy() for words in levels.values() for word in words if isinstance(word, QLabel)}
    groups = [_groups(word for word in words if word not in led_to) for _, words in sorted(levels.items())]
    given = assign([[_written(group[0]) for group in level] for level in groups])
    return {
        word: letter
        for level, letters in zip(groups, given, strict=True)
        for group, letter in zip(level, letters, strict=True)
        for word in group
    }


def _groups(words: Iterable[Words]) -> list[list[Words]]:
    """What shares a letter, see ``ZEILENWEISE``."""
    groups: dict[object, list[Words]] = {}
    for word in words:
        groups.setdefault(word.property(ZEILENWEISE) or word, []).append(word)
    return list(groups.values())


def _give(part: QWidget, focus: QWidget | None, holds: bool) -> None:
    found = letters_of(part)
    for group in _groups(found):
        turn = _in_turn(group, focus)
        for word in group:
            text = marked(_written(word), found[word] if holds and word is turn else "")
            if word.text() != text:
                word.setProperty(_WRITTEN, _written(word))
                word.setProperty(_GIVEN, text)
                word.setText(text)


def _in_turn(group: list[Words], focus: QWidget | None) -> Words:
    """Who of those that share a letter has it: in the line of the cursor, else the first that is there."""
    here = [word for word in group if focus is not None and _line(word).isAncestorOf(focus)]
    return next((word for word in (*here, *group) if word.isVisible()), group[0])


def _line(word: Words) -> QWidget:
    line = word.parentWidget()
    assert line is not None
    return line


def _written(word: Words) -> str:
    """The words as the page wrote them, with the letter that it asked for."""
    return word.property(_WRITTEN) if word.property(_GIVEN) == word.text() else word.text()


def _own_part(widget: QWidget | None) -> QWidget | None:
    while widget is not None and widget.objectName() not in EIGENE:
        widget = widget.parentWidget()
    return widget


def _gather(widget: QWidget, level: int, levels: dict[int, list[Words]]) -> None:
    """Captions and buttons, by how many stacks of pages they lie in: what is always there chooses first."""
    for child in widget.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if child.isWindow() or child.objectName() in EIGENE:
            continue
        if isinstance(child, QStackedWidget):
            shown = child.currentWidget()
            if shown is not None:
                _gather(shown, level + 1, levels)
        elif isinstance(child, Words):
            if wants_letter(child):
                levels.setdefault(level, []).append(child)
        else:
            _gather(child, level, levels)


def wants_letter(word: Words) -> bool:
    """Whether this is a caption with its field, or a button that no key of its own presses."""
    if isinstance(word, QLabel):
        alone = word.isHidden() and word.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide)
        return word.buddy() is not None and bool(word.text()) and not alone
    return not (isinstance(word, QToolButton) or word.property(TASTE)) and any(map(str.isalpha, word.text()))
