"""Both stores behind the port, with a clock that tests move."""

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import inputs
from papierbruecke.clock import SetClock
from papierbruecke.outage.incident import Stoerung
from papierbruecke.outage.model import Dienst
from papierbruecke.outbox.memory import MemoryOutbox
from papierbruecke.outbox.model import Versuch
from papierbruecke.outbox.sqlcipher import SqlcipherOutbox, open_outbox
from papierbruecke.outbox.store import Outbox
from papierbruecke.record.kennung import new_kennung
from papierbruecke.record.model import Beleg, BelegArt, Inhalt, StornoAngaben, StornoEingabe, Weg
from papierbruecke.record.read_input import read_au, read_rezept
from papierbruecke.vault.key import Key

MORGENS = datetime(2026, 11, 23, 7, 19, tzinfo=UTC)
KEY = Key(bytes(range(32)))


def memory(clock: SetClock) -> MemoryOutbox:
    """The twin."""
    return MemoryOutbox(clock)


def file(path: Path, clock: SetClock) -> SqlcipherOutbox:
    """The real thing."""
    return open_outbox(path / "belege.db", KEY, clock)


def stoerung(store: Outbox, *dienste: Dienst) -> Stoerung:
    """An open Störung in the store."""
    made = Stoerung(id=uuid4(), beginn=MORGENS, dienste=dienste or (Dienst.EREZEPT, Dienst.KIM), diagnose="D24")
    store.begin_stoerung(made, "test")
    return made


def beleg(store: Outbox, art: BelegArt, of: Stoerung, kennung: UUID | None = None) -> Beleg:
    """A Beleg as the form service would make it, not yet stored."""
    inhalt: Inhalt = read_rezept(inputs.as_bytes(inputs.rezept()))
    if art is not BelegArt.REZEPT:
        inhalt = read_au(inputs.as_bytes(inputs.au()))
    if art is BelegArt.STORNO:
        shared = {name: getattr(inhalt, name) for name in type(inhalt).model_fields if name != "au"}
        back = StornoAngaben(dokument=uuid4(), belegnummer="091125-0001A-0", grund="falsche Person")
        inhalt = StornoEingabe(**shared, storno=back)
    return Beleg(
        kennung=kennung or new_kennung(art),
        belegnummer=store.reserve_nummer(date(2026, 11, 23), "A"),
        art=art,
        stoerung=of.id,
        vorgang=uuid4(),
        angelegt=MORGENS,
        platz="A",
        weg=Weg.DIREKT,
        inhalt=inhalt,
    )


def versuch(kennung: UUID, datum: datetime = MORGENS) -> Versuch:
    """A new attempt to send an AU."""
    return Versuch(
        kennung=kennung,
        message_id=f"<{uuid4()}@kim.telematik>",
        datum=datum,
        p7s_sha256=hashlib.sha256(b"p7s").hexdigest(),
        empfaenger="kasse@test.kim.telematik-test",
    )
