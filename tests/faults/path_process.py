"""The main job as a process that dies at the n-th port call, as a power cut would end it.

Started once, it forks for every run (imports are paid once). A run reads one JSON line
``{"daten": …, "gedruckt": …, "sterben_bei": n}``: it plays the desk from where the store says
it stands, the way a person does who looks into the list before doing anything again, and dies
by SIGKILL at the n-th border of a port call (before the call and after it both count). The
answer is one JSON line with the number of borders, or the signal that ended the run.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import inputs
from papierbruecke.errors import InputRefused
from papierbruecke.forms.file_printer import FilePrinter
from papierbruecke.outage.model import Dienst
from papierbruecke.outbox.model import Zustand
from papierbruecke.record.model import BelegArt
from papierbruecke.record.read_input import read_au, read_rezept
from papierbruecke.wiring import Desk

WER = "test"


class Fuse:
    """Counts borders of port calls and kills this very process at the chosen one."""

    def __init__(self, at: int | None) -> None:
        self.borders = 0
        self._at = at

    def border(self) -> None:
        self.borders += 1
        if self.borders == self._at:
            os.kill(os.getpid(), signal.SIGKILL)


class Fused:
    """A port whose every call has two borders."""

    def __init__(self, inner: Any, fuse: Fuse) -> None:
        self._inner = inner
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._inner, name)
        if not callable(value):
            return value

        def call(*args: Any, **kwargs: Any) -> Any:
            self._fuse.border()
            result = value(*args, **kwargs)
            self._fuse.border()
            return result

        return call

    def __enter__(self) -> "Fused":
        self._inner.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self._inner.__exit__(*exc)


class FusedDesk(Desk):
    """The desk with a fuse in every port that matters."""

    def __init__(self, daten: Path, gedruckt: Path, fuse: Fuse) -> None:
        super().__init__(daten, printer=Fused(FilePrinter(gedruckt), fuse))  # type: ignore[arg-type]
        self.gedruckt = gedruckt
        self._fuse = fuse
        self._fused: dict[str, Fused] = {}

    def store(self) -> Any:
        inner = super().store()
        if "store" not in self._fused:
            self._fused["store"] = Fused(inner, self._fuse)
        return self._fused["store"]

    def konnektor(self) -> Any:
        return Fused(super().konnektor(), self._fuse)

    def kim(self) -> Any:
        return Fused(super().kim(), self._fuse)


def play(desk: FusedDesk) -> None:
    """Do what is still to do; every step looks first whether it was done."""
    store = desk.store()
    if not store.stoerungen():
        desk.begin_stoerung((Dienst.EREZEPT, Dienst.KIM), "Test", WER)
    if not store.find(art=BelegArt.REZEPT):
        desk.issue_rezept(read_rezept(inputs.as_bytes(inputs.rezept())), WER)
    if not store.find(art=BelegArt.AU):
        desk.issue_au(read_au(inputs.as_bytes(inputs.au())), WER)
    for line in store.find(zustaende={Zustand.ERFASST}):
        print_and_look(desk, line.kennung)
    if store.stoerungen(nur_offene=True):
        desk.end_stoerung(None, WER)
    desk.drain_and_wait(WER, warten_s=20)
    for line in store.find(art=BelegArt.REZEPT, zustaende={Zustand.GEDRUCKT}):
        desk.document(line.kennung, WER, "Test")


def print_and_look(desk: FusedDesk, kennung: UUID) -> None:
    """Print; after a crash the program asks about the last job, and a person looks at the tray."""
    try:
        desk.print_beleg(kennung, WER)
    except InputRefused:
        pages = set(desk.store().seiten(kennung).values())
        lying = {page.read_bytes() for page in desk.gedruckt.rglob("*.pdf")}
        if not pages <= lying:
            desk.spoilt(kennung, WER, "nicht herausgekommen")
            desk.print_beleg(kennung, WER)
    desk.confirm_printed(kennung, WER)


def run(order: dict[str, Any]) -> int:
    """One run in this (forked) process; returns the number of borders."""
    fuse = Fuse(order["sterben_bei"])
    desk = FusedDesk(Path(order["daten"]), Path(order["gedruckt"]), fuse)
    play(desk)
    desk.close()
    return fuse.borders


def main() -> None:
    """Fork per line, report how each run ended."""
    for line in sys.stdin:
        order = json.loads(line)
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read)
            try:
                os.write(write, str(run(order)).encode())
                os._exit(0)
            except BaseException as error:
                import traceback

                traceback.print_exception(error)
                os._exit(1)
        os.close(write)
        with os.fdopen(read, "rb") as pipe:
            borders = pipe.read()
        _, status = os.waitpid(child, 0)
        answer = {
            "borders": int(borders) if borders else None,
            "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
            "exit": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
        }
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
