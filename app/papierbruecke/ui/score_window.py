"""The end of a drill that a person played: what was good, what to practise, and the report to keep."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from papierbruecke.errors import EnvironmentFailure
from papierbruecke.files import write_output
from papierbruecke.ui import theme
from papierbruecke.ui.chart_view import ChartView, chart_area
from papierbruecke.ui.drawing import Box, Drawing, Muster, Place, Satz, Seite, Sheet, Symbol, Text
from papierbruecke.ui.fields import Hint, button, frame, label
from papierbruecke.ui.stoerung_banner import ModeLine
from papierbruecke.ui.theme import Ton

NAME_PX, SECONDS_PX, BAR_PX = 110, 70, 16


@dataclass(frozen=True, slots=True)
class Ergebnis:
    """What the drill tells the window. ``sekunden``: per Rezept, in order; ``vergessen``: Beleg and what was left."""

    kopf: str
    kacheln: tuple[tuple[str, str], ...]
    sekunden: tuple[int, ...]
    ziel_s: int
    gut: tuple[str, ...]
    ueben: tuple[str, ...]
    vergessen: tuple[tuple[str, str], ...]
    bericht: bytes
    ablage: str


def score_chart(ergebnis: Ergebnis, width: float, satz: Satz) -> Drawing:
    """Figures, the time of every Rezept against the goal, then the words."""
    sheet = Sheet(width, satz)
    sheet.y = sheet.paragraph(ergebnis.kopf, 0, 0, width, size=22, bold=True) + satz.px(10)
    _tiles(sheet, ergebnis.kacheln)
    if ergebnis.sekunden:
        _seconds(sheet, ergebnis)
    for title, symbol, tint, points in (
        ("Was gut war", "haken", "ok", ergebnis.gut),
        ("Was sich zu üben lohnt", "weiter", "accent", ergebnis.ueben),
    ):
        _points(sheet, title, symbol, tint, points)
    if ergebnis.vergessen:
        forgotten = [f"{name}: {left}" for name, left in ergebnis.vergessen]
        _points(sheet, "Was liegen blieb", "uhr", "warn", forgotten)
    return sheet.drawing()


def described(ergebnis: Ergebnis) -> str:
    """The score for those who do not see it."""
    figures = [f"{number} {word}" for number, word in ergebnis.kacheln]
    rows = [f"{name}: {left}" for name, left in ergebnis.vergessen]
    return " ".join([ergebnis.kopf, "; ".join(figures), *ergebnis.gut, *ergebnis.ueben, *rows])


def _tiles(sheet: Sheet, tiles: Sequence[tuple[str, str]]) -> None:
    satz = sheet.satz
    in_row = 4 if sheet.width >= satz.px(640) else 2
    wide = sheet.width / in_row
    top = sheet.y
    for number, (figure, word) in enumerate(tiles):
        if number and number % in_row == 0:
            top = sheet.y
        x = number % in_row * wide
        end = sheet.paragraph(figure, x, top, wide - satz.px(8), size=28, bold=True)
        sheet.y = max(sheet.y, sheet.paragraph(word, x, end, wide - satz.px(8), size=13, tint="ink2") + satz.px(8))
    sheet.y += satz.px(8)


def _seconds(sheet: Sheet, ergebnis: Ergebnis) -> None:
    """A bar per Rezept; slanted is longer than the goal, which stands as a line through all of them."""
    satz, left = sheet.satz, sheet.satz.px(NAME_PX)
    room = sheet.width - left - satz.px(SECONDS_PX)
    most = max(*ergebnis.sekunden, ergebnis.ziel_s)
    head = f"Zeit je Rezept; der Strich steht bei {ergebnis.ziel_s} Sekunden, dem Ziel"
    sheet.y = sheet.paragraph(head, 0, sheet.y, sheet.width, bold=True) + satz.px(4)
    step = satz.line(15)
    for number, seconds in enumerate(ergebnis.sekunden, start=1):
        within = seconds <= ergebnis.ziel_s
        sheet.add(Text(Place(0, sheet.y, left, step), f"{number}. Rezept"))
        wide = max(room * seconds / most, satz.px(3))
        bar = Place(left, sheet.y + (step - satz.px(BAR_PX)) / 2, wide, satz.px(BAR_PX))
        sheet.add(Box(bar, "ok" if within else "warn", Muster.GLATT if within else Muster.SCHRAEG))
        goal = Place(left + room * ergebnis.ziel_s / most - 1, sheet.y, 2, step)
        sheet.add(Box(goal, "ink", radius=0))
        at = Place(left + room, sheet.y, satz.px(SECONDS_PX), step)
        sheet.add(Text(at, f"{seconds} s", bold=True, seite=Seite.RECHTS))
        sheet.y += step + satz.px(3)
    sheet.y += satz.px(10)


def _points(sheet: Sheet, title: str, symbol: str, tint: str, points: Sequence[str]) -> None:
    satz, size = sheet.satz, sheet.satz.px(18)
    if not points:
        return
    sheet.y = sheet.paragraph(title, 0, sheet.y, sheet.width, size=18, bold=True) + satz.px(4)
    for point in points:
        step = satz.line(15)
        sheet.add(Symbol(Place(0, sheet.y + (step - size) / 2, size, size), symbol, tint))
        sheet.y = sheet.paragraph(point, satz.px(28), sheet.y, sheet.width - satz.px(28)) + satz.px(4)
    sheet.y += satz.px(12)


class ScoreWindow(QWidget):
    """Shown when the window of the drill was closed. Signals: ``closed`` ends the drill."""

    closed = Signal()

    def __init__(self, ergebnis: Ergebnis) -> None:
        super().__init__()
        self.setObjectName("fenster")
        self.setWindowTitle("Papierbrücke – ÜBUNG – Wertung")
        self._ergebnis = ergebnis
        self.ask_path: Callable[[str], str] = self._ask_path
        self.line = ModeLine()
        self.line.show_mode(False, True)
        self.view = ChartView("wertung_bild", "Wertung der Übung")
        self.view.show_chart(partial(score_chart, ergebnis), described(ergebnis))
        self.area = chart_area(self.view)
        self.hint = Hint("wertung_hinweis", Ton.OK)
        self.save_button = button("Übungsbericht sichern", "wertung_sichern", "haupt", "F9")
        self.save_button.clicked.connect(self.save)
        self.close_button = button("Übung beenden", "wertung_beenden", key="Esc")
        self.close_button.clicked.connect(self.close)
        card = frame("karte")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(14, 12, 12, 12)
        inside.addWidget(self.area)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(label(ergebnis.ablage, "klein", wrap=True), 1)
        row.addWidget(self.close_button)
        row.addWidget(self.save_button)
        body = QVBoxLayout()
        body.setContentsMargins(18, 16, 18, 14)
        body.setSpacing(12)
        body.addWidget(card, 1)
        body.addWidget(self.hint)
        body.addLayout(row)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.line)
        layout.addLayout(body, 1)
        for key, action in (("F9", self.save), ("Esc", self.close)):
            QShortcut(QKeySequence(key), self).activated.connect(action)
        self.resize(1000, 760)
        self.setMinimumSize(560, 420)
        self.setStyleSheet(theme.stylesheet(theme.current()))
        self.area.setFocus()

    def _ask_path(self, suggestion: str) -> str:
        return QFileDialog.getSaveFileName(self, "Übungsbericht sichern", suggestion, "PDF (*.pdf)")[0]

    def save(self) -> None:
        """F9: the report with its lines to sign, where the practice keeps such papers."""
        path = self.ask_path("Uebungsbericht.pdf")
        if not path:
            return
        try:
            write_output(Path(path), self._ergebnis.bericht)
        except EnvironmentFailure as failure:
            self.hint.show_text(failure.text, Ton.BAD)
        else:
            self.hint.show_text(f"Gesichert als {Path(path).name}.", Ton.OK)

    def closeEvent(self, event: QCloseEvent) -> None:
        """The drill is over."""
        super().closeEvent(event)
        self.closed.emit()
