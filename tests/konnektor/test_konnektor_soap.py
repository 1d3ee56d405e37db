"""Each call against a stub that checks it with the official schema (ti-detection §1.4–§1.11, §7)."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from counterparts.soap_konnektor import SoapStub, http, schema_objection
from papierbruecke.konnektor import answers, envelope
from papierbruecke.konnektor.client import SoapKonnektor
from papierbruecke.konnektor.directory import (
    CARD,
    CERTIFICATE,
    EVENT,
    SIGNATURE_7_4,
    SIGNATURE_7_5,
    DirectoryIncomplete,
    parse_directory,
    rewrite_hosts,
)
from papierbruecke.konnektor.faults import FAULTS, SAETZE
from papierbruecke.konnektor.model import KonnektorFehler, Signatur

Paired = Callable[..., SoapKonnektor]
KONTEXT = envelope.Kontext("Praxis01", "Papierbruecke", "Empfang1")
MIT_BENUTZER = envelope.Kontext("Praxis & Söhne <1>", "Papierbruecke", "Empfang1", "drmuster")


def test_every_request_fits_the_official_schema(wsdl: Path) -> None:
    requests = [
        request
        for kontext in (KONTEXT, MIT_BENUTZER)
        for request in (
            envelope.resource_information(kontext),
            envelope.cards(kontext),
            envelope.card_terminals(kontext),
            envelope.pin_status(kontext, "smcb-1", "PIN.SMC"),
            envelope.pin_status(kontext, "hba-1", "PIN.QES"),
            envelope.certificate_expiration(kontext, None),
            envelope.certificate_expiration(kontext, "RSA"),
            envelope.certificate_expiration(kontext, "ECC"),
            envelope.read_card_certificate(kontext, "smcb-1", None),
            envelope.read_card_certificate(kontext, "smcb-1", "ECC"),
            envelope.verify_certificate(kontext, b"\x30\x00"),
            *(envelope.job_number(kontext, namespace) for namespace in (SIGNATURE_7_4, SIGNATURE_7_5)),
            *(
                envelope.sign_document(kontext, namespace, "hba-1", "ABC-042", {"a": b"<x/>", "b": b"\x00\xff"})
                for namespace in (SIGNATURE_7_4, SIGNATURE_7_5)
            ),
        )
    ]
    assert [schema_objection(wsdl, request.body) for request in requests] == [None] * len(requests)


def test_the_directory_tells_product_and_endpoints(paired: Paired, stub: SoapStub) -> None:
    seen = paired().dienstverzeichnis()
    assert (seen.hersteller, seen.produkt, seen.firmware, seen.hardware) == (
        "Demo Hersteller",
        "Demo-Konnektor",
        "5.60.1",
        "2.0.0",
    )
    assert seen.endpunkte[EVENT] == f"https://127.0.0.1:{stub.port}/ws/eventservice"
    assert seen.versionen[SIGNATURE_7_5] == "7.5.6"
    assert [(a.method, a.path) for a in stub.asked] == [("GET", "/connector.sds")]


def _sds(*versions: tuple[str, str, str]) -> bytes:
    inner = "".join(
        f'<Version TargetNamespace="{namespace}" Version="{version}"><EndpointTLS Location="{location}"/></Version>'
        for namespace, version, location in versions
    )
    return (
        '<ConnectorServices xmlns="http://ws.gematik.de/conn/ServiceDirectory/v3.1">'
        f"<ServiceInformation>{inner}</ServiceInformation></ConnectorServices>"
    ).encode()


def test_the_highest_version_that_we_know_is_chosen() -> None:
    seen = parse_directory(
        _sds(
            (EVENT, "7.2.0", "https://k/a"),
            (EVENT, "7.2.1", "https://k/b"),
            (EVENT, "7.2.9", "https://k/c"),
            (CARD, "8.1.10", "https://k/d"),
            (CARD, "8.1.20", "https://k/e"),
        )
    )
    assert (seen.endpunkte[EVENT], seen.versionen[EVENT]) == ("https://k/b", "7.2.1")
    assert seen.endpunkte[CARD] == "https://k/d"


def test_endpoints_without_tls_do_not_count() -> None:
    seen = parse_directory(_sds((EVENT, "7.2.0", "https://k/a"), (CARD, "8.1.2", "http://k/b")))
    assert CARD not in seen.endpunkte


@pytest.mark.parametrize("host", ["10.0.0.9", "fd00::9"])
def test_hosts_are_replaced_and_paths_stay(host: str) -> None:
    seen = rewrite_hosts(parse_directory(_sds((EVENT, "7.2.0", "https://konnektor.konlan:443/ws/e?x=1"))), host, 8443)
    expected = f"[{host}]" if ":" in host else host
    assert seen.endpunkte[EVENT] == f"https://{expected}:8443/ws/e?x=1"


@pytest.mark.parametrize(
    "data", [b"", b"<html/>", b"<a", b"\xff\xfe", _sds((CARD, "8.1.2", "https://k/b")), b"<!DOCTYPE a><a/>"]
)
def test_a_directory_that_is_not_complete_is_refused(data: bytes) -> None:
    with pytest.raises(DirectoryIncomplete):
        parse_directory(data)


# -- answers -------------------------------------------------------------------


def test_the_konnektors_own_state(paired: Paired, stub: SoapStub) -> None:
    konnektor = paired()
    assert konnektor.lage().vpn_ti is True
    stub.answers["GetResourceInformation"] = "GetResourceInformation.response.vpn-ti-offline-provider.xml"
    lage = konnektor.lage()
    assert (lage.vpn_ti, lage.vpn_sis) == (False, False)
    assert lage.vpn_ti_seit == datetime(2026, 11, 23, 7, 2, 11, tzinfo=UTC)
    assert [(z.name, z.parameter, z.schwere) for z in lage.fehlerzustaende] == [
        ("ec_no_vpn_ti_connection", None, "Error")
    ]
    stub.answers["GetResourceInformation"] = "GetResourceInformation.response.vpn-ti-offline-own-line.xml"
    assert "ec_no_online_connection" in {z.name for z in konnektor.lage().fehlerzustaende}
    stub.answers["GetResourceInformation"] = "GetResourceInformation.response.crl-out-of-date.xml"
    assert "ec_crl_out_of_date" in {z.name for z in konnektor.lage().fehlerzustaende}
    stub.answers["GetResourceInformation"] = "GetResourceInformation.response.online-with-warnings.xml"
    assert konnektor.lage().vpn_ti is True
    assert stub.asked[1].headers["soapaction"] == f'"{EVENT}#GetResourceInformation"'
    assert stub.asked[1].headers["content-type"] == "text/xml; charset=utf-8"


@pytest.mark.parametrize("text", ["EC_CardTerminal_Not_Available (CT-01)", " ec_cardterminal_not_available( CT-01 )"])
def test_conditions_are_normalised(text: str) -> None:
    assert answers.normalize_condition(text) == ("ec_cardterminal_not_available", "CT-01")


@pytest.mark.parametrize("inner", ["", "<OperatingState/>"])
def test_an_answer_without_operating_state_is_no_error(inner: str) -> None:
    lage = answers.read_lage(
        answers.read_body(
            (
                '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><R><Connector><VPNTIStatus>'
                f"<ConnectionStatus>Online</ConnectionStatus></VPNTIStatus>{inner}</Connector></R></e:Body></e:Envelope>"
            ).encode()
        )
    )
    assert (lage.vpn_ti, lage.vpn_ti_seit, lage.vpn_sis, lage.fehlerzustaende) == (True, None, None, ())


def test_cards_of_the_practice_without_those_of_patients(paired: Paired) -> None:
    cards = paired().karten()
    assert [(c.handle, c.typ, c.terminal) for c in cards] == [
        ("smcb-1", "SMC-B", "CT-01"),
        ("hba-1", "HBA", "CT-01"),
        ("smckt-1", "SMC-KT", "CT-01"),
    ]
    assert cards[0].zertifikat_bis is not None
    assert cards[0].zertifikat_bis.date() == date(2027, 2, 14)
    assert "Muster" not in repr(cards)
    assert not any(card.nur_rsa for card in cards)


def test_a_card_before_4_4_0_has_no_ecc(paired: Paired, stub: SoapStub) -> None:
    old = stub.sample("GetCards.response.xml").replace(b"<CARD:Minor>7<", b"<CARD:Minor>3<")
    stub.answers["GetCards"] = http(200, old)
    assert [card.nur_rsa for card in paired().karten()] == [True, True, True]
    stub.answers["GetCards"] = http(200, old.replace(b"<CARD:Minor>3<", b"<CARD:Minor><"))
    assert not any(card.nur_rsa for card in paired().karten())


def test_terminals_and_whether_they_are_connected(paired: Paired) -> None:
    terminals = paired().terminals()
    assert [(t.id, t.name, t.verbunden, t.ip, t.firmware) for t in terminals] == [
        ("CT-01", "KT Empfang", True, "192.168.178.61", "5.60.1"),
        ("CT-02", "KT Sprechzimmer", False, "192.168.178.62", "5.60.1"),
    ]
    assert terminals[1].arbeitsplaetze == ("Sprechzimmer1",)


def test_pin_states(paired: Paired, stub: SoapStub) -> None:
    konnektor = paired(user_id="drmuster")
    stand = konnektor.pin_stand("smcb-1")
    assert (stand.status, stand.versuche) == ("VERIFIABLE", 3)
    assert b"UserId" not in stub.asked[-1].body
    stub.answers["GetPinStatus"] = "GetPinStatus.response.verified.xml"
    assert konnektor.pin_stand("hba-1", "PIN.QES").status == "VERIFIED"
    assert b"drmuster" in stub.asked[-1].body


def test_expiry_merges_rsa_and_ecc(paired: Paired, stub: SoapStub) -> None:
    rows = paired().zertifikatsablauf()
    assert [a.operation for a in stub.asked[1:]] == ["CheckCertificateExpiration"] * 2
    assert len(rows) == 4
    assert (rows[0].terminal, rows[0].handle, rows[0].bis) == (None, None, date(2027, 11, 14))
    assert not any(row.nur_rsa for row in rows)
    stub.answers["CheckCertificateExpiration"] = "CheckCertificateExpiration.response.warning-4257.xml"
    (old,) = paired().zertifikatsablauf()
    assert (old.iccsn, old.nur_rsa) == ("80276883110000033333", True)


def test_an_older_certificate_service_is_asked_once_and_without_crypt(paired: Paired, stub: SoapStub) -> None:
    base = f"https://127.0.0.1:{stub.port}/ws"
    sds = _sds((EVENT, "7.2.0", f"{base}/e"), (CERTIFICATE, "6.0.0", f"{base}/c"))
    stub.answers["/connector.sds"] = http(200, sds)
    assert len(paired().zertifikatsablauf()) == 4
    assert len(stub.asked) == 2
    assert b"Crypt" not in stub.asked[1].body


def test_the_card_certificate_names_its_issuer_and_is_checked_on_demand(paired: Paired, stub: SoapStub) -> None:
    own = paired().kartenzertifikat("smcb-1")
    assert (own.aussteller, own.der) == ("Demo", b"EXAMPLE, not a certificate")
    assert "Muster" not in repr(own)  # the holder is not kept
    assert paired().zertifikat_pruefen(own.der) == "INCONCLUSIVE"
    stub.answers["VerifyCertificate"] = http(200, stub.sample("GetPinStatus.response.verified.xml"))
    with pytest.raises(KonnektorFehler) as failed:
        paired().zertifikat_pruefen(own.der)
    assert failed.value.schluessel == "kon.internal"


@pytest.mark.parametrize(
    ("name", "issuer"),
    [
        ("CN=X.SMCB-CA9,O=Beispiel Trust\\, GmbH,C=DE", "Beispiel Trust, GmbH"),
        ("C=DE, O=Beispiel AG, OU=Stelle", "Beispiel AG"),
        ("OU=Stelle,CN=Nur-CA", "Nur-CA"),
        ("irgendwas", "irgendwas"),
    ],
)
def test_issuer_names(name: str, issuer: str) -> None:
    assert answers.issuer_name(name) == issuer


def test_signing_a_batch_asks_once_and_maps_by_request_id(paired: Paired, stub: SoapStub) -> None:
    konnektor = paired()
    got = konnektor.sign({"req-0": b"<null/>", "req-1": b"<eins/>"}, "hba-1", "drmuster")
    assert got == (
        Signatur(request_id="req-0", p7s=None, fehlertext="Der Konnektor hat nicht geantwortet."),
        Signatur(request_id="req-1", p7s=b"EXAMPLE only"),
    )
    assert [a.operation for a in stub.asked[1:]] == ["GetJobNumber", "SignDocument"]
    assert stub.asked[-1].path == "/ws/signatureservice75"
    assert stub.asked[-1].headers["soapaction"] == f'"{SIGNATURE_7_5}#SignDocument"'
    stub.answers["SignDocument"] = "SignDocument.response.ocsp-warning.xml"
    (warned,) = konnektor.sign({"req-1": b"<eins/>"}, "hba-1", "drmuster")
    assert (warned.p7s, warned.fehler) == (b"EXAMPLE only", 1028)


def test_an_older_signature_service_is_spoken_to_in_its_own_namespace(paired: Paired, stub: SoapStub) -> None:
    base = f"https://127.0.0.1:{stub.port}/ws"
    sds = _sds((EVENT, "7.2.0", f"{base}/e"), (SIGNATURE_7_4, "7.4.2", f"{base}/s"))
    stub.answers["/connector.sds"] = http(200, sds)
    assert paired().jobnummer() == "ABC-042"
    assert stub.asked[-1].headers["soapaction"] == f'"{SIGNATURE_7_4}#GetJobNumber"'


# -- faults ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sample", "code", "key"),
    [
        ("Fault.3041.smcb-not-unlocked.xml", 3041, "card.pin"),
        ("Fault.4002.critical-state.xml", 4002, "kon.critical_state"),
        ("Fault.4010.client-not-mapped.xml", 4010, "kon.context_wrong"),
        ("Fault.4021.context.xml", 4021, "kon.context_wrong"),
        ("Fault.4047.card-handle-invalid.xml", 4047, "card.gone"),
        ("Fault.4174.ti-tunnel.xml", 4174, "vpn.ti_down"),
        ("Fault.4204.client-not-authenticated.xml", 4204, "kon.client_rejected"),
    ],
)
def test_a_fault_is_classified_by_its_code(sample: str, code: int, key: str, paired: Paired, stub: SoapStub) -> None:
    stub.answers["GetCards"] = sample
    with pytest.raises(KonnektorFehler) as failed:
        paired().karten()
    assert (failed.value.fault, failed.value.schluessel) == (code, key)
    assert str(code) in failed.value.text


def test_the_last_trace_decides_and_all_are_kept(paired: Paired, stub: SoapStub) -> None:
    one = stub.sample("Fault.4174.ti-tunnel.xml").decode()
    begin, end = one.index("<GERROR:Trace>"), one.index("</GERROR:Trace>") + len("</GERROR:Trace>")
    trace = one[begin:end]
    stub.answers["GetCards"] = http(500, (one[:end] + trace.replace("4174", "4010") + one[end:]).encode())
    with pytest.raises(KonnektorFehler) as failed:
        paired().karten()
    assert (failed.value.fault, failed.value.daten["codes"]) == (4010, "4174,4010")


def test_a_code_that_nobody_knows_is_survived(paired: Paired, stub: SoapStub) -> None:
    sample = stub.sample("Fault.4174.ti-tunnel.xml").replace(b"4174", b"98765")
    stub.answers["GetCards"] = http(500, sample)
    with pytest.raises(KonnektorFehler) as failed:
        paired().karten()
    assert (failed.value.fault, failed.value.schluessel) == (98765, "kon.fault")


def test_every_key_of_the_table_has_a_sentence() -> None:
    assert set(FAULTS.values()) <= set(SAETZE)


@pytest.mark.parametrize(
    ("status", "key"),
    [
        (401, "kon.client_rejected"),
        (403, "kon.client_rejected"),
        (404, "kon.booting"),
        (503, "kon.booting"),
        (302, "kon.internal"),
    ],
)
def test_http_states_are_classified(status: int, key: str, paired: Paired, stub: SoapStub) -> None:
    stub.answers["GetCards"] = http(status, b"<html>Bitte anmelden</html>", "Location: https://127.0.0.1:1/")
    with pytest.raises(KonnektorFehler) as failed:
        paired().karten()
    assert failed.value.schluessel == key


# -- the line ---------------------------------------------------------------------


def test_one_connection_carries_all_calls(paired: Paired, stub: SoapStub) -> None:
    konnektor = paired()
    for _ in range(3):
        konnektor.lage()
        konnektor.karten()
    konnektor.sign({"req-1": b"<x/>"}, "hba-1", None)
    assert stub.server is not None
    assert stub.server.connections == 1


def test_a_kept_connection_that_died_is_replaced_once(paired: Paired, stub: SoapStub) -> None:
    stub.hang_up_after = 2
    konnektor = paired()
    for _ in range(5):
        konnektor.lage()
    assert [a.operation for a in stub.asked[1:]] == ["GetResourceInformation"] * 5


def test_signing_is_never_repeated_by_itself(paired: Paired, stub: SoapStub) -> None:
    stub.hang_up_after = 2  # directory and job number, then the line is gone
    with pytest.raises(KonnektorFehler) as failed:
        paired().sign({"req-1": b"<x/>"}, "hba-1", None)
    assert failed.value.schluessel == "kon.no_answer"
    assert "SignDocument" not in [a.operation for a in stub.asked]


def test_the_directory_is_read_again_after_trouble(paired: Paired, stub: SoapStub) -> None:
    konnektor = paired()
    konnektor.lage()
    stub.answers["GetResourceInformation"] = http(404, b"")
    with pytest.raises(KonnektorFehler):
        konnektor.lage()
    del stub.answers["GetResourceInformation"]
    konnektor.lage()
    assert [a.path for a in stub.asked].count("/connector.sds") == 2


def test_proxies_of_the_system_play_no_part(paired: Paired, stub: SoapStub, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert paired().lage().vpn_ti is True


def test_the_password_goes_only_to_the_confirmed_konnektor(paired: Paired, stub: SoapStub) -> None:
    paired(benutzer="präxis", passwort="gehéim").lage()
    assert {a.headers["authorization"] for a in stub.asked} == {"Basic cHLDpHhpczpnZWjDqWlt"}


def test_host_rewriting_leads_calls_to_the_configured_address(paired: Paired, stub: SoapStub) -> None:
    stub.answers["/connector.sds"] = http(200, _sds((EVENT, "7.2.0", "https://konnektor.konlan:443/ws/e")))
    assert paired(host_ersetzen=True).lage().vpn_ti is True
    assert stub.asked[-1].path == "/ws/e"


def test_a_service_that_is_not_offered_is_said(paired: Paired, stub: SoapStub) -> None:
    base = f"https://127.0.0.1:{stub.port}/ws"
    stub.answers["/connector.sds"] = http(200, _sds((EVENT, "7.2.0", f"{base}/e")))
    for call in (paired().jobnummer, lambda: paired().pin_stand("smcb-1")):
        with pytest.raises(KonnektorFehler) as failed:
            call()
        assert failed.value.schluessel == "kon.unsupported"
