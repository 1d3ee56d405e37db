"""The directory of the TI: asked in one way only, answered by anybody, believed in nothing.

Counterparts: OpenLDAP's slapd, the simulated directory, and servers that say whatever a test gives them.
"""

import contextlib
import os
import ssl
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import which

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12
from hypothesis import example, given, settings
from hypothesis import strategies as st

from counterparts.simulator import simulator as simulator
from counterparts.slapd import REFERRAL, kasse, serve_slapd
from counterparts.tls_server import Identity, TlsServer, make_identity, serve_tls
from papierbruecke.clock import SystemClock
from papierbruecke.drill.certificates import P12_PASSWORT
from papierbruecke.drill.model import Stoerfall
from papierbruecke.drill.scenarios import load_scenario
from papierbruecke.drill.simulator import Simulator
from papierbruecke.konnektor import ldap, ldap_messages
from papierbruecke.konnektor.ldap import LdapVerzeichnis
from papierbruecke.konnektor.ldap_messages import NotLdap, length_of, read_message
from papierbruecke.konnektor.model import KonnektorFehler
from papierbruecke.konnektor.vzd import Verzeichniseintrag, addresses
from papierbruecke.settings import KonnektorEinstellungen

IK = "109500969"
OTHER = "101575519"
EAU = "eau@kasse.kim.telematik-test"
P12 = "geheim"


def directory(port: int, server: Identity, client: Identity | None = None, **values: object) -> LdapVerzeichnis:
    """The product's client, paired with this server."""
    given = {
        "adresse": "127.0.0.1",
        "ldap_port": port,
        "fingerabdruck": server.sha256,
        "client_p12": client.p12(P12) if client else None,
        "client_p12_passwort": P12 if client else None,
    }
    return LdapVerzeichnis(KonnektorEinstellungen.model_validate(given | values), SystemClock())


def failed(work: Callable[[], object]) -> str:
    """The key of the failure that must come."""
    with pytest.raises(KonnektorFehler) as raised:
        work()
    return raised.value.schluessel


# -- a real directory ------------------------------------------------------------------


ENTRIES = (
    kasse("eins", "Testkasse Eins", [IK, "101234561"], mail=[EAU], komLeData=[f"1.5,{EAU}"], kimData=[f"{EAU},1.5+"]),
    # The same number for a practice: domainID alone is not unique.
    kasse("praxis", "Praxis Beispiel", [IK], typ="3", mail=["praxis@beispiel.kim.telematik-test"]),
    kasse(
        "zwei",
        "Betriebsstätte Köln",
        [OTHER],
        mail=["a@k.kim.telematik-test", "b@k.kim.telematik-test"],
        kimData=["b@k.kim.telematik-test,1.0,eEB|DALE-UV", "a@k.kim.telematik-test,1.5,eAU"],
    ),
    *(kasse(f"viele{n}", f"Viele {n}", ["107815783"], mail=[EAU]) for n in range(12)),
    kasse("leer", "Ohne Adresse", ["109519005"]),
)


@pytest.fixture(scope="module", params=["rsa", "p256"])
def slapd(request: pytest.FixtureRequest) -> Iterator[tuple[int, Identity, Identity]]:
    server, client = make_identity(request.param), make_identity("rsa", name="client")
    with serve_slapd(server, client, ENTRIES) as port:
        yield port, server, client


def test_slapd_finds_the_kasse_and_only_the_kasse(slapd: tuple[int, Identity, Identity]) -> None:
    vzd = directory(*slapd)
    assert vzd.suche(IK) == vzd.suche("101234561")
    (found,) = vzd.suche(IK)
    assert (found.name, [a.adresse for a in found.adressen]) == ("Testkasse Eins", [EAU])


def test_slapd_tells_which_address_takes_what(slapd: tuple[int, Identity, Identity]) -> None:
    (found,) = directory(*slapd).suche(OTHER)
    assert found.name == "Betriebsstätte Köln"
    assert {a.adresse[0]: a.takes("eAU") for a in found.adressen} == {"a": True, "b": False}


def test_slapd_knows_nothing_of_others(slapd: tuple[int, Identity, Identity]) -> None:
    vzd = directory(*slapd)
    assert vzd.suche("999567890") == ()
    assert vzd.suche("109519005") == (Verzeichniseintrag(name="Ohne Adresse", adressen=()),)


def test_slapd_stops_at_its_size_limit(slapd: tuple[int, Identity, Identity]) -> None:
    assert failed(lambda: directory(*slapd).suche("107815783")) == "vzd.too_many"


