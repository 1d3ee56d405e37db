"""The banner: what is broken and since when, whose job it is, what works, the one next step.

The same on every page, never taller than about 100 px; state is word, symbol and colour.
"""

from collections.abc import Mapping

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from papierbruecke.clock import local
from papierbruecke.outage.incident import Stoerung
from papierbruecke.outage.model import Diagnose, Dienst, DienstZustand, Lage
from papierbruecke.ui import icons, texts, theme
from papierbruecke.ui.announce import announce
from papierbruecke.ui.fields import button, label
from papierbruecke.ui.theme import Ton, mark

UEBUNG_HEIGHT = 22


class ModeLine(QWidget):
    """The line at the very top: pink while anything is on paper, teal online, hatched in a drill."""

    def __init__(self) -> None:
        super().__init__()
        self._paper = False
        self.uebung = False
        self.setFixedHeight(6)

    def show_mode(self, paper: bool, uebung: bool) -> None:
        """Paper or online; drill or real."""
        self._paper, self.uebung = paper, uebung
        self.setFixedHeight(UEBUNG_HEIGHT if uebung else 6)
        self.setAccessibleName("Übung" if uebung else ("Papierbetrieb" if paper else "online"))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """One colour, or the hatch of the drill with its word."""
        look = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.color("paper_line" if self._paper else "accent"))
        if self.uebung:
            hatch(painter, self)


def hatch(painter: QPainter, widget: QWidget) -> None:
    """The pattern of the drill with its word, over the whole width."""
    ink, ground = QColor("#16212B"), QColor("#FFD447")
    painter.fillRect(widget.rect(), ground)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    height = widget.height()
    for left in range(-height, widget.width(), 28):
        painter.drawConvexPolygon(_stripe(left, height))
    font = painter.font()
    font.setPixelSize(13)
    font.setBold(True)
    painter.setFont(font)
    word = "ÜBUNG – nichts hiervon ist echt"
    width = painter.fontMetrics().horizontalAdvance(word) + 32
    box = widget.rect()
    box.setLeft((widget.width() - width) // 2)
    box.setWidth(width)
    painter.fillRect(box, ground)
    painter.setPen(ink)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, word)


def _stripe(left: int, height: int) -> list[QPoint]:
    return [QPoint(left, height), QPoint(left + 12, height), QPoint(left + 12 + height, 0), QPoint(left + height, 0)]


class DienstChip(QFrame):
    """One Dienst: its name, what can be done with it, since when."""

    def __init__(self, dienst: Dienst) -> None:
        super().__init__()
        self.setObjectName(f"dienst_{dienst.value}")
        self.setProperty("flaeche", "chip")
        self._dienst = dienst
        self._symbol = QLabel()
        self._word = label("", "klein")
        self._since = label("", "winzig")
        row = QHBoxLayout()
        row.setSpacing(5)
        row.addWidget(self._symbol)
        row.addWidget(self._word, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 6, 10, 6)
        layout.setSpacing(1)
        layout.addWidget(label(texts.DIENST[dienst], "fett"))
        layout.addLayout(row)
        layout.addWidget(self._since)

    def show_state(self, word: str, ton: Ton, since: str) -> None:
        """Word, symbol, colour, and since when."""
        self._symbol.setPixmap(icons.badge(texts.TON_BILD[ton], ton.value, 16))
        self._word.setText(word)
        self._since.setText(since)
        self._since.setVisible(bool(since))
        mark(self._word, ton=ton.value)
        mark(self, ton="paper" if ton is Ton.PAPER else "")
        self.setAccessibleName(f"{texts.DIENST[self._dienst]}: {word} {since}".strip())

    @property
    def word(self) -> str:
        """What is shown now."""
        return self._word.text()


