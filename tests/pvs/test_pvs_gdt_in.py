"""Patients from the practice system: every character set, every deviation, every broken file."""

import json
from pathlib import Path

import pytest

from papierbruecke.card.model import Anschrift
from papierbruecke.cli import main
from papierbruecke.errors import InputRefused
from papierbruecke.pvs.gdt import parse
from papierbruecke.pvs.read_patient import PvsPatient, read_patients
from pvs_files import PERSON, gdt

NAME = "Müller-Lüdenscheidt"


def one(data: bytes) -> PvsPatient:
    (patient,) = read_patients(data)
    return patient


def person(*fields: tuple[str, str], **options):
    patient = one(gdt(*PERSON, *fields, **options))
    assert patient.versicherter is not None
    return patient.versicherter


def codes(patient: PvsPatient) -> set[str]:
    return {warnung.code for warnung in patient.warnungen}


def rules(data: bytes) -> list[str]:
    with pytest.raises(InputRefused) as caught:
        read_patients(data)
    assert all(einwand.text.endswith((".", ").")) for einwand in caught.value.einwaende)
    return [einwand.regel for einwand in caught.value.einwaende]


# -- the files of the reference folder -----------------------------------------


@pytest.mark.parametrize("name", ["PBRKEDV1.gdt", "PBRKEDV1_6301_cp437.gdt"])
def test_reference_patients(referenz: Path, name: str) -> None:
    patient = one((referenz / "data" / "gdt" / name).read_bytes())
    got = patient.versicherter
    assert got is not None
    assert (got.nachname, got.vorname, got.titel, got.vorsatzwort) == (NAME, "Änne Käthe", "Dr.", "von der")
    assert (got.geburtsdatum, got.geschlecht, got.versicherten_id) == ("1958-03-07", "W", "A123456780")
    assert got.anschrift == Anschrift(strasse="Holzweg 3", plz="50859", ort="Köln")
    assert patient.versicherung is not None
    assert patient.versicherung.versichertenart == "5"
    assert (patient.nummer, patient.warnungen) == ("4711", ())


def test_reference_show_again_names_only_the_number(referenz: Path) -> None:
    patient = one((referenz / "data" / "gdt" / "PBRKEDV1_6311.gdt").read_bytes())
    assert (patient.nummer, patient.versicherter) == ("4711", None)


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("broken_line_length.gdt", "GDT Zeilenlänge"),
        ("broken_total_length.gdt", "GDT FK 8100"),
        ("broken_lf_only.gdt", "GDT Zeilenende"),
        ("broken_charset_utf8_declared_3.gdt", "GDT FK 9206"),
        ("EDV1PBRK.gdt", "GDT FK 8000"),
    ],
)
def test_reference_broken_files_name_what_is_wrong(
    referenz: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, rule: str
) -> None:
    path = referenz / "data" / "gdt" / name
    assert rules(path.read_bytes()) == [rule]
    assert main(["--daten", str(tmp_path / "daten"), "--json", "pvs", "einlesen", str(path)]) == 2
    captured = capsys.readouterr()
    assert json.loads(captured.out)["fehler"][0]["regel"] == rule
    assert "Lüdenscheidt" not in captured.out + captured.err
    assert not (tmp_path / "daten").exists(), "nothing is opened for a broken file"


# -- character sets ------------------------------------------------------------


@pytest.mark.parametrize(
    ("charset", "encoding"), [("2", "cp437"), ("3", "cp1252"), ("3", "iso8859-15"), ("", "cp437"), ("", "cp1252")]
)
def test_character_sets(charset: str, encoding: str) -> None:
    assert person(charset=charset, encoding=encoding).nachname == NAME


def test_seven_bit_german_code() -> None:
    fields = (("3101", "M}ller~"), ("3102", "[nne"), ("3103", "07031958"))
    (patient,) = read_patients(gdt(*fields, charset="1", encoding="ascii"))
    assert patient.versicherter is not None
    assert (patient.versicherter.nachname, patient.versicherter.vorname) == ("Müllerß", "Änne")


@pytest.mark.parametrize("charset", ["1", "2", "3", "", "9"])
def test_utf_8_with_right_lengths_is_read_with_a_remark(charset: str) -> None:
    patient = one(gdt(*PERSON, charset=charset, encoding="utf-8"))
    assert patient.versicherter is not None
    assert patient.versicherter.nachname == NAME
    assert "gdt.zeichensatz" in codes(patient)


def test_a_declared_set_that_cannot_be_right_gives_way() -> None:
    patient = one(gdt(*PERSON, charset="3", encoding="cp437"))
    assert patient.versicherter is not None
    # 0x81 (ü in IBM) does not exist in ANSI.
    assert patient.versicherter.nachname == NAME
    assert "gdt.zeichensatz" in codes(patient)


# -- tolerated deviations ------------------------------------------------------


def test_unknown_fields_are_kept() -> None:
    (satz,) = parse(gdt(*PERSON, ("6330", "Kategorie"), ("3626", "0123")))
    assert satz.first("6330") == "Kategorie"


def test_byte_order_mark_end_mark_and_empty_lines() -> None:
    assert one(b"\xef\xbb\xbf" + gdt(*PERSON) + b"\r\n\x1a").versicherter is not None


