"""The Lage (F10): what was available when, where the fault sits, what ends soon, and the proof."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from papierbruecke.clock import local
from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.files import write_output
from papierbruecke.outage.answer import erezept_sentence
from papierbruecke.outage.certificates import Inventar
from papierbruecke.outage.model import Ergebnis, Lage, Messung
from papierbruecke.outage.timeline import WORTE, Farbton, Verlauf
from papierbruecke.outage.timeline_table import period, verlauf_file
from papierbruecke.ui import icons, texts
from papierbruecke.ui.background import Background, Failure, failure_text
from papierbruecke.ui.certificate_table import CertificateModel, CertificateView
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.fields import Hint, button, frame, label, scroll_area
from papierbruecke.ui.long_work import LongWork, Meter
from papierbruecke.ui.page import Page
from papierbruecke.ui.stoerung_banner import hotline_sentence
from papierbruecke.ui.theme import Ton, mark
from papierbruecke.ui.timeline_view import TimelineView

PERIODS = (("heute", "Heute"), ("woche", "Woche"), ("monat", "Monat"), ("jahr", "Jahr"))
PLACES = (
    ("Dieser Platz", ("P0", "P1", "P14")),
    ("Router und Internet", ("P2", "P3")),
    ("Konnektor", ("P4", "P5", "P6")),
    ("TI-Zugang", ("P7",)),
    ("Karten und Terminal", ("P8", "P9")),
    ("Dienste der TI", ("P10", "P11")),
    ("KIM-Programm", ("P12",)),
    ("Lagebild der gematik", ("P13",)),
)
"""Where a fault can sit, from the own desk outwards, and which probes look there."""
REPORT_STEPS = 3
_TON = {
    Ergebnis.OK: Ton.OK,
    Ergebnis.FEHLER: Ton.BAD,
    Ergebnis.KEINE_AUSSAGE: Ton.UNKNOWN,
    Ergebnis.UNBEKANNT: Ton.UNKNOWN,
}


class LagePage(QWidget, Page):
    """Signals: ``hotline_wanted`` to copy the sentence for the hotline, ``outages_wanted`` for the year in review."""

    hotline_wanted = Signal()
    outages_wanted = Signal()

    def __init__(self, desk: Desk, background: Background) -> None:
        super().__init__()
        self.setObjectName("lage")
        self._desk = desk
        self._background = background
        self._period = "heute"
        self.ask_path: Callable[[str], str] = self._ask_path
        self.ask_table_path: Callable[[str], str] = self._ask_table_path
        self.picture = TimelineView()
        self.hint = Hint("lage_hinweis", Ton.BAD)
        self._places = QVBoxLayout()
        self._places.setSpacing(9)
        self.sentence = label("", "klein", wrap=True, name="hotline_satz")
        self.certificates = CertificateModel()
        self.table = CertificateView(self.certificates)
        self.watched = label("", "klein")
        self.erezept_button = button("E-&Rezept-Dienst fragen", "erezept_fragen", "neben")
        self.erezept_button.setToolTip("Fragt den Dienst einmal selbst, höchstens alle zehn Minuten.")
        self.erezept_button.clicked.connect(self.ask_erezept)
        self.export_button = button("&Verlauf sichern", "verlauf_sichern", "neben")
        self.export_button.setToolTip("Als Tabelle oder als Datei für andere Programme.")
        self.export_button.clicked.connect(self.save_verlauf)
        self.report_button = button("Störungsbericht sichern", "stoerungsbericht", "haupt", "F9")
        self.report_button.clicked.connect(self.save_report)
        self.work = LongWork(background, "bericht_lauf")
        self.work.running.connect(self.report_button.setDisabled)
        self.year_button = button("&Ausfälle im Jahr", "zu_ausfaellen", symbol="lage")
        self.year_button.clicked.connect(self.outages_wanted)
        self._arrange()

    def _arrange(self) -> None:
        left = frame("karte")
        column = QVBoxLayout(left)
        column.setContentsMargins(18, 14, 14, 12)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(label("Verlauf", "abschnitt"))
        head.addStretch(1)
        for name, text in PERIODS:
            choice = QPushButton(text)
            choice.setObjectName(f"zeitraum_{name}")
            choice.setCheckable(True)
            choice.setAutoExclusive(True)
            choice.setProperty("rang", "wahl")
            choice.setChecked(name == self._period)
            choice.clicked.connect(lambda _=False, wanted=name: self.show_period(wanted))
            head.addWidget(choice)
        column.addLayout(head)
        column.addWidget(scroll_area(self.picture), 1)
        column.addWidget(
            label(
                f"glatt: {WORTE[Farbton.VERFUEGBAR]} · schräg: {WORTE[Farbton.GESTOERT]} · "
                f"senkrecht: {WORTE[Farbton.UNKLAR]} · leer: {WORTE[Farbton.KEINE_MESSUNG]}. "
                "Eigene Messung und Lagebild der gematik.",
                "winzig",
                wrap=True,
            )
        )
        right = frame("karte")
        inner = QVBoxLayout(right)
        inner.setContentsMargins(18, 14, 18, 14)
        inner.setSpacing(10)
        inner.addWidget(label("Woran es liegt", "abschnitt"))
        places = QWidget()
        places.setObjectName("orte")
        places.setLayout(self._places)
        self._places.setContentsMargins(0, 0, 6, 0)
        inner.addWidget(scroll_area(places), 1)
        inner.addWidget(self.erezept_button, 0, Qt.AlignmentFlag.AlignLeft)
        quote = frame("ton", "accent")
        said = QVBoxLayout(quote)
        said.setContentsMargins(12, 8, 8, 6)
        said.setSpacing(2)
        said.addWidget(self.sentence)
        copy = button("Kopieren", "hotline_kopieren", "still", "Ctrl+H", "kopieren")
        copy.clicked.connect(self.hotline_wanted)
        said.addWidget(copy, 0, Qt.AlignmentFlag.AlignRight)
        self._quote = quote
        inner.addWidget(quote)
        bottom = frame("karte")
        cards = QVBoxLayout(bottom)
        cards.setContentsMargins(18, 12, 14, 8)
        cards.setSpacing(4)
        title = QHBoxLayout()
        title.addWidget(label("Zertifikate und Karten", "abschnitt"))
        title.addStretch(1)
        title.addWidget(self.watched)
        cards.addLayout(title)
        cards.addWidget(self.table)
        top = QHBoxLayout()
        top.setSpacing(14)
        top.addWidget(left, 4)
        top.addWidget(right, 3)
        row = QHBoxLayout()
        row.addWidget(
            label(
                "Der Bericht belegt Zeit, Ursache und Zuständigkeit für Hotline, KV und Kasse; ohne Namen.",
                "klein",
                wrap=True,
            ),
            1,
        )
        row.setSpacing(12)
        row.addWidget(self.year_button)
        row.addWidget(self.export_button)
        row.addWidget(self.report_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self.hint)
        layout.addWidget(self.work)
        inside = QWidget()
        inside.setObjectName("rolle")
        stack = QVBoxLayout(inside)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(12)
        stack.addLayout(top, 3)
        stack.addWidget(bottom, 2)
        for card, name in ((left, "verlauf_karte"), (right, "orte_karte"), (bottom, "zertifikate_karte")):
            card.setObjectName(name)
        layout.addWidget(scroll_area(inside), 1)
        layout.addLayout(row)

    # -- now -------------------------------------------------------------------

    def show_lage(self, lage: Lage | None) -> None:
        """Where the fault sits, from the own desk outwards."""
        while (item := self._places.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for place, probes in PLACES:
            answers = [m for m in lage.proben if m.probe in probes] if lage is not None else []
            if answers:
                self._places.addWidget(_place(place, answers))
        if lage is None or not lage.proben:
            self._places.addWidget(label("Es wird gerade geprüft …", "neben"))
        self._places.addStretch(1)
        wrong = lage is not None and lage.diagnose is not None
        self._quote.setVisible(wrong)
        if lage is not None and lage.diagnose is not None:
            self.sentence.setText(f"Für die Hotline: {hotline_sentence(lage, lage.diagnose)}")

    # -- afterwards ------------------------------------------------------------

    def show_period(self, name: str) -> None:
        """Today, the last week, month or year."""
        self._period = name
        self.load()

    def load(self) -> None:
        """Read the stored observations."""
        desk = self._desk
        now = desk.clock.now()
        start, end = period(self._period, now)

        def work() -> tuple[Verlauf, Inventar]:
            back = desk.look_back()
            return back.verlauf(start, end), back.inventory()

        self._background.run("outbox", work, self._on_loaded, self._on_failure)

    def _on_loaded(self, loaded: tuple[Verlauf, Inventar]) -> None:
        verlauf, inventar = loaded
        self.picture.show_verlauf(verlauf)
        self.certificates.show_inventory(inventar)
        count = len(inventar.zertifikate)
        self.watched.setText(f"{count} überwacht" if count else "Noch nichts bekannt: dafür antwortet der Konnektor.")

    def _on_failure(self, failure: Failure) -> None:
        self.hint.show_text(failure_text(failure), Ton.BAD)

    def _ask_path(self, suggestion: str) -> str:
        return QFileDialog.getSaveFileName(self, "Störungsbericht sichern", suggestion, "PDF (*.pdf)")[0]

    def save_report(self) -> None:
        """F9: the evidence of the newest Störung as PDF."""
        desk = self._desk
        path = self.ask_path(f"Stoerungsbericht-{local(desk.clock.now()):%Y-%m-%d}.pdf")
        if path:
            done = (f"Gesichert als {Path(path).name}.", Ton.OK)
            words = "Der Störungsbericht wird erstellt"
            self.work.start("lists", words, lambda meter: _report(desk, Path(path), meter), lambda _: done)

    def _ask_table_path(self, suggestion: str) -> str:
        kinds = "Tabelle (*.csv);;JSON (*.json)"
        path, kind = QFileDialog.getSaveFileName(self, "Verlauf sichern", suggestion, kinds)
        wanted = ".json" if "json" in kind else ".csv"
        return path if not path or Path(path).suffix else f"{path}{wanted}"

    def save_verlauf(self) -> None:
        """The shown period as a table or as JSON: what ``verlauf -o`` writes."""
        desk, now = self._desk, self._desk.clock.now()
        path = self.ask_table_path(f"TI-Verlauf-{self._period}-{local(now):%Y-%m-%d}.csv")
        if not path:
            return
        start, end = period(self._period, now)

        def work() -> None:
            write_output(Path(path), verlauf_file(desk.look_back().verlauf(start, end), path))

        self._background.run("outbox", work, lambda _: self._on_saved(path), self._on_failure)

    def ask_erezept(self) -> None:
        """A person wants to know: one contact with the E-Rezept-Fachdienst, off the window's thread."""
        self.erezept_button.setEnabled(False)
        self._background.run("lists", self._desk.ask_erezept, self._on_erezept, self._on_erezept_failed)

    def _on_erezept(self, lage: Lage) -> None:
        self.erezept_button.setEnabled(True)
        word = next((m for m in lage.proben if (m.probe, m.ziel) == ("P11", "erezept")), None)
        self.hint.show_text(erezept_sentence(lage), _TON[word.ergebnis] if word is not None else Ton.UNKNOWN)

    def _on_erezept_failed(self, failure: Failure) -> None:
        self.erezept_button.setEnabled(True)
        self._on_failure(failure)

    def _on_saved(self, path: str) -> None:
        self.hint.show_text(f"Gesichert als {Path(path).name}.", Ton.OK)

    def main_action(self) -> None:
        """F9: the report."""
        self.save_report()

    def enter(self) -> None:
        """Somebody came to look: read again."""
        self.load()
        self.report_button.setFocus()


