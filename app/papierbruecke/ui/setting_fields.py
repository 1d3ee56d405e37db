"""Entry fields made from a declared settings table: label, help, type, bounds, lists, default.

The tables are ``settings.py`` and the models in it; nothing is declared twice. Values that
cannot be typed in one line (certificates, address books) have no field here.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from papierbruecke.declared import extra
from papierbruecke.record.read_input import field_path
from papierbruecke.ui import theme
from papierbruecke.ui.fields import Choice, Field, button, label
from papierbruecke.ui.setting_words import ANGABEN, FIXED_LISTS, MISSING, NOTHING_CHOSEN, WORDS, Angabe

_TEXTS = {
    "int_parsing": "Bitte eine ganze Zahl.",
    "int_type": "Bitte eine ganze Zahl.",
    "float_parsing": "Bitte eine Zahl, zum Beispiel 1,5.",
    "greater_than_equal": "Der Wert ist zu klein; möglich ist ab {ge}.",
    "less_than_equal": "Der Wert ist zu groß; möglich ist bis {le}.",
    "missing": "Diese Angabe fehlt.",
}
_FORM = "Das hat nicht die erwartete Form."
_NUMBER = (int, float)
TWO_COLUMNS_PX = 660


def _bare(annotation: Any) -> tuple[Any, bool]:
    """The type without ``None``, and whether ``None`` was allowed."""
    if get_origin(annotation) in (Union, UnionType):
        kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
        return (kinds[0] if len(kinds) == 1 else str), len(kinds) < len(get_args(annotation))
    return annotation, False


class SettingField(QWidget):
    """One declared value. Signals: ``changed`` after every change, ``left`` when somebody ended typing here."""

    changed = Signal()
    left = Signal()

    def __init__(self, name: str, info: FieldInfo, prefix: str) -> None:
        super().__init__()
        self.name = name
        self.kind, self.optional = _bare(info.annotation)
        self.names = extra(info, "namen")
        angabe = ANGABEN.get(name, Angabe(name))
        self._entry = extra(info, "eingabe") or angabe.form
        self.help = info.description or angabe.hint
        unit = extra(info, "einheit")
        title = (info.title or angabe.label).replace("&", "&&") + (f" ({unit})" if unit else "")
        where = f"{prefix}_{name}"
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        self.editor: Field | Choice | QCheckBox
        self.browse: QPushButton | None = None
        options = self._options()
        if self.kind is bool:
            box = QCheckBox(title)
            box.setObjectName(where)
            box.setAccessibleName(title.replace("&", ""))
            box.toggled.connect(lambda _: self.changed.emit())
            self.editor = box
        elif options:
            self.editor = Choice(title, where, options)
            self.editor.changed.connect(self.changed)
        else:
            self.editor = Field(title, where)
            if info.repr is False:
                self.editor.edit.setEchoMode(QLineEdit.EchoMode.Password)
            self.editor.edit.editingFinished.connect(self.left)
            self.editor.changed.connect(self.changed)
        if self.names == "ordner":
            layout.addLayout(self._with_dialog(title, where))
        else:
            layout.addWidget(self.editor)
        if self.help:
            layout.addWidget(label(self.help, "winzig", wrap=True))

    @staticmethod
    def can_show(info: FieldInfo) -> bool:
        """Whether this value fits into one line."""
        kind, _ = _bare(info.annotation)
        simple = kind in (str, int, float, bool) or get_origin(kind) is Literal
        return simple or kind == tuple[str, ...] or (isinstance(kind, type) and issubclass(kind, StrEnum))

    def _with_dialog(self, title: str, where: str) -> QHBoxLayout:
        self.ask_folder: Callable[[], str] = lambda: QFileDialog.getExistingDirectory(self, title.replace("&", ""))
        browse = self.browse = button("Wählen …", f"{where}_waehlen")
        browse.setAccessibleName(f"{title.replace('&', '')} wählen")
        browse.clicked.connect(self._on_browse)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.editor, 1)
        row.addWidget(browse, 0, Qt.AlignmentFlag.AlignBottom)
        return row

    def _on_browse(self) -> None:
        chosen = self.ask_folder()
        if chosen:
            self.show_value(chosen)
            self.left.emit()

    def _options(self) -> list[tuple[str | None, str]]:
        if self.names in FIXED_LISTS:
            return self._listed(FIXED_LISTS[self.names])
        if self.names in NOTHING_CHOSEN:
            return self._listed({})
        if get_origin(self.kind) is Literal:
            values = [str(value) for value in get_args(self.kind)]
        elif isinstance(self.kind, type) and issubclass(self.kind, StrEnum):
            values = [member.value for member in self.kind]
        else:
            return []
        shown: list[tuple[str | None, str]] = [(value, WORDS.get(value, value)) for value in values]
        return [(None, "–"), *shown] if self.optional else shown

    def _listed(self, names: Mapping[str, str]) -> list[tuple[str | None, str]]:
        nothing = NOTHING_CHOSEN.get(self.names)
        empty: list[tuple[str | None, str]] = [(None, nothing)] if nothing else []
        return [*empty, *names.items()]

    def offer(self, names: Sequence[str]) -> None:
        """What this computer names now; what is chosen stays chosen, and says so if it is not among them."""
        assert isinstance(self.editor, Choice)
        kept = self.editor.value()
        self.editor.combo.blockSignals(True)  # the list is new, the choice is not
        self.editor.set_options(self._listed({name: name for name in names}))
        self.editor.combo.blockSignals(False)
        self._choose(self.editor, kept)

    def _choose(self, editor: Choice, value: str | None) -> None:
        if value and value not in editor.values:
            editor.add_option(value, f"{value} · {MISSING}" if self.names else value)
        editor.choose(value or None)

    def show_value(self, value: Any) -> None:
        """Show what is stored."""
        if isinstance(self.editor, QCheckBox):
            self.editor.setChecked(bool(value))
        elif isinstance(self.editor, Choice):
            self._choose(self.editor, None if value is None else str(value))
        elif isinstance(value, (tuple, list)):
            self.editor.set_text(", ".join(value))
        elif isinstance(value, float):
            self.editor.set_text(f"{value:g}".replace(".", ","))
        else:
            self.editor.set_text("" if value is None else str(value))

    def value(self) -> Any:
        """What was typed, ready for the table's own check."""
        if isinstance(self.editor, QCheckBox):
            return self.editor.isChecked()
        if isinstance(self.editor, Choice):
            chosen = self.editor.value()
            numbers = get_origin(self.kind) is Literal and isinstance(get_args(self.kind)[0], int)
            if chosen is None:
                return None if self.optional else ""
            return int(chosen) if numbers else chosen
        text = self.editor.text()
        if self.kind == tuple[str, ...]:
            return [part.strip() for part in text.split(",") if part.strip()]
        if self.kind is float:
            return text.replace(",", ".")
        return None if not text and self.optional else text

    def form_objection(self) -> str | None:
        """What is wrong with the form of what was typed, or None; empty is never wrong here."""
        value = self.value()
        if self._entry and value and not re.fullmatch(self._entry, str(value)):
            return f"{_FORM} {self.help}".strip()
        return None

    def object_to(self, text: str | None) -> None:
        """Show what is wrong with it, at the field."""
        if not isinstance(self.editor, QCheckBox):
            self.editor.object_to(f"{_FORM} {self.help}".strip() if text == _FORM else text)

    @property
    def objection(self) -> str:
        """What is shown now."""
        return "" if isinstance(self.editor, QCheckBox) else self.editor.objection


