"""What a Konnektor answered, as values (pure).

Source: domain sheet ti-detection §1.4–§1.10; shapes of ConnectorCommon.xsd, EventService.xsd.
"""

import base64
import binascii
import re
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from papierbruecke.clock import PRAXISZEIT
from papierbruecke.konnektor.envelope import SOAP
from papierbruecke.konnektor.faults import failure_of_fault
from papierbruecke.konnektor.hardened_xml import XmlRefused, parse_hardened
from papierbruecke.konnektor.model import (
    Abonnement,
    Fehlerzustand,
    Karte,
    Kartenzertifikat,
    Konnektorlage,
    PinStand,
    Signatur,
    Signaturmodus,
    Terminal,
    Zertifikatsablauf,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

_DURATION = re.compile(r"P(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)(?:\.[0-9]+)?S)?)?")
_FIRST_WITH_ECC = (4, 4, 0)
_PATIENT_CARDS = {"EGK", "KVK"}


class NotUnderstood(Exception):
    """No SOAP answer that we can read."""


class SoapFault(Exception):
    """The Konnektor answered with an error; ``codes`` are those of all Traces, the last one decides (A_14159)."""

    def __init__(self, codes: tuple[int, ...]) -> None:
        super().__init__(codes)
        self.codes = codes


def read_body(data: bytes) -> "_Element":
    """The element inside the SOAP body.

    Raises NotUnderstood for anything that is no SOAP, SoapFault for a fault and for an answer
    whose Status is neither OK nor Warning.
    """
    try:
        root = parse_hardened(data)
    except XmlRefused as error:
        raise NotUnderstood from error
    body = root.find(f"{{{SOAP}}}Body")
    if root.tag != f"{{{SOAP}}}Envelope" or body is None or len(body) == 0:
        raise NotUnderstood
    content = body[0]
    if content.tag == f"{{{SOAP}}}Fault":
        raise SoapFault(error_codes(content))
    status = content.find("{*}Status")
    if status is not None and (status.findtext("{*}Result") or "").strip() not in ("OK", "Warning"):
        raise SoapFault(error_codes(status))
    return content


def error_codes(element: "_Element") -> tuple[int, ...]:
    """The gematik codes of all Traces below this element, in order."""
    texts = [(code.text or "").strip() for code in element.iterfind(".//{*}Trace/{*}Code")]
    return tuple(int(text) for text in texts if text.isascii() and text.isdigit())


def warning_codes(content: "_Element") -> tuple[int, ...]:
    """Codes that came along with a good answer."""
    status = content.find("{*}Status")
    return () if status is None else error_codes(status)


def read_lage(content: "_Element") -> Konnektorlage:
    """GetResourceInformationResponse. Only error states with ``Value=true`` are active (§0.2)."""
    vpn_ti = content.find(".//{*}VPNTIStatus")
    if vpn_ti is None:
        raise NotUnderstood
    vpn_sis = content.find(".//{*}VPNSISStatus")
    states = []
    for state in content.iterfind(".//{*}OperatingState/{*}ErrorState"):
        if _flag(state, "Value"):
            name, parameter = normalize_condition(_text(state, "ErrorCondition"))
            states.append(
                Fehlerzustand(
                    name=name,
                    parameter=parameter,
                    schwere=_text(state, "Severity"),
                    seit=_moment(_text(state, "ValidFrom")),
                )
            )
    return Konnektorlage(
        vpn_ti=_text(vpn_ti, "ConnectionStatus") == "Online",
        vpn_ti_seit=_moment(_text(vpn_ti, "Timestamp")),
        vpn_sis=None if vpn_sis is None else _text(vpn_sis, "ConnectionStatus") == "Online",
        fehlerzustaende=tuple(states),
    )


def read_subscription(content: "_Element") -> Abonnement:
    """SubscribeResponse."""
    return _subscription(content)


def read_renewals(content: "_Element") -> tuple[Abonnement, ...]:
    """RenewSubscriptionsResponse: the ones that live on."""
    return tuple(_subscription(entry) for entry in content.iterfind(".//{*}SubscriptionRenewal"))


def _subscription(element: "_Element") -> Abonnement:
    bis = _moment(_text(element, "TerminationTime"))
    number = _text(element, "SubscriptionID")
    if bis is None or not number:
        raise NotUnderstood
    return Abonnement(id=number, bis=bis)


def normalize_condition(text: str) -> tuple[str, str | None]:
    """``EC_CardTerminal_Not_Available (CT-01)`` → name in lower case, and what stood in parentheses (§1.5)."""
    name, _, rest = re.sub(r"\s+", "", text).partition("(")
    parameter = rest.removesuffix(")")
    return name.lower(), parameter or None


def read_cards(content: "_Element") -> tuple[Karte, ...]:
    """GetCardsResponse without the cards of patients: nothing here needs them."""
    found = []
    for card in content.iterfind(".//{*}Card"):
        kind = _text(card, "CardType")
        if kind.upper() in _PATIENT_CARDS:
            continue
        ends = _day(_text(card, "CertificateExpirationDate"))
        found.append(
            Karte(
                handle=_text(card, "CardHandle"),
                typ=kind,
                iccsn=_text(card, "Iccsn"),
                terminal=_text(card, "CtId"),
                # The certificate is good through its last day, as a practice reads a date.
                zertifikat_bis=None if ends is None else datetime.combine(ends, time(23, 59, 59), PRAXISZEIT),
                nur_rsa=_before_ecc(card),
            )
        )
    return tuple(found)


def _before_ecc(card: "_Element") -> bool:
    numbers = [_deep(card, f"ObjectSystemVersion/{{*}}{part}") for part in ("Major", "Minor", "Revision")]
    if not all(number.isascii() and number.isdigit() for number in numbers):
        return False
    return tuple(int(number[:9]) for number in numbers) < _FIRST_WITH_ECC


def read_terminals(content: "_Element") -> tuple[Terminal, ...]:
    """GetCardTerminalsResponse."""
    return tuple(
        Terminal(
            id=_text(terminal, "CtId"),
            name=_text(terminal, "Name"),
            verbunden=_flag(terminal, "Connected"),
            physisch=_flag(terminal, "IS_PHYSICAL"),
            arbeitsplaetze=tuple(
                (place.text or "").strip() for place in terminal.iterfind("{*}WorkplaceIds/{*}WorkplaceId")
            ),
            ip=_deep(terminal, "IPV4Address") or _deep(terminal, "IPV6Address") or None,
            firmware=_deep(terminal, "FWVersion") or None,
        )
        for terminal in content.iterfind(".//{*}CardTerminal")
    )


def read_pin(content: "_Element") -> PinStand:
    """GetPinStatusResponse."""
    status, tries = _text(content, "PinStatus"), _text(content, "LeftTries")
    if not status:
        raise NotUnderstood
    return PinStand(status=status, versuche=int(tries) if tries.isascii() and tries.isdigit() else None)


def read_expirations(content: "_Element") -> tuple[Zertifikatsablauf, ...]:
    """CheckCertificateExpirationResponse; rows without a readable date are left out."""
    found = []
    for row in content.iterfind("{*}CertificateExpiration"):
        ends = _day(_text(row, "validity"))
        if ends is not None:
            found.append(
                Zertifikatsablauf(
                    iccsn=_text(row, "ICCSN"),
                    seriennummer=_text(row, "serialNumber"),
                    bis=ends,
                    terminal=_text(row, "CtID") or None,
                    handle=_text(row, "CardHandle") or None,
                )
            )
    return tuple(found)


def merge_expirations(
    rsa: Iterable[Zertifikatsablauf], ecc: Iterable[Zertifikatsablauf], *, without_ecc: bool
) -> tuple[Zertifikatsablauf, ...]:
    """One row per certificate from the RSA and the ECC answer (§1.8).

    ``without_ecc``: the ECC answer carried code 4257. A card is then RSA only if ECC brought
    no certificate that RSA had not; some Konnektoren repeat the RSA row, some leave it out.
    """
    rsa, ecc = tuple(rsa), tuple(ecc)
    known = {(row.iccsn, row.seriennummer) for row in rsa}
    new = [row for row in ecc if (row.iccsn, row.seriennummer) not in known]
    with_ecc = {row.iccsn for row in new}
    return tuple(row.model_copy(update={"nur_rsa": without_ecc and row.iccsn not in with_ecc}) for row in (*rsa, *new))


def read_card_certificate(content: "_Element") -> Kartenzertifikat:
    """ReadCardCertificateResponse: issuer and bytes of the first certificate."""
    data = content.find(".//{*}X509DataInfo/{*}X509Data")
    try:
        der = base64.b64decode("".join(_text(data, "X509Certificate").split()), validate=True)
    except binascii.Error as error:
        raise NotUnderstood from error
    issuer = "" if data is None else _deep(data, "X509IssuerName")
    if not der or not issuer:
        raise NotUnderstood
    return Kartenzertifikat(aussteller=issuer_name(issuer), der=der)


def issuer_name(name: str) -> str:
    """Who issued it: the organisation of a distinguished name, else its common name, else all of it."""
    for kind in ("O", "CN"):
        found = re.search(rf"(?:^|[,+])\s*{kind}=((?:\\.|[^,+\\])+)", name)
        if found is not None:
            return re.sub(r"\\(.)", r"\1", found[1]).strip()
    return name


def read_verification(content: "_Element") -> str:
    """VerifyCertificateResponse: VALID, INVALID or INCONCLUSIVE."""
    result = _deep(content, "VerificationResult")
    if result not in ("VALID", "INVALID", "INCONCLUSIVE"):
        raise NotUnderstood
    return result


def read_job(content: "_Element") -> str:
    """GetJobNumberResponse: three capital letters, hyphen, three digits."""
    number = _text(content, "JobNumber")
    if not re.fullmatch(r"[A-Z]{3}-\d{3}", number):
        raise NotUnderstood
    return number


def read_nothing(content: "_Element") -> None:
    """An answer that only says that it is done."""


def read_signature_mode(content: "_Element") -> Signaturmodus:
    """GetSignatureModeResponse; without a session of the Komfortsignatur every call asks for the PIN."""
    if not _text(content, "ComfortSignatureStatus"):
        raise NotUnderstood
    allowed = _text(content, "ComfortSignatureStatus") == "ENABLED"
    session = content.find("{*}SessionInfo")
    if session is None or _text(session, "SignatureMode") != "COMFORT":
        return Signaturmodus(komfort=False, erlaubt=allowed)
    count, seconds = _text(session, "CountRemaining"), _duration_s(_text(session, "TimeRemaining"))
    if not (count.isascii() and count.isdigit()) or seconds is None:
        raise NotUnderstood
    return Signaturmodus(komfort=allowed, erlaubt=allowed, rest=int(count), rest_s=seconds)


def _duration_s(text: str) -> int | None:
    """An xs:duration of days and less in whole seconds."""
    found = _DURATION.fullmatch(text)
    if found is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def read_signatures(content: "_Element", request_ids: Iterable[str]) -> tuple[Signatur, ...]:
    """SignDocumentResponse: one value per request id, whatever order they came in (eau-kim §7)."""
    answers: dict[str, Signatur] = {}
    for response in content.iterfind("{*}SignResponse"):
        request_id = response.get("RequestID") or ""
        codes = error_codes(response)
        signed = _text(response.find("{*}Status"), "Result") in ("OK", "Warning")
        answers[request_id] = Signatur(
            request_id=request_id,
            p7s=_signature(response) if signed else None,
            fehler=codes[-1] if codes else None,
            fehlertext=None if not codes else failure_of_fault(codes[-1], {}).text,
        )
    return tuple(
        answers.get(wanted, Signatur(request_id=wanted, p7s=None, fehlertext="Der Konnektor hat nicht geantwortet."))
        for wanted in request_ids
    )


def _signature(response: "_Element") -> bytes | None:
    text = response.findtext(".//{*}SignatureObject/{*}Base64Signature") or ""
    try:
        return base64.b64decode("".join(text.split()), validate=True) or None
    except binascii.Error:
        return None


def _text(element: "_Element | None", name: str) -> str:
    return "" if element is None else (element.findtext(f"{{*}}{name}") or "").strip()


def _deep(element: "_Element", name: str) -> str:
    return (element.findtext(f".//{{*}}{name}") or "").strip()


def _flag(element: "_Element", name: str) -> bool:
    return _text(element, name).lower() in ("true", "1")


def _moment(text: str) -> datetime | None:
    """An xs:dateTime; one without zone is the wall clock of the practice."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=PRAXISZEIT)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
