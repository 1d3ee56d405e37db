"""Handshake, fingerprint and classification against a TLS server of its own (ti-detection §1.3, §7)."""

import socket
import ssl
import struct
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from counterparts.tls_server import make_identity, serve_tcp, serve_tls
from papierbruecke.clock import SystemClock
from papierbruecke.konnektor.client import SoapKonnektor
from papierbruecke.konnektor.model import KonnektorFehler, judge_certificate
from papierbruecke.konnektor.tls import TlsFailed, build_contexts, read_certificate, shake_hands
from papierbruecke.settings import KonnektorEinstellungen

HTTP_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def konnektor(port: int, **settings: object) -> SoapKonnektor:
    return SoapKonnektor(
        KonnektorEinstellungen.model_validate({"adresse": "127.0.0.1", "port": port} | settings), SystemClock()
    )


class Heard:
    """A talk that keeps every byte that came after the handshake."""

    def __init__(self) -> None:
        self.data = b""

    def __call__(self, tls: ssl.SSLSocket) -> None:
        while chunk := tls.recv(4096):
            self.data += chunk


@pytest.mark.parametrize(
    ("kind", "named"), [("rsa", "RSA-2048"), ("p256", "EC-secp256r1"), ("brainpool", "EC-brainpoolP256r1")]
)
def test_every_kind_of_certificate_is_seen(kind: str, named: str, tmp_path: Path) -> None:
    identity = make_identity(kind)
    with serve_tls(Heard(), identity, tmp_path) as server:
        seen = konnektor(server.port).zertifikat()
    assert (seen.sha256, seen.schluesselart) == (identity.sha256, named)
    assert seen.subject == "CN=80276883110000099999"
    assert seen.not_before < seen.not_after


def test_the_context_that_worked_is_tried_first_the_next_time(tmp_path: Path) -> None:
    with serve_tls(Heard(), make_identity("brainpool"), tmp_path) as server:
        client = konnektor(server.port)
        client.zertifikat()
        assert server.connections == 2
        client.zertifikat()
        assert server.connections == 3


def test_a_server_that_speaks_only_tls_1_2_is_fine(tmp_path: Path) -> None:
    with serve_tls(Heard(), make_identity("rsa"), tmp_path, tls12=True) as server:
        assert konnektor(server.port).zertifikat().schluesselart == "RSA-2048"


@pytest.mark.parametrize("pinned", [None, "0" * 64])
def test_nothing_is_said_before_the_fingerprint_matches(pinned: str | None, tmp_path: Path) -> None:
    heard = Heard()
    identity = make_identity("p256")
    with serve_tls(heard, identity, tmp_path) as server:
        client = konnektor(server.port, fingerabdruck=pinned, benutzer="praxis", passwort="geheim")
        for call in (client.dienstverzeichnis, client.lage, client.karten, client.jobnummer):
            with pytest.raises(KonnektorFehler) as refused:
                call()
            expected = "kon.not_paired" if pinned is None else "kon.server_cert_changed"
            assert refused.value.schluessel == expected
            assert refused.value.daten["sha256"] == identity.sha256
    assert server.handshakes == 4
    assert heard.data == b""


def test_changed_is_said_before_expired_and_expired_is_judged() -> None:
    ended = make_identity("rsa", "ended", -1)
    seen = read_certificate(ended.certificate.public_bytes(Encoding.DER))
    now = datetime.now(UTC)
    assert judge_certificate(seen, None, now) == "kon.not_paired"
    assert judge_certificate(seen, "0" * 64, now) == "kon.server_cert_changed"
    assert judge_certificate(seen, ended.sha256, now) == "kon.server_cert_expired"
    assert judge_certificate(seen, ended.sha256, seen.not_before) is None


def key_of(port: int, host: str = "127.0.0.1", **settings: object) -> str:
    client = konnektor(port, **settings | {"adresse": host})
    with pytest.raises(KonnektorFehler) as failed:
        client.dienstverzeichnis()
    client.close()
    assert "Bitte" in failed.value.text or "bitte" in failed.value.text
    return failed.value.schluessel


def test_a_closed_port_is_port_closed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert key_of(port) == "kon.port_closed"


