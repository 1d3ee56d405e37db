"""What the rooms ask of a Konnektor (port), and its answers as values."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Protocol

from papierbruecke.errors import EnvironmentFailure
from papierbruecke.redact import Value


class KonnektorFehler(EnvironmentFailure):
    """A call to the Konnektor failed; ``schluessel`` classifies it (ti-detection §1.3, §1.11).

    ``fault`` is the gematik code of the last Trace (A_14159), if there was a SOAP fault.
    ``daten`` holds small facts for the evidence (fingerprints, dates), no patient data.
    """

    def __init__(
        self,
        schluessel: str,
        text: str,
        *,
        fault: int | None = None,
        retryable: bool = True,
        daten: dict[str, str] | None = None,
    ) -> None:
        super().__init__(schluessel, text, retryable=retryable)
        self.schluessel = schluessel
        self.fault = fault
        self.daten = daten or {}


class Serverzertifikat(Value):
    """The certificate that the Konnektor showed in the handshake, trusted or not."""

    sha256: str  # hex, lower case, of the DER
    subject: str
    issuer: str
    not_before: datetime
    not_after: datetime
    schluesselart: str  # "RSA-2048", "EC-brainpoolP256r1", "EC-secp256r1"


class Dienstverzeichnis(Value):
    """What connector.sds tells: product and the endpoint per service and version."""

    hersteller: str
    produkt: str
    firmware: str
    hardware: str
    endpunkte: dict[str, str]  # target namespace -> EndpointTLS location
    versionen: dict[str, str]  # target namespace -> full version "7.5.6"


class Fehlerzustand(Value):
    """One active error state of the Konnektor (only ``Value=true`` ones)."""

    name: str  # normalised: "ec_no_vpn_ti_connection"
    parameter: str | None
    schwere: str  # Info | Warning | Error | Fatal
    seit: datetime | None


class Konnektorlage(Value):
    """Answer of GetResourceInformation."""

    vpn_ti: bool
    vpn_ti_seit: datetime | None
    vpn_sis: bool | None
    fehlerzustaende: tuple[Fehlerzustand, ...]


class Karte(Value):
    """A card plugged into a terminal of the Konnektor; holder names are not kept.

    ``nur_rsa``: an object system before 4.4.0, which has no ECC keys (ti-detection §1.7).
    """

    handle: str
    typ: str  # SMC-B, HBA, …
    iccsn: str
    terminal: str
    zertifikat_bis: datetime | None
    nur_rsa: bool = False


class Terminal(Value):
    """A card terminal as the Konnektor knows it."""

    id: str
    name: str
    verbunden: bool
    physisch: bool
    arbeitsplaetze: tuple[str, ...]
    ip: str | None
    firmware: str | None


class PinStand(Value):
    """Whether a card's PIN was entered: VERIFIED, VERIFIABLE, BLOCKED, TRANSPORT_PIN, EMPTY_PIN, DISABLED."""

    status: str
    versuche: int | None  # tries that are left, if the Konnektor tells


class Zertifikatsablauf(Value):
    """When the certificate of a card or of the Konnektor itself ends; holder names are not kept.

    ``terminal`` and ``handle`` are None for the gSMC-K. ``nur_rsa``: the card has no ECC
    certificate (code 4257).
    """

    iccsn: str
    seriennummer: str
    bis: date
    terminal: str | None
    handle: str | None
    nur_rsa: bool = False


class Kartenzertifikat(Value):
    """The authentication certificate on a card; its holder is not kept. ``aussteller``: who checks it (TSP)."""

    aussteller: str
    der: bytes


class Signaturmodus(Value):
    """Whether this HBA signs without a PIN now (GetSignatureMode). ``rest``, ``rest_s``: what is left of it.

    Without Komfortsignatur (``komfort`` False) every call asks for the PIN at the terminal. ``erlaubt``: the
    administrator of the Konnektor allows it at all.
    """

    komfort: bool
    erlaubt: bool = False
    rest: int = 0
    rest_s: int = 0

    def signs_silently(self, documents: int) -> bool:
        """Whether so many documents are signed without a PIN."""
        return self.komfort and self.rest >= documents


class Signatur(Value):
    """One signed document of a batch, or why it was not signed.

    ``p7s`` together with ``fehler`` is a warning: signed, but for example without OCSP answer.
    """

    request_id: str
    p7s: bytes | None
    fehler: int | None = None
    fehlertext: str | None = None


class Abonnement(Value):
    """One subscription of events at the Konnektor, and until when it lives (25 h at most)."""

    id: str
    bis: datetime


