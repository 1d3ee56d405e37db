"""The check-in sheet and the request that waits for the TI."""

from datetime import date
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from papierbruecke.card.model import Anschrift, Versicherter, Versicherung
from papierbruecke.cli import main
from papierbruecke.errors import InputRefused
from papierbruecke.practice.eeb import EebAnfrage, check_in_url, plan_request

ADRESSE = "praxis.test+empfang@beispiel.kim.telematik"
TAG = date(2026, 11, 23)


@pytest.mark.parametrize(("papier", "width_mm"), [("a4", 210), ("a5", 148)])
def test_the_printed_code_says_the_address_and_nothing_else(tmp_path: Path, papier: str, width_mm: int) -> None:
    path = tmp_path / "aushang.pdf"
    command = ["--daten", str(tmp_path / "daten"), "eebaushang", "-o", str(path), "--papier", papier]
    assert main([*command, "--kim-adresse", ADRESSE]) == 0
    document = pypdfium2.PdfDocument(path)
    (code,) = zxingcpp.read_barcodes(document[0].render(scale=2).to_pil())
    assert code.text == "https://www.praxis-check-in.de?mail=praxis.test%2Bempfang@beispiel.kim.telematik"
    assert ADRESSE in document[0].get_textpage().get_text_range()
    assert len(document) == 1
    assert document[0].get_width() * 25.4 / 72 == pytest.approx(width_mm, abs=0.1)
    document.close()
    assert not (tmp_path / "daten").exists()


def test_without_an_address_there_is_no_sheet(tmp_path: Path) -> None:
    path = tmp_path / "aushang.pdf"
    assert main(["--daten", str(tmp_path), "eebaushang", "-o", str(path)]) == 2
    assert not path.exists()


@pytest.mark.parametrize("text", ["", "praxis", "a@b", "a b@c.de", "a@b.de\nBcc: x@y.de", "a@b..de", "@b.de"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InputRefused):
        check_in_url(text)


def person(**more) -> Versicherter:
    return Versicherter(nachname="Probe", vorname="Ada", **more)


COVER = Versicherung(ik="109500969")
FULL = {"geburtsdatum": "1958-03-07", "anschrift": Anschrift(plz="50859")}


@pytest.mark.parametrize("who", [person(versicherten_id="A123456780"), person(**FULL)])
def test_a_request_needs_the_number_or_the_person(who: Versicherter) -> None:
    planned = plan_request(who, COVER, TAG, einverstanden=True)
    assert isinstance(planned, EebAnfrage)
    assert planned.ik == "109500969"


@pytest.mark.parametrize(
    ("who", "cover", "consent", "fields"),
    [
        (person(**FULL), COVER, False, ["einverstanden"]),
        (person(**FULL), Versicherung(), True, ["versicherung.ik"]),
        (person(**FULL), Versicherung(ik="109500968"), True, ["versicherung.ik"]),
        (person(versicherten_id="A123456781"), COVER, True, ["versicherter.versicherten_id"]),
        (person(), COVER, True, ["versicherter.geburtsdatum", "versicherter.anschrift.plz"]),
        (person(**FULL | {"geburtsdatum": "1958-03"}), COVER, True, ["versicherter.geburtsdatum"]),
    ],
)
def test_what_is_missing_is_named(who: Versicherter, cover: Versicherung, consent: bool, fields: list[str]) -> None:
    missing = plan_request(who, cover, TAG, einverstanden=consent)
    assert isinstance(missing, tuple)
    assert [einwand.feld for einwand in missing] == fields
