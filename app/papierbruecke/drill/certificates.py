"""Keys and certificates of the simulated TI: own test authorities, made anew at every start.

Nothing here is a secret or of any worth outside this process. The server certificate of the
Konnektor looks like C.AK.AUT: name is the ICCSN of the gSMC-K with a date, alternative name
``konnektor.konlan`` (gemSpec_Kon, ti-detection §1.3).
"""

import datetime
import ssl
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Schluesselart = Literal["rsa", "brainpool", "p256"]
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
P12_PASSWORT = "nur-zum-Testen"
GSMCK_ICCSN = "80276883110000077777"
SMCB_ICCSN = "80276883110000012345"
HBA_ICCSN = "80276883110000054321"
SMCKT_ICCSN = "80276883110000099999"


@dataclass(frozen=True, slots=True)
class Identity:
    """A private key with its certificate."""

    key: PrivateKey
    certificate: x509.Certificate

    def der(self) -> bytes:
        """The certificate as DER."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    def fingerprint(self) -> str:
        """SHA-256 of the certificate, hex, lower case: what a person confirms as the pin."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    def pem(self) -> bytes:
        """Key and certificate in the order in which ``ssl`` wants them."""
        key = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return key + self.certificate.public_bytes(serialization.Encoding.PEM)


def make_key(kind: Schluesselart) -> PrivateKey:
    """A private key: RSA-2048, brainpoolP256r1 or NIST P-256."""
    if kind == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key(ec.BrainpoolP256R1() if kind == "brainpool" else ec.SECP256R1())


def make_authority(name: str, kind: Schluesselart = "p256") -> Identity:
    """A test certification authority."""
    key = make_key(kind)
    subject = _name(name)
    builder = _builder(subject, subject, key, -3650, 3650).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    return Identity(key, builder.sign(key, hashes.SHA256()))


def make_identity(
    authority: Identity,
    common_name: str,
    kind: Schluesselart,
    *,
    usage: x509.ObjectIdentifier | None = None,
    host: str | None = None,
    valid_from_days: float = -30,
    valid_to_days: float = 700,
    extra: tuple[x509.NameAttribute[str], ...] = (),
) -> Identity:
    """A key with a certificate from ``authority``; the days count from now."""
    key = make_key(kind)
    builder = _builder(
        _name(common_name, *extra), authority.certificate.subject, key, valid_from_days, valid_to_days
    ).add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    if usage is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    if host is not None:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return Identity(key, builder.sign(authority.key, hashes.SHA256()))


def make_p12(identity: Identity, authority: Identity) -> bytes:
    """The client certificate as the Konnektor exports it (PKCS#12, modern encryption)."""
    return pkcs12.serialize_key_and_certificates(
        b"Papierbruecke",
        identity.key,
        identity.certificate,
        [authority.certificate],
        serialization.BestAvailableEncryption(P12_PASSWORT.encode()),
    )


def make_ocsp_response(identity: Identity, authority: Identity) -> bytes:
    """A signed "good" for this certificate, as the Konnektor embeds it (IncludeRevocationInfo)."""
    now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    builder = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            identity.certificate,
            authority.certificate,
            hashes.SHA256(),
            ocsp.OCSPCertStatus.GOOD,
            now,
            now + datetime.timedelta(hours=1),
            None,
            None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, authority.certificate)
    )
    return builder.sign(authority.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def server_context(identity: Identity, client_authority: Identity | None = None) -> ssl.SSLContext:
    """TLS 1.2 as every Konnektor and Clientmodul speaks it, with client authentication if asked.

    A brainpool certificate needs the brainpool curve on both sides (ti-detection §1.3).
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    with tempfile.TemporaryDirectory(prefix="papierbruecke-drill-") as folder:
        path = Path(folder) / "server.pem"
        path.touch(mode=0o600)
        path.write_bytes(identity.pem())
        context.load_cert_chain(path)
    public = identity.certificate.public_key()
    if isinstance(public, ec.EllipticCurvePublicKey) and isinstance(public.curve, ec.BrainpoolP256R1):
        context.set_ecdh_curve("brainpoolP256r1")
    if client_authority is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(
            cadata=client_authority.certificate.public_bytes(serialization.Encoding.PEM).decode()
        )
    return context


@cache
def pki_for(kind: Schluesselart) -> "Pki":
    """The certificates for this kind of Konnektor key, made once per process."""
    return Pki(kind)


class Pki:
    """Every certificate of one simulated TI."""

    def __init__(self, kind: Schluesselart) -> None:
        self.komponenten = make_authority("TEST KOMP-CA Papierbruecke")
        self.clients = make_authority("TEST Konnektor-Client-CA", "rsa")
        self.fremde_clients = make_authority("TEST fremde Client-CA")
        self.karten = make_authority("TEST HBA-CA Papierbruecke", "brainpool")
        server = ExtendedKeyUsageOID.SERVER_AUTH
        host = "konnektor.konlan"
        name = f"{GSMCK_ICCSN}-20221115"
        self.konnektor = make_identity(self.komponenten, name, kind, usage=server, host=host)
        self.konnektor_erneuert = make_identity(
            self.komponenten, f"{GSMCK_ICCSN}-20250704", kind, usage=server, host=host, valid_from_days=-1
        )
        self.konnektor_abgelaufen = make_identity(
            self.komponenten, name, kind, usage=server, host=host, valid_from_days=-1800, valid_to_days=-1
        )
        self.fremdes_geraet = make_identity(
            make_authority("Router"), "router.local", "p256", usage=server, host="router.local"
        )
        self.kim = make_identity(self.komponenten, "kim-clientmodul", "rsa", usage=server, host="localhost")
        # RSA, because a P-256 key fails against a server that only speaks brainpool curves.
        client = make_identity(self.clients, "Papierbruecke", "rsa", usage=ExtendedKeyUsageOID.CLIENT_AUTH)
        self.client_p12 = make_p12(client, self.clients)
        self.hba = make_identity(
            self.karten,
            "Testfall, Anna TEST-ONLY",
            "brainpool",
            extra=(x509.NameAttribute(NameOID.SERIAL_NUMBER, HBA_ICCSN),),
        )
        self.smcb = make_identity(
            self.karten,
            "Praxis Dr. Testfall TEST-ONLY",
            "brainpool",
            extra=(x509.NameAttribute(NameOID.SERIAL_NUMBER, SMCB_ICCSN),),
        )

    def konnektor_identity(self, which: str) -> Identity:
        """The server identity that a scenario names."""
        return {
            "erstes": self.konnektor,
            "erneuert": self.konnektor_erneuert,
            "abgelaufen": self.konnektor_abgelaufen,
            "fremd": self.fremdes_geraet,
        }[which]


def _name(common_name: str, *extra: x509.NameAttribute[str]) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "DE"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Papierbruecke TEST-ONLY"),
            *extra,
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: PrivateKey, from_days: float, to_days: float
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + datetime.timedelta(days=from_days))
        .not_valid_after(now + datetime.timedelta(days=to_days))
    )
