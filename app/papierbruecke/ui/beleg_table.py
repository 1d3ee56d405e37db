"""The list of Belege as a table: what remains to be done stands in a full sentence."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFocusEvent, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from papierbruecke.outbox.model import Spalte, Uebersicht
from papierbruecke.reconcile.ledger import Zeile
from papierbruecke.ui import icons, texts, theme

SPALTEN = ("Beleg", "Was", "Patient", "Was noch zu tun ist", "Bis", "Stand", "")
BELEG, WAS, PATIENT, REST, BIS, STAND, AKTION = range(len(SPALTEN))
WRAPPED = (PATIENT, REST, BIS)
_NEVER = datetime.max.replace(tzinfo=UTC)
_RANG = {Spalte.UNKLAR: 0, Spalte.OFFEN: 1, Spalte.ERLEDIGT: 2, Spalte.HINFAELLIG: 3}
MEASURED_ROWS = 400
"""Rows beyond this keep one height: measuring 100,000 sentences would block the window."""
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

WIDTHS_PX = {BELEG: 152, WAS: 112, PATIENT: 160, BIS: 124, STAND: 168, AKTION: 116}
REST_PX = 200
"""The sentence of what is left gets at least this, whatever must give way."""


class BelegModel(QAbstractTableModel):
    """Belege in order of urgency: unklar, offen, then what is done."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Zeile] = []
        self._kim_in_papier = False
        self._heute = date.min
        self._aktion: texts.Aktion | None = None

    def show_rows(
        self, rows: Sequence[Zeile], *, kim_in_papier: bool, heute: date, aktion: texts.Aktion | None = None
    ) -> None:
        """Replace the list; ``aktion`` is what every row of it is there for, if it is one thing."""
        self.beginResetModel()
        self._rows = sorted(rows, key=lambda row: (_RANG[row.spalte], row.bis or _NEVER, row.beleg.angelegt))
        self._kim_in_papier = kim_in_papier
        self._heute = heute
        self._aktion = aktion
        self.endResetModel()

    def line(self, row: int) -> Uebersicht | None:
        """The Beleg of a row."""
        return self._rows[row].beleg if 0 <= row < len(self._rows) else None

    def kennung(self, row: int) -> UUID | None:
        """Which Beleg a row shows."""
        return self._rows[row].beleg.kennung if 0 <= row < len(self._rows) else None

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Qt: one row per Beleg."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Qt: the columns of the drawing."""
        return 0 if parent.isValid() else len(SPALTEN)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt: the words above the columns."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return SPALTEN[section]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return SPALTEN[section] or "Was die Eingabetaste tut"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt: the words of one cell; colour and pill come from the delegate."""
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{SPALTEN[column] or 'Aktion'}: {self._text(row, column)}"
        if role == Qt.ItemDataRole.UserRole:
            return row
        return None

    def _text(self, row: Zeile, column: int) -> str:
        beleg = row.beleg
        late = "überfällig: " if row.ueberfaellig else ""
        return (
            beleg.belegnummer,
            texts.ART[beleg.art],
            beleg.patient,
            texts.rest(row, self._kim_in_papier),
            late + texts.bis(row.bis, self._heute),
            texts.ZUSTAND[beleg.zustand],
            (self._aktion or texts.aktion(beleg, self._kim_in_papier)).value,
        )[column]


