"""The simulated Konnektor, asked by a plain client: right answers, and every bad request refused."""

import base64
import datetime
import http.client
import ssl
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from counterparts.ti_clients import (
    CARD,
    CARDCMN,
    CCTX,
    CERT,
    CONN,
    EVT,
    NAMES,
    SIG,
    Soap,
    envelope,
    fault_code,
    signatures,
)
from papierbruecke.drill.cades import SignatureRefused, check_enveloping
from papierbruecke.drill.comfort import NO_SESSION, NO_SUCH_JOB, NOT_ALLOWED, USER_TAKEN
from papierbruecke.drill.model import KonnektorZustand, Stoerfall
from papierbruecke.drill.scenarios import load_scenario
from papierbruecke.drill.simulator import Simulator
from papierbruecke.drill.soap import CERTCMN

SCHEMAS = {
    EVT: "EventService.xsd",
    CARD: "CardService_v8_1_3.xsd",
    CERT: "CertificateService_v6_0_2.xsd",
    SIG: "SignatureService_V7_5_6.xsd",
}


@pytest.fixture
def soap(simulator: Simulator, tmp_path: Path) -> Soap:
    return Soap(simulator.settings().konnektor, tmp_path)


def pin_request(soap: Soap, handle: str, kind: str) -> str:
    return (
        f'{soap.context()}<c:CardHandle xmlns:c="{CONN}">{handle}</c:CardHandle>'
        f'<t:PinTyp xmlns:t="{CARDCMN}">{kind}</t:PinTyp>'
    )


def certificate_request(soap: Soap, handle: str) -> str:
    return (
        f'<c:CardHandle xmlns:c="{CONN}">{handle}</c:CardHandle>{soap.context()}'
        f"<X:CertRefList><X:CertRef>C.AUT</X:CertRef></X:CertRefList><X:Crypt>ECC</X:Crypt>"
    )


def verify_request(soap: Soap, certificate: x509.Certificate) -> str:
    data = base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()
    return f'{soap.context()}<m:X509Certificate xmlns:m="{CERTCMN}">{data}</m:X509Certificate>'


def test_every_answer_is_valid_against_the_official_schema(simulator: Simulator, soap: Soap, referenz: Path) -> None:
    with soap:
        answers = [
            soap.call(EVT, "GetResourceInformation"),
            soap.call(EVT, "GetCards", attributes='mandant-wide="true"'),
            soap.call(EVT, "GetCardTerminals", attributes='mandant-wide="true"'),
            soap.call(CARD, "GetPinStatus", pin_request(soap, "smcb-1", "PIN.SMC")),
            soap.call(CERT, "CheckCertificateExpiration", f"{soap.context()}<X:Crypt>ECC</X:Crypt>"),
            soap.call(CERT, "CheckCertificateExpiration"),
            soap.call(CERT, "ReadCardCertificate", certificate_request(soap, "smcb-1")),
            soap.call(CERT, "VerifyCertificate", verify_request(soap, simulator.pki.smcb.certificate)),
            soap.call(SIG, "GetJobNumber"),
            soap.sign({"a": b"<eins/>", "b": b"<zwei/>"}, soap.job_number()),
        ]
        directory = soap.get("/connector.sds")[1]
    conn = referenz / "data" / "konnektor-wsdl" / "conn"
    for status, answer in answers:
        assert status == 200
        schema = etree.XMLSchema(etree.parse(conn / SCHEMAS[etree.QName(answer).namespace]))
        schema.assertValid(etree.fromstring(etree.tostring(answer)))
    etree.XMLSchema(etree.parse(conn / "ServiceDirectory.xsd")).assertValid(etree.fromstring(directory))


def test_a_fault_has_the_official_form(soap: Soap, referenz: Path) -> None:
    with soap:
        status, fault = soap.call(EVT, "GetCards", soap.context(MandantId="Fremd"))
    assert status == 500
    assert fault_code(fault) == 4021
    schema = etree.XMLSchema(etree.parse(referenz / "data" / "konnektor-wsdl" / "tel" / "error" / "TelematikError.xsd"))
    schema.assertValid(etree.fromstring(etree.tostring(fault.find("detail")[0])))


