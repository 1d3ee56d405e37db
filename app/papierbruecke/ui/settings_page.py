"""Settings and first set-up: one page, made from the declared tables; every part may wait.

The outage forms need only practice and doctor. Each part can be tried out at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from papierbruecke.card.model import KarteGelesen, Versicherung
from papierbruecke.clock import local
from papierbruecke.outage.model import Ergebnis
from papierbruecke.record.model import Arzt, Betriebsstaette, RezeptAngaben, RezeptEingabe
from papierbruecke.settings import (
    DarstellungEinstellungen,
    DruckEinstellungen,
    Einstellungen,
    KartenEinstellungen,
    KimEinstellungen,
    KonnektorEinstellungen,
    LagebildEinstellungen,
    NetzEinstellungen,
    PraxisEinstellungen,
    PvsEinstellungen,
)
from papierbruecke.ui.background import Background, Failure, failure_text
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.fields import EnterWalk, Hint, button, frame, label, scroll_area
from papierbruecke.ui.page import Page
from papierbruecke.ui.setting_fields import SectionForm, SettingField, sentences
from papierbruecke.ui.theme import Ton

FORM_WIDTH_PX = 900
WELCOME = (
    "Willkommen. Gebraucht werden nur Praxis und Ärztin oder Arzt; alles andere darf warten. "
    "F9 sichert, Esc geht zum Empfang."
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the set-up: which tables it shows, and what it is good for."""

    name: str
    title: str
    why: str
    forms: tuple[tuple[str, type[BaseModel], tuple[str, ...] | None], ...]
    test: str = ""


PARTS = (
    Part(
        "praxis",
        "Praxis",
        "Steht auf jedem Formular. Ohne diese Angaben druckt das Programm nichts.",
        (
            ("arzt", Arzt, None),
            ("betriebsstaette", Betriebsstaette, None),
            ("praxis", PraxisEinstellungen, ("platz", "bundesland")),
        ),
    ),
    Part(
        "druck",
        "Drucker",
        "Ohne Auswahl entstehen PDF-Dateien im Datenordner.",
        (("druck", DruckEinstellungen, None),),
        "Kalibrierseite drucken",
    ),
    Part(
        "karten",
        "Kartenleser",
        "Ein gewöhnlicher USB-Leser genügt.",
        (("karten", KartenEinstellungen, None),),
        "Karte probelesen",
    ),
    Part(
        "konnektor",
        "Konnektor",
        "Für die Lage und den Nachversand.",
        (("konnektor", KonnektorEinstellungen, None),),
        "Verbindung prüfen",
    ),
    Part(
        "kim",
        "KIM",
        "Für den Nachversand der Krankschreibungen.",
        (("kim", KimEinstellungen, None),),
        "Verbindung prüfen",
    ),
    Part(
        "lage",
        "Lagebild, Netz",
        "Woran das Programm erkennt, wessen Störung es ist.",
        (
            ("lagebild", LagebildEinstellungen, None),
            ("netz", NetzEinstellungen, None),
        ),
        "Verbindung prüfen",
    ),
    Part(
        "wege",
        "Wege, Praxissoftware",
        "Wer sendet, und wie Belege in die Praxissoftware kommen.",
        (
            ("", Einstellungen, None),
            ("pvs", PvsEinstellungen, None),
        ),
    ),
    Part(
        "darstellung",
        "Darstellung",
        "Hell, dunkel, hoher Kontrast; Schrift bis 200 %.",
        (("darstellung", DarstellungEinstellungen, None),),
    ),
)


