"""The person in front of the desk, as far as the desk knows (pure)."""

from datetime import date, datetime

from papierbruecke.card.model import Anschrift, Herkunft, Kartendaten, Versicherter, Versicherung
from papierbruecke.practice.patient_index import Patienteneintrag
from papierbruecke.redact import PatientValue
from papierbruecke.ui import texts


class Patient(PatientValue):
    """Whose form is being written, where the data come from, and since when they are here."""

    versicherter: Versicherter
    versicherung: Versicherung
    herkunft: Herkunft
    stand: datetime
    warnungen: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The same for the same person; used to put unfinished forms aside and find them again."""
        person = self.versicherter
        return person.versicherten_id or f"{person.nachname}|{person.vorname}|{person.geburtsdatum}".lower()

    @property
    def name(self) -> str:
        """The name as one says it."""
        person = self.versicherter
        parts = (person.titel, person.vorname, person.namenszusatz, person.vorsatzwort, person.nachname)
        return " ".join(part for part in parts if part)


def from_card(daten: Kartendaten, stand: datetime) -> Patient:
    """The person on a card that was just read."""
    remarks = tuple(w.text for w in daten.warnungen if w.code != "karte.offline")
    return Patient(
        versicherter=daten.versicherter,
        versicherung=daten.versicherung,
        herkunft=daten.herkunft,
        stand=stand,
        warnungen=remarks,
    )


def refused_lines(daten: Kartendaten) -> tuple[str, ...]:
    """Who is on a card that does not hold today, and why: to be read and copied (KVDT P2-166, KP2-102)."""
    person, cover = daten.versicherter, daten.versicherung
    born = texts.datum(person.geburtsdatum) if person.geburtsdatum else "unbekannt"
    return (
        f"{person.nachname}, {person.vorname} · geboren {born} · {person.versicherten_id or 'ohne Vers.-ID'}",
        f"{cover.name or 'Kasse nicht bekannt'} · IK {cover.ik or '–'}",
        *(w.text for w in daten.warnungen if w.code in ("karte.abgelaufen", "karte.noch_nicht_gueltig")),
    )


def from_list(entry: Patienteneintrag, stand: datetime) -> Patient:
    """The person whom the practice system handed over, or somebody of today's list."""
    return Patient(
        versicherter=entry.versicherter,
        versicherung=entry.versicherung or Versicherung(),
        herkunft="pvs",
        stand=stand,
    )


def list_line(entry: Patienteneintrag) -> str:
    """Somebody of today's list in one line, told apart from others of the same name."""
    person = entry.versicherter
    born = texts.datum(person.geburtsdatum) if person.geburtsdatum else "Geburtsdatum unbekannt"
    number = f"Nr. {entry.pvs_nummer}" if entry.pvs_nummer else None
    return " · ".join(
        part for part in (f"{person.nachname}, {person.vorname}", born, person.versicherten_id, number) if part
    )


def age(birthday: str | None, heute: date) -> int | None:
    """The age in full years, None if the birthday is not known to the day."""
    if birthday is None or len(birthday) != 10:
        return None
    try:
        born = date.fromisoformat(birthday)
    except ValueError:
        return None
    return heute.year - born.year - ((heute.month, heute.day) < (born.month, born.day))


def address_lines(anschrift: Anschrift | None) -> list[str]:
    """Street and town, as on a letter."""
    if anschrift is None:
        return []
    street = " ".join(part for part in (anschrift.strasse, anschrift.hausnummer) if part)
    country = anschrift.land if anschrift.land not in (None, "D") else None
    town = " ".join(part for part in (country, anschrift.plz, anschrift.ort) if part)
    return [line for line in (street, anschrift.zusatz, town) if line]
