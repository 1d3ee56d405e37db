"""TLS towards devices in the practice: see any certificate, trust only the confirmed one.

Certificates of Konnektor and KIM-Clientmodul never carry the address they are reached by, and
their chains are not public; what counts is the fingerprint that a person confirmed. Servers
with brainpool curves need a context of their own, because Python 3.11 cannot offer a list of
groups, so two contexts are tried in turn and the one that worked is remembered.
Source: domain sheet ti-detection §1.2, §1.3; stack §7.
"""

import errno
import hashlib
import os
import secrets
import socket
import ssl
import tempfile
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from papierbruecke.konnektor.line import connect_tcp
from papierbruecke.konnektor.model import Serverzertifikat

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
    from cryptography.x509 import Certificate

TCP_TIMEOUT_S = 2.0
"""Probe P4 (ti-detection §5.1)."""
HANDSHAKE_TIMEOUT_S = 5.0
"""Probe P5."""

_PARAMETERS = (
    "HANDSHAKE_FAILURE",
    "NO_SHARED_CIPHER",
    "NO_SUITABLE_GROUPS",
    "UNSUPPORTED_PROTOCOL",
    "PROTOCOL_VERSION",
    "INSUFFICIENT_SECURITY",
    "ILLEGAL_PARAMETER",
    "WRONG_CURVE",
    "BAD_ECPOINT",
)
_CLIENT_REJECTED = (
    "CERTIFICATE_REQUIRED",
    "BAD_CERTIFICATE",
    "UNKNOWN_CA",
    "CERTIFICATE_UNKNOWN",
    "CERTIFICATE_EXPIRED",
    "CERTIFICATE_REVOKED",
    "ACCESS_DENIED",
    "UNSUPPORTED_CERTIFICATE",
)
_NOT_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER")
_UNREACHABLE = {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN, errno.ETIMEDOUT}


class TlsFailed(Exception):
    """No usable line; ``ursache`` is a key of ti-detection §1.3 without its prefix (``port_closed``)."""

    def __init__(self, ursache: str) -> None:
        super().__init__(ursache)
        self.ursache = ursache


class ClientkeyRefused(Exception):
    """Our own P12 cannot be used; ``ursache`` is ``p12_password`` or ``p12_format``."""

    def __init__(self, ursache: str) -> None:
        super().__init__(ursache)
        self.ursache = ursache


def classify(error: OSError) -> str:
    """The key (without prefix) of a failed connection or handshake (ti-detection §1.3)."""
    if isinstance(error, socket.gaierror):
        return "name_unresolved"
    if isinstance(error, ConnectionRefusedError):
        return "port_closed"
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
        reason = (error.reason or str(error)).upper().replace(" ", "_")
        # The client's own refusals come first: "alert bad certificate" contains no parameter word.
        if any(word in reason for word in _CLIENT_REJECTED):
            return "client_cert_rejected"
        if any(word in reason for word in _NOT_TLS):
            return "wrong_device"
        if any(word in reason for word in _PARAMETERS):
            return "tls_parameters"
    return "no_answer"


