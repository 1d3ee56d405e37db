"""A practice in front of the twins of Konnektor and KIM: its store, its clock, and the Nachversand over them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import inputs
import stores
from papierbruecke.clock import SetClock
from papierbruecke.outage.incident import Stoerung
from papierbruecke.outbox.model import Uebersicht, Zustand
from papierbruecke.outbox.store import Outbox
from papierbruecke.record.model import BelegArt, Weg
from papierbruecke.record.read_input import read_au
from papierbruecke.resubmit.drain_outbox import DrainOutbox
from papierbruecke.resubmit.fassung import FASSUNGEN, Fassung
from papierbruecke.resubmit.outcome import DrainErgebnis
from papierbruecke.settings import Einstellungen, KimEinstellungen, PraxisEinstellungen
from twins import TwinKim, TwinKonnektor

SEITEN = {"kk": b"%PDF kk", "v": b"%PDF v", "ag": b"%PDF ag"}
KASSE = "kasse@test.kim.telematik-test"
SETTINGS = Einstellungen(
    kim=KimEinstellungen(kassenadressen={"101234561": KASSE}),
    praxis=PraxisEinstellungen(bundesland="BY"),
    pruefnummer="Y/400/2107/36/999",
    weg_au=Weg.DIREKT,
)


class Practice:
    """A store with a Störung, the twins, and the Nachversand over them; ``fassungen`` and ``settings`` may be changed."""

    def __init__(self, store: Outbox, clock: SetClock) -> None:
        self.store, self.clock = store, clock
        self.stoerung: Stoerung = stores.stoerung(store)
        self.konnektor, self.kim = TwinKonnektor(), TwinKim(clock)
        self.settings = SETTINGS
        self.fassungen: Sequence[Fassung] = FASSUNGEN

    def au(self, *, printed: bool = True, weg: Weg = Weg.DIREKT, **parts: Any) -> UUID:
        """A stored sick note, issued now."""
        document = inputs.au()
        for name, part in parts.items():
            document[name] = document[name] | part
        made = stores.beleg(self.store, BelegArt.AU, self.stoerung)
        eingabe = read_au(inputs.as_bytes(document))
        made = made.model_copy(update={"inhalt": eingabe, "weg": weg, "angelegt": self.clock.now()})
        self.store.put(made, SEITEN, "sk")
        if printed:
            self.store.advance(made.kennung, Zustand.ERFASST, Zustand.GEDRUCKT, "sk")
        return made.kennung

    def drain(self, **options: Any) -> DrainErgebnis:
        """One run."""
        twins: Any = (self.konnektor, self.kim)
        service = DrainOutbox(self.store, *twins, self.clock, self.settings, fassungen=self.fassungen)
        return service.drain(wer="sk", **options)

    def line(self, kennung: UUID) -> Uebersicht:
        """How it stands in a list."""
        line = self.store.uebersicht(kennung)
        assert line is not None
        return line

    def state(self, kennung: UUID) -> Zustand:
        """Where a Beleg stands."""
        return self.line(kennung).zustand


@contextmanager
def opened(made: type[Practice], kind: str, folder: Path) -> Iterator[Any]:
    """Such a practice over the store in ``memory`` or in the ``file``; its history holds in the end."""
    clock = SetClock(stores.MORGENS)
    store: Outbox = stores.memory(clock) if kind == "memory" else stores.file(folder, clock)
    yield made(store, clock)
    assert store.verify() == []
    store.close()
