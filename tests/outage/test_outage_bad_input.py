"""What a practice can set up wrongly or meet on its line: own sentence each, through real sockets.

Konnektor, Clientmodul and Lagebild are real servers of this machine; only the network of this
computer is a twin, because a good day needs an Internet.
"""

import contextlib
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from counterparts.soap_konnektor import http, serve_soap
from counterparts.tls_server import TlsServer, make_identity, serve_tcp, serve_tls
from lage_world import OFFLINE, UMFELD, World
from papierbruecke.kim.client import KimPostfach
from papierbruecke.konnektor.client import SoapKonnektor
from papierbruecke.outage import kim_probe, konnektor_probe, lagebild_probe
from papierbruecke.outage.answer import lage_lines
from papierbruecke.outage.memory_samples import MemorySamples
from papierbruecke.outage.model import Dienst, DienstZustand, Ergebnis, Lage
from papierbruecke.outage.probe import Probe, good
from papierbruecke.outage.watch import Watch
from papierbruecke.record.model import Weg
from papierbruecke.settings import Einstellungen, KimEinstellungen, KonnektorEinstellungen, LagebildEinstellungen

NETWORK = ("P0", "P1", "P2", "P3", "P10", "P14")
FREE = "127.0.0.1"
OURS = make_identity("p256")


