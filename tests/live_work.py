"""What a scenario needs besides the state of its counterparts: real work, a longer past, a certificate that ends.

Real signatures and real mails go through the simulated TI and are heard by the listening ports
(P15), as in a practice; nothing is written into the samples by hand.
"""

import contextlib
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime

from papierbruecke.clock import SystemClock
from papierbruecke.drill.certificates import GSMCK_ICCSN, make_identity, pki_for
from papierbruecke.drill.model import Szenario
from papierbruecke.drill.practice_setup import KASSEN_IK, kassen_adresse
from papierbruecke.drill.simulator import Simulator
from papierbruecke.kim.client import KimPostfach
from papierbruecke.kim.model import KimFehler, Sendung
from papierbruecke.konnektor.client import SoapKonnektor
from papierbruecke.outage.listening import Hear, ListeningKim, ListeningKonnektor
from papierbruecke.outage.zeiten import zeiten

VALID_S = 20
"""How long the certificate that ends is still valid when its scenario begins."""


@dataclass(frozen=True)
class Live:
    """How one scenario is brought about.

    ``earliest_s``: practice seconds from its begin before which the diagnosis would be too early.
    ``warm_up_s``: practice seconds of a good day before it. ``every_s``: practice seconds before
    each piece of ``work`` (simulator, listener, whether the scenario still plays). ``prepare``:
    what must be so before the simulator starts. ``heals``: the counterparts alone bring the good
    day back; a certificate that was exchanged needs a person.
    """

    tempo: float
    earliest_s: float
    warm_up_s: float = 0.0
    every_s: float = 60.0
    work: Callable[[Simulator, Hear, bool], None] | None = None
    prepare: Callable[[Szenario], AbstractContextManager[None]] = lambda szenario: nullcontext()
    heals: bool = True


def sign(simulator: Simulator, hear: Hear, _: bool) -> None:
    """One document signed with the practice card."""
    clock = SystemClock()
    konnektor = SoapKonnektor(simulator.settings().konnektor, clock)
    try:
        (card,) = [karte for karte in konnektor.karten() if karte.typ == "SMC-B"]
        ListeningKonnektor(konnektor, clock, hear).sign({"r1": b"<Bundle/>"}, card.handle, None)
    finally:
        konnektor.close()


def send(simulator: Simulator, hear: Hear, _: bool) -> None:
    """One mail to a Krankenkasse; whatever becomes of it there."""
    kennung = uuid.uuid4()
    sendung = Sendung(
        message_id=f"<{kennung}.1@papierbruecke.invalid>",
        datum=datetime.now(UTC),
        empfaenger=kassen_adresse(KASSEN_IK[0]),
        dienstkennung="eAU;Lieferung;V1.2",
        betreff=f"EEAU0_{kennung}",
        dateiname=f"EEAU0_{kennung}.p7s",
        beschreibung="eAU",
        inhalt=b"0" * 500,
    )
    clock = SystemClock()
    kim = ListeningKim(KimPostfach(simulator.settings().kim, clock), clock, hear)
    with contextlib.suppress(KimFehler), kim:  # a refusal was heard
        kim.send(sendung)


def flap(simulator: Simulator, _: Hear, playing: bool) -> None:
    """The tunnel goes and comes back, a minute and a half each, as the steps of the scenario say."""
    if playing:
        simulator.step()


@contextmanager
def ends_soon(szenario: Szenario) -> Iterator[None]:
    """The confirmed certificate of the Konnektor is valid for some seconds more, then its time is over."""
    pki = pki_for(szenario.schluesselart)
    before = pki.konnektor_abgelaufen
    name, host = f"{GSMCK_ICCSN}-20221115", "konnektor.konlan"
    days = VALID_S / 86_400
    pki.konnektor_abgelaufen = make_identity(
        pki.komponenten, name, szenario.schluesselart, host=host, valid_to_days=days
    )
    try:
        yield
    finally:
        pki.konnektor_abgelaufen = before


def _slow_past_s() -> float:
    z = zeiten()
    return 14 * z.dauer_abstand_s + z.passiv_s


LIVE = {
    # Three signatures with a warning.
    "ocsp-ueberlast": Live(tempo=60.0, earliest_s=3 * 60.0, work=sign),
    # The first mail that cannot be signed is certain.
    "kim-kann-nicht-signieren": Live(tempo=60.0, earliest_s=60.0, work=send),
    # Three slow answers among five, and a past of an hour and a half to compare with.
    "langsam": Live(tempo=120.0, earliest_s=3 * 1.7 * 120, warm_up_s=_slow_past_s()),
    # Five changes of the tunnel within a quarter of an hour.
    "flattert": Live(tempo=30.0, earliest_s=4 * 90.0, every_s=90.0, work=flap),
    "konnektor-zertifikat-abgelaufen": Live(tempo=60.0, earliest_s=30.0, prepare=ends_soon, heals=False),
}
"""What a state of the counterparts alone cannot bring about."""
