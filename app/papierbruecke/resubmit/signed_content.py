"""Does this signature really hold our bytes? The last look before anything is stored or sent (pure)."""

from asn1crypto import cms

_SIGNED_DATA = "signed_data"


def content_of(p7s: bytes) -> bytes | None:
    """The document inside an enveloping CAdES signature; None if this is no such signature.

    Source: TA eAU V1.26 P4-01 AC4; RFC 5652 §5.
    """
    try:
        info = cms.ContentInfo.load(p7s, strict=True)
        if info["content_type"].native != _SIGNED_DATA:
            return None
        inner = info["content"]["encap_content_info"]["content"]
        content = inner.native
    except (ValueError, TypeError):
        return None
    return content if isinstance(content, bytes) else None
