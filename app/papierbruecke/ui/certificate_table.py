"""The inventory of cards and certificates as a table, soonest end first."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from papierbruecke.clock import local
from papierbruecke.outage.certificates import Inventar, Zertifikat
from papierbruecke.ui import icons, theme
from papierbruecke.ui.theme import Ton

SPALTEN = ("Was", "Wo", "Verfahren", "Gültig bis", "Hinweis")
_ROOT = QModelIndex()
Index = QModelIndex | QPersistentModelIndex


class CertificateModel(QAbstractTableModel):
    """Rows of the inventory."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[Zertifikat, ...] = ()

    def show_inventory(self, inventar: Inventar) -> None:
        """Replace the rows."""
        self.beginResetModel()
        self._rows = inventar.zertifikate
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Qt: one row per card or certificate."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Qt: the columns of the drawing."""
        return 0 if parent.isValid() else len(SPALTEN)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt: the words above the columns."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return SPALTEN[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt: one cell; the state has a symbol and a colour besides its words."""
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            hint = row.hinweis or "in Ordnung"
            return (row.bezeichnung, row.wo, row.verfahren, f"{local(row.bis):%d.%m.%Y}", hint)[column]
        if column == len(SPALTEN) - 1:
            ton = Ton.BAD if row.abgelaufen else Ton.WARN if row.stufe is not None else Ton.OK
            if role == Qt.ItemDataRole.ForegroundRole:
                return theme.current().color(ton.value)
            if role == Qt.ItemDataRole.DecorationRole:
                return icons.badge({Ton.BAD: "kreuz", Ton.WARN: "ausruf", Ton.OK: "haken"}[ton], ton.value, 16)
        return None


class CertificateView(QTableView):
    """The table; only for reading."""

    def __init__(self, model: CertificateModel) -> None:
        super().__init__()
        self.setObjectName("zertifikate")
        self.setAccessibleName("Zertifikate und Karten")
        self.setModel(model)
        self.setShowGrid(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(True)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(len(SPALTEN) - 1, QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
