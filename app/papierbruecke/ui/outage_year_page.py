"""The outages of a year (from the Lage): how often, how long, why, and what each Dienst was worth."""

from functools import partial

from papierbruecke.clock import local
from papierbruecke.outage.rueckblick import Rueckblick, build_rueckblick, year, years
from papierbruecke.ui.background import Background
from papierbruecke.ui.chart_page import ChartPage
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.fields import button
from papierbruecke.ui.outage_year_chart import described, year_chart

NOTE = "Ohne Namen. Die Prozente zählen nur die Zeit, in der gemessen wurde."


class OutageYearPage(ChartPage):
    """One calendar year at a time; Alt+V and Alt+N turn it."""

    def __init__(self, desk: Desk, background: Background) -> None:
        super().__init__(desk, background, "ausfaelle", "Ausfälle", NOTE, landscape=True)
        self.jahr = 0
        self.before_button = button("&Voriges Jahr", "voriges_jahr", symbol="zurueck")
        self.before_button.clicked.connect(lambda: self.show_year(self.jahr - 1))
        self.after_button = button("&Nächstes Jahr", "naechstes_jahr", symbol="weiter")
        self.after_button.clicked.connect(lambda: self.show_year(self.jahr + 1))
        for made in (self.before_button, self.after_button):
            made.setEnabled(False)
            self.head.addWidget(made)

    def enter(self) -> None:
        """This year, read anew."""
        super().enter()
        self.show_year(local(self._desk.clock.now()).year)

    def show_year(self, jahr: int) -> None:
        """Read another year."""
        self.jahr = jahr
        desk = self._desk
        self._background.run("outbox", lambda: _load(desk, jahr), self._on_loaded, self._on_failure)

    def file_name(self) -> str:
        """Named by its year."""
        return f"Ausfaelle-{self.jahr}.pdf"

    def _on_loaded(self, loaded: tuple[Rueckblick, tuple[int, int]]) -> None:
        rueckblick, (first, last) = loaded
        if rueckblick.jahr != self.jahr:
            return  # somebody turned on meanwhile
        self.before_button.setEnabled(self.jahr > first)
        self.after_button.setEnabled(self.jahr < last)
        self.show_chart(partial(year_chart, rueckblick), described(rueckblick))
        self.area.verticalScrollBar().setValue(0)


def _load(desk: Desk, jahr: int) -> tuple[Rueckblick, tuple[int, int]]:
    now = desk.clock.now()
    begin, end = year(jahr)
    known = desk.store().stoerungen()
    verlauf = desk.look_back().verlauf(begin, max(begin, min(end, now)))
    return build_rueckblick(known, verlauf, jahr, now), years(known, now)
