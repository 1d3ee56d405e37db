"""The card came later: what was taken by hand, and what the card or the eEB says now, field by field (pure).

Nothing is overwritten: the practice system decides, and a person sees every difference and what
follows from it. Source: KVDT P2-530, P2-535, P2-540, KP2-557, KP2-300; TA-EEB P2-02; domain sheet
reconciliation §3.6, §3.7.
"""

from collections.abc import Callable
from typing import Literal

from papierbruecke.card.kostentraeger import full_ik, payer_name
from papierbruecke.card.model import Anschrift, Versicherter, Versicherung
from papierbruecke.practice.folding import fold
from papierbruecke.record.model import ErsatzscheinEingabe
from papierbruecke.redact import PatientValue

Folge = Literal["gleich", "fehlte", "anpassen", "neuer_schein", "andere_person"]

FOLGE_SATZ: dict[Folge, str] = {
    "gleich": "stimmt überein",
    "fehlte": "war nicht bekannt; bitte in der Praxissoftware ergänzen",
    "anpassen": "weicht ab; in der Praxissoftware gilt der neuere Stand",
    "neuer_schein": "weicht ab: Die Praxissoftware legt dafür meist einen zweiten Schein an, der erste bleibt stehen",
    "andere_person": "weicht ab: Ist das wirklich derselbe Mensch? Bitte erst klären, nichts übernehmen",
}
EEB_DUMMY_BEGINN = "1900-01-01"
"""Begin of cover in an eEB of version 1.1: a dummy that must not be used (eEB-IG)."""


class Feldvergleich(PatientValue):
    """One field on both sides; ``None`` = that source says nothing."""

    feld: str  # German name for the desk
    aufgenommen: str | None
    spaeter: str | None
    folge: Folge

    @property
    def satz(self) -> str:
        """What that means."""
        return FOLGE_SATZ[self.folge]


def compare(
    slip: ErsatzscheinEingabe, person: Versicherter, cover: Versicherung, *, aus_eeb: bool = False
) -> tuple[Feldvergleich, ...]:
    """Every field that the slip or the later source knows; the gravest consequence first, then in reading order.

    A field that the later source does not carry is no difference (an eEB has no street, a card
    without GVD no Personengruppe).
    """
    if slip.versicherter is None:
        raise AssertionError("a slip of the Ersatzverfahren has a person")
    before, taken = slip.versicherter, slip.versicherung
    begin = None if aus_eeb and cover.beginn == EEB_DUMMY_BEGINN else cover.beginn
    same_number = before.versicherten_id is not None and before.versicherten_id == person.versicherten_id
    # A new name with the same Versicherten-ID is a marriage, without it perhaps somebody else (KP2-300).
    name: Folge = "anpassen" if same_number else "andere_person"
    rows = [
        _row("Versicherten-ID", before.versicherten_id, person.versicherten_id, "andere_person"),
        _row("Nachname", before.nachname, person.nachname, name, fold),
        _row("Vorname", before.vorname, person.vorname, name, fold),
        _row("Geburtsdatum", _day(before.geburtsdatum), _day(person.geburtsdatum), name),
        _row("Geschlecht", before.geschlecht, person.geschlecht, "anpassen"),
        _row("Anschrift", _street(before.anschrift), _street(person.anschrift), "anpassen", fold),
        _row("PLZ und Ort", _town(before), _town(person), "anpassen", fold),
        _row("Krankenkasse (IK)", _ik(taken), _ik(cover), "neuer_schein"),
        _row("Name der Krankenkasse", payer_name(taken), payer_name(cover), "anpassen", fold),
        _row("Versichertenart", taken.versichertenart, cover.versichertenart, "neuer_schein"),
        _row("Besondere Personengruppe", taken.personengruppe, cover.personengruppe, "neuer_schein"),
        _row("WOP", taken.wop, cover.wop, "anpassen"),
        _row("Versichert seit", _day(taken.beginn), _day(begin), "anpassen"),
    ]
    order: tuple[Folge, ...] = ("andere_person", "neuer_schein", "anpassen", "fehlte", "gleich")
    known = [row for row in rows if row is not None]
    return tuple(sorted(known, key=lambda row: order.index(row.folge)))


def same_person(slip: Versicherter, later: Versicherter) -> bool:
    """Whether the card can be this person's at all: number if both have one, else name and birthday."""
    if slip.versicherten_id and later.versicherten_id:
        return slip.versicherten_id == later.versicherten_id
    return (fold(slip.nachname), slip.geburtsdatum) == (fold(later.nachname), later.geburtsdatum)


def difference_lines(rows: tuple[Feldvergleich, ...], quelle: str) -> list[str]:
    """What differs, field by field with its consequence, for the desk; ``quelle`` is ``Karte`` or ``eEB``."""
    return [
        f"{row.feld}: Schein „{row.aufgenommen or '–'}“, {quelle} „{row.spaeter or '–'}“ – {row.satz}"
        for row in rows
        if row.folge != "gleich"
    ]


def gravest(rows: tuple[Feldvergleich, ...]) -> Folge:
    """What the whole comparison means for the practice."""
    return rows[0].folge if rows else "gleich"


def _row(
    feld: str, before: str | None, later: str | None, differs: Folge, key: Callable[[str], str] = str
) -> Feldvergleich | None:
    before, later = before or None, later or None
    if before is None and later is None:
        return None
    if later is None or (before is not None and key(before) == key(later)):
        folge: Folge = "gleich"
    else:
        folge = "fehlte" if before is None else differs
    return Feldvergleich(feld=feld, aufgenommen=before, spaeter=later, folge=folge)


def _ik(cover: Versicherung) -> str | None:
    return full_ik(cover.ik) if cover.ik else None


def _day(text: str | None) -> str | None:
    return ".".join(reversed(text.split("-"))) if text else None


def _street(address: Anschrift | None) -> str | None:
    return " ".join(part for part in (address.strasse, address.hausnummer) if part) if address else None


def _town(person: Versicherter) -> str | None:
    place = person.anschrift or person.postfach
    return " ".join(part for part in (place.plz, place.ort) if part) if place else None