def test_slapd_refuses_a_client_without_certificate(slapd: tuple[int, Identity, Identity]) -> None:
    port, server, _ = slapd
    # Debian's slapd (GnuTLS) hangs up without the alert that a Konnektor sends.
    assert failed(lambda: directory(port, server).suche(IK)) in {"vzd.no_answer", "kon.client_cert_rejected"}


def test_nothing_is_asked_of_a_changed_device(slapd: tuple[int, Identity, Identity]) -> None:
    port, _, client = slapd
    other = make_identity("rsa", name="ein anderes Gerät")
    assert failed(lambda: directory(port, other, client).suche(IK)) == "kon.server_cert_changed"
    unpaired = directory(port, other, client, fingerabdruck=None)
    assert failed(lambda: unpaired.suche(IK)) == "kon.not_paired"


def test_slapd_that_points_elsewhere_is_not_followed() -> None:
    server, client = make_identity("rsa"), make_identity("rsa", name="client")
    with serve_slapd(server, client, (*ENTRIES[:1], REFERRAL)) as port:
        assert failed(lambda: directory(port, server, client).suche(IK)) == "vzd.referral"


def test_ldapsearch_reads_our_simulated_directory_like_ours(tmp_path: Path) -> None:
    """An independent client against the simulator: what it shows is LDAP, not our own idea of it."""
    plain = load_scenario("normal").model_copy(update={"schluesselart": "rsa"})  # ldapsearch knows no brainpool
    with Simulator(tmp_path / "simulator", plain) as simulator:
        compare_with_ldapsearch(simulator, tmp_path)


def compare_with_ldapsearch(simulator: Simulator, tmp_path: Path) -> None:
    if which("ldapsearch") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("ldap-utils is not installed")
        pytest.skip("ldap-utils is not installed")
    konnektor = simulator.settings().konnektor
    assert konnektor.client_p12 is not None
    key, certificate, _ = pkcs12.load_key_and_certificates(konnektor.client_p12, P12_PASSWORT.encode())
    assert key is not None
    assert certificate is not None
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate.public_bytes(Encoding.PEM)
    (tmp_path / "client.pem").write_bytes(pem)
    environment = {
        "LDAPTLS_REQCERT": "never",
        "LDAPTLS_CERT": str(tmp_path / "client.pem"),
        "LDAPTLS_KEY": str(tmp_path / "client.pem"),
        "PATH": "/usr/bin",
    }
    search = [
        *("ldapsearch", "-x", "-LLL", "-z", "10", "-H", f"ldaps://127.0.0.1:{konnektor.ldap_port}"),
        *("-b", "dc=data,dc=vzd", f"(&(domainID={IK})(entryType=5))", "mail", "domainID"),
    ]
    answer = subprocess.run(search, env=environment, capture_output=True, timeout=30, text=True)
    assert answer.returncode == 0, answer.stderr
    (found,) = LdapVerzeichnis(konnektor, SystemClock()).suche(IK)
    assert f"mail: {found.adressen[0].adresse}" in answer.stdout.splitlines()
    # Stricter than the real thing: no search by domainID alone, no other base.
    for wrong in (f"(domainID={IK})", "(displayName=Test*)"):
        assert subprocess.run([*search[:-3], wrong, "mail"], env=environment, capture_output=True).returncode == 53
    search[search.index("dc=data,dc=vzd")] = "dc=vzd"
    assert subprocess.run(search, env=environment, capture_output=True).returncode == 32


# -- the simulated directory in trouble -------------------------------------------------


@pytest.mark.parametrize(
    ("fall", "key"),
    [
        (Stoerfall(stelle="vzd", art="ablehnen", code=52), "vzd.unavailable"),
        (Stoerfall(stelle="vzd", art="ablehnen", code=51), "vzd.unavailable"),
        (Stoerfall(stelle="vzd", art="ablehnen", code=3), "vzd.no_answer"),
        (Stoerfall(stelle="vzd", art="ablehnen", code=10), "vzd.referral"),
        (Stoerfall(stelle="vzd", art="ablehnen", code=50), "vzd.refused"),
        (Stoerfall(stelle="vzd", art="ablehnen", code=80), "vzd.refused"),
        (Stoerfall(stelle="vzd", art="verlieren"), "vzd.no_answer"),
    ],
)
def test_a_directory_in_trouble_is_told_by_name(simulator: Simulator, fall: Stoerfall, key: str) -> None:
    vzd = LdapVerzeichnis(simulator.settings().konnektor, SystemClock())
    simulator.disturb(fall.model_copy(update={"anzahl": 1}))
    assert failed(lambda: vzd.suche(IK)) == key
    assert vzd.suche(IK)
    assert simulator.vzd.objections == []


