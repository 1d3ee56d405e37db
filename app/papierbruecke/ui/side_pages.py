"""Pages that open from another page and lead back to it: Abgleich, Fristen, Ausfälle."""

from functools import partial

from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtWidgets import QWidget

from papierbruecke.ui.abgleich_page import AbgleichPage
from papierbruecke.ui.background import Background
from papierbruecke.ui.chart_page import ChartPage
from papierbruecke.ui.deadline_page import DeadlinePage
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.lage_page import LagePage
from papierbruecke.ui.navigation import OBERHALB
from papierbruecke.ui.outage_year_page import OutageYearPage
from papierbruecke.ui.outbox_page import OutboxPage


class SidePages(QObject):
    """Signals: ``wanted`` carries the place to go to, there and back."""

    wanted = Signal(str)

    def __init__(self, desk: Desk, background: Background, outbox: OutboxPage, lage: LagePage) -> None:
        super().__init__()
        self.abgleich = AbgleichPage(desk, background)
        self.fristen = DeadlinePage(desk, background)
        self.ausfaelle = OutageYearPage(desk, background)
        self.places: dict[str, QWidget] = {}
        opened: tuple[tuple[str, AbgleichPage | ChartPage, SignalInstance], ...] = (
            ("abgleich", self.abgleich, outbox.abgleich_wanted),
            ("fristen", self.fristen, outbox.deadlines_wanted),
            ("ausfaelle", self.ausfaelle, lage.outages_wanted),
        )
        for name, page, opens in opened:
            self.places[name] = page
            opens.connect(partial(self.wanted.emit, name))
            page.back_wanted.connect(partial(self.wanted.emit, OBERHALB[name]))
