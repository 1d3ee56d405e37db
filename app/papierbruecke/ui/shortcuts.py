"""The key table bound to a window; a locked desk keeps only the keys that show nothing."""

from collections.abc import Callable, Mapping

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from papierbruecke.ui.keys import TASTEN, Befehl
from papierbruecke.ui.mnemonics import Mnemonics

ALSO_LOCKED = frozenset({Befehl.GROESSER, Befehl.KLEINER, Befehl.HOTLINE})


class Shortcuts:
    """One shortcut per row of ``TASTEN``; beside them the letters for Alt."""

    def __init__(self, window: QWidget, actions: Mapping[Befehl, Callable[[], object]]) -> None:
        self.letters = Mnemonics(window)
        self._bound: dict[Befehl, QShortcut] = {}
        for taste in TASTEN:
            shortcut = QShortcut(QKeySequence(taste.key), window)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(actions[taste.befehl])
            self._bound[taste.befehl] = shortcut

    def set_locked(self, locked: bool) -> None:
        """While the desk is locked most keys sleep."""
        for befehl, shortcut in self._bound.items():
            shortcut.setEnabled(not locked or befehl in ALSO_LOCKED)