class BelegDelegate(QStyledItemDelegate):
    """Paints pill (word, symbol, colour) and action; lets sentences wrap."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One cell."""
        look = theme.current()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        rect: QRect = option.rect
        painter.save()
        painter.fillRect(rect, look.color("accent_soft" if selected else "surface"))
        painter.setPen(look.color("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        inner = rect.adjusted(10, 4, -6, -4)
        row: Zeile = index.data(Qt.ItemDataRole.UserRole)
        text: str = index.data()
        if index.column() == STAND:
            self._pill(painter, inner, row, text)
        else:
            font = QFont(option.font)
            action = index.column() == AKTION
            quiet = action and text == texts.Aktion.VERLAUF.value
            strong = (action and not quiet) or (index.column() == BIS and row.ueberfaellig)
            font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
            painter.setFont(font)
            late = index.column() == BIS and row.ueberfaellig
            painter.setPen(look.color("accent" if action else "bad" if late else "ink"))
            wrap = Qt.TextFlag.TextWordWrap if index.column() in WRAPPED else Qt.TextFlag.TextSingleLine
            painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | wrap, text)
        painter.restore()

    def _pill(self, painter: QPainter, inner: QRect, row: Zeile, text: str) -> None:
        look = theme.current()
        column = row.spalte
        ton = texts.SPALTE_TON[column]
        font = QFont(painter.font())
        font.setPixelSize(look.px(13))
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        height = metrics.height() + 6
        box = QRect(inner.left(), inner.center().y() - height // 2, metrics.horizontalAdvance(text) + 38, height)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(look.color(f"{ton.value}_soft"))
        painter.setPen(
            look.color(ton.value) if look.thema is theme.Thema.KONTRAST else QColor(Qt.GlobalColor.transparent)
        )
        painter.drawRoundedRect(box, 9, 9)
        painter.drawPixmap(box.left() + 8, box.center().y() - 7, icons.badge(texts.SPALTE_BILD[column], ton.value, 15))
        painter.setPen(look.color(ton.value))
        painter.drawText(box.adjusted(28, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As high as the wrapped words need."""
        look = theme.current()
        view = option.widget
        if index.column() not in WRAPPED or not isinstance(view, QTableView):
            return QSize(80, look.px(44))
        width = max(view.columnWidth(index.column()) - 18, 80)
        bounds = view.fontMetrics().boundingRect(QRect(0, 0, width, 2000), int(Qt.TextFlag.TextWordWrap), index.data())
        return QSize(width, max(bounds.height() + 16, look.px(44)))


class BelegView(QTableView):
    """The table: rows are chosen with the arrow keys, Enter does the action of the row."""

    def __init__(self, model: BelegModel) -> None:
        super().__init__()
        self.setObjectName("belege")
        self.setAccessibleName("Belege")
        self.setModel(model)
        self.setItemDelegate(BelegDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(REST, QHeaderView.ResizeMode.Stretch)
        header.sectionResized.connect(self._on_width)
        self._measure = QTimer(self)
        self._measure.setSingleShot(True)
        self._measure.timeout.connect(self._fit_rows)
        self.fit()

    def _on_width(self, column: int) -> None:
        if column == REST:
            self._measure.start(0)

    def _fit_rows(self) -> None:
        if self.model().rowCount() <= MEASURED_ROWS:
            self.resizeRowsToContents()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The table, and a ring round the chosen row while the keys go there."""
        super().paintEvent(event)
        index = self.currentIndex()
        if not self.hasFocus() or not index.isValid():
            return
        rest = self.visualRect(index.siblingAtColumn(REST))
        row = QRect(0, rest.top(), self.viewport().width(), rest.height())
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.current().color("accent"), 3))
        painter.drawRoundedRect(row.adjusted(2, 1, -2, -2), 6, 6)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self.viewport().update()

    def fit(self) -> None:
        """Widths that follow the text size."""
        look = theme.current()
        for column, width in WIDTHS_PX.items():
            self.setColumnWidth(column, look.px(width))
        self._make_room(look.text)
        self._fit_rows()

    def _make_room(self, text: float) -> None:
        """In narrow windows the sentence and its button come first; number and state are in the steps of the row."""
        room = self.viewport().width() / text - REST_PX
        wanted = dict(WIDTHS_PX)
        for column in (STAND, BELEG, WAS):
            hide = room < sum(wanted.values())
            self.setColumnHidden(column, hide)
            if hide:
                del wanted[column]


def counts(rows: Sequence[Zeile]) -> Mapping[Spalte, int]:
    """How many Belege stand in each column of the Abgleich."""
    table = dict.fromkeys(Spalte, 0)
    for row in rows:
        table[row.spalte] += 1
    return table
