"""What a drill needs around the window: a folder of its own, the simulated TI, a card in a slot."""

import json
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol

from papierbruecke.drill.card_image import Card, load_card
from papierbruecke.errors import Einwand, EnvironmentFailure, InputRefused
from papierbruecke.resources import folder as resources

if TYPE_CHECKING:
    from papierbruecke.card.read_card import CardReader

MARKER = "uebung.json"
ANSWER_LIMIT_S = 60


def prepare_output(ausgabe: Path) -> None:
    """An empty folder for this drill; only what an earlier drill left may be cleared away."""
    if ausgabe.exists() and any(ausgabe.iterdir()) and not (ausgabe / MARKER).is_file():
        raise InputRefused(
            (Einwand("--ausgabe", "Design §6", "Dieser Ordner ist nicht leer und von keiner Übung. Bitte anderen."),)
        )
    try:
        if ausgabe.exists():
            shutil.rmtree(ausgabe)
        ausgabe.mkdir(parents=True)
        (ausgabe / MARKER).write_text('{"uebung": true}\n', encoding="utf-8")
    except OSError as error:
        raise EnvironmentFailure(
            "ausgabe.datei", "Der Ordner der Übung lässt sich nicht anlegen. Bitte Ort und Rechte prüfen."
        ) from error


class SimulatedTi:
    """The simulated TI as a process of its own, steered over its control port."""

    def __init__(self, daten: Path) -> None:
        self._daten = daten
        self._process: subprocess.Popen[str] | None = None
        self._control = ""

    def __enter__(self) -> "SimulatedTi":
        program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "papierbruecke"]
        self._process = subprocess.Popen(  # noqa: S603 (our own program)
            [*program, "simulator", "--daten", str(self._daten)], stdout=subprocess.PIPE, encoding="utf-8"
        )
        assert self._process.stdout is not None
        if self._process.stdout.readline().strip() != "bereit":
            self._end()
            raise EnvironmentFailure("uebung.simulator", "Die simulierte TI startet nicht. Die Übung beginnt nicht.")
        self._control = json.loads((self._daten / "simulator.json").read_text(encoding="utf-8"))["steuerung"]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(ANSWER_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def play(self, szenario: str) -> dict[str, Any]:
        """Change what is played; returns what the scenario must lead to."""
        stand: dict[str, Any] = self._ask(f"/szenario/{szenario}", "POST")
        return stand

    def krankenkasse(self) -> list[dict[str, Any]]:
        """What arrived, in order, with how often."""
        arrived: list[dict[str, Any]] = self._ask("/krankenkasse", "GET")
        return arrived

    def _ask(self, path: str, method: str) -> Any:
        request = urllib.request.Request(self._control + path, method=method)  # noqa: S310 (loopback)
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_LIMIT_S) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise InputRefused((Einwand("--szenario", "Design §6", "Dieses Szenario gibt es nicht."),)) from None


class Slot(Protocol):
    """Where the drill puts its cards."""

    @property
    def text(self) -> str:
        """How the card is read, for the result."""

    @property
    def reader(self) -> "CardReader | None":
        """What the desk must read with; None: as always, through PC/SC."""

    def insert(self, card: Card) -> None:
        """Put a card in."""

    def remove(self) -> None:
        """Take it out."""


class PcscSlot:
    """The virtual slot of the real PC/SC service: the window reads as it reads any card."""

    text = "PC/SC (virtueller Leser)"
    reader = None

    def __init__(self, stack: ExitStack) -> None:
        from papierbruecke.drill.pcsc_service import PcscService
        from papierbruecke.drill.virtual_card import VirtualCard

        stack.enter_context(PcscService())
        self._slot = VirtualCard(drill_card("mitglied"))
        stack.callback(self._slot.remove)

    def insert(self, card: Card) -> None:
        """Put a card in."""
        self._slot.insert(card)

    def remove(self) -> None:
        """Take it out."""
        self._slot.remove()


class ChipSlot:
    """For computers without the virtual slot: the same chip behind our own port."""

    text = "Übungsleser im Programm"

    def __init__(self) -> None:
        from papierbruecke.drill.chip_reader import ChipReader

        self.reader = ChipReader()

    def insert(self, card: Card) -> None:
        """Put a card in."""
        self.reader.insert(card)

    def remove(self) -> None:
        """Take it out."""
        self.reader.remove()


def open_slot(stack: ExitStack) -> Slot:
    """The real PC/SC service where it runs here, else the drill's own reader; ``text`` says which."""
    try:
        return PcscSlot(stack)
    except (EnvironmentFailure, ImportError):
        return ChipSlot()


def drill_card(name: str) -> Card:
    """One of the shipped synthetic cards."""
    return load_card(resources() / "drill" / "karten" / f"{name}.json")