def test_the_outage_of_the_provider_shows_in_the_resource_information(tmp_path: Path) -> None:
    with Simulator(tmp_path, "vpn-zugangsdienst") as simulator, Soap(simulator.settings().konnektor, tmp_path) as soap:
        answer = soap.call(EVT, "GetResourceInformation")[1]
        tunnel = answer.find(".//CONN:VPNTIStatus", NAMES)
        since = datetime.datetime.fromisoformat(tunnel.findtext("CONN:Timestamp", namespaces=NAMES))
        active = [
            state.findtext("CONN:ErrorCondition", namespaces=NAMES)
            for state in answer.iterfind(".//CONN:ErrorState", NAMES)
            if state.findtext("CONN:Value", namespaces=NAMES) == "true"
        ]
        assert tunnel.findtext("CONN:ConnectionStatus", namespaces=NAMES) == "Offline"
        assert active == ["EC_No_VPN_TI_Connection"]
        assert datetime.datetime.now(datetime.UTC) - since > datetime.timedelta(minutes=14)
        simulator.step()
        again = soap.call(EVT, "GetResourceInformation")[1]
        assert again.findtext(".//CONN:VPNTIStatus/CONN:ConnectionStatus", namespaces=NAMES) == "Online"


def test_a_batch_is_signed_with_the_document_inside(simulator: Simulator, soap: Soap) -> None:
    documents = {f"r{number}": f"<eau nummer='{number}'/>".encode() for number in range(3)}
    with soap:
        answer = soap.sign(documents, soap.job_number())[1]
    for key, p7s in signatures(answer).items():
        assert p7s is not None
        signed = check_enveloping(p7s, simulator.pki.karten.certificate)
        assert (signed.content, signed.signer, signed.revocation_info) == (
            documents[key],
            "Testfall, Anna TEST-ONLY",
            True,
        )


def test_a_changed_byte_breaks_the_signature(simulator: Simulator, soap: Soap) -> None:
    with soap:
        p7s = signatures(soap.sign({"a": b"<eau>Musterweg</eau>"}, soap.job_number())[1])["a"]
    assert p7s is not None
    with pytest.raises(SignatureRefused) as refused:
        check_enveloping(p7s.replace(b"Musterweg", b"Mosterweg"), simulator.pki.karten.certificate)
    assert refused.value.code == "202"
    with pytest.raises(SignatureRefused) as refused:
        check_enveloping(p7s, simulator.pki.komponenten.certificate)
    assert refused.value.code == "201"
    with pytest.raises(SignatureRefused):
        check_enveloping(b"Unfug", simulator.pki.karten.certificate)


def test_half_of_a_batch_can_fail(simulator: Simulator, soap: Soap) -> None:
    simulator.disturb(Stoerfall(stelle="SignRequest", art="ablehnen", jede=2, code=4094))
    with soap:
        answer = soap.sign({key: b"<a/>" for key in "abcd"}, soap.job_number())[1]
    assert [key for key, p7s in signatures(answer).items() if p7s is None] == ["b", "d"]
    assert {code.text for code in answer.iter("{*}Code")} == {"4094"}


def test_a_job_number_is_good_for_one_job(soap: Soap) -> None:
    with soap:
        job = soap.job_number()
        assert soap.sign({"a": b"<a/>"}, job)[0] == 200
        assert fault_code(soap.sign({"a": b"<a/>"}, job)[1]) == 4252
        assert fault_code(soap.sign({"a": b"<a/>"}, "ZZZ-001")[1]) == 4252


def test_the_doctors_card_needs_the_doctor(soap: Soap) -> None:
    with soap:
        assert fault_code(soap.sign({"a": b"<a/>"}, soap.job_number(), UserId=None)[1]) == 4003
        assert soap.sign({"a": b"<a/>"}, soap.job_number(), handle="smcb-1", UserId=None)[0] == 200
        assert fault_code(soap.sign({"a": b"<a/>"}, soap.job_number(), handle="egk-1")[1]) == 4047


