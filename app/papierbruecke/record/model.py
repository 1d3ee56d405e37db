"""What the practice decided: input files (design §6.2) and the Beleg that comes of them.

These types only know shape. The rules (check digits, lengths, dosage marks, deadlines)
are in ``take_beleg.py``, which turns an input into a Beleg or a list of objections.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from papierbruecke.card.model import Herkunft, Versicherter, Versicherung
from papierbruecke.redact import PatientValue, Value


class BelegArt(StrEnum):
    """The kinds of paper (design §3)."""

    REZEPT = "rezept"
    AU = "au"
    ERSATZSCHEIN = "ersatzschein"
    ERINNERUNG = "erinnerung"  # something to enter and tick off: an official form written by hand
    STORNO = "storno"  # takes back a sick note that was sent; never on paper


class Weg(StrEnum):
    """How a Beleg gets home: this program sends it, or the practice system gets it."""

    DIREKT = "direkt"
    PVS = "pvs"


class Arzt(Value):
    """The doctor who issues and signs; ``qualifikation`` 00 Arzt, 03 in Weiterbildung, 04 Vertreter."""

    lanr: str
    titel: str | None = None
    vorname: str
    namenszusatz: str | None = None
    vorsatzwort: str | None = None
    nachname: str
    berufsbezeichnung: str
    asv_teamnummer: str | None = None
    qualifikation: Literal["00", "03", "04"] | None = None


class Betriebsstaette(Value):
    """Where the service was rendered; its BSNR must be the one on the loaded stock."""

    bsnr: str
    name: str
    strasse: str
    hausnummer: str
    plz: str
    ort: str
    telefon: str
    fax: str | None = None
    email: str | None = None
    zusatz: str | None = None
    land: str | None = None


class Unfallversicherung(Value):
    """Accident insurer beside the patient's own fund (BG or Unfallkasse)."""

    typ: Literal["BG", "UK"]
    ik: str | None = None
    name: str


class Diagnose(PatientValue):
    """ICD-10-GM code with certainty (A G V Z) and optional side (R L B)."""

    icd: str
    sicherheit: Literal["A", "G", "V", "Z"]
    seite: Literal["R", "L", "B"] | None = None


class AuAngaben(PatientValue):
    """The medical content of a sick note. Source: TA eAU V1.26 P310-04 to P310-07."""

    art: Literal["erst", "folge"]
    endbescheinigung: bool = False
    seit: date | None = None
    bis: date
    festgestellt: date
    ursachen: tuple[Literal["arbeitsunfall", "sonstiger_unfall", "ser"], ...] = ()
    durchgangsarzt: bool = False
    diagnosen: tuple[Diagnose, ...]
    diagnosetext: str | None = None
    reha: bool = False
    wiedereingliederung: bool = False
    sonstige_massnahme: str | None = None
    krankengeldfall: bool = False


class KeineDosierung(Value):
    """The explicit third choice of AVWG P3-625: no dosage, with its reason."""

    keine: Literal["sprechstundenbedarf", "uebergabe"]


Dosierung = str | KeineDosierung


class Position(PatientValue):
    """What all prescribed items share."""

    anzahl: int = Field(default=1, ge=1, le=99)
    dosierung: Dosierung | None = None
    aut_idem_ausgeschlossen: bool = False
    rezeptpflichtig: bool = True
    betaeubungsmittel: bool = False
    t_rezept: bool = False
    mehrfachverordnung: bool = False
    hinweis: str | None = None
    hilfsmittelnummer: str | None = None


class PznPosition(Position):
    """A product with Pharmazentralnummer (AVWG P3-721)."""

    form: Literal["pzn"]
    name: str
    staerke: str | None = None
    darreichung: str | None = None
    packung: str | None = None
    norm: str | None = None
    pzn: str


class WirkstoffPosition(Position):
    """An active ingredient; ``name`` is the Wirkstoff, no PZN, no aut idem (AVWG K3-722)."""

    form: Literal["wirkstoff"]
    name: str
    staerke: str | None = None
    darreichung: str | None = None
    packung: str | None = None
    norm: str | None = None


class FreitextPosition(Position):
    """Text as the doctor wrote it (AVWG P3-724)."""

    form: Literal["freitext"]
    text: str


class Bestandteil(Value):
    """One ingredient of a Rezeptur."""

    name: str
    menge: str


class RezepturPosition(Position):
    """A preparation made by the pharmacy; stands alone on its sheet (AVWG K3-723)."""

    form: Literal["rezeptur"]
    name: str
    menge: str
    darreichung: str | None = None
    bestandteile: tuple[Bestandteil, ...]
    gefaess: str | None = None
    zubereitung: str | None = None
    gebrauch: str | None = None


Verordnung = Annotated[
    PznPosition | WirkstoffPosition | FreitextPosition | RezepturPosition, Field(discriminator="form")
]


