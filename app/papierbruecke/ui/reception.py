"""The page "Empfang": patient, form, and what was issued today.

Unfinished forms are never lost and never meet the wrong person: when somebody else comes,
what was typed is put aside under the person it belongs to and comes back with that person.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from papierbruecke.clock import local
from papierbruecke.outage.model import Lage
from papierbruecke.outbox.model import Uebersicht
from papierbruecke.record.model import BelegArt
from papierbruecke.settings import Einstellungen
from papierbruecke.ui import theme
from papierbruecke.ui.au_page import AuPage
from papierbruecke.ui.background import Background
from papierbruecke.ui.card_panel import CardPanel
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.ersatzschein_page import ErsatzscheinPage
from papierbruecke.ui.fields import Hint, button
from papierbruecke.ui.form_page import FormPage
from papierbruecke.ui.muster16_page import Muster16Page
from papierbruecke.ui.page import Page
from papierbruecke.ui.patient import Patient
from papierbruecke.ui.theme import Ton
from papierbruecke.ui.today_list import TodayList

if TYPE_CHECKING:
    from papierbruecke.forms.preprinted import Blatt

REZEPT, AU, ERSATZSCHEIN = "rezept", "au", "ersatzschein"
FORMS: dict[str, Callable[[Desk, Background], FormPage]] = {
    REZEPT: Muster16Page,
    AU: AuPage,
    ERSATZSCHEIN: ErsatzscheinPage,
}
"""Each form is made when it is first wanted, see ``Places``."""
WITH_LIST_PX = 1380
WITH_PREVIEW_PX = 1000
ENTRY_PX = 56  # the entry by hand is so much wider than the patient
SIDE_BY_SIDE_PX = 820
NOBODY = ""


class Reception(QWidget, Page):
    """Signals: ``changed`` after anything other lists show, ``typed`` after every change of a form,
    ``beleg_wanted`` with a line of the list."""

    changed = Signal()
    typed = Signal()
    beleg_wanted = Signal(object)

    def __init__(self, desk: Desk, background: Background) -> None:
        super().__init__()
        self.setObjectName("empfang")
        self._desk = desk
        self._background = background
        self._aside: dict[str, dict[str, Any]] = {}
        self._list_wanted: bool | None = None
        self._width = 1440
        self.card = CardPanel(desk, background)
        self.card.taken.connect(self._on_taken)
        self.card.message.connect(self._on_message)
        self.card.left.connect(self._focus_form)
        self.card.resized.connect(lambda: self.fit(self._width))
        self._settings: tuple[Einstellungen, str] | None = None
        self._lage: Lage | None = None
        self._folded = False
        self.pages: dict[str, FormPage] = {}
        self._stack = QStackedWidget()
        self.tabs: dict[str, QPushButton] = {}
        tabs = QHBoxLayout()
        tabs.setSpacing(4)
        for name, text, key in (
            (REZEPT, "Rezept · Muster 16", "F4"),
            (AU, "Krankschreibung", "F5"),
            (ERSATZSCHEIN, "Ersatzschein", "F6"),
        ):
            made = button(text, f"reiter_{name}", key=key)
            made.setCheckable(True)
            made.setAutoExclusive(True)
            made.setProperty("rang", "reiter")
            made.clicked.connect(lambda _=False, page=name: self.show_form(page))
            tabs.addWidget(made)
            self.tabs[name] = made
        tabs.addStretch(1)
        self.hint = Hint("empfang_hinweis", Ton.WARN)
        self.today = TodayList()
        self.today.chosen.connect(self.beleg_wanted)
        middle = QVBoxLayout()
        middle.setSpacing(8)
        middle.addLayout(tabs)
        middle.addWidget(self.hint)
        middle.addWidget(self._stack, 1)
        self._middle = QWidget()
        middle.setContentsMargins(0, 0, 0, 0)
        self._middle.setLayout(middle)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(16)
        self._row.addWidget(self.card)
        self._row.addWidget(self._middle, 1)
        self._row.addWidget(self.today)
        self.show_form(REZEPT)

    # -- forms -----------------------------------------------------------------

    def page(self, name: str) -> FormPage:
        """A form; made when it is first wanted, and told what it missed."""
        if name not in self.pages:
            made = self.pages[name] = FORMS[name](self._desk, self._background)
            self._stack.addWidget(made)
            made.fold(self._folded)
            if self._settings is not None:
                made.set_settings(*self._settings)
            if self.card.patient is not None:
                made.set_patient(self.card.patient)
            if isinstance(made, ErsatzscheinPage) and self._lage is not None:
                made.show_lage(self._lage)
            made.stored.connect(self.changed)
            made.changed.connect(self.changed)
            made.typed.connect(self.typed)
            made.discarded.connect(self.next_patient)
        return self.pages[name]

    @property
    def rezept(self) -> Muster16Page:
        """F4."""
        return cast("Muster16Page", self.page(REZEPT))

    @property
    def au(self) -> AuPage:
        """F5."""
        return cast("AuPage", self.page(AU))

    @property
    def ersatzschein(self) -> ErsatzscheinPage:
        """F6."""
        return cast("ErsatzscheinPage", self.page(ERSATZSCHEIN))

    def show_lage(self, lage: Lage) -> None:
        """What works decides what the Ersatzschein warns of."""
        self._lage = lage
        if ERSATZSCHEIN in self.pages:
            self.ersatzschein.show_lage(lage)

    # -- where -----------------------------------------------------------------

    @property
    def form(self) -> FormPage:
        """The form that is shown."""
        current = self._stack.currentWidget()
        return next(page for page in self.pages.values() if page is current)

    def show_form(self, name: str) -> None:
        """F4, F5, F6: turn to a form; the cursor goes to its first field."""
        self.tabs[name].setChecked(True)
        self._stack.setCurrentWidget(self.page(name))
        self._focus_form()

    def enter(self) -> None:
        """The form that was left."""
        self._focus_form()

    def main_action(self) -> None:
        """F9: take the person over, or store and print the form."""
        if self.card.entering:
            self.card.hand.accept()
        else:
            self.form.submit()

    def enter_by_hand(self) -> None:
        """F3: write somebody down; from the form into the entry that is open beside it, from there back."""
        if self.card.entering and not self.card.hand.isAncestorOf(QApplication.focusWidget() or self):
            self.card.hand.focus_first()
        else:
            self.card.enter_by_hand()

    def capture(self, blatt: "Blatt", tag: date) -> None:
        """A sheet of the Notfallmappe is typed in: an empty form for it, whoever was here is put aside."""
        if any(page.bar.busy for page in self.pages.values()):
            return
        if self.card.patient is not None or any(page.draft() for page in self.pages.values()):
            self.next_patient()
        name = AU if blatt.art is BelegArt.AU else ERSATZSCHEIN
        self.show_form(name)
        self.page(name).capture(blatt.kennung, blatt.belegnummer, tag)
        self.card.enter_by_hand()

    def _focus_form(self) -> None:
        self.form.focus_first()

    def show_today(self, lines: Sequence[Uebersicht]) -> None:
        """What was issued."""
        self.today.show_lines(lines, local(self._desk.clock.now()).date())

    def set_settings(self, settings: Einstellungen, wer: str) -> None:
        """Who may issue here."""
        self._settings = (settings, wer)
        for page in self.pages.values():
            page.set_settings(settings, wer)

    # -- who -------------------------------------------------------------------

    def _on_taken(self, patient: Patient) -> None:
        # A card event never takes the cursor out of a half-typed field.
        writing = self._half_typed()
        before = self.form.patient
        if before is not None and before.key != patient.key:
            self._put_aside(before.key)
            writing = None
        back = self._aside.pop(patient.key, None)
        for name, draft in (back or {}).items():
            self.page(name).reset()
            self.page(name).restore(draft)
        for page in self.pages.values():
            page.set_patient(patient)
        text = "Angefangenes ist wieder da." if back else ""
        self.hint.show_text(text, Ton.ACCENT)
        if writing is None:
            self._focus_form()
        else:
            writing.setFocus(Qt.FocusReason.OtherFocusReason)

    def _half_typed(self) -> QLineEdit | None:
        focus = QApplication.focusWidget()
        inside = isinstance(focus, QLineEdit) and self._stack.isAncestorOf(focus)
        return focus if inside and isinstance(focus, QLineEdit) and focus.text() else None

    def _put_aside(self, key: str) -> None:
        kept = {name: draft for name, page in self.pages.items() if (draft := page.draft())}
        if kept:
            self._aside[key] = kept
        for page in self.pages.values():
            page.reset()

    def next_patient(self) -> None:
        """Ctrl+N: an empty page; what was typed is put aside with its person."""
        if any(page.bar.busy for page in self.pages.values()):
            return
        patient = self.card.patient
        kept = any(page.draft() for page in self.pages.values())
        self._put_aside(patient.key if patient is not None else NOBODY)
        self.card.forget()
        for page in self.pages.values():
            page.set_patient(None)
        text = ""
        if kept:
            text = (
                "Angefangenes ist zurückgelegt und kommt mit derselben Person zurück."
                if patient is not None
                else "Angefangenes ohne Person ist zurückgelegt; noch einmal Strg+N holt es zurück."
            )
        elif patient is None and NOBODY in self._aside:
            self._bring_back_nobody()
            text = "Angefangenes ist wieder da."
        self.hint.show_text(text, Ton.ACCENT)
        self._focus_form()

    def _bring_back_nobody(self) -> None:
        for name, draft in self._aside.pop(NOBODY).items():
            self.page(name).restore(draft)

    def _on_message(self, text: str, ton: Ton) -> None:
        if self.card.patient is not None or self.card.entering:
            self.hint.show_text(text, ton)

    def draft(self) -> dict[str, Any]:
        """Everything unfinished, to survive a crash: the person, both forms, what lies aside."""
        forms = {name: draft for name, page in self.pages.items() if (draft := page.draft())}
        if not forms and not self._aside:
            return {}
        patient = self.card.patient
        return {
            "person": patient.model_dump(mode="json") if patient is not None else None,
            "formulare": forms,
            "zurueckgelegt": self._aside,
        }

    def restore(self, draft: dict[str, Any]) -> None:
        """Bring back what a crash interrupted."""
        if not draft:
            return
        self._aside = dict(draft["zurueckgelegt"])
        if draft["person"] is not None:
            self.card.take(Patient.model_validate(draft["person"]))
        for name, kept in draft["formulare"].items():
            self.page(name).restore(kept)
        self.hint.show_text("Angefangenes vom letzten Mal ist wieder da.", Ton.ACCENT)

    # -- keys ------------------------------------------------------------------

    def back(self) -> bool:
        """Esc: one step back; True if there was one."""
        if self.card.stop_waiting() or self.card.leave_hand():
            return True
        if self.hint.isVisible():
            self.hint.show_text("")
            return True
        if not self.form.bar.busy:
            self._focus_form()
        return True

    def toggle_list(self) -> None:
        """F7: show or hide the list of today."""
        self._list_wanted = not self.today.isVisible()
        self.fit(self._width)

    def fit(self, width: int) -> None:
        """Small windows drop the list first, then the preview; nothing is ever cut."""
        self._width = width
        wide = width >= WITH_LIST_PX
        self.today.setVisible(wide if self._list_wanted is None else self._list_wanted)
        entering = ENTRY_PX if self.card.entering else 0
        self._folded = width - entering < WITH_PREVIEW_PX
        for page in self.pages.values():
            page.fold(self._folded)
        narrow = width < SIDE_BY_SIDE_PX
        self._row.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
        self._row.setSpacing(8 if narrow else 16)
        self.card.compact(narrow)
        self._middle.setVisible(not (narrow and self.card.entering))
        if narrow:
            self.card.setMinimumWidth(0)
            self.card.setMaximumWidth(16_777_215)
        else:
            self.card.setFixedWidth(theme.current().px((298 if width >= 1000 else 280) + entering))
        self.today.setFixedWidth(theme.current().px(252))
