"""Betriebsart (F12): per Dienst, paper or online. Entering and leaving are a person's decision.

A panel inside the window; what is half-typed below it stays as it is.
"""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from papierbruecke.outage.incident import Stoerung
from papierbruecke.outage.model import Dienst, DienstZustand, Lage
from papierbruecke.ui import texts, theme
from papierbruecke.ui.fields import Field, Hint, button, label, scroll_area
from papierbruecke.ui.mnemonics import TASTE
from papierbruecke.ui.mode_change import Change
from papierbruecke.ui.page import Page
from papierbruecke.ui.theme import Ton, mark


class ModePanel(QFrame, Page):
    """Which Dienste are on paper from now on?

    Signals: ``wanted`` carries a ``Change``; ``closed`` without change.
    """

    wanted = Signal(object)
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("betriebsart_tafel")
        self.setProperty("flaeche", "karte")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._before: frozenset[Dienst] = frozenset()
        self.paper: dict[Dienst, QPushButton] = {}
        self.online: dict[Dienst, QPushButton] = {}
        self._words = {dienst: label("", "klein") for dienst in Dienst}
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(2, 1)
        for row, dienst in enumerate(Dienst):
            number = label(str(row + 1), "taste")
            grid.addWidget(number, row, 0, Qt.AlignmentFlag.AlignVCenter)
            words = QVBoxLayout()
            words.setSpacing(0)
            words.addWidget(label(texts.DIENST[dienst], "fett"))
            words.addWidget(self._words[dienst])
            grid.addLayout(words, row, 1)
            grid.addWidget(label(texts.DIENST_SATZ[dienst], "klein", wrap=True), row, 2)
            grid.addWidget(self._switch(dienst, str(row + 1)), row, 3)
        self.reason = Field("&Grund (für den Bericht, ohne Namen)", "betriebsart_grund", placeholder="freiwillig")
        self.hint = Hint("betriebsart_hinweis", Ton.ACCENT)
        self.apply_button = button("Übernehmen", "betriebsart_uebernehmen", "haupt", "F9")
        self.apply_button.clicked.connect(self.apply)
        self.close_button = button("Nichts ändern", "betriebsart_schliessen", key="Esc")
        self.close_button.clicked.connect(self.closed)
        row_layout = QHBoxLayout()
        row_layout.setSpacing(8)
        row_layout.addStretch(1)
        row_layout.addWidget(self.close_button)
        row_layout.addWidget(self.apply_button)
        inner = QWidget()
        inner.setMaximumWidth(theme.current().px(920))
        room = QWidget()
        room.setObjectName("rolle")
        middle = QHBoxLayout(room)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.addWidget(inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll_area(room), 1)
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(14)
        layout.addWidget(label("Betriebsart", "gross"))
        layout.addWidget(
            label(
                "Papier nur dort, wo es wirklich gebraucht wird. Halb Geschriebenes bleibt stehen.", "neben", wrap=True
            )
        )
        layout.addLayout(grid)
        layout.addWidget(self.reason)
        layout.addWidget(self.hint)
        layout.addStretch(1)
        row_layout.setContentsMargins(24, 0, 24, 16)
        outer.addLayout(row_layout)

    def _switch(self, dienst: Dienst, key: str) -> QWidget:
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        group = QButtonGroup(box)
        for target, text, name in ((self.online, "online", "online"), (self.paper, "Papier", "papier")):
            made = QPushButton(text)
            made.setObjectName(f"{name}_{dienst.value}")
            made.setAccessibleName(f"{texts.DIENST[dienst]}: {text}")
            made.setCheckable(True)
            made.setAutoDefault(False)
            made.setMinimumWidth(92)
            made.setProperty("rang", "wahl")
            made.setProperty(TASTE, key)
            if name == "papier":
                made.setProperty("ton", "paper")
            made.toggled.connect(self._explain)
            group.addButton(made)
            row.addWidget(made)
            target[dienst] = made
        return box

    def open(self, lage: Lage | None, papier: Mapping[Dienst, Stoerung]) -> None:
        """Show the choice: what is on paper stays chosen, what is broken now is proposed."""
        self._before = frozenset(papier)
        broken = {d for d, s in lage.dienste.items() if s.zustand is DienstZustand.GESTOERT} if lage else set()
        works = lage is not None and not broken and lage.diagnose is None
        for dienst in Dienst:
            on_paper = dienst in papier
            propose = (on_paper and not works) or (not on_paper and dienst in broken)
            (self.paper if propose else self.online)[dienst].setChecked(True)
            state = lage.dienste.get(dienst) if lage else None
            word, ton = texts.zustand_wort(dienst, state.zustand if state else DienstZustand.UNKLAR, on_paper)
            self._words[dienst].setText(word)
            mark(self._words[dienst], ton=ton.value)
        self.reason.set_text("")
        self._explain()
        self.setFocus()

    def _chosen(self) -> frozenset[Dienst]:
        return frozenset(dienst for dienst, made in self.paper.items() if made.isChecked())

    def _explain(self) -> None:
        chosen = self._chosen()
        to_paper = [texts.DIENST[d] for d in Dienst if d in chosen - self._before]
        to_online = [texts.DIENST[d] for d in Dienst if d in self._before - chosen]
        parts = []
        if to_paper:
            parts.append(f"Ab jetzt auf Papier: {', '.join(to_paper)}.")
        if to_online:
            parts.append(f"Wieder online: {', '.join(to_online)}. Danach lässt sich nachsenden (F8).")
        self.hint.show_text(" ".join(parts) or "Es ändert sich nichts.", Ton.ACCENT)

    def apply(self) -> None:
        """F9: hand over what changes."""
        chosen = self._chosen()
        self.wanted.emit(Change(chosen - self._before, self._before - chosen, self.reason.text() or None))

    def main_action(self) -> None:
        """F9: take over."""
        self.apply()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """1 to 4 switch a Dienst, Enter takes over."""
        dienste = list(Dienst)
        if event.text() in {"1", "2", "3", "4"} and not event.isAutoRepeat():
            dienst = dienste[int(event.text()) - 1]
            target = self.online if self.paper[dienst].isChecked() else self.paper
            target[dienst].setChecked(True)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.apply()
        else:
            super().keyPressEvent(event)
