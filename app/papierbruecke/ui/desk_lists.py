"""What the lists show: every Beleg with what remains, and which Dienste are on paper."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from papierbruecke.outage.incident import Stoerung
from papierbruecke.outage.model import Dienst
from papierbruecke.outbox.model import Spalte, Uebersicht
from papierbruecke.ui.background import Background
from papierbruecke.ui.desk import Desk

if TYPE_CHECKING:
    from papierbruecke.reconcile.ledger import Zeile

RELOAD_DELAY_MS = 40


class DeskLists(QObject):
    """Reads the store in the lane ``outbox``, once for many changes.

    Signals: ``changed`` after new lists, ``failed`` with a failure.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(self, desk: Desk, background: Background) -> None:
        super().__init__()
        self._desk = desk
        self._background = background
        self.rows: list[Zeile] = []
        self.papier: dict[Dienst, Stoerung] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(RELOAD_DELAY_MS)
        self._timer.timeout.connect(self.reload_now)

    def reload(self) -> None:
        """Something changed in the store: read again soon."""
        self._timer.start()

    def reload_now(self) -> None:
        """Read again."""
        desk = self._desk
        self._background.run("outbox", lambda: _load(desk), self._on_loaded, self.failed.emit)

    def _on_loaded(self, loaded: "tuple[list[Zeile], dict[Dienst, Stoerung]]") -> None:
        self.rows, self.papier = loaded
        self.changed.emit()

    @property
    def pending(self) -> bool:
        """Whether a reading is due."""
        return self._timer.isActive()

    @property
    def lines(self) -> list[Uebersicht]:
        """Every Beleg, without what follows from it."""
        return [row.beleg for row in self.rows]

    @property
    def waiting(self) -> int:
        """How many Belege still need something."""
        return sum(row.spalte in (Spalte.OFFEN, Spalte.UNKLAR) for row in self.rows)


def _load(desk: Desk) -> "tuple[list[Zeile], dict[Dienst, Stoerung]]":
    """Every Beleg with its column, its sentence and its deadline."""
    # Here, in the lane: what judges a Beleg knows Konnektor and KIM, and the first picture needs neither.
    from papierbruecke.reconcile.ledger import rows_of
    from papierbruecke.resubmit.fristen import Kalender

    now, kalender = desk.clock.now(), Kalender(desk.settings.praxis.bundesland)
    belege = desk.belege()
    # Without a Beleg there may be no store yet, and looking makes none.
    rows = rows_of(desk.store(), belege, now, kalender) if belege else []
    return rows, desk.papier()