class Ereignis(Value):
    """One event that a Konnektor sent (CETP). Its parameters are not kept: some name patients.

    ``thema`` in capitals, ``NETWORK/VPN_TI/DOWN``; ``abo`` None: sent without subscription, after a restart.
    """

    thema: str
    schwere: str
    abo: str | None


class KeinEreignis(Value):
    """What came is no event; ``grund`` says why: ``magic``, ``length``, ``xml``, ``shape``."""

    grund: str


def judge_certificate(zertifikat: Serverzertifikat, fingerabdruck: str | None, now: datetime) -> str | None:
    """What is wrong with a server certificate, as a key of ti-detection §1.3; None = it may be trusted.

    A changed certificate comes before an expired one: nobody knows yet whose it is.
    """
    if fingerabdruck is None:
        return "kon.not_paired"
    if zertifikat.sha256 != fingerabdruck:
        return "kon.server_cert_changed"
    if zertifikat.not_after < now:
        return "kon.server_cert_expired"
    return None


class Konnektor(Protocol):
    """The verbs that the rooms need. Every call is bounded in time and raises KonnektorFehler.

    No call talks SOAP, and no password is sent, unless the server certificate matches the pin.
    """

    def zertifikat(self) -> Serverzertifikat:
        """TLS handshake only (probe P4/P5): the certificate, even an unknown one."""

    def dienstverzeichnis(self) -> Dienstverzeichnis:
        """GET connector.sds (P6)."""

    def lage(self) -> Konnektorlage:
        """GetResourceInformation without target (P7)."""

    def karten(self) -> tuple[Karte, ...]:
        """GetCards of the whole Mandant (P8)."""

    def terminals(self) -> tuple[Terminal, ...]:
        """GetCardTerminals of the whole Mandant (P8)."""

    def pin_stand(self, karte: str, pin: str = "PIN.SMC") -> PinStand:
        """GetPinStatus of a card handle (P8); never enters a PIN. ``PIN.SMC``, ``PIN.CH`` or ``PIN.QES``."""

    def zertifikatsablauf(self) -> tuple[Zertifikatsablauf, ...]:
        """CheckCertificateExpiration of everything, RSA and ECC merged (P9)."""

    def kartenzertifikat(self, karte: str) -> Kartenzertifikat:
        """ReadCardCertificate: C.AUT of a card handle. Reads the card, so only on a person's click."""

    def zertifikat_pruefen(self, der: bytes) -> str:
        """VerifyCertificate: ``VALID``, ``INVALID`` or ``INCONCLUSIVE``. Costs an OCSP answer, so only on a click."""

    def jobnummer(self) -> str:
        """GetJobNumber: checks the whole call context and the signature service without a card."""

    def clientzertifikat_bis(self) -> datetime | None:
        """When our own client certificate ends; None if the practice uses none."""

    def signaturmodus(self, karte: str, user_id: str | None) -> Signaturmodus:
        """GetSignatureMode of an HBA handle; a Konnektor without this operation has no Komfortsignatur."""

    def komfort_einschalten(self, karte: str, user_id: str) -> None:
        """ActivateComfortSignature of an HBA handle for this user: the terminal asks for the PIN once."""

    def komfort_ausschalten(self, karte: str) -> None:
        """DeactivateComfortSignature of an HBA handle, for whoever switched it on."""

    def signatur_stoppen(self, jobnummer: str) -> None:
        """StopSignature: end a running ``sign``, from another thread. What is signed by then is still answered."""

    def sign(
        self,
        documents: dict[str, bytes],
        karte: str,
        user_id: str | None,
        on_job: Callable[[str], None] | None = None,
    ) -> tuple[Signatur, ...]:
        """SignDocument: CAdES enveloping with OCSP, one call for all; ``karte`` is a card handle.

        ``on_job`` gets the job number that the terminal will show, before it asks for a PIN.
        One answer per request id, in the order of the documents; a document that the Konnektor
        did not answer for has neither ``p7s`` nor ``fehler``.
        """

    def close(self) -> None:
        """Give the connection back."""


class Ereignisdienst(Protocol):
    """Subscribing of events. Every call is bounded in time and raises KonnektorFehler."""

    def abonnieren(self, ziel: str, thema: str) -> Abonnement:
        """Subscribe: events of this topic go to ``cetp://host:port``."""

    def abos_verlaengern(self, ids: tuple[str, ...]) -> tuple[Abonnement, ...]:
        """RenewSubscriptions: the new end of each."""

    def abos_kuendigen(self, ziel: str) -> None:
        """Unsubscribe everything that goes to this sink."""
