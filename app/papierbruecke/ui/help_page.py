"""F1: the keys of the desk and the words that help."""

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from papierbruecke import __version__
from papierbruecke.ui import texts, theme
from papierbruecke.ui.drill_start import start_drill
from papierbruecke.ui.fields import Hint, button, frame, label, scroll_area
from papierbruecke.ui.handbook_text import handbook, picture_path
from papierbruecke.ui.keys import IM_AUSFALL, IM_FORMULAR, TASTEN, shown
from papierbruecke.ui.page import Page
from papierbruecke.ui.theme import Ton

UEBUNG = (
    "Eine Übung dauert eine Viertelstunde: eigener Speicher, nachgestellte TI, vier Übungskarten (Strg+Alt+1 bis 4). "
    "Am Ende steht, wie lange ein Rezept gedauert hat und was vergessen wurde."
)
LINES_AT_ONCE = 12


class HandbookPicture(QWidget):
    """One picture of the window, as wide as its place but never wider than it was made."""

    def __init__(self, name: str, caption: str) -> None:
        super().__init__()
        self.setAccessibleName(caption)
        self._name = name
        self._image = QPixmap()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def read(self) -> None:
        """Load it once."""
        path = picture_path(self._name)
        if self._image.isNull() and path is not None:
            self._image = QPixmap(str(path))
            self.updateGeometry()
            self.update()

    @property
    def shown(self) -> bool:
        """Whether there is something to see."""
        return not self._image.isNull()

    def hasHeightForWidth(self) -> bool:
        """The height follows the width: a picture is never stretched."""
        return True

    def heightForWidth(self, width: int) -> int:
        """In its proportions."""
        if self._image.isNull():
            return 0
        return round(min(width, self._image.width()) * self._image.height() / self._image.width())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, with a thin line round it so that it does not run into the page."""
        if self._image.isNull():
            return
        width = min(self.width(), self._image.width())
        place = QRect(0, 0, width, self.heightForWidth(width))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(place, self._image)
        painter.setPen(theme.current().color("field_line"))
        painter.drawRect(place.adjusted(0, 0, -1, -1))


class HelpPage(QWidget, Page):
    """Keys at the left, the day of an outage at the right."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("hilfe")
        self.pictures: list[HandbookPicture] = []
        self._reading = QTimer(self)
        self._reading.timeout.connect(self.read_on)
        keys = frame("karte")
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(7)
        grid.setColumnStretch(1, 1)
        lines = (*((shown(t.key), t.text) for t in TASTEN), *IM_FORMULAR)
        for row, (key, text) in enumerate(lines):
            grid.addWidget(label(key, "taste"), row, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(label(text, "wert", wrap=True), row, 1)
        left = QVBoxLayout(keys)
        left.setContentsMargins(20, 16, 20, 16)
        left.setSpacing(12)
        left.addWidget(label("Tasten", "gross"))
        left.addLayout(grid)
        left.addStretch(1)
        day = frame("karte")
        right = QVBoxLayout(day)
        right.setContentsMargins(20, 16, 20, 16)
        right.setSpacing(12)
        right.addWidget(label("Wenn die TI ausfällt", "gross"))
        for step in IM_AUSFALL:
            right.addWidget(label(step, "wert", wrap=True))
        right.addSpacing(8)
        right.addWidget(label("Wichtig", "abschnitt"))
        for text in (
            "Ein Rezept auf Papier ist endgültig: danach nie ein E-Rezept für dasselbe Mittel.",
            "Eine Krankschreibung auf Papier ersetzt die eAU nicht: sie wird nachgesendet.",
            texts.KEIN_NACHWEIS,
            texts.ZWECK,
        ):
            right.addWidget(label(text, "neben", wrap=True))
        right.addStretch(1)
        right.addWidget(
            label(f"Papierbrücke {__version__} · kein Medizinprodukt, keine KBV-Zertifizierung", "winzig", wrap=True)
        )
        inner = QWidget()
        inner.setObjectName("rolle")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        both = QHBoxLayout()
        both.setSpacing(16)
        both.addWidget(keys, 1)
        both.addWidget(day, 1)
        column.addLayout(both)
        column.addWidget(self._handbook())
        self.hint = Hint("hilfe_hinweis", Ton.ACCENT)
        self.start_drill = start_drill
        self.drill_button = button("Übung starten", "uebung_starten", "haupt", "F9", "uebung")
        self.drill_button.clicked.connect(self.main_action)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(label(UEBUNG, "klein", wrap=True), 1)
        foot.addWidget(self.drill_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        self.area = scroll_area(inner)
        layout.addWidget(self.area, 1)
        layout.addWidget(self.hint)
        layout.addLayout(foot)

    def _handbook(self) -> QWidget:
        """The place of the handbook; it is filled a few lines at a time, so that the keys are there at once."""
        card = frame("karte", name="handbuch")
        text = QVBoxLayout(card)
        text.setContentsMargins(20, 16, 20, 16)
        text.setSpacing(8)
        text.addWidget(label("Handbuch", "gross"))
        self._text = text
        self._unread = list(handbook())
        return card

    def read_on(self) -> bool:
        """The next lines of the handbook, or its next picture; whether there is more."""
        for block in self._unread[:LINES_AT_ONCE]:
            if block.art == "bild":
                picture = HandbookPicture(block.bild, block.text)
                self.pictures.append(picture)
                self._text.addWidget(picture)
                picture.read()
                self._text.addWidget(label(block.text, "klein", wrap=True))
            else:
                words = f"•  {block.text}" if block.art == "punkt" else block.text
                self._text.addWidget(label(words, "titel" if block.art == "kapitel" else "wert", wrap=True))
            del self._unread[0]
            if block.art == "bild":
                break
        if not self._unread:
            self._reading.stop()
        return bool(self._unread)

    def enter(self) -> None:
        """Read the handbook the first time; the page keys turn it at once."""
        if self._unread:
            self._reading.start()
        self.drill_button.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The page keys turn the handbook."""
        if event.key() in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            bar = self.area.verticalScrollBar()
            bar.setValue(bar.value() + (1 if event.key() == Qt.Key.Key_PageDown else -1) * bar.pageStep())
        else:
            super().keyPressEvent(event)

    def main_action(self) -> None:
        """F9: a drill in a window and a store of its own."""
        if self.start_drill():
            text = "Die Übung öffnet sich in einem eigenen Fenster mit gelb-schwarzer Linie."
            self.hint.show_text(text, Ton.OK)
        else:
            self.hint.show_text("Die Übung ließ sich nicht starten. Bitte den IT-Betreuer fragen.", Ton.WARN)
