"""What the simulated Konnektor says about itself, its terminals, cards and certificates (pure)."""

import base64
import datetime
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from papierbruecke.drill.certificates import GSMCK_ICCSN, HBA_ICCSN, SMCB_ICCSN, SMCKT_ICCSN, Identity
from papierbruecke.drill.error_conditions import ALWAYS_LISTED, condition_of
from papierbruecke.drill.model import KartenZustand, KonnektorZustand
from papierbruecke.drill.practice_setup import ARBEITSPLATZ
from papierbruecke.drill.soap import PI, element, status_error, status_ok, timestamp

SMCB_HANDLE, HBA_HANDLE, SMCKT_HANDLE = "smcb-1", "hba-1", "smckt-1"
_SDS = "http://ws.gematik.de/conn/ServiceDirectory/v3.1"
_SI = "http://ws.gematik.de/conn/ServiceInformation/v2.0"
# Service, target namespace, version, path. Paths differ between vendors: nobody may guess them.
SERVICES = (
    ("EventService", "http://ws.gematik.de/conn/EventService/v7.2", "7.2.0", "/drill/ereignis"),
    ("CardService", "http://ws.gematik.de/conn/CardService/v8.1", "8.1.2", "/drill/karten"),
    ("CertificateService", "http://ws.gematik.de/conn/CertificateService/v6.0", "6.0.1", "/drill/zertifikate"),
    ("SignatureService", "http://ws.gematik.de/conn/SignatureService/v7.4", "7.4.2", "/drill/signatur74"),
    ("SignatureService", "http://ws.gematik.de/conn/SignatureService/v7.5", "7.5.6", "/drill/signatur75"),
)
PATHS = {namespace: path for _, namespace, _, path in SERVICES}


def service_directory(zustand: KonnektorZustand, base_url: str) -> bytes:
    """``connector.sds``. Source: gemSpec_Kon 4.1.3, ServiceDirectory.xsd."""
    names = {"SD": _SDS, "SI": _SI, "PI": PI}
    root = etree.Element(etree.QName(_SDS, "ConnectorServices"), nsmap=names)
    root.append(_product("Konnektor", "DEMOKON", zustand))
    for name in ("TLSMandatory", "ClientAutMandatory"):
        etree.SubElement(root, etree.QName(_SDS, name)).text = "true"
    information = etree.SubElement(root, etree.QName(_SI, "ServiceInformation"))
    versions: dict[str, Any] = {}
    for name, namespace, version, path in SERVICES:
        if name not in versions:
            service = etree.SubElement(information, etree.QName(_SI, "Service"), Name=name)
            etree.SubElement(service, etree.QName(_SI, "Abstract")).text = name
            versions[name] = etree.SubElement(service, etree.QName(_SI, "Versions"))
        entry = etree.SubElement(
            versions[name], etree.QName(_SI, "Version"), TargetNamespace=namespace, Version=version
        )
        etree.SubElement(entry, etree.QName(_SI, "Abstract")).text = f"{name} {version}"
        etree.SubElement(entry, etree.QName(_SI, "EndpointTLS"), Location=base_url + path)
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return data


def resource_information(zustand: KonnektorZustand, since: datetime.datetime) -> Any:
    """GetResourceInformationResponse without target: tunnel states and error states."""
    moment = timestamp(since)
    states = [(name, True) for name in zustand.fehlerzustaende]
    active = {name.split("(")[0] for name in zustand.fehlerzustaende}
    states += [(name, False) for name in ALWAYS_LISTED if name not in active]
    errors = []
    for name, value in states:
        kind, severity = condition_of(name)
        errors.append(
            element(
                "CONN:ErrorState",
                element("CONN:ErrorCondition", name),
                element("CONN:Severity", severity),
                element("CONN:Type", kind),
                element("CONN:Value", "true" if value else "false"),
                element("CONN:ValidFrom", moment),
            )
        )
    tunnels = [
        element(
            f"CONN:{name}",
            element("CONN:ConnectionStatus", "Online" if online else "Offline"),
            element("CONN:Timestamp", moment),
        )
        for name, online in (("VPNTIStatus", zustand.vpn_ti), ("VPNSISStatus", zustand.vpn_sis))
    ]
    connector = element("CONN:Connector", *tunnels, element("CONN:OperatingState", *errors))
    return element("EVT:GetResourceInformationResponse", status_ok(), connector)


