"""Take over patients from the practice system into the list of today (GDT file or appointment list)."""

from collections.abc import Callable
from datetime import datetime

from papierbruecke.card.model import Versicherung, Warnung
from papierbruecke.practice.patient_index import PatientIndex
from papierbruecke.pvs.read_list import read_list
from papierbruecke.pvs.read_patient import PvsPatient, read_patients

Complete = Callable[[Versicherung], tuple[Versicherung, tuple[Warnung, ...]]]


def take_gdt(
    data: bytes, open_index: Callable[[], PatientIndex], complete: Complete, now: datetime
) -> tuple[PvsPatient, ...]:
    """Enter the patients of a GDT file; nothing is entered, nor opened, for a broken one (InputRefused).

    One who came only as a number is looked up in the list; ``versicherter`` stays None if the
    number is not there: the MFA searches by name then.
    """
    patients = tuple(_completed(patient, complete) for patient in read_patients(data))
    index = open_index()
    entries = iter(
        index.add(
            [(p.nummer, None, p.versicherter, p.versicherung) for p in patients if p.versicherter is not None],
            "gdt",
            now,
        )
    )
    return tuple(
        _looked_up(patient, index, now)
        if patient.versicherter is None
        else patient.model_copy(update={"eintrag": next(entries).id})
        for patient in patients
    )


def take_list(data: bytes, open_index: Callable[[], PatientIndex], now: datetime) -> int:
    """Enter an appointment list whole or not at all; returns how many patients. Raises InputRefused."""
    lines = read_list(data)
    people = [(line.nummer, line.termin, line.versicherter, line.versicherung) for line in lines]
    open_index().add(people, "liste", now)
    return len(lines)


def _completed(patient: PvsPatient, complete: Complete) -> PvsPatient:
    if patient.versicherung is None:
        return patient
    cover, found = complete(patient.versicherung)
    return patient.model_copy(update={"versicherung": cover, "warnungen": (*patient.warnungen, *found)})


def _looked_up(patient: PvsPatient, index: PatientIndex, now: datetime) -> PvsPatient:
    entry = index.with_number(patient.nummer, now) if patient.nummer is not None else None
    if entry is None:
        unknown = Warnung(
            code="pvs.unbekannt",
            text="Die Praxissoftware nannte nur eine Patientennummer, die heute nicht auf der Liste steht. "
            "Bitte den Patienten mit dem Namen suchen.",
        )
        return patient.model_copy(update={"warnungen": (*patient.warnungen, unknown)})
    return patient.model_copy(
        update={"versicherter": entry.versicherter, "versicherung": entry.versicherung, "eintrag": entry.id}
    )
