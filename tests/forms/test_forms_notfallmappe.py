"""The Notfallmappe: made in advance, numbered in the store, found again when it is typed in."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

import inputs
import paper
import stores
from papierbruecke.cli import main
from papierbruecke.clock import SetClock
from papierbruecke.errors import InputRefused
from papierbruecke.forms.make_notfallmappe import make_notfallmappe
from papierbruecke.forms.notfallmappe import end_of_next_quarter
from papierbruecke.outage.catalogue import katalog
from papierbruecke.outbox.memory import MemoryOutbox
from papierbruecke.record.belegnummer import is_valid
from papierbruecke.record.model import Betriebsstaette
from papierbruecke.settings import Einstellungen, KimEinstellungen, LagebildEinstellungen, PraxisEinstellungen

HEUTE = date(2026, 11, 25)
SETTINGS = Einstellungen(
    praxis=PraxisEinstellungen(betriebsstaetten=(Betriebsstaette(**inputs.BETRIEBSSTAETTE),)),
    lagebild=LagebildEinstellungen(ti_zugang_anbieter="Testzugang GmbH"),
    kim=KimEinstellungen(anbieter="Testpost GmbH"),
)
NAMES = [
    "00-inhalt.pdf",
    "01-erste-schritte.pdf",
    "02-telefonliste.pdf",
    "03-checklisten.pdf",
    "04-krankschreibungen.pdf",
    "05-erfassungsboegen.pdf",
    "06-muster16-ausfuellhilfe.pdf",
    "07-aushang-wartezimmer.pdf",
    "08-merkblatt-patienten.pdf",
    "09-leaflet-patients.pdf",
    "10-fax-deckblatt.pdf",
    "11-protokollbogen.pdf",
]


@pytest.fixture(scope="module")
def store() -> MemoryOutbox:
    return stores.memory(SetClock(stores.MORGENS))


@pytest.fixture(scope="module")
def mappe(store: MemoryOutbox) -> dict[str, bytes]:
    return make_notfallmappe(store, SETTINGS, heute=HEUTE, wer="sk", anzahl=2)


Parsed = dict[str, list[tuple[tuple[float, float], Sequence[paper.Word]]]]


@pytest.fixture(scope="module")
def parsed(mappe: dict[str, bytes]) -> Parsed:
    return {name: [(paper.size_mm(page), paper.rows(page)) for page in paper.pages(pdf)] for name, pdf in mappe.items()}


def text(parsed: Parsed, name: str) -> str:
    return " ".join(" ".join(word.text for _, found in parsed[name] for word in found).split())


def test_every_part_is_there_and_says_how_old_it_is(mappe: dict[str, bytes], parsed: Parsed) -> None:
    assert list(mappe) == NAMES
    for name, pages in parsed.items():
        for _, found in pages:
            words = " ".join(" ".join(word.text for word in found).split())
            made = "Vordruck vom 25.11.2026" if name.startswith("04") else "hergestellt am 25.11.2026"
            assert made in words, name
            assert "ersetzen nach 31.03.2027" in words, name


def test_nothing_overlaps_and_nothing_leaves_the_page(parsed: Parsed) -> None:
    for name, pages in parsed.items():
        for (width, height), found in pages:
            for word in found:
                assert word.x0 > 5, (name, word)
                assert word.x1 < width - 5, (name, word)
                assert word.top > 4, (name, word)
                assert word.bottom < height - 4, (name, word)
            if name.startswith("06"):
                continue  # numbers stand on the drawing of the form on purpose
            ordered = sorted(found, key=lambda w: w.top)
            for index, upper in enumerate(ordered):
                for lower in ordered[index + 1 :]:
                    if lower.top >= upper.bottom:
                        break
                    apart = upper.x1 <= lower.x0 + 0.01 or lower.x1 <= upper.x0 + 0.01
                    assert apart or upper.bottom - lower.top < 0.6, (name, upper, lower)


def test_sick_notes_come_in_sets_of_three_with_one_number_and_its_qr_code(
    mappe: dict[str, bytes], store: MemoryOutbox
) -> None:
    pages = paper.pages(mappe["04-krankschreibungen.pdf"])
    assert len(pages) == 6
    kennungen = store.preprinted()
    for index, page in enumerate(pages):
        assert paper.size_mm(page) == pytest.approx((148, 210), abs=0.01)
        [code] = zxingcpp.read_barcodes(paper.picture(mappe["04-krankschreibungen.pdf"], 200, index))
        number = code.text
        assert is_valid(number)
        assert number[7] == "N"
        words = paper.text_of(page)
        assert f"Belegnummer: {number}" in words
        assert str(kennungen[number]) in words
        assert kennungen[number].version == 5
        wanted = ("bei der Krankenkasse", "für Versicherte", "beim Arbeitgeber")[index % 3]
        assert wanted in words
    assert len({paper.text_of(p).split("Belegnummer: ")[1][:14] for p in pages}) == 2


def test_capture_sheets_ask_for_every_mandatory_item(mappe: dict[str, bytes], parsed: Parsed) -> None:
    pdf = mappe["05-erfassungsboegen.pdf"]
    assert len(parsed["05-erfassungsboegen.pdf"]) == 2
    words = text(parsed, "05-erfassungsboegen.pdf")
    for item in (  # KVDT P2-400 Tabelle 5, P2-401, P2-402
        "Kassennummer (IK) *",
        "Nachname *",
        "Vorname *",
        "Geburtsdatum (TT.MM.JJJJ) *",
        "Versichertenart *",
        "Geschlecht *",
        "Postleitzahl *",
        "Besondere Personengruppe *",
        "DMP *",
        "Versicherten-Nummer",
        "Unterschrift der versicherten Person",
        "kein amtlicher Vordruck",
    ):
        assert item in words, item
    numbers = [code.text for i in (0, 1) for code in zxingcpp.read_barcodes(paper.picture(pdf, 200, i))]
    assert len(set(numbers)) == 2
    assert all(is_valid(number) for number in numbers)


def test_every_diagnosis_has_its_checklist_with_the_practices_own_providers(parsed: Parsed) -> None:
    words = text(parsed, "03-checklisten.pdf")
    for number, row in katalog().diagnosen.items():
        assert (f"{number} " in words) is not row.hinweis, number
    assert "{" not in words
    assert "TI-Zugang Ihres Anbieters Testzugang GmbH" in words
    assert "KIM-Server Ihres Anbieters Testpost GmbH" in words
    assert "Das Kartenterminal ist nicht verbunden." in words
    assert "beim Anbieter ist überlastet" in words  # whose cards they are nobody knows in advance
    phones = text(parsed, "02-telefonliste.pdf")
    assert "Testzugang GmbH" in phones
    assert "Testpost GmbH" in phones
    assert "031234567" in phones


def test_the_leaflets_say_the_things_that_must_not_go_wrong(parsed: Parsed) -> None:
    german, english = text(parsed, "08-merkblatt-patienten.pdf"), text(parsed, "09-leaflet-patients.pdf")
    assert "kein E-Rezept" in german
    assert "28 Tage" in german
    assert "no e-prescription" in english
    assert "28 days" in english
    guide = text(parsed, "06-muster16-ausfuellhilfe.pdf")
    for number in range(1, 12):
        assert f"{number}." in guide
    assert "Betäubungsmittel" in guide
    assert "kein Rezept" in guide


def test_no_two_notfallmappen_share_a_number(store: MemoryOutbox, mappe: dict[str, bytes]) -> None:
    before = set(store.preprinted())
    make_notfallmappe(store, SETTINGS, heute=HEUTE, wer="sk", anzahl=1)
    assert len(set(store.preprinted()) - before) == 2


def test_no_two_desks_share_a_number_of_the_same_day() -> None:
    numbers: list[str] = []
    for platz in "ABM":
        store = stores.memory(SetClock(stores.MORGENS))
        settings = SETTINGS.model_copy(update={"praxis": SETTINGS.praxis.model_copy(update={"platz": platz})})
        make_notfallmappe(store, settings, heute=HEUTE, wer="sk", anzahl=1)
        numbers += store.preprinted()
    assert len(set(numbers)) == 6
    assert all(is_valid(number) for number in numbers)


def test_when_the_numbers_of_the_day_are_used_up_it_says_so() -> None:
    store = stores.memory(SetClock(stores.MORGENS))
    store.preprint(HEUTE, "A", [uuid4() for _ in range(748)], "sk")
    with pytest.raises(InputRefused) as refused:
        make_notfallmappe(store, SETTINGS, heute=HEUTE, wer="sk", anzahl=2)
    assert "nur noch 1 Sätze" in refused.value.einwaende[0].text
    assert len(store.preprinted()) == 748
    make_notfallmappe(store, SETTINGS, heute=HEUTE, wer="sk", anzahl=1)


def test_a_drill_is_marked_on_every_page() -> None:
    drill = stores.memory(SetClock(stores.MORGENS))
    made = make_notfallmappe(drill, Einstellungen(), heute=HEUTE, wer="sk", anzahl=1, uebung=True)
    for name in ("00-inhalt.pdf", "04-krankschreibungen.pdf", "07-aushang-wartezimmer.pdf"):
        for page in paper.pages(made[name]):
            assert "ÜBUNG – kein gültiges Dokument" in paper.text_of(page)


@given(st.dates(date(2026, 1, 1), date(2050, 12, 31)))
def test_good_until_the_end_of_the_next_quarter(day: date) -> None:
    until = end_of_next_quarter(day)
    assert (until.month, until.day) in {(3, 31), (6, 30), (9, 30), (12, 31)}
    assert 90 <= (until - day).days <= 184


# -- through the command line ------------------------------------------------------


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PAPIERBRUECKE_PASSPHRASE", "nur für diesen Test")
    return tmp_path


def call(place: Path, *arguments: str) -> int:
    return main([*arguments, "--daten", str(place / "daten"), "--json"])


def test_the_command_writes_the_folder_and_a_sheet_is_found_again(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(place, "notfallmappe", "-o", str(place / "mappe"), "--anzahl", "1") == 0
    assert json.loads(capsys.readouterr().out)["dateien"] == NAMES
    assert sorted(path.name for path in (place / "mappe").iterdir()) == NAMES
    sheet = paper.text_of(paper.pages((place / "mappe" / NAMES[4]).read_bytes())[0])
    number = sheet.split("Belegnummer: ")[1].split()[0]

    (place / "eingabe.json").write_bytes(inputs.as_bytes(inputs.au()))
    typed: tuple[Any, ...] = ("au", str(place / "eingabe.json"), "-o", str(place / "au.pdf"), "--ablegen")
    assert call(place, *typed, "--belegnummer", number.lower().replace("-", " ")) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["belegnummern"] == [number]
    assert answer["kennung"] in sheet

    wrong = number[:-1] + ("A" if number[-1] != "A" else "B")
    assert call(place, *typed, "--belegnummer", wrong) == 2
    assert json.loads(capsys.readouterr().out)["fehler"][0]["feld"] == "--belegnummer"


def test_a_capture_sheet_keeps_its_number_and_is_no_sick_note(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(place, "notfallmappe", "-o", str(place / "mappe"), "--anzahl", "1") == 0
    au_sheet = paper.text_of(paper.pages((place / "mappe" / NAMES[4]).read_bytes())[0])
    au_number = au_sheet.split("Belegnummer: ")[1].split()[0]
    sheet = paper.text_of(paper.pages((place / "mappe" / NAMES[5]).read_bytes())[0])
    number = sheet.split("Nr. ")[1].split()[0]
    capsys.readouterr()

    (place / "eingabe.json").write_bytes(inputs.as_bytes(inputs.ersatzschein()))
    typed: tuple[Any, ...] = ("ersatzschein", str(place / "eingabe.json"), "-o", str(place / "schein.pdf"), "--ablegen")
    assert call(place, *typed, "--belegnummer", au_number) == 2
    assert json.loads(capsys.readouterr().out)["fehler"][0]["feld"] == "--belegnummer"
    assert call(place, *typed, "--belegnummer", number) == 0
    assert json.loads(capsys.readouterr().out)["belegnummern"] == [number]


@pytest.mark.parametrize(
    "arguments",
    [("--anzahl", "0"), ("--anzahl", "201"), ("--ersetzen-nach", "morgen"), ("--ersetzen-nach", "2020-01-01")],
)
def test_nonsense_is_refused_and_leaves_nothing(place: Path, arguments: tuple[str, ...]) -> None:
    assert call(place, "notfallmappe", "-o", str(place / "mappe"), *arguments) == 2
    assert not (place / "mappe").exists()
    assert not (place / "daten").exists()


def test_half_a_folder_is_not_left_behind(place: Path) -> None:
    (place / "mappe" / NAMES[5]).mkdir(parents=True)  # a folder where a file must go
    assert call(place, "notfallmappe", "-o", str(place / "mappe"), "--anzahl", "1") == 3
    assert [path.name for path in (place / "mappe").iterdir()] == [NAMES[5]]


def test_without_a_key_there_are_no_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PAPIERBRUECKE_PASSPHRASE", raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    code = call(tmp_path, "notfallmappe", "-o", str(tmp_path / "mappe"))
    assert code == 3
    assert not (tmp_path / "mappe").exists()


def test_one_set_has_one_number_and_no_practice_leaves_no_gap_in_the_head(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPIERBRUECKE_PASSPHRASE", "geheim")
    assert call(tmp_path, "notfallmappe", "-o", str(tmp_path / "mappe"), "--anzahl", "1") == 0
    text = paper.text_of(paper.pages((tmp_path / "mappe" / "00-inhalt.pdf").read_bytes())[0])
    assert ", Nummer " in text
    assert "Nummern" not in text
    assert "Praxis:" not in text
