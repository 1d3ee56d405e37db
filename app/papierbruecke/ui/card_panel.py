"""Who is in front of the desk: read from the card (F2) or typed by hand (F3).

A card is read only when somebody asks for it, and its arrival never takes the cursor out of
a half-typed field.
"""

import threading
import time
from datetime import datetime
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from papierbruecke.card.model import KarteGelesen, Kartenergebnis, Versicherung
from papierbruecke.clock import local
from papierbruecke.errors import Einwand
from papierbruecke.practice.model import Kostentraeger
from papierbruecke.practice.patient_index import Patienteneintrag
from papierbruecke.record.model import Arzt, Betriebsstaette, RezeptAngaben, RezeptEingabe
from papierbruecke.record.rules import Befund
from papierbruecke.ui import texts, theme
from papierbruecke.ui.background import Background, Failure, failure_text
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.fields import Hint, button, frame, label
from papierbruecke.ui.hand_column import HandColumn
from papierbruecke.ui.hand_entry import HandEntry
from papierbruecke.ui.patient import Patient, address_lines, age, from_card, from_list, refused_lines
from papierbruecke.ui.search_as_typed import SearchAsTyped
from papierbruecke.ui.theme import Ton

WAIT_FOR_CARD_S = 20.0
_STEP_S = 1.0
_KEEP_WAITING = frozenset({"karte.keine"})


def wait_for_card(desk: Desk, cancel: threading.Event) -> Kartenergebnis:
    """Read the card, waiting a while for it to be put in; runs in the lane ``card``."""
    until = time.monotonic() + WAIT_FOR_CARD_S
    while True:
        outcome = desk.read_card(warten_s=_STEP_S)
        waiting = not isinstance(outcome, KarteGelesen) and outcome.code in _KEEP_WAITING
        if not waiting or cancel.is_set() or time.monotonic() >= until:
            return outcome


