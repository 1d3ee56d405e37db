"""Addresses of Krankenkassen as CSV: all of them or none, and never a test address for real."""

import pytest

from papierbruecke.errors import InputRefused
from papierbruecke.practice.read_kassen import merged, read_kassen
from papierbruecke.settings import Einstellungen, Kassenanschrift, KimEinstellungen

HEAD = "IK;Name;Straße;PLZ;Ort;KIM-Adresse\n"
GOOD = HEAD + "101234561;Probe-Kasse;Musterweg 1;12345;Musterstadt;eau@probe.kim.telematik\n"


def test_both_addresses_are_taken_over_and_the_others_stay() -> None:
    old = Einstellungen(
        kim=KimEinstellungen(kassenadressen={"109500969": "alt@kasse.kim.telematik"}),
        kassenanschriften={"109500969": Kassenanschrift(name="Alte Kasse", plz="99999", ort="Altdorf")},
    )
    new = merged(old, read_kassen(GOOD.encode(), test=False))
    assert new.kim.kassenadressen == {
        "109500969": "alt@kasse.kim.telematik",
        "101234561": "eau@probe.kim.telematik",
    }
    assert new.kassenanschriften["101234561"] == Kassenanschrift(
        name="Probe-Kasse", strasse="Musterweg 1", plz="12345", ort="Musterstadt"
    )
    assert "109500969" in new.kassenanschriften


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_every_spelling_of_a_csv_file(encoding: str, delimiter: str) -> None:
    (kasse,) = read_kassen(GOOD.replace(";", delimiter).encode(encoding), test=False)
    assert kasse.anschrift is not None
    assert kasse.anschrift.strasse == "Musterweg 1"


def test_an_ik_of_seven_digits_and_only_a_kim_address_will_do() -> None:
    (kasse,) = read_kassen(b"ik,kim-adresse\n1234561,eau@probe.kim.telematik\n", test=False)
    assert (kasse.ik, kasse.anschrift) == ("101234561", None)


@pytest.mark.parametrize(
    ("text", "feld"),
    [
        ("", "liste"),
        ("Name\nProbe\n", "zeile[1]"),
        (HEAD, "liste"),
        (HEAD + "101234562;Probe;Weg 1;12345;Ort;\n", "zeile[2].ik"),
        (HEAD + "101234561;Probe;Weg 1;1234;Ort;\n", "zeile[2].plz"),
        (HEAD + "101234561;;Weg 1;12345;Ort;\n", "zeile[2].name"),
        (HEAD + "101234561;Probe;;;;\n", "zeile[2].liste"),
        (HEAD + "101234561;;;;;eau@beispiel.invalid\n", "zeile[2].kim_adresse"),
        (HEAD + "101234561;;;;;eau@probe.kim.telematik-test\n", "zeile[2].kim_adresse"),
        (GOOD + GOOD.partition("\n")[2], "zeile[3].ik"),
    ],
)
def test_one_wrong_line_and_nothing_is_taken(text: str, feld: str) -> None:
    with pytest.raises(InputRefused) as refused:
        read_kassen(text.encode(), test=False)
    assert [einwand.feld for einwand in refused.value.einwaende] == [feld]


def test_real_addresses_have_no_place_in_a_drill() -> None:
    with pytest.raises(InputRefused):
        read_kassen(GOOD.encode(), test=True)
    assert read_kassen(GOOD.replace(".telematik", ".telematik-test").encode(), test=True)


def test_binary_is_no_list() -> None:
    with pytest.raises(InputRefused):
        read_kassen(b"\x00\x01", test=False)