FRESH = "0b9c1f8e-6d1a-4c7e-9f3b-2a5d8e7c6b10"
HANDLE = f'<c:CardHandle xmlns:c="{CONN}">{{}}</c:CardHandle>'


def comfort(soap: Soap, operation: str, handle: str = "hba-1", user: str | None = FRESH) -> tuple[int, Any]:
    context = "" if operation.startswith("Deactivate") else soap.context(UserId=user)
    return soap.call(SIG, f"{operation}ComfortSignature", HANDLE.format(handle) + context)


def mode(soap: Soap, user: str = FRESH) -> Any:
    return soap.call(SIG, "GetSignatureMode", HANDLE.format("hba-1") + soap.context(UserId=user))[1]


def play(simulator: Simulator, **state: Any) -> None:
    simulator.konnektor.services.zustand = KonnektorZustand.model_validate(state)


def test_the_comfort_signature_is_bound_to_its_user_and_counts_down(
    simulator: Simulator, soap: Soap, referenz: Path
) -> None:
    play(simulator, komfort="pin", komfort_rest=3)
    schema = etree.XMLSchema(etree.parse(referenz / "data" / "konnektor-wsdl" / "conn" / SCHEMAS[SIG]))
    with soap:
        on = comfort(soap, "Activate")
        assert on[0] == 200
        assert mode(soap).findtext(".//{*}CountRemaining") == "3"
        assert mode(soap, soap.settings.user_id or "").find(".//{*}SessionInfo") is None
        assert soap.sign({"a": b"<a/>", "b": b"<b/>"}, soap.job_number(), UserId=FRESH)[0] == 200
        assert mode(soap).findtext(".//{*}CountRemaining") == "1"
        off = comfort(soap, "Deactivate")
        assert off[0] == 200
        assert mode(soap).find(".//{*}SessionInfo") is None
    for _, answer in (on, off):
        schema.assertValid(etree.fromstring(etree.tostring(answer)))


def test_a_comfort_signature_in_a_wrong_state_is_refused(simulator: Simulator, soap: Soap) -> None:
    with soap:
        assert fault_code(comfort(soap, "Activate")[1]) == NOT_ALLOWED
        play(simulator, komfort="pin")
        assert fault_code(comfort(soap, "Deactivate")[1]) == NO_SESSION
        assert fault_code(comfort(soap, "Activate", "smcb-1")[1]) == 4209
        assert fault_code(comfort(soap, "Deactivate", "smcb-1")[1]) == 4209
        assert fault_code(comfort(soap, "Activate", "weg-1")[1]) == 4047
        assert fault_code(comfort(soap, "Activate", user=None)[1]) == 4003
        assert fault_code(comfort(soap, "Activate", user=soap.settings.user_id)[1]) == USER_TAKEN
        assert comfort(soap, "Activate")[0] == 200
        assert fault_code(comfort(soap, "Activate", user=FRESH.replace("0b9c", "1111"))[1]) == NOT_ALLOWED
        assert comfort(soap, "Deactivate")[0] == 200
        assert fault_code(comfort(soap, "Activate")[1]) == USER_TAKEN
        for pin, code in (("BLOCKED", 4063), ("TRANSPORT_PIN", 4065)):
            play(simulator, komfort="pin", hba={"pin": pin})
            assert fault_code(comfort(soap, "Activate", user=FRESH.replace("0b9c", "2222"))[1]) == code
        inner = f"{HANDLE.format('hba-1')}{soap.context()}"
        assert fault_code(soap.call(SIG, "DeactivateComfortSignature", inner)[1]) == 4000, "it has no Context"


@pytest.mark.parametrize(
    "lost", [{"hba": {"gesteckt": False}}, {"komfort": "aus"}, {"terminal_verbunden": False}, {"port": "zu"}]
)
def test_a_comfort_signature_ends_with_its_card(simulator: Simulator, soap: Soap, lost: dict[str, Any]) -> None:
    play(simulator, komfort="pin")
    with soap:
        assert comfort(soap, "Activate")[0] == 200
        play(simulator, **{"komfort": "pin"} | lost)
        play(simulator, komfort="pin")
        assert mode(soap).find(".//{*}SessionInfo") is None


