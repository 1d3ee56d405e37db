"""The rules of Muster 16 and AU, each objection with its field and requirement."""

from datetime import date
from typing import Any

import pytest

import inputs
from papierbruecke.errors import InputRefused
from papierbruecke.record.checks import dosage_objection, icd_plausible, lanr_valid, pzn_valid
from papierbruecke.record.kennung import new_kennung
from papierbruecke.record.model import BelegArt
from papierbruecke.record.read_input import read_au, read_rezept
from papierbruecke.record.take_beleg import accept_au, accept_rezept, check_au, check_rezept

HEUTE = date(2026, 11, 23)


def change(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    target: Any = document
    *parents, last = path.split(".")
    for part in parents:
        target = target[int(part)] if part.isdigit() else target[part]
    target[int(last) if last.isdigit() else last] = value
    return document


def rezept_objections(*changes: tuple[str, Any]) -> dict[str, str]:
    document = inputs.rezept()
    for path, value in changes:
        change(document, path, value)
    befund = check_rezept(read_rezept(inputs.as_bytes(document)), HEUTE)
    return {einwand.feld: einwand.regel for einwand in befund.einwaende}


def au_objections(*changes: tuple[str, Any]) -> dict[str, str]:
    document = inputs.au()
    for path, value in changes:
        change(document, path, value)
    befund = check_au(read_au(inputs.as_bytes(document)), HEUTE)
    return {einwand.feld: einwand.regel for einwand in befund.einwaende}


def test_the_examples_are_accepted_without_warning() -> None:
    assert accept_rezept(read_rezept(inputs.as_bytes(inputs.rezept())), HEUTE).warnungen == []
    assert accept_au(read_au(inputs.as_bytes(inputs.au())), HEUTE).warnungen == []


@pytest.mark.parametrize(
    ("path", "value", "feld", "regel"),
    [
        ("arzt.lanr", "838382302", "arzt.lanr", "KVDT LANR"),
        ("betriebsstaette.bsnr", "12345", "betriebsstaette.bsnr", "KVDT FK 0201"),
        ("versicherung.typ", "PKV", "versicherung.typ", "VSD PKV 1.0"),
        ("versicherung.rechtsgrundlage", "10", "versicherung.rechtsgrundlage", "AVWG P3-630"),
        ("versicherung.rechtsgrundlage", "01", "arzt.asv_teamnummer", "-eau-angabeAsvTeamnummerPflicht"),
        ("versicherung.personengruppe", "05", "versicherung.personengruppe", "A4a Tabelle 13"),
        ("versicherung.dmp", "13", "versicherung.dmp", "A4a Tabelle 13"),
        ("versicherung.ende", "2027-02-30", "versicherung.ende", "KVDT FK 4110"),
        ("versicherter.nachname", "Испытание", "versicherter.nachname", "ISO 8859-15"),
        ("versicherter.vorname", "Eri\tka", "versicherter.vorname", "ISO 8859-15"),
        ("versicherter.geburtsdatum", "1984-02-31", "versicherter.geburtsdatum", "KVDT P2-430"),
        ("versicherter.geburtsdatum", "2026-12", "versicherter.geburtsdatum", "-eau-geburtsdatumPatient"),
        ("rezept.positionen", [], "rezept.positionen", "AVWG P3-720"),
        ("rezept.positionen.0.pzn", "01234563", "rezept.positionen[0].pzn", "AVWG P3-721"),
        ("rezept.positionen.0.betaeubungsmittel", True, "rezept.positionen[0].betaeubungsmittel", "AVWG P3-730 AK2"),
        ("rezept.positionen.1.t_rezept", True, "rezept.positionen[1].t_rezept", "AVWG P3-730 AK3"),
        ("rezept.positionen.0.dosierung", None, "rezept.positionen[0].dosierung", "AVWG P3-625"),
        ("rezept.positionen.0.dosierung", "1--1-1", "rezept.positionen[0].dosierung", "AVWG P3-625"),
        (
            "rezept.positionen.1.aut_idem_ausgeschlossen",
            True,
            "rezept.positionen[1].aut_idem_ausgeschlossen",
            "AVWG O3-622 AK3",
        ),
        ("rezept.art", "hilfsmittel", "rezept.diagnose", "AVWG-FAQ P3-720"),
        (
            "rezept.arbeitsunfall",
            {"unfalltag": "2026-11-20", "unfallbetrieb": "Testwerk"},
            "rezept.arbeitsunfall.traeger",
            "FB KP7-80",
        ),
    ],
)
def test_rezept_is_refused_with_field_and_rule(path: str, value: Any, feld: str, regel: str) -> None:
    assert rezept_objections((path, value)).get(feld) == regel


@pytest.mark.parametrize(
    ("path", "value", "feld", "regel"),
    [
        ("au.seit", None, "au.seit", "-eau-angabeAUseitErstbescheinigung"),
        ("au.art", "folge", "au.seit", "-eau-angabeAUseitFolgebescheinigung"),
        ("au.bis", "2026-12-25", "au.bis", "TA eAU P310-04 AC4"),
        ("au.bis", "2026-11-20", "au.bis", "TA eAU P310-04"),
        ("au.festgestellt", "2026-11-24", "au.festgestellt", "TA eAU P310-04 AC3"),
        ("au.diagnosen", [], "au.diagnosen", "TA eAU P310-05"),
        ("au.diagnosen.0.icd", "J06.9!", "au.diagnosen[0].icd", "TA eAU P310-05"),
        ("au.diagnosetext", "x" * 71, "au.diagnosetext", "TA eAU P310-06"),
        ("au.ursachen", ["ser", "ser"], "au.ursachen", "-eau-anzahlUrsache"),
        ("versicherter", None, "versicherter", "TA eAU P310-08"),
    ],
)
def test_au_is_refused_with_field_and_rule(path: str, value: Any, feld: str, regel: str) -> None:
    assert au_objections((path, value)).get(feld) == regel


def test_bis_exactly_31_days_after_festgestellt_is_accepted() -> None:
    assert au_objections(("au.bis", "2026-12-24")) == {}


def test_a_kennung_of_an_au_is_version_5() -> None:
    assert au_objections(("kennung", "7f3c2f6e-0d6a-4b6e-9d5f-1a2b3c4d5e6f")) == {"kennung": "TA eAU P310-14 AC7"}
    drawn = {new_kennung(BelegArt.AU) for _ in range(100)}
    assert len(drawn) == 100
    assert {kennung.version for kennung in drawn} == {5}


def test_a_wrong_check_digit_on_a_card_is_a_warning_and_by_hand_a_refusal() -> None:
    document = change(inputs.rezept(), "versicherter.versicherten_id", "A123456781")
    change(document, "versicherung.ik", "101234560")
    befund = check_rezept(read_rezept(inputs.as_bytes(document)), HEUTE)
    assert befund.einwaende == []
    assert {warnung.code for warnung in befund.warnungen} == {"karte.pruefziffer", "karte.pruefziffer_ik"}
    document["herkunft"] = "hand"
    befund = check_rezept(read_rezept(inputs.as_bytes(document)), HEUTE)
    assert {e.feld for e in befund.einwaende} == {"versicherter.versicherten_id", "versicherung.ik"}


def test_ersatzverfahren_by_hand_needs_plz_and_geschlecht() -> None:
    objections = rezept_objections(
        ("herkunft", "hand"), ("versicherter.anschrift", None), ("versicherter.geschlecht", None)
    )
    assert objections == {
        "versicherter.anschrift.plz": "KVDT P2-400",
        "versicherter.geschlecht": "KVDT P2-400",
    }


def test_expired_cover_under_18_and_backdating_are_warnings() -> None:
    document = change(inputs.rezept(), "versicherung.ende", "2026-11-22")
    change(document, "versicherter.geburtsdatum", "2008-11-24")
    befund = accept_rezept(read_rezept(inputs.as_bytes(document)), HEUTE)
    assert {w.code for w in befund.warnungen} == {"versicherung.beendet", "gebuehr.minderjaehrig"}
    document = change(inputs.au(), "au.seit", "2026-11-19")
    assert [w.code for w in accept_au(read_au(inputs.as_bytes(document)), HEUTE).warnungen] == ["au.rueckdatiert"]


def test_sprechstundenbedarf_needs_no_patient() -> None:
    document = change(inputs.rezept(), "versicherter", None)
    assert "versicherter" in rezept_objections(("versicherter", None))
    change(document, "rezept.art", "sprechstundenbedarf")
    assert check_rezept(read_rezept(inputs.as_bytes(document)), HEUTE).einwaende == []


def test_refusal_carries_every_objection_at_once() -> None:
    document = change(inputs.rezept(), "arzt.lanr", "1")
    change(document, "rezept.positionen.0.pzn", "1")
    with pytest.raises(InputRefused) as caught:
        accept_rezept(read_rezept(inputs.as_bytes(document)), HEUTE)
    assert {e.feld for e in caught.value.einwaende} == {"arzt.lanr", "rezept.positionen[0].pzn"}


@pytest.mark.parametrize(
    "text", ["1-0-0", "1-0-0-0", "½-0-½", "1 Tablette um 8 Uhr", "Dj", "dj", "alle 6 h 20 Tropfen"]
)
def test_p3_625_good_dosage(text: str) -> None:
    assert dosage_objection(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "»1-0-0«",
        "1-0-0«",
        "Dj ½",
        "-1-0-1",
        "1--1-1",
        "--1-0-1",
        "1-1-1-",
        "0 ½-0-0",
        "siehe Packungsbeilage",
    ],
)
def test_p3_625_wrong_dosage(text: str) -> None:
    assert dosage_objection(text) is not None