def cards(zustand: KonnektorZustand, since: datetime.datetime) -> Any:
    """GetCardsResponse: SMC-B, HBA and gSMC-KT, as far as they are plugged in."""
    listed = []
    for handle, kind, iccsn, slot, holder, card in _plugged(zustand):
        version = [
            element(
                f"CARD:{name}",
                *(element(f"CARD:{part}", number) for part, number in zip(_VERSION_PARTS, numbers, strict=True)),
            )
            for name, numbers in (("COSVersion", "400"), ("ObjectSystemVersion", "470"))
        ]
        listed.append(
            element(
                "CARD:Card",
                element("CONN:CardHandle", handle),
                element("CARDCMN:CardType", kind),
                element("CARD:CardVersion", *version),
                element("CARDCMN:Iccsn", iccsn),
                element("CARDCMN:CtId", "CT-01"),
                element("CARDCMN:SlotId", slot),
                element("CARD:InsertTime", timestamp(since)),
                element("CARD:CardHolderName", holder),
                element("CARD:CertificateExpirationDate", _date(card)),
            )
        )
    return element("EVT:GetCardsResponse", status_ok(), element("CARD:Cards", *listed))


def card_terminals(zustand: KonnektorZustand) -> Any:
    """GetCardTerminalsResponse: the one terminal of this practice."""
    terminal = element(
        "CT:CardTerminal",
        _product("KT", "DEMOKT", zustand),
        element("CARDCMN:CtId", "CT-01"),
        element("CONN:WorkplaceIds", element("CONN:WorkplaceId", ARBEITSPLATZ)),
        element("CT:Name", "KT Empfang"),
        element("CT:MacAddress", "00-0D-F8-08-77-76"),
        element("CT:IPAddress", element("CT:IPV4Address", "192.168.178.61")),
        element("CT:Slots", "4"),
        element("CT:IS_PHYSICAL", "true"),
        element("CT:Connected", "true" if zustand.terminal_verbunden else "false"),
    )
    return element("EVT:GetCardTerminalsResponse", status_ok(), element("CT:CardTerminals", terminal))


def pin_status(card: KartenZustand) -> Any:
    """GetPinStatusResponse."""
    children = [status_ok(), element("CARD:PinStatus", card.pin)]
    if card.pin == "VERIFIABLE":
        children.append(element("CARD:LeftTries", "3"))
    return element("CARD:GetPinStatusResponse", *children)


def certificate_expiration(zustand: KonnektorZustand, crypt: str) -> Any:
    """CheckCertificateExpirationResponse; the gSMC-K has neither terminal nor handle."""
    rows = [("", "", GSMCK_ICCSN, f"{GSMCK_ICCSN}-20221115", "1122334455", KartenZustand(gueltig_tage=350))]
    rows += [
        ("CT-01", handle, iccsn, holder, str(9000 + int(slot)), card)
        for handle, _, iccsn, slot, holder, card in _plugged(zustand)
    ]
    entries = [
        element(
            "CERT:CertificateExpiration",
            element("CERT:CtID", terminal),
            element("CONN:CardHandle", handle),
            element("CERT:ICCSN", iccsn),
            element("CERT:subject_commonName", holder),
            element("CERT:serialNumber", serial if crypt == "ECC" else f"1{serial}"),
            element("CERT:validity", _date(card)),
        )
        for terminal, handle, iccsn, holder, serial, card in rows
    ]
    status = status_ok()
    if crypt == "RSA":  # cards of generation 2.1 without RSA keys
        status = status_error("Warning", 4257, "Keine RSA-Zertifikate auf der Karte")
    return element("CERT:CheckCertificateExpirationResponse", status, *entries)


def signature_mode(zustand: KonnektorZustand, rest: int | None) -> Any:
    """GetSignatureModeResponse: without a session (``rest`` None) there is no SessionInfo."""
    children = [
        status_ok(),
        element("SIG:ComfortSignatureStatus", "DISABLED" if zustand.komfort == "aus" else "ENABLED"),
        element("SIG:ComfortSignatureMax", "250"),
        element("SIG:ComfortSignatureTimer", "PT24H"),
    ]
    if rest is not None:
        session = (
            element("SIG:SignatureMode", "COMFORT"),
            element("SIG:CountRemaining", str(rest)),
            element("SIG:TimeRemaining", "PT5H30M"),
        )
        children.append(element("SIG:SessionInfo", *session))
    return element("SIG:GetSignatureModeResponse", *children)


