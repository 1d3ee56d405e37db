"""Sending and fetching against mail servers over TLS (eau-kim §8.3; design §3 rules 2, 10)."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from counterparts.dovecot import serve_dovecot
from counterparts.mail_servers import PASSWORD, USER, Pop3Box, ScriptedSmtp, serve_box, serve_script, serve_smtp
from counterparts.tls_server import make_identity
from mails import ABSENDER, SENDUNG, dsn, fehler_mail, outcome
from papierbruecke.clock import SystemClock
from papierbruecke.drill.kassen_mail import build_eeb
from papierbruecke.kim import client as client_module
from papierbruecke.kim import mailbox, submission
from papierbruecke.kim.client import KimPostfach
from papierbruecke.kim.model import LONGEST_SEND, EebAngekommen, FremdeMail, Kassenfehler, KimFehler, Zustellnachricht
from papierbruecke.konnektor import tls
from papierbruecke.settings import KimEinstellungen

IDENTITY = make_identity("p256")
FREMD = b"Subject: Arztbrief\r\n\r\n.Vertraulich\r\n"


def postfach(port: int, **settings: object) -> KimPostfach:
    values = {
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "pop3_port": port,
        "adresse": ABSENDER,
        "smtp_benutzer": USER,
        "pop3_benutzer": USER.replace(":465", ":995"),
        "passwort": PASSWORD,
        "fingerabdruck": IDENTITY.sha256,
    }
    return KimPostfach(KimEinstellungen.model_validate(values | settings), SystemClock())


def test_a_real_smtp_server_gets_the_mail_with_a_dsn_request(tmp_path: Path) -> None:
    with serve_smtp(IDENTITY, tmp_path) as inbox:
        with postfach(inbox.port) as kim:
            for _ in range(3):
                kim.send(SENDUNG)
        first = inbox.mails[0]
        assert (first.sender, first.recipients) == (ABSENDER, [SENDUNG.empfaenger])
        assert (first.sender_parameters, first.recipient_parameters) == ("RET=HDRS", ["NOTIFY=SUCCESS,FAILURE,DELAY"])
        assert b"X-KIM-Dienstkennung: eAU;Lieferung;V1.2\r\n" in first.content
        assert [mail.content for mail in inbox.mails] == [first.content] * 3
        assert (inbox.connections, inbox.logins) == (1, ["PLAIN"])


def test_a_wrong_password_is_said_and_nothing_was_sent(tmp_path: Path) -> None:
    with serve_smtp(IDENTITY, tmp_path) as inbox:
        with postfach(inbox.port, passwort="falsch") as kim, pytest.raises(KimFehler) as failed:
            kim.send(SENDUNG)
        assert (failed.value.schluessel, failed.value.smtp_code) == ("kim.login_refused", 535)
        assert failed.value.certainly_not_sent
        assert inbox.mails == []


@pytest.fixture
def script(tmp_path: Path) -> Iterator[ScriptedSmtp]:
    with serve_script(ScriptedSmtp(), IDENTITY, tmp_path) as running:
        yield running


@pytest.mark.parametrize(
    ("step", "reply", "key", "retryable"),
    [
        ("CONNECT", b"421 zu\r\n", "kim.server_timeout", True),
        ("CONNECT", b"554 nein\r\n", "kim.refused", True),
        ("EHLO", b"502 nein\r\n", "kim.refused", True),
        ("AUTH", b"535 5.7.8 falsch\r\n", "kim.login_refused", False),
        ("AUTH", b"501 5.5.4 Name\r\n", "kim.user_name", False),
        ("AUTH", b"501 Kontext\r\n", "kim.context_wrong", False),
        ("AUTH", b"454 4.7.0 MTA\r\n", "kim.server_unreachable", True),
        ("AUTH", b"421 4.4.2 Zeit\r\n", "kim.server_timeout", True),
        ("AUTH", None, "kim.no_answer", True),
        ("MAIL", b"530 5.7.0 erst anmelden\r\n", "kim.login_refused", False),
        ("MAIL", b"553 Zertifikat\r\n", "kim.sender", False),
        ("MAIL", b"552 5.3.4 zu gross\r\n", "kim.too_big", False),
        ("RCPT", b"550 5.7.1 kein Zertifikat\r\n", "kim.recipient", True),
        ("RCPT", b"450 spaeter\r\n", "kim.temporary", True),
        ("RCPT", None, "kim.no_answer", True),
        ("DATA", b"451 4.0.0 nein\r\n", "kim.cannot_sign", True),
        ("DATA", b"521 voll\r\n", "kim.quota", True),
        ("DATA", None, "kim.no_answer", True),
        ("CONTENT", b"451 kann nicht signieren\r\n", "kim.cannot_sign", True),
        ("CONTENT", b"554 5.6.0 abgelehnt\r\n", "kim.refused", True),
        ("CONTENT", b"501 5.1.3 nein\r\n", "kim.refused", True),
    ],
)
def test_refusals_are_certain_and_named(
    step: str, reply: bytes | None, key: str, retryable: bool, script: ScriptedSmtp
) -> None:
    script.replies[step] = reply
    with postfach(script.port) as kim, pytest.raises(KimFehler) as failed:
        kim.send(SENDUNG)
    assert (failed.value.schluessel, failed.value.certainly_not_sent) == (key, True)
    assert failed.value.retryable is retryable
    assert "unklar" not in failed.value.text


@pytest.mark.parametrize(
    "reply",
    [
        None,
        b"421 4.4.2 Zeit\r\n",
        b"Unsinn\r\n",
        b"354 noch mal\r\n",
        b"251 vielleicht\r\n",
        b"250-nie zu Ende\r\n" * 9000,
    ],
    ids=["cut", "421", "nonsense", "354", "251", "endless"],
)
def test_after_the_content_everything_but_a_refusal_is_in_doubt(reply: bytes | None, script: ScriptedSmtp) -> None:
    script.replies["CONTENT"] = reply
    with postfach(script.port) as kim, pytest.raises(KimFehler) as failed:
        kim.send(SENDUNG)
    assert failed.value.certainly_not_sent is False
    assert "unklar" in failed.value.text


def test_silence_after_the_content_ends_at_the_deadline(script: ScriptedSmtp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submission, "RECEIPT_TIMEOUT_S", 0.3)
    script.replies["CONTENT"] = b""
    with postfach(script.port) as kim, pytest.raises(KimFehler) as failed:
        kim.send(SENDUNG)
    assert (failed.value.schluessel, failed.value.certainly_not_sent) == ("kim.no_answer", False)


def test_one_refused_mail_does_not_block_the_next(script: ScriptedSmtp) -> None:
    script.replies["RCPT"] = b"550 kein Zertifikat\r\n"
    with postfach(script.port) as kim:
        with pytest.raises(KimFehler):
            kim.send(SENDUNG)
        del script.replies["RCPT"]
        kim.send(SENDUNG)
    assert script.verbs == ["EHLO", "AUTH", "MAIL", "RCPT", "RSET", "MAIL", "RCPT", "DATA", "QUIT"]


def test_after_a_doubt_the_next_mail_has_a_new_connection(script: ScriptedSmtp) -> None:
    script.replies["CONTENT"] = None
    with postfach(script.port) as kim:
        with pytest.raises(KimFehler):
            kim.send(SENDUNG)
        del script.replies["CONTENT"]
        kim.send(SENDUNG)
    assert script.verbs.count("EHLO") == 2


def test_login_is_the_second_mechanism(script: ScriptedSmtp) -> None:
    script.replies |= {"AUTH": b"504 5.7.4 nur LOGIN\r\n"}
    with postfach(script.port) as kim, pytest.raises(KimFehler) as failed:
        kim.send(SENDUNG)
    assert [line.strip() for line in script.lines if line.startswith(b"AUTH")][1] == b"AUTH LOGIN"
    assert failed.value.schluessel == "kim.auth_method"


def test_the_banner_probe_neither_logs_in_nor_sends(script: ScriptedSmtp) -> None:
    assert postfach(script.port, fingerabdruck=None, adresse=None, passwort=None).banner().zeile == "clientmodul ESMTP"
    assert script.lines == [b"EHLO papierbruecke\r\n", b"QUIT\r\n"]


@pytest.mark.parametrize(("pinned", "key"), [(None, "kim.not_paired"), ("0" * 64, "kim.server_cert_changed")])
def test_nobody_unknown_hears_a_password(pinned: str | None, key: str, script: ScriptedSmtp) -> None:
    calls: list[Callable[[KimPostfach], object]] = [lambda kim: kim.send(SENDUNG), lambda kim: kim.fetch(frozenset())]
    for call in calls:
        with postfach(script.port, fingerabdruck=pinned) as kim, pytest.raises(KimFehler) as failed:
            call(kim)
        assert (failed.value.schluessel, failed.value.certainly_not_sent) == (key, True)
    assert script.lines == []


def test_a_changed_certificate_shows_already_in_the_probe(script: ScriptedSmtp) -> None:
    with pytest.raises(KimFehler) as failed:
        postfach(script.port, fingerabdruck="0" * 64).banner()
    assert failed.value.schluessel == "kim.server_cert_changed"


def test_a_closed_port_is_the_program_that_does_not_run() -> None:
    with pytest.raises(KimFehler) as failed:
        postfach(1).banner()
    assert failed.value.schluessel == "kim.port_closed"


@pytest.mark.parametrize("setting", ["smtp_benutzer", "adresse", "smtp_host"])
@pytest.mark.parametrize("value", [None, "", "a\r\nDATA"])
def test_a_missing_setting_is_said(setting: str, value: str | None, script: ScriptedSmtp) -> None:
    with postfach(script.port, **{setting: value}) as kim, pytest.raises(KimFehler) as failed:
        kim.send(SENDUNG)
    assert failed.value.schluessel == "kim.not_set_up"
    assert not any(verb in script.verbs for verb in ("AUTH", "MAIL"))


# -- POP3 ---------------------------------------------------------------------------


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Pop3Box]:
    mails = {"u1": FREMD, "u2": dsn(), "u3": fehler_mail(outcome("201", "s", "v"))}
    with serve_box(Pop3Box(mails), IDENTITY, tmp_path) as running:
        yield running
    assert not any(line.startswith(("DELE", "RSET")) for line in running.lines)


def test_only_our_mails_are_fetched_whole_and_none_is_deleted(box: Pop3Box) -> None:
    got = postfach(box.port).fetch(frozenset())
    assert [type(e) for e in got] == [Kassenfehler, Zustellnachricht, FremdeMail]
    assert [line for line in box.lines if line.startswith("RETR")] == ["RETR 3", "RETR 2"]
    assert box.lines[0] == f"USER {USER.replace(':465', ':995')}"
    assert box.lines[-1] == "QUIT"


def test_known_mails_are_not_looked_at_again(box: Pop3Box) -> None:
    assert postfach(box.port).fetch(frozenset({"u1", "u2", "u3"})) == ()
    assert not any(line.startswith(("TOP", "RETR")) for line in box.lines)


def test_a_mail_that_cannot_be_read_now_comes_again(box: Pop3Box) -> None:
    box.faults["RETR 2"] = b"-ERR Konnektor\r\n"
    assert [e.uidl for e in postfach(box.port).fetch(frozenset())] == ["u3", "u1"]


def test_a_line_that_breaks_gives_what_was_read(box: Pop3Box) -> None:
    box.faults["TOP 2 0"] = None
    assert [e.uidl for e in postfach(box.port).fetch(frozenset())] == ["u3"]


@pytest.mark.parametrize(
    ("line", "reply", "key"),
    [
        (f"PASS {PASSWORD}", b"-ERR Zeit\r\n", "kim.mailbox"),
        (f"PASS {PASSWORD}", None, "kim.no_answer"),
        ("UIDL", b"Unsinn\r\n", "kim.protocol"),
        ("UIDL", b"+OK\r\n" + b"1 x\r\n" * 900_000, "kim.protocol"),
        ("TOP 3 0", None, "kim.no_answer"),
    ],
    ids=["refused", "cut", "nonsense", "endless", "first mail"],
)
def test_a_box_that_fails_is_typed(line: str, reply: bytes | None, key: str, box: Pop3Box) -> None:
    box.faults[line] = reply
    with pytest.raises(KimFehler) as failed:
        postfach(box.port).fetch(frozenset())
    assert (failed.value.schluessel, failed.value.certainly_not_sent) == (key, True)


def test_a_huge_mail_is_not_ours(box: Pop3Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "MAX_MAIL_BYTES", 100)
    assert {type(e) for e in postfach(box.port).fetch(frozenset())} == {FremdeMail}


def test_a_full_box_is_read_in_portions_newest_first(box: Pop3Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "MAX_MAILS", 2)
    first = postfach(box.port).fetch(frozenset())
    assert [e.uidl for e in first] == ["u3", "u2"]
    assert [e.uidl for e in postfach(box.port).fetch(frozenset(e.uidl for e in first))] == ["u1"]


def test_a_real_pop3_server() -> None:
    mails = {"u1": FREMD, "u2": dsn(), "u3": fehler_mail(outcome("201", "s", "v"))}
    mails["u4"] = build_eeb(b"signiert", "kasse@kasse.kim.telematik-test")
    with serve_dovecot(IDENTITY, PASSWORD, mails) as port:
        for _ in range(2):  # nothing is gone after the first look
            got = postfach(port).fetch(frozenset())
            kinds = {"u1": FremdeMail, "u2": Zustellnachricht, "u3": Kassenfehler, "u4": EebAngekommen}
            assert {e.uidl: type(e) for e in got} == kinds
            (eeb,) = postfach(port).fetch_eeb()
            assert (eeb.uidl, eeb.daten, eeb.unversehrt) == ("u4", b"signiert", True)
            assert "Action: " in (postfach(port).open_mail("u2") or "")
            assert "201" in (postfach(port).open_mail("u3") or "")
            # Foreign mail is not ours to read, an eEB has a place of its own, and what is gone is gone.
            assert [postfach(port).open_mail(uidl) for uidl in ("u1", "u4", "fort")] == [None] * 3
        with pytest.raises(KimFehler) as failed:
            postfach(port, passwort="falsch").fetch(frozenset())
        assert failed.value.schluessel == "kim.mailbox"


def test_the_sender_system_names_program_and_version() -> None:
    assert client_module.SENDERSYSTEM.startswith("Papierbruecke;")


def test_no_send_lasts_longer_than_promised() -> None:
    """Whoever guards a mail under way (the lease of a drain) relies on this sum."""
    login = submission.LOGIN_TIMEOUT_S + 2 * submission.GREETING_TIMEOUT_S + submission.LOGIN_TIMEOUT_S
    handshakes = 2 * (tls.TCP_TIMEOUT_S + tls.HANDSHAKE_TIMEOUT_S) + 2 * submission.GREETING_TIMEOUT_S
    envelope_content_and_reset = 5 * submission.ENVELOPE_TIMEOUT_S
    total = handshakes + login + envelope_content_and_reset + submission.RECEIPT_TIMEOUT_S
    assert total < LONGEST_SEND.total_seconds()
