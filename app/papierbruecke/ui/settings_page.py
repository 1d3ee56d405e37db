"""Settings and first set-up: one page, made from the declared tables; every part may wait.

The outage forms need only practice and doctor. Each part can be tried out at once.
"""

from collections.abc import Callable
from typing import Any

from pydantic import ValidationError
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from papierbruecke.card.model import Versicherung
from papierbruecke.clock import local
from papierbruecke.record.model import Arzt, Betriebsstaette, RezeptAngaben, RezeptEingabe
from papierbruecke.settings import Einstellungen
from papierbruecke.ui.background import Background, Failure, failure_text
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.fields import EnterWalk, Hint, button, frame, label, scroll_area
from papierbruecke.ui.key_panel import KeyPanel
from papierbruecke.ui.konnektor_panel import KonnektorPanel
from papierbruecke.ui.lists_panel import ListsPanel
from papierbruecke.ui.page import Page
from papierbruecke.ui.setting_fields import SectionForm, SettingField, sentences
from papierbruecke.ui.setting_parts import HEADINGS, PARTS, Part
from papierbruecke.ui.share_panel import SharePanel
from papierbruecke.ui.theme import Ton
from papierbruecke.ui.try_out import PROBES, ask, print_page, read_card
from papierbruecke.ui.users_panel import UsersPanel
from papierbruecke.vault.users import PRAXIS, Benutzer, Recht

FORM_WIDTH_PX = 900
WELCOME = (
    "Willkommen. Gebraucht werden nur Praxis und Ärztin oder Arzt; alles andere darf warten. "
    "F9 sichert, Esc geht zum Empfang."
)


