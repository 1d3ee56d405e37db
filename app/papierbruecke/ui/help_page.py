"""F1: the keys of the desk and the words that help."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from papierbruecke import __version__
from papierbruecke.ui import texts
from papierbruecke.ui.fields import frame, label, scroll_area
from papierbruecke.ui.keys import IM_FORMULAR, TASTEN, shown
from papierbruecke.ui.page import Page

IM_AUSFALL = (
    "1. Oben lesen: was gestört ist und wer zuständig ist. In der Praxis nichts umstellen.",
    "2. F12 drücken und übernehmen: nur die gestörten Dienste gehen auf Papier.",
    "3. F2 Karte, F4 Rezept oder F5 AU, F9 drucken, Blatt prüfen, J drücken, unterschreiben.",
    "4. Läuft die TI wieder: F12, Störung beenden. Dann F8: nachsenden und eintragen.",
    "5. Am Abend: F8, Abgleich. Erst wenn alles erledigt ist, ist der Tag zu Ende.",
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
        both = QHBoxLayout(inner)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(16)
        both.addWidget(keys, 1)
        both.addWidget(day, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll_area(inner))
