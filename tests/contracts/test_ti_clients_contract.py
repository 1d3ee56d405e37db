"""Our clients of Konnektor and KIM against the simulated TI, which was written without knowing them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import inputs
from papierbruecke.clock import SystemClock
from papierbruecke.drill.practice_setup import kassen_adresse
from papierbruecke.drill.simulator import Simulator
from papierbruecke.kim.client import KimPostfach
from papierbruecke.kim.model import KimFehler, Sendung, Zustellnachricht
from papierbruecke.konnektor.client import SoapKonnektor
from papierbruecke.konnektor.model import KonnektorFehler
from papierbruecke.record.kennung import new_kennung
from papierbruecke.record.model import BelegArt
from papierbruecke.record.read_input import read_au
from papierbruecke.resubmit.fhir import TEST_PRUEFNUMMER, build_eau


@pytest.fixture
def ti(tmp_path: Path) -> Iterator[Simulator]:
    with Simulator(tmp_path) as running:
        yield running


@pytest.fixture
def konnektor(ti: Simulator) -> Iterator[SoapKonnektor]:
    made = SoapKonnektor(ti.settings().konnektor, SystemClock())
    yield made
    made.close()


def signed_eau(ti: Simulator, konnektor: SoapKonnektor) -> Sendung:
    kennung = new_kennung(BelegArt.AU)
    eingabe = read_au(inputs.as_bytes(inputs.au()))
    xml = build_eau(eingabe, kennung=kennung, erstellt=datetime.now(UTC), pruefnummer=TEST_PRUEFNUMMER)
    handle = next(card.handle for card in konnektor.karten() if card.typ == "HBA")
    (signature,) = konnektor.sign({str(kennung): xml}, handle, ti.settings().konnektor.user_id)
    assert signature.p7s is not None
    return Sendung(
        message_id=f"<{kennung}.1@kim.telematik>",
        datum=datetime.now(UTC),
        empfaenger=kassen_adresse("101234561"),
        dienstkennung="eAU;Lieferung;V1.2",
        betreff=f"EEAU0_{kennung}",
        dateiname=f"EEAU0_{kennung}.p7s",
        beschreibung="eAU",
        inhalt=signature.p7s,
    )


def test_every_question_to_the_konnektor_is_understood(konnektor: SoapKonnektor) -> None:
    assert konnektor.zertifikat().schluesselart == "EC-brainpoolP256r1"
    assert konnektor.dienstverzeichnis().firmware
    assert konnektor.lage().vpn_ti
    assert {card.typ for card in konnektor.karten()} >= {"SMC-B", "HBA"}
    assert all(terminal.verbunden for terminal in konnektor.terminals())
    smcb = next(card for card in konnektor.karten() if card.typ == "SMC-B")
    assert konnektor.pin_stand(smcb.handle).status == "VERIFIED"
    assert any(row.handle is None for row in konnektor.zertifikatsablauf())
    assert konnektor.jobnummer()
    assert konnektor.clientzertifikat_bis() is not None


def test_an_eau_goes_out_once_and_its_dsn_comes_back(ti: Simulator, konnektor: SoapKonnektor) -> None:
    sendung = signed_eau(ti, konnektor)
    kim = KimPostfach(ti.settings().kim, SystemClock())
    before = frozenset(mail.uidl for mail in kim.fetch(frozenset()))
    with kim:
        kim.send(sendung)
        kim.send(replace(sendung, message_id=sendung.message_id.replace(".1@", ".2@")))
    arrived = ti.krankenkasse()
    assert len(arrived) == 1, "identical bytes are one eAU, received twice (KP5-06)"
    answers = kim.fetch(before)
    answered = {i for a in answers if isinstance(a, Zustellnachricht) and a.art == "zugestellt" for i in a.in_reply_to}
    assert sendung.message_id in answered
    assert kim.fetch(before | {a.uidl for a in answers}) == ()


def test_the_outages_have_their_keys(ti: Simulator, konnektor: SoapKonnektor) -> None:
    kim = KimPostfach(ti.settings().kim, SystemClock())
    assert kim.banner()
    sendung = signed_eau(ti, konnektor)
    konnektor.close()
    ti.scenario("vpn-zugangsdienst")
    assert not konnektor.lage().vpn_ti
    ti.scenario("kim-server-aus")
    with kim, pytest.raises(KimFehler) as refused:
        kim.send(sendung)
    assert refused.value.certainly_not_sent
    assert refused.value.schluessel in ("kim.server_unreachable", "kim.server_timeout")
    ti.scenario("konnektor-aus")
    konnektor.close()
    with pytest.raises(KonnektorFehler) as gone:
        konnektor.lage()
    assert gone.value.schluessel in ("kon.port_closed", "kon.no_answer")
