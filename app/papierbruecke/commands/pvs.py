"""``pvs``: patients from the practice system."""

from pathlib import Path
from typing import Any

from papierbruecke.cli import DONE, FINDING, Adder
from papierbruecke.commands.answer import Given, answer, open_desk, warn
from papierbruecke.files import read_input
from papierbruecke.pvs.read_patient import PvsPatient


def register(add: Adder) -> None:
    """The commands of this file."""
    parser = add(pvs, "Patienten aus der Praxissoftware übernehmen (GDT-Datei oder Terminliste als CSV).")
    parser.add_argument("was", choices=("einlesen",), help="einlesen")
    parser.add_argument("datei", type=Path, metavar="DATEI", help="GDT-Datei, oder CSV mit Spaltennamen")


def pvs(given: Given) -> int:
    """``pvs einlesen``: exit 1 if a patient came only as an unknown number."""
    desk = open_desk(given)
    data = read_input(given["datei"])
    if given["datei"].suffix.lower() == ".csv":
        number = desk.take_list(data)
        answer(given, {"schema": "pvs", "version": 1, "eingelesen": number}, [f"{number} Patienten eingetragen."])
        return DONE
    patients = desk.take_gdt(data)
    for patient in patients:
        warn(patient.warnungen)
    document = {"schema": "pvs", "version": 1, "patienten": [_entry(patient) for patient in patients]}
    answer(given, document, [_line(patient) for patient in patients])
    return DONE if all(patient.versicherter is not None for patient in patients) else FINDING


def _entry(patient: PvsPatient) -> dict[str, Any]:
    return {"herkunft": "pvs", **patient.model_dump(mode="json")}


def _line(patient: PvsPatient) -> str:
    person = patient.versicherter
    if person is None:
        return f"Patient {patient.nummer}: nicht auf der Liste von heute."
    return f"{person.nachname}, {person.vorname} · geboren {person.geburtsdatum or 'unbekannt'} · Nr. {patient.nummer}"
