"""The window of the desk: banner on top, places at the left, keys at the foot.

Everything by key (``keys.py``), nothing modal on the main path, nothing about patients in
the title. The watch runs in its own lane; every answer of a service arrives through
``Background`` on the main thread.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from papierbruecke.crash import CrashReport
from papierbruecke.outage.incident import Stoerung
from papierbruecke.outage.model import Dienst, Lage
from papierbruecke.outbox.model import Uebersicht
from papierbruecke.settings import Einstellungen
from papierbruecke.ui import theme
from papierbruecke.ui.background import Background, Failure, failure_text
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.desk_lists import DeskLists
from papierbruecke.ui.ending import Ending
from papierbruecke.ui.fields import Hint
from papierbruecke.ui.ground import pages_ground, window_ground
from papierbruecke.ui.keeper import Keeper
from papierbruecke.ui.keys import ORTE, Befehl
from papierbruecke.ui.login_page import ROLLE
from papierbruecke.ui.mode_change import Change
from papierbruecke.ui.navigation import OBERHALB, SPERREN, FootLine, Navigation
from papierbruecke.ui.page import page_of
from papierbruecke.ui.places import NAMES, Places, WithPlaces
from papierbruecke.ui.reception import AU, ERSATZSCHEIN, REZEPT
from papierbruecke.ui.session import Session
from papierbruecke.ui.shortcuts import Shortcuts
from papierbruecke.ui.stoerung_banner import ModeLine, StoerungBanner, hotline_sentence
from papierbruecke.ui.theme import Ton
from papierbruecke.ui.watch_lane import WatchLane
from papierbruecke.vault.users import PRAXIS, Benutzer

TITLE = "Papierbrücke"
NARROW_PX = 1160
TINY_PX = 900


class MainWindow(QMainWindow, WithPlaces):
    """The desk. Belongs to the main thread and owns its ``Background``.

    Signals: ``closed`` when everything under way is finished and the program may end.
    """

    closed = Signal()

    def __init__(self, desk: Desk, background: Background) -> None:
        super().__init__()
        self.setObjectName("papierbruecke")
        self.setWindowTitle(f"{TITLE} – ÜBUNG" if desk.uebung else TITLE)
        self.setAcceptDrops(False)
        self._desk = desk
        self._background = background
        self._return_to: tuple[str, QWidget | None] = ("empfang", None)
        self._wer = ""
        self.lage: Lage | None = None
        self.settings = Einstellungen()
        self.lists = DeskLists(desk, background)
        self.watch = WatchLane(desk, background)
        self.line = ModeLine()
        self.banner = StoerungBanner()
        self.banner.mode_wanted.connect(self.open_mode)
        self.navigation = Navigation()
        self.navigation.chosen.connect(self.show_place)
        self.foot = FootLine()
        self.notice = Hint("meldung", Ton.BAD)
        self.places = Places(desk, background)
        self.places.made.connect(self._on_made)
        self.places.wanted.connect(self.show_place)
        self.stays_in_tray = False
        self.session = Session(desk, background, pages_ground(self.navigation, self.notice, self.places))
        self.keeper = Keeper(desk, background, self.reception, lambda: self.outbox.sending.look_after())
        self.ending = Ending(self, desk, self.session, self.lists, background)
        self.setCentralWidget(window_ground(self.line, self.banner, self.session.cover, self.foot))
        self._connect()
        self._bind_keys()
        self.line.show_mode(False, desk.uebung)
        self.resize(1440, 900)
        self.setMinimumSize(640, 440)
        self.places.frame = (self.line, self.banner, self.navigation, self.notice, self.foot, *self.session.covers)
        self.places.dress(theme.stylesheet(theme.current()))
        self.show_place("empfang")

    def _connect(self) -> None:
        self._background.crashed.connect(self.show_crash)
        self.lists.changed.connect(self._on_lists)
        self.lists.failed.connect(self._on_failure)
        self.watch.seen.connect(self.show_lage)
        self.watch.failed.connect(self._on_failure)
        self.keeper.told.connect(self.notice.show_text)
        self.session.locked.connect(lambda: self._shortcuts.set_locked(True))
        self.session.opened.connect(self._on_opened)
        self.session.loaded.connect(self._show_who)
        self.ending.shown.connect(lambda shown: self._shortcuts.set_locked(shown or self.session.is_locked))
        self.ending.over.connect(self.close)

    def _on_made(self, place: str) -> None:
        """Somebody goes there for the first time: connect the page, and tell it what it missed."""
        match place:
            case "empfang":
                self.reception.changed.connect(self.lists.reload)
                self.reception.beleg_wanted.connect(self._show_beleg)
            case "nachbearbeitung":
                self.outbox.changed.connect(self.lists.reload)
                self.outbox.show_rows(self.lists.rows, self.papier)
            case "fristen":
                self.fristen.show_rows(self.lists.rows, Dienst.KIM in self.papier)
            case "lage":
                self.lage_page.hotline_wanted.connect(self.copy_hotline)
                if self.lage is not None:
                    self.lage_page.show_lage(self.lage)
            case "notfallmappe":
                self.mappe.sheet_wanted.connect(lambda *at: self._at_reception(lambda: self.reception.capture(*at)))
            case "betriebsart":
                self.mode.wanted.connect(self._change_mode)
                self.mode.closed.connect(self._close_panel)
            case "einstellungen":
                self.setup.load(self.settings)
                self.setup.saved.connect(self._on_settings)
                self.setup.saved.connect(self.watch.start_anew)
                self.setup.saved.connect(self.keeper.start_with_computer)
                self.setup.people_changed.connect(lambda: self.session.load(self.settings.sperre.minuten))
        if place != "empfang":  # made before the settings are read, and told with them
            self._tell_who(place)

    def _bind_keys(self) -> None:
        actions: dict[Befehl, Callable[[], object]] = {
            **{befehl: partial(self.show_place, place) for befehl, place in ORTE.items()},
            Befehl.KARTE: lambda: self._at_reception(self.reception.card.read_card),
            Befehl.HAND: lambda: self._at_reception(self.reception.enter_by_hand),
            Befehl.REZEPT: lambda: self._at_reception(lambda: self.reception.show_form(REZEPT)),
            Befehl.AU: lambda: self._at_reception(lambda: self.reception.show_form(AU)),
            Befehl.ERSATZSCHEIN: lambda: self._at_reception(lambda: self.reception.show_form(ERSATZSCHEIN)),
            Befehl.HEUTE: lambda: self._at_reception(self.reception.toggle_list),
            Befehl.HAUPT: self.main_action,
            Befehl.BETRIEBSART: self.open_mode,
            Befehl.NEU: lambda: self._at_reception(self.reception.next_patient),
            Befehl.HOTLINE: self.copy_hotline,
            Befehl.SPERREN: self.lock,
            Befehl.GROESSER: lambda: self.resize_text(1),
            Befehl.KLEINER: lambda: self.resize_text(-1),
            Befehl.ZURUECK: self.back,
        }
        self._shortcuts = Shortcuts(self, actions)

    # -- start -----------------------------------------------------------------

    def start(self) -> None:
        """Load what is stored and begin to watch; the window is usable before either answers."""
        desk, background = self._desk, self._background
        background.run("outbox", lambda: desk.settings, self._on_settings, self._on_failure)
        self.keeper.start()
        self.lists.reload_now()
        self.watch.start()

    def _on_settings(self, settings: Einstellungen) -> None:
        self.settings = settings
        self._show_who()
        self.session.load(settings.sperre.minuten)
        if "einstellungen" in self.places:
            self.setup.load(settings)
        if not (settings.praxis.aerzte and settings.praxis.betriebsstaetten) and self.place == "empfang":
            self.setup.welcome()
            self.show_place("einstellungen")
        wanted = theme.wished(settings.darstellung.thema, settings.darstellung.text)
        if wanted != theme.current():
            self.dress(wanted)

    def _show_where(self) -> None:
        places = self.settings.praxis.betriebsstaetten
        last = max((row.beleg.seit for row in self.lists.rows), default=None)
        self.foot.show_where(self.settings.praxis.platz, places[0].name if places else "", last)

    def _on_failure(self, failure: Failure) -> None:
        self.notice.show_text(failure_text(failure), Ton.BAD)

    # -- who -------------------------------------------------------------------

    def _show_who(self) -> None:
        benutzer = self.session.benutzer
        self._wer = f"Platz {self.settings.praxis.platz}" if benutzer == PRAXIS else benutzer.kuerzel
        for place in NAMES:
            if place in self.places:
                self._tell_who(place)
        self._show_where()

    def _tell_who(self, place: str) -> None:
        benutzer, users = self.session.benutzer, self.session.users
        match place:
            case "empfang":
                self.reception.set_settings(self.settings, self._wer)
            case "nachbearbeitung":
                self.outbox.wer = self._wer
                self.outbox.reprint.set_people(benutzer, users)
            case "notfallmappe":
                self.mappe.wer = self._wer
            case "einstellungen":
                self.setup.set_user(benutzer, users)

    def lock(self) -> None:
        """Ctrl+L: lock, or let somebody else sign in."""
        if not self.session.lock() and not self.session.is_locked:
            self.notice.show_text("Noch hat niemand ein Konto. F11, Benutzer: dort werden sie angelegt.", Ton.ACCENT)

    def _on_opened(self, benutzer: Benutzer) -> None:
        self._shortcuts.set_locked(False)
        self.navigation.show_user(benutzer.kuerzel, ROLLE[benutzer.rolle])
        self._show_who()

    # -- state -----------------------------------------------------------------

    def _on_lists(self) -> None:
        waiting = self.lists.waiting
        self.navigation.buttons["nachbearbeitung"].show_waiting(waiting)
        self.reception.show_today(self.lines)
        if "nachbearbeitung" in self.places:
            self.outbox.show_rows(self.lists.rows, self.papier)
        if "fristen" in self.places:
            self.fristen.show_rows(self.lists.rows, Dienst.KIM in self.papier)
        self._show_state()
        self._show_where()

    @property
    def lines(self) -> list[Uebersicht]:
        """Every Beleg, without what follows from it."""
        return self.lists.lines

    @property
    def papier(self) -> dict[Dienst, Stoerung]:
        """Which Dienste are on paper."""
        return self.lists.papier

    @property
    def quiet(self) -> bool:
        """Whether everything that was asked for is answered and shown (the drill and the tests wait for it)."""
        drawing = any(page.pending for page in self.reception.pages.values())
        return not (self._background.busy or self.lists.pending or drawing)

    def show_lage(self, lage: Lage) -> None:
        """A new picture of the TI."""
        self.lage = lage
        if "lage" in self.places:
            self.lage_page.show_lage(lage)
        self.reception.show_lage(lage)
        self._show_state()

    def _show_state(self) -> None:
        self.banner.show_lage(self.lage, self.papier, self.lists.waiting)
        self.line.show_mode(bool(self.papier), self._desk.uebung)

    # -- places ----------------------------------------------------------------

    @property
    def place(self) -> str:
        """Where we are."""
        return self.places.place

    def show_place(self, place: str) -> None:
        """Go somewhere; what is half-typed elsewhere stays."""
        if place == SPERREN:
            self.lock()
            return
        self.places.show_place(place)
        self.navigation.show_place(place)
        page_of(self.places[place]).enter()

    def _at_reception(self, action: Callable[[], object]) -> None:
        if self.place != "empfang":
            self.places.show_place("empfang")
            self.navigation.show_place("empfang")
        action()

    def _show_beleg(self, line: Uebersicht) -> None:
        self.show_place("nachbearbeitung")
        self.outbox.select(line)

    def main_action(self) -> None:
        """F9: the one main action of the page."""
        page_of(self.places[self.place]).main_action()

    def back(self) -> None:
        """Esc: one step back; nothing is lost."""
        place = self.place
        if place == "betriebsart":
            self._close_panel()
        elif place in OBERHALB:
            self.show_place(OBERHALB[place])
        elif self.notice.isVisible():
            self.notice.show_text("")
        elif place == "empfang":
            if self.reception.form.bar.busy:
                self.reception.form.bar.strip.answered.emit("Esc")
            else:
                self.reception.back()
        elif place == "nachbearbeitung" and self.outbox.bar.busy:
            self.outbox.bar.strip.answered.emit("Esc")
        elif not (place == "nachbearbeitung" and (self.outbox.close_panels() or self.outbox.stop_sending())):
            self.show_place("empfang")

    # -- Betriebsart -----------------------------------------------------------

    def open_mode(self) -> None:
        """F12: the panel of the Betriebsart, in the middle of anything."""
        if self.place == "betriebsart":
            return self._close_panel()
        self._return_to = (self.place, QApplication.focusWidget())
        self.mode.open(self.lage, self.papier)
        self.places.show_place("betriebsart")
        self.mode.setFocus()

    def _close_panel(self) -> None:
        place, focus = self._return_to
        self.places.show_place(place)
        if focus is not None and focus.isVisibleTo(self):
            focus.setFocus(Qt.FocusReason.OtherFocusReason)

    def _change_mode(self, change: Change) -> None:
        self._close_panel()
        if change.empty:
            return
        work = change.work(self._desk, self.papier, self.lage, self._wer)
        pause = change.pause(self.papier)
        self._background.run("outbox", work, lambda _: self._on_mode_changed(pause), self._on_failure)

    def _on_mode_changed(self, pause: timedelta | None) -> None:
        self.lists.reload_now()
        if pause is not None:
            self.outbox.sending.start_after(pause)

    # -- the rest --------------------------------------------------------------

    def copy_hotline(self) -> None:
        """Ctrl+H: the sentence for the hotline, without patient data."""
        text = "Es ist nichts gestört; es gibt keinen Satz für die Hotline."
        if self.lage is not None and self.lage.diagnose is not None:
            QGuiApplication.clipboard().setText(hotline_sentence(self.lage, self.lage.diagnose))
            text = "Satz für die Hotline ist kopiert."
        self.notice.show_text(text, Ton.ACCENT)

    def resize_text(self, step: int) -> None:
        """Larger or smaller text, up to 200 %."""
        self.dress(theme.resized(theme.current(), step))

    def dress(self, look: theme.Look) -> None:
        """Change theme or text size while everything stays where it is."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.choose(app, look)
        self.places.dress(theme.stylesheet(look))
        self._fit()
        self._show_state()

    def show_crash(self, report: CrashReport) -> None:
        """A bug: show code and report; what is half-typed stays."""
        self.crash.show_report(report)
        self.places.show_place("programmfehler")

    def _fit(self) -> None:
        width, height = (round(size / theme.current().text) for size in (self.width(), self.height()))
        tiny = width < TINY_PX or height < 520
        self.banner.narrow(2 if tiny else 1 if width < NARROW_PX else 0)
        self.navigation.narrow(tiny)
        self.foot.narrow(width < 1300)
        self.reception.fit(width)

    def come_to_front(self) -> None:
        """Show the window, wherever it was."""
        if self.isMinimized():
            self.showNormal()
        self.show()
        self.raise_()
        self.activateWindow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give way in the order of the direction: list, preview, words."""
        super().resizeEvent(event)
        self._fit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """With an icon beside the clock only the window goes. Else work under way is finished first."""
        if event.spontaneous() and not self.ending.is_over:
            event.ignore()
            if self.stays_in_tray:
                self.session.lock()
                self.hide()
            else:
                self.ending.leave()
            return
        self.ending.at_once()
        super().closeEvent(event)
        self.closed.emit()
