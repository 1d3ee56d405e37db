"""Where the Konnektor delivers its events: one port of this computer, TLS or plain.

With "TLS mandatory" the Konnektor opens a TLS line and wants a certificate of this side (CETP1); a
self-signed one, made anew at each start, is enough, because its trust is nowhere specified. Without
it the line is plain TCP (CETP2). The first byte tells which. Nothing is ever answered.
Source: ti-detection §1.2, §1.6.
"""

import contextlib
import os
import secrets
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from papierbruecke.errors import EnvironmentFailure
from papierbruecke.konnektor.cetp import Frames
from papierbruecke.konnektor.model import Ereignis

MAX_LINES = 8
"""More lines at a time are cut: one Konnektor needs one."""
IDLE_S = 60.0
_TLS_HANDSHAKE = 0x16
_PIECE = 16 * 1024


class CetpReceiver:
    """One listening port. ``hear`` gets every event, in a thread of this receiver."""

    def __init__(self, port: int, hear: Callable[[Ereignis], None], host: str = "") -> None:
        self._hear = hear
        self._lock = threading.Lock()
        self._lines: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._context: ssl.SSLContext | None = None
        try:
            self._listening = socket.create_server((host, port))
        except OSError as error:
            raise EnvironmentFailure(
                "kon.ereignis_port",
                f"Der Port {port} für die Ereignisse des Konnektors ist belegt. "
                "Bitte in den Einstellungen einen anderen eintragen; beobachtet wird auch so.",
            ) from error
        self.port: int = self._listening.getsockname()[1]
        self._start(self._accept)

    def close(self) -> None:
        """Give the port back and wait until nobody is heard any more."""
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)  # wakes a waiting accept
        self._listening.close()
        with self._lock:
            lines, threads = list(self._lines), list(self._threads)
        for line in lines:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join(timeout=5)

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name="cetp", daemon=True)
        with self._lock:
            self._threads = [t for t in self._threads if t.is_alive()]
            thread.start()
            self._threads.append(thread)

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            with self._lock:
                full = len(self._lines) >= MAX_LINES
                if not full:
                    self._lines.add(line)
            if full:
                line.close()
                continue
            self._start(lambda line=line: self._serve(line))  # type: ignore[misc]

    def _serve(self, line: socket.socket) -> None:
        try:
            line.settimeout(IDLE_S)
            with self._secured(line) as secured:
                self._read(secured)
        except OSError:
            pass  # the other side went away, or speaks something else
        finally:
            with self._lock:
                self._lines.discard(line)
            line.close()

    def _secured(self, line: socket.socket) -> socket.socket:
        first = line.recv(1, socket.MSG_PEEK)
        if first[:1] != bytes([_TLS_HANDSHAKE]):
            return line
        with self._lock:
            if self._context is None:
                self._context = _server_context()
        return self._context.wrap_socket(line, server_side=True)

    def _read(self, line: socket.socket) -> None:
        frames = Frames()
        while not frames.broken:
            data = line.recv(_PIECE)
            if not data:
                _part(line)
                return
            for event in frames.feed(data):
                if isinstance(event, Ereignis):
                    self._hear(event)


def _part(line: socket.socket) -> None:
    """Answer the end of a TLS line; a Konnektor that waits for it would count the delivery as failed."""
    if isinstance(line, ssl.SSLSocket):
        with contextlib.suppress(OSError, ValueError):
            line.unwrap()


def _server_context() -> ssl.SSLContext:
    """A server with a certificate of its own; its key never rests on the disk unencrypted."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Papierbruecke")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=400))
        .sign(key, hashes.SHA256())
    )
    secret = secrets.token_bytes(24).hex()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(secret.encode()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # ssl loads keys only from files; the file is ours alone, its key encrypted, its life short.
    handle, path = tempfile.mkstemp(suffix=".pem")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(pem + certificate.public_bytes(Encoding.PEM))
        context.load_cert_chain(path, password=secret)
    finally:
        os.unlink(path)
    return context
