"""What else may lie in a KIM box: an MDN, a DSN for a mail we never sent, a malware notice; each settles what it may."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import inputs
import stores
from papierbruecke.clock import SetClock
from papierbruecke.kim.model import Kassenfehler, Lesebestaetigung, Zustellnachricht
from papierbruecke.outbox.model import Zustand
from papierbruecke.outbox.store import Outbox
from papierbruecke.record.model import BelegArt, Weg
from papierbruecke.record.read_input import read_au
from papierbruecke.resubmit.drain_outbox import DrainOutbox
from papierbruecke.resubmit.outcome import DrainErgebnis
from papierbruecke.resubmit.settle_answers import LESEBESTAETIGUNG
from papierbruecke.settings import Einstellungen, KimEinstellungen
from twins import TwinKim, TwinKonnektor

SETTINGS = Einstellungen(
    kim=KimEinstellungen(kassenadressen={"101234561": "kasse@test.kim.telematik-test"}),
    pruefnummer="Y/400/2107/36/999",
    weg_au=Weg.DIREKT,
    simulator=True,
)


class Desk:
    """One sent sick note that waits for its confirmation."""

    def __init__(self, store: Outbox, clock: SetClock) -> None:
        self.store, self.clock = store, clock
        self.kim = TwinKim(clock, dsn=lambda sendung: ())
        made = stores.beleg(store, BelegArt.AU, stores.stoerung(store))
        self.made = made.model_copy(update={"inhalt": read_au(inputs.as_bytes(inputs.au())), "weg": Weg.DIREKT})
        store.put(self.made, {"kk": b"%PDF"}, "sk")
        store.advance(self.made.kennung, Zustand.ERFASST, Zustand.GEDRUCKT, "sk")
        self.drain()
        assert self.state is Zustand.GESENDET
        self.message_id = store.versuche(self.made.kennung)[-1].message_id

    def drain(self) -> DrainErgebnis:
        service = DrainOutbox(self.store, TwinKonnektor(), self.kim, self.clock, SETTINGS)  # type: ignore[arg-type]
        return service.drain(wer="sk")

    @property
    def state(self) -> Zustand:
        line = self.store.uebersicht(self.made.kennung)
        assert line is not None
        return line.zustand


@pytest.fixture(params=["memory", "file"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    clock = SetClock(stores.MORGENS)
    store: Outbox = stores.memory(clock) if request.param == "memory" else stores.file(tmp_path, clock)
    yield Desk(store, clock)
    assert store.verify() == []
    store.close()


@pytest.mark.parametrize("art", ["displayed", "dispatched", "deleted", "denied"])
def test_an_mdn_is_kept_but_never_counts_as_a_delivery(desk: Desk, art: str) -> None:
    desk.kim.box["mdn"] = Lesebestaetigung("mdn", (desk.message_id,), art)
    assert not desk.drain().finished
    assert desk.state is Zustand.GESENDET
    kept = [e.detail for e in desk.store.events(desk.made.kennung) if e.was == LESEBESTAETIGUNG]
    assert kept == [{"art": art}]
    assert desk.store.seen_mails() >= {"mdn"}
    desk.kim.answer(desk.message_id, "zugestellt")
    assert desk.drain().finished
    assert desk.state is Zustand.ZUGESTELLT


@pytest.mark.parametrize("art", ["zugestellt", "fehlgeschlagen", "verzoegert"])
def test_a_dsn_for_a_mail_we_never_sent_settles_nothing(desk: Desk, art: str) -> None:
    before = desk.store.events(desk.made.kennung)
    when = datetime(2026, 11, 23, tzinfo=UTC)
    desk.kim.box["dsn"] = Zustellnachricht("dsn", ("<fremd@kim.telematik>",), art, when, "2.0.0")  # type: ignore[arg-type]
    desk.kim.box["mdn"] = Lesebestaetigung("mdn", ("<fremd@kim.telematik>",), "displayed")
    desk.kim.box["nichts"] = Zustellnachricht("nichts", (), art, when, "2.0.0")  # type: ignore[arg-type]
    desk.drain()
    assert desk.state is Zustand.GESENDET
    assert desk.store.events(desk.made.kennung) == before
    assert desk.store.seen_mails() >= {"dsn", "mdn", "nichts"}
    assert len(desk.kim.box) == 3  # and none of them is gone


@pytest.mark.parametrize("code", ["101", "102"])
def test_a_malware_notice_is_said_instead_of_the_technical_title(desk: Desk, code: str) -> None:
    kennung = str(desk.made.kennung)
    desk.kim.box["viren"] = Kassenfehler("viren", code, "Achtung möglicher Virenbefall", kennung, None)
    result = desk.drain()
    assert desk.state is Zustand.ABGELEHNT
    assert "Achtung möglicher Virenbefall" in result.zeilen[-1].satz
    assert f"(Code {code})" in result.zeilen[-1].satz
