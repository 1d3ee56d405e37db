"""The sick note: three copies on white paper, dates as people type them, diagnoses in one line each."""

import re
from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout

from papierbruecke.card.model import Versicherung
from papierbruecke.errors import Einwand
from papierbruecke.outbox.model import Uebersicht
from papierbruecke.record.model import AuAngaben, AuEingabe, Diagnose
from papierbruecke.record.rules import Befund
from papierbruecke.record.suggestion_model import IcdEintrag
from papierbruecke.ui.background import Background
from papierbruecke.ui.date_entry import HINWEIS, parse_date, written
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.fields import Choice, EnterWalk, Field, label
from papierbruecke.ui.form_page import FormPage
from papierbruecke.ui.search_as_typed import SearchAsTyped

ASPECT = 148.0 / 210.0  # DIN A5 upright
MAX_DIAGNOSEN = 6  # TA eAU P310-05
MARKS = (
    ("endbescheinigung", "Endbescheinigung"),
    ("krankengeldfall", "ab 7. Woche, Krankengeldfall"),
    ("durchgangsarzt", "an Durchgangsarzt"),
    ("reha", "Rehabilitation"),
    ("wiedereingliederung", "Wiedereingliederung"),
)
URSACHEN = (
    ("arbeitsunfall", "Arbeitsunfall, Berufskrankheit"),
    ("sonstiger_unfall", "sonstiger Unfall"),
    ("ser", "Soziale Entschädigung"),
)
_ICD = re.compile(r"([A-Za-z][0-9]{2}(?:\.[0-9-]{1,2})?)\s*([AaGgVvZz])?\s*([RrLlBb])?")


def parse_diagnose(text: str) -> Diagnose:
    """``J06.9``, ``J06.9 G``, ``J06.9 V R``; without a letter the diagnosis is gesichert (G)."""
    match = _ICD.fullmatch(text.strip())
    if match is None:
        return Diagnose(icd=text.strip().upper(), sicherheit="G")  # the rule names what is wrong with it
    icd, certainty, side = match.groups()
    return Diagnose.model_validate(
        {"icd": icd.upper(), "sicherheit": (certainty or "G").upper(), "seite": side.upper() if side else None}
    )


def _code_line(eintrag: IcdEintrag) -> str:
    return f"{eintrag.code} · {eintrag.titel}" if eintrag.titel else eintrag.code


def _take_code(field: Field, eintrag: IcdEintrag) -> None:
    """The code; certainty and side are written behind it."""
    field.set_text(eintrag.code)
    field.edit.setFocus(Qt.FocusReason.OtherFocusReason)
    field.edit.end(False)


