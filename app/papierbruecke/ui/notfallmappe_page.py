"""The Notfallmappe: make it, print it, and type in later what was written on its sheets."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from papierbruecke.clock import local
from papierbruecke.files import write_output
from papierbruecke.record.belegnummer import is_valid
from papierbruecke.ui.background import Background, Failure, failure_text
from papierbruecke.ui.date_entry import HINWEIS, parse_date
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.fields import EnterWalk, Field, Hint, button, frame, label, scroll_area
from papierbruecke.ui.long_work import LongWork, Meter
from papierbruecke.ui.page import Page
from papierbruecke.ui.theme import Ton

if TYPE_CHECKING:
    from papierbruecke.forms.preprinted import Blatt, MappenStand

MAX_SETS = 200
SETS = 10
_AU_PART = "04-krankschreibungen.pdf"
WAS = (
    "Vordrucke für Krankschreibungen und Erfassungsbögen mit Nummern, Ausfüllhilfe für Muster 16, Checklisten, "
    "Telefonliste, Aushang, Merkblätter. Für die Stunde, in der auch dieser Computer ausfällt."
)


class NotfallmappePage(QWidget, Page):
    """Signals: ``sheet_wanted`` carries the ``Blatt`` and the day on which it was filled in."""

    sheet_wanted = Signal(object, object)

    def __init__(self, desk: Desk, background: Background) -> None:
        super().__init__()
        self.setObjectName("notfallmappe")
        self._desk = desk
        self._background = background
        self.wer = "Empfang"
        self.files: dict[str, bytes] = {}
        self.ask_folder: Callable[[], str] = self._ask_folder
        self.state = label("", "gross", wrap=True, name="mappe_stand")
        self.detail = label("", "wert", wrap=True, name="mappe_einzelheiten")
        self.hint = Hint("mappe_hinweis", Ton.WARN)
        self.work = LongWork(background, "mappe_lauf")
        self.work.running.connect(lambda _: self._offer())
        self.sets = Field("&Anzahl der Sätze", "mappe_anzahl", placeholder=str(SETS))
        self.make_button = button("Neue Mappe erstellen", "mappe_erstellen", "haupt", "F9")
        self.make_button.clicked.connect(self.make)
        self.print_button = button("&Drucken", "mappe_drucken", symbol="drucken")
        self.print_button.clicked.connect(self.print_all)
        self.save_button = button("Als PDF &sichern …", "mappe_sichern", symbol="speichern")
        self.save_button.clicked.connect(self.save)
        self.number = Field("&Belegnummer auf dem Blatt", "mappe_nummer", placeholder="tippen oder scannen")
        self.day = Field("&Ausgestellt am", "mappe_tag", placeholder="heute")
        self.capture_button = button("Blatt erfassen", "mappe_erfassen", key="Enter")
        self.capture_button.clicked.connect(self.capture)
        self.found = Hint("mappe_blatt", Ton.BAD)
        self._walk = EnterWalk(self, self.capture)
        self._walk.set_order([self.day.edit, self.number.edit])
        self._arrange()
        self._offer()

    def _arrange(self) -> None:
        left = frame("karte")
        column = QVBoxLayout(left)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(label("Notfallmappe", "abschnitt"))
        column.addWidget(self.state)
        column.addWidget(self.detail)
        column.addWidget(self.hint)
        column.addWidget(self.work)
        column.addWidget(label(WAS, "neben", wrap=True))
        column.addWidget(self.sets)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.print_button)
        row.addWidget(self.save_button)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)
        right = frame("karte")
        inner = QVBoxLayout(right)
        inner.setContentsMargins(20, 16, 20, 16)
        inner.setSpacing(12)
        inner.addWidget(label("Ein ausgefülltes Blatt erfassen", "abschnitt"))
        inner.addWidget(
            label(
                "Nach dem Notfall: jedes beschriebene Blatt hier mit seiner Nummer eintragen. Es wird nur abgelegt, "
                "nicht noch einmal gedruckt.",
                "neben",
                wrap=True,
            )
        )
        inner.addWidget(self.day)
        inner.addWidget(self.number)
        inner.addWidget(self.found)
        inner.addWidget(self.capture_button)
        inner.addStretch(1)
        content = QWidget()
        content.setObjectName("rolle")
        both = QHBoxLayout(content)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(16)
        both.addWidget(left, 3)
        both.addWidget(right, 2)
        bottom = QHBoxLayout()
        text = "Jede Nummer gibt es nur einmal: nicht kopieren. Verbrauchte Vordrucke neu erstellen."
        bottom.addWidget(label(text, "klein", wrap=True), 1)
        bottom.addWidget(self.make_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(scroll_area(content), 1)
        layout.addLayout(bottom)

    # -- state -----------------------------------------------------------------

    def enter(self) -> None:
        """Where the newest Notfallmappe stands; the cursor waits for a number."""
        desk = self._desk
        self._background.run("outbox", desk.mappen_stand, self._on_state, self._on_failure)
        self.number.edit.setFocus()

    def _on_state(self, stand: "MappenStand | None") -> None:
        heute = local(self._desk.clock.now()).date()
        if stand is None:
            self.state.setText("Noch keine Notfallmappe")
            self.detail.setText("Bitte einmal im Quartal erstellen und ausgedruckt an den Empfang legen.")
            return
        late = heute > stand.ersetzen_nach
        self.state.setText("Bitte ersetzen" if late else "Gültig")
        self.detail.setText(
            f"Hergestellt am {stand.hergestellt:%d.%m.%Y} · ersetzen nach {stand.ersetzen_nach:%d.%m.%Y}\n"
            f"{stand.blaetter} nummerierte Blätter, davon {stand.erfasst} erfasst"
        )
        if late:
            text = "Formulare und Ansprechpartner können veraltet sein. Neue Mappe drucken, alte Vordrucke vernichten."
            self.hint.show_text(text, Ton.WARN)

    def _on_failure(self, failure: Failure) -> None:
        self.hint.show_text(failure_text(failure), Ton.BAD)

    # -- make ------------------------------------------------------------------

    def main_action(self) -> None:
        """F9: make a new one."""
        self.make()

    def make(self) -> None:
        """Draw new numbers and the pages; nothing is printed yet."""
        typed = self.sets.text() or str(SETS)
        if not (typed.isascii() and typed.isdigit() and 1 <= int(typed[:4]) <= MAX_SETS):
            self.sets.object_to(f"Möglich sind 1 bis {MAX_SETS} Sätze.")
            self.sets.setFocus()
            return
        if not self.make_button.isEnabled():
            return
        count, desk, wer = int(typed), self._desk, self.wer
        self.hint.show_text("")
        self.work.start(
            "outbox",
            "Die Mappe wird gezeichnet",
            lambda meter: desk.make_notfallmappe(count, wer, on_progress=meter.on_progress),
            self._made,
            unit="Teile",
            can_stop=False,  # its numbers are drawn for good
        )

    def _made(self, files: Mapping[str, bytes]) -> tuple[str, Ton]:
        self.files = dict(files)
        desk = self._desk
        self._background.run("outbox", desk.mappen_stand, self._on_state, self._on_failure)
        return f"{len(self.files)} Teile sind fertig. Jetzt drucken (Alt+D) oder als PDF sichern (Alt+S).", Ton.OK

    def _offer(self) -> None:
        idle = not self.work.is_running
        self.make_button.setEnabled(idle)
        self.print_button.setEnabled(idle and bool(self.files))
        self.save_button.setEnabled(idle and bool(self.files))
        if self.print_button.isEnabled():
            self.print_button.setFocus()

    def print_all(self) -> None:
        """Every part to the printers of white paper; stopping leaves out what is not printed yet, and says so."""
        desk, files = self._desk, dict(self.files)

        def work(meter: Meter) -> int:
            for number, (name, content) in enumerate(files.items()):
                if meter.cancel.is_set():
                    return number
                meter.on_progress(number, len(files))
                desk.print_pages("au" if name == _AU_PART else "ersatzschein", content, f"Notfallmappe {name[:-4]}")
            return len(files)

        def told(parts: int) -> tuple[str, Ton]:
            if parts < len(files):
                return f"Abgebrochen: {parts} von {len(files)} Teilen sind beim Drucker, der Rest nicht.", Ton.WARN
            text = f"{parts} Teile sind beim Drucker. Bitte nachzählen, Telefonliste ausfüllen, an den Empfang legen."
            return text, Ton.OK

        self.work.start("print", "Die Mappe wird gedruckt", work, told, unit="Teile")

    def _ask_folder(self) -> str:
        return QFileDialog.getExistingDirectory(self, "Notfallmappe sichern")

    def save(self) -> None:
        """Every part as a file."""
        folder, files = self.ask_folder(), dict(self.files)
        if not folder:
            return

        def work(meter: Meter) -> int:
            for number, (name, content) in enumerate(files.items()):
                meter.on_progress(number, len(files))
                write_output(Path(folder) / name, content)
            return len(files)

        told = lambda parts: (f"{parts} Dateien sind gesichert. Bitte auch ausdrucken.", Ton.OK)
        self.work.start("print", "Die Mappe wird gesichert", work, told, unit="Dateien")

    # -- capture ---------------------------------------------------------------

    def capture(self) -> None:
        """Enter: look the number up and open its form."""
        heute = local(self._desk.clock.now()).date()
        day = parse_date(self.day.text(), heute) if self.day.text() else heute
        if day is None or day > heute:
            self.day.object_to(HINWEIS if day is None else "Dieser Tag kommt erst noch.")
            self.day.setFocus()
            return
        number, desk = self.number.text(), self._desk
        if not is_valid(number):
            self.number.object_to("Diese Nummer stimmt nicht; bitte noch einmal vom Blatt ablesen.")
            self.number.edit.selectAll()
            return
        self._background.run(
            "outbox", lambda: desk.find_sheet(number), lambda blatt: self._on_sheet(blatt, day), self._on_failure
        )

    def _on_sheet(self, blatt: "Blatt | None", day: object) -> None:
        if blatt is None:
            text = "Dieses Blatt ist von einem anderen Platz. Bitte dort erfassen, wo die Mappe gedruckt wurde."
        elif blatt.erfasst:
            text = f"{blatt.belegnummer} ist schon erfasst. Es steht in der Nachbearbeitung (F8)."
        else:
            self.found.show_text("")
            self.number.set_text("")
            self.sheet_wanted.emit(blatt, day)
            return
        self.found.show_text(text, Ton.WARN)
        self.number.edit.setFocus()
        self.number.edit.selectAll()