class TwoLines(QLabel):
    """A sentence on at most two lines; what does not fit is on the page Lage (F10) and in the tool tip."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("stil", "klein")
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setMinimumWidth(120)
        self._whole = ""

    def show_text(self, text: str) -> None:
        """The whole sentence."""
        self._whole = text
        self.setToolTip(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, another cut."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        metrics = self.fontMetrics()
        room = QRect(0, 0, max(self.width(), 120), 10_000)
        limit = metrics.lineSpacing() * 2 + 2
        words = self._whole.split(" ")
        shown = self._whole
        while words and metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), shown).height() > limit:
            words.pop()
            shown = " ".join(words) + " … F10"
        if shown != self.text():
            self.setText(shown)


class StoerungBanner(QFrame):
    """Signals: ``mode_wanted`` when somebody wants to change the Betriebsart."""

    mode_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("banner")
        self.setProperty("flaeche", "banner")
        self._symbol = QLabel()
        self._symbol.setFixedSize(52, 52)
        self._symbol.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.headline = label("", "satz", wrap=True, name="banner_satz")
        self.detail = TwoLines()
        self.detail.setObjectName("banner_massnahme")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        words.addWidget(self.headline)
        words.addWidget(self.detail)
        words.addStretch(1)
        self.chips = {dienst: DienstChip(dienst) for dienst in Dienst}
        self._chip_box = QWidget()
        chips = QHBoxLayout(self._chip_box)
        chips.setContentsMargins(0, 0, 0, 0)
        chips.setSpacing(8)
        for chip in self.chips.values():
            chips.addWidget(chip)
        self.mode_button = button("Betriebsart", "betriebsart", key="F12")
        self.mode_button.clicked.connect(self.mode_wanted)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(20, 6, 20, 6)
        layout.setSpacing(14)
        layout.addWidget(self._symbol)
        layout.addLayout(words, 1)
        layout.addWidget(self._chip_box, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self.mode_button)
        self.show_lage(None, {}, 0)

    def show_lage(self, lage: Lage | None, papier: Mapping[Dienst, Stoerung], waiting: int) -> None:
        """Show the picture of the moment; ``waiting`` counts Belege that still need something."""
        headline, detail, ton = _sentences(lage, papier, waiting)
        if headline != self.headline.text():
            announce(self, f"{headline} {detail}", urgent=ton is Ton.BAD)
        self.headline.setText(headline)
        self.detail.show_text(detail)
        self.setAccessibleName(f"{headline} {detail}")
        self._symbol.setPixmap(
            icons.pixmap({Ton.BAD: "ausruf"}.get(ton, texts.TON_BILD[ton]), ton.value, 32, stroke=2.4)
        )
        look = theme.current()
        self._symbol.setStyleSheet(f"background: {look.color(f'{ton.value}_soft').name()}; border-radius: 12px;")
        for dienst, chip in self.chips.items():
            state = lage.dienste.get(dienst) if lage is not None else None
            zustand = state.zustand if state is not None else DienstZustand.UNKLAR
            word, chip_ton = texts.zustand_wort(dienst, zustand, dienst in papier)
            if lage is None and dienst not in papier:
                word = "wird geprüft"
            begin = papier[dienst].beginn if dienst in papier else (state.seit if state is not None else None)
            quiet = zustand is DienstZustand.VERFUEGBAR and dienst not in papier
            since = "" if begin is None or quiet or lage is None else texts.seit(begin, local(lage.zeit).date())
            chip.show_state(word, chip_ton, since)
        end = bool(papier) and lage is not None and lage.diagnose is None
        self.mode_button.setText("Störung beenden   F12" if end else "Betriebsart   F12")
        mark(self.mode_button, rang="papier" if end else "neben")

    def narrow(self, level: int) -> None:
        """Give way in small windows: 1 = no detail line, 2 = no chips either."""
        self.detail.setVisible(level < 1)
        self._chip_box.setVisible(level < 2)
        self._symbol.setVisible(level < 2)


def _sentences(lage: Lage | None, papier: Mapping[Dienst, Stoerung], waiting: int) -> tuple[str, str, Ton]:
    if lage is None:
        return "Die Verbindung zur TI wird geprüft …", "Formulare lassen sich schon jetzt schreiben.", Ton.UNKNOWN
    if lage.diagnose is not None:
        found = lage.diagnose
        since = texts.seit(found.seit, local(lage.zeit).date())
        more = f" Außerdem: {' '.join(f.satz for f in lage.weitere)}" if lage.weitere else ""
        headline = found.satz.rstrip(".") + (f" – {since}." if since and "seit" not in found.satz else ".")
        return headline, f"{found.massnahme} Zuständig: {found.verantwortlich}.{more}", Ton.BAD
    hints = " ".join(hint.satz for hint in lage.hinweise)
    if papier:
        rest = f"{texts.anzahl(waiting, 'Beleg wartet', 'Belege warten')}. " if waiting else ""
        return "Die TI läuft wieder.", f"{rest}Noch im Papierbetrieb: die Störung beendet ein Mensch. {hints}", Ton.OK
    headline = "Alles läuft." if lage.alles_gut else "Die TI läuft."
    if waiting:
        rest = texts.anzahl(waiting, "Beleg wartet", "Belege warten")
        return headline, f"{rest} noch auf die Nachbearbeitung (F8). {hints}", Ton.OK
    return headline, hints or "Karte, E-Rezept, eAU und ePA sind verfügbar.", Ton.OK


def hotline_sentence(lage: Lage, found: Diagnose) -> str:
    """The evidence in one breath, ready to read out or to paste: technical words, no patient data."""
    facts = "; ".join(f"{m.ziel}: {m.befund or m.ergebnis.value}" for m in lage.proben)
    return f"{local(lage.zeit):%d.%m.%Y %H:%M:%S}: {found.titel} ({found.id}). {found.satz.rstrip('.')}. {facts}"
