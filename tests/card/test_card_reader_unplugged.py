"""The reader itself leaves in the middle of a reading: a real driver of pcscd on a line that is cut."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cards import HEUTE, own_card
from counterparts.serial_reader import SLOT_NAME, SerialReader, wait_until
from papierbruecke.card import pcsc as adapter
from papierbruecke.card.check_reader import check_reader
from papierbruecke.card.egk import Transmit, read_egk
from papierbruecke.card.hindernis import KarteUnlesbar
from papierbruecke.card.model import KarteNichtLesbar
from papierbruecke.card.pcsc import PcscReader
from papierbruecke.card.read_card import read_card


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[SerialReader]:
    missing = SerialReader.missing()
    if missing is not None:
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    try:
        serial = SerialReader(own_card("mitglied"), tmp_path)
    except OSError as error:  # not a program that is missing: no installation gives a container its devpts
        pytest.skip(f"this machine makes no pseudo terminals: {error}")
    with serial as plugged:
        wait_until(lambda: check_reader(PcscReader()).leser == (SLOT_NAME,))
        yield plugged


def reason(work: Callable[[Transmit], object], pcsc: PcscReader | None = None) -> tuple[str, str]:
    with pytest.raises(KarteUnlesbar) as caught:
        (pcsc or PcscReader()).with_card(None, 0, work)
    return caught.value.hindernis.code, caught.value.hindernis.text


@pytest.mark.parametrize("number", [2, 3])
def test_a_cable_pulled_in_the_middle_is_told_apart_from_a_card_pulled(reader: SerialReader, number: int) -> None:
    sent: list[bytes] = []

    def work(transmit: Transmit) -> object:
        def counted(apdu: bytes) -> tuple[bytes, int]:
            sent.append(apdu)
            if len(sent) == number:
                reader.unplug()
            return transmit(apdu)

        return read_egk(counted)

    code, text = reason(work)
    assert code == "leser.getrennt"
    assert "Der Kartenleser wurde beim Lesen getrennt" in text, "not: the card was pulled"
    assert len(sent) == number, "nothing is sent after the failure"
    after = read_card(PcscReader(), heute=HEUTE)
    assert isinstance(after, KarteNichtLesbar)
    assert after.code == "leser.getrennt", "not: no card in the reader"
    assert "wieder anstecken" in after.text
    assert check_reader(PcscReader()).code == "leser.keiner", "the self-test does not call it ready"


def test_a_reader_that_falls_silent_is_left_behind_in_bounded_time(
    reader: SerialReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "READ_LIMIT_S", 1.5)
    pcsc = PcscReader()

    def work(transmit: Transmit) -> object:
        transmit(bytes.fromhex("00A4040C07D2760001448000"))
        reader.fall_silent()
        return transmit(bytes.fromhex("00B0820000"))

    code, text = reason(work, pcsc)
    assert (code, "antwortet nicht mehr" in text) == ("leser.getrennt", True)
    assert reason(work, pcsc)[0] == "leser.getrennt", "the next attempt does not hang as well"
