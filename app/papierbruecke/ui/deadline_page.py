"""The deadlines (from the Nachbearbeitung): what is overdue, due today, due soon."""

from collections.abc import Sequence

from papierbruecke.reconcile.dringlichkeit import build_fristen
from papierbruecke.reconcile.ledger import Zeile
from papierbruecke.ui.background import Background
from papierbruecke.ui.chart_page import ChartPage
from papierbruecke.ui.deadline_chart import deadline_chart, described
from papierbruecke.ui.desk import Desk

NOTE = "Enthält Namen: nur dort sichern, wo Patientendaten liegen dürfen. Ausdrucke nach dem Erledigen vernichten."


class DeadlinePage(ChartPage):
    """Follows the lists of the window."""

    def __init__(self, desk: Desk, background: Background) -> None:
        super().__init__(desk, background, "fristen", "Fristen", NOTE, landscape=False)

        self._lists: tuple[Sequence[Zeile], bool] = ((), False)

    def show_rows(self, rows: Sequence[Zeile], kim_in_papier: bool) -> None:
        """New lists; drawn when somebody looks."""
        self._lists = (rows, kim_in_papier)
        if self.isVisible():
            self._draw()

    def enter(self) -> None:
        """With the deadlines as they are now."""
        self._draw()
        super().enter()

    def _draw(self) -> None:
        rows, kim_in_papier = self._lists
        fristen = build_fristen(rows, self._desk.clock.now())
        self.show_chart(lambda width, satz: deadline_chart(fristen, width, satz, kim_in_papier), described(fristen))
