"""The Nachbearbeitung (F8): what remains of every Beleg, and the Nachversand with progress."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from papierbruecke.clock import local
from papierbruecke.outage.incident import Stoerung
from papierbruecke.outage.model import Dienst
from papierbruecke.outbox.model import ELEKTRONISCH, Ereignis, Spalte, Uebersicht, Zustand
from papierbruecke.reconcile.ledger import Zeile
from papierbruecke.record.model import BelegArt
from papierbruecke.ui import texts, theme
from papierbruecke.ui.background import Background, Failure, failure_text
from papierbruecke.ui.beleg_table import AKTION, BelegModel, BelegView, counts
from papierbruecke.ui.counts_card import CountsRow, figures_card
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.fields import Field, Hint, button, caption, frame, label
from papierbruecke.ui.history_panel import HistoryPanel
from papierbruecke.ui.issue_bar import IssueBar
from papierbruecke.ui.owed import SENDABLE, waiting_for_signature, without_card
from papierbruecke.ui.page import Page
from papierbruecke.ui.reprint_panel import ReprintPanel, can_reprint
from papierbruecke.ui.sending import Sending
from papierbruecke.ui.signing_view import SigningView
from papierbruecke.ui.steps import Schritt, compare_with_card, compare_with_eeb, entered, fields_of, remark_of
from papierbruecke.ui.steps_panel import LARGE_TEXT, StepsPanel
from papierbruecke.ui.texts import Aktion
from papierbruecke.ui.theme import Ton

if TYPE_CHECKING:
    from papierbruecke.reconcile.read_later import Nachlesen

WITH_PANEL_PX = 1400  # narrower pages show the panel for lost paper instead of the list
_SETTLED = frozenset({Spalte.ERLEDIGT, Spalte.HINFAELLIG})


class OutboxPage(QWidget, Page):
    """Signals: ``changed`` after anything that other lists show; the others lead to another page."""

    changed = Signal()
    abgleich_wanted = Signal()
    deadlines_wanted = Signal()
    mailbox_wanted = Signal()

    def __init__(self, desk: Desk, background: Background) -> None:
        super().__init__()
        self.setObjectName("nachbearbeitung")
        self._desk = desk
        self._background = background
        self._rows: list[Zeile] = []
        self._without_card: list[Zeile] = []
        self._kim_in_papier = False
        self.title = label("Belege", "abschnitt")
        self.numbers = CountsRow()
        self.search = Field("Suchen", "belege_suchen", placeholder="Name oder Belegnummer", show_label=False)
        self.search.changed.connect(self._show)
        self.only_open = QPushButton("Nur Offenes")
        self.everything = QPushButton("Alle")
        self.card_later = QPushButton("Kar&te fehlt")
        choices = ((self.only_open, "nur_offenes"), (self.everything, "alle_belege"), (self.card_later, "karte_fehlt"))
        for choice, name in choices:
            choice.setObjectName(name)
            choice.setCheckable(True)
            choice.setAutoExclusive(True)
            choice.setProperty("rang", "wahl")
            choice.toggled.connect(self._show)
        self.model = BelegModel()
        self.table = BelegView(self.model)
        self.table.clicked.connect(self._on_click)
        self.empty = label("", "neben", name="belege_leer")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint = Hint("nachbearbeitung_hinweis", Ton.BAD)
        self.sending = Sending(desk, background, self.hint)
        self.sending.changed.connect(self.changed)
        self.sending.view_button.clicked.connect(self.open_view)
        self.sending.mailbox_button.clicked.connect(self.mailbox_wanted)
        self.sending.work.running.connect(self._on_sending)
        self.history = HistoryPanel()
        self.history.closed.connect(self.close_panels)
        self.history.hide()
        self.bar = IssueBar(desk, background, "", "Jetzt nachsenden")
        self.bar.clear_button.hide()
        self.bar.requested.connect(self.send)
        self.bar.changed.connect(self.changed)
        self.bar.finished.connect(lambda: self.table.setFocus())
        self.again_button = button("&Nachdruck …", "noch_einmal", symbol="drucken")
        self.again_button.clicked.connect(self.open_reprint)
        steps_button = button("&Weitere Schritte …", "weitere_schritte", symbol="hand")
        steps_button.clicked.connect(self.open_steps)
        to_abgleich = button("&Abgleich", "zum_abgleich", symbol="abgleich")
        to_abgleich.clicked.connect(self.abgleich_wanted)
        to_fristen = button("&Fristen", "zu_fristen", symbol="uhr")
        to_fristen.clicked.connect(self.deadlines_wanted)
        for made in (to_abgleich, to_fristen, steps_button, self.again_button):
            self.bar.tools.addWidget(made)
        self.reprint = ReprintPanel()
        self.reprint.wanted.connect(self._reprint)
        self.reprint.closed.connect(self.close_panels)
        self.steps = StepsPanel()
        self.steps.wanted.connect(self._step)
        self.steps.compare_wanted.connect(self._compare)
        self.steps.closed.connect(self.close_panels)
        self.view = SigningView(desk, background)
        self.view.closed.connect(self.close_panels)
        self._arrange()
        self.everything.setChecked(True)

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(14)
        self._figures = figures_card(self.title, self.numbers)
        top.addWidget(self._figures, 3)
        top.addWidget(self.sending, 2)
        listing = self._listing = frame("karte")
        lines = QVBoxLayout(listing)
        lines.setContentsMargins(12, 12, 12, 8)
        lines.setSpacing(8)
        tools = QHBoxLayout()
        tools.setSpacing(8)
        tools.addWidget(caption("Su&chen", self.search.edit))
        tools.addWidget(self.search, 1)
        tools.addStretch(1)
        tools.addWidget(self.everything)
        tools.addWidget(self.only_open)
        tools.addWidget(self.card_later)
        lines.addLayout(tools)
        lines.addWidget(self.table, 1)
        lines.addWidget(self.empty)
        self._cards = (self._listing, self._figures, self.sending)
        body = QHBoxLayout()
        body.setSpacing(14)
        body.addWidget(listing, 1)
        body.addWidget(self.history)
        body.addWidget(self.reprint)
        body.addWidget(self.steps, 1)
        body.addWidget(self.view, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(top)
        layout.addWidget(self.hint)
        layout.addLayout(body, 1)
        layout.addWidget(self.bar)

    # -- list ------------------------------------------------------------------

    def show_rows(self, rows: Sequence[Zeile], papier: Mapping[Dienst, Stoerung]) -> None:
        """New figures and a new list; the chosen row stays chosen."""
        self._rows = list(rows)
        self._kim_in_papier = Dienst.KIM in papier
        begin = min((s.beginn for s in papier.values()), default=None)
        heute = local(self._desk.clock.now()).date()
        self.title.setText(f"Störung {texts.seit(begin, heute)}" if begin else "Alle Belege dieses Platzes")
        self.numbers.show_counts(counts(rows))
        self.sending.show_rows(rows, self._kim_in_papier)
        self.bar.main_button.setEnabled(self.sending.possible)
        self._show()
        if any(row.beleg.art is BelegArt.ERSATZSCHEIN for row in rows) and not self.is_sending:
            self._background.run("outbox", self._desk.read_later, self._on_waiting, self._on_failure)

    def _on_waiting(self, waiting: "Sequence[Nachlesen]") -> None:
        """Slips whose card is still to be read, also those that are entered already."""
        heute = local(self._desk.clock.now()).date()
        self._without_card = without_card(self._rows, waiting, heute)
        self.card_later.setText(f"Kar&te fehlt ({len(self._without_card)})")
        self.card_later.setAccessibleName(f"Karte oder eEB fehlt noch: {len(self._without_card)}")
        if self.card_later.isChecked():
            self._show()

    def _show(self) -> None:
        wanted = self.search.text().lower()
        chosen = self.selected()
        later = self.card_later.isChecked()
        rows = [
            row
            for row in (self._without_card if later else self._rows)
            if (not wanted or wanted in row.beleg.patient.lower() or wanted in row.beleg.belegnummer.lower())
            and (later or self.everything.isChecked() or row.spalte not in _SETTLED)
        ]
        heute = local(self._desk.clock.now()).date()
        self.model.show_rows(
            rows, kim_in_papier=self._kim_in_papier, heute=heute, aktion=Aktion.KARTE if later else None
        )
        self.table.fit()
        self.table.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        nothing = "Keine Karte fehlt." if later else "Nichts offen." if self._rows else "Noch keine Belege."
        self.empty.setText("Nichts gefunden." if wanted else nothing)
        keep = next((row for row in range(len(rows)) if chosen and self.model.kennung(row) == chosen.kennung), 0)
        if rows:
            self.table.selectRow(keep)

    def selected(self) -> Uebersicht | None:
        """The chosen Beleg."""
        index = self.table.currentIndex()
        return self.model.line(index.row()) if index.isValid() else None

    def select(self, line: Uebersicht) -> None:
        """Choose a Beleg and show its history."""
        self.everything.setChecked(True)
        self.search.set_text("")
        for row in range(self.model.rowCount()):
            if self.model.kennung(row) == line.kennung:
                self.table.selectRow(row)
                self.table.setFocus()

    def main_action(self) -> None:
        """F9: send now, if there is anything to send; in the panel for lost paper: print."""
        if self.reprint.isVisible():
            self.reprint.submit()
        elif self.bar.main_button.isEnabled():
            self.send()

    def dressed(self) -> None:
        """The columns follow the size of the text."""
        self.table.fit()

    def enter(self) -> None:
        """The list."""
        if self.model.rowCount() and self.table.currentIndex().row() < 0:
            self.table.selectRow(0)
        self.table.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Sentences wrap anew."""
        super().resizeEvent(event)
        self.table.fit()

    # -- actions ---------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter on a row does what its button says."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and self.table.hasFocus() and not event.isAutoRepeat():
            self.act()
        else:
            super().keyPressEvent(event)

    @property
    def wer(self) -> str:
        """Who works here now."""
        return self.sending.wer

    @wer.setter
    def wer(self, wer: str) -> None:
        self.sending.wer = wer

    def _on_click(self, index: QModelIndex) -> None:
        if index.column() == AKTION:
            self.act()

    def act(self) -> None:
        """Do the one action of the chosen row."""
        line = self.selected()
        if line is None or self.bar.busy:
            return
        action = Aktion.KARTE if self.card_later.isChecked() else texts.aktion(line, self._kim_in_papier)
        desk, wer = self._desk, self.wer
        if action in (Aktion.EINGETRAGEN, Aktion.ERFASST):
            self._do(lambda: entered(desk, line, wer, ""))
        elif action in (Aktion.FREIGEBEN, Aktion.KARTE):  # there K reads the card and compares
            self.open_steps()
        elif action is Aktion.POST:
            self._do(lambda: desk.by_hand().mark_posted(line.kennung, wer))
        elif action is Aktion.DRUCKEN:
            self.bar.print_again(line)
        elif line.zustand is Zustand.ERFASST:
            self.bar.ask_about(line)
        elif action in SENDABLE:
            self.send(line.belegnummer)
        else:
            events = lambda: desk.store().events(line.kennung)
            shown = lambda found: self._show_history(line, found)
            self._background.run("outbox", events, shown, self._on_failure)

    def _show_history(self, line: Uebersicht, events: Sequence[Ereignis]) -> None:
        if theme.current().text >= LARGE_TEXT:
            self._make_room(*self._cards)
        self.history.show_events(line, events)
        self.table.fit()

    def _make_room(self, *cards: QWidget) -> None:
        """A panel to read or to decide in: what was told goes, and these give their place to it."""
        self.close_panels()
        if not self.is_sending:
            self.hint.show_text("")
        for card in cards:
            card.hide()

    # -- by hand ---------------------------------------------------------------

    def open_steps(self) -> None:
        """Alt+W: everything that a person can decide about the chosen Beleg, and its fields to copy."""
        line, desk = self.selected(), self._desk
        if line is None or self.bar.busy:
            return
        self._make_room(*(self._cards if theme.current().text >= LARGE_TEXT else (self._listing,)))
        shown = lambda found: self.steps.open(line, *found)
        work = lambda: (fields_of(desk, line), remark_of(desk, line))
        self._background.run("outbox", work, shown, self._on_failure)

    def _step(self, step: Schritt, notiz: str) -> None:
        line, desk, wer = self.steps.line, self._desk, self.wer
        if line is not None:
            self._do(lambda: step.arbeit(desk, line, wer, notiz))

    def _do(self, work: Callable[[], str | None]) -> None:
        self._background.run("outbox", work, self._on_done, self._on_failure)

    def _on_done(self, sentence: str | None) -> None:
        self.close_panels()
        self.hint.show_text(sentence or "", Ton.OK)
        self.changed.emit()

    def _compare(self, aus_eeb: bool) -> None:
        line, desk, compare = self.steps.line, self._desk, compare_with_eeb if aus_eeb else compare_with_card
        if line is not None:
            self.steps.hint.show_text("KIM wird gelesen …" if aus_eeb else "Karte bitte einstecken …", Ton.ACCENT)
            told = lambda found: self.steps.hint.show_text(*found)
            self._background.run("send" if aus_eeb else "card", lambda: compare(desk, line), told, self._on_failure)

    # -- lost paper ------------------------------------------------------------

    def open_reprint(self) -> None:
        """Alt+N: the chosen paper is needed a second time."""
        line = self.selected()
        if line is None or self.bar.busy:
            return
        if not can_reprint(line):
            self.hint.show_text(f"{line.belegnummer} wurde nicht ausgegeben; es gibt nichts zu ersetzen.", Ton.WARN)
            return
        self.close_panels()
        self.reprint.open(line)
        self._listing.setVisible(self.width() >= theme.current().px(WITH_PANEL_PX))
        self.table.fit()

    def close_panels(self) -> bool:
        """Esc: leave the panel at the right; True if one was open."""
        panels = (self.reprint, self.steps, self.history, self.view)
        was_open = any(panel.isVisible() for panel in panels)
        for panel in panels:
            panel.hide()
        for card in self._cards:
            card.show()
        if was_open:
            self.table.setFocus()
        return was_open

    def _reprint(self) -> None:
        line, replace = self.reprint.line, self.reprint.work(self._desk, self.wer)
        if line is None:
            return
        grund, copies = self.reprint.grund, self.reprint.ausfertigungen
        self.close_panels()
        if replace is not None:
            self.bar.issue(replace)
        else:
            self.bar.print_again(line, grund, copies)

    def _on_failure(self, failure: Failure) -> None:
        self.hint.show_text(failure_text(failure), Ton.BAD)
        self.changed.emit()

    # -- Nachversand -----------------------------------------------------------

    @property
    def is_sending(self) -> bool:
        """Whether the Nachversand runs."""
        return self.sending.work.is_running

    def send(self, nur: str | None = None) -> None:
        """F9: send what is owed, Esc stops after the current one."""
        self.close_panels()
        self.sending.start(nur)

    def stop_sending(self) -> bool:
        """Stop after what is on its way now; True if something was sending."""
        return self.sending.work.stop()

    def _on_sending(self, running: bool) -> None:
        self.bar.main_button.setEnabled(not running and self.sending.possible)

    # -- before signing --------------------------------------------------------

    def open_view(self) -> None:
        """Alt+E: what will be signed, beginning with the chosen Beleg."""
        line, waiting = self.selected(), waiting_for_signature(self._rows)
        if line is not None and line not in waiting and line.art in ELEKTRONISCH:
            waiting = [line]
        if not waiting:
            self.hint.show_text("Nichts wartet auf eine Signatur.", Ton.ACCENT)
            return
        self._make_room(*self._cards)
        self.view.open(waiting, waiting.index(line) if line in waiting else 0, self.wer)
