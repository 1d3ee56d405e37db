"""CAdES enveloping signatures: made as the Konnektor makes them, and checked as a Kasse checks them.

Source: TA eAU P4-01 (CMS with the document inside), RFC 5652, RFC 5035 (signing-certificate-v2).
"""

import datetime
import hashlib
from dataclasses import dataclass

from asn1crypto import algos, cms, tsp
from asn1crypto import ocsp as asn1_ocsp
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
    """A CMS SignedData with ``content`` inside, ECDSA over SHA-256; OCSP embedded if given."""
    certificate = asn1_x509.Certificate.load(identity.der())
    attributes = cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["data"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [hashlib.sha256(content).digest()]}),
            cms.CMSAttribute(
                {
                    "type": "signing_time",
                    "values": [cms.Time({"utc_time": datetime.datetime.now(datetime.UTC).replace(microsecond=0)})],
                }
            ),
            cms.CMSAttribute(
                {
                    "type": "signing_certificate_v2",
                    "values": [
                        tsp.SigningCertificateV2(
                            {"certs": [tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(identity.der()).digest()})]}
                        )
                    ],
                }
            ),
        ]
    )
    assert isinstance(identity.key, ec.EllipticCurvePrivateKey)
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {
                    "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
                    )
                }
            ),
            "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "signed_attrs": attributes,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            # RFC 5652 §5.4: the attributes are signed as a SET OF, not with their implicit tag.
            "signature": identity.key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256())),
        }
    )
    signed = {
        "version": "v1" if ocsp_response is None else "v5",
        "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
        "encap_content_info": {"content_type": "data", "content": content},
        "certificates": [cms.CertificateChoices("certificate", certificate)],
        "signer_infos": [signer],
    }
    if ocsp_response is not None:
        signed["crls"] = [
            cms.RevocationInfoChoice(
                "other",
                cms.OtherRevocationInfoFormat(
                    {
                        "other_rev_info_format": "ocsp_response",
                        "other_rev_info": asn1_ocsp.OCSPResponse.load(ocsp_response),
                    }
                ),
            )
        ]
    data: bytes = cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed)}).dump()
    return data


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
