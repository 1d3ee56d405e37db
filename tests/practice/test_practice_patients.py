"""The list of today's patients: GDT and CSV in, search, nothing merged, gone after 48 hours."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from papierbruecke.card.model import Versicherter, Versicherung
from papierbruecke.cli import main
from papierbruecke.clock import SetClock
from papierbruecke.errors import InputRefused
from papierbruecke.practice.patient_index import PatientIndex, same_person
from papierbruecke.practice.sqlcipher_patients import FILE, SqlcipherPatients, open_patients
from papierbruecke.pvs.read_list import read_list
from papierbruecke.vault.backup import create_backup
from papierbruecke.wiring import Desk
from pvs_files import PERSON, gdt
from stores import KEY

NOW = datetime(2026, 11, 23, 7, 19, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlcipherPatients]:
    opened = open_patients(tmp_path, KEY)
    yield opened
    opened.close()


@pytest.fixture
def index(store: SqlcipherPatients) -> PatientIndex:
    return PatientIndex(store)


def somebody(nachname: str, vorname: str = "Ada", **more) -> Versicherter:
    return Versicherter(nachname=nachname, vorname=vorname, **more)


def enter(index: PatientIndex, *people: Versicherter, now: datetime = NOW, nummer: str | None = None) -> None:
    index.add([(nummer, None, person, None) for person in people], "gdt", now)


def found(index: PatientIndex, text: str, now: datetime = NOW) -> list[str]:
    return [entry.versicherter.nachname for entry in index.search(text, now)]


@pytest.mark.parametrize(
    "text",
    [
        "müller",
        "Mueller",
        "MULLER",
        "lüd",
        "änne muel",
        "annE",
        "7.3.58",
        "07.03.1958",
        "7.3.",
        "1958-03",
        "A1234",
        "von müller",
    ],
)
def test_one_finds_a_patient_however_it_is_typed(index: PatientIndex, text: str) -> None:
    enter(
        index,
        somebody(
            "Müller-Lüdenscheidt",
            "Änne Käthe",
            geburtsdatum="1958-03-07",
            versicherten_id="A123456780",
            vorsatzwort="von der",
        ),
        somebody("Beispiel", "Bodo", geburtsdatum="1970-01-01"),
    )
    assert found(index, text) == ["Müller-Lüdenscheidt"]


@pytest.mark.parametrize("text", ["", "  ", "scheidt", "8.3.58", "müller bodo", "'; DROP TABLE patient; --", "%"])
def test_one_does_not_find_what_does_not_fit(index: PatientIndex, text: str) -> None:
    enter(index, somebody("Müller-Lüdenscheidt", geburtsdatum="1958-03-07"), somebody("Beispiel", "Bodo"))
    assert found(index, text) == []


def test_a_partial_birth_date_is_found_by_its_year(index: PatientIndex) -> None:
    enter(index, somebody("Probe", geburtsdatum="1958"), somebody("Muster", geburtsdatum="1958-03"))
    assert found(index, "1958-03") == ["Muster"]


def test_a_name_that_the_pvs_cut_is_found_by_its_full_form(index: PatientIndex) -> None:
    enter(index, somebody("Schimmelpfennig-Hammerschmid"))
    assert (
        found(index, "schimmelpfennig-hammerschmidt")
        == found(index, "hammerschmidt")
        == ["Schimmelpfennig-Hammerschmid"]
    )


def test_two_people_with_one_name_stay_two(index: PatientIndex) -> None:
    enter(index, somebody("Muster", geburtsdatum="1958-03-07"), somebody("Muster", geburtsdatum="1991-03-07"))
    assert found(index, "muster") == ["Muster", "Muster"]


def test_the_same_number_again_gives_way_to_the_new_record(index: PatientIndex) -> None:
    enter(index, somebody("Alt"), nummer="4711")
    enter(index, somebody("Neu"), nummer="4711")
    assert [entry.versicherter.nachname for entry in index.search("4711", NOW)] == ["Neu"]
    assert found(index, "alt") == []


def test_patients_without_a_number_are_never_replaced(index: PatientIndex) -> None:
    enter(index, somebody("Eins"))
    enter(index, somebody("Zwei"))
    assert found(index, "ada") == ["Eins", "Zwei"]


def test_who_was_typed_by_hand_is_found_again_and_noted_once(index: PatientIndex) -> None:
    person, cover = somebody("Handprobe"), Versicherung(ik="109500969")
    for _ in range(2):
        index.note(person, cover, NOW)
    index.note(person, Versicherung(ik="101234561"), NOW)
    assert found(index, "handprobe") == ["Handprobe", "Handprobe"], "other data are another entry, never merged"


def test_entries_are_gone_after_48_hours(index: PatientIndex, store: SqlcipherPatients, tmp_path: Path) -> None:
    enter(index, somebody("Gestern"))
    assert found(index, "gestern", NOW + timedelta(hours=48)) == ["Gestern"]
    late = NOW + timedelta(hours=48, seconds=1)
    assert found(index, "gestern", late) == []
    assert store.everybody() == (), "the first look deletes"
    enter(index, somebody("Gestern"))
    enter(index, somebody("Heute"), now=late)
    assert [entry.versicherter.nachname for entry in store.everybody()] == ["Heute"]


def test_a_new_start_deletes_and_no_backup_keeps_them(
    index: PatientIndex, store: SqlcipherPatients, tmp_path: Path
) -> None:
    enter(index, somebody("Gestern"))
    assert FILE not in create_backup(tmp_path, KEY, NOW, "Probe").dateien
    desk = Desk(tmp_path, passphrase="nur zum Testen", clock=SetClock(NOW + timedelta(hours=49)))
    desk.key = lambda: KEY  # type: ignore[method-assign]  # the key of the file above
    desk.patients()
    assert store.everybody() == ()
    enter(index, somebody("Gestern"))
    desk.forget_patients()
    desk.close()
    assert store.everybody() == ()


def test_the_file_is_encrypted(index: PatientIndex, tmp_path: Path) -> None:
    enter(index, somebody("Geheimtest"))
    raw = b"".join(path.read_bytes() for path in tmp_path.glob(f"{FILE}*"))
    assert raw
    assert b"Geheimtest" not in raw


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (somebody("Müller", versicherten_id="A123456780"), somebody("Meier", versicherten_id="A123456780"), True),
        (somebody("Muster", versicherten_id="A123456780"), somebody("Muster", versicherten_id="X110406067"), False),
        (somebody("Müller", geburtsdatum="1958-03-07"), somebody("MUELLER", "ada", geburtsdatum="1958-03-07"), True),
        (somebody("Müller", geburtsdatum="1958-03-07"), somebody("Müller", geburtsdatum="1958-03-08"), False),
        (somebody("Müller"), somebody("Müller"), False),
        (
            somebody("Schimmelpfennig-Hammerschmidt", geburtsdatum="1958-03-07"),
            somebody("Schimmelpfennig-Hammerschmid", geburtsdatum="1958-03-07"),
            True,
        ),
    ],
)
def test_candidates_for_the_same_person(one: Versicherter, other: Versicherter, same: bool) -> None:
    assert same_person(one, other) is same


# -- the appointment list ------------------------------------------------------

CSV = (
    "Uhrzeit;Pat-Nr.;Name;Vorname;Geb.Datum;KVNR;Krankenkasse;IK;PLZ;Ort\r\n"
    "08:15;17;Müller;Änne;07.03.1958;A123456780;Testkasse;109500969;50859;Köln\r\n"
    ";;;;;;;;;\r\n"
    "08:30;18;Beispiel;Bodo;1970-01-01;;;;;\r\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_lists_of_all_kinds(encoding: str, delimiter: str) -> None:
    first, second = read_list(CSV.replace(";", delimiter).encode(encoding))
    assert (first.nummer, first.termin, first.versicherter.nachname, first.versicherter.geburtsdatum) == (
        "17",
        "08:15",
        "Müller",
        "1958-03-07",
    )
    assert first.versicherung is not None
    assert (first.versicherung.ik, first.versicherung.name) == ("109500969", "Testkasse")
    assert (second.versicherter.nachname, second.versicherung) == ("Beispiel", None)


@pytest.mark.parametrize(
    ("text", "feld"),
    [
        ("", "liste"),
        ("Name;Vorname\r\n", "liste"),
        ("a;b\r\n1;2\r\n", "zeile[1]"),
        ("Name;Vorname;Geburtsdatum\r\nMuster;Ada;31.02.1958\r\n", "zeile[2].geburtsdatum"),
        ("Name;Vorname;KVNR\r\nMuster;Ada;A123456781\r\n", "zeile[2].versicherten_id"),
        ("Name;Vorname;IK\r\nMuster;Ada;109500968\r\n", "zeile[2].ik"),
        ("Name;Vorname\r\nMuster;\r\n", "zeile[2].vorname"),
        ("Name;Vorname\r\n\0;x\r\n", "liste"),
    ],
)
def test_broken_lists_are_refused_with_line_and_column(text: str, feld: str) -> None:
    with pytest.raises(InputRefused) as caught:
        read_list(text.encode())
    assert [einwand.feld for einwand in caught.value.einwaende] == [feld]


# -- the command ---------------------------------------------------------------


def test_a_day_of_the_practice_system(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPIERBRUECKE_PASSPHRASE", "nur zum Testen")
    command = ["--daten", str(tmp_path / "daten"), "--json", "pvs", "einlesen"]

    def run(name: str, data: bytes) -> tuple[int, dict]:
        (tmp_path / name).write_bytes(data)
        code = main([*command, str(tmp_path / name)])
        return code, json.loads(capsys.readouterr().out)

    show = gdt(("3000", "4711"), satzart="6311")
    code, answer = run("zeigen.gdt", show)
    assert (code, answer["patienten"][0]["versicherter"]) == (1, None)
    code, answer = run("neu.gdt", gdt(*PERSON))
    assert (code, answer["patienten"][0]["herkunft"]) == (0, "pvs")
    code, answer = run("zeigen.gdt", show)
    assert (code, answer["patienten"][0]["versicherter"]["nachname"]) == (0, "Müller-Lüdenscheidt")
    assert run("liste.csv", CSV.encode()) == (0, {"schema": "pvs", "version": 1, "eingelesen": 2})
    code, answer = run("kaputt.csv", b"a;b\r\n")
    assert (code, answer["fehler"][0]["regel"]) == (2, "Terminliste")