class Clock:
    """A clock that a test moves on; the certificates of the counterparts are of today."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC)

    def now(self) -> datetime:
        return self.moment


def judged(
    konnektor: KonnektorEinstellungen | None = None,
    kim: KimEinstellungen | None = None,
    lagebild: str | None = None,
    world: World | None = None,
    known: dict[str, Any] | None = None,
    rounds: int = 4,
    weg_au: Weg = Weg.PVS,
) -> Lage:
    """What the desk reads after some rounds, 40 s apart; ``known``: the certificate of the last good day."""
    clock, samples, twin = Clock(), MemorySamples(), world or World()
    probes = [Probe(n, "netz", lambda n=n: twin.ask(n, clock.now())) for n in NETWORK]
    client = SoapKonnektor(konnektor, clock) if konnektor is not None else None
    if client is not None and konnektor is not None:
        probes += konnektor_probe.build(client, konnektor, clock)
    else:
        probes += [Probe(n, "konnektor", lambda n=n: twin.ask(n, clock.now())) for n in ("P4", "P6", "P7", "P8", "P9")]
    given = Einstellungen(
        kim=kim or KimEinstellungen(), lagebild=LagebildEinstellungen(url=lagebild or ""), weg_au=weg_au
    )
    probes += kim_probe.build(KimPostfach(kim, clock) if kim is not None else None, given, clock)
    if lagebild is not None:
        probes += lagebild_probe.build(given, clock)
    if known is not None:
        samples.add([good("P5", "konnektor", clock.now() - timedelta(hours=1), "", **known)])
    watch, lage = Watch(probes, samples, clock, UMFELD), None
    for _ in range(rounds):
        lage = watch.round()
        clock.moment += timedelta(seconds=40)
    if client is not None:
        client.close()
    assert lage is not None
    return lage


def said(lage: Lage) -> str:
    """Row and sentence; never "all is well", and no Dienst is called available."""
    assert lage.diagnose is not None, lage
    assert all(
        state.zustand is not DienstZustand.VERFUEGBAR for state in lage.dienste.values()
    ) or lage.diagnose.id in ("D38",)
    return f"{lage.diagnose.id} {lage.diagnose.satz}"


def settings(port: int, **values: object) -> KonnektorEinstellungen:
    given = {"adresse": FREE, "port": port, "fingerabdruck": OURS.sha256, "mandant": "Praxis01", "arbeitsplatz": "E1"}
    return KonnektorEinstellungen.model_validate(given | values)


def quiet(tls: ssl.SSLSocket) -> None:
    while tls.recv(4096):
        pass


def html(tls: ssl.SSLSocket) -> None:
    page = b"<html><body>Anmeldung</body></html>"
    while tls.recv(65536):
        tls.sendall(http(200, page))


@contextlib.contextmanager
def printer() -> Iterator[TlsServer]:
    """A device that speaks first and no TLS, as some printers and telephones do."""

    def greet(sock: socket.socket, _: TlsServer) -> None:
        sock.sendall(b"220 Drucker bereit\r\n" * 4)
        sock.recv(100)

    with serve_tcp(greet, OURS) as server:
        yield server


def test_every_mistake_has_its_own_sentence(tmp_path: Path, referenz: Path) -> None:
    old = make_identity("rsa", "Papierbruecke", days=-1)
    ours = make_identity("rsa", "Papierbruecke")
    swapped = make_identity("p256", "80276883110000011111")
    shop = make_identity("p256", "kasse.laden.example")
    konnektor_before = {"sha256": OURS.sha256, "subject": "CN=80276883110000099999", "issuer": "CN=GEM.KOMP-CA9"}
    found: dict[str, str] = {}
    found["falsche Adresse"] = said(judged(settings(443, adresse="gibt-es-nicht.invalid")))
    with serve_tcp(lambda sock, _: None, OURS) as gone:
        port = gone.port
    found["niemand da"] = said(judged(settings(port)))
    with printer() as device:
        found["fremdes Gerät"] = said(judged(settings(device.port)))
    with serve_tls(quiet, OURS, tmp_path) as server:
        wrong = {"client_p12": ours.p12("richtig"), "client_p12_passwort": "falsch"}
        found["falsches Passwort"] = said(judged(settings(server.port, **wrong)))
        broken = {"client_p12": b"kein P12", "client_p12_passwort": "x"}
        found["unlesbares P12"] = said(judged(settings(server.port, **broken)))
        found["stumm"] = said(judged(settings(server.port, fingerabdruck=None)))
    with serve_tls(quiet, OURS, tmp_path, client_ca=old, tls12=True) as server:
        expired = {"client_p12": old.p12("x"), "client_p12_passwort": "x"}
        found["abgelaufenes P12"] = said(judged(settings(server.port, **expired)))
    with serve_tls(quiet, OURS, tmp_path, client_ca=ours, tls12=True) as server:
        found["ohne P12"] = said(judged(settings(server.port)))
    with serve_tls(quiet, swapped, tmp_path) as server:
        found["anderes Zertifikat"] = said(judged(settings(server.port), known=konnektor_before))
    with serve_tls(quiet, shop, tmp_path) as server:
        foreign = said(judged(settings(server.port), known=konnektor_before))
    with serve_tls(html, OURS, tmp_path) as server:
        found["HTML statt Verzeichnis"] = said(judged(settings(server.port)))
    with serve_soap(referenz / "data" / "konnektor-wsdl", OURS, tmp_path) as stub:
        for operation in ("GetResourceInformation", "GetCards", "GetCardTerminals", "CheckCertificateExpiration"):
            stub.answers[operation] = http(200, b"<html><body>Anmeldung</body></html>")
        found["HTML statt SOAP"] = said(judged(settings(stub.port)))
    assert {name: sentence.split()[0] for name, sentence in found.items()} == {
        "falsche Adresse": "D09",
        "niemand da": "D09",
        "fremdes Gerät": "D10",
        "falsches Passwort": "D15",
        "unlesbares P12": "D15",
        "stumm": "D12",
        "abgelaufenes P12": "D15",
        "ohne P12": "D15",
        "anderes Zertifikat": "D12",
        "HTML statt Verzeichnis": "D09",
        "HTML statt SOAP": "D50",
    }
    assert len(set(found.values())) == len(found), "two mistakes share a sentence"
    assert foreign == found["fremdes Gerät"]
    assert "abgelaufen" in found["abgelaufenes P12"]
    assert "antwortet nicht" not in found["HTML statt Verzeichnis"]


KIM_CASES: dict[str, tuple[dict[str, object], str]] = {
    "nichts läuft": ({"smtp_port": 1}, "Das KIM-Programm läuft nicht."),
    "falsche Adresse": ({"smtp_host": "gibt-es-nicht.invalid"}, "Die eingestellte Adresse des KIM-Programms"),
    "anderes Zertifikat": ({"fingerabdruck": "0" * 64}, "Das KIM-Programm zeigt ein anderes Zertifikat"),
}


@pytest.mark.parametrize("name", KIM_CASES)
def test_a_kim_program_is_only_called_dead_if_it_is(name: str, tmp_path: Path) -> None:
    changed, sentence = KIM_CASES[name]
    with serve_tls(quiet, OURS, tmp_path) as server:
        given = {"smtp_host": FREE, "smtp_port": server.port, "fingerabdruck": OURS.sha256} | changed
        lage = judged(kim=KimEinstellungen.model_validate(given))
    assert said(lage).startswith(f"D38 {sentence}")


def test_a_printer_is_no_kim_program() -> None:
    with printer() as device:
        given = {"smtp_host": FREE, "smtp_port": device.port, "fingerabdruck": OURS.sha256}
        lage = judged(kim=KimEinstellungen.model_validate(given))
    assert said(lage).startswith("D38 Unter der Adresse des KIM-Programms antwortet etwas anderes.")


def test_kim_that_nobody_set_up_is_unknown_and_never_green() -> None:
    """Until somebody sends, nothing else would tell: the desk must not read "alles läuft"."""
    lage = judged()
    assert lage.diagnose is None
    assert lage.dienste[Dienst.KIM].zustand is DienstZustand.UNKLAR
    assert [s.zustand for d, s in lage.dienste.items() if d is not Dienst.KIM] == [DienstZustand.VERFUEGBAR] * 3
    assert not lage.alles_gut
    assert lage_lines(lage)[0] == "Die TI ist erreichbar."
    (word,) = [m for m in lage.proben if m.probe == "P12"]
    assert (word.ergebnis, word.befund) == (Ergebnis.KEINE_AUSSAGE, "KIM ist hier nicht eingerichtet")
    (remark,) = [hint for hint in lage.hinweise if hint.id == "D52"]
    assert remark.satz.startswith("KIM ist hier nicht eingerichtet")


def greet(tls: ssl.SSLSocket) -> None:
    """A KIM-Clientmodul that is well."""
    tls.sendall(b"220 KIM-Clientmodul bereit\r\n")
    while command := tls.recv(4096):
        tls.sendall(b"221 Auf Wiedersehen\r\n" if command.upper().startswith(b"QUIT") else b"250 ok\r\n")


ACCOUNT = {"adresse": "praxis@test.kim", "smtp_benutzer": "a#b", "pop3_benutzer": "a#b", "passwort": "geheim"}
NOT_READY: dict[str, tuple[Weg, dict[str, object], str | None, str | None]] = {
    "nicht bestätigt": (Weg.PVS, {}, None, "D38 Das Zertifikat des KIM-Programms wurde hier noch nicht bestätigt"),
    "ohne Zugangsdaten": (Weg.DIREKT, {}, OURS.sha256, "D38 KIM ist hier noch nicht vollständig eingerichtet"),
    "nur beobachtet": (Weg.PVS, {}, OURS.sha256, None),
    "vollständig": (Weg.DIREKT, ACCOUNT, OURS.sha256, None),
}


@pytest.mark.parametrize("name", NOT_READY)
def test_a_kim_program_is_green_only_if_this_program_could_use_it(name: str, tmp_path: Path) -> None:
    way, account, pin, sentence = NOT_READY[name]
    with serve_tls(greet, OURS, tmp_path) as server:
        given = {"smtp_host": FREE, "smtp_port": server.port, "fingerabdruck": pin} | account
        lage = judged(kim=KimEinstellungen.model_validate(given), weg_au=way)
    if sentence is None:
        assert lage.diagnose is None
        assert lage.alles_gut
    else:
        assert said(lage).startswith(sentence)
        assert lage.dienste[Dienst.KIM].zustand is DienstZustand.UNKLAR
        assert lage.dienste[Dienst.EREZEPT].zustand is DienstZustand.VERFUEGBAR


@contextlib.contextmanager
def broken_lagebild(status: int, body: bytes) -> Iterator[str]:
    """The address of a Lagebild that answers this to everything."""

    def reply(sock: socket.socket, _: TlsServer) -> None:
        sock.recv(4096)
        sock.sendall(http(status, body, "Connection: close"))

    with serve_tcp(reply, OURS) as server:
        yield f"http://{FREE}:{server.port}/lageapi"


@contextlib.contextmanager
def no_lagebild() -> Iterator[str]:
    yield f"http://{FREE}:1/lageapi"


LAGEBILD = {
    "nicht erreichbar": (no_lagebild, "Lagebild nicht erreichbar"),
    "Fehlerseite": (lambda: broken_lagebild(500, b"kaputt"), "Lagebild antwortet mit HTTP 500"),
    "andere Form": (lambda: broken_lagebild(200, b'{"lage": "alles gut"}'), "Lagebild hat eine unbekannte Form"),
    "HTML": (
        lambda: broken_lagebild(200, b"<!DOCTYPE html><html>Anmeldung</html>"),
        "Statt des Lagebilds kommt eine Internetseite (HTML)",
    ),
}
REMARKS = {
    "nicht erreichbar": "Das Lagebild der gematik ist zurzeit nicht abrufbar.",
    "Fehlerseite": "Das Lagebild der gematik antwortet mit einer Fehlermeldung.",
    "andere Form": "Das Lagebild der gematik hat eine neue Form, die dieses Programm nicht versteht.",
    "HTML": "Statt des Lagebilds der gematik kommt eine Internetseite, vielleicht eine Anmeldung oder Sperre.",
}


@pytest.mark.parametrize("name", LAGEBILD)
def test_a_good_day_without_a_lagebild_is_not_called_all_well(name: str, tmp_path: Path) -> None:
    with LAGEBILD[name][0]() as url, serve_tls(greet, OURS, tmp_path) as server:
        kim = KimEinstellungen(smtp_host=FREE, smtp_port=server.port, fingerabdruck=OURS.sha256)
        lage = judged(kim=kim, lagebild=url, rounds=30)
    assert lage.diagnose is None
    assert not lage.alles_gut
    (remark,) = [hint for hint in lage.hinweise if hint.id == "D53"]
    assert remark.satz.startswith(REMARKS[name])


@pytest.mark.parametrize("name", LAGEBILD)
def test_a_lagebild_that_says_nothing_is_never_good_news(name: str) -> None:
    serve, befund = LAGEBILD[name]
    world = World()
    world.vpn, world.states = False, OFFLINE
    with serve() as url:
        lage = judged(lagebild=url, world=world, rounds=20)
    assert said(lage).startswith("D26 ")
    (word,) = [m for m in lage.proben if m.probe == "P13"]
    assert (word.ergebnis, word.befund) == (Ergebnis.FEHLER, befund)