class CardPanel(QWidget):
    """The patient of the moment.

    Signals: ``taken`` carries the new ``Patient``, ``message`` a sentence and its tone for
    the line of notices, ``left`` says that the entry by hand was given up, ``resized`` that the
    panel wants another width.
    """

    taken = Signal(object)
    message = Signal(str, object)
    left = Signal()
    resized = Signal()

    def __init__(self, desk: Desk, background: Background) -> None:
        super().__init__()
        self.setObjectName("patient")
        self._desk = desk
        self._background = background
        self._cancel: threading.Event | None = None
        self._typed_before: tuple[str | None, ...] = ()
        self._refused: KarteGelesen | None = None
        self._begun_with = ""
        self.patient: Patient | None = None
        self._hand: HandColumn | None = None
        self.hint = Hint("patient_hinweis")
        self._card = frame("karte", name="patient_karte")
        self._stack = QStackedWidget()
        self._folded = False
        self._stack.addWidget(self._empty())
        self._stack.addWidget(self._details())
        self._inside = QVBoxLayout(self._card)
        self._inside.setContentsMargins(16, 16, 16, 16)
        self._inside.addWidget(self._stack, 1)
        self.read_button = button("Karte lesen", "karte_lesen", "haupt", "F2")
        self.read_button.clicked.connect(self.read_card)
        self.hand_button = button("Von Hand", "von_hand", key="F3")
        self.hand_button.clicked.connect(self.enter_by_hand)
        self._buttons = QWidget()
        row = QHBoxLayout(self._buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.read_button, 1)
        row.addWidget(self.hand_button, 1)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(12)
        self._box.addWidget(self._card, 1)
        self._box.addWidget(self._buttons)

    def _by_hand(self) -> HandColumn:
        """The form for entry by hand; made when somebody first types."""
        if self._hand is None:
            made = self._hand = HandColumn(self._desk, self._background)
            made.entry.accepted.connect(self._on_hand)
            made.entry.cancelled.connect(self.show_patient)
            made.entry.cancelled.connect(self.left)
            made.funds.chosen.connect(self._on_fund)
            made.people.chosen.connect(self._on_listed_hand)
            self._stack.addWidget(made.scrolled)
        return self._hand

    @property
    def hand(self) -> HandEntry:
        """The fields for entry by hand."""
        return self._by_hand().entry

    @property
    def funds(self) -> SearchAsTyped[Kostentraeger]:
        """Completion of the Krankenkasse."""
        return self._by_hand().funds

    @property
    def people(self) -> SearchAsTyped[Patienteneintrag]:
        """Completion of the name, from today's list."""
        return self._by_hand().people

    def compact(self, small: bool) -> None:
        """In small windows one line tells who it is; the rest folds away until there is room."""
        folded = small and not self.entering
        self._fold.setVisible(not folded)
        self._empty_text.setVisible(not folded)
        direction = QBoxLayout.Direction.LeftToRight if folded else QBoxLayout.Direction.TopToBottom
        self._box.setDirection(direction)
        self._inside.setContentsMargins(16, 6 if folded else 16, 16, 6 if folded else 16)
        policy = QSizePolicy.Policy.Fixed if folded else QSizePolicy.Policy.Preferred
        self.setSizePolicy(QSizePolicy.Policy.Preferred, policy)
        self._stack.setSizePolicy(QSizePolicy.Policy.Preferred, policy)
        self._folded = folded
        self._show_origin()
        self._limit()

    def _limit(self) -> None:
        """One line, unless something must be read: why a card was not taken is never cut."""
        height = theme.current().px(72)
        if not self.empty_hint.isHidden():
            height += self.empty_hint.heightForWidth(max(self._stack.width(), 240)) + 8
        self.setMaximumHeight(height if self._folded else 16_777_215)

    def _show_origin(self) -> None:
        """Where the data are from; while the warning is folded away its first words stand here (design §3 rule 8)."""
        if self.patient is None:
            return
        text = f"{texts.HERKUNFT[self.patient.herkunft]} {texts.uhrzeit(self.patient.stand)}"
        short = self._folded and self.patient.herkunft == "karte"
        self._origin.setText(f"{text} · kein Nachweis" if short else text)

    def _empty(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(label("Patientin, Patient", "abschnitt"))
        self._empty_title = label("Noch niemand", "gross", wrap=True)
        self._empty_text = label(
            "Karte einstecken und F2 drücken. Ohne Karte: F3, von Hand. "
            "Das Formular lässt sich auch vorher schon schreiben.",
            "neben",
            wrap=True,
        )
        self.empty_hint = Hint("karte_hinweis")
        layout.addWidget(self._empty_title)
        layout.addWidget(self._empty_text)
        layout.addWidget(self.empty_hint)
        layout.addStretch(1)
        return page

    def _details(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        head = QHBoxLayout()
        self._origin = label("", "winzig", name="patient_herkunft")
        self._origin.setProperty("pille", "ja")
        head.addWidget(label("Patient", "abschnitt"))
        head.addStretch(1)
        head.addWidget(self._origin)
        layout.addLayout(head)
        self._name = label("", "gross", wrap=True, name="patient_name")
        layout.addWidget(self._name)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        self._facts = {}
        for row, title in enumerate(("geboren", "Vers.-ID", "Kasse", "Status", "Anschrift")):
            value = label("", "wert", wrap=True, name=f"patient_{row}")
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            grid.addWidget(label(title, "neben"), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row, 1, Qt.AlignmentFlag.AlignTop)
            self._facts[title] = value
        self._fold = QWidget()
        fold = QVBoxLayout(self._fold)
        fold.setContentsMargins(0, 0, 0, 0)
        fold.setSpacing(12)
        fold.addLayout(grid)
        fold.addWidget(self.hint)
        layout.addWidget(self._fold)
        layout.addStretch(1)
        return page

    # -- card ------------------------------------------------------------------

    def read_card(self) -> None:
        """F2: read the card that is in the reader, or the next one that comes."""
        if self._cancel is not None:
            return
        cancel = self._cancel = threading.Event()
        self._typed_before = self._hand.entry.typed if self._hand is not None else ()
        self.read_button.setEnabled(False)
        self.read_button.setText("Karte wird gelesen …")
        self._empty_title.setText("Karte bitte einstecken")
        self._background.run("card", lambda: wait_for_card(self._desk, cancel), self._on_card, self._on_card_failure)

    def stop_waiting(self) -> bool:
        """Give up waiting for a card (Esc); True if it was waiting."""
        if self._cancel is None:
            return False
        self._cancel.set()
        return True

    def _reading_over(self) -> None:
        self._cancel = None
        self.read_button.setEnabled(True)
        self.read_button.setText("Karte lesen   F2")
        self._empty_title.setText("Noch niemand")

    def _on_card(self, outcome: Kartenergebnis) -> None:
        given_up = self._cancel is not None and self._cancel.is_set()
        self._reading_over()
        # By Esc, or by F3: whoever types by hand is not interrupted.
        if given_up and (self.entering or isinstance(outcome, KarteGelesen)):
            return
        if self.entering and self.hand.typed != self._typed_before:
            self._say(texts.KARTE_WARTET, Ton.WARN)
            return
        if not isinstance(outcome, KarteGelesen):
            self._say(outcome.text, Ton.WARN)
            return
        if not outcome.daten.verwendbar:
            self._refused = outcome
            self._say("\n".join((*refused_lines(outcome.daten), texts.NICHT_VERWENDBAR)), Ton.BAD)
            return
        self._take(from_card(outcome.daten, self._desk.clock.now()))

    def _on_card_failure(self, failure: Failure) -> None:
        self._reading_over()
        self._say(failure_text(failure), Ton.WARN)

    def _say(self, text: str, ton: Ton) -> None:
        if self.patient is None:
            self.empty_hint.show_text(text, ton)
            self._limit()
        self.message.emit(text, ton)

    # -- hand ------------------------------------------------------------------

    def enter_by_hand(self) -> None:
        """F3: the form for a patient without a readable card; F3 again goes back to the data of the card.

        Whoever is shown is the beginning of an empty form, so that only what is missing must be typed.
        """
        if self.entering:
            self.leave_hand()
            return
        self.stop_waiting()
        if self._refused is not None:
            self.hand.fill(self._refused.daten.versicherter, self._refused.daten.versicherung)
            self._refused = None
        elif self.patient is not None and (self.hand.empty or self._begun_with != self.patient.key):
            self.hand.fill(self.patient.versicherter, self.patient.versicherung)
        self._begun_with = self.patient.key if self.patient is not None else ""
        self._stack.setCurrentWidget(self._by_hand().scrolled)
        self._buttons.hide()
        self.resized.emit()
        self.hand.focus_first()

    @property
    def entering(self) -> bool:
        """Whether the form for entry by hand is open."""
        return self._stack.currentIndex() == 2

    def leave_hand(self) -> bool:
        """Esc: close the form, keep what was typed; True if it was open."""
        if not self.entering:
            return False
        self.hand.cancelled.emit()
        return True

    def _on_hand(self) -> None:
        patient = self.hand.patient(self._desk.clock.now())
        befund = self._judge(patient)
        if not self.hand.show_objections(_about_person(befund)):
            self.hand.clear()
            remarks = tuple(warnung.text for warnung in befund.warnungen if warnung.code.startswith("plz."))
            self._take(patient.model_copy(update={"warnungen": remarks}))
            desk, person, cover = self._desk, patient.versicherter, patient.versicherung
            self._background.run("card", lambda: desk.note_patient(person, cover), None, self._on_card_failure)

    def _on_fund(self, fund: Kostentraeger) -> None:
        self.hand.take_fund(fund, local(self._desk.clock.now()).date())

    def _judge(self, patient: Patient) -> Befund:
        """What the rules say, before any form is written."""
        nobody = Arzt(lanr="", vorname="", nachname="", berufsbezeichnung="")
        nowhere = Betriebsstaette(bsnr="", name="", strasse="", hausnummer="", plz="", ort="", telefon="")
        probe = RezeptEingabe(
            versicherter=patient.versicherter,
            versicherung=patient.versicherung,
            herkunft=patient.herkunft,
            arzt=nobody,
            betriebsstaette=nowhere,
            datum=local(self._desk.clock.now()).date(),
            rezept=RezeptAngaben(gebuehr="pflichtig", positionen=()),
        )
        return self._desk.check_rezept(probe)

    # -- who -------------------------------------------------------------------

    def _take(self, patient: Patient) -> None:
        self._refused = None
        self.patient = patient
        self.empty_hint.show_text("")
        self._limit()
        self.show_patient()
        self.taken.emit(patient)

    def take(self, patient: Patient) -> None:
        """Show somebody who was here today already."""
        self._take(patient)

    def show_listed(self, eintrag: UUID) -> None:
        """The practice system handed somebody over: show that patient of today's list."""
        now = self._desk.clock.now()
        self._background.run(
            "card", lambda: self._desk.patients().entry(eintrag, now), self._on_listed, self._on_card_failure
        )

    def _on_listed_hand(self, entry: Patienteneintrag) -> None:
        """Somebody of today's list was chosen while typing: the data stand in the fields, to be looked at."""
        self.hand.fill(entry.versicherter, entry.versicherung or Versicherung())

    def _on_listed(self, entry: Patienteneintrag | None) -> None:
        if entry is not None:
            self._take(from_list(entry, self._desk.clock.now()))

    def forget(self) -> None:
        """The next one, please."""
        self.patient = None
        self._refused = None
        self.show_patient()

    def show_patient(self) -> None:
        """The details, or the invitation to read a card."""
        self._buttons.show()
        self._stack.setCurrentIndex(0 if self.patient is None else 1)
        self.resized.emit()
        if self.patient is None:
            return
        patient, person, cover = self.patient, self.patient.versicherter, self.patient.versicherung
        heute = local(self._desk.clock.now()).date()
        years = age(person.geburtsdatum, heute)
        self._name.setText(patient.name)
        self._show_origin()
        self._facts["geboren"].setText(
            texts.datum(person.geburtsdatum) + (f" · {years} J." if years is not None else "")
        )
        self._facts["Vers.-ID"].setText(person.versicherten_id or "nicht bekannt")
        self._facts["Kasse"].setText(f"{cover.name or 'nicht bekannt'}\nIK {cover.ik or '–'}")
        until = f" · bis {_month(cover.ende)}" if cover.ende else ""
        self._facts["Status"].setText(texts.VERSICHERTENART.get(cover.versichertenart or "", "nicht bekannt") + until)
        self._facts["Anschrift"].setText("\n".join(address_lines(person.anschrift)) or "steht nicht auf der Karte")
        first = texts.KEIN_NACHWEIS if patient.herkunft == "karte" else texts.VON_HAND
        self.hint.show_text("\n".join((first, *patient.warnungen)), Ton.WARN)


def _about_person(befund: Befund) -> list[Einwand]:
    return [einwand for einwand in befund.einwaende if einwand.feld.startswith(("versicherter", "versicherung"))]


def _month(text: str) -> str:
    try:
        return f"{datetime.fromisoformat(text):%m/%Y}"
    except ValueError:
        return text
