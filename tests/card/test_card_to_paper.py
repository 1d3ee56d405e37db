"""The answer of ``karte`` is the input of ``rezept`` and ``au``: what the card says stands on the paper unchanged."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import inputs
import paper
from cards import HEUTE, own_card, reference_case
from papierbruecke.card.model import KarteGelesen
from papierbruecke.card.read_card import read_card
from papierbruecke.cli import main
from papierbruecke.drill.card_image import Card, card_from, load_card
from papierbruecke.drill.chip_reader import ChipReader
from papierbruecke.forms.muster16 import blaetter
from papierbruecke.forms.personalienfeld import personalien_of, zeilen
from papierbruecke.forms.render import render_muster16
from papierbruecke.forms.render_au import render_au
from papierbruecke.forms.render_ersatzschein import render_ersatzschein
from papierbruecke.record.read_input import read_au, read_ersatzschein, read_rezept


def answer(card: Card) -> dict[str, Any]:
    outcome = read_card(ChipReader(card), heute=HEUTE, mit_gvd=True)
    assert isinstance(outcome, KarteGelesen)
    return outcome.daten.model_dump(mode="json")


def input_file(kind: str, card: Card) -> dict[str, Any]:
    """The answer as it is, with the form's own part beside it."""
    whole = {"rezept": inputs.rezept, "au": inputs.au, "ersatzschein": inputs.ersatzschein}[kind]()
    own = {key: value for key, value in whole.items() if key not in ("versicherter", "versicherung", "herkunft")}
    return answer(card) | own


def lines(card: Card) -> tuple[str, ...]:
    eingabe = read_rezept(inputs.as_bytes(input_file("rezept", card)))
    assert blaetter(eingabe)
    return zeilen(personalien_of(eingabe))


def named(**fields: str) -> Card:
    """The plain card of an insured person with other contents in some elements."""
    description = json.loads((Path(__file__).parents[2] / "resources/drill/karten/mitglied.json").read_text("utf-8"))
    for name, text in fields.items():
        description["pd"] = [
            f"<vsd:{name}>{text}</vsd:{name}>" if line.strip().startswith(f"<vsd:{name}>") else line
            for line in description["pd"]
        ]
    return card_from(description)


@pytest.mark.parametrize("kind", ["rezept", "au"])
@pytest.mark.parametrize("name", ["mitglied", "abrechnend"])
def test_own_cards_go_onto_paper(kind: str, name: str, tmp_path: Path) -> None:
    path, pdf = tmp_path / "eingabe.json", tmp_path / "blatt.pdf"
    document = input_file(kind, own_card(name))
    path.write_text(json.dumps(document), encoding="utf-8")
    assert main(["--daten", str(tmp_path / "daten"), kind, str(path), "-o", str(pdf)]) == 0
    text = paper.text_of(paper.pages(pdf.read_bytes())[0])
    assert document["versicherter"]["nachname"] in text
    assert document["versicherter"]["versicherten_id"] in text


def test_a_private_card_is_refused_on_muster_16(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "eingabe.json"
    path.write_text(json.dumps(input_file("rezept", own_card("privat"))), encoding="utf-8")
    assert main(["--json", "rezept", str(path), "-o", str(tmp_path / "blatt.pdf")]) == 2
    assert "versicherung.typ" in {each["feld"] for each in json.loads(capsys.readouterr().out)["fehler"]}


def test_every_official_card_that_holds_today_goes_onto_paper(referenz: Path) -> None:
    folder = referenz / "data" / "cards"
    cards = [reference_case(referenz, path.name) for path in sorted((folder / "vsd").iterdir())]
    cards += [load_card(path) for path in sorted(folder.glob("*.json"))]
    held = [card for card in cards if answer(card)["verwendbar"]]
    assert (len(cards), len(held)) == (10, 8)
    for card in held:
        person = answer(card)["versicherter"]
        assert lines(card)[1].rstrip() == person["nachname"][:30].rstrip()


def test_names_of_45_characters_are_kept_and_cut_only_on_the_line(referenz: Path) -> None:
    card = reference_case(referenz, "XML_22")
    assert answer(card)["versicherter"]["nachname"] == "Schimmelpfennig-Hammerschmidt Federmannssohn"
    assert lines(card)[1] == "Schimmelpfennig-Hammerschmidt "


@pytest.mark.parametrize(
    ("on_card", "printed"), [("19490300", "00.03.49"), ("19490000", "00.00.49"), ("19490307", "07.03.49")]
)
def test_partial_birth_dates_are_printed_as_far_as_they_are_known(on_card: str, printed: str) -> None:
    assert lines(named(Geburtsdatum=on_card))[2][22:30] == printed


LETTERS = "".join(c for c in bytes(range(0xA1, 0x100)).decode("iso8859-15") if c.isalpha())
LONGEST = 45  # Nachname, Vorname: Schema_VSD.xsd


def test_every_letter_of_iso_8859_15_reaches_the_pink_sheet() -> None:
    for start in range(0, len(LETTERS), 30):
        piece = LETTERS[start : start + 30]
        card = named(Nachname=piece, Ort=piece[:12])
        assert lines(card)[1].rstrip() == piece
        eingabe = read_rezept(inputs.as_bytes(input_file("rezept", card)))
        text = paper.text_of(paper.pages(render_muster16(eingabe))[0])
        assert piece in text
        assert piece[:12] in text


@pytest.mark.parametrize("start", range(0, len(LETTERS), LONGEST))
def test_every_letter_and_the_longest_name_reach_the_sick_note_and_the_slip(start: int) -> None:
    name = (LETTERS + LETTERS)[start : start + LONGEST]
    card = named(Nachname=name)
    au = read_au(inputs.as_bytes(input_file("au", card)))
    pdf = render_au(au, ("kk",), kennung=UUID(int=5, version=5), belegnummer="231126-A-001-X", pruefnummer=None)
    assert name[:30] in paper.text_of(paper.pages(pdf)[0])
    slip = read_ersatzschein(inputs.as_bytes(input_file("ersatzschein", card)))
    printed = "".join(paper.text_of(paper.pages(render_ersatzschein(slip))[0]).split())
    assert name in printed


@pytest.mark.parametrize(("on_card", "printed"), [("19490300", "00.03.1949"), ("19490000", "00.00.1949")])
def test_partial_birth_dates_stand_on_the_slip_as_they_are(on_card: str, printed: str) -> None:
    slip = read_ersatzschein(inputs.as_bytes(input_file("ersatzschein", named(Geburtsdatum=on_card))))
    assert printed in paper.text_of(paper.pages(render_ersatzschein(slip))[0])
