"""``pvs``: patients from the practice system, and records back to it."""

from pathlib import Path
from typing import Any

from papierbruecke.commands.answer import DONE, FINDING, WER, Adder, Given, answer, open_desk, warn
from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.files import read_input
from papierbruecke.pvs.read_patient import PvsPatient


def register(add: Adder) -> None:
    """The commands of this file."""
    parser = add(pvs, "Mit der Praxissoftware austauschen: Patienten einlesen, Belege ausgeben (GDT).")
    parser.add_argument("was", choices=("einlesen", "ausgeben"), help="einlesen oder ausgeben")
    parser.add_argument("ziel", metavar="DATEI|NUMMER", help="GDT- oder CSV-Datei; beim Ausgeben die Belegnummer")
    parser.add_argument(
        "-o",
        "--ausgabe",
        type=Path,
        metavar="ORDNER",
        help="Austauschordner (Vorgabe: der eingestellte)",
    )
    parser.add_argument("--patient", metavar="NR", help="Patientennummer in der Praxissoftware")
    parser.add_argument("--nochmal", action="store_true", help="ausdrücklich noch einmal ausgeben")


def pvs(given: Given) -> int:
    """``pvs einlesen`` and ``pvs ausgeben``."""
    return _write(given) if given["was"] == "ausgeben" else _read(given)


def _read(given: Given) -> int:
    """Exit 1 if a patient came only as an unknown number."""
    desk = open_desk(given)
    path = Path(given["ziel"])
    data = read_input(path)
    if path.suffix.lower() == ".csv":
        number = desk.take_list(data)
        answer(
            given,
            {"schema": "pvs", "version": 1, "eingelesen": number},
            ["1 Person eingetragen." if number == 1 else f"{number} Personen eingetragen."],
        )
        return DONE
    patients = desk.take_gdt(data)
    for patient in patients:
        warn(patient.warnungen)
    document = {"schema": "pvs", "version": 1, "patienten": [_entry(patient) for patient in patients]}
    answer(given, document, [_line(patient) for patient in patients])
    return DONE if all(patient.versicherter is not None for patient in patients) else FINDING


def _write(given: Given) -> int:
    """One Beleg into the exchange folder; nothing is written twice without being asked to."""
    desk = open_desk(given)
    found = desk.store().by_nummer(given["ziel"]) if desk.set_up else None
    if found is None:
        raise InputRefused((Einwand("nummer", "Belegnummer", "Diese Belegnummer gibt es hier nicht."),))
    files = desk.hand_over(found.kennung, given.get("ausgabe"), given.get("patient"), WER, nochmal=given["nochmal"])
    document = {"schema": "pvs-ausgabe", "version": 1, "belegnummer": found.belegnummer, "dateien": files}
    answer(given, document, [f"{found.belegnummer}: ausgegeben.", *files])
    return DONE


def _entry(patient: PvsPatient) -> dict[str, Any]:
    return {"herkunft": "pvs", **patient.model_dump(mode="json")}


def _line(patient: PvsPatient) -> str:
    person = patient.versicherter
    if person is None:
        return f"Patient {patient.nummer}: nicht auf der Liste von heute."
    return f"{person.nachname}, {person.vorname} · geboren {person.geburtsdatum or 'unbekannt'} · Nr. {patient.nummer}"