def comfort_activated() -> Any:
    """ActivateComfortSignatureResponse."""
    return element("SIG:ActivateComfortSignatureResponse", status_ok(), element("SIG:SignatureMode", "COMFORT"))


def comfort_deactivated() -> Any:
    """DeactivateComfortSignatureResponse."""
    return element("SIG:DeactivateComfortSignatureResponse", status_ok())


def signature_stopped() -> Any:
    """StopSignatureResponse."""
    return element("SIG:StopSignatureResponse", status_ok())


def card_certificate(identity: Identity) -> Any:
    """ReadCardCertificateResponse: C.AUT of a card."""
    certificate = identity.certificate
    data = element(
        "CERTCMN:X509Data",
        element(
            "CERTCMN:X509IssuerSerial",
            element("CERTCMN:X509IssuerName", certificate.issuer.rfc4514_string()),
            element("CERTCMN:X509SerialNumber", str(certificate.serial_number)),
        ),
        element("CERTCMN:X509SubjectName", certificate.subject.rfc4514_string()),
        element("CERTCMN:X509Certificate", base64.b64encode(der_of(identity)).decode()),
    )
    info = element("CERTCMN:X509DataInfo", element("CERTCMN:CertRef", "C.AUT"), data)
    return element("CERT:ReadCardCertificateResponse", status_ok(), element("CERTCMN:X509DataInfoList", info))


def verification(result: str) -> Any:
    """VerifyCertificateResponse; without an OCSP answer a warning, as the reference sample shows."""
    status = status_ok() if result != "INCONCLUSIVE" else status_error("Warning", 1028, "Sperrauskunft nicht erhalten")
    return element(
        "CERT:VerifyCertificateResponse",
        status,
        element("CERT:VerificationStatus", element("CERT:VerificationResult", result)),
        element("CERT:RoleList", element("CERT:Role", "1.2.276.0.76.4.50")),
    )


def der_of(identity: Identity) -> bytes:
    """The certificate as bytes."""
    return identity.certificate.public_bytes(Encoding.DER)


_VERSION_PARTS = ("Major", "Minor", "Revision")


def _plugged(zustand: KonnektorZustand) -> list[tuple[str, str, str, str, str, KartenZustand]]:
    if not zustand.terminal_verbunden:
        return []
    cards = [(SMCKT_HANDLE, "SMC-KT", SMCKT_ICCSN, "4", "Demo gSMC-KT", KartenZustand())]
    if zustand.smcb.gesteckt:
        cards.append((SMCB_HANDLE, "SMC-B", SMCB_ICCSN, "3", "Praxis Dr. Testfall", zustand.smcb))
    if zustand.hba.gesteckt:
        cards.append((HBA_HANDLE, "HBA", HBA_ICCSN, "2", "Dr. Anna Testfall", zustand.hba))
    return cards


def _date(card: KartenZustand) -> str:
    today = datetime.datetime.now(datetime.UTC).date()
    return (today + datetime.timedelta(days=card.gueltig_tage)).isoformat()


def _product(kind: str, code: str, zustand: KonnektorZustand) -> Any:
    def pi(name: str, *children: Any) -> Any:
        return element(f"PI:{name}", *children)

    firmware = zustand.firmware if kind == "Konnektor" else "5.1.0"
    return pi(
        "ProductInformation",
        pi("InformationDate", "2026-11-20T06:00:00Z"),
        pi("ProductTypeInformation", pi("ProductType", kind), pi("ProductTypeVersion", "5.4.0")),
        pi(
            "ProductIdentification",
            pi("ProductVendorID", zustand.hersteller),
            pi("ProductCode", code),
            pi("ProductVersion", pi("Local", pi("HWVersion", zustand.hardware), pi("FWVersion", firmware))),
        ),
        pi(
            "ProductMiscellaneous",
            pi("ProductVendorName", zustand.hersteller),
            pi("ProductName", zustand.produkt),
        ),
    )
