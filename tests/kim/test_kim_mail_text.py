"""The words of a status mail, whatever others wrote into it."""

from hypothesis import given
from hypothesis import strategies as st

from papierbruecke.kim.mail_text import MAX_CHARS, text_of

DSN = b"""From: postmaster@test.kim.telematik-test
Subject: Delivery Status Notification
Content-Type: multipart/report; report-type=delivery-status; boundary=g

--g
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: 8bit

Zugestellt f\xfcr die Kasse.
--g
Content-Type: message/delivery-status

Reporting-MTA: dns; test

Final-Recipient: rfc822; kasse@test.kim.telematik-test
Action: delivered
Status: 2.0.0
--g
Content-Type: message/rfc822

Subject: TEAU0_geheim

Inhalt der eigenen Mail
--g--
"""


def test_a_dsn_is_read_without_the_copy_of_our_own_mail() -> None:
    text = text_of(DSN)
    assert text is not None
    assert text.startswith("Von: postmaster@test.kim.telematik-test")
    assert "Zugestellt für die Kasse." in text
    assert "Action: delivered" in text
    assert "Status: 2.0.0" in text
    assert "geheim" not in text
    assert "Inhalt" not in text


def test_an_unknown_charset_is_no_obstacle() -> None:
    text = text_of(b"Content-Type: text/plain; charset=nirgends\n\nGuten Tag")
    assert text is not None
    assert "Guten Tag" in text


@given(raw=st.binary(max_size=2_000))
def test_anything_at_all_becomes_short_readable_text_or_nothing(raw: bytes) -> None:
    text = text_of(raw)
    assert text is None or (len(text) <= MAX_CHARS and all(char.isprintable() or char == "\n" for char in text))
