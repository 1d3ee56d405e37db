"""Reading through the real PC/SC service with a virtual slot, as library and as command."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from smartcard import scard

from cards import HEUTE, own_card, reference_case
from papierbruecke.card import pcsc as adapter
from papierbruecke.card.check_reader import check_reader
from papierbruecke.card.model import KarteGelesen, KarteNichtLesbar
from papierbruecke.card.pcsc import PcscReader
from papierbruecke.card.read_card import read_card
from papierbruecke.cli import main
from papierbruecke.drill.card_image import Card, load_card, wrong_card
from papierbruecke.drill.pcsc_service import PcscService
from papierbruecke.drill.virtual_card import VirtualCard
from papierbruecke.drill.virtual_egk import Faults

WAIT_S = 5.0
APP = Path(__file__).parents[2] / "app"


@pytest.fixture
def slot(pcsc: PcscService) -> Iterator[VirtualCard]:
    """The first virtual slot, empty."""
    card = VirtualCard(own_card("mitglied"))
    yield card
    card.remove()


def outcome_of(*, heute: date = HEUTE, warten_s: float = WAIT_S, leser: str | None = None, mit_gvd: bool = False):
    return read_card(PcscReader(), heute=heute, warten_s=warten_s, leser=leser, mit_gvd=mit_gvd)


def code_of(**options) -> str:
    outcome = outcome_of(**options)
    assert isinstance(outcome, KarteNichtLesbar), "no data expected"
    return outcome.code


def name_of(**options) -> str:
    outcome = outcome_of(**options)
    assert isinstance(outcome, KarteGelesen), outcome
    return outcome.daten.versicherter.nachname


# -- readers and waiting -------------------------------------------------------


def test_readers_are_listed(pcsc: PcscService) -> None:
    assert PcscReader().names() == ("Virtual PCD 00 00", "Virtual PCD 00 01")
    assert check_reader(PcscReader()).code is None


def test_an_empty_slot_is_no_card(slot: VirtualCard) -> None:
    assert code_of(warten_s=0) == "karte.keine"


def test_a_card_that_comes_while_waiting_is_read(slot: VirtualCard) -> None:
    hand = threading.Thread(target=slot.insert)
    hand.start()
    assert name_of() == "Testfall"
    hand.join()


def test_a_named_reader_is_the_only_one_asked(slot: VirtualCard) -> None:
    slot.insert()
    assert name_of(leser="Virtual PCD 00 00") == "Testfall"
    assert name_of(leser="virtual pcd") == "Testfall"
    assert code_of(leser="Virtual PCD 00 01", warten_s=0) == "karte.keine"
    assert code_of(leser="Cherry", warten_s=0) == "leser.keiner"


def test_a_professional_card_in_a_second_reader_is_passed_over(slot: VirtualCard) -> None:
    with VirtualCard(wrong_card("hba"), slot=1):
        assert code_of(warten_s=0) == "karte.falsch"
        slot.insert()
        assert name_of() == "Testfall"


def test_a_card_just_pulled_does_not_hide_the_wrong_card_beside_it(slot: VirtualCard) -> None:
    with VirtualCard(wrong_card("hba"), slot=1):
        slot.insert()
        slot.remove()
        # The service has not noticed the removal yet.
        assert code_of(warten_s=0) == "karte.falsch"


def test_two_patients_at_once_are_refused(slot: VirtualCard) -> None:
    slot.insert()
    with VirtualCard(own_card("abrechnend"), slot=1):
        assert code_of() == "karte.mehrere"
        assert name_of(leser="Virtual PCD 00 01") == "Mustermann-Übung"


# -- cards ---------------------------------------------------------------------


def test_official_cards_through_the_service(slot: VirtualCard, referenz: Path) -> None:
    cases = sorted(path.name for path in (referenz / "data" / "cards" / "vsd").iterdir())
    images = sorted((referenz / "data" / "cards").glob("*.json"))
    assert (len(cases), len(images)) == (8, 2)
    usable = set()
    for name, card in [
        *((case, reference_case(referenz, case)) for case in cases),
        *((p.stem, load_card(p)) for p in images),
    ]:
        slot.insert(card)
        outcome = outcome_of(mit_gvd=True)
        assert isinstance(outcome, KarteGelesen), name
        if outcome.daten.verwendbar:
            usable.add(name)
    assert usable == {*cases, *(p.stem for p in images)} - {"XML_18", "XML_42"}


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        (wrong_card("hba"), "karte.falsch"),
        (replace(wrong_card("bank"), atr=bytes.fromhex("000102")), "karte.defekt"),
        (wrong_card("mute"), "karte.keine"),
        (wrong_card("kvk"), "karte.falsch"),
        (replace(own_card("mitglied"), contactless=True), "karte.kontaktlos"),
        (own_card("mitglied").with_state("DF.HCA", "terminated"), "karte.gesperrt"),
    ],
    ids=["hba", "no-atr", "mute", "kvk", "contactless", "terminated"],
)
def test_every_other_card_is_named(slot: VirtualCard, card: Card, expected: str) -> None:
    slot.insert(card)
    assert code_of(leser="Virtual PCD 00 00", warten_s=0) == expected


@pytest.mark.parametrize("atr", ["3B04A2131091", "3B0492231091", "3B0482131091"])
def test_a_kvk_is_named_and_never_written_to_or_read(slot: VirtualCard, atr: str, karte) -> None:
    slot.insert(replace(wrong_card("kvk"), atr=bytes.fromhex(atr)))
    code, document, _ = karte("--leser", "Virtual PCD 00 00")
    (failure,) = document["fehler"]
    assert (code, failure["code"]) == (3, "karte.falsch")
    assert "alte Krankenversichertenkarte (KVK)" in failure["text"]
    assert "(F3)" in failure["text"]
    assert [command[:8] for command, _ in slot.log] == ["00a4040c"] * 3, (
        "three SELECTs, and no command of a memory card"
    )


def test_a_kvk_beside_an_egk_is_passed_over(slot: VirtualCard) -> None:
    with VirtualCard(wrong_card("kvk"), slot=1):
        assert "KVK" in outcome_of(warten_s=0).text
        slot.insert()
        assert name_of() == "Testfall"


@pytest.mark.parametrize("number", [1, 5, 8])
def test_a_card_pulled_in_the_middle_leaves_nothing(slot: VirtualCard, number: int) -> None:
    slot.insert(own_card("mitglied"), Faults(remove_after=number))
    assert code_of() == "karte.gezogen"


def test_a_card_swapped_between_two_commands_is_never_mixed(slot: VirtualCard) -> None:
    first, second = own_card("mitglied"), own_card("abrechnend")
    slot.insert(first)

    def swap(transmit):
        assert transmit(bytes.fromhex("00A4040C07D2760001448000"))[1] == 0x9000
        slot.insert(second)
        return transmit(bytes.fromhex("00B0820000"))

    with pytest.raises(adapter.KarteUnlesbar) as caught:
        PcscReader().with_card(None, 0, swap)
    assert caught.value.hindernis.code == "karte.gezogen"
    assert name_of() == "Mustermann-Übung"


def test_a_lost_selection_is_read_again(slot: VirtualCard) -> None:
    slot.insert(own_card("mitglied"), Faults(reset_after=5))
    assert name_of() == "Testfall"
    assert len(slot.log) > 9


def test_a_card_that_only_speaks_short_and_slowly(slot: VirtualCard) -> None:
    slot.insert(own_card("abrechnend"), Faults(no_extended=True, delay_ms=5))
    assert name_of(mit_gvd=True) == "Mustermann-Übung"


# -- neighbours ----------------------------------------------------------------


@pytest.fixture
def neighbour(slot: VirtualCard) -> Iterator[tuple[int, int]]:
    """Another program that holds the card; returns its context and connection."""
    slot.insert()
    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    rv, handle, _ = scard.SCardConnect(context, "Virtual PCD 00 00", scard.SCARD_SHARE_SHARED, scard.SCARD_PROTOCOL_ANY)
    assert rv == scard.SCARD_S_SUCCESS
    yield context, handle
    scard.SCardDisconnect(handle, scard.SCARD_LEAVE_CARD)
    scard.SCardReleaseContext(context)


def test_reading_beside_a_sharing_neighbour(neighbour: tuple[int, int]) -> None:
    assert name_of() == "Testfall"


def test_a_reset_by_a_neighbour_is_noticed_and_read_again(
    neighbour: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, handle = neighbour
    connect, resets = adapter._connect, []

    def connect_then_lose_the_selection(conversation, name):
        opened = connect(conversation, name)
        resets.append(
            scard.SCardReconnect(handle, scard.SCARD_SHARE_SHARED, scard.SCARD_PROTOCOL_ANY, scard.SCARD_RESET_CARD)[0]
        )
        return opened

    monkeypatch.setattr(adapter, "_connect", connect_then_lose_the_selection)
    assert name_of() == "Testfall"
    assert resets == [scard.SCARD_S_SUCCESS]


def test_a_neighbour_that_keeps_the_card_to_itself_is_waited_for(
    slot: VirtualCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "HELD_LIMIT_S", 0.0)
    slot.insert()
    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    rv, handle, _ = scard.SCardConnect(
        context, "Virtual PCD 00 00", scard.SCARD_SHARE_EXCLUSIVE, scard.SCARD_PROTOCOL_ANY
    )
    assert rv == scard.SCARD_S_SUCCESS
    assert code_of(warten_s=0) == "karte.belegt"
    scard.SCardDisconnect(handle, scard.SCARD_LEAVE_CARD)
    scard.SCardReleaseContext(context)
    assert name_of() == "Testfall"


def test_a_neighbours_endless_transaction_does_not_hold_the_desk(
    neighbour: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, handle = neighbour
    monkeypatch.setattr(adapter, "READ_LIMIT_S", 0.5)
    assert scard.SCardBeginTransaction(handle) == scard.SCARD_S_SUCCESS
    reader = PcscReader()
    outcome = read_card(reader, heute=HEUTE)
    assert isinstance(outcome, KarteNichtLesbar)
    assert outcome.code == "karte.belegt"
    scard.SCardEndTransaction(handle, scard.SCARD_LEAVE_CARD)
    monkeypatch.undo()
    assert reader._left_behind is not None
    reader._left_behind.join()
    assert isinstance(read_card(reader, heute=HEUTE, warten_s=WAIT_S), KarteGelesen)


# -- the command ---------------------------------------------------------------


@pytest.fixture
def karte(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """The command inside this process; returns exit code, document and stderr."""

    def run(*arguments: str) -> tuple[int, dict, str]:
        code = main(["--daten", str(tmp_path), "karte", "--json", *arguments])
        captured = capsys.readouterr()
        return code, json.loads(captured.out), captured.err

    return run


EXPECTED = {
    "kartentyp": "eGK",
    "generation": "G2.1",
    "iccsn_ende": "0022",
    "herkunft": "karte",
    "versicherter": {
        "versicherten_id": "M203004000",
        "titel": "Prof. Dr.",
        "vorname": "Jörg",
        "namenszusatz": "Freiherr",
        "vorsatzwort": "von der",
        "nachname": "Mustermann-Übung",
        "geburtsdatum": "1949-03",
        "geschlecht": "M",
        "anschrift": {
            "strasse": "Große Beispielstraße",
            "hausnummer": "111B",
            "zusatz": "3. OG links",
            "plz": "04109",
            "ort": "Probestädt",
            "land": "D",
        },
        "postfach": {"postfach": "120264", "plz": "04107", "ort": "Probestädt", "land": "D"},
    },
    "versicherung": {
        "typ": "GKV",
        "ik": "101234561",
        "name": "Beispielkasse Nord",
        "abrechnend_ik": "109500969",
        "abrechnend_name": "Beispielkasse Süd - die Abrechnende",
        "vknr": None,
        "versichertenart": "5",
        "personengruppe": None,
        "dmp": None,
        "wop": "98",
        "rechtsgrundlage": "00",
        "beginn": "2011-01-01",
        "ende": "2040-12-31",
        "ausland": False,
    },
    "verwendbar": True,
    "vsd_version": "5.2.0",
    "stand": "2026-10-01T08:15:00",
}


def test_the_answer_is_the_contract_of_the_design(slot: VirtualCard, tmp_path: Path) -> None:
    slot.insert(own_card("abrechnend"))
    done = subprocess.run(
        [sys.executable, "-m", "papierbruecke", "--daten", str(tmp_path), "karte", "--json"],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(APP)},
        timeout=60,
    )
    document = json.loads(done.stdout.decode("utf-8"))
    assert (done.returncode, done.stderr) == (0, b"")
    warnings = document.pop("warnungen")
    assert document == EXPECTED
    assert [warning["code"] for warning in warnings] == ["karte.offline"]
    assert not any(tmp_path.iterdir()), "reading a card stores nothing"


def test_the_protected_copy_through_the_command(slot: VirtualCard, karte) -> None:
    slot.insert(own_card("abrechnend"))
    code, document, _ = karte("--mit-gvd")
    assert code == 0
    assert (document["versicherung"]["personengruppe"], document["versicherung"]["dmp"]) == ("06", "05")


def test_a_private_card_through_the_command(slot: VirtualCard, karte) -> None:
    slot.insert(own_card("privat"))
    code, document, _ = karte()
    assert (code, document["versicherung"]["typ"], document["versicherung"]["versichertenart"]) == (0, "PKV", None)


def test_an_expired_card_is_a_finding_with_its_data(slot: VirtualCard, karte) -> None:
    slot.insert(own_card("abgelaufen"))
    code, document, _ = karte()
    assert (code, document["verwendbar"]) == (1, False)
    assert document["versicherter"]["vorname"] == "Šárka Chloë"
    assert {w["code"] for w in document["warnungen"]} == {"karte.offline", "karte.abgelaufen"}


def test_no_data_means_exit_3_and_no_person(slot: VirtualCard, karte) -> None:
    slot.insert(own_card("mitglied"), Faults(remove_after=7))
    code, document, stderr = karte()
    assert code == 3
    assert [entry["code"] for entry in document["fehler"]] == ["karte.gezogen"]
    assert "Testfall" not in json.dumps(document) + stderr


def test_waiting_times_that_make_no_sense_are_refused(karte) -> None:
    for text in ("nan", "inf", "-1", "1e9"):
        code, document, _ = karte(f"--warten-s={text}")
        assert (code, document["fehler"][0]["feld"]) == (2, "warten_s")


# -- the service itself: last, because these end it ----------------------------


def test_a_service_that_ends_while_waiting_and_comes_back(pcsc: PcscService, slot: VirtualCard) -> None:
    if not pcsc.ours:
        pytest.skip("the PC/SC service of this machine is not ours to stop")
    pcsc.stop()
    assert code_of(warten_s=0) == "leser.dienst"
    assert check_reader(PcscReader()).code == "leser.dienst"
    comeback = threading.Thread(target=lambda: (pcsc.start(), slot.insert()))
    comeback.start()
    assert name_of(warten_s=15) == "Testfall"
    comeback.join()


def test_a_service_that_dies_in_the_middle_of_a_reading(pcsc: PcscService, slot: VirtualCard) -> None:
    if not pcsc.ours:
        pytest.skip("the PC/SC service of this machine is not ours to stop")
    slot.insert()

    def work(transmit):
        transmit(bytes.fromhex("00A4040C07D2760001448000"))
        pcsc.stop()
        return transmit(bytes.fromhex("00B0820000"))

    with pytest.raises(adapter.KarteUnlesbar) as caught:
        PcscReader().with_card(None, 0, work)
    assert caught.value.hindernis.code in {"leser.dienst", "karte.gezogen"}
    pcsc.start()
    slot.insert()
    assert name_of() == "Testfall"
