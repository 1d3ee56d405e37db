"""Settings and first set-up: one page, made from the declared tables; every part may wait.

The outage forms need only practice and doctor. Each part can be tried out at once.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from pydantic import ValidationError
from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from papierbruecke.practice.read_kassen import with_addresses_of
from papierbruecke.settings import Einstellungen
from papierbruecke.ui.background import Background, Failure, failure_text
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.entry_list import EntryList
from papierbruecke.ui.fields import EnterWalk, Hint, button, frame, label, scroll_area
from papierbruecke.ui.mnemonics import TASTE
from papierbruecke.ui.page import Page
from papierbruecke.ui.setting_fields import sentences
from papierbruecke.ui.setting_parts import PARTS
from papierbruecke.ui.setting_stack import Parts, WithParts
from papierbruecke.ui.setting_view import SetupSteps
from papierbruecke.ui.theme import Ton
from papierbruecke.ui.try_out import GOOD, work_of
from papierbruecke.vault.users import PRAXIS, Benutzer, Recht

LISTS: dict[str, tuple[str, str, Callable[[Desk], Sequence[str]]]] = {
    "drucker_liste": ("drucker", "print", lambda desk: desk.printer_names()),
    "leser_liste": ("leser", "card", lambda desk: desk.reader_names()),
}
"""Lists that the computer names: for which fields, in which lane, by which question."""


class SettingsPage(QWidget, Page, WithParts):
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
        self._settings = self._stored = Einstellungen()
        self._may = True
        self._tested: frozenset[str] = frozenset()  # folders that took a file since the window opened
        self._loaded: dict[str, Any] = {}
        self._choices: list[QPushButton] = []
        self.views = Parts(desk, background)
        self.views.made.connect(self._on_made)
        self._who: tuple[Benutzer, list[Benutzer]] = (PRAXIS, [])
        self.hint = Hint("einstellungen_hinweis", Ton.OK)
        self.steps = SetupSteps()
        self._arrange()
        self._walk = EnterWalk(self, self.save_button.setFocus)
        for key, step in (("Ctrl+PgUp", -1), ("Ctrl+PgDown", 1)):
            QShortcut(QKeySequence(key), self).activated.connect(partial(self._turn_part, step))
        self.show_part(0)

    def _on_made(self, at: int) -> None:
        """Somebody turns to a part for the first time: connect it, show what is stored."""
        view = self.views[at]
        view.test_wanted.connect(self.test)
        match PARTS[at].panel:
            case "praxis":
                doctors, places = self.practice.doctors, self.practice.places
                doctors.remove_wanted.connect(lambda lanr: self._remove(doctors, lanr=lanr))
                places.remove_wanted.connect(lambda bsnr: self._remove(places, bsnr=bsnr))
            case "konnektor":
                self.konnektor.p12_chosen.connect(self._on_p12)
                self.konnektor.search.chosen.connect(self._on_konnektor)
                self.konnektor.confirmed.connect(partial(self._on_confirmed, "konnektor"))
            case "kim":
                self.kim.confirmed.connect(partial(self._on_confirmed, "kim"))
            case "benutzer":
                self.users.changed.connect(self.people_changed)
            case "weitergabe":
                self.share.imported.connect(self._show)
        self._tell_who(PARTS[at].panel)
        if self._loaded:
            # What a field makes of a stored value is not yet something typed.
            self._show_part(at, self._stored)
            self._write(at, self._loaded)
        self._show_part(at, self._settings)
        self._walk.set_order([editor for each in self.views.present.values() for editor in each.editors()])

    def _arrange(self) -> None:
        sections = QVBoxLayout()
        sections.setSpacing(6)
        for index, part in enumerate(PARTS):
            choice = QPushButton(part.title)
            choice.setObjectName(f"teil_{part.name}")
            choice.setCheckable(True)
            choice.setAutoExclusive(True)
            choice.setProperty("rang", "wahl")
            choice.setProperty(TASTE, "Ctrl+PgDown")
            choice.clicked.connect(lambda _=False, at=index: self.show_part(at))
            sections.addWidget(choice)
            self._choices.append(choice)
        sections.addStretch(1)
        card = frame("karte")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(22, 18, 14, 14)
        inside.setSpacing(12)
        inside.addWidget(self.steps)
        inside.addWidget(self.views, 1)
        choices = QWidget()
        choices.setObjectName("rolle")
        choices.setLayout(sections)
        sections.setContentsMargins(0, 0, 4, 0)
        self._left = scroll_area(choices)
        self._left.setProperty("breite", "teile")
        body = QHBoxLayout()
        body.setSpacing(16)
        body.addWidget(self._left)
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

    # -- parts -----------------------------------------------------------------

    def show_part(self, index: int) -> None:
        """Turn to a part; what the computer names is read anew."""
        self._choices[index].setChecked(True)
        self._left.ensureWidgetVisible(self._choices[index])
        self.views.turn_to(index)
        self.steps.show_step(index)
        if self.isVisible():
            self._refresh(index)

    def _turn_part(self, step: int) -> None:
        """Strg+Bild: the part above or below, in its first field; the assistant leads by itself."""
        at = self.views.at + step
        if not self.assistant and 0 <= at < len(PARTS):
            self.show_part(at)
            self.enter()

    def _refresh(self, index: int) -> None:
        for name, _ in PARTS[index].tests:
            if name in LISTS:
                self._read_list(name)
        if PARTS[index].panel == "sicherung":
            self.safekeeping.enter()

    def _read_list(self, name: str, told: Callable[[str], None] | None = None) -> None:
        kind, lane, names = LISTS[name]
        desk = self._desk

        def shown(found: Sequence[str]) -> None:
            for view in self.views.present.values():
                for field in (field for form in view.forms.values() for field in form.fields):
                    if field.names == kind:
                        field.offer(list(found))
            if told is not None:
                count = len(found)
                told(f"{GOOD}: {count} gefunden." if count else "Dieser Computer nennt gerade keinen.")

        self._background.run(lane, lambda: names(desk), shown, self._on_failure)

    def main_action(self) -> None:
        """F9: save."""
        self.save()

    def enter(self) -> None:
        """The first field of the part that is shown."""
        at = self.views.at
        editors = self.views[at].editors()
        (editors[0] if editors else self._choices[at]).setFocus()
        self._refresh(at)

    # -- assistant -------------------------------------------------------------

    def welcome(self) -> None:
        """First start: what is needed, and that the rest may wait."""
        self._assist(True)
        self.show_part(0)

    @property
    def assistant(self) -> bool:
        """Whether the first-run assistant leads through the parts."""
        return self.steps.active

    def _assist(self, on: bool) -> None:
        """The assistant walks through the parts: saving or "Später" leads to the next one."""
        self.steps.set_active(on)
        self.later_button.setVisible(on)
        self._left.setVisible(not on)
        words = "Sichern und weiter" if on else "Sichern"
        self.save_button.setText(f"{words}   F9")
        self.save_button.setAccessibleName(words)

    def next_part(self) -> None:
        """The next part of the assistant; after the last one work begins."""
        self.hint.show_text("")
        following = self.steps.after(self.views.at)
        if following is not None:
            self.show_part(following)
            self.enter()
        else:
            self._assist(False)
            self.done.emit()

    def set_user(self, benutzer: Benutzer, users: list[Benutzer]) -> None:
        """Who is here: only doctors and the Admin change the set-up."""
        self._may = benutzer == PRAXIS or benutzer.may(Recht.EINSTELLUNGEN)
        self.save_button.setEnabled(self._may)
        self._who = benutzer, users
        for at in self.views.present:
            self._tell_who(PARTS[at].panel)
        if not self._may:
            self.hint.show_text("Einstellungen ändern Ärztin, Arzt oder Admin. Ansehen darf sie jeder.", Ton.ACCENT)

    def _tell_who(self, panel: str) -> None:
        benutzer, users = self._who
        match panel:
            case "benutzer":
                self.users.set_user(benutzer, users)
            case "schluessel":
                self.key.set_user(benutzer.kuerzel, self._may)
            case "konnektor" | "kim":
                pairing = self.konnektor if panel == "konnektor" else self.kim
                pairing.wer = benutzer.kuerzel
                pairing.confirm.setEnabled(self._may)

    def _on_confirmed(self, name: str, sha256: str) -> None:
        """The fingerprint is stored already; the page must not put the old one back."""
        self.form(name).field("fingerabdruck").show_value(sha256)
        self.save(then=lambda: None)

    def _on_konnektor(self, adresse: str, port: int) -> None:
        for name, value in (("adresse", adresse), ("port", port)):
            self.form("konnektor").field(name).show_value(value)

    def _on_p12(self, data: bytes) -> None:
        konnektor = self._settings.konnektor.model_copy(update={"client_p12": data})
        self._settings = self._settings.model_copy(update={"konnektor": konnektor})

    # -- load and save -----------------------------------------------------------

    def load(self, settings: Einstellungen) -> None:
        """Show what is stored."""
        self._stored = settings
        self._show(settings)
        self._loaded = self._document()

    def _show(self, settings: Einstellungen) -> None:
        self._settings = settings
        for at in self.views.present:
            self._show_part(at, settings)

    def _show_part(self, at: int, settings: Einstellungen) -> None:
        match PARTS[at].panel:
            case "weitergabe":
                self.share.load(settings)
            case "listen":
                self.lists.load(settings.praxis)
            case "praxis":
                self.practice.show_values(settings.praxis)
        self.views[at].show_values(settings)

    @property
    def unsaved(self) -> bool:
        """Whether something was typed that is not stored yet."""
        return self._document() != self._loaded

    def _document(self) -> dict[str, Any]:
        document: dict[str, Any] = self._settings.model_dump(mode="json")
        for at in self.views.present:
            self._write(at, document)
        return document

    def _write(self, at: int, document: dict[str, Any]) -> None:
        self.views[at].write(document)
        if PARTS[at].panel == "praxis":
            document["praxis"] |= self.practice.document()

    def save(self, *_: bool, then: Callable[[], None] | None = None) -> None:
        """F9: check everything, tell at the fields, store. ``then`` instead of the assistant's next step."""
        if not self._may:
            return
        settings, found = self._checked()
        if settings is None:
            self._tell(found)
            return
        desk, before = self._desk, self._settings
        folders = {
            path: chosen
            for path, chosen, old in (
                ("pvs.ordner", settings.pvs.ordner, before.pvs.ordner),
                ("sicherung_zweiter_ort", settings.sicherung_zweiter_ort, before.sicherung_zweiter_ort),
            )
            if chosen and (chosen != old or path not in self._tested)
        }

        def work() -> dict[str, str]:
            wrong = {path: text for path, chosen in folders.items() if (text := desk.folder_objection(chosen))}
            if not wrong:
                # A list, or a step of the Nachbearbeitung, may have brought addresses meanwhile.
                desk.save_settings(with_addresses_of(settings, desk.settings))
            return wrong

        def done(wrong: dict[str, str]) -> None:
            self._tested -= set(wrong)
            self._tested |= set(folders) - set(wrong)
            if wrong:
                self._tell(wrong)
            else:
                self._on_saved(settings, then)

        self._background.run("outbox", work, done, self._on_failure)

    def _checked(self) -> tuple[Einstellungen | None, dict[str, str]]:
        found = {path: text for view in self.views.present.values() for path, text in view.form_objections().items()}
        try:
            settings = Einstellungen.model_validate(self._document())
        except ValidationError as error:
            return None, sentences(error) | found
        found |= self.practice.objections(settings.praxis)
        return (None if found else settings), found

    def _tell(self, found: dict[str, str]) -> None:
        self.hint.show_text("Noch nicht gesichert: bitte die markierten Felder ansehen.", Ton.BAD)
        self.views.make_those_with(found)
        wrong = [(at, editor) for at, view in self.views.present.items() if (editor := view.object_to(found))]
        if wrong:
            at, editor = wrong[0]
            if self.views.at != at:
                self.show_part(at)
            editor.setFocus()

    def _on_saved(self, settings: Einstellungen, then: Callable[[], None] | None) -> None:
        for view in self.views.present.values():
            view.object_to({})
        self._settings = self._stored = settings
        self._loaded = self._document()
        self.hint.show_text("Gesichert.", Ton.OK)
        self.saved.emit(settings)
        if then is not None:
            then()
        elif self.assistant:
            self.next_part()

    def _on_failure(self, failure: Failure) -> None:
        self.hint.show_text(failure_text(failure), Ton.BAD)

    def _remove(self, which: EntryList, *, lanr: str | None = None, bsnr: str | None = None) -> None:
        """Somebody is to be taken out: only if no unfinished Beleg needs them."""
        desk = self._desk

        def asked(belege: tuple[str, ...]) -> None:
            if belege:
                which.refuse_removal(belege)
            else:
                which.remove()

        self._background.run("outbox", lambda: desk.still_named(lanr=lanr, bsnr=bsnr), asked, self._on_failure)

    # -- try out ---------------------------------------------------------------

    def test(self, name: str) -> None:
        """Try one part now; what was typed is stored first, because the test takes what is stored."""
        if name in LISTS:
            self._read_list(name, self._told)
        elif self.unsaved and self._may:
            self.save(then=lambda: self._run_test(name))
        else:
            self._run_test(name)

    def _run_test(self, name: str) -> None:
        lane, work = work_of(name, self._desk)
        view = self.views[self.views.at]
        view.result.show_text("Wird geprüft …", Ton.ACCENT)
        failed = lambda failure: view.result.show_text(failure_text(failure), Ton.BAD)
        self._background.run(lane, work, self._told, failed)

    def _told(self, text: str) -> None:
        self.views[self.views.at].result.show_text(text, Ton.OK if text.startswith(GOOD) else Ton.WARN)
