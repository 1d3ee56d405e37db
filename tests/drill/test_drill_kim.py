"""The simulated KIM-Clientmodul, used by smtplib and poplib."""

import base64
import contextlib
import email
import email.policy
import email.utils
import poplib
import re
import smtplib
import socket
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from uuid import uuid4

import pytest

from counterparts.eau_sender import eau, send, signed
from counterparts.ti_clients import box, eau_mail, hand_in, kim_tls, pop3, smtp
from papierbruecke.drill.model import Stoerfall
from papierbruecke.drill.simulator import Simulator
from papierbruecke.record.kennung import new_kennung
from papierbruecke.record.model import BelegArt


def date_header(mail: EmailMessage, change: Callable[[str], str]) -> None:
    """Put something into Date that the library itself would never write."""
    at, text = next((at, str(text)) for at, (name, text) in enumerate(mail._headers) if name == "Date")  # type: ignore[attr-defined]
    mail._headers[at] = ("Date", change(text))  # type: ignore[attr-defined]


def other_weekday(text: str) -> str:
    return ("Mon" if text[:3] != "Mon" else "Tue") + text[3:]


def moved_date(mail: EmailMessage, step: timedelta) -> None:
    date_header(mail, lambda text: email.utils.format_datetime(email.utils.parsedate_to_datetime(text) + step))


BAD_MAIL: dict[str, Callable[[EmailMessage], None]] = {
    "foreign From": lambda m: m.replace_header("From", "andere@test-kim.kim.telematik-test"),
    "two recipients": lambda m: m.replace_header("To", f"{m['To']}, eau@kasse-109500969.kim.telematik-test"),
    "Cc": lambda m: m.add_header("Cc", "eau@kasse-109500969.kim.telematik-test"),
    "no Reply-To": lambda m: m.__delitem__("Reply-To"),
    "Reply-To outside KIM": lambda m: m.replace_header("Reply-To", "praxis@beispiel.example"),
    "wrong subject": lambda m: m.replace_header("Subject", "eAU"),
    "subject and file differ": lambda m: m.replace_header("Subject", f"EEAU0_{uuid4()}"),
    "no Message-ID": lambda m: m.__delitem__("Message-ID"),
    "Message-ID without brackets": lambda m: m.replace_header("Message-ID", "abc@def"),
    "Message-ID with host name": lambda m: m.replace_header("Message-ID", f"<1@{socket.gethostname()}>"),
    "no Date": lambda m: m.__delitem__("Date"),
    "Date twice": lambda m: m._headers.append(("Date", str(m["Date"]))),  # type: ignore[attr-defined]
    "Date without zone": lambda m: date_header(m, lambda text: text.rpartition(" ")[0]),
    "Date of unknown zone": lambda m: date_header(m, lambda text: text[:-5] + "-0000"),
    "Date in an obsolete zone": lambda m: date_header(m, lambda text: text[:-5] + "GMT"),
    "Date without weekday": lambda m: date_header(m, lambda text: text.partition(", ")[2]),
    "Date with another weekday": lambda m: date_header(m, other_weekday),
    "Date of a day that does not exist": lambda m: date_header(m, lambda text: re.sub(r" \d+ ", " 32 ", text, count=1)),
    "Date of yesterday": lambda m: moved_date(m, timedelta(days=-1)),
    "Date of the AU's day": lambda m: moved_date(m, timedelta(hours=-4)),
    "Date in the future": lambda m: moved_date(m, timedelta(minutes=11)),
    "unknown Dienstkennung": lambda m: m.replace_header("X-KIM-Dienstkennung", "eAU;Lieferung;V1.1"),
    "Dienstkennung without version": lambda m: m.replace_header("X-KIM-Dienstkennung", "eAU;Lieferung"),
    "Dienstkennung of a Storno": lambda m: m.replace_header("X-KIM-Dienstkennung", "eAU;Storno-Arzt;V1.2"),
    "Dienstkennung of another service": lambda m: m.replace_header("X-KIM-Dienstkennung", "eEB;Lieferung;V1.2"),
    "no Dienstkennung": lambda m: m.__delitem__("X-KIM-Dienstkennung"),
    "no Sendersystem": lambda m: m.__delitem__("X-KIM-Sendersystem"),
    "read receipt": lambda m: m.add_header("Disposition-Notification-To", str(m["From"])),
    "second attachment": lambda m: m.add_attachment(b"x", maintype="application", subtype="pdf", filename="x.pdf"),
    "wrong description": lambda m: next(iter(m.iter_attachments())).replace_header("Content-Description", "eAUStorno"),
    "no description": lambda m: next(iter(m.iter_attachments())).__delitem__("Content-Description"),
    "no name": lambda m: next(iter(m.iter_attachments())).del_param("name"),
    "wrong file name": lambda m: next(iter(m.iter_attachments())).set_param(
        "filename", "x.p7s", header="Content-Disposition"
    ),
    "not an attachment": lambda m: next(iter(m.iter_attachments())).replace_header("Content-Disposition", "inline"),
}


