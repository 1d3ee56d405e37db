"""The mail of one eAU, byte for byte (TA eAU P5-02, P5-07; eau-kim §8.1)."""

import email
import email.policy
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mails import ABSENDER, MESSAGE_ID, SENDUNG
from mails import DOKUMENTEN_ID as ID
from papierbruecke.kim.message import build_message
from papierbruecke.kim.model import Sendung


def build(sendung: Sendung = SENDUNG) -> bytes:
    return build_message(
        sendung, absender=ABSENDER, sendersystem="Papierbruecke;0.1.0", support="support@hersteller.kim.telematik"
    )


def test_the_headers_are_those_of_the_technical_annex() -> None:
    mail = email.message_from_bytes(build(), policy=email.policy.default)
    assert list(mail.items())[:-1] == [
        ("From", ABSENDER),
        ("To", "eau@musterkasse.kim.telematik"),
        ("Reply-To", ABSENDER),
        ("Subject", f"EEAU0_{ID}"),
        ("Date", "Tue, 24 Nov 2026 18:05:09 +0100"),
        ("Message-ID", MESSAGE_ID),
        ("X-KIM-Dienstkennung", "eAU;Lieferung;V1.2"),
        ("X-KIM-Sendersystem", "Papierbruecke;0.1.0"),
        ("X-KIM-Support", "support@hersteller.kim.telematik"),
        ("MIME-Version", "1.0"),
    ]
    assert mail.get_content_type() == "multipart/mixed"


def test_exactly_one_signed_instance_with_the_prescribed_part_headers() -> None:
    mail = email.message_from_bytes(build(), policy=email.policy.default)
    text, attachment = list(mail.iter_parts())
    assert (text.get_content_type(), text.get_content_charset()) == ("text/plain", "utf-8")
    assert list(attachment.items()) == [
        ("Content-Type", f'application/octet-stream; name="EEAU0_{ID}.p7s"'),
        ("Content-Transfer-Encoding", "base64"),
        ("Content-Disposition", f'attachment; filename="EEAU0_{ID}.p7s"'),
        ("Content-Description", "eAU"),
    ]
    assert attachment.get_payload(decode=True) == SENDUNG.inhalt


def test_the_bytes_are_crlf_ascii_and_short() -> None:
    raw = build()
    assert raw.isascii()
    assert raw.replace(b"\r\n", b"").count(b"\n") == raw.replace(b"\r\n", b"").count(b"\r") == 0
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


@given(st.binary(max_size=5000))
def test_any_content_comes_back_and_the_message_is_stable(inhalt: bytes) -> None:
    sendung = replace(SENDUNG, inhalt=inhalt)
    assert build(sendung) == build(sendung)
    (_, attachment) = email.message_from_bytes(build(sendung)).get_payload()  # type: ignore[misc]
    assert attachment.get_payload(decode=True) == inhalt


@pytest.mark.parametrize(
    "change",
    [
        {"empfaenger": "a@b.kim.telematik\r\nBcc: c@d"},
        {"empfaenger": "a@b.kim.telematik, c@d.kim.telematik"},
        {"empfaenger": "ohne-adresse"},
        {"betreff": "EEAU0\nX: y"},
        {"message_id": "<ä@b>"},
        {"dateiname": ""},
    ],
)
def test_a_value_that_breaks_out_of_its_line_is_a_bug(change: dict[str, str]) -> None:
    with pytest.raises(AssertionError):
        build(replace(SENDUNG, **change))  # type: ignore[arg-type]
