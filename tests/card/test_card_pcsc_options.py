"""Every fault that the reference card can play, played by its own program behind the real PC/SC service.

Source: egk.md §12. A second implementation of the card: an error in our own virtual card cannot
hide an error in our reading.
"""

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest
from smartcard import scard

from cards import HEUTE
from papierbruecke.card.model import KarteGelesen, Kartenergebnis
from papierbruecke.card.pcsc import PcscReader
from papierbruecke.card.read_card import read_card
from papierbruecke.drill.pcsc_service import PcscService
from papierbruecke.drill.virtual_card import SLOT_NAMES

LIMIT_S = 15.0
PLAIN, LONGEST, PROTECTED = "XML_11", "XML_22", "XML_31"


class OtherCard:
    """A running card of the reference program; ``say`` is its control channel."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._stdin: IO[str] = process.stdin
        self._stdout: IO[str] = process.stdout

    def say(self, word: str) -> None:
        self._stdin.write(f"{word}\n")
        self._stdin.flush()
        assert self._stdout.readline().startswith("ok")


def wait_for_slot(slot: int, *, present: bool) -> None:
    """Until every program sees the card come or go."""
    rv, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    assert rv == scard.SCARD_S_SUCCESS
    state, deadline = scard.SCARD_STATE_UNAWARE, time.monotonic() + LIMIT_S
    try:
        while True:
            left_ms = int((deadline - time.monotonic()) * 1000)
            rv, answered = scard.SCardGetStatusChange(context, max(left_ms, 0), [(SLOT_NAMES[slot], state)])
            assert rv == scard.SCARD_S_SUCCESS, "the slot did not change"
            state = answered[0][1] & ~scard.SCARD_STATE_CHANGED
            if bool(state & scard.SCARD_STATE_PRESENT) is present:
                return
    finally:
        scard.SCardReleaseContext(context)


Play = Callable[..., contextlib.AbstractContextManager[OtherCard]]


@pytest.fixture
def play(pcsc: PcscService, referenz: Path) -> Play:
    """Starts the reference program with these options; inside it the card is in the slot."""
    folder = referenz / "data" / "cards" / "vsd"

    @contextlib.contextmanager
    def playing(*options: str, case: str | None = PLAIN, slot: int = 0, seen: bool = True) -> Iterator[OtherCard]:
        source = [] if case is None else ["--dir", str(folder / case)]
        command = [sys.executable, str(referenz / "tools" / "virtual_egk.py"), *source, *options]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("inserted")
            if seen:
                wait_for_slot(slot, present=True)
            yield OtherCard(process)
        finally:
            process.terminate()
            process.communicate()
            wait_for_slot(slot, present=False)

    return playing


def outcome(*, slot: int = 0, warten_s: float = 0.0, lange_apdus: bool = False) -> Kartenergebnis:
    return read_card(
        PcscReader(),
        heute=HEUTE,
        leser=SLOT_NAMES[slot],
        warten_s=warten_s,
        mit_gvd=True,
        lange_apdus=lange_apdus,
    )


def result(found: Kartenergebnis) -> str:
    """``gelesen``, or the code of the reason."""
    return "gelesen" if isinstance(found, KarteGelesen) else found.code


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--remove-after", "3"], "karte.gezogen"),
        (["--sw-at", "7:6F00"], "gelesen"),
        (["--sw-for", "EF.VD:6281"], "karte.defekt"),
        (["--deactivated", "DF.HCA"], "karte.deaktiviert"),
        (["--terminated", "DF.HCA"], "karte.gesperrt"),
        (["--contactless"], "karte.kontaktlos"),
        (["--delay-ms", "60", "--trace"], "gelesen"),
        (["--pad", "EF.PD:850", "--pad", "EF.VD:1250"], "gelesen"),
        (["--max-response", "100"], "gelesen"),
        (["--reset-after", "2"], "gelesen"),
        (["--missing", "EF.StatusVD"], "karte.unvollstaendig"),
        (["--corrupt", "EF.PD"], "karte.unvollstaendig"),
        (["--truncate", "EF.VD:100"], "karte.unvollstaendig"),
        (["--status", "1"], "karte.in_aktualisierung"),
        (["--vsd-version", "5.1.0"], "karte.version"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else value,
)
def test_every_fault_has_its_outcome(play: Play, options: list[str], expected: str) -> None:
    with play(*options, case=LONGEST if "--max-response" in options else PLAIN):
        assert result(outcome()) == expected


@pytest.mark.parametrize(
    ("options", "seen", "expected"),
    [
        (["--profile", "hba"], True, "karte.falsch"),
        (["--profile", "smcb"], True, "karte.falsch"),
        (["--profile", "bank"], True, "karte.falsch"),
        (["--profile", "bank", "--atr", "000102"], True, "karte.defekt"),
        (["--profile", "mute"], False, "karte.keine"),
    ],
    ids=["hba", "smcb", "bank", "no-atr", "mute"],
)
def test_every_other_card_is_told_apart(play: Play, options: list[str], seen: bool, expected: str) -> None:
    with play(*options, case=None, seen=seen):
        assert result(outcome()) == expected


def test_a_card_that_refuses_extended_length_is_read_in_short_steps(play: Play) -> None:
    with play("--no-extended"):
        assert result(outcome(lange_apdus=True)) == "gelesen"


def test_a_missing_protected_copy_and_the_time_of_writing_are_told(play: Play) -> None:
    with play("--no-gvd-in-vd", "--timestamp", "20250101000000", case=PROTECTED):
        found = outcome()
    assert isinstance(found, KarteGelesen)
    assert found.daten.stand == "2025-01-01T00:00:00"
    assert "karte.gvd_fehlt" in {warning.code for warning in found.daten.warnungen}
    assert found.daten.versicherung.personengruppe is None


def test_a_card_in_the_second_slot(play: Play) -> None:
    with play("--port", "35964", slot=1):
        assert result(outcome(slot=1)) == "gelesen"
        assert result(outcome(slot=0)) == "karte.keine"


def test_a_card_pulled_and_put_back_is_read_from_the_beginning(play: Play) -> None:
    with play("--remove-after", "2", "--reinsert-after", "0.6"):
        assert result(outcome()) == "karte.gezogen"
        wait_for_slot(0, present=False)
        wait_for_slot(0, present=True)
        assert result(outcome()) == "gelesen"


def test_the_next_patient_is_never_the_last_one(play: Play, referenz: Path) -> None:
    def surname() -> str:
        found = outcome(warten_s=LIMIT_S)
        assert isinstance(found, KarteGelesen)
        return found.daten.versicherter.nachname

    with play("--control") as card:
        first = surname()
        card.say("remove")
        wait_for_slot(0, present=False)
        assert result(outcome()) == "karte.keine"
        card.say(f"card {referenz / 'data' / 'cards' / 'vsd' / PROTECTED}")
        wait_for_slot(0, present=True)
        assert surname() != first
