"""Return codes that no virtual reader can give, put into the real conversation at one place (egk.md §5)."""

from collections.abc import Iterator
from typing import Any

import pytest
from smartcard import scard

from cards import HEUTE, own_card
from papierbruecke.card import pcsc as adapter
from papierbruecke.card.check_reader import check_reader
from papierbruecke.card.model import KarteGelesen, KarteNichtLesbar
from papierbruecke.card.pcsc import PcscReader
from papierbruecke.card.read_card import read_card
from papierbruecke.drill.pcsc_service import PcscService
from papierbruecke.drill.virtual_card import SLOT_NAMES, VirtualCard


@pytest.fixture
def slot(pcsc: PcscService) -> Iterator[VirtualCard]:
    with VirtualCard(own_card("mitglied")) as card:
        yield card


def code() -> str:
    outcome = read_card(PcscReader(), heute=HEUTE, leser=SLOT_NAMES[0])
    assert isinstance(outcome, KarteNichtLesbar), "no data expected"
    return outcome.code


@pytest.mark.parametrize("number", [1, 4, 9])
@pytest.mark.parametrize(
    ("rv", "expected"),
    [
        (scard.SCARD_E_READER_UNAVAILABLE, "leser.getrennt"),
        (scard.SCARD_E_UNKNOWN_READER, "leser.getrennt"),
        (scard.SCARD_E_SERVICE_STOPPED, "leser.dienst"),
        (scard.SCARD_F_COMM_ERROR, "leser.dienst"),
    ],
    ids=["unplugged", "unknown", "stopped", "line"],
)
def test_a_reader_unplugged_or_a_service_stopped_in_the_middle(
    slot: VirtualCard, monkeypatch: pytest.MonkeyPatch, number: int, rv: int, expected: str
) -> None:
    transmit, sent = scard.SCardTransmit, []

    def until_then(*arguments: Any) -> Any:
        sent.append(arguments)
        return (rv, []) if len(sent) == number else transmit(*arguments)

    monkeypatch.setattr(scard, "SCardTransmit", until_then)
    assert code() == expected
    assert len(sent) == number, "nothing is sent after the failure"


@pytest.mark.parametrize(
    ("function", "answer", "expected"),
    [
        ("SCardConnect", (scard.SCARD_W_UNRESPONSIVE_CARD, 0, 0), "karte.defekt"),
        ("SCardConnect", (scard.SCARD_W_UNPOWERED_CARD, 0, 0), "karte.defekt"),
        ("SCardConnect", (scard.SCARD_W_UNSUPPORTED_CARD, 0, 0), "karte.defekt"),
        ("SCardConnect", (scard.SCARD_E_SHARING_VIOLATION, 0, 0), "karte.belegt"),
        ("SCardConnect", (scard.SCARD_E_READER_UNAVAILABLE, 0, 0), "leser.getrennt"),
        ("SCardConnect", (scard.SCARD_E_NO_SMARTCARD, 0, 0), "karte.keine"),
        ("SCardConnect", (scard.SCARD_E_SERVICE_STOPPED, 0, 0), "leser.dienst"),
        ("SCardEstablishContext", (scard.SCARD_E_NO_SERVICE, None), "leser.dienst"),
        ("SCardEstablishContext", (scard.SCARD_E_SERVICE_STOPPED, None), "leser.dienst"),
        ("SCardListReaders", (scard.SCARD_E_NO_READERS_AVAILABLE, []), "leser.keiner"),
        ("SCardListReaders", (scard.SCARD_E_SERVICE_STOPPED, []), "leser.dienst"),
    ],
)
def test_codes_before_the_first_command(
    slot: VirtualCard, monkeypatch: pytest.MonkeyPatch, function: str, answer: tuple[Any, ...], expected: str
) -> None:
    monkeypatch.setattr(adapter, "HELD_LIMIT_S", 0.0)
    monkeypatch.setattr(adapter, "PAUSE_S", 0.0)
    monkeypatch.setattr(scard, function, lambda *_: answer)
    assert code() == expected


@pytest.mark.parametrize("answer", [(scard.SCARD_E_NO_READERS_AVAILABLE, []), (scard.SCARD_E_NO_SERVICE, [])])
def test_remote_sessions_are_thought_of(
    pcsc: PcscService, monkeypatch: pytest.MonkeyPatch, answer: tuple[int, list[str]]
) -> None:
    monkeypatch.setattr(scard, "SCardListReaders", lambda *_: answer)
    assert "Fernzugriff (RDP)" in check_reader(PcscReader()).text


def test_a_reader_plugged_in_while_waiting_is_noticed_and_read(
    slot: VirtualCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_readers, change = scard.SCardListReaders, scard.SCardGetStatusChange
    plugged: list[bool] = []

    def listed(*arguments: Any) -> Any:
        return list_readers(*arguments) if plugged else (scard.SCARD_E_NO_READERS_AVAILABLE, [])

    def changed(context: Any, timeout_ms: int, states: list[tuple[str, int]]) -> Any:
        if timeout_ms and [name for name, _ in states] == [adapter.HOTPLUG]:
            plugged.append(True)
            return scard.SCARD_S_SUCCESS, []
        return change(context, timeout_ms, states)

    monkeypatch.setattr(scard, "SCardListReaders", listed)
    monkeypatch.setattr(scard, "SCardGetStatusChange", changed)
    outcome = read_card(PcscReader(), heute=HEUTE, leser=SLOT_NAMES[0], warten_s=10)
    assert isinstance(outcome, KarteGelesen)
    assert plugged == [True], "one wait in the service, no asking again and again"


def test_waiting_sleeps_in_the_service(pcsc: PcscService, monkeypatch: pytest.MonkeyPatch) -> None:
    change, asked = scard.SCardGetStatusChange, []

    def counted(*arguments: Any) -> Any:
        asked.append(arguments[1])
        return change(*arguments)

    read_card(PcscReader(), heute=HEUTE, warten_s=0.8)  # the service has noticed that the last card left
    monkeypatch.setattr(scard, "SCardGetStatusChange", counted)
    outcome = read_card(PcscReader(), heute=HEUTE, warten_s=0.8)
    assert isinstance(outcome, KarteNichtLesbar)
    assert outcome.code == "karte.keine"
    assert len(asked) <= 5, "a look and a sleep, and at most one early wake-up"