def stop(soap: Soap, job: str) -> tuple[int, Any]:
    return soap.call(SIG, "StopSignature", f"{soap.context()}<X:JobNumber>{job}</X:JobNumber>")


def test_only_a_running_job_can_be_stopped(soap: Soap) -> None:
    with soap:
        job = soap.job_number()
        assert fault_code(stop(soap, job)[1]) == NO_SUCH_JOB, "not begun"
        assert soap.sign({"a": b"<a/>"}, job)[0] == 200
        assert fault_code(stop(soap, job)[1]) == NO_SUCH_JOB, "over"
        assert fault_code(stop(soap, "kein Job")[1]) == 4000


def test_a_stopped_job_answers_with_what_was_signed_by_then(
    simulator: Simulator, soap: Soap, tmp_path: Path, referenz: Path
) -> None:
    simulator.disturb(Stoerfall(stelle="SignRequest", art="langsam", jede=3, dauer_s=60, anzahl=1))
    other = tmp_path / "second"
    other.mkdir()
    with soap, Soap(simulator.settings().konnektor, other) as second, ThreadPoolExecutor(1) as pool:
        job = soap.job_number()
        running = pool.submit(soap.sign, {key: b"<a/>" for key in "abcd"}, job)
        while (answer := stop(second, job))[0] != 200:  # until it has begun
            assert not running.done()
        status, signed = running.result()
    assert status == 200
    found = signatures(signed)
    assert [found[key] is not None for key in "abcd"][2:] == [False, False]
    schema = etree.XMLSchema(etree.parse(referenz / "data" / "konnektor-wsdl" / "conn" / SCHEMAS[SIG]))
    for each in (answer[1], signed):
        schema.assertValid(etree.fromstring(etree.tostring(each)))


def bad_requests(soap: Soap) -> list[tuple[str, tuple[int, Any]]]:
    context, path = soap.context(), soap.endpoints()[EVT]
    good = f'<X:GetCards xmlns:X="{EVT}">{context}</X:GetCards>'
    action = f'"{EVT}#GetCards"'
    swapped = (
        soap.context()
        .replace("MandantId", "TMP")
        .replace("ClientSystemId", "MandantId")
        .replace("TMP", "ClientSystemId")
    )
    return [
        ("not XML", soap.post(path, action, b"<kaputt")),
        ("no envelope", soap.post(path, action, b"<a><b><c/></b></a>")),
        ("DTD", soap.post(path, action, b'<!DOCTYPE a [<!ENTITY x "y">]>' + envelope(good).split(b"?>", 1)[1])),
        ("two contents", soap.post(path, action, envelope(good + good))),
        ("unknown operation", soap.call(EVT, "GetCards2")),
        ("other service's path", soap.post(soap.endpoints()[SIG], action, envelope(good))),
        ("no quotes in SOAPAction", soap.post(path, action.strip('"'), envelope(good))),
        ("wrong SOAPAction", soap.post(path, f'"{EVT}#GetCardTerminals"', envelope(good))),
        ("wrong Content-Type", soap.post(path, action, envelope(good), "application/soap+xml; charset=utf-8")),
        ("no context", soap.call(EVT, "GetCards", "")),
        ("unknown element", soap.call(EVT, "GetCards", f"{context}<X:Unfug/>")),
        ("wrong order", soap.call(EVT, "GetCards", f'<c:CtId xmlns:c="{CARDCMN}">CT-01</c:CtId>{context}')),
        ("pin without handle", soap.call(CARD, "GetPinStatus")),
        ("wrong pin", soap.call(CARD, "GetPinStatus", pin_request(soap, "smcb-1", "PIN.QES"))),
        ("wrong card", soap.call(CARD, "GetPinStatus", pin_request(soap, "weg-1", "PIN.SMC"))),
        ("wrong workplace", soap.call(EVT, "GetCards", soap.context(WorkplaceId="Empfang2"))),
        ("wrong user", soap.call(SIG, "GetJobNumber", soap.context(UserId="jemand"))),
        ("swapped context", soap.call(EVT, "GetCards", swapped)),
    ]


