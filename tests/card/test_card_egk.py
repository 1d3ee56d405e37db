"""The command sequence and the file contents, on the chip alone: every card, every fault, no reader."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from cards import HEUTE, own_card, own_cards, reference_case
from papierbruecke.card.check_reader import check_reader
from papierbruecke.card.egk import read_egk
from papierbruecke.card.hindernis import KarteUnlesbar
from papierbruecke.card.kvk import is_kvk
from papierbruecke.card.model import KarteGelesen, Kartendaten, KarteNichtLesbar
from papierbruecke.card.read_card import read_card
from papierbruecke.cli import main
from papierbruecke.drill.card_image import (
    DEFAULT_ATR,
    Card,
    build_status_vd,
    build_vd,
    card_from,
    load_card,
    wrong_card,
)
from papierbruecke.drill.chip_reader import ChipReader
from papierbruecke.drill.virtual_egk import Chip, Faults


def read(card: Card, faults: Faults | None = None, *, heute: date = HEUTE, mit_gvd: bool = False, lang: bool = False):
    return read_card(ChipReader(card, faults), heute=heute, mit_gvd=mit_gvd, lange_apdus=lang)


def data(card: Card, faults: Faults | None = None, **options) -> Kartendaten:
    outcome = read(card, faults, **options)
    assert isinstance(outcome, KarteGelesen), outcome
    return outcome.daten


def code(card: Card, faults: Faults | None = None, **options) -> str:
    outcome = read(card, faults, **options)
    assert isinstance(outcome, KarteNichtLesbar), "no data expected"
    assert outcome.text.endswith((".", ")."))
    return outcome.code


def codes(daten: Kartendaten) -> set[str]:
    return {warnung.code for warnung in daten.warnungen}


# -- our own cards -------------------------------------------------------------


def test_plain_card_gives_exactly_what_it_holds() -> None:
    daten = data(own_card("mitglied"))
    person, cover = daten.versicherter, daten.versicherung
    assert (person.versicherten_id, person.titel, person.vorname, person.nachname) == (
        "T102003001",
        "Dr.",
        "Berta",
        "Testfall",
    )
    assert (person.geburtsdatum, person.geschlecht, person.postfach) == ("1984-05-23", "W", None)
    assert (cover.typ, cover.ik, cover.versichertenart, cover.wop, cover.beginn, cover.ende) == (
        "GKV",
        "109500969",
        "1",
        "72",
        "2019-01-01",
        None,
    )
    assert (cover.personengruppe, cover.dmp, cover.vknr, cover.rechtsgrundlage) == (None, None, None, "00")
    assert (daten.generation, daten.iccsn_ende, daten.vsd_version) == ("G2.1", "0011", "5.2.0")
    assert daten.stand == "2026-10-01T08:15:00"
    assert daten.verwendbar
    assert codes(daten) == {"karte.offline"}


def test_protected_copy_is_read_only_when_asked() -> None:
    card = own_card("abrechnend")
    silent, asked = data(card), data(card, mit_gvd=True)
    assert (silent.versicherung.personengruppe, silent.versicherung.dmp) == (None, None)
    assert (asked.versicherung.personengruppe, asked.versicherung.dmp) == ("06", "05")
    # Without the decision of the practice the protected bytes do not even leave the card.
    assert len(read_egk(transmitter(Chip(card))).vd) < len(card.files["EF.VD"].data)


def test_missing_protected_copy_is_never_invented() -> None:
    daten = data(own_card("mitglied"), mit_gvd=True)
    assert (daten.versicherung.personengruppe, daten.versicherung.dmp) == (None, None)
    assert "karte.gvd_fehlt" in codes(daten)


def test_selektivvertraege_are_never_output() -> None:
    assert "selektiv" not in data(own_card("abrechnend"), mit_gvd=True).model_dump_json().lower()


def test_both_payers_both_addresses_and_a_partial_birth_date() -> None:
    daten = data(own_card("abrechnend"))
    assert daten.versicherter.geburtsdatum == "1949-03"
    assert daten.versicherter.anschrift is not None
    assert daten.versicherter.anschrift.strasse == "Große Beispielstraße"
    assert daten.versicherter.postfach is not None
    assert (daten.versicherung.ik, daten.versicherung.abrechnend_ik) == ("101234561", "109500969")


def test_private_card_is_readable_and_says_so() -> None:
    daten = data(own_card("privat"))
    assert daten.versicherung.typ == "PKV"
    assert (daten.versicherung.versichertenart, daten.versicherung.wop) == (None, None)
    assert daten.verwendbar
    assert "karte.pkv" in codes(daten)


@pytest.mark.parametrize("name", ["mitglied", "abrechnend", "abgelaufen", "privat"])
def test_own_cards_are_synthetic_and_hold_for_years(name: str) -> None:
    daten = data(own_card(name))
    assert not codes(daten) & {"karte.versicherten_id", "karte.ik", "karte.geburtsdatum"}
    assert re.search("Test|Muster|Beispiel|Probe", daten.versicherter.nachname)
    assert data(own_card(name), heute=date(2031, 1, 1)).verwendbar == (name != "abgelaufen")


def test_there_are_four_own_cards() -> None:
    assert {path.stem for path in own_cards()} == {"mitglied", "abrechnend", "abgelaufen", "privat"}


# -- validity ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heute", "usable", "remark"),
    [
        (date(2019, 12, 31), False, "karte.noch_nicht_gueltig"),
        (date(2020, 1, 1), True, None),
        (date(2025, 12, 31), True, None),
        (date(2026, 1, 1), False, "karte.abgelaufen"),
    ],
)
def test_begin_and_end_count_as_covered(heute: date, usable: bool, remark: str | None) -> None:
    daten = data(own_card("abgelaufen"), heute=heute)
    assert daten.verwendbar is usable
    assert codes(daten) - {"karte.offline"} == ({remark} if remark else set())
    assert daten.versicherter.nachname == "Beispiel", "the data are shown, also when refused"


# -- official cards and cases --------------------------------------------------

CASES = ["XML_11", "XML_18", "XML_22", "XML_31", "XML_38", "XML_42", "XML_44", "XML_48"]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("lang", [False, True], ids=["short", "extended"])
def test_official_cases_are_read(referenz: Path, case: str, lang: bool) -> None:
    daten = data(reference_case(referenz, case), mit_gvd=True, lang=lang)
    assert daten.verwendbar is (case not in {"XML_18", "XML_42"})
    assert "karte.versicherten_id" not in codes(daten)


def test_official_case_of_all_lengths(referenz: Path) -> None:
    daten = data(reference_case(referenz, "XML_22"))
    person = daten.versicherter
    assert person.nachname == "Schimmelpfennig-Hammerschmidt Federmannssohn"
    assert (person.vorsatzwort, person.namenszusatz, person.titel) == ("von und zu der", "Erbprinzessin", "Dr.")
    assert person.anschrift is not None
    assert person.anschrift.strasse == "Anneliese- und Georg-von-Groscurth-Plaetzchen"
    assert person.postfach is not None
    assert person.postfach.postfach == "120264"
    assert daten.versicherung.kostenerstattung is not None
    assert daten.versicherung.kostenerstattung.aerztliche_versorgung
    assert "karte.kostenerstattung" in codes(daten)


def test_official_case_with_another_billing_payer_and_dmp(referenz: Path) -> None:
    cover = data(reference_case(referenz, "XML_31"), mit_gvd=True).versicherung
    assert (cover.ik, cover.abrechnend_ik) == ("101575519", "109719018")
    assert (cover.personengruppe, cover.dmp) == ("00", "05")


def test_official_case_with_post_box_only(referenz: Path) -> None:
    daten = data(reference_case(referenz, "XML_44"), mit_gvd=True)
    assert daten.versicherter.anschrift is None
    assert daten.versicherter.postfach is not None
    assert daten.versicherter.geschlecht == "D"
    assert (daten.versicherung.personengruppe, daten.versicherung.dmp) == ("00", "00")


@pytest.mark.parametrize(("case", "last", "first_invalid"), [("XML_42", (2025, 12, 31), (2026, 1, 1))])
def test_official_case_holds_through_its_last_day(referenz: Path, case: str, last, first_invalid) -> None:
    card = reference_case(referenz, case)
    assert data(card, heute=date(*last)).verwendbar
    assert not data(card, heute=date(*first_invalid)).verwendbar


def test_official_case_not_before_its_first_day(referenz: Path) -> None:
    card = reference_case(referenz, "XML_48")
    assert not data(card, heute=date(2024, 10, 19)).verwendbar
    assert data(card, heute=date(2024, 10, 20)).verwendbar


@pytest.mark.parametrize(("name", "nachname"), [("heckhausen", "Heckhausén"), ("hoffmann", "Hoffmânn")])
def test_official_images_keep_their_letters(referenz: Path, name: str, nachname: str) -> None:
    daten = data(load_card(referenz / "data" / "cards" / f"egk_g2_{name}.json"), mit_gvd=True)
    assert daten.versicherter.nachname == nachname
    assert daten.generation == "G2"
    assert "karte.g2" in codes(daten)


# -- wrong, old, dead cards ----------------------------------------------------


@pytest.mark.parametrize(
    ("which", "word"),
    [
        ("hba", "Heilberufsausweis"),
        ("smcb", "Praxisausweis"),
        ("bank", "andere Chipkarte"),
        ("kvk", "alte Krankenversichertenkarte (KVK)"),
    ],
)
def test_wrong_cards_are_named(which, word: str) -> None:
    outcome = read(wrong_card(which))
    assert isinstance(outcome, KarteNichtLesbar)
    assert outcome.code == "karte.falsch"
    assert word in outcome.text


def test_a_mute_card_is_no_card() -> None:
    assert code(wrong_card("mute")) == "karte.keine"


@pytest.mark.parametrize(
    ("atr", "kvk"),
    [
        ("3B04A2131091", True),  # two wires
        ("3B0492231091", True),  # three wires
        ("3B0482131091", True),  # I2C bus
        ("3B04A2131091FF", False),
        ("3B04A21310", False),
        ("3B0449324343", False),  # a memory card without a directory
        (DEFAULT_ATR, False),
        ("", False),
    ],
)
def test_a_memory_card_is_known_by_its_reset_answer(atr: str, kvk: bool) -> None:
    assert is_kvk(bytes.fromhex(atr)) is kvk


def test_an_egk_with_the_reset_answer_of_a_memory_card_is_read_all_the_same() -> None:
    odd = replace(own_card("mitglied"), atr=bytes.fromhex("3B04A2131091"))
    assert data(odd).versicherter.nachname == "Testfall", "the reset answer is a hint, never a verdict (egk.md §2)"


def g1(card: Card) -> Card:
    return card.with_file("EF.Version2", bytes.fromhex("EF05C103030003"))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda c: c.without_file("EF.Version2"), "karte.alt"),
        (g1, "karte.alt"),
        (lambda c: c.with_state("DF.HCA", "deactivated"), "karte.deaktiviert"),
        (lambda c: c.with_state("DF.HCA", "terminated"), "karte.gesperrt"),
        (lambda c: c.with_state("MF", "deactivated"), "karte.deaktiviert"),
        (lambda c: replace(c, contactless=True), "karte.kontaktlos"),
        (lambda c: c.without_file("EF.StatusVD"), "karte.unvollstaendig"),
        (lambda c: c.without_file("EF.PD"), "karte.unvollstaendig"),
        (lambda c: c.without_file("EF.VD"), "karte.unvollstaendig"),
        (lambda c: c.with_file("EF.PD", b""), "karte.unvollstaendig"),
        (lambda c: c.with_file("EF.VD", b""), "karte.unvollstaendig"),
        (lambda c: c.with_file("EF.VD", c.files["EF.VD"].data[:100]), "karte.unvollstaendig"),
        (lambda c: c.with_file("EF.PD", c.files["EF.PD"].data[:-1]), "karte.unvollstaendig"),
        (lambda c: c.with_file("EF.PD", b"\xff\xff" + c.files["EF.PD"].data[2:]), "karte.unvollstaendig"),
        (lambda c: c.with_file("EF.PD", b"\x00\x10" + c.files["EF.PD"].data[2:]), "karte.unvollstaendig"),
        (lambda c: flip(c, "EF.PD"), "karte.unvollstaendig"),
        (lambda c: flip(c, "EF.VD"), "karte.unvollstaendig"),
        (lambda c: c.with_file("EF.StatusVD", b"0" * 10), "karte.unvollstaendig"),
        (lambda c: status(c, status="1"), "karte.in_aktualisierung"),
        (lambda c: status(c, version="5.1.0"), "karte.version"),
        (lambda c: status(c, version="6.0.0"), "karte.version"),
        (lambda c: c.with_file("EF.StatusVD", c.files["EF.StatusVD"].data[:-1] + b"\x05"), "karte.version"),
    ],
)
def test_unsafe_cards_give_no_data(change: Callable[[Card], Card], expected: str) -> None:
    assert code(change(own_card("mitglied"))) == expected


def flip(card: Card, name: str) -> Card:
    content = card.files[name].data
    middle = len(content) // 2
    return card.with_file(
        name, content[:middle] + bytes(b ^ 0xFF for b in content[middle:][:8]) + content[middle + 8 :]
    )


def status(card: Card, *, status: str = "0", version: str = "5.2.0") -> Card:
    return card.with_file("EF.StatusVD", build_status_vd(status, "20261001081500", version))


def test_an_unreadable_time_of_writing_is_null() -> None:
    changed = own_card("mitglied").with_file("EF.StatusVD", build_status_vd("0", "00000000000000", "5.2.0"))
    assert data(changed).stand is None


# -- faults of chip and reader -------------------------------------------------


@pytest.mark.parametrize("number", range(1, 10))
@pytest.mark.parametrize("sw", [0x6F00, 0x6400, 0x6581, 0x6281])
def test_a_passing_chip_error_is_read_again(number: int, sw: int) -> None:
    daten = data(own_card("mitglied"), Faults(sw_at={number: sw}))
    assert daten.versicherter.nachname == "Testfall"


@pytest.mark.parametrize("name", ["EF.StatusVD", "EF.PD", "EF.VD"])
@pytest.mark.parametrize(
    ("sw", "expected"), [(0x6281, "karte.defekt"), (0x6F00, "karte.defekt"), (0x6A82, "karte.unvollstaendig")]
)
def test_a_lasting_chip_error_is_reported(name: str, sw: int, expected: str) -> None:
    assert code(own_card("mitglied"), Faults(sw_for_file={name: sw})) == expected


@pytest.mark.parametrize("number", range(9))
def test_a_card_pulled_at_any_command_leaves_nothing(number: int) -> None:
    assert code(own_card("mitglied"), Faults(remove_after=number)) == "karte.gezogen"


@pytest.mark.parametrize("number", range(1, 9))
@pytest.mark.parametrize("lang", [False, True])
def test_a_lost_selection_is_noticed_and_read_again(number: int, lang: bool) -> None:
    """After a reset SFI 02 is EF.GDO, answered with 9000: the trap of egk.md §3."""
    expected = data(own_card("mitglied"))
    assert data(own_card("mitglied"), Faults(reset_after=number), lang=lang) == expected


@pytest.mark.parametrize("limit", [45, 100, 255])
def test_answers_shorter_than_asked_are_put_together(limit: int) -> None:
    card = own_card("abrechnend")
    assert data(card, Faults(max_response=limit), mit_gvd=True) == data(card, mit_gvd=True)


def test_answers_too_short_for_a_header_give_no_data() -> None:
    assert code(own_card("mitglied"), Faults(max_response=1)) in {"karte.alt", "karte.unvollstaendig"}


def test_extended_length_refused_falls_back_to_short() -> None:
    card = own_card("abrechnend")
    assert data(card, Faults(no_extended=True), lang=True) == data(card)


def test_padded_files_are_read_to_the_length_in_their_header() -> None:
    card = own_card("abrechnend")
    padded = card.with_file("EF.PD", card.files["EF.PD"].data.ljust(850, b"\0"))
    padded = padded.with_file("EF.VD", card.files["EF.VD"].data.ljust(1250, b"\xff"))
    assert data(padded, mit_gvd=True) == data(card, mit_gvd=True)


def transmitter(chip: Chip):
    def transmit(apdu: bytes) -> tuple[bytes, int]:
        answer = chip.process(apdu)
        return answer[:-2], int.from_bytes(answer[-2:], "big")

    return transmit


@pytest.mark.parametrize("name", ["mitglied", "abrechnend"])
def test_no_more_commands_than_needed_and_no_writing_ones(name: str) -> None:
    """The table of egk.md §3 without EF.ATR, which short commands do not need."""
    card, sent = own_card(name), []

    def transmit(apdu: bytes) -> tuple[bytes, int]:
        sent.append(apdu)
        return inner(apdu)

    inner = transmitter(Chip(card))
    inhalt = read_egk(transmit, mit_gvd=True)
    needed = 5 + -(-len(inhalt.pd) // 256) + -(-len(inhalt.vd) // 256)
    assert len(sent) == needed
    assert {apdu[1] for apdu in sent} == {0xA4, 0xB0}


def test_extended_reading_needs_eight_commands() -> None:
    chip = Chip(own_card("abrechnend"))
    read_egk(transmitter(chip), mit_gvd=True, lange_apdus=True)
    assert chip.count == 8


# -- contents of the documents -------------------------------------------------


def edited(card_name: str, old: str, new: str) -> Card:
    path = next(path for path in own_cards() if path.stem == card_name)
    text = path.read_text(encoding="utf-8")
    assert old in text
    return card_from(json.loads(text.replace(old, new)))


@pytest.mark.parametrize(
    ("on_card", "expected"),
    [("19840523", "1984-05-23"), ("19840500", "1984-05"), ("19840000", "1984"), ("00000000", None)],
)
def test_birth_dates_keep_what_is_known(on_card: str, expected: str | None) -> None:
    daten = data(edited("mitglied", "19840523", on_card))
    assert daten.versicherter.geburtsdatum == expected
    assert "karte.geburtsdatum" not in codes(daten)


@pytest.mark.parametrize("on_card", ["19841323", "19840230", "1984", "vorgestern", "00000523"])
def test_impossible_birth_dates_are_a_remark_never_a_date(on_card: str) -> None:
    daten = data(edited("mitglied", "19840523", on_card))
    assert daten.versicherter.geburtsdatum is None
    assert "karte.geburtsdatum" in codes(daten)


@pytest.mark.parametrize(
    ("old", "new", "remark"),
    [
        ("T102003001", "T102003002", "karte.versicherten_id"),
        ("109500969", "109500968", "karte.ik"),
        ("Versichertenart>1<", "Versichertenart>7<", "karte.versichertenart"),
    ],
)
def test_wrong_check_digits_on_the_card_are_a_remark(old: str, new: str, remark: str) -> None:
    assert remark in codes(data(edited("mitglied", old, new)))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("vsdm/vsd/v5.2", "vsds/UC_PersoenlicheVersichertendatenXML/v5.1", "karte.version"),
        ('CDM_VERSION=\\"5.2.0\\"', 'CDM_VERSION=\\"5.1.0\\"', "karte.version"),
        ("20190101", "20190100", "karte.unvollstaendig"),
        ("<vsd:Nachname>Testfall</vsd:Nachname>", "", "karte.unvollstaendig"),
        ("</vsd:Versicherter>", "", "karte.unvollstaendig"),
        ('<?xml version=\\"1.0\\" encoding=\\"ISO-8859-15\\"?>', "<!DOCTYPE x><!-- -->", "karte.unvollstaendig"),
        (
            '<?xml version=\\"1.0\\" encoding=\\"ISO-8859-15\\"?>',
            '<!DOCTYPE x [<!ENTITY a \\"aa\\"><!ENTITY b \\"&a;&a;\\">]>',
            "karte.unvollstaendig",
        ),
        ("ISO-8859-15", "NICHTS-8", "karte.unvollstaendig"),
    ],
)
def test_foreign_and_broken_documents_are_refused(old: str, new: str, expected: str) -> None:
    assert code(edited("mitglied", old, new)) == expected


def test_every_letter_of_iso_8859_15_survives() -> None:
    letters = "".join(
        c for c in bytes(range(0xA1, 0x100)).decode("iso8859-15") if c.isalpha() or c == "€"
    )  # the card carries names in pieces of at most 45 characters
    for start in range(0, len(letters), 45):
        piece = letters[start : start + 45]
        assert data(edited("mitglied", "Testfall</", f"{piece}</")).versicherter.nachname == piece


@pytest.mark.parametrize(
    ("old", "new", "remark"),
    [
        ("BesonderePersonengruppe>6<", "BesonderePersonengruppe>9<", "karte.asylblg"),
        ("Status>0<", "Status>1<", "karte.zuzahlungsfrei"),
        (
            "</VSD:Selektivvertraege>",
            "</VSD:Selektivvertraege><VSD:RuhenderLeistungsanspruch><VSD:Beginn>20261101</VSD:Beginn>"
            "<VSD:ArtDesRuhens>2</VSD:ArtDesRuhens></VSD:RuhenderLeistungsanspruch>",
            "karte.ruhend",
        ),
    ],
)
def test_protected_facts_become_remarks(old: str, new: str, remark: str) -> None:
    card = edited("abrechnend", old, new)
    assert remark in codes(data(card, mit_gvd=True))
    assert remark not in codes(data(card))


def test_a_gzip_bomb_ends_at_the_limit() -> None:
    bomb = build_vd(b"<a>" + b" " * 10_000_000 + b"</a>", None)
    card = own_card("mitglied").with_file("EF.VD", bomb)
    with pytest.raises(KarteUnlesbar):
        read_egk(transmitter(Chip(card)))
    small = build_vd(b"<a>" + b" " * 1_000_000 + b"</a>", None)
    assert len(small) < 4096
    assert code(own_card("mitglied").with_file("EF.VD", small)) == "karte.unvollstaendig"


# -- the published schema and the self-test ------------------------------------


@pytest.mark.parametrize("name", ["mitglied", "abrechnend", "abgelaufen", "privat"])
def test_answers_have_the_keys_of_the_published_schema(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "karte"]) == 0
    schema = json.loads(capsys.readouterr().out)

    def agree(value, rule) -> None:
        if "$ref" in rule:
            rule = schema["$defs"][rule["$ref"].rpartition("/")[2]]
        if isinstance(value, dict):
            if "anyOf" in rule:
                rule = schema["$defs"][rule["anyOf"][0]["$ref"].rpartition("/")[2]]
            assert set(rule.get("required", ())) <= set(value) <= set(rule["properties"])
            for key, part in value.items():
                agree(part, rule["properties"][key])

    agree(data(own_card(name)).model_dump(mode="json"), schema)


def test_a_card_answer_is_accepted_as_input() -> None:
    """The same shape on the way in (design §6.1, §6.4)."""
    answer = data(own_card("abrechnend"), mit_gvd=True).model_dump_json()
    assert Kartendaten.model_validate_json(answer).model_dump_json() == answer


@pytest.mark.parametrize(
    ("reader", "leser", "expected"),
    [(ChipReader(), None, None), (ChipReader(), "übung", None), (ChipReader(), "Cherry", "leser.keiner")],
)
def test_the_self_test_knows_whether_a_reader_is_there(reader: ChipReader, leser: str | None, expected) -> None:
    found = check_reader(reader, leser)
    assert found.code == expected
    assert found.text