def build_contexts(client_p12: bytes | None = None, password: str | None = None) -> tuple[ssl.SSLContext, ...]:
    """The contexts to try in turn: the default one, then brainpool (needs TLS 1.2).

    Neither verifies anything: the fingerprint is compared before a byte of content leaves.
    Raises ClientkeyRefused.
    """
    contexts = []
    for curve in (None, "brainpoolP256r1"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if curve is not None:
            try:
                context.set_ecdh_curve(curve)
            except ValueError:
                continue  # an engine without brainpool: such servers then end as tls_parameters
            context.maximum_version = ssl.TLSVersion.TLSv1_2
        contexts.append(context)
    if client_p12 is not None:
        _load_client(contexts, client_p12, password)
    return tuple(contexts)


def shake_hands(
    host: str,
    port: int,
    contexts: Sequence[ssl.SSLContext],
    *,
    tcp_timeout_s: float = TCP_TIMEOUT_S,
    handshake_timeout_s: float = HANDSHAKE_TIMEOUT_S,
) -> tuple[ssl.SSLSocket, Serverzertifikat, ssl.SSLContext]:
    """Connect and finish one handshake: the line, the certificate, and the context that worked.

    Only a mismatch of parameters (or a server that hangs up on it) leads to the next context.
    Raises TlsFailed with the first failure, except that a refusal of this client, which a
    brainpool server can only tell to the second context, says more than the first mismatch.
    """
    first: str | None = None
    for context in contexts:
        line: ssl.SSLSocket | None = None
        try:
            sock = connect_tcp(host, port, tcp_timeout_s)
            sock.settimeout(handshake_timeout_s)
            line = context.wrap_socket(sock, server_hostname=None, do_handshake_on_connect=False)
            line.do_handshake()
            der = line.getpeercert(binary_form=True)
            if der is None:
                raise AssertionError("a TLS server shows a certificate")
            return line, read_certificate(der), context
        except OSError as error:
            cause = classify(error)
            if cause == "tls_parameters" and line is not None and line.cipher() is not None:
                # The parameters were agreed on; with TLS 1.2 this alert also stands for "no client certificate".
                cause = "client_cert_rejected"
            if line is not None:
                line.close()
            if first is None or (first == "tls_parameters" and cause == "client_cert_rejected"):
                first = cause
            if cause != "tls_parameters" and not isinstance(error, ConnectionResetError | ssl.SSLEOFError):
                break
        except UnicodeError:
            first = "name_unresolved"  # a host that no name service could ever know
            break
    raise TlsFailed(first or "no_answer") from None


def read_certificate(der: bytes) -> Serverzertifikat:
    """What a certificate says, without trusting it. Raises TlsFailed ``wrong_device`` if unreadable."""
    from cryptography import x509

    try:
        certificate = x509.load_der_x509_certificate(der)
        return Serverzertifikat(
            sha256=hashlib.sha256(der).hexdigest(),
            subject=certificate.subject.rfc4514_string(),
            issuer=certificate.issuer.rfc4514_string(),
            not_before=certificate.not_valid_before_utc,
            not_after=certificate.not_valid_after_utc,
            schluesselart=_key_kind(certificate),
        )
    except ValueError as error:
        raise TlsFailed("wrong_device") from error


def client_expiry(client_p12: bytes, password: str | None) -> datetime:
    """When our own client certificate ends. Raises ClientkeyRefused."""
    return _open_p12(client_p12, password)[1].not_valid_after_utc


def _key_kind(certificate: "Certificate") -> str:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    try:
        key: PublicKeyTypes = certificate.public_key()
    except (UnsupportedAlgorithm, ValueError):
        return "unbekannt"
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA-{key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC-{key.curve.name}"
    return "unbekannt"


def _open_p12(client_p12: bytes, password: str | None) -> tuple[object, "Certificate", list["Certificate"]]:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import pkcs12

    try:
        key, certificate, chain = pkcs12.load_key_and_certificates(client_p12, (password or "").encode() or None)
    except UnsupportedAlgorithm as error:
        raise ClientkeyRefused("p12_format") from error
    except ValueError as error:
        # "Invalid password or PKCS12 data" stands for a wrong password; everything else is the file.
        raise ClientkeyRefused("p12_password" if "assword" in str(error) else "p12_format") from error
    if key is None or certificate is None:
        raise ClientkeyRefused("p12_format")
    return key, certificate, chain


def _load_client(contexts: Sequence[ssl.SSLContext], client_p12: bytes, password: str | None) -> None:
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

    key, certificate, chain = _open_p12(client_p12, password)
    secret = secrets.token_bytes(24).hex()
    pem = key.private_bytes(  # type: ignore[attr-defined]
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(secret.encode())
    )
    pem += b"".join(c.public_bytes(Encoding.PEM) for c in (certificate, *chain))
    # ssl loads keys only from files; the file is ours alone, its key encrypted, its life short.
    handle, path = tempfile.mkstemp(suffix=".pem")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(pem)
        for context in contexts:
            context.load_cert_chain(path, password=secret)
    except ssl.SSLError as error:
        raise ClientkeyRefused("p12_format") from error
    finally:
        os.unlink(path)
