"""What the simulated Konnektor does with a SOAP request: every check, and the answer.

Stricter than a real one: every request is checked for path, Content-Type, SOAPAction, context,
order and schema, card handles and PIN states, and a job number is good for one signature job.
"""

import base64
import datetime
import itertools
import re
import threading
from dataclasses import dataclass
from typing import Any

from papierbruecke.drill import konnektor_answers as answers
from papierbruecke.drill.cades import sign_enveloping
from papierbruecke.drill.certificates import Identity, Pki, make_ocsp_response
from papierbruecke.drill.cetp import EventSender, subscription
from papierbruecke.drill.comfort import ABORTED, Comfort, is_user
from papierbruecke.drill.error_conditions import condition_of
from papierbruecke.drill.faults import Faults
from papierbruecke.drill.model import KartenZustand, KonnektorZustand
from papierbruecke.drill.practice_setup import ARBEITSPLATZ, CLIENTSYSTEM, MANDANT
from papierbruecke.drill.soap import (
    CARDCMN,
    CCTX,
    CERT,
    CERTCMN,
    CONN,
    DSS,
    EVT,
    SIG,
    Fault,
    Operation,
    check_request,
    element,
    envelope,
    fault_envelope,
    parse_request,
    status_error,
    status_ok,
)

# Usable in every critical state but two (TAB_KON_504).
_ALWAYS = {
    "GetResourceInformation",
    "GetCards",
    "GetCardTerminals",
    "Subscribe",
    "RenewSubscriptions",
    "Unsubscribe",
}
CADES_TYPE = "urn:ietf:rfc:5652"
BATCH_LIMIT = 250  # documents in one call; the counter of the Komfortsignatur ends there, too
_SHORT_TEXT = re.compile(r"[a-zA-Z 0-9_.\-äöüÄÖÜß]{0,30}")


@dataclass(frozen=True, slots=True)
class Anfrage:
    """One request as it came: what, and how it ended (HTTP status, fault code)."""

    name: str
    status: int
    fault: int | None = None
    dokumente: int = 0
    grund: str = ""


