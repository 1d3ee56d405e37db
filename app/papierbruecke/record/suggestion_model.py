"""What the desk is offered while it types: medicines and diagnoses (pure).

A medicine never carries a dosage, an aut idem cross or a number of packs with it: those are
decided anew each time (AVWG P3-625 AK9, P3-430). No drug database: only the practice's own
list and what it has written itself.
"""

from typing import Literal

from papierbruecke.practice.folding import fold, search_text
from papierbruecke.record.model import (
    FreitextPosition,
    PznPosition,
    RezepturPosition,
    Verordnung,
    WirkstoffPosition,
)
from papierbruecke.redact import Value

Liste = Literal["mittel", "icd", "favoriten", "kostentraeger", "plz"]
"""What a practice brings along: its own medicines, the ICD-10-GM, what one doctor is offered first, and the
Stammdateien of the KBV with Krankenkassen and postal codes."""


class Mittel(Value):
    """One medicine or aid as it was written, without anything that belongs to a patient."""

    form: Literal["pzn", "wirkstoff", "freitext"]
    name: str
    staerke: str | None = None
    darreichung: str | None = None
    packung: str | None = None
    norm: str | None = None
    pzn: str | None = None
    rezeptpflichtig: bool = True
    betaeubungsmittel: bool = False
    t_rezept: bool = False
    hilfsmittelnummer: str | None = None

    @property
    def schluessel(self) -> str:
        """What makes two entries the same one: the PZN, else all words."""
        if self.pzn is not None:
            return f"pzn {self.pzn}"
        return f"{self.form} {fold(self.zeile)}"

    @property
    def zeile(self) -> str:
        """The entry in one line, as it is shown."""
        parts = (self.name, self.staerke, self.darreichung, self.packung, self.norm)
        return " ".join(part for part in parts if part)

    @property
    def suche(self) -> str:
        """The folded words by which it is found."""
        return search_text(self.zeile, self.pzn, self.hilfsmittelnummer)

    def position(self) -> Verordnung:
        """An item to go on with; the dosage is still to be chosen."""
        shared = {"rezeptpflichtig": self.rezeptpflichtig, "hilfsmittelnummer": self.hilfsmittelnummer}
        shared |= {"betaeubungsmittel": self.betaeubungsmittel, "t_rezept": self.t_rezept}
        if self.form == "freitext":
            return FreitextPosition.model_validate({"form": "freitext", "text": self.name, **shared})
        details = {name: getattr(self, name) for name in ("name", "staerke", "darreichung", "packung", "norm")}
        if self.form == "pzn":
            return PznPosition.model_validate({"form": "pzn", "pzn": self.pzn, **details, **shared})
        return WirkstoffPosition.model_validate({"form": "wirkstoff", **details, **shared})


class IcdEintrag(Value):
    """One code of the ICD-10-GM; ``endstaendig``: only these may be written (BfArM, field 2 = T)."""

    code: str
    titel: str
    endstaendig: bool = True


def mittel_of(position: Verordnung) -> Mittel | None:
    """What of a written item may be offered again; a Rezeptur is made for one patient."""
    if isinstance(position, RezepturPosition):
        return None
    fields = position.model_dump(include=set(Mittel.model_fields))
    if isinstance(position, FreitextPosition):
        fields["name"] = position.text
    return Mittel.model_validate(fields)
