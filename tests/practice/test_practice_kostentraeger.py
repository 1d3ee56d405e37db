"""The Kostenträger look-up: import, search, mergers, dissolved and barred funds."""

import json
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import inputs
from cards import own_card
from papierbruecke.card.model import KarteGelesen, Versicherung
from papierbruecke.cli import main
from papierbruecke.drill.chip_reader import ChipReader
from papierbruecke.errors import Cancelled, InputRefused
from papierbruecke.practice.complete_cover import complete_cover
from papierbruecke.practice.find_kostentraeger import FindKostentraeger
from papierbruecke.practice.folding import fold, fold_bare
from papierbruecke.practice.model import KeineZuordnung, Zuordnung
from papierbruecke.practice.sqlcipher_stammdaten import FILE, SqlcipherStammdaten, open_stammdaten
from papierbruecke.record.read_input import read_rezept
from papierbruecke.record.take_beleg import check_rezept
from papierbruecke.wiring import Desk
from sdkt_file import HEAD, TAIL, fund, invented_ik, write
from stores import KEY

HEUTE = date(2026, 11, 23)


@pytest.fixture
def stammdaten(tmp_path: Path) -> Iterator[SqlcipherStammdaten]:
    opened = open_stammdaten(tmp_path, KEY)
    yield opened
    opened.close()


@pytest.fixture
def find(stammdaten: SqlcipherStammdaten) -> FindKostentraeger:
    return FindKostentraeger(stammdaten)


@pytest.fixture
def mini(find: FindKostentraeger, referenz: Path) -> FindKostentraeger:
    """The six invented funds of the reference folder."""
    assert find.import_sdkt(referenz / "data" / "sdkt" / "kts_mini_selfwritten.xml") == 5
    return find


def names(find: FindKostentraeger, text: str) -> list[str]:
    return [each.name for each in find.search(text, HEUTE)]


def payer(find: FindKostentraeger, ik: str, heute: date = HEUTE, **options) -> Zuordnung:
    found = find.payer(ik, heute, **options)
    assert isinstance(found, Zuordnung), found
    return found


def nobody(find: FindKostentraeger, ik: str, heute: date = HEUTE, **options) -> str:
    found = find.payer(ik, heute, **options)
    assert isinstance(found, KeineZuordnung), found
    assert found.text
    return found.grund


def test_every_ik_of_a_fund_leads_to_it_and_stays(mini: FindKostentraeger) -> None:
    for ik in ("109990018", "109990029"):
        assert payer(mini, ik) == Zuordnung(ik=ik, vknr="99101", druckname="Musterkasse Nord", sonstiger=False)


def test_mergers_are_followed_to_the_end_of_the_chain(mini: FindKostentraeger) -> None:
    found = payer(mini, "109990030")
    assert (found.ik, found.vknr, found.druckname) == ("109990030", "99101", "Musterkasse Nord")
    assert found.fusioniert_aus == "Alte Musterkasse"


def test_a_merger_counts_from_the_quarter_after_the_last(mini: FindKostentraeger) -> None:
    assert payer(mini, "109990030", date(2019, 12, 31)).vknr == "99102"
    assert payer(mini, "109990030", date(2020, 1, 1)).vknr == "99103"
    assert payer(mini, "109990030", date(2022, 12, 31)).vknr == "99103"
    assert payer(mini, "109990030", date(2023, 1, 1)).vknr == "99101"


def test_no_form_at_the_expense_of_a_dissolved_fund(mini: FindKostentraeger) -> None:
    assert nobody(mini, "109990052") == "aufgeloest"
    assert payer(mini, "109990052", date(2021, 12, 31)).vknr == "99104"


def test_a_barred_kv_region_is_named(mini: FindKostentraeger) -> None:
    assert nobody(mini, "109990063", kv="38") == "gesperrt"
    found = payer(mini, "109990063", kv="72")
    assert (found.vknr, found.sonstiger) == ("99860", True)


def test_billing_areas_have_their_own_print_name_and_time(mini: FindKostentraeger) -> None:
    assert payer(mini, "109990018", ktab="02").druckname == "Musterkasse Nord/BVG"
    assert nobody(mini, "109990018", ktab="01") == "bereich"
    assert payer(mini, "109990018", date(2024, 12, 31), ktab="01").druckname == "Musterkasse Nord/SVA"


def test_an_unknown_ik_is_said_to_be_unknown(mini: FindKostentraeger) -> None:
    assert nobody(mini, "109999999") == "unbekannt"


def test_the_ik_to_bill_is_the_marked_one(mini: FindKostentraeger) -> None:
    assert mini.search("Musterkasse Nord", HEUTE)[0].billing_ik(HEUTE) == "109990018"


