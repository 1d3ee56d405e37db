"""Ersatzverfahren afterwards: what stands on the slip beside what the card says now (pure).

A person decides what is right; nothing is taken over by itself. Source: domain sheet
reconciliation §3.5, KVDT P2-150.
"""

from papierbruecke.card.kostentraeger import payer_ik, payer_name
from papierbruecke.card.model import Versicherter, Versicherung
from papierbruecke.redact import PatientValue


class Abweichung(PatientValue):
    """One field in which slip and card differ; an unknown value is empty."""

    name: str
    schein: str
    karte: str


def compare_slip(
    schein: tuple[Versicherter, Versicherung], karte: tuple[Versicherter, Versicherung]
) -> tuple[Abweichung, ...]:
    """Every field that differs, in the order of the slip. What the card does not hold is no difference."""
    found = []
    for (name, ours), (_, theirs) in zip(_facts(*schein), _facts(*karte), strict=True):
        if theirs and _folded(ours) != _folded(theirs):
            found.append(Abweichung(name=name, schein=ours, karte=theirs))
    return tuple(found)


def same_person(schein: Versicherter, karte: Versicherter) -> bool:
    """Whether the card can be this person's at all: number if both have one, else name and birthday."""
    if schein.versicherten_id and karte.versicherten_id:
        return schein.versicherten_id == karte.versicherten_id
    return (_folded(schein.nachname), schein.geburtsdatum) == (_folded(karte.nachname), karte.geburtsdatum)


def _facts(person: Versicherter, cover: Versicherung) -> list[tuple[str, str]]:
    place = person.anschrift
    return [
        ("Nachname", person.nachname),
        ("Vorname", person.vorname),
        ("Geboren", person.geburtsdatum or ""),
        ("Versicherten-ID", person.versicherten_id or ""),
        ("Postleitzahl", (place.plz if place else None) or ""),
        ("Ort", (place.ort if place else None) or ""),
        ("Krankenkasse (IK)", payer_ik(cover)),
        ("Krankenkasse", payer_name(cover)),
        ("Status", cover.versichertenart or ""),
        ("WOP", cover.wop or ""),
    ]


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
