"""One part of the set-up on the screen, and the head of the first-run assistant."""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from papierbruecke.settings import Einstellungen
from papierbruecke.ui.fields import Hint, button, label
from papierbruecke.ui.practice_panel import PracticePanel
from papierbruecke.ui.setting_fields import SectionForm
from papierbruecke.ui.setting_parts import PARTS, Part, Section
from papierbruecke.ui.theme import Ton

WIDTH_PX = 1200
WELCOME = (
    "Willkommen. Gebraucht werden nur Praxis und Ärztin oder Arzt; alles andere darf warten und lässt sich "
    "später mit F11 ändern."
)
NEXT = "F9 sichert und geht weiter, „Später“ lässt den Schritt aus, Esc geht zum Empfang."


class PartView(QWidget):
    """Title, fields, tests and panel of one part. Signals: ``test_wanted`` with the name of a test."""

    test_wanted = Signal(str)

    def __init__(self, part: Part, panel: QWidget | None) -> None:
        super().__init__()
        self.setObjectName("rolle")
        self.part = part
        self.panel = panel
        self.forms: dict[str, SectionForm] = {}
        self._practice = panel if isinstance(panel, PracticePanel) else None
        self.result = Hint(f"{part.name}_ergebnis", Ton.OK)
        body = QWidget()
        body.setMaximumWidth(WIDTH_PX)
        # Beside a stretch, not below each other: only so the height is asked for the width that it gets.
        row_of_all = QHBoxLayout(self)
        row_of_all.setContentsMargins(0, 0, 12, 0)
        row_of_all.addWidget(body, 1)
        row_of_all.addStretch(0)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.addWidget(label(part.title, "gross"))
        column.addWidget(label(part.why, "neben", wrap=True))
        if self._practice is not None:
            column.addWidget(self._practice)
            self.forms |= self._practice.forms
        for section in part.sections:
            form = self.forms[section.name] = SectionForm(section.model, section.name, only=section.only)
            if section.heading:
                column.addWidget(label(section.heading, "abschnitt"))
            column.addWidget(form)
        if part.tests:
            row = QVBoxLayout()  # below each other: side by side they need more width than large text leaves
            row.setSpacing(8)
            for name, words in part.tests:
                test = button(words, f"pruefen_{name}")
                test.clicked.connect(partial(self._wish, name))
                row.addWidget(test, 0, Qt.AlignmentFlag.AlignLeft)
            column.addLayout(row)
        column.addWidget(self.result)
        if panel is not None and self._practice is None:
            column.addWidget(panel)
        column.addStretch(1)

    def _wish(self, name: str, _: bool = False) -> None:
        self.test_wanted.emit(name)

    def editors(self) -> list[QWidget]:
        """The widgets to type in, in writing order."""
        return [field.editor.focusProxy() or field.editor for form in self.forms.values() for field in form.fields]

    def show_values(self, settings: Einstellungen) -> None:
        """Show what is stored."""
        for section in self.part.sections:
            self.forms[section.name].show_values(getattr(settings, section.path) if section.path else settings)

    def write(self, document: dict[str, Any]) -> None:
        """Put what was typed into the document of all settings."""
        for section in self.part.sections:
            target = document[section.path] if section.path else document
            target |= self.forms[section.name].document()

    def form_objections(self) -> dict[str, str]:
        """What has the wrong form, by path."""
        return {
            _path(section, name): text
            for section in self.part.sections
            for name, text in self.forms[section.name].form_objections().items()
        }

    def object_to(self, found: dict[str, str]) -> QWidget | None:
        """Show objections at their fields; returns the first field of this part that has one."""
        first: QWidget | None = None
        if self._practice is not None and (wrong_list := self._practice.object_to(found)) is not None:
            first = next((field.editor for field in wrong_list.form.fields if field.objection), None)
        for section in self.part.sections:
            form = self.forms[section.name]
            mine = {field.name: found[path] for field in form.fields if (path := _path(section, field.name)) in found}
            wrong = form.object_to(mine)
            first = first or (wrong[0].editor if wrong else None)
        return first


def _path(section: Section, name: str) -> str:
    return f"{section.path}.{name}" if section.path else name


class SetupSteps(QWidget):
    """Where the first-run assistant is: words, steps, what the keys do. Hidden while it does not lead."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("assistent")
        self._order = [at for at, part in enumerate(PARTS) if part.first]
        self.active = False
        self.where = label("", "fett", name="assistent_schritt")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, len(self._order))
        self.bar.setAccessibleName("Schritte der Einrichtung")
        self.words = label("", "neben", wrap=True, name="assistent_worte")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 12, 0)
        layout.setSpacing(6)
        layout.addWidget(self.where)
        layout.addWidget(self.bar)
        layout.addWidget(self.words)
        layout.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.hide()

    def set_active(self, on: bool) -> None:
        """Begin or end."""
        self.active = on
        self.setVisible(on)

    def show_step(self, index: int) -> None:
        """The part with this index is shown."""
        if not self.active:
            return
        done = sum(at < index for at in self._order)
        self.where.setText(f"Schritt {done + 1} von {len(self._order)}")
        self.bar.setValue(done + 1)
        self.words.setText(f"{WELCOME} {NEXT}" if not done else NEXT)

    def after(self, index: int) -> int | None:
        """The part that follows; None after the last one."""
        return next((at for at in self._order if at > index), None)
