"""Fee, marks and kind of a prescription: what stands in the column beside the pink sheet."""

from itertools import pairwise
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from papierbruecke.ui.fields import Choice, label

ARTEN = (
    ("arzneimittel", "Arzneimittel"),
    ("hilfsmittel", "Hilfsmittel"),
    ("sprechstundenbedarf", "Sprechstundenbedarf"),
    ("diga", "DiGA"),
)
MARKS = (
    ("noctu", "noctu"),
    ("unfall", "Unfall"),
    ("sonstige", "Sonstige"),
    ("impfstoff", "Impfstoff (8)"),
    ("begruendungspflicht", "Begr.-Pflicht"),
    ("ser", "SER (6)"),
)


class RezeptMarks(QWidget):
    """The boxes at the left edge of the form and above the pharmacy's part.

    Signals: ``changed`` after every change, ``unfolds`` when other fields are needed or no longer needed.
    """

    changed = Signal()
    unfolds = Signal()

    def __init__(self, issuer: QWidget) -> None:
        super().__init__()
        self.setObjectName("rolle")
        self._fee_by_hand = False
        self.pflichtig = QRadioButton("pflichtig")
        self.frei = QRadioButton("frei")
        self.pflichtig.setObjectName("gebuehr_pflichtig")
        self.frei.setObjectName("gebuehr_frei")
        self.pflichtig.setAccessibleName("Gebühr pflichtig")
        self.frei.setAccessibleName("Gebühr frei")
        self.pflichtig.setChecked(True)
        group = QButtonGroup(self)
        group.addButton(self.pflichtig)
        group.addButton(self.frei)
        group.buttonClicked.connect(self._on_fee)
        self.boxes = {name: QCheckBox(text) for name, text in MARKS}
        for name, box in self.boxes.items():
            box.setObjectName(f"merkmal_{name}")
            box.toggled.connect(lambda _: self.changed.emit())
        self.arbeitsunfall = QCheckBox("Arbeitsunfall")
        self.arbeitsunfall.setObjectName("merkmal_arbeitsunfall")
        self.arbeitsunfall.toggled.connect(lambda _: self.unfolds.emit())
        self.art = Choice("&Art", "rezept_art", ARTEN)
        self.art.changed.connect(self.unfolds)
        self._arrange(issuer)

    def _arrange(self, issuer: QWidget) -> None:
        fee = QHBoxLayout()
        fee.setSpacing(2)
        fee.addWidget(self.pflichtig)
        fee.addWidget(self.frei)
        fee.addStretch(1)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(1)
        marked = QVBoxLayout()
        marked.setSpacing(1)
        marked.addWidget(label("Gebühr", "abschnitt"))
        marked.addLayout(fee)
        marked.addSpacing(2)
        marked.addWidget(label("Kennzeichen", "abschnitt"))
        marked.addLayout(self._grid)
        chosen = QVBoxLayout()
        chosen.setSpacing(4)
        chosen.addWidget(self.art)
        chosen.addWidget(issuer)
        chosen.addStretch(1)
        marked.addStretch(1)
        self._side = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._side.setContentsMargins(0, 0, 4, 0)
        self._side.addLayout(marked)
        self._side.addLayout(chosen, 1)
        self.lie_flat(False)
        for before, after in pairwise((self.frei, *self.boxes.values(), self.arbeitsunfall, self.art.combo)):
            self.setTabOrder(before, after)

    def lie_flat(self, flat: bool) -> None:
        """Boxes two by two and the choices beside them: all in sight where the window is wide but not high."""
        for at, box in enumerate((*self.boxes.values(), self.arbeitsunfall)):
            self._grid.addWidget(box, at // 2 if flat else at, at % 2 if flat else 0)
        self._side.setDirection(QBoxLayout.Direction.LeftToRight if flat else QBoxLayout.Direction.TopToBottom)
        self._side.setSpacing(16 if flat else 4)

    def _on_fee(self) -> None:
        self._fee_by_hand = True
        self.changed.emit()

    def suggest_fee(self, free: bool) -> None:
        """What the age says, unless somebody said otherwise."""
        if not self._fee_by_hand:
            (self.frei if free else self.pflichtig).setChecked(True)

    @property
    def gebuehr(self) -> str:
        """The fee box that is marked."""
        return "frei" if self.frei.isChecked() else "pflichtig"

    def flags(self) -> dict[str, bool]:
        """Every mark by its name in the input."""
        return {name: box.isChecked() for name, box in self.boxes.items()}

    def clear(self) -> None:
        """Nothing marked, a medicine, the fee open to the age."""
        for box in (*self.boxes.values(), self.arbeitsunfall):
            box.setChecked(False)
        self.art.choose("arzneimittel")
        self._fee_by_hand = False

    @property
    def empty(self) -> bool:
        """Whether nothing was marked."""
        return not any(box.isChecked() for box in (*self.boxes.values(), self.arbeitsunfall))

    def draft(self) -> dict[str, Any]:
        """What was chosen, to be kept."""
        return {
            "merkmale": [name for name, on in self.flags().items() if on],
            "gebuehr": self.gebuehr if self._fee_by_hand else "",
            "arbeitsunfall": self.arbeitsunfall.isChecked(),
            "art": self.art.value(),
        }

    def restore(self, draft: dict[str, Any]) -> None:
        """Bring back what was kept."""
        for name in draft["merkmale"]:
            self.boxes[name].setChecked(True)
        self.arbeitsunfall.setChecked(bool(draft["arbeitsunfall"]))
        self.art.choose(draft["art"])
        if draft["gebuehr"]:
            self._fee_by_hand = True
            (self.frei if draft["gebuehr"] == "frei" else self.pflichtig).setChecked(True)
