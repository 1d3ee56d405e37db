"""Paper that got lost or damaged: a reason, and for a Muster 16 the doctor's word (design §4, §8).

A lost prescription becomes a new sheet with a new number; everything else is the same stored
pages again, of an AU only the copies that are needed (TA eAU P6-02 AK4). Where people have
accounts the doctor gives the PIN at this desk.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.outbox.model import Uebersicht, Zustand
from papierbruecke.record.model import BelegArt
from papierbruecke.ui import texts
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.fields import Choice, EnterWalk, Field, button, frame, label, scroll_area
from papierbruecke.ui.login_page import login_text
from papierbruecke.vault.users import PRAXIS, Angemeldet, Benutzer, Recht

GRUENDE = ("verloren gegangen", "beschädigt", "nicht lesbar")
AUSFERTIGUNGEN = {
    "kk": "für die &Krankenkasse",
    "v": "für die &versicherte Person",
    "ag": "für den Ar&beitgeber",
}
_AGAIN = frozenset({Zustand.GEDRUCKT, Zustand.DOKUMENTIERT, Zustand.SIGNIERT, Zustand.GESENDET, Zustand.ZUGESTELLT})


def can_reprint(line: Uebersicht) -> bool:
    """Whether this paper exists and may be needed a second time."""
    return line.zustand in _AGAIN and line.art in (BelegArt.REZEPT, BelegArt.AU, BelegArt.ERSATZSCHEIN)


class CopyChoice(QWidget):
    """Which copies of an AU; at first all three."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("nachdruck_ausfertigungen")
        self.boxes = {name: QCheckBox(text) for name, text in AUSFERTIGUNGEN.items()}
        self._objection = label("✕ Bitte mindestens eine Ausfertigung wählen.", "einwand", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(label("Ausfertigung", "abschnitt"))
        for name, box in self.boxes.items():
            box.setObjectName(f"nachdruck_{name}")
            box.setAccessibleName(f"Ausfertigung {box.text().replace('&', '')}")
            box.toggled.connect(self._objection.hide)
            layout.addWidget(box)
        layout.addWidget(self._objection)

    def reset(self) -> None:
        """All three again."""
        for box in self.boxes.values():
            box.setChecked(True)
        self._objection.hide()

    def chosen(self) -> tuple[str, ...]:
        """The chosen copies: ``kk``, ``v``, ``ag``."""
        return tuple(name for name, box in self.boxes.items() if box.isChecked())

    @property
    def objection(self) -> str:
        """The objection that is shown now."""
        return self._objection.text() if self._objection.isVisibleTo(self) else ""

    def object_to_none(self) -> None:
        """Say that nothing would be printed."""
        self._objection.show()
        self.boxes["kk"].setFocus()


class ReprintPanel(QWidget):
    """Signals: ``wanted`` when everything is filled in, ``closed`` to go back."""

    wanted = Signal()
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("nachdruck")
        self.line: Uebersicht | None = None
        self._benutzer: Benutzer = PRAXIS
        self._doctors: list[Benutzer] = []
        self.title = label("", "fett", wrap=True)
        self.what = label("", "neben", wrap=True)
        self.reason = Choice("&Grund", "nachdruck_grund", [(text, text) for text in GRUENDE])
        self.copies = CopyChoice()
        self.doctor = Choice("&Ärztin oder Arzt", "nachdruck_arzt", [])
        self.pin = Field("&PIN der Ärztin oder des Arztes", "nachdruck_pin")
        self.pin.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin.edit.setMaxLength(12)
        self.name = Field("&Freigegeben von", "nachdruck_name", placeholder="Name der Ärztin oder des Arztes")
        self.go = button("Noch einmal drucken", "nachdruck_los", "haupt", "F9")
        self.go.clicked.connect(self.submit)
        away = button("Abbrechen", "nachdruck_abbrechen", "still", "Esc")
        away.clicked.connect(self.closed)
        inner = QWidget()
        inner.setObjectName("rolle")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        for widget in (self.title, self.what, self.reason, self.copies, self.doctor, self.pin, self.name):
            column.addWidget(widget)
        column.addStretch(1)
        card = frame("karte")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(18, 16, 14, 14)
        inside.setSpacing(12)
        self._area = scroll_area(inner)
        inside.addWidget(self._area, 1)
        inside.addWidget(self.go)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(away)
        inside.addLayout(row)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(card)
        self._walk = EnterWalk(self, self.submit)
        boxes = self.copies.boxes.values()
        self._walk.set_order([self.reason.combo, *boxes, self.doctor.combo, self.pin.edit, self.name.edit])
        self.hide()

    def set_people(self, benutzer: Benutzer, users: list[Benutzer]) -> None:
        """Who works here now, and which doctors can agree."""
        self._benutzer = benutzer
        self._doctors = [user for user in users if user.may(Recht.NACHDRUCK_MUSTER16)]
        self.doctor.set_options([(user.kuerzel, f"{user.kuerzel} · {user.name}") for user in self._doctors])

    def open(self, line: Uebersicht) -> None:
        """Ask for this Beleg."""
        self.line = line
        pink = line.art is BelegArt.REZEPT
        self.title.setText(f"{texts.ART[line.art]} {line.belegnummer} noch einmal")
        self.what.setText(
            "Es entsteht ein neues Blatt mit neuer Nummer. Das erste gilt nicht mehr: taucht es auf, bitte vernichten. "
            "Das entscheidet die Ärztin oder der Arzt."
            if pink
            else "Es werden dieselben Seiten noch einmal gedruckt."
        )
        self.copies.reset()
        self.copies.setVisible(line.art is BelegArt.AU)
        signed_in = self._benutzer != PRAXIS
        agrees = signed_in and self._benutzer.may(Recht.NACHDRUCK_MUSTER16)
        self.doctor.setVisible(pink and signed_in and not agrees)
        self.pin.setVisible(pink and signed_in and not agrees)
        self.name.setVisible(pink and not signed_in)
        self.pin.set_text("")
        self.name.set_text("")
        self.show()
        self.reason.combo.setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> None:
        """F9: everything there?"""
        for field, text in (
            (self.name, "Bitte eintragen, wer das freigegeben hat."),
            (self.pin, "Bitte die PIN eingeben."),
        ):
            if field.isVisibleTo(self) and not field.text():
                field.object_to(text)
                field.setFocus()
                return
        if self.copies.isVisibleTo(self) and not self.copies.chosen():
            self.copies.object_to_none()
            self._area.ensureWidgetVisible(self.copies)
            return
        self.wanted.emit()

    def work(self, desk: Desk, wer: str) -> Callable[[], tuple[Uebersicht, ...]] | None:
        """For a prescription: judge the doctor's word and make the new sheet (runs in a lane)."""
        line, grund = self.line, self.grund
        if line is None or line.art is not BelegArt.REZEPT:
            return None
        asks_pin, doctor, pin = self.pin.isVisibleTo(self), self.doctor.value() or "", self.pin.text()
        named = self.name.text() if self.name.isVisibleTo(self) else self._benutzer.kuerzel

        def replace() -> tuple[Uebersicht, ...]:
            if asks_pin:
                outcome = desk.users().release(doctor, pin, Recht.NACHDRUCK_MUSTER16)
                if not isinstance(outcome, Angemeldet):
                    raise InputRefused((Einwand("freigabe", "Design §4", login_text(outcome)),))
            return (desk.replace_beleg(line.kennung, wer, grund, doctor if asks_pin else named),)

        return replace

    @property
    def ausfertigungen(self) -> tuple[str, ...]:
        """The chosen copies of an AU; empty for other paper."""
        return self.copies.chosen() if self.copies.isVisibleTo(self) else ()

    @property
    def grund(self) -> str:
        """The chosen reason."""
        return self.reason.value() or GRUENDE[0]
