"""The Nachversand in the window: what waits, how far it is, how it is stopped, and when it goes by itself."""

from collections.abc import Sequence
from datetime import timedelta

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from papierbruecke.reconcile.ledger import Zeile
from papierbruecke.ui import texts
from papierbruecke.ui.background import Background
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.fields import Hint, button, label
from papierbruecke.ui.long_work import LongWork, Meter
from papierbruecke.ui.owed import owed_text, owes
from papierbruecke.ui.theme import Ton

STOPPING = "Wird angehalten; was gerade unterwegs ist, wird zu Ende gebracht …"


class Sending(QFrame):
    """The card of the Nachversand. Signals: ``changed`` after anything that lists show."""

    changed = Signal()

    def __init__(self, desk: Desk, background: Background, hint: Hint) -> None:
        """``hint`` is where the page says how it ended, and what somebody must read meanwhile."""
        super().__init__()
        self.setProperty("flaeche", "karte")
        self._desk = desk
        self._background = background
        self._hint = hint
        self._rows: Sequence[Zeile] = ()
        self._kim_in_papier = False
        self.wer = "Empfang"
        self.something = False
        self.owed = label("", "wert", wrap=True, name="nachversand_geschuldet")
        self.work = LongWork(background, "nachversand", stop="Anhalten", stopping=STOPPING, hint=hint)
        self.work.running.connect(self._on_running)
        self.view_button = button("&eAU ansehen …", "ansehen", "still", symbol="suche")
        self.mailbox_button = button("&Postfach", "zum_postfach", "still", symbol="liste")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(lambda: self.start(automatisch=True))
        column = QVBoxLayout()
        column.setSpacing(10)
        column.addWidget(label("Nachversand", "abschnitt"))
        column.addWidget(self.owed)
        column.addWidget(self.work)
        column.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(18, 14, 10, 10)
        row.addLayout(column, 1)
        tools = QVBoxLayout()
        tools.setSpacing(0)
        tools.addWidget(self.view_button)
        tools.addWidget(self.mailbox_button)
        tools.addStretch(1)
        row.addLayout(tools)

    def show_rows(self, rows: Sequence[Zeile], kim_in_papier: bool) -> None:
        """What waits now, in a sentence."""
        self._rows, self._kim_in_papier = rows, kim_in_papier
        text, self.something = owed_text(rows, kim_in_papier)
        self.owed.setText(text)

    @property
    def possible(self) -> bool:
        """Whether there is anything to send or to look after now."""
        return self.something and not self._kim_in_papier and not self.work.is_running

    def start(self, nur: str | None = None, *, automatisch: bool = False) -> None:
        """Send what is owed, or one Beleg; ``automatisch`` keeps to the pauses between attempts."""
        self._timer.stop()
        desk, wer, background = self._desk, self.wer, self._background
        # Before the card terminal asks for the PIN somebody must know for what.
        notice = lambda text: background.post(lambda: self._hint.show_text(text, Ton.ACCENT))

        def work(meter: Meter) -> tuple[str, Ton]:
            def on_progress(done: int, total: int) -> None:
                meter.on_progress(done, total)
                background.post(self.changed.emit)

            result = desk.drain(wer, on_progress, meter.cancel, nur, automatisch, notice)
            return "\n".join(result.short_lines()), Ton.OK if result.finished else Ton.WARN

        self.work.start("send", "Wird gesendet", work, lambda told: told, every_s=0.0)

    def start_after(self, pause: timedelta) -> None:
        """A person declared KIM back: the queue goes by itself, after a pause that each practice draws."""
        if not owes(self._rows):
            return
        self._timer.start(round(pause.total_seconds() * 1000))
        if pause:
            minutes = texts.anzahl(max(round(pause.total_seconds() / 60), 1), "Minute", "Minuten")
            self._hint.show_text(f"Der Nachversand beginnt in {minutes} von selbst. F9 sendet sofort.", Ton.ACCENT)

    def look_after(self) -> None:
        """Every few minutes: fetch confirmations and try again what the rules allow."""
        if owes(self._rows) and not self._kim_in_papier and not self._timer.isActive():
            self.start(automatisch=True)

    def _on_running(self, running: bool) -> None:
        self.owed.setVisible(not running)
        self.changed.emit()