def test_without_a_stammdatei_nobody_claims_to_know(find: FindKostentraeger) -> None:
    assert find.payer("109990018", HEUTE) is None
    assert find.search("Muster", HEUTE) == []


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("muster nord", "Musterkasse Nord"),
        ("bremen", "Musterkasse Nord"),
        ("109990029", "Musterkasse Nord"),
        ("99860", "Muster-Heilfuersorge"),
        ("HEILFÜRSORGE", "Muster-Heilfuersorge"),
        ("aufgelöst", "Aufgeloeste Musterkasse"),
    ],
)
def test_search_by_name_place_ik_and_vknr(mini: FindKostentraeger, text: str, first: str) -> None:
    assert names(mini, text)[0] == first


def test_living_funds_come_before_ended_ones(mini: FindKostentraeger) -> None:
    assert names(mini, "musterkasse")[0] == "Musterkasse Nord"
    assert names(mini, "  ,;% _") == []


def test_a_circle_of_mergers_ends(find: FindKostentraeger, tmp_path: Path) -> None:
    def merged(number: int, into: int) -> str:
        ended = f'<existenzbeendigung V="F"><letztes_quartal V="20201"/><aufnehmender_kostentraeger V="{into:05d}"/></existenzbeendigung>'
        return fund(number).replace("<dav_liste>", ended + "<dav_liste>")

    find.import_sdkt(write(tmp_path / "kreis.xml", [merged(1, 2), merged(2, 1), merged(3, 4)]))
    assert nobody(find, invented_ik(1)) == "kette"
    assert nobody(find, invented_ik(3)) == "kette"


# -- import --------------------------------------------------------------------


def broken(text: str) -> str:
    return HEAD + text + TAIL


@pytest.mark.parametrize(
    "content",
    [
        "",
        "kein XML",
        "<a/>",
        HEAD + fund(1),
        HEAD + fund(1) + "<kostentraeger V='00002'>",
        broken(fund(1).replace("00001", "1")),
        broken(fund(1).replace('<name V="Musterkasse Prüfstadt 0001"/>', "")),
        broken(fund(1).replace("1994-01-01..", "1994-02-30..")),
        broken(fund(1).replace("1994-01-01..", "immer")),
        broken(fund(1)).replace('V="KTS"', 'V="GOS"'),
        broken(fund(1)).replace('V="1.05"', 'V="2.00"'),
        broken(fund(1)).replace("<ehd:ehd", '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><ehd:ehd', 1),
    ],
)
def test_a_broken_file_leaves_the_old_one(find: FindKostentraeger, tmp_path: Path, content: str) -> None:
    find.import_sdkt(write(tmp_path / "gut.xml", [fund(7)]))
    path = tmp_path / "kaputt.xml"
    path.write_bytes(content.encode("iso8859-1"))
    with pytest.raises(InputRefused):
        find.import_sdkt(path)
    assert payer(find, invented_ik(7)).vknr == "00007"


def test_a_file_that_is_not_there_is_refused(find: FindKostentraeger, tmp_path: Path) -> None:
    with pytest.raises(InputRefused):
        find.import_sdkt(tmp_path / "fehlt.xml")


def test_a_new_file_replaces_the_old_one(find: FindKostentraeger, tmp_path: Path) -> None:
    find.import_sdkt(write(tmp_path / "alt.xml", [fund(1), fund(2)]))
    assert find.import_sdkt(write(tmp_path / "neu.xml", [fund(2), fund(3)])) == 2
    assert nobody(find, invented_ik(1)) == "unbekannt"
    assert payer(find, invented_ik(3)).vknr == "00003"


def test_a_cancelled_import_leaves_the_old_one(find: FindKostentraeger, tmp_path: Path) -> None:
    find.import_sdkt(write(tmp_path / "alt.xml", [fund(1)]))
    cancel, seen = threading.Event(), []

    def progress(number: int) -> None:
        seen.append(number)
        cancel.set()

    with pytest.raises(Cancelled):
        find.import_sdkt(write(tmp_path / "neu.xml", [fund(n) for n in range(10, 500)]), progress, cancel)
    assert seen == [200]
    assert payer(find, invented_ik(1)).vknr == "00001"


def test_only_the_own_ik_list_counts(find: FindKostentraeger, tmp_path: Path) -> None:
    """The data-centre block of the real file also has elements called ik."""
    find.import_sdkt(write(tmp_path / "a.xml", [fund(1, filling=3)]))
    assert nobody(find, "102109128") == "unbekannt"


