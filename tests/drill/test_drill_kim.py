"""The simulated KIM-Clientmodul and the Krankenkasse behind it, used by smtplib and poplib."""

import base64
import contextlib
import email
import email.policy
import poplib
import smtplib
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID, uuid4

import pytest

import inputs
from counterparts.own_time import measure
from counterparts.ti_clients import box, eau_mail, hand_in, kim_tls, pop3, smtp
from papierbruecke.drill.cades import sign_enveloping
from papierbruecke.drill.certificates import make_authority, make_identity
from papierbruecke.drill.kassen_mail import MESSAGE_ID_CODES, VIREN_TEXT, fehlercodes
from papierbruecke.drill.model import Stoerfall
from papierbruecke.drill.simulator import Simulator
from papierbruecke.record.kennung import new_kennung
from papierbruecke.record.model import BelegArt
from papierbruecke.record.read_input import read_au
from papierbruecke.resubmit.fhir import TEST_PRUEFNUMMER, build_eau


def eau(kennung: UUID, bis: str = "2026-11-27") -> bytes:
    document = inputs.au()
    document["au"]["bis"] = bis
    return build_eau(
        read_au(inputs.as_bytes(document)),
        kennung=kennung,
        erstellt=datetime(2026, 11, 23, 8, 0, tzinfo=UTC),
        pruefnummer=TEST_PRUEFNUMMER,
    )


def signed(simulator: Simulator, content: bytes) -> bytes:
    return sign_enveloping(content, simulator.pki.hba, None)


def send(simulator: Simulator, kennung: UUID, content: bytes | None = None, p7s: bytes | None = None) -> EmailMessage:
    """One eAU on its way, by the rules; the mail that was sent."""
    settings = simulator.settings()
    data = signed(simulator, eau(kennung) if content is None else content) if p7s is None else p7s
    mail = eau_mail(settings, str(kennung), data)
    with smtp(settings.kim) as connection:
        hand_in(connection, mail)
    return mail


def test_an_eau_arrives_once_and_its_dsn_comes_back(simulator: Simulator) -> None:
    kennung = new_kennung(BelegArt.AU)
    mail = send(simulator, kennung)
    (entry,) = simulator.krankenkasse()
    assert entry["befunde"] == []
    assert (entry["dokumenten_id"], entry["zustand"], entry["anzahl"]) == (str(kennung), "angenommen", 1)
    assert entry["message_ids"] == [mail["Message-ID"]]
    (dsn,) = box(simulator.settings().kim)
    assert dsn.get_content_type() == "multipart/report"
    assert dsn.get_param("report-type") == "delivery-status"
    assert str(dsn["In-Reply-To"]).strip() == mail["Message-ID"]
    status = next(part for part in dsn.walk() if part.get_content_type() == "message/delivery-status")
    fields = "".join(str(block) for block in status.get_payload())
    assert f"Final-Recipient: rfc822; {mail['To']}" in fields
    assert "Action: delivered" in fields
    assert "Arrival-Date:" in fields


def test_the_reference_validator_is_asked(simulator: Simulator, referenz: Path) -> None:
    kennung = new_kennung(BelegArt.AU)
    wrong = eau(kennung).replace(b"A123456780", b"A12345678")
    send(simulator, kennung, wrong)
    (entry,) = simulator.krankenkasse()
    assert entry["zustand"] == "abgelehnt"
    assert "for-laengeVersichertenId" in entry["befunde"][0]


def test_identical_bytes_are_a_dublette_and_other_content_is_a_fault(simulator: Simulator) -> None:
    kennung = new_kennung(BelegArt.AU)
    p7s = signed(simulator, eau(kennung))
    send(simulator, kennung, p7s=p7s)
    send(simulator, kennung, p7s=p7s)
    send(simulator, kennung, eau(kennung, bis="2026-11-26"))
    (entry,) = simulator.krankenkasse()
    assert (entry["zustand"], entry["anzahl"], entry["dubletten"], entry["konflikte"]) == ("angenommen", 3, 1, 1)
    subjects = [mail["Subject"] for mail in box(simulator.settings().kim)]
    assert subjects.count("Zustellbericht") == 3
    assert subjects.count(f"EEAU0_Fehler_{kennung}") == 1


