"""Insured person, insurance and what a card said about them.

The JSON form of these values is the contract of the command line (design §6.1): the answer
of ``karte --json`` and the ``versicherter``/``versicherung`` part of every input file.
Fields that the source does not hold are ``None``, never invented.
"""

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from papierbruecke.redact import PatientValue, Value

Geschlecht = Literal["M", "W", "X", "D"]
Kartentyp = Literal["eGK"]
Herkunft = Literal["karte", "hand", "eeb", "pvs"]
KostentraegerTyp = Literal["GKV", "PKV", "BG", "SEL", "SKT", "UK"]


class Anschrift(PatientValue):
    """Street address; ``land`` is the Wohnsitzländercode (DEÜV Anlage 8, ``D``)."""

    strasse: str | None = None
    hausnummer: str | None = None
    zusatz: str | None = None
    plz: str | None = None
    ort: str | None = None
    land: str | None = "D"


class Postfach(PatientValue):
    """Post box address."""

    postfach: str
    plz: str | None = None
    ort: str | None = None
    land: str | None = "D"


class Versicherter(PatientValue):
    """The person in front of the desk, as the card or the hand gave it.

    ``geburtsdatum`` is ``JJJJ-MM-TT``, ``JJJJ-MM``, ``JJJJ`` or ``None`` (unknown): cards
    carry 00 for unknown parts, so it is text and never a date type (egk.md §6.1).
    """

    versicherten_id: str | None = None
    titel: str | None = None
    vorname: str
    namenszusatz: str | None = None
    vorsatzwort: str | None = None
    nachname: str
    geburtsdatum: str | None = None
    geschlecht: Geschlecht | None = None
    anschrift: Anschrift | None = None
    postfach: Postfach | None = None


class Kostenerstattung(Value):
    """Areas in which the insured chose Kostenerstattung (§ 13 SGB V)."""

    aerztliche_versorgung: bool = False
    zahnaerztliche_versorgung: bool = False
    stationaerer_bereich: bool = False
    veranlasste_leistungen: bool = False


def _unknown(value: object) -> bool:
    """These two keys stand in a document only if there is something to say (design §6.1)."""
    return value is None


class Versicherung(PatientValue):
    """The cover: who pays, since when, until when.

    ``druckname`` is the name for the paper from the Kostenträgerdatei (P2-136);
    ``card.kostentraeger`` says which name and IK a form shows.

    ``personengruppe`` and ``dmp`` are two digits or ``None`` = not readable without
    authorisation; forms then print ``00``. ``beginn`` and ``ende`` are ``JJJJ-MM-TT``.
    """

    typ: KostentraegerTyp = "GKV"
    ik: str | None = None
    name: str | None = None
    abrechnend_ik: str | None = None
    abrechnend_name: str | None = None
    vknr: str | None = None
    druckname: str | None = Field(default=None, exclude_if=_unknown)
    versichertenart: Literal["1", "3", "5"] | None = None
    personengruppe: str | None = None
    dmp: str | None = None
    wop: str | None = None
    rechtsgrundlage: str = "00"
    beginn: str | None = None
    ende: str | None = None
    ausland: bool = False
    kostenerstattung: Kostenerstattung | None = Field(default=None, exclude_if=_unknown)


class Warnung(Value):
    """One honest remark about the data, with a stable code."""

    code: str
    text: str


class Kartendaten(PatientValue):
    """What a readable card said: the answer of ``karte --json`` (design §6.1).

    ``verwendbar`` is false outside Beginn/Ende: the data are shown and copyable, never
    taken over automatically (KVDT P2-166, KP2-102). ``stand`` is the last writing of the
    card, UTC without offset, ``JJJJ-MM-TTThh:mm:ss``.
    """

    kartentyp: Kartentyp = "eGK"
    generation: str | None
    iccsn_ende: str | None
    herkunft: Herkunft = "karte"
    versicherter: Versicherter
    versicherung: Versicherung
    verwendbar: bool
    vsd_version: str
    stand: str | None
    warnungen: tuple[Warnung, ...]


@dataclass(frozen=True, slots=True)
class KarteGelesen:
    """The card answered and its data are consistent; look at ``daten.verwendbar``."""

    daten: Kartendaten


@dataclass(frozen=True, slots=True)
class KarteNichtLesbar:
    """No usable data, with the reason.

    ``code`` is one of ``karte.keine``, ``karte.falsch``, ``karte.gezogen``,
    ``karte.deaktiviert``, ``karte.gesperrt``, ``karte.kontaktlos``, ``karte.defekt``,
    ``karte.unvollstaendig``, ``karte.in_aktualisierung``, ``karte.alt``,
    ``karte.version``, ``karte.belegt``, ``karte.mehrere``, ``leser.keiner``, ``leser.dienst``,
    ``leser.getrennt``. ``text`` is the sentence for the desk with the next step; it never
    holds personal data.
    """

    code: str
    text: str


Kartenergebnis = KarteGelesen | KarteNichtLesbar