def test_the_file_is_encrypted(find: FindKostentraeger, tmp_path: Path) -> None:
    find.import_sdkt(write(tmp_path / "a.xml", [fund(1)]))
    raw = b"".join(path.read_bytes() for path in tmp_path.glob(f"{FILE}*"))
    assert raw
    assert b"Musterkasse" not in raw


@pytest.mark.parametrize(
    ("text", "folded", "bare"),
    [
        ("Müller-Lüdenscheidt", "mueller luedenscheidt", "muller ludenscheidt"),
        ("STRAẞE", "strasse", "strasse"),
        ("Šárka Chloë", "sarka chloe", "sarka chloe"),
        ("Mu\u0308ller", "mueller", "muller"),
        ("", "", ""),
    ],
)
def test_folding(text: str, folded: str, bare: str) -> None:
    assert (fold(text), fold_bare(text)) == (folded, bare)


# -- together with a card and the command --------------------------------------


def cover_of(ik: str, **more) -> Versicherung:
    return Versicherung(ik=ik, name="Name der Karte", **more)


def test_a_cover_gets_vknr_and_print_name_and_keeps_its_ik(mini: FindKostentraeger) -> None:
    cover, remarks = complete_cover(cover_of("109990030"), mini, HEUTE)
    assert (cover.ik, cover.vknr, cover.druckname, cover.typ) == ("109990030", "99101", "Musterkasse Nord", "GKV")
    assert [each.code for each in remarks] == ["kasse.fusioniert"]


def test_the_billing_payer_of_the_card_has_priority(mini: FindKostentraeger) -> None:
    cover, _ = complete_cover(cover_of("109990052", abrechnend_ik="109990018"), mini, HEUTE)
    assert cover.vknr == "99101"


def test_a_sonstiger_kostentraeger_is_recognised(mini: FindKostentraeger) -> None:
    assert complete_cover(cover_of("109990063"), mini, HEUTE)[0].typ == "SKT"


def test_the_egk_of_the_bundespolizei_is_a_sonstiger_and_prints(find: FindKostentraeger, tmp_path: Path) -> None:
    find.import_sdkt(write(tmp_path / "sdkt.xml", [fund(74860)]))  # Heilfürsorge Bundespolizei, KVDT KP2-121
    cover, remarks = complete_cover(cover_of(invented_ik(74860), versichertenart="1"), find, HEUTE)
    assert (cover.typ, cover.vknr, remarks) == ("SKT", "74860", ())
    document = inputs.rezept() | {"versicherung": cover.model_dump(mode="json")}
    assert check_rezept(read_rezept(inputs.as_bytes(document)), HEUTE).einwaende == []


def test_a_dissolved_fund_is_a_remark_and_nothing_is_invented(mini: FindKostentraeger) -> None:
    before = cover_of("109990052")
    cover, remarks = complete_cover(before, mini, HEUTE)
    assert cover == before
    assert [each.code for each in remarks] == ["kasse.aufgeloest"]


def test_private_insurance_is_left_alone(mini: FindKostentraeger) -> None:
    before = cover_of("109990018", typ="PKV")
    assert complete_cover(before, mini, HEUTE) == (before, ())


def test_the_desk_reads_a_card_with_the_imported_stammdatei(tmp_path: Path) -> None:
    desk = Desk(tmp_path, passphrase="nur zum Testen", card_reader=ChipReader(own_card("mitglied")))
    before = desk.read_card()
    assert isinstance(before, KarteGelesen)
    assert before.daten.versicherung.vknr is None
    desk.find_kostentraeger().import_sdkt(write(tmp_path / "sdkt.xml", [fund(1)]))
    after = desk.read_card()
    desk.close()
    assert isinstance(after, KarteGelesen)
    assert "kasse.unbekannt" in {each.code for each in after.daten.warnungen}


def test_import_and_search_as_commands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPIERBRUECKE_PASSPHRASE", "nur zum Testen")
    desk = ["--daten", str(tmp_path / "daten"), "--json", "kostentraeger"]
    assert main([*desk, "suchen", "muster"]) == 1
    assert not (tmp_path / "daten").exists(), "a search creates nothing"
    assert main([*desk, "einlesen", str(write(tmp_path / "sdkt.xml", [fund(1), fund(2)]))]) == 0
    capsys.readouterr()
    assert main([*desk, "suchen", "musterkasse 0002"]) == 0
    found = json.loads(capsys.readouterr().out)["treffer"]
    assert [(each["vknr"], each["ik"]) for each in found] == [("00002", invented_ik(2))]
    assert main([*desk, "einlesen", str(tmp_path / "fehlt.xml")]) == 2
