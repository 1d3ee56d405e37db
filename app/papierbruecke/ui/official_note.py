"""A BtM or T medicine never goes on Muster 16: note the official form that the doctor wrote by hand."""

from collections.abc import Callable, Sequence
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from papierbruecke.errors import Einwand
from papierbruecke.outbox.model import Uebersicht
from papierbruecke.record.model import RezeptEingabe, VermerkAngaben, VermerkEingabe
from papierbruecke.ui.background import Background, Failure, failure_text
from papierbruecke.ui.fields import Field, Hint, button
from papierbruecke.ui.theme import Ton

Formular = Literal["btm", "t_rezept"]
_REGELN: dict[str, Formular] = {"AVWG P3-730 AK2": "btm", "AVWG P3-730 AK3": "t_rezept"}


class OfficialNote(QWidget):
    """Stands below the objections while a medicine needs an official form."""

    def __init__(self, note: Callable[[VermerkEingabe], Uebersicht], background: Background) -> None:
        super().__init__()
        self.setObjectName("amtlich")
        self._note = note
        self._background = background
        self._formular: Formular | None = None
        self._rezept: Callable[[], RezeptEingabe] | None = None
        self.number = Field("Nummer des amtlichen &Formulars", "amtlich_nummer", placeholder="von Hand ausgestellt")
        self.note_button = button("Je&tzt vermerken", "amtlich_vermerken", symbol="hand")
        self.note_button.clicked.connect(self.press)
        self.hint = Hint("amtlich_hinweis", Ton.OK)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.number, 1)
        row.addWidget(self.note_button, 0, Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self.hint)
        self.hide()

    def judge(self, found: Sequence[Einwand], rezept: Callable[[], RezeptEingabe]) -> None:
        """Show it if one of these objections asks for an official form; ``rezept`` tells who and by whom."""
        self._formular = next((_REGELN[each.regel] for each in found if each.regel in _REGELN), None)
        self._rezept = rezept
        self.setVisible(self._formular is not None)

    def press(self) -> None:
        """Note who got it, from whom and on which form; nothing of the medicines."""
        number = self.number.text().strip()
        self.number.object_to(None if number else "Bitte die Nummer eintragen, die auf dem Formular steht.")
        if not number or self._formular is None or self._rezept is None:
            self.number.setFocus()
            return
        rezept = self._rezept()
        shared = {name: getattr(rezept, name) for name in type(rezept).model_fields if name != "rezept"}
        angaben = VermerkAngaben(formular=self._formular, nummer=number[:20])
        eingabe = VermerkEingabe(**shared, vermerk=angaben)
        self._background.run("outbox", lambda: self._note(eingabe), self._on_noted, self._on_failure)

    def _on_noted(self, line: Uebersicht) -> None:
        self.number.set_text("")
        self.hint.show_text(f"Vermerkt als {line.belegnummer}. Dieses Mittel hier bitte löschen.", Ton.OK)

    def _on_failure(self, failure: Failure) -> None:
        self.hint.show_text(failure_text(failure), Ton.BAD)
