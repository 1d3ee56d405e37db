"""The places of the window, each made when somebody first goes there.

A start makes the reception and nothing else: seven pages that nobody looks at cost most of the
time and of the memory (design §10). Whoever asks for a page makes it, whether by a key, by a
mode change in the middle of something or by what the last run left; ``made`` then lets the
window connect it and tell it what it missed.
"""

from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from papierbruecke.ui import icons, theme
from papierbruecke.ui.background import Background
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.navigation import OBERHALB
from papierbruecke.ui.page import Page
from papierbruecke.ui.reception import Reception

if TYPE_CHECKING:
    from papierbruecke.ui.abgleich_page import AbgleichPage
    from papierbruecke.ui.crash_page import CrashPage
    from papierbruecke.ui.deadline_page import DeadlinePage
    from papierbruecke.ui.help_page import HelpPage
    from papierbruecke.ui.lage_page import LagePage
    from papierbruecke.ui.mode_panel import ModePanel
    from papierbruecke.ui.notfallmappe_page import NotfallmappePage
    from papierbruecke.ui.outage_year_page import OutageYearPage
    from papierbruecke.ui.outbox_page import OutboxPage
    from papierbruecke.ui.postfach_page import PostfachPage
    from papierbruecke.ui.settings_page import SettingsPage

NAMES = (
    "empfang",
    "nachbearbeitung",
    "abgleich",
    "fristen",
    "postfach",
    "lage",
    "ausfaelle",
    "notfallmappe",
    "betriebsart",
    "hilfe",
    "einstellungen",
    "programmfehler",
)


class Places(QStackedWidget):
    """Signals: ``made`` with the name of a page that was just made, before it is shown; ``wanted`` with
    the place that a page leads to or back to."""

    made = Signal(str)
    wanted = Signal(str)

    def __init__(self, desk: Desk, background: Background) -> None:
        super().__init__()
        self._desk = desk
        self._background = background
        self._pages: dict[str, QWidget] = {}
        self._sheet = ""
        self.frame: tuple[QWidget, ...] = ()  # what stands round the pages and is always seen

    def __getitem__(self, place: str) -> QWidget:
        """A page; made now if nobody was there yet."""
        if place not in self._pages:
            page = self._pages[place] = self._make(place)
            self.addWidget(page)
            theme.dress(page, self._sheet)  # before it measures what it is told
            self.made.emit(place)
        return self._pages[place]

    def __contains__(self, place: str) -> bool:
        """Whether somebody was there already: what was never made has nothing to lose or to show."""
        return place in self._pages

    @property
    def place(self) -> str:
        """Where we are."""
        current = self.currentWidget()
        return next(name for name, page in self._pages.items() if page is current)

    def show_place(self, place: str) -> None:
        """Turn to a page."""
        page = self[place]
        self._dress(page)
        self.setCurrentWidget(page)

    def dress(self, sheet: str) -> None:
        """Another look: for the frame and the page that is shown, for each other page when somebody goes there.

        On the window, the sheet would be worked through for every page that nobody sees.
        """
        self._sheet = sheet
        for part in self.frame:
            theme.dress(part, sheet)
        for page in self._pages.values():
            if page is self.currentWidget():
                self._dress(page)

    def _dress(self, page: QWidget) -> None:
        if theme.dress(page, self._sheet):
            icons.dress_all(page)
            if isinstance(page, Page):
                page.dressed()

    def _make(self, place: str) -> QWidget:
        # Imported here for the same reason: what a page needs is read when the page is.
        desk, background = self._desk, self._background
        back = partial(self.wanted.emit, OBERHALB.get(place, "empfang"))
        match place:
            case "empfang":
                return Reception(desk, background)
            case "nachbearbeitung":
                from papierbruecke.ui.outbox_page import OutboxPage

                outbox = OutboxPage(desk, background)
                outbox.abgleich_wanted.connect(partial(self.wanted.emit, "abgleich"))
                outbox.mailbox_wanted.connect(partial(self.wanted.emit, "postfach"))
                outbox.deadlines_wanted.connect(partial(self.wanted.emit, "fristen"))
                return outbox
            case "abgleich":
                from papierbruecke.ui.abgleich_page import AbgleichPage

                abgleich = AbgleichPage(desk, background)
                abgleich.back_wanted.connect(back)
                return abgleich
            case "fristen":
                from papierbruecke.ui.deadline_page import DeadlinePage

                fristen = DeadlinePage(desk, background)
                fristen.back_wanted.connect(back)
                return fristen
            case "postfach":
                from papierbruecke.ui.postfach_page import PostfachPage

                postfach = PostfachPage(desk, background)
                postfach.back_wanted.connect(back)
                return postfach
            case "lage":
                from papierbruecke.ui.lage_page import LagePage

                lage = LagePage(desk, background)
                lage.outages_wanted.connect(partial(self.wanted.emit, "ausfaelle"))
                return lage
            case "ausfaelle":
                from papierbruecke.ui.outage_year_page import OutageYearPage

                ausfaelle = OutageYearPage(desk, background)
                ausfaelle.back_wanted.connect(back)
                return ausfaelle
            case "notfallmappe":
                from papierbruecke.ui.notfallmappe_page import NotfallmappePage

                return NotfallmappePage(desk, background)
            case "betriebsart":
                from papierbruecke.ui.mode_panel import ModePanel

                return ModePanel()
            case "hilfe":
                from papierbruecke.ui.help_page import HelpPage

                return HelpPage()
            case "einstellungen":
                from papierbruecke.ui.settings_page import SettingsPage

                setup = SettingsPage(desk, background)
                setup.done.connect(back)
                return setup
        assert place == "programmfehler"
        from papierbruecke.ui.crash_page import CrashPage

        crash = CrashPage()
        crash.closed.connect(back)
        return crash


class WithPlaces:
    """The pages by name and type, mixed into the window; asking for one makes it."""

    places: Places

    @property
    def reception(self) -> Reception:
        """Patient, form, today."""
        return cast("Reception", self.places["empfang"])

    @property
    def outbox(self) -> "OutboxPage":
        """What is to be done afterwards."""
        return cast("OutboxPage", self.places["nachbearbeitung"])

    @property
    def abgleich(self) -> "AbgleichPage":
        """The evening's protocol."""
        return cast("AbgleichPage", self.places["abgleich"])

    @property
    def fristen(self) -> "DeadlinePage":
        """What is due, by urgency."""
        return cast("DeadlinePage", self.places["fristen"])

    @property
    def postfach(self) -> "PostfachPage":
        """What arrived in the KIM box."""
        return cast("PostfachPage", self.places["postfach"])

    @property
    def ausfaelle(self) -> "OutageYearPage":
        """The outages of a year."""
        return cast("OutageYearPage", self.places["ausfaelle"])

    @property
    def lage_page(self) -> "LagePage":
        """What is broken, and what was."""
        return cast("LagePage", self.places["lage"])

    @property
    def mappe(self) -> "NotfallmappePage":
        """The folder for the hour without a computer."""
        return cast("NotfallmappePage", self.places["notfallmappe"])

    @property
    def mode(self) -> "ModePanel":
        """Papier or online, for each Dienst."""
        return cast("ModePanel", self.places["betriebsart"])

    @property
    def help(self) -> "HelpPage":
        """Keys and handbook."""
        return cast("HelpPage", self.places["hilfe"])

    @property
    def setup(self) -> "SettingsPage":
        """The set-up of the practice."""
        return cast("SettingsPage", self.places["einstellungen"])

    @property
    def crash(self) -> "CrashPage":
        """What a bug looks like."""
        return cast("CrashPage", self.places["programmfehler"])
