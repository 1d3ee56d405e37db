"""Entry by hand: the minimum data of the Ersatzverfahren, in writing order.

Source: KBV Anforderungskatalog KVDT 6.06, 2.2.3.1 (P2-400): name, birthday, Versichertenart,
PLZ, Krankenkasse; sheet reconciliation §3.2.
"""

from collections.abc import Sequence
from datetime import date, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from papierbruecke.card.model import Anschrift, Postfach, Versicherter, Versicherung
from papierbruecke.errors import Einwand
from papierbruecke.practice.model import Kostentraeger
from papierbruecke.ui import texts
from papierbruecke.ui.date_entry import parse_birthday
from papierbruecke.ui.fields import Choice, EnterWalk, Field, Hint, button, label
from papierbruecke.ui.more_data import LAND, MoreData
from papierbruecke.ui.patient import Patient
from papierbruecke.ui.theme import Ton

NOBODY = Versicherter(vorname="", nachname="")
_GESCHLECHT = ((None, "–"), *texts.GESCHLECHT.items())
_ART = ((None, "–"), *((code, f"{code} · {text}") for code, text in texts.VERSICHERTENART.items()))


class HandEntry(QWidget):
    """The form for a patient without a readable card.

    Signals: ``accepted`` when everything needed is there; ``cancelled`` after Esc or the button.
    """

    accepted = Signal()
    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("handeingabe")
        self._origin: tuple[Versicherter, Versicherung] | None = None
        person, address, cover = "versicherter", "versicherter.anschrift", "versicherung"
        self.nachname = Field("N&achname", "hand_nachname", pfad=f"{person}.nachname")
        self.vorname = Field("&Vorname", "hand_vorname", pfad=f"{person}.vorname")
        self.titel = Field("&Titel", "hand_titel", pfad=f"{person}.titel")
        self.geburtsdatum = Field(
            "&Geboren", "hand_geburtsdatum", placeholder="TT.MM.JJJJ", pfad=f"{person}.geburtsdatum"
        )
        self.geschlecht = Choice("Ge&schlecht", "hand_geschlecht", _GESCHLECHT, pfad=f"{person}.geschlecht")
        self.strasse = Field("St&raße", "hand_strasse", pfad=f"{address}.strasse")
        self.hausnummer = Field("&Nr.", "hand_hausnummer", pfad=f"{address}.hausnummer")
        self.plz = Field("&PLZ", "hand_plz", pfad=f"{address}.plz")
        self.ort = Field("&Ort", "hand_ort", pfad=f"{address}.ort")
        self.kasse = Field("&Krankenkasse", "hand_kasse", pfad=f"{cover}.name")
        self.ik = Field("&IK", "hand_ik", placeholder="9 Ziffern", pfad=f"{cover}.ik")
        self.versicherten_id = Field(
            "Versicherten-I&D", "hand_versicherten_id", placeholder="A123456789", pfad=f"{person}.versicherten_id"
        )
        self.versichertenart = Choice("Stat&us", "hand_versichertenart", _ART, pfad=f"{cover}.versichertenart")
        self.more = MoreData()
        self.more_button = button("&Weitere Angaben …", "hand_weitere", "still")
        self.more_button.setCheckable(True)
        self.more_button.toggled.connect(self._show_more)
        self.more.hide()
        self.rest = Hint("hand_einwaende", Ton.BAD)
        self.ok = button("Übernehmen", "hand_uebernehmen", "haupt")
        self.ok.clicked.connect(self.accept)
        self.back = button("Zurück", "hand_zurueck", key="Esc")
        self.back.clicked.connect(self.cancelled)
        self.controls: tuple[Field | Choice, ...] = (
            self.nachname,
            self.vorname,
            self.titel,
            self.geburtsdatum,
            self.geschlecht,
            self.strasse,
            self.hausnummer,
            self.plz,
            self.ort,
            self.kasse,
            self.ik,
            self.versicherten_id,
            self.versichertenart,
            *self.more.controls,
        )
        self._walk = EnterWalk(self, self.accept)
        self._arrange()
        self._show_more(False)

    def _show_more(self, on: bool) -> None:
        """Show the optional data, or fold them; Enter walks through what is shown.

        What came with somebody else, or with another Krankenkasse, never comes to light here.
        """
        if on and self._origin is not None and not self._same_person:
            self.more.forget_person()
            self._origin = (NOBODY, self._origin[1])
        if on and self._origin is not None and not self._same_fund:
            self.more.forget_cover()
            self._origin = (self._origin[0], Versicherung())
        self.more.setVisible(on)
        left_out = (self.titel,) if on else (self.titel, *self.more.controls)
        self._walk.set_order([control.focusProxy() or control for control in self.controls if control not in left_out])
        if on:
            self.more.vorsatzwort.setFocus(Qt.FocusReason.OtherFocusReason)

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(9)
        layout.addWidget(label("Von Hand erfassen", "titel"))
        for parts in (
            ((self.nachname, 1),),
            ((self.vorname, 3), (self.titel, 1)),
            ((self.geburtsdatum, 1), (self.geschlecht, 1)),
            ((self.strasse, 3), (self.hausnummer, 1)),
            ((self.plz, 2), (self.ort, 3)),
            ((self.kasse, 1),),
            ((self.ik, 1), (self.versicherten_id, 1)),
            ((self.versichertenart, 1),),
            ((self.more_button, 0),),
            ((self.more, 1),),
            ((self.back, 0), (self.ok, 1)),
        ):
            row = QHBoxLayout()
            row.setSpacing(8)
            for widget, stretch in parts:
                row.addWidget(widget, stretch, Qt.AlignmentFlag.AlignTop)
            layout.addLayout(row)
        layout.addWidget(self.rest)
        layout.addStretch(1)

    def focus_first(self) -> None:
        """Put the cursor where writing begins."""
        self.nachname.edit.setFocus()

    @property
    def empty(self) -> bool:
        """Whether nothing was typed or chosen yet."""
        return not any(self.typed)

    @property
    def typed(self) -> tuple[str | None, ...]:
        """Everything as it stands in the fields."""
        return tuple(c.text() if isinstance(c, Field) else c.value() for c in self.controls)

    def take_fund(self, fund: Kostentraeger, heute: date) -> None:
        """A Krankenkasse was chosen from the list: name and number at once, and on to the next field."""
        name = fund.druckname(heute) or fund.name
        ik = fund.billing_ik(heute) or ""
        self.kasse.set_text(name)
        self.ik.set_text(ik)
        cover = Versicherung(
            typ="SKT" if fund.sonstiger else "GKV", ik=ik or None, name=name, vknr=fund.vknr, druckname=name
        )
        person = self._origin[0] if self._origin is not None else None
        self._origin = (person or NOBODY, cover)
        self.more.forget_cover()
        self.versicherten_id.edit.setFocus()

    def fill(self, person: Versicherter, cover: Versicherung) -> None:
        """Start from what is known; what the form does not show stays with the same name and fund.

        The time of the cover does not: the card is the only one to know it, and typed data are "von Hand".
        """
        cover = cover.model_copy(update={"beginn": None, "ende": None})
        self._origin = (person, cover)
        box = person.postfach
        place = person.anschrift or (Anschrift(plz=box.plz, ort=box.ort, land=box.land) if box else Anschrift())
        self.more.fill(person, cover)
        for field, text in (
            (self.nachname, person.nachname),
            (self.vorname, person.vorname),
            (self.titel, person.titel),
            (self.geburtsdatum, texts.datum(person.geburtsdatum) if person.geburtsdatum else ""),
            (self.strasse, place.strasse),
            (self.hausnummer, place.hausnummer),
            (self.plz, place.plz),
            (self.ort, place.ort),
            (self.kasse, cover.name),
            (self.ik, cover.ik),
            (self.versicherten_id, person.versicherten_id),
        ):
            field.set_text(text or "")
        self.geschlecht.choose(person.geschlecht)
        self.versichertenart.choose(cover.versichertenart)

    def clear(self) -> None:
        """An empty form for the next person."""
        self._origin = None
        self.more_button.setChecked(False)
        for control in self.controls:
            if isinstance(control, Field):
                control.set_text("")
            else:
                control.choose(None)

    def patient(self, stand: datetime) -> Patient:
        """What was typed, as it is; the rules judge it when a form is written."""
        return Patient(versicherter=self._person(), versicherung=self._cover(), herkunft="hand", stand=stand)

    @property
    def _same_person(self) -> bool:
        """Whether the name is still the one that was known."""
        known = self._origin[0] if self._origin is not None else None
        return known is None or known.nachname in ("", self.nachname.text())

    @property
    def _same_fund(self) -> bool:
        """Whether number and name of the Krankenkasse are still the ones that were known."""
        known = self._origin[1] if self._origin is not None else None
        return known is None or not known.ik or (known.ik, known.name or "") == (self._ik, self.kasse.text())

    @property
    def _ik(self) -> str:
        return self.ik.text().replace(" ", "")

    def _person(self) -> Versicherter:
        """Optional data count if they are shown, or if the person they came with is still the same."""
        more = self.more if self.more_button.isChecked() or self._same_person else None
        birthday, box = self.geburtsdatum.text(), more.postfach.text() if more else ""
        street, plz, ort = self.strasse.text() or None, self.plz.text() or None, self.ort.text() or None
        land = (more.land.text().upper() if more else "") or LAND
        address = Anschrift(
            strasse=street,
            hausnummer=self.hausnummer.text() or None,
            zusatz=(more.zusatz.text() if more else "") or None,
            plz=plz,
            ort=ort,
            land=land,
        )
        return Versicherter(
            versicherten_id=self.versicherten_id.text().upper().replace(" ", "") or None,
            titel=self.titel.text() or None,
            vorname=self.vorname.text(),
            namenszusatz=(more.namenszusatz.text() if more else "") or None,
            vorsatzwort=(more.vorsatzwort.text() if more else "") or None,
            nachname=self.nachname.text(),
            geburtsdatum=(parse_birthday(birthday) or birthday) or None,
            geschlecht=self.geschlecht.value(),  # type: ignore[arg-type]  # the options are the allowed values
            anschrift=None if box and not street else address,
            postfach=self._box(box, plz, ort, land) if box else None,
        )

    def _box(self, number: str, plz: str | None, ort: str | None, land: str) -> Postfach:
        """The post box with its own postal code, if it is the one that was known; else with the one above."""
        known = self._origin[0] if self._origin is not None else None
        if known is not None and known.anschrift and known.postfach and known.postfach.postfach == number:
            return known.postfach
        return Postfach(postfach=number, plz=plz, ort=ort, land=land)

    def _cover(self) -> Versicherung:
        known = self._origin[1] if self._origin is not None and self._same_fund else None
        cover = known if known and known.ik else Versicherung(ik=self._ik or None, name=self.kasse.text() or None)
        shown = self.more.cover_fields() if self.more_button.isChecked() or self._same_fund else {}
        return cover.model_copy(update=shown | {"versichertenart": self.versichertenart.value()})

    def accept(self) -> None:
        """Check what can be said at once, at the fields; hand over what is complete."""
        missing = False
        for field, sentence in (
            (self.nachname, "Nachname fehlt."),
            (self.vorname, "Vorname fehlt."),
            (self.plz, "PLZ fehlt."),
            (self.kasse, "Krankenkasse fehlt."),
            (self.ik, "IK fehlt."),
        ):
            if not field.text():
                field.object_to(sentence)
                missing = True
        for choice in (self.geschlecht, self.versichertenart):
            if choice.value() is None:
                choice.object_to("Bitte wählen.")
                missing = True
        ende = self.more.ende.text()
        if ende and len(parse_birthday(ende) or "") != len("JJJJ-MM-TT"):
            self.more_button.setChecked(True)
            self.more.ende.object_to("Bitte TT.MM.JJJJ, mit vierstelligem Jahr.")
            missing = True
        if self.geburtsdatum.text() and parse_birthday(self.geburtsdatum.text()) is None:
            self.geburtsdatum.object_to("Bitte TT.MM.JJJJ, mit vierstelligem Jahr.")
            missing = True
        if missing:
            self._focus_objection()
        else:
            self.accepted.emit()

    def show_objections(self, found: Sequence[Einwand]) -> bool:
        """Show what the rules object to, each at its field, the rest in one box; True if anything."""
        by_path = {einwand.feld: einwand.text for einwand in reversed(found)}
        if any(control.pfad in by_path for control in self.more.controls):
            self.more_button.setChecked(True)
        for control in self.controls:
            control.object_to(by_path.pop(control.pfad, None))
        self.rest.show_text("\n".join(by_path.values()), Ton.BAD)
        if found:
            self._focus_objection()
        return bool(found)

    def _focus_objection(self) -> None:
        first = next((control for control in self.controls if control.objection), None)
        if first is not None:
            first.setFocus()