BAD_CONTENT: dict[str, tuple[Callable[[Simulator, UUID], bytes], str]] = {
    "no CMS": (lambda s, k: b"Unfug", "202"),
    "changed bytes": (lambda s, k: signed(s, eau(k)).replace(b"Musterweg", b"Mustersteg"), "202"),
    "stranger's certificate": (
        lambda s, k: sign_enveloping(eau(k), make_identity(make_authority("Fremd"), "Fremd", "brainpool"), None),
        "201",
    ),
    "expired certificate": (
        lambda s, k: sign_enveloping(
            eau(k), make_identity(s.pki.karten, "Alt", "brainpool", valid_from_days=-9, valid_to_days=-1), None
        ),
        "201",
    ),
    "BOM": (lambda s, k: signed(s, b"\xef\xbb\xbf" + eau(k)), "103"),
    "not UTF-8": (lambda s, k: signed(s, eau(k).decode().encode("latin-1")), "103"),
    "not XML": (lambda s, k: signed(s, b"<Bundle>"), "101"),
    "other number inside": (lambda s, k: signed(s, eau(new_kennung(BelegArt.AU))), "101"),
    "comment": (lambda s, k: signed(s, eau(k).replace(b"</Bundle>", b"<!-- x --></Bundle>")), "101"),
    "older profile": (lambda s, k: signed(s, eau(k).replace(b"EAU_Bundle|1.2", b"EAU_Bundle|1.1.0")), "101"),
}


@pytest.mark.parametrize("what", BAD_CONTENT)
def test_the_krankenkasse_rejects_what_is_wrong(simulator: Simulator, what: str) -> None:
    make, code = BAD_CONTENT[what]
    kennung = new_kennung(BelegArt.AU)
    send(simulator, kennung, p7s=make(simulator, kennung))
    (entry,) = simulator.krankenkasse()
    assert entry["zustand"] == "abgelehnt"
    fehler = box(simulator.settings().kim)[-1]
    assert fehler["X-KIM-Dienstkennung"] == "eAU;Fehler-Kasse;V1.2"
    assert f'<code value="{code}"/>' in next(iter(fehler.iter_attachments())).get_content().decode()


@pytest.mark.parametrize("code", [*fehlercodes(), "404"])
def test_every_fehlernachricht_can_be_had(simulator: Simulator, referenz: Path, code: str) -> None:
    kennung = new_kennung(BelegArt.AU)
    mail = send(simulator, kennung)
    simulator.fehlernachricht(code, str(kennung), virenbefall=code == "101")
    fehler = box(simulator.settings().kim)[-1]
    attachment = next(iter(fehler.iter_attachments()))
    document = attachment.get_content()
    text = document.decode()
    assert attachment["Content-Description"] == "eAUFehler-Kasse"
    assert attachment.get_content_type() == "application/xml"
    by_message = code in MESSAGE_ID_CODES
    assert (f"urn:uuid:{kennung}" in text) is not by_message
    assert (mail["Message-ID"].strip("<>") in text) is by_message
    assert (fehler.get_body().get_content().strip() == VIREN_TEXT) is (code == "101")  # type: ignore[union-attr]
    if code != "404":
        from eau import Judge

        assert Judge(referenz).findings(document) == []


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
    "wrong Dienstkennung": lambda m: m.replace_header("X-KIM-Dienstkennung", "eAU;Lieferung;V1.1"),
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


def test_the_measure_of_the_nachversand_sends_everything(simulator: Simulator, tmp_path: Path) -> None:
    documents = {str(kennung): eau(kennung) for kennung in (new_kennung(BelegArt.AU) for _ in range(3))}
    own = measure(simulator.settings(), documents, tmp_path, batch=2)
    assert own.total_s == own.sign_s + own.send_s
    assert [(e["dokumenten_id"], e["zustand"]) for e in simulator.krankenkasse()] == [
        (key, "angenommen") for key in documents
    ]
    assert [a.dokumente for a in simulator.konnektor.anfragen if a.name == "SignDocument"] == [2, 1]
    assert simulator.smtp.verbindungen == 1
