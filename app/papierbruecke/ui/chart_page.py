"""A page that is one picture: shown, saved as PDF or PNG, printed."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from papierbruecke.clock import local
from papierbruecke.files import write_output
from papierbruecke.ui.background import Background, Failure, failure_text
from papierbruecke.ui.chart_view import Chart, ChartView, chart_area, chart_pdf, chart_png
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.fields import Hint, button, frame, label
from papierbruecke.ui.page import Page
from papierbruecke.ui.theme import Ton


class ChartPage(QWidget, Page):
    """Signals: ``back_wanted`` to return to the page that opened this one."""

    back_wanted = Signal()

    def __init__(
        self, desk: Desk, background: Background, name: str, title: str, note: str, *, landscape: bool
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self._desk = desk
        self._background = background
        self._title = title
        self._landscape = landscape
        self._chart: Chart | None = None
        self.ask_path: Callable[[str], str] = self._ask_path
        self.hint = Hint(f"{name}_hinweis", Ton.BAD)
        self.view = ChartView(f"{name}_bild", title)
        self.area = chart_area(self.view)
        self.save_button = button("Als PDF oder Bild sichern", f"{name}_sichern", "haupt", "F9")
        self.save_button.clicked.connect(self.save)
        self.print_button = button("&Drucken", f"{name}_drucken", symbol="drucken")
        self.print_button.clicked.connect(self.print_chart)
        self.back_button = button("Zurück", f"{name}_zurueck", key="Esc")
        self.back_button.clicked.connect(self.back_wanted)
        self.head = QHBoxLayout()
        self.head.setSpacing(8)
        self.head.addWidget(label(note, "klein", wrap=True), 1)
        card = frame("karte")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(18, 14, 14, 12)
        inside.setSpacing(10)
        inside.addLayout(self.head)
        inside.addWidget(self.area, 1)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addStretch(1)
        for made in (self.back_button, self.print_button, self.save_button):
            made.setEnabled(made is self.back_button)
            row.addWidget(made)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self.hint)
        layout.addWidget(card, 1)
        layout.addLayout(row)

    def show_chart(self, chart: Chart, description: str) -> None:
        """A new picture, ready to be saved and printed."""
        self._chart = chart
        self.view.show_chart(chart, description)
        self.save_button.setEnabled(True)
        self.print_button.setEnabled(True)

    def file_name(self) -> str:
        """What the file is called if nobody says otherwise; never a patient."""
        return f"{self._title}-{local(self._desk.clock.now()):%Y-%m-%d}.pdf"

    def _ask_path(self, suggestion: str) -> str:
        kinds = "PDF (*.pdf);;Bild (*.png)"
        return QFileDialog.getSaveFileName(self, f"{self._title} sichern", suggestion, kinds)[0]

    def pdf(self, chart: Chart) -> bytes:
        """The picture on pages; touches no widget, so any lane may draw it."""
        foot = f"Papierbrücke · {self._title} · erstellt am {local(self._desk.clock.now()):%d.%m.%Y, %H:%M} Uhr"
        uebung = self._desk.uebung
        return chart_pdf(chart, title=self._title, foot=foot, uebung=uebung, landscape=self._landscape)

    def save(self) -> None:
        """F9: as PDF, or as an image if the name ends in ``.png``."""
        chart = self._chart
        path = self.ask_path(self.file_name()) if chart is not None else ""
        if chart is None or not path:
            return
        uebung, image = self._desk.uebung, Path(path).suffix.lower() == ".png"
        work = lambda: write_output(Path(path), chart_png(chart, uebung=uebung) if image else self.pdf(chart))
        done = lambda _: self.hint.show_text(f"Gesichert als {Path(path).name}.", Ton.OK)
        self._background.run("print", work, done, self._on_failure)

    def print_chart(self) -> None:
        """Alt+D: on the printer for white paper."""
        desk, title, chart = self._desk, self._title, self._chart
        if chart is None:
            return
        work = lambda: desk.print_pages("ersatzschein", self.pdf(chart), title)
        done = lambda _: self.hint.show_text("An den Drucker gegeben.", Ton.OK)
        self._background.run("print", work, done, self._on_failure)

    def _on_failure(self, failure: Failure) -> None:
        self.hint.show_text(failure_text(failure), Ton.BAD)

    def enter(self) -> None:
        """The picture has the keys: arrows and page keys scroll it."""
        self.hint.show_text("")
        self.area.setFocus()

    def main_action(self) -> None:
        """F9."""
        self.save()