class AuPage(FormPage):
    """F5. Written by keys alone: until when, Enter, ICD, F9."""

    def __init__(self, desk: Desk, background: Background) -> None:
        super().__init__(desk, background, "au", ASPECT, "Drei Ausfertigungen · jede von Hand unterschreiben")
        self.erst = QPushButton("&Erstbescheinigung")
        self.folge = QPushButton("&Folgebescheinigung")
        group = QButtonGroup(self)
        for choice, name in ((self.erst, "au_erst"), (self.folge, "au_folge")):
            choice.setObjectName(name)
            choice.setCheckable(True)
            choice.setProperty("rang", "wahl")
            choice.setProperty("breite", "art")
            group.addButton(choice)
        self.erst.setChecked(True)
        group.buttonClicked.connect(self._on_art)
        self.seit = Field("Arbeitsunfähig &seit", "au_seit", placeholder="heute", pfad="au.seit")
        self.bis = Field("Voraussichtlich &bis", "au_bis", placeholder="27.11. oder +4", pfad="au.bis")
        self.festgestellt = Field("Fest&gestellt am", "au_festgestellt", placeholder="heute", pfad="au.festgestellt")
        self.diagnosen = [
            Field(
                "&Diagnosen (ICD-10)" if index == 0 else "",
                f"au_diagnose_{index}",
                placeholder="J06.9 G" if index == 0 else f"{index + 1}.",
                pfad=f"au.diagnosen[{index}].icd",
            )
            for index in range(MAX_DIAGNOSEN)
        ]
        self.codes: list[SearchAsTyped[IcdEintrag]] = []
        for index, field in enumerate(self.diagnosen):
            field.edit.setAccessibleName(f"Diagnose {index + 1}, ICD-10")
            codes = SearchAsTyped(field, background, self._search, _code_line, "Diagnosen der ICD-10")
            codes.chosen.connect(partial(_take_code, field))
            self.codes.append(codes)
        self.diagnosetext = Field(
            "Diagnose im Klartext", "au_diagnosetext", placeholder="nur wenn nötig", pfad="au.diagnosetext"
        )
        self.massnahme = Field("Sonstige Maßnahme", "au_massnahme", pfad="au.sonstige_massnahme")
        self.marks = {name: QCheckBox(text) for name, text in MARKS}
        self.ursachen = {name: QCheckBox(text) for name, text in URSACHEN}
        for name, box in (*self.marks.items(), *self.ursachen.items()):
            box.setObjectName(f"au_{name}")
            box.toggled.connect(lambda _: self.touch())
        for line in self._lines():
            line.changed.connect(self._on_text)
        self._walk = EnterWalk(self, lambda: self.bar.main_button.setFocus(Qt.FocusReason.TabFocusReason))
        self._walk.set_order([self.seit.edit, self.festgestellt.edit, self.bis.edit, *(d.edit for d in self.diagnosen)])
        for index, field in enumerate(self.diagnosen):
            self._walk.leave_by(field.edit, partial(self._leave_empty, index))
        self._arrange()
        self._on_text()

    def _search(self, text: str) -> Sequence[IcdEintrag]:
        return self._desk.search_diagnoses(text, self.lanr)

    def _lines(self) -> tuple[Field, ...]:
        return (self.seit, self.festgestellt, self.bis, *self.diagnosen, self.diagnosetext, self.massnahme)

    def _arrange(self) -> None:
        entry = QVBoxLayout()
        entry.setSpacing(10)
        kind = QHBoxLayout()
        kind.setSpacing(8)
        kind.addWidget(self.erst)
        kind.addWidget(self.folge)
        kind.addStretch(1)
        entry.addLayout(kind)
        dates = QHBoxLayout()
        dates.setSpacing(8)
        for field in (self.seit, self.festgestellt, self.bis):
            dates.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
        entry.addLayout(dates)
        grid = QGridLayout()
        grid.setSpacing(8)
        for index, field in enumerate(self.diagnosen):
            grid.addWidget(field, index // 3, index % 3, Qt.AlignmentFlag.AlignBottom)
        entry.addLayout(grid)
        entry.addWidget(
            label(
                "G gesichert · V Verdacht · Z Zustand nach · A Ausschluss; R, L, B für die Seite", "winzig", wrap=True
            )
        )
        texts_row = QHBoxLayout()
        texts_row.setSpacing(8)
        texts_row.addWidget(self.diagnosetext, 1)
        texts_row.addWidget(self.massnahme, 1)
        entry.addLayout(texts_row)
        entry.addSpacing(2)
        entry.addWidget(label("Ursache und Hinweise", "abschnitt"))
        boxes = QVBoxLayout()
        boxes.setSpacing(0)
        for box in (*self.ursachen.values(), *self.marks.values()):
            boxes.addWidget(box)
        entry.addLayout(boxes)
        entry.addWidget(self.issuer)
        entry.addStretch(1)
        self.beside_preview(entry, "au_blatt")

    def _on_art(self) -> None:
        self.seit.setEnabled(self.erst.isChecked())
        self.touch()

    def _on_text(self) -> None:
        filled = [index for index, field in enumerate(self.diagnosen) if field.text()]
        upto = min(max(filled, default=-1) + 1, MAX_DIAGNOSEN - 1)
        for index, field in enumerate(self.diagnosen):
            field.setVisible(index <= max(upto, 2))
        for position, index in enumerate(filled):
            self.diagnosen[index].pfad = f"au.diagnosen[{position}].icd"
        self.touch()

    def _leave_empty(self, index: int) -> bool:
        if self.diagnosen[index].text() or index == 0:
            return False
        self.bar.main_button.setFocus(Qt.FocusReason.TabFocusReason)
        return True

    # -- the form --------------------------------------------------------------

    def controls(self) -> Sequence[Field | Choice]:
        """Every field that an objection may point to."""
        return self._lines()

    def unreadable(self) -> list[Einwand]:
        """Letters in a date, and the end that nobody wrote yet."""
        found = []
        for field in (self.seit, self.festgestellt):
            if field.isEnabled() and field.text() and parse_date(field.text(), self.heute) is None:
                found.append(Einwand(field.pfad, "Eingabe", HINWEIS))
        if not self.bis.text():
            found.append(Einwand("au.bis", "TA eAU P310-04", "Bis wann? Zum Beispiel 27.11. oder +4."))
        elif parse_date(self.bis.text(), self.heute) is None:
            found.append(Einwand("au.bis", "Eingabe", HINWEIS))
        if not any(field.text() for field in self.diagnosen):
            found.append(Einwand(self.diagnosen[0].pfad, "TA eAU P310-05", "Es fehlt eine Diagnose (ICD-10)."))
            found.append(Einwand("au.diagnosen", "TA eAU P310-05", ""))
        return found

    def _day(self, field: Field, default: date) -> date:
        return parse_date(field.text(), self.heute) or default

    def eingabe(self) -> AuEingabe:
        """What was typed."""
        heute, patient = self.heute, self.patient
        return AuEingabe(
            versicherter=patient.versicherter if patient is not None else None,
            versicherung=patient.versicherung if patient is not None else Versicherung(),
            herkunft=patient.herkunft if patient is not None else "hand",
            arzt=self.issuer.arzt(),
            betriebsstaette=self.issuer.betriebsstaette(),
            datum=heute,
            kennung=self.kennung,
            au=AuAngaben(
                art="erst" if self.erst.isChecked() else "folge",
                seit=self._day(self.seit, heute) if self.erst.isChecked() else None,
                bis=self._day(self.bis, heute),
                festgestellt=self._day(self.festgestellt, heute),
                ursachen=tuple(name for name, box in self.ursachen.items() if box.isChecked()),  # type: ignore[misc]
                diagnosen=tuple(parse_diagnose(field.text()) for field in self.diagnosen if field.text()),
                diagnosetext=self.diagnosetext.text() or None,
                sonstige_massnahme=self.massnahme.text() or None,
                **{name: box.isChecked() for name, box in self.marks.items()},
            ),
        )

    def check(self, eingabe: AuEingabe) -> Befund:
        """What the rules say."""
        return self._desk.check_au(eingabe)

    def preview(self, eingabe: AuEingabe) -> bytes:
        """The copy for the Krankenkasse."""
        return self._desk.preview_au(eingabe)

    def store(self, eingabe: AuEingabe) -> tuple[Uebersicht, ...]:
        """One Beleg with its three copies."""
        return (self._desk.issue_au(eingabe, self.bar.wer),)

    def caption_text(self) -> str:
        """Which copy is shown, and the days in words."""
        until = parse_date(self.bis.text(), self.heute)
        days = f"bis {written(until)} · " if until is not None else ""
        return f"{days}Vorschau: Ausfertigung für die Krankenkasse"

    def clear(self) -> None:
        """An empty form for the same patient."""
        for field in self._lines():
            field.set_text("")
        for box in (*self.marks.values(), *self.ursachen.values()):
            box.setChecked(False)
        self.erst.setChecked(True)
        self._on_art()

    def focus_first(self) -> None:
        """Until when? The rest is today unless somebody says otherwise."""
        self.bis.edit.setFocus()

    def draft(self) -> dict[str, Any]:
        """What was typed, to be kept; empty if nothing was."""
        lines = [field.text() for field in self._lines()]
        marks = [name for name, box in (*self.marks.items(), *self.ursachen.items()) if box.isChecked()]
        if not any(lines) and not marks and self.erst.isChecked() and self.kennung is None:
            return {}
        return {"blatt": self.sheet_draft(), "zeilen": lines, "merkmale": marks, "folge": self.folge.isChecked()}

    def restore(self, draft: dict[str, Any]) -> None:
        """Bring back what was kept."""
        self.clear()
        self.restore_sheet(draft["blatt"])
        (self.folge if draft["folge"] else self.erst).setChecked(True)
        for field, text in zip(self._lines(), draft["zeilen"], strict=True):
            field.set_text(text)
        for name, box in (*self.marks.items(), *self.ursachen.items()):
            box.setChecked(name in draft["merkmale"])
        self._on_art()
