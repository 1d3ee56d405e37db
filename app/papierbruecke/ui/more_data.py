"""What may be known beside the mandatory data of the Ersatzverfahren; folded away until it is asked for.

Source: KVDT P2-400 Tabelle 5 (optional data), P2-401, P2-402 (defaults); reconciliation §3.2.
"""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from papierbruecke.card.model import Versicherter, Versicherung
from papierbruecke.ui import texts
from papierbruecke.ui.date_entry import parse_birthday
from papierbruecke.ui.fields import Choice, Field

PERSONENGRUPPEN = (
    (None, "nicht bekannt (00)"),
    ("00", "00 · keine"),
    ("04", "04 · Sozialhilfe"),
    ("06", "06 · SER, früher BVG"),
    ("07", "07 · Ausland, nach Aufwand"),
    ("08", "08 · Ausland, pauschal"),
    ("09", "09 · AsylbLG"),
)
LAND = "D"


class MoreData(QWidget):
    """Name parts, rest of the address, post box, status and time of the cover."""

    def __init__(self) -> None:
        super().__init__()
        person, cover = "versicherter", "versicherung"
        self.vorsatzwort = Field("Vorsatzwort", "hand_vorsatzwort", pfad=f"{person}.vorsatzwort")
        self.namenszusatz = Field("Namenszusatz", "hand_namenszusatz", pfad=f"{person}.namenszusatz")
        self.zusatz = Field("Zusatz zur Anschrift", "hand_zusatz", pfad=f"{person}.anschrift.zusatz")
        self.land = Field("Land", "hand_land", placeholder=LAND, pfad=f"{person}.anschrift.land")
        self.postfach = Field(
            "Postfach", "hand_postfach", placeholder="mit PLZ und Ort von oben", pfad=f"{person}.postfach.postfach"
        )
        self.personengruppe = Choice(
            "Besondere Personengruppe", "hand_personengruppe", PERSONENGRUPPEN, pfad=f"{cover}.personengruppe"
        )
        self.dmp = Field("DMP-Kennzeichen", "hand_dmp", placeholder="00", pfad=f"{cover}.dmp")
        self.wop = Field("WOP-Kennzeichen", "hand_wop", placeholder="2 Ziffern", pfad=f"{cover}.wop")
        self.ende = Field(
            "Versichert bis (Ende)", "hand_ende", placeholder="TT.MM.JJJJ, wenn bekannt", pfad=f"{cover}.ende"
        )
        self.controls: tuple[Field | Choice, ...] = (
            self.vorsatzwort,
            self.namenszusatz,
            self.zusatz,
            self.land,
            self.postfach,
            self.personengruppe,
            self.dmp,
            self.wop,
            self.ende,
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(9)
        for parts in (
            ((self.vorsatzwort, 1), (self.namenszusatz, 1)),
            ((self.zusatz, 3), (self.land, 1)),
            ((self.postfach, 1),),
            ((self.personengruppe, 1),),
            ((self.dmp, 1), (self.wop, 1)),
            ((self.ende, 1),),
        ):
            row = QHBoxLayout()
            row.setSpacing(8)
            for widget, stretch in parts:
                row.addWidget(widget, stretch, Qt.AlignmentFlag.AlignTop)
            layout.addLayout(row)

    def fill(self, person: Versicherter, cover: Versicherung) -> None:
        """Start from what is known of this person."""
        place = person.anschrift or person.postfach
        for field, text in (
            (self.vorsatzwort, person.vorsatzwort),
            (self.namenszusatz, person.namenszusatz),
            (self.zusatz, person.anschrift.zusatz if person.anschrift else None),
            (self.land, place.land if place and place.land != LAND else None),
            (self.postfach, person.postfach.postfach if person.postfach else None),
            (self.dmp, cover.dmp),
            (self.wop, cover.wop),
            (self.ende, texts.datum(cover.ende) if cover.ende else None),
        ):
            field.set_text(text or "")
        self.personengruppe.choose(cover.personengruppe)

    def forget_cover(self) -> None:
        """Another Krankenkasse: what the first one said of status and time does not hold (P2-401)."""
        for field in (self.dmp, self.wop, self.ende):
            field.set_text("")
        self.personengruppe.choose(None)

    def forget_person(self) -> None:
        """Somebody else: nothing of the first person's name and address stays."""
        for field in (self.vorsatzwort, self.namenszusatz, self.zusatz, self.land, self.postfach):
            field.set_text("")

    @property
    def empty(self) -> bool:
        """Whether nothing stands here."""
        return not any(c.text() if isinstance(c, Field) else c.value() for c in self.controls)

    def cover_fields(self) -> dict[str, Any]:
        """What stands here of the cover; a date that cannot be read stays as it was typed, for the rules."""
        ende = self.ende.text()
        return {
            "personengruppe": self.personengruppe.value(),
            "dmp": self.dmp.text() or None,
            "wop": self.wop.text() or None,
            "ende": (parse_birthday(ende) or ende) or None,
        }
