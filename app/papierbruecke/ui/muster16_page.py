"""The prescription: preview of the pink form, entry lines in writing order, fee and marks."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from papierbruecke.card.model import Versicherung
from papierbruecke.errors import Einwand
from papierbruecke.outbox.model import Uebersicht
from papierbruecke.record.model import Arbeitsunfall, FreitextPosition, RezeptAngaben, RezeptEingabe, Verordnung
from papierbruecke.record.rules import Befund
from papierbruecke.record.suggestion_model import Mittel
from papierbruecke.settings import Einstellungen
from papierbruecke.ui import texts, theme
from papierbruecke.ui.background import Background
from papierbruecke.ui.date_entry import HINWEIS, parse_date
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.fields import Choice, EnterWalk, Field, button, frame, label, scroll_area
from papierbruecke.ui.form_page import FormPage
from papierbruecke.ui.line_keys import LineKeys
from papierbruecke.ui.medicine_row import NOTHING, MedicineRow
from papierbruecke.ui.official_note import OfficialNote
from papierbruecke.ui.patient import Patient, age
from papierbruecke.ui.rezept_marks import RezeptMarks
from papierbruecke.ui.rezeptur_panel import RezepturPanel
from papierbruecke.ui.stock_panel import StockPanel

ASPECT = 148.0 / 105.0  # DIN A6 across: Muster 16
LINES_PX = 158  # three medicines with their heading
LINES_MAX_PX = 250
LINES_FOLDED_PX = 64
SPACING_PX = 10
AROUND_PX = 76  # margins of the card, the line below the medicines, the gaps between
SHEET_PX, SHEET_LEAST_PX = 250, 150  # the height of the preview: to read it, and to know it again
FLAT_FROM_PX, FLAT_BELOW_PX = 800, 720  # of the page: room beside the sheet, none below
UNLIMITED_PX = 16_777_215
MAX_ROWS = 9  # three sheets of three


class Muster16Page(FormPage):
    """F4. Written by keys alone: medicine, Enter, PZN, Enter, dosage, F9."""

    def __init__(self, desk: Desk, background: Background) -> None:
        super().__init__(desk, background, "rezept", ASPECT, "Rosa Original einlegen · von Hand unterschreiben")
        self.rows: list[MedicineRow] = []
        self._folded = False
        self.marks = RezeptMarks(self.issuer)
        self.marks.changed.connect(self.touch)
        self.marks.unfolds.connect(self._on_extra)
        self.unfalltag = Field("Unfalltag", "unfalltag", placeholder="TT.MM.", pfad="rezept.arbeitsunfall.unfalltag")
        self.betrieb = Field("Unfallbetrieb", "unfallbetrieb", pfad="rezept.arbeitsunfall.unfallbetrieb")
        self.traeger = Field("Unfallversicherung", "unfalltraeger", pfad="rezept.arbeitsunfall.traeger")
        self.diagnose = Field("Diagnose (auf dem Rezept)", "rezept_diagnose", pfad="rezept.diagnose")
        for field in (self.unfalltag, self.betrieb, self.traeger, self.diagnose):
            field.changed.connect(self.touch)
        self._last: tuple[Verordnung, ...] = ()
        self.again = button("&Wie beim letzten Mal", "wie_letztes_mal", "still")
        self.again.setToolTip("Übernimmt, was diese Person hier zuletzt auf Muster 16 bekam. Bitte ärztlich prüfen.")
        self.again.clicked.connect(self._take_last_time)
        self.again.hide()
        self.rezeptur = RezepturPanel()
        self.rezeptur.changed.connect(self._on_row)
        self.rezeptur.left.connect(self.submit_focus)
        self.rezeptur.dropped.connect(self._on_dropped)
        self.rezeptur_button = button("Rezept&ur …", "rezeptur_oeffnen", "still")
        self.rezeptur_button.setToolTip("Ein Mittel, das die Apotheke herstellt, mit seinen Bestandteilen.")
        self.rezeptur_button.clicked.connect(self._open_rezeptur)
        self.official = OfficialNote(lambda form: desk.note_official(form, self.bar.wer), background)
        self.stock = StockPanel(desk, background, self.bar, "muster16")
        self.bar.add_quiet(self.stock.open_button)
        self._walk = EnterWalk(self, self.submit_focus)
        self._line_keys = LineKeys(self, self.rows)
        self._arrange()
        self._add_row()
        self._on_extra()

    def _arrange(self) -> None:
        self._card = card = frame("karte", name="rezept_blatt")
        self._top = QWidget()
        top = QHBoxLayout(self._top)
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(16)
        top.addWidget(self.preview_box(), 1)
        self._side_scroll = scroll = scroll_area(self.marks)
        scroll.setProperty("breite", "seite")
        top.addWidget(scroll)
        self.preview_column = self._top
        self._extra = QWidget()
        extra = QHBoxLayout(self._extra)
        extra.setContentsMargins(0, 0, 0, 0)
        extra.setSpacing(8)
        for field in (self.unfalltag, self.betrieb, self.traeger, self.diagnose):
            extra.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
        lines = QWidget()
        lines.setObjectName("rolle")
        self._lines = QVBoxLayout(lines)
        self._lines.setContentsMargins(0, 0, 6, 0)
        self._lines.setSpacing(8)
        self._lines.addWidget(self.rezeptur)
        self._lines.addStretch(1)
        self._scroll = scroll_area(lines)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(16, 14, 12, 12)
        inside.setSpacing(SPACING_PX)
        inside.addWidget(self._top, 1000)
        inside.addWidget(self._extra)
        inside.addWidget(self.objections)
        inside.addWidget(self.official)
        inside.addWidget(self._scroll, 1)
        foot = QHBoxLayout()
        foot.addWidget(label(texts.ZWECK, "winzig", wrap=True), 1)
        foot.addWidget(self.rezeptur_button)
        foot.addWidget(self.again)
        inside.addLayout(foot)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        for widget, share in ((card, 1), (self.stock, 0), (self.bar, 0)):
            layout.addWidget(widget, share)

    # -- lines -----------------------------------------------------------------

    def fold(self, folded: bool) -> None:
        """Fee and marks stay within reach: in small windows they follow the medicines."""
        if folded and self._side_scroll.widget() is not None:
            self._lines.insertWidget(self._lines.count() - 1, self._side_scroll.takeWidget() or self.marks)
            self.marks.show()
        elif not folded and self._side_scroll.widget() is None:
            self._lines.removeWidget(self.marks)
            self._side_scroll.setWidget(self.marks)
        self._folded = folded
        super().fold(folded)
        self._fit_lines()

    def _fit_lines(self) -> None:
        """Three medicines are always in sight; objections and a Rezeptur make room for themselves."""
        look, wanted = theme.current(), self._lines.sizeHint().height() + 4
        least = look.px(LINES_PX if not self._folded else LINES_FOLDED_PX)
        room = (
            self._card.height()
            - look.px(AROUND_PX)
            - sum(
                each.sizeHint().height() + SPACING_PX
                for each in (self._extra, self.objections, self.official)
                if each.isVisibleTo(self)
            )
        )
        # Two tall things in one column: Qt shortens both alike, so the sheet has to be told to step back.
        tight = not self._folded and self.rezeptur.isVisibleTo(self) and room < look.px(SHEET_PX) + wanted
        self._top.setMaximumHeight(look.px(SHEET_LEAST_PX) if tight else UNLIMITED_PX)
        most = min(look.px(LINES_MAX_PX), room - look.px(SHEET_LEAST_PX))
        self._scroll.setMinimumHeight(least if self._folded else max(least, min(wanted, most)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the height between the sheet and what is written."""
        super().resizeEvent(event)
        look = theme.current()
        flat = not self._folded and self.width() >= look.px(FLAT_FROM_PX) and self.height() < look.px(FLAT_BELOW_PX)
        if flat != (self._side_scroll.property("breite") == "seite_flach"):
            self.marks.lie_flat(flat)
            theme.mark(self._side_scroll, breite="seite_flach" if flat else "seite")
        self._fit_lines()

    def _show_objections(self, found: list[Einwand]) -> None:
        super()._show_objections(found)
        self.official.judge(found, self.eingabe)
        self._fit_lines()

    def _add_row(self) -> MedicineRow:
        row = MedicineRow(len(self.rows), self._background, self._search)
        row.changed.connect(self._on_row)
        self.rows.append(row)
        self._lines.insertWidget(len(self.rows), row)  # below the Rezeptur
        before: QWidget = self.rezeptur.btm if row.index == 0 else self.rows[-2].aut_idem
        for after in (*(field.edit for field in row.fields), row.aut_idem):
            self.setTabOrder(before, after)
            before = after
        row.show()  # at once, so that Enter finds it
        self._walk.leave_by(row.mittel.edit, lambda: self._leave_empty(row))
        self._walk.set_order([edit for r in self.rows for edit in (r.mittel.edit, r.pzn.edit, r.dosierung.edit)])
        return row

    def _leave_empty(self, row: MedicineRow) -> bool:
        """Enter in an empty line after a full one: nothing more to write, on to printing."""
        if not row.empty or self.rows.index(row) == 0:
            return False
        self.submit_focus()
        return True

    def submit_focus(self) -> None:
        """The cursor goes to the main button."""
        self.bar.main_button.setFocus(Qt.FocusReason.TabFocusReason)

    def _on_row(self) -> None:
        if not self.rows[-1].empty and len(self.rows) < MAX_ROWS:
            self._add_row()
        position = 0
        for row in self.rows:
            row.move_to(None if row.empty else position)
            position += not row.empty
        self.rezeptur.move_to(position)
        self.touch()

    def _open_rezeptur(self) -> None:
        self.rezeptur.open()
        self.rezeptur_button.hide()
        self._fit_lines()

    def _on_dropped(self) -> None:
        self.rezeptur_button.show()
        self._fit_lines()
        self.focus_first()

    def _filled(self) -> list[MedicineRow]:
        return [row for row in self.rows if not row.empty]

    def _search(self, text: str) -> Sequence[Mittel]:
        return self._desk.search_medicines(text, self.lanr)

    # -- the last time -----------------------------------------------------------

    def _ask_last_time(self) -> None:
        """Look whether this patient got something here before; a click takes it over."""
        self._last, patient = (), self.patient
        self.again.hide()
        if patient is None:
            return

        def on_found(found: tuple[Verordnung, ...]) -> None:
            if self.patient is patient:
                self._last = found
                self.again.setVisible(bool(found))

        person = patient.versicherter
        self._background.run("outbox", lambda: self._desk.last_prescription(person), on_found, lambda _: None)

    def _take_last_time(self) -> None:
        """Behind what is written already; nothing is printed before somebody looked and pressed F9."""
        for position in self._last:
            if self.rows[-1].empty:
                self.rows[-1].take_again(position)
        self.again.hide()
        self.submit_focus()

    # -- marks -----------------------------------------------------------------

    def _on_extra(self) -> None:
        accident = self.marks.arbeitsunfall.isChecked()
        for field in (self.unfalltag, self.betrieb, self.traeger):
            field.setVisible(accident)
        aid = self.marks.art.value() == "hilfsmittel"
        self.diagnose.setVisible(aid)
        self._extra.setVisible(accident or aid)
        self.touch()

    def set_settings(self, settings: Einstellungen, wer: str) -> None:
        """Who may issue here; a good moment to look at the paper."""
        super().set_settings(settings, wer)
        self.stock.reload()

    def set_patient(self, patient: Patient | None) -> None:
        """Whose prescription this is; children are free of fee unless somebody said otherwise."""
        years = age(patient.versicherter.geburtsdatum, self.heute) if patient else None
        self.marks.suggest_fee(free=years is not None and years < 18)
        other = patient is not self.patient
        super().set_patient(patient)
        if other:
            self._ask_last_time()

    # -- the form --------------------------------------------------------------

    @property
    def needs_patient(self) -> bool:
        """Sprechstundenbedarf is for the practice, not for a person."""
        return self.marks.art.value() != "sprechstundenbedarf"

    def controls(self) -> Sequence[Field | Choice]:
        """Every field that an objection may point to."""
        row_fields = [field for row in self.rows for field in row.fields]
        return (*row_fields, *self.rezeptur.controls, self.unfalltag, self.betrieb, self.traeger, self.diagnose)

    def unreadable(self) -> list[Einwand]:
        """Letters in a date or a number; an unwritten prescription."""
        found = []
        if self.marks.arbeitsunfall.isChecked() and parse_date(self.unfalltag.text(), self.heute) is None:
            found.append(Einwand("rezept.arbeitsunfall.unfalltag", "Eingabe", HINWEIS))
        for position, row in enumerate(self._filled()):
            if row.anzahl_value() is None:
                found.append(Einwand(f"rezept.positionen[{position}].anzahl", "Eingabe", "Bitte 1 bis 99."))
        if not self.rezeptur.empty:
            found += self.rezeptur.unreadable()
        elif not self._filled():
            found.append(Einwand(NOTHING, "AVWG P3-720", "Es ist noch nichts verordnet."))
            found.append(Einwand("rezept.positionen", "AVWG P3-720", ""))
        return found

    def eingabe(self) -> RezeptEingabe:
        """What was typed."""
        art = self.marks.art.value() or "arzneimittel"
        patient = self.patient
        person = patient.versicherter if patient is not None and self.needs_patient else None
        return RezeptEingabe(
            versicherter=person,
            versicherung=patient.versicherung if patient is not None else Versicherung(),
            herkunft=patient.herkunft if patient is not None else "hand",
            arzt=self.issuer.arzt(),
            betriebsstaette=self.issuer.betriebsstaette(),
            datum=self.heute,
            rezept=RezeptAngaben(
                art=art,  # type: ignore[arg-type]  # the options are the allowed values
                gebuehr=self.marks.gebuehr,  # type: ignore[arg-type]  # the two boxes
                arbeitsunfall=self._arbeitsunfall(),
                diagnose=self.diagnose.text() or None if art == "hilfsmittel" else None,
                positionen=self._positionen(art),
                **self.marks.flags(),
            ),
        )

    def _positionen(self, art: str) -> tuple[Verordnung, ...]:
        made = () if self.rezeptur.empty else (self.rezeptur.position(),)
        return (*(row.position(art) for row in self._filled()), *made)

    def _arbeitsunfall(self) -> Arbeitsunfall | None:
        if not self.marks.arbeitsunfall.isChecked():
            return None
        return Arbeitsunfall(
            unfalltag=parse_date(self.unfalltag.text(), self.heute) or self.heute,
            unfallbetrieb=self.betrieb.text(),
            traeger=self.traeger.text() or None,
        )

    def check(self, eingabe: RezeptEingabe) -> Befund:
        """What the rules say."""
        return self._desk.check_rezept(eingabe)

    def preview(self, eingabe: RezeptEingabe) -> bytes:
        """The pink sheet with the text on it."""
        if not eingabe.rezept.positionen:
            blank = eingabe.rezept.model_copy(update={"positionen": (FreitextPosition(form="freitext", text=""),)})
            eingabe = eingabe.model_copy(update={"rezept": blank})
        return self._desk.preview_rezept(eingabe)

    def store(self, eingabe: RezeptEingabe) -> tuple[Uebersicht, ...]:
        """One Beleg per sheet."""
        return self._desk.issue_rezept(eingabe, self.bar.wer)

    def caption_text(self) -> str:
        """What is printed and what is not."""
        return "Vorschau · gedruckt wird nur der schwarze Text auf das rosa Original"

    def clear(self) -> None:
        """An empty form for the same patient."""
        for row in self.rows:
            row.clear()
        self.rezeptur.clear()
        self.rezeptur_button.show()
        self.marks.clear()
        for field in (self.unfalltag, self.betrieb, self.traeger, self.diagnose):
            field.set_text("")
        self.set_patient(self.patient)

    def focus_first(self) -> None:
        """The first medicine."""
        self.rows[0].mittel.edit.setFocus()

    def draft(self) -> dict[str, Any]:
        """What was typed, to be kept; empty if nothing was."""
        rows = [row.draft() for row in self._filled()]
        extra = [f.text() for f in (self.unfalltag, self.betrieb, self.traeger, self.diagnose)]
        rezeptur = self.rezeptur.draft()
        if not rows and not any(extra) and self.marks.empty and not rezeptur:
            return {}
        return {"zeilen": rows, "weiteres": extra, "rezeptur": rezeptur} | self.marks.draft()

    def restore(self, draft: dict[str, Any]) -> None:
        """Bring back what was kept."""
        self.clear()
        for index, kept in enumerate(draft["zeilen"]):
            self.rows[index].restore(kept)  # every filled line makes the next one
        self.rezeptur.restore(draft.get("rezeptur", {}))  # drafts of older versions have none
        self.rezeptur_button.setVisible(self.rezeptur.isHidden())
        self.marks.restore(draft)
        for field, text in zip(
            (self.unfalltag, self.betrieb, self.traeger, self.diagnose), draft["weiteres"], strict=True
        ):
            field.set_text(text)
        self.touch()
