"""A small TLS server of its own: certificates made on the fly, optional client certificates.

It knows nothing of the product. What it can do wrong is decided by the ``talk`` function that
a test gives; what it saw is kept: how many connections, and every byte after the handshake.
"""

import contextlib
import hashlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID

Talk = Callable[[ssl.SSLSocket], None]


@dataclass(frozen=True)
class Identity:
    """A key with a self-signed certificate."""

    key: Any
    certificate: x509.Certificate
    kind: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.certificate.public_bytes(Encoding.DER)).hexdigest()

    @property
    def certificate_pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def write(self, path: Path) -> Path:
        """Key and certificate as a PEM file for a server."""
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.write_bytes(key + self.certificate_pem)
        return path

    def p12(self, password: str, *, legacy: bool = False) -> bytes:
        """The identity as a Konnektor exports it; ``legacy``: 3DES and SHA-1, as old firmware did."""
        encryption: Any = BestAvailableEncryption(password.encode())
        if legacy:
            encryption = (
                PrivateFormat.PKCS12.encryption_builder()
                .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
                .hmac_hash(hashes.SHA1())
                .build(password.encode())
            )
        return pkcs12.serialize_key_and_certificates(b"client", self.key, self.certificate, None, encryption)


@cache
def make_identity(kind: str = "rsa", name: str = "80276883110000099999", days: int = 30) -> Identity:
    """A new identity: ``rsa``, ``p256`` or ``brainpool``; ``days`` below zero has ended already."""
    keys: dict[str, Callable[[], Any]] = {
        "rsa": lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048),
        "p256": lambda: ec.generate_private_key(ec.SECP256R1()),
        "brainpool": lambda: ec.generate_private_key(ec.BrainpoolP256R1()),
    }
    key = keys[kind]()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("konnektor.konlan")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Identity(key, certificate, kind)


@dataclass
class TlsServer:
    """A running server; ``talk`` speaks with each client after the handshake."""

    port: int
    identity: Identity
    connections: int = 0
    handshakes: int = 0
    errors: list[str] = field(default_factory=list)
    sockets: list[socket.socket] = field(default_factory=list)


@contextlib.contextmanager
def serve_tls(
    talk: Talk, identity: Identity, folder: Path, *, client_ca: Identity | None = None, tls12: bool = False
) -> Iterator[TlsServer]:
    """Serve on a free port of this machine until the block ends; waits for every thread."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity.write(folder / f"{identity.kind}-{identity.sha256[:8]}.pem"))
    if identity.kind == "brainpool":
        # An engine offers brainpool only when told; so do the devices.
        context.set_ecdh_curve("brainpoolP256r1")
        tls12 = True
    if tls12:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    if client_ca is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=client_ca.certificate_pem.decode())
    with serve_tcp(lambda sock, server: _speak(sock, context, talk, server), identity) as server:
        yield server


@contextlib.contextmanager
def serve_tcp(handle: Callable[[socket.socket, TlsServer], None], identity: Identity) -> Iterator[TlsServer]:
    """The same without TLS, for things that are no Konnektor."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = TlsServer(port=listener.getsockname()[1], identity=identity)
    threads: list[threading.Thread] = []

    def one(sock: socket.socket) -> None:
        with sock:
            try:
                handle(sock, server)
            except OSError as error:
                server.errors.append(type(error).__name__)

    def accept() -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            server.connections += 1
            server.sockets.append(sock)
            thread = threading.Thread(target=one, args=(sock,))
            threads.append(thread)
            thread.start()

    acceptor = threading.Thread(target=accept)
    acceptor.start()
    try:
        yield server
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        acceptor.join()
        for sock in server.sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join()


def _speak(sock: socket.socket, context: ssl.SSLContext, talk: Talk, server: TlsServer) -> None:
    sock.settimeout(10)
    with context.wrap_socket(sock, server_side=True) as tls:
        server.handshakes += 1
        server.sockets.append(tls)
        talk(tls)