@pytest.mark.parametrize("what", BAD_MAIL)
def test_the_clientmodul_refuses_a_mail_that_breaks_a_rule(simulator: Simulator, what: str) -> None:
    settings, kennung = simulator.settings(), new_kennung(BelegArt.AU)
    mail = eau_mail(settings, str(kennung), signed(simulator, eau(kennung)))
    recipient = str(mail["To"])
    BAD_MAIL[what](mail)
    with smtp(settings.kim) as connection, pytest.raises(smtplib.SMTPDataError) as refused:
        connection.sendmail(
            settings.kim.adresse or "", [recipient], mail.as_bytes(), ("RET=HDRS",), ("NOTIFY=SUCCESS,FAILURE",)
        )
    assert refused.value.smtp_code == 554
    assert simulator.krankenkasse() == []
    assert box(settings.kim) == []


def test_a_good_mail_is_the_measure_for_the_bad_ones(simulator: Simulator) -> None:
    send(simulator, new_kennung(BelegArt.AU))
    assert [einlieferung.antwort[:3] for einlieferung in simulator.smtp.einlieferungen] == ["250"]


def test_the_transport_is_refused_without_dsn_request_login_or_known_recipient(simulator: Simulator) -> None:
    settings, kennung = simulator.settings(), new_kennung(BelegArt.AU)
    mail = eau_mail(settings, str(kennung), signed(simulator, eau(kennung)))
    with smtp(settings.kim) as connection:
        for notify in ((), ("NOTIFY=NEVER",), ("NOTIFY=SUCCESS",)):
            with pytest.raises(smtplib.SMTPRecipientsRefused):
                hand_in(connection, mail, notify=notify)
        connection.mail(str(mail["From"]))
        assert connection.rcpt("eau@kasse-000000000.kim.telematik-test", ("NOTIFY=SUCCESS,FAILURE",))[0] == 550
        connection.rset()
        with pytest.raises(smtplib.SMTPDataError):
            hand_in(connection, mail, sender="andere@test-kim.kim.telematik-test")
    with smtp(settings.kim, login=False) as connection:
        assert connection.mail(str(mail["From"]))[0] == 530


def test_a_message_id_is_used_once(simulator: Simulator) -> None:
    settings, kennung = simulator.settings(), new_kennung(BelegArt.AU)
    mail = eau_mail(settings, str(kennung), signed(simulator, eau(kennung)))
    with smtp(settings.kim) as connection:
        hand_in(connection, mail)
        with pytest.raises(smtplib.SMTPDataError, match="Message-ID"):
            hand_in(connection, mail)


@pytest.mark.parametrize(
    ("user", "password", "code"),
    [
        ("praxis.testfall@test-kim.kim.telematik-test", None, 501),
        ("{address}#{host}#Praxis01#Papierbruecke", None, 501),
        ("{address}#{host}#Praxis01#Papierbruecke#Empfang2", None, 501),
        ("{address}#mail.example:465#Praxis01#Papierbruecke#Empfang1", None, 501),
        ("{address}#{host}#Praxis01#Papierbruecke#Empfang1#K1#zuviel", None, 501),
        ("andere@test-kim.kim.telematik-test#{host}#Praxis01#Papierbruecke#Empfang1", None, 535),
        ("{address}#{host}#Praxis01#Papierbruecke#Empfang1", "falsch", 535),
    ],
)
def test_the_long_user_name_is_checked(simulator: Simulator, user: str, password: str | None, code: int) -> None:
    kim = simulator.settings().kim
    user = user.format(address=kim.adresse, host="smtp.test-kim.kim.telematik-test:465")
    with smtp(kim, login=False) as connection, pytest.raises(smtplib.SMTPAuthenticationError) as refused:
        connection.login(user, password or kim.passwort or "")
    assert refused.value.smtp_code == code


