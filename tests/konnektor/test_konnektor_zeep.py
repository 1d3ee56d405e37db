"""zeep with the official WSDLs as an independent reader and writer of our SOAP (issue Nachversand, proof)."""

import os
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from papierbruecke.drill import konnektor_answers as simulated
from papierbruecke.drill.model import KonnektorZustand
from papierbruecke.konnektor import answers, envelope
from papierbruecke.konnektor.directory import CARD, CERTIFICATE, EVENT, SIGNATURE_7_4, SIGNATURE_7_5

try:
    import zeep
    from zeep.transports import Transport
except ImportError:
    if os.environ.get("CI") == "true":
        raise
    pytest.skip("zeep is not installed (extra: test)", allow_module_level=True)

WSDL = {
    EVENT: "EventService.wsdl",
    CARD: "CardService_v8_1_2.wsdl",
    CERTIFICATE: "CertificateService_v6_0_1.wsdl",
    SIGNATURE_7_4: "SignatureService_V7_4_2.wsdl",
    SIGNATURE_7_5: "SignatureService_V7_5_6.wsdl",
}
KONTEXT = envelope.Kontext("Praxis & Söhne <1>", "Papierbruecke", "Empfang1")
MIT_BENUTZER = envelope.Kontext("Praxis01", "Papierbruecke", "Empfang1", "drmuster")
DOCUMENTS = {"a": "<x>ä</x>".encode(), "b": b"\x00\xff"}


class NoNetwork(Transport):  # type: ignore[misc]
    """Everything that a WSDL names lies beside it."""

    def _load_remote_data(self, url: str) -> bytes:
        raise AssertionError(f"asked the network for {url}")


@cache
def client(wsdl: Path, namespace: str) -> Any:
    # The official xmldsig schema has an internal DTD with one entity; it comes from the folder, not from a peer.
    settings = zeep.Settings(forbid_entities=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return zeep.Client(str(wsdl / "conn" / WSDL[namespace]), transport=NoNetwork(), settings=settings)


def operation(wsdl: Path, request: envelope.Request) -> Any:
    """What the WSDL says of this operation."""
    return client(wsdl, request.namespace).service._binding.get(request.operation)


def shape(element: Any) -> Any:
    """An element without prefixes and without white space around it."""
    text = (element.text or "").strip()
    return element.tag, dict(element.attrib), text, [shape(child) for child in element]


REQUESTS = {
    "lage": envelope.resource_information(KONTEXT),
    "karten": envelope.cards(KONTEXT),
    "pin": envelope.pin_status(MIT_BENUTZER, "hba-1", "PIN.QES"),
    "ablauf": envelope.certificate_expiration(KONTEXT, "ECC"),
    "jobnummer": envelope.job_number(KONTEXT, SIGNATURE_7_5),
    "modus": envelope.signature_mode(MIT_BENUTZER, SIGNATURE_7_5, "hba-1"),
    "komfort_ein": envelope.activate_comfort(MIT_BENUTZER, SIGNATURE_7_5, "hba-1"),
    "komfort_aus": envelope.deactivate_comfort(SIGNATURE_7_5, "hba-1"),
    "stop": envelope.stop_signature(KONTEXT, SIGNATURE_7_5, "ABC-042"),
    "stop_7_4": envelope.stop_signature(KONTEXT, SIGNATURE_7_4, "ABC-042"),
    "jobnummer_7_4": envelope.job_number(KONTEXT, SIGNATURE_7_4),
    "sign": envelope.sign_document(MIT_BENUTZER, SIGNATURE_7_5, "hba-1", "ABC-042", DOCUMENTS),
    "sign_7_4": envelope.sign_document(MIT_BENUTZER, SIGNATURE_7_4, "hba-1", "ABC-042", DOCUMENTS),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_zeep_reads_our_request_and_writes_the_very_same(name: str, wsdl: Path) -> None:
    request = REQUESTS[name]
    found = operation(wsdl, request)
    ours = etree.fromstring(request.body)
    read = found.input.deserialize(ours)
    assert found.soapaction == request.action
    plain = zeep.helpers.serialize_object(read, dict)
    if isinstance(plain, list):  # zeep unpacks what holds only one kind of element
        values = {"CardHandle": plain}
    else:
        values = {key: value for key, value in plain.items() if value is not None}
        values = values if "Context" in values else {"Context": values}
    known = client(wsdl, request.namespace)
    theirs = known.create_message(known.service, request.operation, **values)
    body = f"{{{envelope.SOAP}}}Body"
    assert shape(theirs.find(body)) == shape(ours.find(body))


def test_zeep_finds_every_document_with_its_bytes(wsdl: Path) -> None:
    request = REQUESTS["sign"]
    read = operation(wsdl, request).input.deserialize(etree.fromstring(request.body))
    assert {each["RequestID"]: each["Document"]["Base64Data"]["_value_1"] for each in read["SignRequest"]} == DOCUMENTS
    assert all(each["OptionalInputs"]["IncludeEContent"] for each in read["SignRequest"])
    assert all(each["IncludeRevocationInfo"] for each in read["SignRequest"])
    assert (read["CardHandle"], read["JobNumber"], read["TvMode"]) == ("hba-1", "ABC-042", "NONE")


@pytest.mark.parametrize("komfort", ["aus", "pin", "aktiv"])
def test_zeep_and_we_read_the_same_signature_mode(komfort: str, wsdl: Path) -> None:
    state = KonnektorZustand.model_validate({"komfort": komfort})
    answer = etree.fromstring(etree.tostring(simulated.signature_mode(state, 120 if komfort == "aktiv" else None)))
    theirs = operation(wsdl, REQUESTS["modus"]).output.deserialize(wrapped(answer))
    ours = answers.read_signature_mode(answer)
    session = theirs["SessionInfo"]
    assert ours.komfort is (session is not None and session["SignatureMode"] == "COMFORT")
    assert ours.erlaubt is (theirs["ComfortSignatureStatus"] == "ENABLED")
    if session is not None:
        assert (ours.rest, ours.rest_s) == (session["CountRemaining"], int(session["TimeRemaining"].total_seconds()))


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("komfort_ein", simulated.comfort_activated()),
        ("komfort_aus", simulated.comfort_deactivated()),
        ("stop", simulated.signature_stopped()),
    ],
)
def test_zeep_and_we_read_that_it_is_done(name: str, answer: Any, wsdl: Path) -> None:
    inner = etree.fromstring(etree.tostring(answer))
    theirs = operation(wsdl, REQUESTS[name]).output.deserialize(wrapped(inner))
    status = theirs["Status"] if name == "komfort_ein" else theirs  # zeep unpacks what holds only one element
    assert status["Result"] == "OK"
    assert name != "komfort_ein" or theirs["SignatureMode"] == "COMFORT"
    whole = etree.tostring(wrapped(etree.fromstring(etree.tostring(answer))))
    assert answers.read_nothing(answers.read_body(whole)) is None  # type: ignore[func-returns-value]


def wrapped(answer: Any) -> Any:
    """In its envelope."""
    root = etree.Element(f"{{{envelope.SOAP}}}Envelope")
    etree.SubElement(root, f"{{{envelope.SOAP}}}Body").append(answer)
    return root