class Arbeitsunfall(PatientValue):
    """Accident at work: day, place and the accident insurer (FB KP7-80)."""

    unfalltag: date
    unfallbetrieb: str
    traeger: str | None = None


class RezeptAngaben(PatientValue):
    """The content of a Muster 16."""

    art: Literal["arzneimittel", "hilfsmittel", "diga", "sprechstundenbedarf"] = "arzneimittel"
    gebuehr: Literal["pflichtig", "frei"]
    noctu: bool = False
    sonstige: bool = False
    unfall: bool = False
    arbeitsunfall: Arbeitsunfall | None = None
    ser: bool = False
    impfstoff: bool = False
    begruendungspflicht: bool = False
    diagnose: str | None = None
    positionen: tuple[Verordnung, ...]


class Eingabe(PatientValue):
    """What every input file carries (design §6.2).

    ``skt_zusatz`` is the reference of a Sonstiger Kostenträger (FK 4124), for patients without
    Versicherten-ID; it is printed in the place of that number (FB P7-45).
    """

    versicherter: Versicherter | None
    versicherung: Versicherung
    herkunft: Herkunft
    arzt: Arzt
    verantwortlich: Arzt | None = None
    betriebsstaette: Betriebsstaette
    datum: date
    kennung: UUID | None = None
    unfallversicherung: Unfallversicherung | None = None
    skt_zusatz: str | None = None


class RezeptEingabe(Eingabe):
    """Input file of ``rezept``."""

    rezept: RezeptAngaben


class AuEingabe(Eingabe):
    """Input file of ``au``."""

    au: AuAngaben


Ersatzgrund = Literal[
    "karte_defekt",
    "technik_defekt",
    "hausbesuch",
    "karte_nicht_dabei",
    "kartendaten_falsch",
    "saeugling",
    "ersatzbescheinigung",
]
"""Why no card was read. Source: KVDT 2.2.3.1; without a card at hand it is no Ersatzverfahren but a missing proof."""


class ErsatzscheinAngaben(PatientValue):
    """What stands on the slip of the Ersatzverfahren beside the person.

    ``unterschrift_entfaellt``: emergencies and telephone contacts need no signature.
    ``unterschrift_auf``: our own sheet, or the Vordruck Muster 5 (Abrechnungsschein) of the practice's stock.
    ``eeb_einverstanden``: the patient agrees that the practice asks the fund for an eEB.
    """

    grund: Ersatzgrund | None = None
    unterschrift_entfaellt: Literal["notfall", "telefon"] | None = None
    unterschrift_auf: Literal["schein", "muster5"] = "schein"
    eeb_einverstanden: bool = False
    bemerkung: str | None = None

    @property
    def auf_muster5(self) -> bool:
        """Whether a Vordruck Muster 5 is needed for the signature."""
        return self.unterschrift_entfaellt is None and self.unterschrift_auf == "muster5"


class ErsatzscheinEingabe(Eingabe):
    """Input file of ``ersatzschein``."""

    ersatzschein: ErsatzscheinAngaben = ErsatzscheinAngaben()


class StornoAngaben(PatientValue):
    """Which sick note is taken back: the Dokumenten-ID that was sent, its number on the paper, and why."""

    dokument: UUID
    belegnummer: str
    grund: str


class StornoEingabe(Eingabe):
    """The Storno of an eAU; everything but ``datum`` and ``storno`` stands as in the sick note."""

    storno: StornoAngaben


AMTLICH = {"btm": "BtM-Rezept", "t_rezept": "T-Rezept"}
"""Official forms that are never ours to print, as people call them."""


class VermerkAngaben(PatientValue):
    """An official form that a doctor filled in by hand; this program never prints it (AVWG P3-730)."""

    formular: Literal["btm", "t_rezept"]
    nummer: str = Field(min_length=1, max_length=20)


class VermerkEingabe(Eingabe):
    """That a BtM or T prescription was written: documentation only, without the medicine."""

    vermerk: VermerkAngaben


Inhalt = RezeptEingabe | AuEingabe | ErsatzscheinEingabe | StornoEingabe | VermerkEingabe


class Beleg(PatientValue):
    """One paper document that was issued; frozen from the moment it is stored.

    ``kennung`` is drawn before the first print; for an AU it is the Dokumenten-ID that the
    eAU will carry. ``vorgang`` groups what one patient got at one time; ``blatt`` counts the
    sheets of one prescription from 1. ``ersetzt`` points to the Beleg that this one corrects.
    """

    kennung: UUID
    belegnummer: str
    art: BelegArt
    stoerung: UUID
    vorgang: UUID
    angelegt: datetime
    platz: str
    weg: Weg
    inhalt: Inhalt
    blatt: int = 1
    ersetzt: UUID | None = None