def test_a_directory_that_never_answers_ends_at_the_deadline(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ldap, "SEARCH_TIMEOUT_S", 1)
    simulator.disturb(Stoerfall(stelle="vzd", art="langsam", dauer_s=600, anzahl=1))
    assert failed(lambda: LdapVerzeichnis(simulator.settings().konnektor, SystemClock()).suche(IK)) == "vzd.no_answer"


def test_without_the_ti_there_is_no_directory(simulator: Simulator) -> None:
    konnektor = simulator.settings().konnektor
    simulator.scenario("vpn-zugangsdienst")
    assert failed(lambda: LdapVerzeichnis(konnektor, SystemClock()).suche(IK)) == "vzd.unavailable"
    simulator.scenario("client-abgelehnt")
    assert failed(lambda: LdapVerzeichnis(konnektor, SystemClock()).suche(IK)) == "kon.client_cert_rejected"
    simulator.scenario("konnektor-zertifikat-neu")
    assert failed(lambda: LdapVerzeichnis(konnektor, SystemClock()).suche(IK)) == "kon.server_cert_changed"
    assert simulator.vzd.anfragen == [IK]  # the first one only; to a stranger nothing was said


@pytest.mark.parametrize("ik", ["", "12345678", "1234567890", "10957*969", "(domainID", "１０９５００９６９"])
def test_nothing_but_an_ik_is_ever_asked(simulator: Simulator, ik: str) -> None:
    with pytest.raises(AssertionError):
        LdapVerzeichnis(simulator.settings().konnektor, SystemClock()).suche(ik)
    assert simulator.vzd.anfragen == []


# -- foreign answers --------------------------------------------------------------------


def wrap(tag: int, content: bytes) -> bytes:
    return bytes([tag, 0x84]) + len(content).to_bytes(4, "big") + content


def message(number: int, operation: bytes, more: bytes = b"") -> bytes:
    return wrap(0x30, b"\x02\x01" + bytes([number]) + operation + more)


def result(tag: int, code: int = 0, more: bytes = b"") -> bytes:
    return wrap(tag, b"\x0a\x01" + bytes([code]) + wrap(4, b"") + wrap(4, b"") + more)


def entry(*, ik: str = IK, typ: str = "5", mails: tuple[bytes, ...] = (EAU.encode(),), extra: bytes = b"") -> bytes:
    given = {b"domainID": (ik.encode(),), b"ENTRYTYPE": (typ.encode(),), b"mail": mails}
    rows = b"".join(
        wrap(0x30, wrap(4, name) + wrap(0x31, b"".join(wrap(4, v) for v in values))) for name, values in given.items()
    )
    return wrap(0x64, wrap(4, b"uid=x") + wrap(0x30, rows + extra))


BOUND, DONE = message(1, result(0x61)), message(2, result(0x65))


@contextlib.contextmanager
def saying(tmp_path: Path, *answers: bytes) -> Iterator[TlsServer]:
    """A server that answers the bind with the first, the search with all others."""

    def talk(tls: ssl.SSLSocket) -> None:
        for answer in (answers[0], b"".join(answers[1:])):
            if tls.recv(4096):
                tls.sendall(answer)
        with contextlib.suppress(OSError):
            tls.recv(4096)

    with serve_tls(talk, make_identity("rsa"), tmp_path) as server:
        yield server


NOTICE = message(
    0, wrap(0x78, b"\x0a\x01\x34" + wrap(4, b"") + wrap(4, b"bye") + wrap(0x8A, b"1.3.6.1.4.1.1466.20036"))
)
FOREIGN: dict[str, tuple[bytes, ...]] = {
    "another message id": (BOUND, message(7, entry()), DONE),
    "bind answered by done": (message(1, result(0x65)),),
    "entry before bind": (message(1, entry()),),
    "a second bind instead of an entry": (BOUND, message(2, result(0x61))),
    "another IK": (BOUND, message(2, entry(ik=OTHER)), DONE),
    "a practice": (BOUND, message(2, entry(typ="3")), DONE),
    "an operation of a client": (BOUND, message(2, wrap(0x63, b""))),
    "indefinite length": (b"\x30\x80\x02\x01\x01",),
    "endless length": (b"\x30\x84\xff\xff\xff\xff",),
    "length of eight bytes": (b"\x30\x88\0\0\0\0\0\0\0\x01",),
    "http": (b"HTTP/1.1 400 Bad Request\r\n\r\n",),
    "code that is no number": (message(1, wrap(0x61, wrap(4, b"0") + wrap(4, b"") + wrap(4, b""))),),
    "bind without code": (message(1, wrap(0x61, b"")),),
    "entry without attributes": (BOUND, message(2, wrap(0x64, wrap(4, b"uid=x")))),
    "cut inside an element": (BOUND, message(2, entry()[:-3])),
    "universal tag": (BOUND, message(2, wrap(0x30, b""))),
}


