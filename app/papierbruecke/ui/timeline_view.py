"""The availability as a picture: one line per layer and Dienst, pattern as well as colour.

Smooth = available, slanted = broken, upright = unclear, empty = nobody measured.
"""

from datetime import datetime

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from papierbruecke.clock import local
from papierbruecke.outage.timeline import Farbton, Spur, Verlauf, buckets
from papierbruecke.ui import theme

FIELDS = 48
ROW_PX = 30
HEAD_PX = 24
NAME_PX = 190
SHARE_PX = 74


class TimelineView(QWidget):
    """Draws a ``Verlauf``; its words are in the accessible description."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("verlauf_bild")
        self.setAccessibleName("Verlauf der Verfügbarkeit")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._verlauf: Verlauf | None = None
        self._rows: list[tuple[Spur, tuple[Farbton, ...]]] = []

    def show_verlauf(self, verlauf: Verlauf) -> None:
        """Show a period; lines that nobody ever measured are left out."""
        self._verlauf = verlauf
        self._rows = [
            (spur, buckets(spur, verlauf.von, verlauf.bis, FIELDS)) for spur in verlauf.spuren if spur.abschnitte
        ]
        words = [f"{spur.name}: {share(spur)} verfügbar" for spur, _ in self._rows]
        self.setAccessibleDescription("; ".join(words) or "noch keine Messung")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """One row per line."""
        look = theme.current()
        return QSize(600, look.px(HEAD_PX) + max(len(self._rows), 1) * look.px(ROW_PX) + 4)

    def minimumSizeHint(self) -> QSize:
        """Never less: nothing is cut."""
        return QSize(340, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Head with the period, then every line."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        name, tail, head, row = (look.px(size) for size in (NAME_PX, SHARE_PX, HEAD_PX, ROW_PX))
        name = min(name, self.width() // 3)
        field = (self.width() - name - tail) / FIELDS
        small = QFont(self.font())
        small.setPixelSize(look.px(13))
        if self._verlauf is None or not self._rows:
            painter.setPen(look.color("ink2"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "Noch keine Messung in diesem Zeitraum.")
            return
        painter.setFont(small)
        painter.setPen(look.color("ink2"))
        middle = Qt.AlignmentFlag.AlignVCenter
        span = QRectF(name, 0, field * FIELDS, head)
        painter.drawText(span, middle | Qt.AlignmentFlag.AlignLeft, _moment(self._verlauf.von, self._verlauf))
        painter.drawText(span, middle | Qt.AlignmentFlag.AlignRight, _moment(self._verlauf.bis, self._verlauf))
        painter.drawText(QRectF(self.width() - tail + 10, 0, tail - 10, head), middle, "Anteil")
        for number, (spur, states) in enumerate(self._rows):
            top = head + number * row
            painter.setFont(self.font())
            painter.setPen(look.color("ink"))
            text = painter.fontMetrics().elidedText(spur.name, Qt.TextElideMode.ElideRight, name - 8)
            painter.drawText(QRectF(0, top, name - 8, row), middle, text)
            for index, state in enumerate(states):
                draw_field(painter, QRectF(name + index * field + 1, top + 5, field - 2, row - 10), state)
            painter.setPen(look.color("ink"))
            painter.drawText(QRectF(self.width() - tail + 10, top, tail - 10, row), middle, share(spur))


def draw_field(painter: QPainter, box: QRectF, state: Farbton) -> None:
    """One field in the colour and the pattern of its state."""
    look = theme.current()
    token = {
        Farbton.VERFUEGBAR: "ok",
        Farbton.GESTOERT: "bad",
        Farbton.UNKLAR: "warn",
        Farbton.KEINE_MESSUNG: "chart_empty",
    }[state]
    color = QColor(look.color(token))
    if state is Farbton.VERFUEGBAR:
        color.setAlpha(190)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(box, 2, 2)
    pattern = {Farbton.GESTOERT: Qt.BrushStyle.BDiagPattern, Farbton.UNKLAR: Qt.BrushStyle.VerPattern}.get(state)
    if pattern is not None:
        painter.setBrush(QColor(look.color("surface")))
        brush = painter.brush()
        brush.setStyle(pattern)
        painter.setBrush(brush)
        painter.drawRoundedRect(box, 2, 2)


def share(spur: Spur) -> str:
    """``58,6 %`` of the time that was judged."""
    return "–" if spur.anteil is None else f"{spur.anteil * 100:.1f} %".replace(".", ",")


def _moment(moment: datetime, verlauf: Verlauf) -> str:
    there = local(moment)
    if moment == verlauf.bis and (there.hour, there.minute) == (0, 0):
        return "24:00"
    return f"{there:%H:%M}" if (verlauf.bis - verlauf.von).days < 2 else f"{there:%d.%m.%Y}"
