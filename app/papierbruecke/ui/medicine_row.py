"""One line of a prescription: medicine, PZN, dosage; number and aut idem for the rare case."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from papierbruecke.record.model import (
    Dosierung,
    FreitextPosition,
    KeineDosierung,
    PznPosition,
    Verordnung,
)
from papierbruecke.record.suggestion_model import Mittel, mittel_of
from papierbruecke.ui.background import Background
from papierbruecke.ui.fields import Field, label
from papierbruecke.ui.mnemonics import ZEILENWEISE
from papierbruecke.ui.search_as_typed import SearchAsTyped

NOTHING = "rezept.nichts"
"""The place of the objection that nothing is prescribed yet: the first line."""
OHNE = "keine"
"""Typed as dosage: explicitly none, because the medicine is handed over in the practice (AVWG P3-625)."""


class MedicineRow(QWidget):
    """One medicine. Chosen from the list it is printed as it stands there; typed without PZN, as written.

    Signals: ``changed`` after every change.
    """

    changed = Signal()

    def __init__(self, index: int, background: Background, search: Callable[[str], Sequence[Mittel]]) -> None:
        super().__init__()
        self.index = index
        self._chosen: Mittel | None = None
        first = index == 0
        hint = "Mittel, Stärke, Form, Packung" if first else f"{index + 1} · Mittel, oder Enter zum Drucken"
        self.mittel = Field("&Mittel", f"mittel_{index}", placeholder=hint, show_label=first)
        self.pzn = Field("&PZN", f"pzn_{index}", placeholder="PZN", show_label=first)
        self.dosierung = Field("&Dosierung", f"dosierung_{index}", placeholder="1-0-0 oder Dj", show_label=first)
        self.anzahl = Field("Anza&hl", f"anzahl_{index}", show_label=first)
        self.anzahl.edit.setText("1")
        self.aut_idem = QCheckBox("aut &idem" if first else "aut idem")
        self.aut_idem.setProperty(ZEILENWEISE, "aut_idem")
        self.aut_idem.setObjectName(f"aut_idem_{index}")
        self.aut_idem.setToolTip("Ankreuzen heißt: Austausch gegen ein anderes Mittel ausgeschlossen.")
        self.aut_idem.setAccessibleName(f"aut idem ausschließen, Zeile {index + 1}")
        self.fields = (self.mittel, self.pzn, self.dosierung, self.anzahl)
        for field, width in ((self.pzn, "pzn"), (self.dosierung, "dosierung"), (self.anzahl, "anzahl")):
            field.edit.setProperty("breite", width)
            field.changed.connect(self.changed)
        for field in self.fields:
            field.join_tab_order()
            field.tells_itself = False
            field.objected.connect(self._tell)
        self.mittel.changed.connect(self.changed)
        self.aut_idem.toggled.connect(lambda _: self.changed.emit())
        self.known = SearchAsTyped(self.mittel, background, search, _line, "Mittel dieser Praxis")
        self.known.chosen.connect(self._take)
        self._objection = label("", "einwand", wrap=True, name=f"zeile_{index}_einwand")
        self._objection.hide()
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(8)
        layout.setVerticalSpacing(4)
        layout.setColumnStretch(0, 1)
        for column, field in enumerate(self.fields):
            layout.addWidget(field, 0, column, Qt.AlignmentFlag.AlignBottom)
        layout.addWidget(self.aut_idem, 0, len(self.fields), Qt.AlignmentFlag.AlignBottom)
        layout.addWidget(self._objection, 1, 0, 1, len(self.fields) + 1)
        self.move_to(None)

    def _tell(self) -> None:
        """One line under the medicine says what its fields object to."""
        found = [field.objection for field in self.fields if field.objection]
        self._objection.setText(f"✕ {' '.join(found)}" if found else "")
        self._objection.setVisible(bool(found))

    def _take(self, mittel: Mittel) -> None:
        """What was chosen, with everything the list knows of it; the dosage is still to be written."""
        self._chosen = mittel
        self.mittel.set_text(mittel.zeile)
        self.pzn.set_text(mittel.pzn or "")
        self.dosierung.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def take_again(self, position: Verordnung) -> None:
        """The same as the last time, also dosage and number; the doctor looks at it and says so."""
        mittel = mittel_of(position)
        if mittel is None:  # a Rezeptur is made for one occasion
            return
        self._take(mittel)
        dosierung = position.dosierung
        self.dosierung.set_text(OHNE if isinstance(dosierung, KeineDosierung) else dosierung or "")
        self.anzahl.set_text(str(position.anzahl))
        self.aut_idem.setChecked(position.aut_idem_ausgeschlossen)

    @property
    def chosen(self) -> Mittel | None:
        """The entry of the list, as long as nobody changed a letter of it."""
        same = self._chosen is not None and (self.mittel.text(), self.pzn.text()) == (
            self._chosen.zeile,
            self._chosen.pzn or "",
        )
        return self._chosen if same else None

    @property
    def empty(self) -> bool:
        """Nothing was typed here."""
        return not (self.mittel.text() or self.pzn.text() or self.dosierung.text())

    def move_to(self, position: int | None) -> None:
        """Which item of the input this line is now; None while nothing is written in it."""
        place = f"rezept.positionen[{position}]"
        written_freely = not self.pzn.text() and (self.chosen is None or self.chosen.form == "freitext")
        self.mittel.pfad = f"{place}.text" if written_freely else f"{place}.name"
        self.pzn.pfad, self.dosierung.pfad, self.anzahl.pfad = f"{place}.pzn", f"{place}.dosierung", f"{place}.anzahl"
        if position is None:
            self.pzn.pfad = self.dosierung.pfad = self.anzahl.pfad = ""
            self.mittel.pfad = NOTHING if self.index == 0 else ""

    def anzahl_value(self) -> int | None:
        """The number of packs, None if it is not 1 to 99."""
        text = self.anzahl.text() or "1"
        return int(text) if text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= 99 else None

    def position(self, art: str) -> Verordnung:
        """The item that was typed."""
        shared: dict[str, Any] = {
            "anzahl": self.anzahl_value() or 1,
            "dosierung": self._dosierung(art),
            "aut_idem_ausgeschlossen": self.aut_idem.isChecked(),
        }
        if self.chosen is not None:
            return self.chosen.position().model_copy(update=shared)
        if self.pzn.text():
            return PznPosition(form="pzn", name=self.mittel.text(), pzn=self.pzn.text().replace(" ", ""), **shared)
        return FreitextPosition(form="freitext", text=self.mittel.text(), **shared)

    def _dosierung(self, art: str) -> Dosierung | None:
        text = self.dosierung.text()
        if not text:
            return KeineDosierung(keine="sprechstundenbedarf") if art == "sprechstundenbedarf" else None
        if text.lower() == OHNE:
            return KeineDosierung(keine="uebergabe")
        return "dj" if text.lower() == "dj" else text

    def clear(self) -> None:
        """Empty the line."""
        for field in self.fields[:3]:
            field.set_text("")
        self.anzahl.set_text("1")
        self.aut_idem.setChecked(False)
        self._chosen = None

    def draft(self) -> list[str]:
        """What was typed or chosen, to be kept."""
        chosen = self.chosen.model_dump_json() if self.chosen is not None else ""
        return [field.text() for field in self.fields] + ["x" if self.aut_idem.isChecked() else "", chosen]

    def restore(self, kept: list[str]) -> None:
        """Bring back what was kept."""
        for field, text in zip(self.fields, kept, strict=False):
            field.set_text(text)
        aut_idem, chosen = kept[len(self.fields) :]
        self.aut_idem.setChecked(aut_idem == "x")
        self._chosen = Mittel.model_validate_json(chosen) if chosen else None


def _line(mittel: Mittel) -> str:
    return f"{mittel.zeile} · PZN {mittel.pzn}" if mittel.pzn else mittel.zeile