class SectionForm(QWidget):
    """All values of one table, in their declared order. Signals: ``changed`` after every change."""

    changed = Signal()

    def __init__(self, model: type[BaseModel], prefix: str, *, only: Sequence[str] | None = None) -> None:
        super().__init__()
        self.prefix = prefix
        self.fields: list[SettingField] = []
        self._columns = 0
        self._grid = layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(16)
        layout.setVerticalSpacing(12)
        layout.setColumnStretch(0, 1)
        for name, info in model.model_fields.items():
            if (only is None or name in only) and SettingField.can_show(info):
                field = SettingField(name, info, prefix)
                field.changed.connect(self.changed)
                self.fields.append(field)
        self._arrange(2)

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        self._grid.setColumnStretch(1, columns - 1)
        for place, field in enumerate(self.fields):
            self._grid.removeWidget(field)
            self._grid.addWidget(field, place // columns, place % columns)
            self._grid.setAlignment(field, Qt.AlignmentFlag.AlignTop)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two columns where the words have room, else one."""
        super().resizeEvent(event)
        self._arrange(2 if self.width() >= theme.current().px(TWO_COLUMNS_PX) else 1)

    def field(self, name: str) -> SettingField:
        """The field of this value."""
        return next(field for field in self.fields if field.name == name)

    def show_values(self, value: BaseModel) -> None:
        """Show what is stored."""
        for field in self.fields:
            field.show_value(getattr(value, field.name))

    def document(self) -> dict[str, Any]:
        """What was typed."""
        return {field.name: field.value() for field in self.fields}

    def form_objections(self) -> dict[str, str]:
        """What has the wrong form, by field name."""
        return {field.name: text for field in self.fields if (text := field.form_objection()) is not None}

    def object_to(self, by_name: Mapping[str, str]) -> list[SettingField]:
        """Show objections by field name; returns the fields that have one."""
        for field in self.fields:
            field.object_to(by_name.get(field.name))
        return [field for field in self.fields if field.objection]


def sentences(error: ValidationError) -> dict[str, str]:
    """What a table objects to, in German, by path (``konnektor.port``)."""
    found: dict[str, str] = {}
    for problem in error.errors(include_input=False, include_url=False):
        bounds = {name: f"{limit:g}" for name, limit in problem.get("ctx", {}).items() if isinstance(limit, _NUMBER)}
        text = _TEXTS.get(problem["type"], "Dieser Wert geht hier nicht.").format_map(bounds)
        found.setdefault(field_path(problem["loc"]), _FORM if problem["type"] == "string_pattern_mismatch" else text)
    return found
