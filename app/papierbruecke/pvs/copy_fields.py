"""What is typed into the practice system, field by field, ready to be copied (pure).

Source: domain sheet reconciliation §11.6. The reading date of a card (FK 4109) and its kin are
never among them: nothing here is a proof (design §2).
"""

from papierbruecke.card.kostentraeger import payer_ik, payer_name
from papierbruecke.pvs.hand_back import entry_texts
from papierbruecke.record.model import Beleg
from papierbruecke.redact import PatientValue

_ENTRY = {"6205": "Diagnose", "6220": "Befund", "6227": "Bemerkung", "6228": "Verordnung"}


class Kopierfeld(PatientValue):
    """One field: what it is called, and what goes into the clipboard."""

    name: str
    wert: str


def copy_fields(beleg: Beleg) -> tuple[Kopierfeld, ...]:
    """Person and cover, then the entry, in writing order; empty fields are left out."""
    person, cover = beleg.inhalt.versicherter, beleg.inhalt.versicherung
    facts: list[tuple[str, str | None]] = []
    if person is not None:
        place = person.anschrift
        facts += [
            ("Nachname", person.nachname),
            ("Vorname", person.vorname),
            ("Geboren", ".".join(reversed(person.geburtsdatum.split("-"))) if person.geburtsdatum else None),
            ("Versicherten-ID", person.versicherten_id),
            ("Straße", " ".join(filter(None, (place.strasse, place.hausnummer))) if place else None),
            ("Ort", " ".join(filter(None, (place.plz, place.ort))) if place else None),
        ]
    facts += [("Krankenkasse", payer_name(cover)), ("IK", payer_ik(cover)), ("Status", cover.versichertenart)]
    facts += [(_ENTRY.get(fk, "Eintrag"), text) for fk, text in entry_texts(beleg)]
    return tuple(Kopierfeld(name=name, wert=value) for name, value in facts if value)