class SettingsPage(QWidget, Page):
    """Signals: ``saved`` carries the new settings."""

    saved = Signal(object)

    def __init__(self, desk: Desk, background: Background) -> None:
        super().__init__()
        self.setObjectName("einstellungen")
        self._desk = desk
        self._background = background
        self._settings = Einstellungen()
        self.forms: dict[str, SectionForm] = {}
        self._home: dict[str, int] = {}
        self._choices: list[QPushButton] = []
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
        left = QWidget()
        left.setFixedWidth(200)
        left.setLayout(sections)
        sections.setContentsMargins(0, 0, 0, 0)
        body = QHBoxLayout()
        body.setSpacing(16)
        body.addWidget(left)
        body.addWidget(card, 1)
        self.save_button = button("Sichern", "einstellungen_sichern", "haupt", "F9")
        self.save_button.clicked.connect(self.save)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(
            label("Jeder Teil darf warten. Kennwörter liegen verschlüsselt im Datenordner.", "klein", wrap=True), 1
        )
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
            if len(part.forms) > 1 and prefix:
                column.addWidget(label(_HEADINGS.get(prefix, ""), "abschnitt"))
            self.forms[prefix] = form
            self._home[prefix] = index
            column.addWidget(form)
        if part.test:
            test = button(part.test, f"pruefen_{part.name}")
            test.clicked.connect(lambda _=False, name=part.name: self.test(name))
            column.addWidget(test, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        return inner

    def show_part(self, index: int) -> None:
        """Turn to a part."""
        self._choices[index].setChecked(True)
        self._stack.setCurrentIndex(index)

    def main_action(self) -> None:
        """F9: save."""
        self.save()

    def enter(self) -> None:
        """The first field of the part that is shown."""
        prefix = next(name for name, home in self._home.items() if home == self._stack.currentIndex())
        field = self.forms[prefix].fields[0]
        field.editor.setFocus()

    def welcome(self) -> None:
        """First start: what is needed, and that the rest may wait."""
        self.show_part(0)
        self.hint.show_text(WELCOME, Ton.ACCENT)

    def load(self, settings: Einstellungen) -> None:
        """Show what is stored."""
        self._settings = settings
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

    def _on_failure(self, failure: Failure) -> None:
        self.hint.show_text(failure_text(failure), Ton.BAD)

    # -- try out ---------------------------------------------------------------

    def test(self, name: str) -> None:
        """Try one part now, with what is stored."""
        desk = self._desk
        lanes: dict[str, tuple[str, Callable[[], str]]] = {
            "druck": ("print", lambda: _print_page(desk)),
            "karten": ("card", lambda: _read_card(desk)),
        }
        lane, work = lanes.get(name, ("probe", lambda: _ask(desk, _PROBES[name])))
        self.hint.show_text("Wird geprüft …", Ton.ACCENT)
        self._background.run(lane, work, self._on_tested, self._on_failure)

    def _on_tested(self, text: str) -> None:
        self.hint.show_text(text, Ton.OK if text.startswith("In Ordnung") else Ton.WARN)


_HEADINGS = {
    "arzt": "Ärztin oder Arzt",
    "betriebsstaette": "Betriebsstätte",
    "praxis": "Dieser Platz",
    "lagebild": "TI-Lagebild",
    "netz": "Eigenes Netz",
    "pvs": "Übergabe an die Praxissoftware (GDT)",
}
_PROBES = {"konnektor": ("konnektor",), "kim": ("kim",), "lage": ("lagebild", "internet")}
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


def _print_page(desk: Desk) -> str:
    desk.print_calibration()
    return "In Ordnung: die Kalibrierseite ist beim Drucker. Bitte gegen ein Original halten."


def _read_card(desk: Desk) -> str:
    outcome = desk.read_card(warten_s=5.0)
    return "In Ordnung: die Karte wurde gelesen." if isinstance(outcome, KarteGelesen) else outcome.text


def _ask(desk: Desk, targets: tuple[str, ...]) -> str:
    answers = [m for m in desk.look().proben if m.ziel in targets]
    wrong = [m.befund or m.schluessel or "keine Antwort" for m in answers if m.ergebnis is Ergebnis.FEHLER]
    if wrong:
        return "Noch nicht: " + " ".join(dict.fromkeys(wrong))
    return "In Ordnung: die Gegenstelle antwortet." if answers else "Hier ist noch keine Adresse eingetragen."