def test_only_plain_and_login_are_offered(simulator: Simulator) -> None:
    kim = simulator.settings().kim
    with smtp(kim, login=False) as connection:
        assert connection.esmtp_features["auth"].split() == ["PLAIN", "LOGIN"]
        assert connection.docmd("AUTH", "CRAM-MD5") == (504, b"5.7.4 nur PLAIN und LOGIN (KOM-LE-A_2009)")
        connection.user, connection.password = kim.smtp_benutzer, kim.passwort
        assert connection.auth("LOGIN", connection.auth_login)[0] == 235
        assert connection.docmd("AUTH", "PLAIN")[0] == 503


def test_the_mail_server_of_the_provider_can_be_away(tmp_path: Path) -> None:
    with Simulator(tmp_path, "kim-server-aus") as simulator:
        kim = simulator.settings().kim
        with smtp(kim, login=False) as connection:
            assert connection.noop()[0] == 250  # the banner and EHLO still work
            with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
                connection.login(kim.smtp_benutzer or "", kim.passwort or "")
            assert refused.value.smtp_code == 454
        with pytest.raises(poplib.error_proto, match="SYS/TEMP"):
            pop3(kim)
        simulator.step()
        pop3(kim).quit()


@pytest.mark.parametrize(("art", "arrived"), [("trennen", 1), ("verlieren", 0)])
def test_the_connection_can_break_after_data_before_the_answer(simulator: Simulator, art: str, arrived: int) -> None:
    simulator.disturb(Stoerfall.model_validate({"stelle": "smtp-data", "art": art, "anzahl": 1}))
    kennung = new_kennung(BelegArt.AU)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(simulator, kennung)
    assert len(simulator.krankenkasse()) == arrived
    send(simulator, kennung)
    (entry,) = simulator.krankenkasse()
    assert (entry["zustand"], entry["anzahl"]) == ("angenommen", 1 + arrived)


@pytest.mark.parametrize("stelle", ["smtp-auth", "smtp-mail", "smtp-rcpt", "smtp-data"])
def test_every_phase_can_be_refused_with_any_code(simulator: Simulator, stelle: str) -> None:
    attempts = 2 if stelle == "smtp-auth" else 1  # smtplib tries PLAIN, then LOGIN
    simulator.disturb(Stoerfall(stelle=stelle, art="ablehnen", anzahl=attempts, code=421, text="4.4.2 Timeout"))
    with pytest.raises(smtplib.SMTPException):
        send(simulator, new_kennung(BelegArt.AU))
    assert simulator.krankenkasse() == []
    send(simulator, new_kennung(BelegArt.AU))


def test_dsn_can_be_lost_held_doubled_and_reordered(simulator: Simulator) -> None:
    settings = simulator.settings()
    expected: dict[str, str] = {}
    for art in ("verlieren", "verzoegern", "umordnen", "verdoppeln"):
        simulator.disturb(Stoerfall.model_validate({"stelle": "dsn", "art": art, "anzahl": 1}))
        expected[art] = str(send(simulator, new_kennung(BelegArt.AU))["Message-ID"])
    names = {message_id: art for art, message_id in expected.items()}
    seen = [names[str(mail["In-Reply-To"]).strip()] for mail in box(settings.kim)]
    assert seen == ["verdoppeln", "verdoppeln", "umordnen"]
    simulator.step()
    assert [names[str(mail["In-Reply-To"]).strip()] for mail in box(settings.kim)] == [*seen, "verzoegern"]


def test_a_mail_can_fail_to_be_delivered_or_be_late(simulator: Simulator) -> None:
    kim = simulator.settings().kim
    simulator.disturb(Stoerfall(stelle="dsn", art="ablehnen", anzahl=1, text="5.2.2"))
    send(simulator, new_kennung(BelegArt.AU))
    assert simulator.krankenkasse() == []
    simulator.disturb(Stoerfall(stelle="dsn", art="langsam", anzahl=1))
    send(simulator, new_kennung(BelegArt.AU))
    assert len(simulator.krankenkasse()) == 1

    def statuses() -> list[str]:
        words = [mail.as_string() for mail in box(kim)]
        return [next(line for line in word.splitlines() if line.startswith("Action: ")) for word in words]

    assert statuses() == ["Action: failed", "Action: delayed"]
    assert "Status: 5.2.2" in box(kim)[0].as_string()
    simulator.step()
    assert statuses() == ["Action: failed", "Action: delayed", "Action: delivered"]