def test_several_records_in_one_file() -> None:
    assert len(read_patients(gdt(*PERSON) + gdt(*PERSON, satzart="6301"))) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("07031958", "1958-03-07"),
        ("19580307", "1958-03-07"),
        ("00031958", "1958-03"),
        ("00001958", "1958"),
        ("19580000", "1958"),
        ("00000000", None),
        ("20122012", "2012-12-20"),
    ],
)
def test_birth_dates_of_both_orders(text: str, expected: str | None) -> None:
    patient = one(gdt(*PERSON[:3], ("3103", text)))
    assert patient.versicherter is not None
    assert patient.versicherter.geburtsdatum == expected
    assert "pvs.geburtsdatum" not in codes(patient)


@pytest.mark.parametrize("text", ["31021958", "heute", "99999999", "1958"])
def test_impossible_birth_dates_are_left_out_with_a_remark(text: str) -> None:
    patient = one(gdt(*PERSON[:3], ("3103", text)))
    assert patient.versicherter is not None
    assert patient.versicherter.geburtsdatum is None
    assert "pvs.geburtsdatum" in codes(patient)


@pytest.mark.parametrize(
    ("text", "expected"), [("1", "M"), ("2", "W"), ("w", "W"), ("D", "D"), ("X", "X"), ("U", None), ("9", None)]
)
def test_sexes(text: str, expected: str | None) -> None:
    assert person(("3110", text)).geschlecht == expected


@pytest.mark.parametrize(
    ("fields", "zusatz", "vorsatz"),
    [
        ([("3100", "von der")], None, "von der"),
        ([("3100", "Freiherr")], "Freiherr", None),
        ([("3100", "Graf von und zu")], "Graf", "von und zu"),
        ([("3100", "Graf"), ("3120", "von")], "Graf", "von"),
    ],
)
def test_name_parts(fields, zusatz: str | None, vorsatz: str | None) -> None:
    got = person(*fields)
    assert (got.namenszusatz, got.vorsatzwort) == (zusatz, vorsatz)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([("3106", "50859 Köln")], ("50859", "Köln")),
        ([("3106", "D-50859  Köln am Rhein")], ("50859", "Köln am Rhein")),
        ([("3106", "1010 Wien")], ("1010", "Wien")),
        ([("3106", "Köln")], (None, "Köln")),
        ([("3112", "50859"), ("3113", "Köln")], ("50859", "Köln")),
    ],
)
def test_towns(fields, expected) -> None:
    got = person(*fields).anschrift
    assert got is not None
    assert (got.plz, got.ort) == expected


@pytest.mark.parametrize(
    ("fk", "text", "kept"),
    [
        ("3105", "A123456780", True),
        ("3119", "a 123456780", True),
        ("3105", "A123456781", False),
        ("3105", "12345", False),
    ],
)
def test_only_a_right_versicherten_id_is_taken(fk: str, text: str, kept: bool) -> None:
    patient = one(gdt(*PERSON, (fk, text)))
    assert patient.versicherter is not None
    assert (patient.versicherter.versicherten_id == "A123456780") is kept
    assert ("pvs.versicherten_id" in codes(patient)) is not kept


def test_names_of_28_characters_may_be_cut() -> None:
    patient = one(gdt(("3101", "Schimmelpfennig-Hammerschmid"), ("3102", "Ada"), ("3103", "07031958")))
    assert "pvs.name_gekuerzt" in codes(patient)


def test_a_reading_date_is_never_taken_over() -> None:
    patient = one(gdt(*PERSON, ("4109", "23112026"), ("4111", "109500969"), ("3108", "1")))
    assert "2026" not in patient.model_dump_json()
    assert patient.versicherung is not None
    assert patient.versicherung.ik == "109500969"


# -- refused -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "GDT Aufbau"),
        (b"\r\n\r\n", "GDT Aufbau"),
        (b"%PDF-1.7\r\n", "GDT Aufbau"),
        (gdt(*PERSON)[13 + 2 :], "GDT Aufbau"),
        (gdt(*PERSON)[:-4], "GDT Zeilenende"),
        (gdt(*PERSON).replace(b"4711", b"471"), "GDT Zeilenlänge"),
        (gdt(("3000", "1"), ("3102", "Ada")), "GDT FK 3101"),
        (gdt(("3000", "1"), ("3101", "Muster")), "GDT FK 3102"),
        (gdt(satzart="6311"), "GDT FK 3000"),
        (b"x" * 3_000_000, "GDT Aufbau"),
    ],
)
def test_broken_files_are_refused(data: bytes, rule: str) -> None:
    assert rules(data) == [rule]


def test_every_wrong_line_is_named_without_its_content() -> None:
    data = gdt(*PERSON).replace(b"0283101", b"0303101").replace(b"0193102", b"0183102")
    with pytest.raises(InputRefused) as caught:
        read_patients(data)
    assert [einwand.feld for einwand in caught.value.einwaende] == ["zeile[8].3101", "zeile[9].3102"]
    assert not any("ller" in einwand.text for einwand in caught.value.einwaende)