class KonnektorServices:
    """The services behind the endpoints, without any network."""

    def __init__(self, pki: Pki, faults: Faults) -> None:
        self._pki = pki
        self._faults = faults
        self._lock = threading.Lock()
        self._jobs: set[str] = set()
        self.comfort = Comfort()
        self._job_numbers = itertools.count(1)
        self._ocsp = {
            answers.HBA_HANDLE: make_ocsp_response(pki.hba, pki.karten),
            answers.SMCB_HANDLE: make_ocsp_response(pki.smcb, pki.karten),
        }
        self._zustand = KonnektorZustand()
        self.events = EventSender(faults.released)
        self.since = datetime.datetime.now(datetime.UTC)

    @property
    def zustand(self) -> KonnektorZustand:
        """The state that is played."""
        return self._zustand

    @zustand.setter
    def zustand(self, zustand: KonnektorZustand) -> None:
        self._zustand = zustand
        self.comfort.take(zustand)

    def directory(self, base_url: str) -> tuple[int, bytes]:
        """``GET /connector.sds``: status and body."""
        zustand = self.zustand
        self._faults.wait(zustand.antwortzeit_s)
        if zustand.sds_status != 200:
            return zustand.sds_status, b""
        return 200, answers.service_directory(zustand, base_url)

    def handle(self, path: str, content_type: str, action: str, body: bytes) -> tuple[bytes | None, Anfrage]:
        """One SOAP request: the answer (None: cut the connection instead) and what to remember."""
        name, documents = "unlesbar", 0
        try:
            if content_type.replace(" ", "").lower().replace('"', "") != "text/xml;charset=utf-8":
                raise Fault(4000, "Content-Type muss text/xml; charset=utf-8 sein.")
            operation, request = parse_request(body)
            name = operation.name
            documents = len(request.findall(f"{{{SIG}}}SignRequest"))
            if path != answers.PATHS[operation.namespace]:
                raise Fault(4000, "Dieser Dienst wohnt unter einer anderen Adresse (connector.sds).")
            if action != f'"{operation.action}"':
                raise Fault(4000, "SOAPAction passt nicht zur Operation.")
            check_request(operation, request)
            fall = self._faults.strike(name)
            if fall is not None and fall.art == "ablehnen":
                raise Fault(fall.code or 4001, fall.text or "Gespielte Störung")
            if fall is not None and fall.art == "verlieren":
                return None, Anfrage(name, 0, None, documents, "verloren, nichts getan")
            self._faults.wait(self.zustand.antwortzeit_s + (fall.dauer_s if fall and fall.art == "langsam" else 0))
            answer = envelope(self._answer(operation, request))
            if fall is not None and fall.art == "trennen":
                return None, Anfrage(name, 0, None, documents, "getan, Antwort verloren")
            return answer, Anfrage(name, 200, None, documents)
        except Fault as fault:
            return fault_envelope(fault), Anfrage(name, 500, fault.code, documents, fault.text)

    def _answer(self, operation: Operation, request: Any) -> Any:
        zustand = self.zustand
        self._check_client()
        # DeactivateComfortSignature is the one operation without a Context: it ends it for every user.
        user = None if operation.name == "DeactivateComfortSignature" else self._check_context(request)
        fatal = [name for name in zustand.fehlerzustaende if condition_of(name)[1] == "Fatal"]
        if fatal and operation.name not in _ALWAYS:
            raise Fault(4002, "Der Konnektor befindet sich in einem kritischen Betriebszustand")
        match operation.name:
            case "GetResourceInformation":
                if len(request) > 1:
                    raise Fault(4000, "Dieser Konnektor kennt hier nur die Abfrage ohne Ziel.")
                return answers.resource_information(zustand, self.since)
            case "GetCards":
                return answers.cards(zustand, self.since)
            case "GetCardTerminals":
                return answers.card_terminals(zustand)
            case "GetPinStatus":
                card = self._card(request.findtext(f"{{{CONN}}}CardHandle"))
                kind = request.findtext(f"{{{CARDCMN}}}PinTyp")
                allowed = {"PIN.SMC"} if card is zustand.smcb else {"PIN.CH", "PIN.QES"}
                if kind not in allowed:
                    raise Fault(4072, "Ungültige PIN-Referenz")
                return answers.pin_status(card)
            case "CheckCertificateExpiration":
                return answers.certificate_expiration(zustand, request.findtext(f"{{{CERT}}}Crypt") or "RSA")
            case "ReadCardCertificate":
                handle = request.findtext(f"{{{CONN}}}CardHandle")
                self._card(handle)
                if request.findtext(f"{{{CERT}}}Crypt") == "RSA":
                    raise Fault(4257, "Keine RSA-Zertifikate auf der Karte")
                return answers.card_certificate(self._identity(handle))
            case "VerifyCertificate":
                return answers.verification(self._verified(request.findtext(f"{{{CERTCMN}}}X509Certificate") or ""))
            case "GetSignatureMode":
                self._doctors_card(request)
                return answers.signature_mode(zustand, self.comfort.rest(_needed(user)))
            case "ActivateComfortSignature":
                card = self._doctors_card(request)
                if card.pin in ("BLOCKED", "TRANSPORT_PIN", "EMPTY_PIN"):
                    raise Fault(4063 if card.pin == "BLOCKED" else 4065, "PIN.QES lässt sich nicht verifizieren")
                self.comfort.activate(_needed(user))
                return answers.comfort_activated()
            case "DeactivateComfortSignature":
                if len(request) != 1:
                    raise Fault(4000, "Dieser Konnektor kennt hier nur eine Karte.")
                self._doctors_card(request)
                self.comfort.deactivate()
                return answers.comfort_deactivated()
            case "StopSignature":
                self.comfort.stop(request.findtext(f"{{{SIG}}}JobNumber") or "")
                return answers.signature_stopped()
            case "GetJobNumber":
                return self._job_number()
            case "Subscribe" | "RenewSubscriptions" | "Unsubscribe":
                return self._subscriptions(operation.name, request)
        return self._sign(request, user)

    def _subscriptions(self, name: str, request: Any) -> Any:
        if name == "Subscribe":
            wanted = request.find(f"{{{EVT}}}Subscription")
            sink, topic = (wanted.findtext(f"{{{EVT}}}{tag}") or "" for tag in ("EventTo", "Topic"))
            number, until = self.events.subscribe(sink, topic)
            return element("EVT:SubscribeResponse", status_ok(), *subscription(number, until))
        numbers = [one.text or "" for one in request.findall(f"{{{EVT}}}SubscriptionID")]
        if name == "RenewSubscriptions":
            rows = [element("EVT:SubscriptionRenewal", *subscription(*row)) for row in self.events.renew(numbers)]
            return element("EVT:RenewSubscriptionsResponse", status_ok(), element("EVT:SubscribeRenewals", *rows))
        self.events.unsubscribe(next(iter(numbers), None), request.findtext(f"{{{EVT}}}EventTo"))
        return element("EVT:UnsubscribeResponse", status_ok())

    def _check_client(self) -> None:
        if self.zustand.client == "fault-4204":
            raise Fault(4204, "Clientsystem nicht authentisiert")

    def _check_context(self, request: Any) -> str | None:
        zustand = self.zustand
        if zustand.kontext_fehler is not None:
            raise Fault(zustand.kontext_fehler, "Aufrufkontext ungültig")
        context = request.find(f"{{{CCTX}}}Context")
        given = {child.tag: child.text for child in context}
        expected = {"MandantId": MANDANT, "ClientSystemId": CLIENTSYSTEM, "WorkplaceId": ARBEITSPLATZ}
        for name, value in expected.items():
            if given.get(f"{{{CONN}}}{name}") != value:
                raise Fault(4021, "Aufrufkontext unvollständig oder unbekannt")
        user = given.get(f"{{{CONN}}}UserId")
        if user is not None and not is_user(user):
            raise Fault(4021, "Aufrufkontext unvollständig oder unbekannt")
        return user

    def _card(self, handle: str | None) -> KartenZustand:
        zustand = self.zustand
        card = {answers.SMCB_HANDLE: zustand.smcb, answers.HBA_HANDLE: zustand.hba}.get(handle or "")
        if not zustand.terminal_verbunden:
            raise Fault(4040, "Fehler beim Versuch eines Verbindungsaufbaus zum Kartenterminal")
        if card is None or not card.gesteckt:
            raise Fault(4047, "Karten-Handle ungültig")
        return card

    def _doctors_card(self, request: Any) -> KartenZustand:
        handle = request.findtext(f"{{{CONN}}}CardHandle")
        card = self._card(handle)
        if handle != answers.HBA_HANDLE:
            raise Fault(4209, "Kartentyp wird durch diese Operation nicht unterstützt")
        return card

    def _identity(self, handle: str | None) -> Identity:
        return self._pki.hba if handle == answers.HBA_HANDLE else self._pki.smcb

    def _verified(self, given: str) -> str:
        """What a responder would say: it knows the two cards of this practice and nothing else."""
        zustand = self.zustand
        known = {answers.der_of(self._pki.smcb): zustand.smcb, answers.der_of(self._pki.hba): zustand.hba}
        try:
            card = known.get(base64.b64decode(given, validate=True))
        except ValueError as error:
            raise Fault(4000, "X509Certificate ist nicht base64.") from error
        if card is None or card.gueltig_tage < 0:
            return "INVALID"
        return "VALID" if zustand.vpn_ti and zustand.ocsp else "INCONCLUSIVE"

    def _job_number(self) -> Any:
        with self._lock:
            number = next(self._job_numbers)
            job = f"DRI-{number % 1000:03d}"
            self._jobs.add(job)
        return element("SIG:GetJobNumberResponse", element("SIG:JobNumber", job))

    def _sign(self, request: Any, user: str | None) -> Any:
        handle = request.findtext(f"{{{CONN}}}CardHandle")
        card = self._card(handle)
        if handle == answers.HBA_HANDLE and user is None:
            raise Fault(4003, "Keine User-ID angegeben")
        if card.pin != "VERIFIED":
            raise Fault(4063 if card.pin == "BLOCKED" else 4085, "Zugriffsbedingungen nicht erfüllt")
        if request.findtext(f"{{{SIG}}}TvMode") != "NONE":
            raise Fault(4000, "TvMode muss NONE sein.")
        if request.findtext(f"{{{SIG}}}Crypt") == "RSA":
            raise Fault(4257, "Keine RSA-Zertifikate auf der Karte")
        job = request.findtext(f"{{{SIG}}}JobNumber")
        with self._lock:
            if job not in self._jobs:
                raise Fault(4252, "Jobnummer unbekannt oder schon verwendet")
            self._jobs.discard(job)
        requests = request.findall(f"{{{SIG}}}SignRequest")
        ids = [one.get("RequestID") for one in requests]
        if len(set(ids)) != len(ids):
            raise Fault(4000, "RequestID ist nicht eindeutig.")
        if len(requests) > BATCH_LIMIT:
            raise Fault(4000, f"Mehr als {BATCH_LIMIT} Dokumente in einem Stapel.")
        if handle == answers.HBA_HANDLE:
            self.comfort.spend(user, len(ids))
        with self.comfort.job(job or "") as stopped:
            identity, ocsp = self._identity(handle), self._ocsp[handle or ""]
            responses = [self._sign_one(one, identity, ocsp, card, stopped) for one in requests]
        return element("SIG:SignDocumentResponse", *responses)

    def _sign_one(
        self, request: Any, identity: Identity, ocsp: bytes, card: KartenZustand, stopped: threading.Event
    ) -> Any:
        request_id = request.get("RequestID")
        status, document = status_ok(), _document(request)
        fall = self._faults.strike("SignRequest")
        if fall is not None and fall.art == "langsam":
            stopped.wait(fall.dauer_s)
        if stopped.is_set():
            status = status_error("Error", ABORTED, "Abbruch durch den Benutzer")
            return element("SIG:SignResponse", status, RequestID=request_id)
        if fall is not None and fall.art == "ablehnen":
            status = status_error("Error", fall.code or 4094, fall.text or "Timeout beim Kartenzugriff aufgetreten")
            return element("SIG:SignResponse", status, RequestID=request_id)
        if card.gueltig_tage < 0:
            status = status_error("Error", 4257, "Das Zertifikat der Karte ist abgelaufen")
            return element("SIG:SignResponse", status, RequestID=request_id)
        embedded: bytes | None = ocsp
        if not (self.zustand.vpn_ti and self.zustand.ocsp):
            # Without the TI or its responder no OCSP answer can be had: signed, with a warning.
            status, embedded = status_error("Warning", 1028, "Sperrauskunft nicht erhalten"), None
        signature = base64.b64encode(sign_enveloping(document, identity, embedded)).decode()
        return element(
            "SIG:SignResponse",
            status,
            element("dss:SignatureObject", element("dss:Base64Signature", signature, Type=CADES_TYPE)),
            RequestID=request_id,
        )


