"""CAdES enveloping signatures: made as the Konnektor makes them, and checked as a Kasse checks them.

Source: TA eAU P4-01 (CMS with the document inside), RFC 5652, RFC 5035 (signing-certificate-v2).
"""

import datetime
import hashlib
from dataclasses import dataclass
from functools import cache

from asn1crypto import cms, core
from asn1crypto import tsp as _register_attributes  # noqa: F401 (teaches cms signing-certificate-v2)
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from papierbruecke.drill.certificates import Identity


class SignatureRefused(Exception):
    """The signature is not what it should be. ``code`` is the one of the Kassen-Fehlernachricht."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True)
class SignedContent:
    """What a checked signature holds."""

    content: bytes
    signer: str
    revocation_info: bool


def sign_enveloping(content: bytes, identity: Identity, ocsp_response: bytes | None) -> bytes:
    """A CMS SignedData with ``content`` inside, ECDSA over SHA-256; OCSP embedded if given.

    Put together from DER by hand, because a day's queue of a thousand eAU must not wait for the
    counterpart; ``check_enveloping`` reads it with a library.
    """
    parts = _parts(identity.der())
    attributes = b"".join(
        sorted(
            (
                _attribute(_OID_CONTENT_TYPE, _OID_DATA),
                _attribute(_OID_MESSAGE_DIGEST, _tlv(_OCTETS, hashlib.sha256(content).digest())),
                _attribute(_OID_SIGNING_TIME, _tlv(_UTC_TIME, f"{datetime.datetime.now(datetime.UTC):%y%m%d%H%M%SZ}")),
                parts.certificate_attribute,
            )
        )
    )
    assert isinstance(identity.key, ec.EllipticCurvePrivateKey)
    # RFC 5652 §5.4: the attributes are signed as a SET OF, not with their implicit tag.
    signature = identity.key.sign(_tlv(_SET, attributes), ec.ECDSA(hashes.SHA256()))
    signer = _tlv(
        _SEQUENCE,
        _VERSION_1,
        parts.signer_id,
        _SHA256,
        _tlv(_CONTEXT_0, attributes),
        _ECDSA_SHA256,
        _tlv(_OCTETS, signature),
    )
    revocation = b""
    if ocsp_response is not None:
        other = _tlv(_CONTEXT_1, _OID_OCSP_RESPONSE, ocsp_response)
        revocation = _tlv(_CONTEXT_1, other)
    signed = _tlv(
        _SEQUENCE,
        _VERSION_1 if ocsp_response is None else _VERSION_5,
        _tlv(_SET, _SHA256),
        _tlv(_SEQUENCE, _OID_DATA, _tlv(_CONTEXT_0, _tlv(_OCTETS, content))),
        _tlv(_CONTEXT_0, identity.der()),
        revocation,
        _tlv(_SET, signer),
    )
    return _tlv(_SEQUENCE, _OID_SIGNED_DATA, _tlv(_CONTEXT_0, signed))


_SEQUENCE, _SET, _OCTETS, _UTC_TIME, _CONTEXT_0, _CONTEXT_1 = 0x30, 0x31, 0x04, 0x17, 0xA0, 0xA1
_VERSION_1, _VERSION_5 = b"\x02\x01\x01", b"\x02\x01\x05"


def _oid(dotted: str) -> bytes:
    der: bytes = core.ObjectIdentifier(dotted).dump()
    return der


def _tlv(tag: int, *parts: bytes | str) -> bytes:
    """One DER element."""
    content = b"".join(part.encode("ascii") if isinstance(part, str) else part for part in parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def _attribute(oid: bytes, value: bytes) -> bytes:
    return _tlv(_SEQUENCE, oid, _tlv(_SET, value))


_OID_DATA, _OID_SIGNED_DATA = _oid("1.2.840.113549.1.7.1"), _oid("1.2.840.113549.1.7.2")
_OID_CONTENT_TYPE, _OID_MESSAGE_DIGEST = _oid("1.2.840.113549.1.9.3"), _oid("1.2.840.113549.1.9.4")
_OID_SIGNING_TIME = _oid("1.2.840.113549.1.9.5")
_OID_SIGNING_CERTIFICATE_V2 = _oid("1.2.840.113549.1.9.16.2.47")
_OID_OCSP_RESPONSE = _oid("1.3.6.1.5.5.7.16.2")
_SHA256 = _tlv(_SEQUENCE, _oid("2.16.840.1.101.3.4.2.1"))
_ECDSA_SHA256 = _tlv(_SEQUENCE, _oid("1.2.840.10045.4.3.2"))


@dataclass(frozen=True, slots=True)
class _Parts:
    """What is the same in every signature of one certificate."""

    signer_id: bytes
    certificate_attribute: bytes


@cache
def _parts(certificate: bytes) -> _Parts:
    read = asn1_x509.Certificate.load(certificate)
    # ESSCertIDv2 with its default hash SHA-256 (RFC 5035 §4).
    ess = _tlv(_SEQUENCE, _tlv(_OCTETS, hashlib.sha256(certificate).digest()))
    return _Parts(
        signer_id=_tlv(_SEQUENCE, read.issuer.dump(), core.Integer(read.serial_number).dump()),
        certificate_attribute=_attribute(_OID_SIGNING_CERTIFICATE_V2, _tlv(_SEQUENCE, _tlv(_SEQUENCE, ess))),
    )


def check_enveloping(p7s: bytes, authority: x509.Certificate) -> SignedContent:
    """The content of a signature whose hash, key, certificate and attributes are right.

    Raises SignatureRefused with 201 (certificate) or 202 (signature does not match the data).
    """
    try:
        info = cms.ContentInfo.load(p7s, strict=True)
        if info["content_type"].native != "signed_data":
            raise SignatureRefused("202", "Der Anhang ist keine CMS-Signatur.")
        signed = info["content"]
        content = signed["encap_content_info"]["content"].native
        signers, certificates = list(signed["signer_infos"]), list(signed["certificates"])
    except (ValueError, TypeError) as error:
        raise SignatureRefused("202", "Der Anhang ist keine CMS-Signatur.") from error
    if not isinstance(content, bytes):
        raise SignatureRefused("202", "Das signierte Dokument fehlt in der Signatur (nicht enveloping).")
    if len(signers) != 1 or not certificates:
        raise SignatureRefused("202", "Erwartet wird genau eine Signatur mit ihrem Zertifikat.")
    signer, der = signers[0], certificates[0].chosen.dump()
    certificate = x509.load_der_x509_certificate(der)
    _check_certificate(certificate, authority)
    _check_attributes(signer, content, der)
    public = certificate.public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise SignatureRefused("201", "Seit 2026 wird nur noch mit ECC unterschrieben.")
    try:
        public.verify(signer["signature"].native, signer["signed_attrs"].untag().dump(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as error:
        raise SignatureRefused("202", "Die Signatur passt nicht zu den Daten.") from error
    name = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value
    return SignedContent(content, str(name), bool(signed["crls"].native))


def _check_certificate(certificate: x509.Certificate, authority: x509.Certificate) -> None:
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature) as error:
        raise SignatureRefused("201", "Das Zertifikat stammt nicht von einer bekannten Stelle.") from error
    now = datetime.datetime.now(datetime.UTC)
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise SignatureRefused("201", "Das Zertifikat ist nicht gültig.")


def _check_attributes(signer: cms.SignerInfo, content: bytes, certificate: bytes) -> None:
    attributes = {a["type"].native: a["values"][0] for a in signer["signed_attrs"]}
    if attributes.keys() < {"content_type", "message_digest", "signing_certificate_v2"}:
        raise SignatureRefused("202", "Es fehlen signierte Attribute (CAdES).")
    if attributes["message_digest"].native != hashlib.sha256(content).digest():
        raise SignatureRefused("202", "Der Hashwert passt nicht zu den Daten.")
    if attributes["signing_certificate_v2"].native["certs"][0]["cert_hash"] != hashlib.sha256(certificate).digest():
        raise SignatureRefused("202", "Das Attribut signing-certificate-v2 nennt ein anderes Zertifikat.")
