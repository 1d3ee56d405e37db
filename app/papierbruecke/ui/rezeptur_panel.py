"""A Rezeptur that the pharmacy makes: name and amount, what goes in, container, preparation, use."""

from itertools import pairwise
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from papierbruecke.errors import Einwand
from papierbruecke.record.model import Bestandteil, RezepturPosition
from papierbruecke.ui.fields import EnterWalk, Field, button, label

MAX_BESTANDTEILE = 12  # more do not fit on a sheet, however short
ALLEIN = "Steht allein auf einem eigenen Blatt; statt der Dosierung die Gebrauchsanweisung."


class RezepturPanel(QWidget):
    """Above the medicines while somebody writes one. Nothing typed: it is no part of the prescription.

    Signals: ``changed`` after every change, ``left`` when Enter ends it, ``dropped`` when it is left out.
    Source: AVWG V5.8 K3-723 (what stands on the sheet, and alone), P3-625 (no dosage mark).
    """

    changed = Signal()
    left = Signal()
    dropped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("rezeptur")
        self.name = Field("Name der Rezeptur", "rezeptur_name", placeholder="Salicylsäure-Salbe 5 %")
        self.menge = Field("Menge", "rezeptur_menge", placeholder="100 g")
        self.darreichung = Field("Form", "rezeptur_form", placeholder="Salbe")
        self.anzahl = Field("Anzahl", "rezeptur_anzahl")
        self.anzahl.edit.setText("1")
        self.gefaess = Field("Gefäß", "rezeptur_gefaess", placeholder="Tube")
        self.zubereitung = Field("Zubereitung", "rezeptur_zubereitung", placeholder="M. f. ungt.")
        self.gebrauch = Field("Gebrauchsanweisung", "rezeptur_gebrauch", placeholder="2 x täglich dünn auftragen")
        self.btm = QCheckBox("enthält ein Betäubungsmittel")
        self.btm.setObjectName("rezeptur_btm")
        self.btm.toggled.connect(lambda _: self.changed.emit())
        self.bestandteile: list[tuple[Field, Field]] = []
        self._rest = (self.gefaess, self.zubereitung, self.gebrauch)
        self._ends = (self.name, self.menge, self.darreichung, self.anzahl, *self._rest)
        for field in (*self._ends,):
            field.changed.connect(self.changed)
        for field, width in ((self.menge, "dosierung"), (self.darreichung, "dosierung"), (self.anzahl, "anzahl")):
            field.edit.setProperty("breite", width)
        self.drop_button = button("Rezeptur weglassen", "rezeptur_weglassen", "still")
        self.drop_button.clicked.connect(self._drop)
        self._walk = EnterWalk(self, self.left.emit)
        self._arrange()
        self._add()
        self.move_to(0)
        self.hide()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(label("Rezeptur", "abschnitt"))
        head.addWidget(label(ALLEIN, "klein", wrap=True), 1)
        head.addWidget(self.drop_button)
        self._parts = QVBoxLayout()
        self._parts.setSpacing(4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 8)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addLayout(_row((self.name, 1), (self.menge, 0), (self.darreichung, 0), (self.anzahl, 0)))
        layout.addLayout(self._parts)
        layout.addLayout(_row((self.gefaess, 1), (self.zubereitung, 2)))
        layout.addWidget(self.gebrauch)
        layout.addWidget(self.btm)

    def _add(self) -> None:
        """One more ingredient; there is always an empty one to write in."""
        at = len(self.bestandteile)
        name = Field("Bestandteil", f"bestandteil_{at}", placeholder=f"{at + 1}. Bestandteil", show_label=at == 0)
        menge = Field("Menge", f"bestandteil_menge_{at}", placeholder="5,0 g", show_label=at == 0)
        name.edit.setAccessibleName(f"Bestandteil {at + 1}")
        menge.edit.setAccessibleName(f"Menge von Bestandteil {at + 1}")
        menge.edit.setProperty("breite", "dosierung")
        for field in (name, menge):
            field.changed.connect(self._on_part)
            field.join_tab_order()
        self.bestandteile.append((name, menge))
        self._parts.addLayout(_row((name, 1), (menge, 0)))
        for field in (name, menge):
            field.show()  # at once, so that Enter finds it
        if at:
            self._walk.leave_by(name.edit, lambda: self._leave_empty(name))
        parts = (edit.edit for pair in self.bestandteile for edit in pair)
        first = (self.name.edit, self.menge.edit, self.darreichung.edit)
        self._walk.set_order([*first, *parts, *(field.edit for field in self._rest)])
        if self.isVisible():
            self._order_tabs()

    def _order_tabs(self) -> None:
        """In writing order; holds only once the panel is in its window."""
        parts = (field for pair in self.bestandteile for field in pair)
        lines = (self.name, self.menge, self.darreichung, self.anzahl, *parts, *self._rest)
        for before, after in pairwise((self.drop_button, *(field.edit for field in lines), self.btm)):
            QWidget.setTabOrder(before, after)

    def _leave_empty(self, name: Field) -> bool:
        """Enter in an empty line behind the last ingredient: on to the container."""
        if name.text():
            return False
        self.gefaess.edit.setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def _on_part(self) -> None:
        if any(field.text() for field in self.bestandteile[-1]) and len(self.bestandteile) < MAX_BESTANDTEILE:
            self._add()
        self.move_to(self._at)
        self.changed.emit()

    def _drop(self) -> None:
        self.clear()
        self.dropped.emit()

    def open(self) -> None:
        """Show it; the cursor goes to its name."""
        self.show()
        self._order_tabs()
        self.name.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def move_to(self, position: int) -> None:
        """Which item of the input it is."""
        self._at = position
        place = f"rezept.positionen[{position}]"
        words = ("name", "menge", "darreichung", "anzahl", "gefaess", "zubereitung", "gebrauch")
        for field, word in zip(self._ends, words, strict=True):
            field.pfad = f"{place}.{word}"
        for at, (name, menge) in enumerate(self._written()):
            name.pfad, menge.pfad = (f"{place}.bestandteile[{at}].{word}" for word in ("name", "menge"))
        for name, menge in self.bestandteile:
            if not (name.text() or menge.text()):
                name.pfad = menge.pfad = ""
        if not self._written():
            self.bestandteile[0][0].pfad = f"{place}.bestandteile[0].name"

    def _written(self) -> list[tuple[Field, Field]]:
        return [(name, menge) for name, menge in self.bestandteile if name.text() or menge.text()]

    @property
    def controls(self) -> tuple[Field, ...]:
        """Every field that an objection may point to."""
        return (*self._ends, *(field for pair in self.bestandteile for field in pair))

    @property
    def empty(self) -> bool:
        """Nothing was typed here."""
        return not any(field.text() for field in self.controls if field is not self.anzahl)

    def _count(self) -> int | None:
        text = self.anzahl.text() or "1"
        return int(text) if text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= 99 else None

    def unreadable(self) -> list[Einwand]:
        """A number that is none; no ingredient at all."""
        found = []
        if self._count() is None:
            found.append(Einwand(self.anzahl.pfad, "Eingabe", "Bitte 1 bis 99."))
        if not self._written():
            place = f"rezept.positionen[{self._at}].bestandteile"
            found.append(Einwand(f"{place}[0].name", "AVWG K3-723", "Die Bestandteile der Rezeptur fehlen."))
            found.append(Einwand(place, "AVWG K3-723", ""))
        return found

    def position(self) -> RezepturPosition:
        """The item that was typed."""
        return RezepturPosition(
            form="rezeptur",
            name=self.name.text(),
            menge=self.menge.text(),
            darreichung=self.darreichung.text() or None,
            anzahl=self._count() or 1,
            bestandteile=tuple(Bestandteil(name=name.text(), menge=menge.text()) for name, menge in self._written()),
            gefaess=self.gefaess.text() or None,
            zubereitung=self.zubereitung.text() or None,
            gebrauch=self.gebrauch.text() or None,
            betaeubungsmittel=self.btm.isChecked(),
        )

    def clear(self) -> None:
        """Empty and away."""
        for field in self.controls:
            field.set_text("1" if field is self.anzahl else "")
        self.btm.setChecked(False)
        self.hide()

    def draft(self) -> dict[str, Any]:
        """What was typed, to be kept; empty if nothing was."""
        if self.empty:
            return {}
        return {
            "felder": [field.text() for field in self._ends],
            "bestandteile": [[name.text(), menge.text()] for name, menge in self._written()],
            "btm": self.btm.isChecked(),
        }

    def restore(self, kept: dict[str, Any]) -> None:
        """Bring back what was kept."""
        if not kept:
            return
        for field, text in zip(self._ends, kept["felder"], strict=True):
            field.set_text(text)
        for at, texts in enumerate(kept["bestandteile"]):
            for field, text in zip(self.bestandteile[at], texts, strict=True):  # each makes the next one
                field.set_text(text)
        self.btm.setChecked(kept["btm"])
        self.show()


def _row(*fields: tuple[Field, int]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for field, share in fields:
        row.addWidget(field, share, Qt.AlignmentFlag.AlignTop)
    return row