def _needed(user: str | None) -> str:
    """The user of the call, where one must be named."""
    if user is None:
        raise Fault(4003, "Keine User-ID angegeben")
    return user


def _document(request: Any) -> bytes:
    """The bytes to sign; the request must ask for exactly what an eAU needs (TA eAU P4-01)."""
    inputs = request.find(f"{{{SIG}}}OptionalInputs")
    kind = None if inputs is None else inputs.findtext(f"{{{DSS}}}SignatureType")
    if kind != CADES_TYPE or (inputs.findtext(f"{{{SIG}}}IncludeEContent") or "").strip() not in {"true", "1"}:
        raise Fault(4000, "Verlangt ist CAdES (urn:ietf:rfc:5652) mit IncludeEContent.")
    if (request.findtext(f"{{{SIG}}}IncludeRevocationInfo") or "").strip() not in {"true", "1"}:
        raise Fault(4000, "IncludeRevocationInfo muss true sein (P4-01 AC3a).")
    document = request.find(f"{{{SIG}}}Document")
    if _SHORT_TEXT.fullmatch(document.get("ShortText", "")) is None:
        raise Fault(4000, "ShortText ist zu lang oder hat unerlaubte Zeichen.")
    try:
        data = base64.b64decode(document.findtext(f"{{{DSS}}}Base64Data") or "", validate=True)
    except ValueError as error:
        raise Fault(4000, "Base64Data ist nicht base64.") from error
    if not data:
        raise Fault(4000, "Das Dokument ist leer.")
    return data