class SettingsPage(QWidget, Page):
    """Signals: ``saved`` carries the new settings, ``people_changed`` when an account changed,
    ``done`` when the assistant has shown its last part."""

    saved = Signal(object)
    people_changed = Signal()
    done = Signal()

    def __init__(self, desk: Desk, background: Background) -> None:
        super().__init__()
        self.setObjectName("einstellungen")
        self._desk = desk
        self._background = background
        self._settings = Einstellungen()
        self.forms: dict[str, SectionForm] = {}
        self._home: dict[str, int] = {}
        self._choices: list[QPushButton] = []
        self._may = True
        self.assistant = False
        self.users = UsersPanel(desk, background)
        self.users.changed.connect(self.people_changed)
        self.konnektor = KonnektorPanel(desk, background)
        self.konnektor.confirmed.connect(self._on_confirmed)
        self.konnektor.p12_chosen.connect(self._on_p12)
        self.share = SharePanel()
        self.share.imported.connect(self.load)
        self.key = KeyPanel(desk, background)
        self.lists = ListsPanel(desk, background)
        self._panels: dict[str, QWidget] = {
            "schluessel": self.key,
            "benutzer": self.users,
            "konnektor": self.konnektor,
            "weitergabe": self.share,
            "listen": self.lists,
        }
        self._stack = QStackedWidget()
        self.hint = Hint("einstellungen_hinweis", Ton.OK)
        sections = QVBoxLayout()
        sections.setSpacing(6)
        for index, part in enumerate(PARTS):
            choice = QPushButton(part.title)
            choice.setObjectName(f"teil_{part.name}")
            choice.setCheckable(True)
            choice.setAutoExclusive(True)
            choice.setProperty("rang", "wahl")
            choice.clicked.connect(lambda _=False, at=index: self.show_part(at))
            sections.addWidget(choice)
            self._choices.append(choice)
            self._stack.addWidget(scroll_area(self._part(part, index)))
        sections.addStretch(1)
        card = frame("karte")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(22, 18, 14, 14)
        inside.addWidget(self._stack, 1)
        choices = QWidget()
        choices.setObjectName("rolle")
        choices.setLayout(sections)
        sections.setContentsMargins(0, 0, 4, 0)
        left = scroll_area(choices)
        left.setProperty("breite", "teile")
        self._left = left
        body = QHBoxLayout()
        body.setSpacing(16)
        body.addWidget(left)
        body.addWidget(card, 1)
        self.save_button = button("Sichern", "einstellungen_sichern", "haupt", "F9")
        self.save_button.clicked.connect(self.save)
        self.later_button = button("&Später", "teil_spaeter")
        self.later_button.clicked.connect(self.next_part)
        self.later_button.hide()
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(
            label("Jeder Teil darf warten. Kennwörter liegen verschlüsselt im Datenordner.", "klein", wrap=True), 1
        )
        row.addWidget(self.later_button)
        row.addWidget(self.save_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self.hint)
        layout.addLayout(body, 1)
        layout.addLayout(row)
        self._walk = EnterWalk(self, self.save_button.setFocus)
        self._walk.set_order([f.editor.focusProxy() or f.editor for form in self.forms.values() for f in form.fields])
        self.show_part(0)

    def _part(self, part: Part, index: int) -> QWidget:
        inner = QWidget()
        inner.setObjectName("rolle")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(14)
        column.addWidget(label(part.title, "gross"))
        column.addWidget(label(part.why, "neben", wrap=True))
        for prefix, model, only in part.forms:
            form = SectionForm(model, prefix or "allgemein", only=only)
            form.setMaximumWidth(FORM_WIDTH_PX)
            if len(part.forms) > 1 and HEADINGS.get(prefix):
                column.addWidget(label(HEADINGS[prefix], "abschnitt"))
            self.forms[prefix] = form
            self._home[prefix] = index
            column.addWidget(form)
        if part.test:
            test = button(part.test, f"pruefen_{part.name}")
            test.clicked.connect(lambda _=False, name=part.name: self.test(name))
            column.addWidget(test, 0, Qt.AlignmentFlag.AlignLeft)
        if part.panel:
            column.addWidget(self._panels[part.panel])
        column.addStretch(1)
        return inner

    def show_part(self, index: int) -> None:
        """Turn to a part."""
        self._choices[index].setChecked(True)
        self._left.ensureWidgetVisible(self._choices[index])
        self._stack.setCurrentIndex(index)

    def main_action(self) -> None:
        """F9: save."""
        self.save()

    def enter(self) -> None:
        """The first field of the part that is shown."""
        at = self._stack.currentIndex()
        prefix = next((name for name, home in self._home.items() if home == at), None)
        target = self._choices[at] if prefix is None else self.forms[prefix].fields[0].editor
        target.setFocus()

    def welcome(self) -> None:
        """First start: what is needed, and that the rest may wait."""
        self._assist(True)
        self.show_part(0)
        self.hint.show_text(WELCOME, Ton.ACCENT)

    def _assist(self, on: bool) -> None:
        """The assistant walks through the parts: saving or "Später" leads to the next one."""
        self.assistant = on
        self.later_button.setVisible(on)
        words = "Sichern und weiter" if on else "Sichern"
        self.save_button.setText(f"{words}   F9")
        self.save_button.setAccessibleName(words)

    def next_part(self) -> None:
        """The next part of the assistant; after the last one work begins."""
        at = self._stack.currentIndex() + 1
        if at < len(PARTS):
            self.show_part(at)
            self.hint.show_text(
                f"Schritt {at + 1} von {len(PARTS)}. Alles lässt sich später mit F11 ändern.", Ton.ACCENT
            )
            self.enter()
        else:
            self._assist(False)
            self.hint.show_text("")
            self.done.emit()

    def set_user(self, benutzer: Benutzer, users: list[Benutzer]) -> None:
        """Who is here: only doctors and the Admin change the set-up."""
        self._may = benutzer == PRAXIS or benutzer.may(Recht.EINSTELLUNGEN)
        self.save_button.setEnabled(self._may)
        self.users.set_user(benutzer, users)
        self.key.set_user(benutzer.kuerzel, self._may)
        if not self._may:
            self.hint.show_text("Einstellungen ändern Ärztin, Arzt oder Admin. Ansehen darf sie jeder.", Ton.ACCENT)

    def _on_confirmed(self, sha256: str) -> None:
        for field in self.forms["konnektor"].fields:
            if field.name == "fingerabdruck":
                field.show_value(sha256)
        self.konnektor.confirm.hide()
        self.save()

    def _on_p12(self, data: bytes) -> None:
        konnektor = self._settings.konnektor.model_copy(update={"client_p12": data})
        self._settings = self._settings.model_copy(update={"konnektor": konnektor})

    def load(self, settings: Einstellungen) -> None:
        """Show what is stored."""
        self._settings = settings
        self.share.load(settings)
        self.lists.load(settings.praxis)
        praxis = settings.praxis
        shown: dict[str, Any] = {name: getattr(settings, name) for name in self.forms if hasattr(settings, name)}
        shown |= {"": settings}
        shown["arzt"] = praxis.aerzte[0] if praxis.aerzte else _NOBODY
        shown["betriebsstaette"] = praxis.betriebsstaetten[0] if praxis.betriebsstaetten else _NOWHERE
        for prefix, form in self.forms.items():
            form.show_values(shown[prefix])

    # -- save ------------------------------------------------------------------

    def save(self) -> None:
        """F9: check everything, tell at the fields, store."""
        if not self._may:
            return
        document = self._document()
        found: dict[str, str] = {}
        try:
            settings = Einstellungen.model_validate(document)
        except ValidationError as error:
            found = sentences(error)
        else:
            found = self._practice_objections(settings)
        wrong = self._show_objections(found)
        if found:
            self.hint.show_text("Noch nicht gesichert: bitte die markierten Felder ansehen.", Ton.BAD)
            if wrong is not None:
                self.show_part(self._home[wrong[0]])
                wrong[1].editor.setFocus()
            return
        desk = self._desk
        self._background.run(
            "outbox", lambda: desk.save_settings(settings), lambda _: self._on_saved(settings), self._on_failure
        )

    def _document(self) -> dict[str, Any]:
        document: dict[str, Any] = self._settings.model_dump(mode="json")
        for prefix, form in self.forms.items():
            typed = form.document()
            if prefix in ("arzt", "betriebsstaette"):
                name = "aerzte" if prefix == "arzt" else "betriebsstaetten"
                rest = document["praxis"][name][1:]
                given = any(value for key, value in typed.items() if key != "qualifikation")
                document["praxis"][name] = [*([_optional(typed)] if given else []), *rest]
            elif prefix:
                document[prefix] |= typed
            else:
                document |= typed
        return document

    def _practice_objections(self, settings: Einstellungen) -> dict[str, str]:
        """What the rules of the forms say about doctor and practice."""
        praxis = settings.praxis
        if not praxis.aerzte and not praxis.betriebsstaetten:
            return {}
        probe = RezeptEingabe(
            versicherter=None,
            versicherung=Versicherung(),
            herkunft="hand",
            arzt=praxis.aerzte[0] if praxis.aerzte else _NOBODY,
            betriebsstaette=praxis.betriebsstaetten[0] if praxis.betriebsstaetten else _NOWHERE,
            datum=local(self._desk.clock.now()).date(),
            rezept=RezeptAngaben(art="sprechstundenbedarf", gebuehr="frei", positionen=()),
        )
        found = self._desk.check_rezept(probe).einwaende
        return {e.feld: e.text for e in reversed(found) if e.feld.startswith(("arzt.", "betriebsstaette."))}

    def _show_objections(self, found: dict[str, str]) -> tuple[str, SettingField] | None:
        first = None
        for prefix, form in self.forms.items():
            start = f"{prefix}." if prefix else ""
            mine = {path.removeprefix(start): text for path, text in found.items() if path.startswith(start)}
            wrong = form.object_to(mine)
            if wrong and first is None:
                first = (prefix, wrong[0])
        return first

    def _on_saved(self, settings: Einstellungen) -> None:
        self._settings = settings
        self.hint.show_text("Gesichert.", Ton.OK)
        self.saved.emit(settings)
        if self.assistant:
            self.next_part()

    def _on_failure(self, failure: Failure) -> None:
        self.hint.show_text(failure_text(failure), Ton.BAD)

    # -- try out ---------------------------------------------------------------

    def test(self, name: str) -> None:
        """Try one part now, with what is stored."""
        desk = self._desk
        lanes: dict[str, tuple[str, Callable[[], str]]] = {
            "druck": ("print", lambda: print_page(desk)),
            "karten": ("card", lambda: read_card(desk)),
        }
        lane, work = lanes.get(name, ("probe", lambda: ask(desk, PROBES[name])))
        self.hint.show_text("Wird geprüft …", Ton.ACCENT)
        self._background.run(lane, work, self._on_tested, self._on_failure)

    def _on_tested(self, text: str) -> None:
        self.hint.show_text(text, Ton.OK if text.startswith("In Ordnung") else Ton.WARN)


_MUST = frozenset(
    {
        "lanr",
        "vorname",
        "nachname",
        "berufsbezeichnung",
        *("bsnr", "name", "strasse", "hausnummer", "plz", "ort", "telefon"),
    }
)
_NOBODY = Arzt(lanr="", vorname="", nachname="", berufsbezeichnung="")
_NOWHERE = Betriebsstaette(bsnr="", name="", strasse="", hausnummer="", plz="", ort="", telefon="")


def _optional(entry: dict[str, Any]) -> dict[str, Any]:
    """Empty fields that need not be there are not there."""
    return {key: (value or None) if key not in _MUST else value for key, value in entry.items()}