@pytest.mark.parametrize("host", ["gibt-es-nicht.invalid", "x" * 70, ".", "a..b"])
def test_a_name_that_nobody_knows_is_name_unresolved(host: str) -> None:
    assert key_of(443, host) == "kon.name_unresolved"


def test_a_handshake_that_cannot_agree_is_tls_parameters(tmp_path: Path) -> None:
    def alert(sock: socket.socket, _: object) -> None:
        sock.recv(4096)
        sock.sendall(bytes([21, 3, 3, 0, 2, 2, 40]))  # fatal alert handshake_failure

    with serve_tcp(alert, make_identity()) as server:
        assert key_of(server.port) == "kon.tls_parameters"
        assert server.connections == 2


def test_something_that_speaks_no_tls_is_the_wrong_device() -> None:
    def page(sock: socket.socket, _: object) -> None:
        sock.recv(4096)
        sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n<html>Drucker</html>")

    with serve_tcp(page, make_identity()) as server:
        assert key_of(server.port) == "kon.wrong_device"


def test_a_reset_in_the_handshake_is_no_answer() -> None:
    def reset(sock: socket.socket, _: object) -> None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with serve_tcp(reset, make_identity()) as server:
        assert key_of(server.port) == "kon.no_answer"


def test_a_port_that_stays_silent_is_no_answer() -> None:
    def silent(sock: socket.socket, _: object) -> None:
        while sock.recv(4096):
            pass

    with serve_tcp(silent, make_identity()) as server:
        with pytest.raises(TlsFailed) as failed:
            shake_hands("127.0.0.1", server.port, build_contexts(), handshake_timeout_s=0.2)
        assert failed.value.ursache == "no_answer"
        assert server.connections == 1


# -- our own certificate ---------------------------------------------------------


def answer_once(tls: ssl.SSLSocket) -> None:
    tls.recv(4096)
    tls.sendall(HTTP_OK)


@pytest.mark.parametrize("kind", ["rsa", "p256", "brainpool"])
@pytest.mark.parametrize("legacy", [False, True])
def test_client_certificate_from_a_p12(kind: str, legacy: bool, tmp_path: Path) -> None:
    server_kind = "brainpool" if kind == "brainpool" else "rsa"
    own = make_identity(kind, "Papierbruecke")
    identity = make_identity(server_kind)
    with serve_tls(answer_once, identity, tmp_path, client_ca=own) as server:
        client = konnektor(
            server.port,
            fingerabdruck=identity.sha256,
            client_p12=own.p12("test1234", legacy=legacy),
            client_p12_passwort="test1234",
        )
        with pytest.raises(KonnektorFehler) as got:
            client.dienstverzeichnis()
        # The stub's empty page is no directory: the exchange itself went through.
        assert got.value.schluessel == "kon.booting"
        ends = client.clientzertifikat_bis()
        assert ends == own.certificate.not_valid_after_utc
        client.close()


@pytest.mark.parametrize("tls12", [False, True])
@pytest.mark.parametrize("own", [None, "foreign"])
def test_a_refused_client_certificate_is_named(own: str | None, tls12: bool, tmp_path: Path) -> None:
    identity = make_identity("rsa")
    settings: dict[str, object] = {"fingerabdruck": identity.sha256}
    if own is not None:
        settings |= {"client_p12": make_identity("rsa", own).p12("x"), "client_p12_passwort": "x"}
    with serve_tls(answer_once, identity, tmp_path, client_ca=make_identity("p256", "ca"), tls12=tls12) as server:
        assert key_of(server.port, **settings) == "kon.client_cert_rejected"


@pytest.mark.parametrize(
    ("p12", "password", "key"),
    [
        (make_identity("p256", "own").p12("richtig"), "falsch", "kon.p12_password"),
        (make_identity("p256", "own").p12("richtig"), None, "kon.p12_password"),
        (b"kein P12", "x", "kon.p12_format"),
        (b"", "x", "kon.p12_format"),
    ],
)
def test_a_p12_that_cannot_be_opened_says_why(p12: bytes, password: str | None, key: str) -> None:
    assert key_of(1, client_p12=p12, client_p12_passwort=password) == key


def test_no_key_file_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    build_contexts(make_identity("rsa", "own").p12("x"), "x")
    assert list(tmp_path.iterdir()) == []
