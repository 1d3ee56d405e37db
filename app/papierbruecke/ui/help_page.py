"""F1: the keys of the desk and the words that help."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from papierbruecke import __version__
from papierbruecke.ui import texts
from papierbruecke.ui.drill_start import start_drill
from papierbruecke.ui.fields import Hint, button, frame, label, scroll_area
from papierbruecke.ui.handbook_text import handbook
from papierbruecke.ui.keys import IM_AUSFALL, IM_FORMULAR, TASTEN, shown
from papierbruecke.ui.page import Page
from papierbruecke.ui.theme import Ton

UEBUNG = (
    "Eine Übung dauert eine Viertelstunde: eigener Speicher, nachgestellte TI, vier Übungskarten (Strg+Alt+1 bis 4). "
    "Am Ende steht, wie lange ein Rezept gedauert hat und was vergessen wurde."
)


class HelpPage(QWidget, Page):
    """Keys at the left, the day of an outage at the right."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("hilfe")
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
        self.drill_button = button("&Übung starten", "uebung_starten", "haupt", "F9", "uebung")
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
        """The whole handbook as text; its pictures are in the PDF."""
        card = frame("karte", name="handbuch")
        text = QVBoxLayout(card)
        text.setContentsMargins(20, 16, 20, 16)
        text.setSpacing(8)
        text.addWidget(label("Handbuch", "gross"))
        for block in handbook():
            if block.art == "bild":
                continue
            words = f"•  {block.text}" if block.art == "punkt" else block.text
            text.addWidget(label(words, "titel" if block.art == "kapitel" else "wert", wrap=True))
        return card

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