@pytest.mark.parametrize("answers", FOREIGN.values(), ids=FOREIGN.keys())
def test_foreign_answers_are_refused(tmp_path: Path, answers: tuple[bytes, ...]) -> None:
    with saying(tmp_path, *answers) as server:
        assert failed(lambda: directory(server.port, server.identity).suche(IK)) == "vzd.protocol"


@pytest.mark.parametrize(
    ("answers", "key"),
    [
        ((NOTICE,), "vzd.unavailable"),
        ((BOUND, NOTICE), "vzd.unavailable"),
        ((message(1, result(0x61, 48)),), "vzd.refused"),
        ((BOUND, message(2, wrap(0x73, wrap(4, b"ldap://fremd.invalid/")))), "vzd.referral"),
        ((BOUND, message(2, result(0x65, 10, wrap(0xA3, wrap(4, b"ldap://fremd.invalid/"))))), "vzd.referral"),
        ((BOUND, *(message(2, entry()) for _ in range(21)), DONE), "vzd.too_many"),
        ((BOUND, message(2, entry())), "vzd.no_answer"),
        ((BOUND[:5],), "vzd.no_answer"),
    ],
)
def test_every_other_end_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answers: tuple[bytes, ...], key: str
) -> None:
    monkeypatch.setattr(ldap, "SEARCH_TIMEOUT_S", 2)
    with saying(tmp_path, *answers) as server:
        assert failed(lambda: directory(server.port, server.identity).suche(IK)) == key


def test_controls_credentials_and_unknown_attributes_are_no_reason_to_fail(tmp_path: Path) -> None:
    binary = wrap(0x30, wrap(4, b"userCertificate;binary") + wrap(0x31, wrap(4, b"\xff\x00\xfe")))
    answers = (
        message(1, result(0x61, more=wrap(0xA3, b"") + wrap(0x87, b"x"))),
        message(2, entry(extra=binary), wrap(0xA0, b"")),
        message(2, result(0x65), wrap(0xA0, b"")),
    )
    with saying(tmp_path, *answers) as server:
        (found,) = directory(server.port, server.identity).suche(IK)
    assert [a.adresse for a in found.adressen] == [EAU]


def test_a_value_of_another_build_is_left_out() -> None:
    assert [
        a.adresse for a in addresses([EAU, "a b@c", "a,b@c", "\ufffd@x", ""], ["1.0", f"1.0,{EAU}"], [",", "x"])
    ] == ["x", EAU]
    (tagged,) = addresses([EAU], [f"1.5,{EAU}"], [f"{EAU},1.5+,eEB|DALE-UV"])
    assert not tagged.takes("eAU")
    assert tagged.takes("eEB")


@settings(max_examples=400, deadline=None, print_blob=True)
@given(st.binary(max_size=400), st.integers(0, 400), st.binary(min_size=1, max_size=6))
@example(b"", 0, b"\x24\x80")
def test_no_bytes_at_all_make_the_reader_stumble(noise: bytes, at: int, patch: bytes) -> None:
    whole = message(2, entry(mails=(EAU.encode(), noise[:40])))
    for data in (noise, whole[:at], whole[: at % len(whole)] + patch + whole[at % len(whole) + len(patch) :]):
        with contextlib.suppress(NotLdap):
            length_of(data)
        with contextlib.suppress(NotLdap):
            read_message(data)


def test_what_we_say_is_what_the_standard_writes() -> None:
    """Byte for byte as OpenLDAP's ldapsearch sends the same bind (RFC 4511 4.2) and unbind (4.3)."""
    assert ldap_messages.bind_request() == bytes.fromhex("300c020101600702010304008000")
    assert ldap_messages.unbind_request() == bytes.fromhex("30050201034200")