def _report(desk: Desk, path: Path, meter: Meter) -> None:
    meter.on_progress(0, REPORT_STEPS)
    known = [stoerung for stoerung in desk.store().stoerungen() if not stoerung.einzelfaelle]
    if not known:
        raise InputRefused(
            (Einwand("stoerung", "Design §2", "Es gab noch keine Störung, über die zu berichten wäre."),)
        )
    lines = desk.store().find(stoerung=known[-1].id)
    back = desk.look_back()
    meter.stop_here()
    meter.on_progress(1, REPORT_STEPS)
    bericht = back.bericht(known[-1], [line.art.value for line in lines], len({line.vorgang for line in lines}))
    meter.stop_here()
    meter.on_progress(2, REPORT_STEPS)
    pdf = back.bericht_pdf(bericht)
    meter.stop_here()  # the file appears whole or not at all
    write_output(path, pdf)


def _place(name: str, answers: Sequence[Messung]) -> QWidget:
    worst = max(answers, key=lambda m: (m.ergebnis is Ergebnis.FEHLER, m.ergebnis is not Ergebnis.OK))
    ton = _TON[worst.ergebnis]
    wrong = [m.befund for m in answers if m.ergebnis is worst.ergebnis and m.befund]
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(10)
    symbol = QLabel()
    symbol.setPixmap(icons.badge(texts.TON_BILD[ton], ton.value, 20))
    words = QVBoxLayout()
    words.setSpacing(0)
    title = label(name, "fett")
    word = {Ton.OK: "in Ordnung", Ton.BAD: "gestört", Ton.UNKNOWN: "keine Aussage"}[ton]
    found = "; ".join(dict.fromkeys(wrong)) if ton is not Ton.OK else ""
    detail = label(f"{word}{f' · {found}' if found else ''}", "klein", wrap=True)
    mark(detail, ton=ton.value if ton is Ton.BAD else "")
    words.addWidget(title)
    words.addWidget(detail)
    row.addWidget(symbol, 0, Qt.AlignmentFlag.AlignTop)
    row.addLayout(words, 1)
    box.setAccessibleName(f"{name}: {detail.text()}")
    return box
