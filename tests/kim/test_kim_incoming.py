"""What lies in the box (eau-kim §6, §8.3, §8.4)."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mails import MESSAGE_ID, dsn, fehler_mail, outcome
from papierbruecke.kim.incoming import is_ours, read_mail
from papierbruecke.kim.model import Clientmodulfehler, FremdeMail, Kassenfehler, Lesebestaetigung, Zustellnachricht


@pytest.mark.parametrize(
    ("action", "art"),
    [
        ("delivered", "zugestellt"),
        ("Delivered", "zugestellt"),
        ("failed", "fehlgeschlagen"),
        ("delayed", "verzoegert"),
        ("relayed", "verzoegert"),
        ("expanded", "verzoegert"),
    ],
)
def test_a_dsn_says_what_became_of_the_mail(action: str, art: str) -> None:
    seen = read_mail("u1", dsn(action, "2.1.5"))
    assert seen == Zustellnachricht(
        uidl="u1",
        in_reply_to=(MESSAGE_ID,),
        art=art,  # type: ignore[arg-type]
        zeit=datetime(2026, 11, 24, 17, 5, 30, tzinfo=UTC),
        status="2.1.5",
    )


def test_a_dsn_without_in_reply_to_is_matched_by_the_mail_it_quotes() -> None:
    seen = read_mail("u1", dsn(reply="", original=True))
    assert isinstance(seen, Zustellnachricht)
    assert seen.in_reply_to == (MESSAGE_ID,)


def test_a_dsn_with_the_whole_mail_inside() -> None:
    raw = dsn(reply="").replace(
        b"--b--", f"--b\nContent-Type: message/rfc822\n\nMessage-ID: {MESSAGE_ID}\n\nInhalt\n\n--b--".encode()
    )
    seen = read_mail("u1", raw)
    assert isinstance(seen, Zustellnachricht)
    assert seen.in_reply_to == (MESSAGE_ID,)


def test_line_ends_of_the_wire_change_nothing() -> None:
    assert read_mail("u", dsn().replace(b"\n", b"\r\n")) == read_mail("u", dsn())


def test_a_report_that_reports_nothing_is_foreign() -> None:
    assert read_mail("u", dsn().replace(b"Action: delivered\n", b"")) == FremdeMail("u")
    assert read_mail("u", dsn().replace(b"message/delivery-status", b"text/plain")) == FremdeMail("u")


# -- Krankenkasse -------------------------------------------------------------------


def test_the_official_samples(referenz: Path) -> None:
    examples = referenz / "data" / "kbv-eau" / "examples"
    seen = read_mail("u", fehler_mail((examples / "Beispiel_eAU_Fehler_1.xml").read_bytes()))
    assert seen == Kassenfehler(
        uidl="u",
        code="301",
        titel="Die KIM-Nachricht für die Stornomeldung ist in einem falschen Format verschlüsselt.",
        dokumenten_id=None,
        message_id="<96d6a790-afc2-4556-ab73-301e51a7bf30@kim.de>",
    )
    for path in examples.glob("*Fehler*.xml"):
        assert isinstance(read_mail("u", fehler_mail(path.read_bytes())), Kassenfehler)


def test_a_document_id_is_read_without_its_prefix() -> None:
    xml = outcome("404", "urn:ietf:rfc:3986", "urn:uuid:12A8E1DB-448c-5879-aecd-1f81f1b253d5")
    seen = read_mail("u", fehler_mail(xml))
    assert isinstance(seen, Kassenfehler)
    assert (seen.code, seen.titel) == ("404", "Titel")  # an unknown code is survived (PP PF11)
    assert (seen.dokumenten_id, seen.message_id) == ("12a8e1db-448c-5879-aecd-1f81f1b253d5", None)


@pytest.mark.parametrize(("code", "title"), [("101", "Achtung möglicher Virenbefall"), ("201", "Titel")])
def test_the_malware_notice_replaces_the_title(code: str, title: str) -> None:
    seen = read_mail("u", fehler_mail(outcome(code, "s", "v"), body="Achtung möglicher Virenbefall"))
    assert isinstance(seen, Kassenfehler)
    assert seen.titel == title


def test_the_subject_will_do_when_the_dienstkennung_is_wrong() -> None:
    raw = fehler_mail(outcome("201", "s", "v"), dienst="eAU;Sonstwas;V9")
    assert is_ours(raw.partition(b"\n\n")[0])
    assert isinstance(read_mail("u", raw), Kassenfehler)


@pytest.mark.parametrize(
    "xml", [b"", b"<a/>", b"<!DOCTYPE a><a/>", b"\xff\xfe", outcome("", "s", "v"), b"<OperationOutcome/>"]
)
def test_a_fehlernachricht_that_does_not_parse_stays_for_a_person(xml: bytes) -> None:
    assert read_mail("u", fehler_mail(xml)) == FremdeMail("u")


# -- Clientmodul ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "codes", "temporary"),
    [
        ("X-KIM-Fehlermeldung: 4004\n", ("4004",), False),
        ("X-KIM-Fehlermeldung: 4009\nX-KIM-Fehlermeldung: x17\n", ("4009", "x17"), True),
        ("X-KIM-Fehlermeldung: 4011 (Konnektor)\n", ("4011",), True),
    ],
)
def test_errors_of_the_clientmodul(headers: str, codes: tuple[str, ...], temporary: bool) -> None:
    raw = f"{headers}References: {MESSAGE_ID}\n\nText\n".encode()
    assert read_mail("u", raw) == Clientmodulfehler("u", codes, (MESSAGE_ID,), temporary)
    assert is_ours(raw)


@pytest.mark.parametrize(
    "raw", [b"", b"\n", b"Subject: Arztbrief\nX-KIM-Dienstkennung: Arztbrief;VHitG-Versand;V1.2\n\nText", b"\xff" * 50]
)
def test_everything_else_is_foreign_and_not_even_fetched(raw: bytes) -> None:
    assert not is_ours(raw.partition(b"\n\n")[0])
    assert read_mail("u", raw) == FremdeMail("u")


def test_a_mail_nested_without_end_is_foreign() -> None:
    raw = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(1200))
    assert read_mail("u", raw) == FremdeMail("u")


@given(st.binary(max_size=300), st.sampled_from([dsn(original=True), fehler_mail(outcome("1", "s", "v"))]), st.data())
def test_damaged_mails_never_raise(noise: bytes, mail: bytes, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(mail)))
    end = data.draw(st.integers(begin, min(len(mail), begin + 200)))
    raw = mail[:begin] + noise + mail[end:]
    is_ours(raw)
    read_mail("u", raw)


# -- MDN: never a delivery --------------------------------------------------------------


def mdn(disposition: str, named: str = "Original-Message-ID: <1@kim.telematik>\n", outer: str = "") -> bytes:
    return (
        f"From: kasse@kasse.kim.telematik\n{outer}MIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nIhre Nachricht wurde angezeigt.\n"
        "--b\nContent-Type: message/disposition-notification\n\n"
        f"Final-Recipient: rfc822;kasse@kasse.kim.telematik\n{named}Disposition: {disposition}\n\n--b--\n"
    ).encode()


@pytest.mark.parametrize(
    ("disposition", "art"),
    [
        ("manual-action/MDN-sent-manually; displayed", "displayed"),
        ("automatic-action/MDN-sent-automatically; dispatched", "dispatched"),
        ("automatic-action/MDN-sent-automatically; deleted/error", "deleted"),
        ("automatic-action/MDN-sent-automatically;PROCESSED", "processed"),
    ],
)
def test_an_mdn_is_no_dsn(disposition: str, art: str) -> None:
    raw = mdn(disposition)
    assert is_ours(raw.partition(b"\n\n")[0])
    assert read_mail("u", raw) == Lesebestaetigung("u", ("<1@kim.telematik>",), art)
    outside = mdn(disposition, named="", outer="In-Reply-To: <2@kim.telematik>\n")
    assert read_mail("u", outside) == Lesebestaetigung("u", ("<2@kim.telematik>",), art)


@pytest.mark.parametrize("disposition", ["", ";", "manual-action; ", "x; 1234", "x; \x00"])
def test_an_mdn_that_says_nothing_is_foreign(disposition: str) -> None:
    assert read_mail("u", mdn(disposition)) == FremdeMail("u")
