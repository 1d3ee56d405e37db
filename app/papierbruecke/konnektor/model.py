"""What the rooms ask of a Konnektor (port), and its answers as values."""

from datetime import datetime
from typing import Protocol

from papierbruecke.errors import EnvironmentFailure
from papierbruecke.redact import Value


class KonnektorFehler(EnvironmentFailure):
    """A call to the Konnektor failed; ``schluessel`` classifies it (ti-detection §1.3, §1.11).

    ``fault`` is the gematik code of the last Trace (A_14159), if there was a SOAP fault.
    ``certainly_not_done`` is True if the request provably had no effect.
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
    """A card plugged into a terminal of the Konnektor; holder names are not kept."""

    handle: str
    typ: str  # SMC-B, HBA, …
    iccsn: str
    terminal: str
    zertifikat_bis: datetime | None


class Signatur(Value):
    """One signed document of a batch, or why it was not signed."""

    request_id: str
    p7s: bytes | None
    fehler: int | None = None
    fehlertext: str | None = None


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

    def sign(self, documents: dict[str, bytes], karte: str, user_id: str | None) -> tuple[Signatur, ...]:
        """SignDocument: CAdES enveloping with OCSP, one call for all; answers by request id."""