def test_bad_requests_are_refused(simulator: Simulator, soap: Soap) -> None:
    with soap:
        for what, (status, answer) in bad_requests(soap):
            assert status == 500, what
            assert fault_code(answer) in {4000, 4021, 4047, 4072}, what
        assert soap.get("/irgendwo")[0] == 404
    refused = [anfrage for anfrage in simulator.konnektor.anfragen if anfrage.fault is not None]
    assert all(anfrage.grund for anfrage in refused)


def test_requests_are_held_against_the_official_schema(soap: Soap, referenz: Path) -> None:
    other = soap.context().replace(CCTX, "urn:fremd")
    with soap:
        assert fault_code(soap.call(EVT, "GetCards", attributes='mandant-wide="vielleicht"')[1]) == 4000
        assert fault_code(soap.call(EVT, "GetCards", other)[1]) == 4000
        answer = soap.sign({"a": b"<a/>"}, "KEIN-JOB")[1]
        assert fault_code(answer) == 4000


def test_lost_answers_cut_the_connection(simulator: Simulator, tmp_path: Path) -> None:
    settings = simulator.settings().konnektor
    simulator.disturb(Stoerfall(stelle="SignDocument", art="trennen", anzahl=1))
    with Soap(settings, tmp_path) as soap:
        job = soap.job_number()
        with pytest.raises((http.client.HTTPException, OSError)):
            soap.sign({"a": b"<a/>"}, job)
    with Soap(settings, tmp_path) as soap:
        assert fault_code(soap.sign({"a": b"<a/>"}, job)[1]) == 4252  # the work was done
        assert soap.sign({"a": b"<a/>"}, soap.job_number())[0] == 200


def test_without_a_client_certificate_there_is_no_connection(simulator: Simulator) -> None:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ecdh_curve("brainpoolP256r1")
    settings = simulator.settings().konnektor
    connection = http.client.HTTPSConnection("127.0.0.1", settings.port, timeout=10, context=context)
    with pytest.raises((ssl.SSLError, OSError)):
        connection.request("GET", "/connector.sds")
    connection.close()


@pytest.mark.parametrize(("kind", "brainpool"), [("rsa", False), ("p256", False), ("brainpool", True)])
def test_the_certificate_can_be_of_every_kind(tmp_path: Path, kind: str, brainpool: bool) -> None:
    szenario = load_scenario("normal").model_copy(update={"schluesselart": kind})
    with Simulator(tmp_path, szenario) as simulator:
        settings = simulator.settings().konnektor
        with Soap(settings, tmp_path, brainpool=brainpool) as soap:
            assert soap.get("/connector.sds")[0] == 200
            der = soap.connection.sock.getpeercert(binary_form=True)  # type: ignore[attr-defined]
    assert simulator.pki.konnektor.der() == der
    assert simulator.pki.konnektor.fingerprint() == settings.fingerabdruck


def test_a_default_client_cannot_talk_to_a_brainpool_certificate(simulator: Simulator, tmp_path: Path) -> None:
    soap = Soap(simulator.settings().konnektor, tmp_path, brainpool=False)
    with soap, pytest.raises(ssl.SSLError, match=r"(?i)handshake"):
        soap.get("/connector.sds")


def test_a_konnektor_without_power_answers_nothing(tmp_path: Path) -> None:
    with Simulator(tmp_path, "konnektor-aus") as simulator:
        soap = Soap(simulator.settings().konnektor, tmp_path)
        soap.connection.timeout = 0.3
        with pytest.raises(TimeoutError):
            soap.get("/connector.sds")
        simulator.step()
        with Soap(simulator.settings().konnektor, tmp_path) as soap:
            assert soap.get("/connector.sds")[0] == 200
