"""Several of one kind in the set-up: doctors, Betriebsstätten. One form, a row to choose from, add, remove."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from papierbruecke.ui.fields import Hint, button, label
from papierbruecke.ui.mnemonics import ZEILENWEISE
from papierbruecke.ui.setting_fields import SectionForm
from papierbruecke.ui.setting_words import ANGABEN
from papierbruecke.ui.theme import Ton

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """What the list is of. ``key`` is the number that tells them apart (LANR, BSNR)."""

    prefix: str
    model: type[BaseModel]
    title: str
    key: str
    add: str
    remove: str
    twice: str  # objection at the key when two have the same
    shown: Callable[[Entry], str]


def cleaned(entry: Entry) -> Entry:
    """Empty fields that need not be there are not there."""
    return {key: (value or None) if not ANGABEN[key].must else value for key, value in entry.items()}


def is_empty(entry: Entry) -> bool:
    """Whether nobody typed anything here; a chosen position alone is nothing."""
    return not any(value for key, value in entry.items() if key != "qualifikation")


class EntryList(QWidget):
    """Doctors or places of this practice. The form shows one; nothing is stored before F9.

    Signals: ``changed`` after every change, ``number_left`` when somebody ended typing a number,
    ``remove_wanted`` with the key of the one to remove (the page asks the open Belege first).
    """

    changed = Signal()
    number_left = Signal()
    remove_wanted = Signal(str)

    def __init__(self, kind: Kind) -> None:
        super().__init__()
        self.kind = kind
        self._empty: Entry = {name: None if not ANGABEN[name].must else "" for name in kind.model.model_fields}
        self._entries: list[Entry] = [dict(self._empty)]
        self._at = 0
        self._buttons: list[QPushButton] = []
        self.form = SectionForm(kind.model, kind.prefix)
        self.form.changed.connect(self._on_changed)
        for name in (kind.key, "plz"):
            for field in self.form.fields:
                if field.name == name:
                    field.left.connect(self.number_left)
        self.add_button = button(kind.add, f"{kind.prefix}_neu")
        self.add_button.clicked.connect(self.add)
        self.remove_button = button(kind.remove, f"{kind.prefix}_entfernen", "still")
        self.remove_button.clicked.connect(self._on_remove)
        self.hint = Hint(f"{kind.prefix}_hinweis", Ton.WARN)
        self._choices = QHBoxLayout()
        self._choices.setSpacing(6)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.add_button)
        head.addWidget(self.remove_button)
        head.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(label(kind.title, "abschnitt"))
        layout.addLayout(self._choices)
        layout.addWidget(self.hint)
        layout.addWidget(self.form)
        layout.addLayout(head)
        self._show()

    def show_values(self, stored: Sequence[BaseModel]) -> None:
        """Show what is stored; the same one stays in front where it still exists."""
        before = self._entries[self._at].get(self.kind.key)
        self._entries = [model.model_dump(mode="json") for model in stored] or [dict(self._empty)]
        keys = [entry[self.kind.key] for entry in self._entries]
        self._at = keys.index(before) if before in keys else 0
        self._show()

    def entries(self) -> list[Entry]:
        """What was typed, in order; forms that were left empty are not there."""
        self._entries[self._at] = cleaned(self.form.document())
        return [entry for entry in self._entries if not is_empty(entry)]

    def choose(self, at: int) -> None:
        """Turn to another one; what was typed is kept."""
        self._entries[self._at] = cleaned(self.form.document())
        self._at = at
        self._show()

    def add(self) -> None:
        """One more; an empty form that is there already is used first."""
        self._entries[self._at] = cleaned(self.form.document())
        blank = next((at for at, entry in enumerate(self._entries) if is_empty(entry)), None)
        if blank is None:
            self._entries.append(dict(self._empty))
            blank = len(self._entries) - 1
        self._at = blank
        self._show()
        self.form.fields[0].editor.setFocus()
        self.changed.emit()

    def _on_remove(self) -> None:
        self.remove_wanted.emit(str(self.form.field(self.kind.key).value() or ""))

    def remove(self) -> None:
        """Take the shown one out; the file changes with F9."""
        gone = self.kind.shown(self.form.document())
        del self._entries[self._at]
        self._entries = self._entries or [dict(self._empty)]
        self._at = min(self._at, len(self._entries) - 1)
        self._show()
        self.hint.show_text(f"{gone} ist herausgenommen. F9 sichert das.", Ton.ACCENT)
        self.changed.emit()

    def refuse_removal(self, belege: Sequence[str]) -> None:
        """Unfinished Belege need the shown one: say which."""
        named = ", ".join(belege[:3]) + (" …" if len(belege) > 3 else "")
        count = "Ein Beleg ist" if len(belege) == 1 else f"{len(belege)} Belege sind"
        self.hint.show_text(
            f"Bleibt: {count} noch nicht erledigt und nennen diese Nummer ({named}). "
            "Bitte zuerst in der Nachbearbeitung (F8) erledigen.",
            Ton.WARN,
        )

    def object_to(self, found: Mapping[str, str], path: str) -> bool:
        """Show objections (``praxis.aerzte[1].lanr``) at their fields; True if there is one here."""
        self.entries()
        kept = [at for at, entry in enumerate(self._entries) if not is_empty(entry)] or [0]
        names = tuple(self.kind.model.model_fields)
        mine = {
            at: {name: text for name in names if (text := found.get(f"{path}[{number}].{name}"))}
            for number, at in enumerate(kept)
        }
        wrong = next((at for at, objections in mine.items() if objections), None)
        if wrong is not None and not mine.get(self._at):
            self.choose(wrong)
        self.form.object_to(mine.get(self._at, {}))
        return wrong is not None

    def _on_changed(self) -> None:
        if self._at < len(self._buttons):
            self._buttons[self._at].setText(self._name(self.form.document()))
        self.changed.emit()

    def _name(self, entry: Entry) -> str:
        return (self.kind.shown(entry) or "neu").replace("&", "&&")

    def _show(self) -> None:
        self.form.blockSignals(True)
        for field in self.form.fields:
            field.show_value(self._entries[self._at].get(field.name))
        self.form.blockSignals(False)
        self.form.object_to({})
        self.hint.show_text("")
        for old in self._buttons:
            old.hide()
            old.deleteLater()
        while self._choices.takeAt(0) is not None:
            pass
        self._buttons = []
        for at, entry in enumerate(self._entries):
            choice = QPushButton(self._name(entry))
            choice.setObjectName(f"{self.kind.prefix}_wahl_{at}")
            choice.setCheckable(True)
            choice.setChecked(at == self._at)
            choice.setAutoExclusive(True)
            choice.setProperty("rang", "wahl")
            choice.setProperty(ZEILENWEISE, f"{self.kind.prefix}_wahl")  # arrows go on from there
            choice.clicked.connect(lambda _=False, number=at: self.choose(number))
            self._choices.addWidget(choice)
            choice.setVisible(len(self._entries) > 1)
            self._buttons.append(choice)
        self._choices.addStretch(1)
        self.remove_button.setEnabled(not (len(self._entries) == 1 and is_empty(self._entries[0])))
