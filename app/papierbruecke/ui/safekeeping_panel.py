"""Backups in the set-up: make one now, and prove that it can be brought back."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from papierbruecke.clock import local
from papierbruecke.ui.background import Background, Failure, failure_text
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.fields import button, label
from papierbruecke.ui.long_work import LongWork, Meter
from papierbruecke.ui.theme import Ton

if TYPE_CHECKING:
    from papierbruecke.vault.backup import Sicherung

BACK = (
    "Zurückholen geht nur ohne offenes Fenster, mit dem Befehl „papierbruecke sicherung zurueckholen“. "
    "Das macht am besten der IT-Betreuer."
)


class SafekeepingPanel(QWidget):
    """What backups there are, "Jetzt sichern", "Neueste prüfen"."""

    def __init__(self, desk: Desk, background: Background) -> None:
        super().__init__()
        self._desk = desk
        self._background = background
        self.newest = label("", "wert", wrap=True, name="sicherung_neueste")
        self.make = button("&Jetzt sichern", "sicherung_anlegen")
        self.make.clicked.connect(self.back_up)
        self.check = button("Neueste &prüfen", "sicherung_pruefen")
        self.check.clicked.connect(self.rehearse)
        self.work = LongWork(background, "sicherung_lauf")
        for each in (self.make, self.check):
            self.work.running.connect(each.setDisabled)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.make)
        row.addWidget(self.check)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self.newest)
        layout.addLayout(row)
        layout.addWidget(self.work)
        layout.addWidget(label(BACK, "neben", wrap=True))

    def enter(self) -> None:
        """Read which backups there are."""
        desk = self._desk
        self._background.run("lists", lambda: desk.safekeeping().backups(), self._on_list, self._on_failure)

    def _on_list(self, backups: "list[Sicherung]") -> None:
        if not backups:
            self.newest.setText("Noch keine Sicherung. Sie entsteht täglich von selbst, sobald etwas abgelegt ist.")
            return
        count = "eine Sicherung" if len(backups) == 1 else f"{len(backups)} Sicherungen"
        self.newest.setText(f"Neueste: {_named(backups[0])}. Insgesamt {count}.")

    def _on_failure(self, failure: Failure) -> None:
        self.newest.setText(failure_text(failure))

    def back_up(self) -> None:
        """Make one now; the desk goes on working meanwhile."""
        desk = self._desk

        def work(meter: Meter) -> "Sicherung":
            return desk.safekeeping().backup("von Hand", on_progress=meter.on_progress, cancel=meter.cancel)

        def told(made: "Sicherung") -> tuple[str, Ton]:
            self.enter()
            return f"Die Sicherung {_named(made)} ist vollständig.", Ton.OK

        self.work.start("lists", "Wird gesichert", work, told, unit="Dateien")

    def rehearse(self) -> None:
        """Bring the newest back into a temporary folder and compare; nothing here changes."""
        desk = self._desk

        def work(meter: Meter) -> "tuple[Sicherung | None, list[str]]":
            safe = desk.safekeeping()
            newest = next(iter(safe.backups()), None)
            if newest is None:
                return None, []
            return newest, safe.rehearse(newest, on_progress=meter.on_progress, cancel=meter.cancel)

        def told(found: "tuple[Sicherung | None, list[str]]") -> tuple[str, Ton]:
            newest, findings = found
            if newest is None:
                return "Es gibt noch keine Sicherung.", Ton.WARN
            if findings:
                return f"Bitte eine neue anlegen und den IT-Betreuer rufen: {findings[0]}", Ton.BAD
            return f"Die Sicherung {_named(newest)} lässt sich zurückholen und stimmt mit dem Speicher überein.", Ton.OK

        self.work.start("lists", "Wird probeweise zurückgeholt", work, told, unit="Dateien")


def _named(sicherung: "Sicherung") -> str:
    return f"vom {local(sicherung.zeit):%d.%m.%Y, %H:%M} Uhr"
