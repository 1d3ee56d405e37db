"""The column at the left and the line at the foot: where one can go, and by which key."""

from datetime import datetime

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from papierbruecke.clock import local
from papierbruecke.ui import icons, theme
from papierbruecke.ui.fields import label
from papierbruecke.ui.keys import ORTE, TASTEN, Befehl, shown

ICON_PX = 26
ICON_MOST_PX = 38  # what the narrow column has room for
NARROW_PX = 56


class NavButton(QToolButton):
    """One place: icon and word, with the number of what waits there."""

    def __init__(self, text: str, symbol: str, name: str) -> None:
        super().__init__()
        self._symbol = symbol
        self._waiting = 0
        self.setObjectName(name)
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.retint()

    def retint(self) -> None:
        """Draw the icon in the colours and the size of the look."""
        side = min(theme.current().px(ICON_PX), ICON_MOST_PX)
        self.setIconSize(QSize(side, side))
        self.setIcon(icons.icon(self._symbol, "ink2", "accent", side))

    def show_waiting(self, count: int) -> None:
        """How many things wait there; 0 shows nothing."""
        self._waiting = count
        self.setAccessibleDescription(f"{count} warten" if count else "")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The button, and the number on it."""
        super().paintEvent(event)
        if not self._waiting:
            return
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = painter.font()
        font.setPixelSize(look.px(12))
        font.setBold(True)
        painter.setFont(font)
        text = str(self._waiting) if self._waiting < 1000 else "999+"
        height = painter.fontMetrics().height() + 2
        width = max(painter.fontMetrics().horizontalAdvance(text) + 12, height)
        box = self.rect().adjusted(self.width() // 2 + 4, 5, 0, 0)
        box.setSize(QSize(width, height))
        box.moveRight(min(box.right(), self.width() - 2))
        painter.setBrush(look.color("paper"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(box, height / 2, height / 2)
        painter.setPen(look.color("on_paper"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


PLACES = (
    ("empfang", "Empfang", "empfang"),
    ("nachbearbeitung", "Nach-\nbearbeitung", "nachbearbeitung"),
    ("lage", "Lage", "lage"),
    ("notfallmappe", "Notfall-\nmappe", "notfallmappe"),
    ("einstellungen", "Einstellungen", "einstellungen"),
    ("hilfe", "Hilfe", "hilfe"),
)
SPERREN = "sperren"
KEYS = {place: taste.key for taste in TASTEN for befehl, place in ORTE.items() if taste.befehl is befehl}
"""The key of every place; Esc leads to the Empfang."""
OBERHALB = {
    "abgleich": "nachbearbeitung",
    "fristen": "nachbearbeitung",
    "postfach": "nachbearbeitung",
    "ausfaelle": "lage",
}
"""Pages that open from another one, and the page that they lead back to."""


class Navigation(QFrame):
    """Signals: ``chosen`` carries the name of the place."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("navigation")
        self.setProperty("flaeche", "leiste")
        self.buttons: dict[str, NavButton] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 10, 6, 10)
        layout.setSpacing(6)
        for place, text, symbol in PLACES:
            if place == "einstellungen":
                layout.addStretch(1)
            made = NavButton(text, symbol, f"zu_{place}")
            made.setToolTip(f"{made.accessibleName()} · {shown(KEYS.get(place, 'Esc'))}")
            made.clicked.connect(lambda _=False, where=place: self.chosen.emit(where))
            self.buttons[place] = made
            layout.addWidget(made)
        self.who = NavButton("Sperren", "sperren", SPERREN)
        self.who.setCheckable(False)
        self.who.clicked.connect(lambda: self.chosen.emit(SPERREN))
        self.who.hide()
        layout.addWidget(self.who)

    def show_user(self, kuerzel: str, rolle: str) -> None:
        """Who works here; one click locks."""
        self.who.setText(f"{kuerzel} · {rolle}\nSperren")
        self.who.setAccessibleName(f"{kuerzel}, {rolle}: Platz sperren oder Benutzer wechseln")
        self.who.show()

    def show_place(self, place: str) -> None:
        """Mark where we are."""
        above = OBERHALB.get(place, place)
        if above in self.buttons:
            self.buttons[above].setChecked(True)

    def narrow(self, small: bool) -> None:
        """Only icons in small windows; the words stay for the screen reader."""
        look = theme.current()
        style = Qt.ToolButtonStyle.ToolButtonIconOnly if small else Qt.ToolButtonStyle.ToolButtonTextUnderIcon
        for made in (*self.buttons.values(), self.who):
            made.setToolButtonStyle(style)
            made.retint()
        self.setFixedWidth(NARROW_PX if small else look.px(104))


class FootLine(QFrame):
    """The most important keys, and who and where we are."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("fuss")
        self.setProperty("flaeche", "fuss")
        self._where = label("", "klein", name="fuss_platz")
        self._keys: list[tuple[Befehl, QWidget]] = []
        layout = QHBoxLayout(self)
        layout.setContentsMargins(20, 5, 20, 5)
        layout.setSpacing(16)
        for taste in TASTEN:
            if taste.fuss is None:
                continue
            box = QWidget()
            row = QHBoxLayout(box)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(5)
            key = label(shown(taste.key), "fett")
            theme.mark(key, stil="fett")
            row.addWidget(key)
            row.addWidget(label(taste.fuss, "klein"))
            layout.addWidget(box)
            self._keys.append((taste.befehl, box))
        layout.addStretch(1)
        layout.addWidget(self._where)

    def show_where(self, platz: str, practice: str, saved: datetime | None) -> None:
        """Desk, practice, last saving: never a patient."""
        last = f"gespeichert {local(saved):%H:%M:%S}" if saved is not None else ""
        self._where.setText(" · ".join(part for part in (f"Platz {platz}", practice, last) if part))

    def narrow(self, small: bool) -> None:
        """Fewer keys in small windows; F1 has them all."""
        few = {Befehl.HILFE, Befehl.KARTE, Befehl.REZEPT, Befehl.AU, Befehl.HAUPT, Befehl.BETRIEBSART}
        for befehl, box in self._keys:
            box.setVisible(not small or befehl in few)
        self._where.setVisible(not small)
