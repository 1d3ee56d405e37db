"""The Krankenkasse: what it accepts, what it rejects with which code, and what it sends back."""

import email.utils
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from lxml import etree

from counterparts.eau_sender import eau, send, signed
from counterparts.own_time import measure
from counterparts.ti_clients import box, eau_mail, hand_in, smtp
from papierbruecke.clock import SetClock, local
from papierbruecke.drill.cades import sign_enveloping
from papierbruecke.drill.certificates import make_authority, make_identity
from papierbruecke.drill.kassen_mail import MESSAGE_ID_CODES, VIREN_TEXT, fehlercodes
from papierbruecke.drill.model import KASSENFASSUNGEN, Kassenfassung, taken_on
from papierbruecke.drill.simulator import Simulator
from papierbruecke.record.kennung import new_kennung
from papierbruecke.record.model import BelegArt


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


def test_official_examples_are_accepted(simulator: Simulator, referenz: Path) -> None:
    """Stricter than the real thing, but never against the rules; comments are forbidden in real files (FAQ)."""
    kinds: dict[UUID, str] = {}  # several examples share one number
    paths = (referenz / "data" / "kbv-eau" / "examples").glob("*.xml")
    for path in sorted(paths, key=lambda each: ("Storno" in each.name, each.name)):  # it takes one of the others back
        root = etree.fromstring(path.read_bytes(), etree.XMLParser(remove_comments=True))
        if etree.QName(root).localname != "Bundle":
            continue
        profile = root.find("{*}meta/{*}profile").get("value")
        kennung = UUID(root.find("{*}identifier/{*}value").get("value"))
        storno = "Storno" in profile
        if kennung in kinds:
            continue
        send(simulator, kennung, etree.tostring(root, encoding="UTF-8", xml_declaration=True), storno=storno)
        kinds[kennung] = "Storno" if storno else "eAU"
    entries = simulator.krankenkasse()
    assert [(e["art"], e["befunde"]) for e in entries] == [(kind, []) for kind in kinds.values()]
    assert sorted({e["zustand"] for e in entries}) == ["angenommen", "storniert"]
    assert sorted(kinds.values()).count("Storno") == 1
    assert len(kinds) > 5


def test_a_storno_is_rejected_with_codes_of_its_own(simulator: Simulator) -> None:
    kennung = new_kennung(BelegArt.AU)
    send(simulator, kennung, eau(kennung), storno=True)
    send(simulator, new_kennung(BelegArt.AU), p7s=b"Unfug", storno=True)
    simulator.krankenkasse()
    mails = [mail for mail in box(simulator.settings().kim) if "Fehler" in str(mail["Subject"])]
    documents = [next(iter(mail.iter_attachments())).get_content().decode() for mail in mails]
    assert ['code value="102"' in documents[0], 'code value="204"' in documents[1]] == [True, True]


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


NOW = datetime.now(UTC)
TOMORROW = NOW + timedelta(days=1)
OLD_AND_NEW = (
    Kassenfassung(eau="1.2", kim="V1.2", gilt_bis=local(NOW).date()),
    Kassenfassung(eau="1.3", kim="V1.3", gilt_ab=local(TOMORROW).date()),
)


def as_version_1_3(document: bytes) -> bytes:
    return re.sub(rb"(KBV_PR_EAU_\w+\|)1\.2", rb"\g<1>1.3", document)


@pytest.mark.parametrize(
    ("tomorrow", "kim", "make", "taken"),
    [
        (False, "V1.2", bytes, True),
        (True, "V1.3", as_version_1_3, True),
        (True, "V1.2", bytes, False),
        (True, "V1.3", bytes, False),
        (True, "V1.2", as_version_1_3, False),
        (False, "V1.3", as_version_1_3, False),
        (False, "V1.2", lambda data: data.replace(b"EAU_Composition|1.2", b"EAU_Composition|1.3"), False),
    ],
)
def test_the_day_in_the_date_header_decides_the_version(
    tmp_path: Path, tomorrow: bool, kim: str, make: Callable[[bytes], bytes], taken: bool
) -> None:
    """TA eAU P5-08 AC1a, at a cut-over of our own making."""
    clock = SetClock(TOMORROW if tomorrow else NOW)
    with Simulator(tmp_path, "normal", clock) as simulator:
        kasse = simulator.kasse.zustand.model_copy(update={"fassungen": OLD_AND_NEW})
        simulator.kasse.zustand = kasse
        simulator.smtp.behave(simulator.smtp.zustand, kasse.fassungen)
        kennung = new_kennung(BelegArt.AU)
        mail = eau_mail(simulator.settings(), str(kennung), signed(simulator, make(eau(kennung))))
        mail.replace_header("Date", email.utils.format_datetime(local(clock.now())))
        mail.replace_header("X-KIM-Dienstkennung", f"eAU;Lieferung;{kim}")
        with smtp(simulator.settings().kim) as connection:
            hand_in(connection, mail)
        (entry,) = simulator.krankenkasse()
        assert (entry["zustand"] == "angenommen") is taken, entry["befunde"]
        assert taken or "Fassung" in entry["befunde"][0]


@pytest.mark.parametrize(
    ("tag", "versions"),
    [
        (date(2025, 9, 30), {"1.1.0"}),
        (date(2025, 10, 1), {"1.1.0", "1.2"}),
        (date(2026, 3, 31), {"1.1.0", "1.2"}),
        (date(2026, 4, 1), {"1.2"}),
    ],
)
def test_what_is_published_of_versions_and_days(tag: date, versions: set[str]) -> None:
    assert {fassung.eau for fassung in taken_on(tag, KASSENFASSUNGEN)} == versions


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


def test_the_measure_of_the_nachversand_sends_everything(simulator: Simulator, tmp_path: Path) -> None:
    documents = {str(kennung): eau(kennung) for kennung in (new_kennung(BelegArt.AU) for _ in range(3))}
    own = measure(simulator.settings(), documents, tmp_path, batch=2)
    assert own.total_s == own.sign_s + own.send_s
    assert [(e["dokumenten_id"], e["zustand"]) for e in simulator.krankenkasse()] == [
        (key, "angenommen") for key in documents
    ]
    assert [a.dokumente for a in simulator.konnektor.anfragen if a.name == "SignDocument"] == [2, 1]
    assert simulator.smtp.verbindungen == 1
