"""Numbers before colours: how many Belege, and in which column of the Abgleich they stand."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from papierbruecke.outbox.model import Spalte
from papierbruecke.ui import icons, texts
from papierbruecke.ui.fields import frame, label
from papierbruecke.ui.theme import mark


class CountsRow(QHBoxLayout):
    """Five figures: all, done, open, in doubt, void."""

    def __init__(self) -> None:
        super().__init__()
        self.setSpacing(34)
        self._all = label("0", "zahl", name="zahl_belege")
        self._numbers = {column: label("0", "zahl", name=f"zahl_{column.value}") for column in Spalte}
        self.addLayout(_figure(self._all, "Belege", None, ""))
        for column, number in self._numbers.items():
            ton = texts.SPALTE_TON[column].value
            mark(number, ton=ton)
            self.addLayout(_figure(number, texts.SPALTE_WORT[column], texts.SPALTE_BILD[column], ton))
        self.addStretch(1)

    def show_counts(self, table: Mapping[Spalte, int]) -> None:
        """New figures."""
        self._all.setText(str(sum(table.values())))
        for column, number in self._numbers.items():
            number.setText(str(table[column]))
            number.setAccessibleName(f"{table[column]} {texts.SPALTE_WORT[column]}")


def _figure(number: QLabel, word: str, symbol: str | None, ton: str) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(0)
    column.addWidget(number)
    row = QHBoxLayout()
    row.setSpacing(4)
    if symbol is not None:
        picture = QLabel()
        picture.setPixmap(icons.badge(symbol, ton, 15))
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignVCenter)
    row.addWidget(label(word, "klein"))
    row.addStretch(1)
    column.addLayout(row)
    return column


def figures_card(title: QLabel, numbers: CountsRow) -> QFrame:
    """Which Störung, and how many Belege stand where."""
    card = frame("karte")
    inside = QVBoxLayout(card)
    inside.setContentsMargins(18, 14, 18, 14)
    inside.setSpacing(8)
    inside.addWidget(title)
    inside.addLayout(numbers)
    return card