def test_the_clientmodul_can_complain_by_mail(simulator: Simulator) -> None:
    mail = send(simulator, new_kennung(BelegArt.AU))
    simulator.clientmodul_error(("4004", "x99"), str(mail["Message-ID"]))
    complaint = box(simulator.settings().kim)[-1]
    assert complaint.get_all("X-KIM-Fehlermeldung") == ["4004", "x99"]
    assert str(complaint["In-Reply-To"]).strip() == mail["Message-ID"]


def test_the_box_speaks_pop3_and_counts_deletions(simulator: Simulator) -> None:
    kim = simulator.settings().kim
    send(simulator, new_kennung(BelegArt.AU))
    send(simulator, new_kennung(BelegArt.AU))
    connection = pop3(kim)
    count, size = connection.stat()
    uidls = [line.split()[1] for line in connection.uidl()[1]]
    sizes = [int(line.split()[1]) for line in connection.list()[1]]
    assert (count, size) == (2, sum(sizes))
    assert len(set(uidls)) == 2
    assert connection.uidl(2).split()[2] == uidls[1]
    whole = b"\r\n".join(connection.retr(1)[1]) + b"\r\n"
    assert len(whole) == sizes[0]
    head = b"\r\n".join(connection.top(1, 0)[1])
    assert email.message_from_bytes(head, policy=email.policy.SMTP)["Subject"] == "Zustellbericht"
    for wrong in (lambda: connection.retr(3), lambda: connection.uidl(0), lambda: connection.apop("a", "b")):
        with pytest.raises(poplib.error_proto):
            wrong()
    connection.dele(1)
    connection.rset()
    connection.dele(2)
    connection.quit()
    assert simulator.mailbox.geloescht == [uidls[1].decode()]
    again = pop3(kim)
    assert [line.split()[1] for line in again.uidl()[1]] == [uidls[0]]
    again.quit()


@pytest.mark.parametrize("art", ["ablehnen", "trennen", "langsam"])
def test_the_box_can_be_disturbed(simulator: Simulator, art: str) -> None:
    kim = simulator.settings().kim
    send(simulator, new_kennung(BelegArt.AU))
    connection = pop3(kim)
    simulator.disturb(Stoerfall.model_validate({"stelle": "pop3", "art": art, "anzahl": 1, "dauer_s": 0.01}))
    if art == "langsam":
        assert connection.retr(1)[0].startswith(b"+OK")
    else:
        with pytest.raises((poplib.error_proto, OSError)):
            connection.retr(1)
    connection.close()
    assert len(box(kim)) == 1


def test_the_mail_server_can_go_away_in_the_middle(simulator: Simulator) -> None:
    settings, kennung = simulator.settings(), new_kennung(BelegArt.AU)
    mail = eau_mail(settings, str(kennung), signed(simulator, eau(kennung)))
    with smtp(settings.kim) as connection:
        reader = pop3(settings.kim)
        simulator.scenario("kim-server-aus")
        with pytest.raises(smtplib.SMTPException):
            hand_in(connection, mail)
        with pytest.raises(poplib.error_proto, match="SYS/TEMP"):
            reader.stat()
        reader.close()
    assert simulator.krankenkasse() == []


def test_the_box_refuses_strangers(simulator: Simulator) -> None:
    kim = simulator.settings().kim
    connection = poplib.POP3_SSL("127.0.0.1", kim.pop3_port, context=kim_tls(), timeout=10)
    with pytest.raises(poplib.error_proto, match="erst anmelden"):
        connection.stat()
    connection.user(kim.pop3_benutzer or "")
    with pytest.raises(poplib.error_proto, match="AUTH"):
        connection.pass_("falsch")
    plain = base64.b64encode(f"\0{kim.pop3_benutzer}\0{kim.passwort}".encode()).decode()
    connection._putcmd(f"AUTH PLAIN {plain}")  # type: ignore[attr-defined]
    assert connection._getresp().startswith(b"+OK")  # type: ignore[attr-defined]
    connection.quit()


def test_letters_of_others_can_fill_the_box(simulator: Simulator) -> None:
    szenario = simulator.szenario.model_copy(update={"schritte": ({"kim": {"fremde_mails": 3}},)})
    with contextlib.ExitStack() as stack:
        full = stack.enter_context(Simulator(simulator.folder, szenario))
        mails = box(full.settings().kim)
    assert [str(mail["X-KIM-Dienstkennung"]) for mail in mails] == ["Arztbrief;VHitG-Versand;V1.2"] * 3