def test_check_digits() -> None:
    assert lanr_valid("838382202")
    assert lanr_valid("123456601")
    assert not lanr_valid("838382302")
    assert not lanr_valid("٨٣٨٣٨٢٢٠٢")
    assert pzn_valid("01234562")
    assert pzn_valid("07654325")
    assert not pzn_valid("01234563")
    assert icd_plausible("J06.9")
    assert icd_plausible("I10.-")
    assert not icd_plausible("j06.9")


def test_every_ingredient_of_a_rezeptur_has_its_name_and_its_amount() -> None:
    document = inputs.rezept()
    rezeptur = {"form": "rezeptur", "name": "Probesalbe", "menge": "100 g", "gebrauch": "dünn auftragen"}
    rezeptur["bestandteile"] = [{"name": " ", "menge": "5 g"}, {"name": "Vaselin", "menge": ""}]  # type: ignore[assignment]
    document["rezept"]["positionen"] = [rezeptur]
    einwaende = check_rezept(read_rezept(inputs.as_bytes(document)), HEUTE).einwaende
    place = "rezept.positionen[0].bestandteile"
    assert [(e.feld, e.regel) for e in einwaende] == [
        (f"{place}[0].name", "AVWG K3-723"),
        (f"{place}[1].menge", "AVWG K3-723"),
    ]
