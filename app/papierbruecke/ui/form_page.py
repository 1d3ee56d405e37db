"""What the two forms share: live preview, objections at their field, store and print.

A page only collects what was typed. The rules judge it (``desk.check_…``); everything that
they object to is shown at once, each at its field, the rest in one box.
"""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from papierbruecke.clock import local
from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.outbox.model import Uebersicht
from papierbruecke.record.rules import Befund
from papierbruecke.settings import Einstellungen
from papierbruecke.ui.background import Background, Failure, failure_text
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.fields import Choice, Field, Hint, button, frame, label, scroll_area
from papierbruecke.ui.issue_bar import IssueBar
from papierbruecke.ui.issuer import Issuer
from papierbruecke.ui.mnemonics import TASTE
from papierbruecke.ui.patient import Patient
from papierbruecke.ui.pdf_view import PdfView
from papierbruecke.ui.theme import Ton

PREVIEW_DELAY_MS = 90
UNDRAWABLE = frozenset({"ISO 8859-15", "KVDT Feldtabelle", "Eingabe"})
"""Objections that make a sheet undrawable: the preview waits until they are mended."""


class FormPage(QWidget):
    """One form. Subclasses add their fields and say how an input is made of them.

    Signals: ``stored`` with the new lines, ``changed`` after anything a list may show,
    ``typed`` after every change by a person, ``discarded`` when the page is to be emptied.
    """

    stored = Signal(object)
    changed = Signal()
    typed = Signal()
    discarded = Signal()

    def __init__(self, desk: Desk, background: Background, prefix: str, aspect: float, paper: str) -> None:
        super().__init__()
        self.setObjectName(f"{prefix}_seite")
        self._desk = desk
        self._background = background
        self.patient: Patient | None = None
        self.lanr = ""  # of the chosen doctor; completion asks for it in a lane
        self.issuer = Issuer(prefix)
        self.issuer.changed.connect(self.touch)
        self.view = PdfView(f"{prefix}_vorschau", aspect, "Das Formular entsteht beim Schreiben.")
        self.caption = label("", "klein", wrap=True)
        self.back = button("‹", f"{prefix}_blatt_zurueck", "still")
        self.forth = button("›", f"{prefix}_blatt_weiter", "still")
        self.back.setAccessibleName("vorheriges Blatt")
        self.forth.setAccessibleName("nächstes Blatt")
        for turn, step, key in ((self.back, -1, "Ctrl+PgUp"), (self.forth, 1, "Ctrl+PgDown")):
            turn.setProperty(TASTE, key)
            turn.clicked.connect(partial(self._turn, step))
            QShortcut(QKeySequence(key), self).activated.connect(turn.click)
        self.objections = Hint(f"{prefix}_einwaende", Ton.BAD)
        self.bar = IssueBar(desk, background, paper)
        self.bar.setObjectName(f"{prefix}_ablage")
        self.bar.requested.connect(self.submit)
        self.bar.discard.connect(self.discarded)
        self.bar.stored.connect(self.stored)
        self.bar.changed.connect(self.changed)
        self.bar.refused.connect(self._on_refused)
        self.bar.finished.connect(self._on_finished)
        self.preview_column = QWidget()
        self._sheet: tuple[UUID, str, date] | None = None
        self.sheet_hint = Hint(f"{prefix}_vordruck", Ton.ACCENT)
        self._judged = False
        self._drawing = False
        self._stale = False
        self._unseen = True
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PREVIEW_DELAY_MS)
        self._timer.timeout.connect(self._draw)

    # -- for subclasses --------------------------------------------------------

    def controls(self) -> Sequence[Field | Choice]:
        """Every field that an objection may point to."""
        raise NotImplementedError

    def eingabe(self) -> Any:
        """What was typed, as an input; unreadable parts are left out and named by ``unreadable``."""
        raise NotImplementedError

    def unreadable(self) -> list[Einwand]:
        """What cannot be understood at all (letters in a date), by field."""
        raise NotImplementedError

    def check(self, eingabe: Any) -> Befund:
        """What the rules say; for the preview it runs in a lane."""
        raise NotImplementedError

    def preview(self, eingabe: Any) -> bytes:
        """The sheet as it will look; runs in a lane."""
        raise NotImplementedError

    def store(self, eingabe: Any) -> tuple[Uebersicht, ...]:
        """Store it; runs in a lane."""
        raise NotImplementedError

    def clear(self) -> None:
        """An empty form."""
        raise NotImplementedError

    def focus_first(self) -> None:
        """Put the cursor where writing begins."""
        raise NotImplementedError

    def draft(self) -> dict[str, Any]:
        """What was typed, to be kept; empty if nothing was."""
        raise NotImplementedError

    def restore(self, draft: dict[str, Any]) -> None:
        """Bring back what was kept."""
        raise NotImplementedError

    # -- what the window gives -------------------------------------------------

    def set_patient(self, patient: Patient | None) -> None:
        """Whose form this is."""
        self.patient = patient
        self.touch()

    def set_settings(self, settings: Einstellungen, wer: str) -> None:
        """Who may issue here, and under which sign it is stored."""
        self.bar.wer = wer
        self.issuer.set_praxis(settings.praxis)
        self.touch()

    @property
    def heute(self) -> date:
        """The day on the wall calendar; for a sheet of the Notfallmappe the day on which it was written."""
        return self._sheet[2] if self._sheet is not None else local(self._desk.clock.now()).date()

    # -- a sheet of the Notfallmappe ---------------------------------------------

    @property
    def kennung(self) -> UUID | None:
        """The Kennung on the sheet that is typed in; None for a new Beleg."""
        return self._sheet[0] if self._sheet is not None else None

    def capture(self, kennung: UUID, belegnummer: str, tag: date) -> None:
        """What was written on this sheet is typed in now: it exists on paper and is not printed again."""
        self._show_sheet((kennung, belegnummer, tag))

    def _show_sheet(self, sheet: tuple[UUID, str, date] | None) -> None:
        self._sheet = sheet
        self.bar.set_on_paper(sheet is not None)
        text = f"Blatt {sheet[1]} vom {sheet[2]:%d.%m.%Y} wird erfasst. Nur abgelegt, nicht gedruckt." if sheet else ""
        self.sheet_hint.show_text(text, Ton.ACCENT)
        self.touch()

    def sheet_draft(self) -> list[str] | None:
        """The sheet, to be kept with what was typed."""
        return [str(self._sheet[0]), self._sheet[1], self._sheet[2].isoformat()] if self._sheet is not None else None

    def restore_sheet(self, kept: list[str] | None) -> None:
        """Bring the sheet back."""
        self._show_sheet((UUID(kept[0]), kept[1], date.fromisoformat(kept[2])) if kept else None)

    # -- objections ------------------------------------------------------------

    def touch(self) -> None:
        """Something changed: draw soon, and judge again if it was judged before."""
        self.lanr = self.issuer.arzt().lanr
        if self.isVisible():
            self._timer.start()
        else:
            self._unseen = True
        if self._judged:
            self._judge()
        self.typed.emit()

    def _all_objections(self) -> list[Einwand]:
        found = self.unreadable()
        if self.patient is None and self.needs_patient:
            found.append(Einwand("versicherter", "KVDT P2-400", "Bitte zuerst die Karte lesen (F2) oder F3, von Hand."))
        if not self.issuer.complete:
            found.append(Einwand("arzt", "AMVV § 2", "Praxis und Ärztin oder Arzt fehlen noch. F11: Einstellungen."))
        known = {einwand.feld for einwand in found}
        for einwand in self.check(self.eingabe()).einwaende:
            covered = any(einwand.feld == feld or einwand.feld.startswith(f"{feld}.") for feld in known)
            hidden = not self.issuer.complete and einwand.feld.startswith(("arzt", "betriebsstaette"))
            if not covered and not hidden and (self.patient is not None or not einwand.feld.startswith("versicher")):
                found.append(einwand)
        return found

    def fold(self, folded: bool) -> None:
        """Small window or large text: the fields come first, the preview folds away."""
        self.preview_column.setVisible(not folded)
        self.bar.fold(folded)

    @property
    def pending(self) -> bool:
        """Whether the preview still waits for the end of the typing."""
        return self._timer.isActive()

    @property
    def needs_patient(self) -> bool:
        """Whether this form is for a person (Sprechstundenbedarf is not)."""
        return True

    def _judge(self) -> list[Einwand]:
        found = self._all_objections()
        self._show_objections(found)
        return found

    def _show_objections(self, found: list[Einwand]) -> None:
        by_path: dict[str, str] = {}
        for einwand in found:
            by_path.setdefault(einwand.feld, einwand.text)
        for control in self.controls():
            control.object_to(by_path.pop(control.pfad, None) if control.pfad else None)
        self.objections.show_text("\n".join(text for text in dict.fromkeys(by_path.values()) if text), Ton.BAD)

    def submit(self) -> None:
        """F9: judge, and if nothing speaks against it, store, print, ask."""
        if self.bar.busy:
            return
        self._judged = True
        if self._judge():
            first = next((control for control in self.controls() if control.objection), None)
            if first is not None:
                first.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        eingabe = self.eingabe()
        self.bar.issue(lambda: self.store(eingabe))

    def _on_refused(self, failure: Failure) -> None:
        if isinstance(failure, InputRefused):
            self._show_objections(list(failure.einwaende))
        self.focus_first()

    def _on_finished(self) -> None:
        self._show_sheet(None)
        self.clear()
        self._judged = False
        self._show_objections([])
        self.typed.emit()
        self.focus_first()

    def reset(self) -> None:
        """Empty the page by request of the window."""
        self._show_sheet(None)
        self.clear()
        self._judged = False
        self._show_objections([])
        self.bar.trouble.show_text("")

    # -- preview ---------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what changed while nobody looked."""
        super().showEvent(event)
        if self._unseen:
            self._unseen = False
            self._timer.start()

    def _draw(self) -> None:
        if self._drawing:
            self._stale = True
            return
        eingabe, unreadable = self.eingabe(), self.unreadable()

        def work() -> bytes | None:
            found = (*self.check(eingabe).einwaende, *unreadable)
            return None if any(einwand.regel in UNDRAWABLE for einwand in found) else self.preview(eingabe)

        self._drawing = True
        self._background.run("probe", work, self._on_drawn, self._on_draw_failure)

    def _on_drawn(self, pdf: bytes | None) -> None:
        self._drawing = False
        if pdf is None:
            self._caption("Vorschau wartet: ein Feld enthält etwas, das sich nicht drucken lässt.")
        else:
            self.view.show_pdf(pdf)
            self._caption("")
        self._draw_again()

    def _on_draw_failure(self, failure: Failure) -> None:
        self._drawing = False
        self._caption(f"Vorschau wartet: {failure_text(failure)}")
        self._draw_again()

    def _draw_again(self) -> None:
        if self._stale:
            self._stale = False
            self._timer.start()

    def _turn(self, step: int, _: bool = False) -> None:
        self.view.show_page(self.view.page + step)
        self._caption("")

    def _caption(self, trouble: str) -> None:
        pages = self.view.pages
        self.back.setVisible(pages > 1)
        self.forth.setVisible(pages > 1)
        sheet = f"Blatt {self.view.page + 1} von {pages} · " if pages > 1 else ""
        self.caption.setText(trouble or f"{sheet}{self.caption_text()}")

    def caption_text(self) -> str:
        """What the preview is, in words."""
        raise NotImplementedError

    def beside_preview(self, entry: QVBoxLayout, name: str, *below: QWidget) -> None:
        """The page of an upright form: what is written at the left, the sheet at the right, the bar below."""
        inner = QWidget()
        inner.setObjectName("rolle")
        inner.setLayout(entry)
        entry.setContentsMargins(0, 0, 8, 0)
        self.preview_column = self.preview_box()
        body = QHBoxLayout()
        body.setSpacing(16)
        body.addWidget(scroll_area(inner), 4)
        body.addWidget(self.preview_column, 3)
        card = frame("karte", name=name)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(16, 14, 12, 12)
        inside.setSpacing(10)
        inside.addLayout(body, 1)
        inside.addWidget(self.sheet_hint)
        inside.addWidget(self.objections)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(card, 1)
        for widget in (*below, self.bar):
            layout.addWidget(widget)

    def preview_box(self) -> QWidget:
        """Preview with its caption, for the layout of the page."""
        box = QWidget()
        layout = QVBoxLayout(box)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.view, 1000)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.caption, 1)
        row.addWidget(self.back)
        row.addWidget(self.forth)
        layout.addLayout(row)
        layout.addStretch(1)
        self._caption("")
        return box
