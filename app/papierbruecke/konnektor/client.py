"""The Konnektor over SOAP and TLS: the adapter behind the port in ``model.py``.

Order of trust: handshake, then the fingerprint, and only then a first byte of HTTP. Every
call has one deadline for everything and a limit of bytes; proxies of the system play no
part. One connection is kept and used again. Source: domain sheet ti-detection §1.
"""

import base64
import http.client
import ssl
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from papierbruecke.clock import Clock
from papierbruecke.konnektor import answers, envelope
from papierbruecke.konnektor.directory import (
    CERTIFICATE,
    COMFORT,
    SIGNATURE,
    DirectoryIncomplete,
    parse_directory,
    rewrite_hosts,
    version_of,
)
from papierbruecke.konnektor.faults import failure, failure_of_fault
from papierbruecke.konnektor.line import Line, TooMuch
from papierbruecke.konnektor.model import (
    Abonnement,
    Dienstverzeichnis,
    Karte,
    Kartenzertifikat,
    KonnektorFehler,
    Konnektorlage,
    PinStand,
    Serverzertifikat,
    Signatur,
    Signaturmodus,
    Terminal,
    Zertifikatsablauf,
)
from papierbruecke.konnektor.pairing import PairedDevice
from papierbruecke.konnektor.tls import HANDSHAKE_TIMEOUT_S, classify
from papierbruecke.settings import KonnektorEinstellungen

if TYPE_CHECKING:
    from lxml.etree import _Element

SDS_TIMEOUT_S = 5.0
LAGE_TIMEOUT_S = 10.0
CARDS_TIMEOUT_S = 20.0
EXPIRATION_TIMEOUT_S = 60.0
SIGN_TIMEOUT_S = 300.0
"""A batch waits for a PIN at the terminal and for OCSP (up to 120 s each, gemSpec_Kon)."""
MAX_ANSWER_BYTES = 4 << 20
MAX_SIGNED_BYTES = 32 << 20
MAX_IDLE_S = 20.0
"""A connection that rested longer may have been cut by the other side; a fresh one is cheaper than a doubt."""

_DIRECTORY_PATH = "/connector.sds"
NO_ECC = 4257
"""Warning: the card has no ECC certificates (§1.8)."""
_CRYPT_SINCE = (6, 0, 1)

T = TypeVar("T")


class SoapKonnektor:
    """The Konnektor of this practice. Safe to share between threads; calls run one after the other."""

    def __init__(self, settings: KonnektorEinstellungen, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._device = PairedDevice(settings, clock)
        self._connection: http.client.HTTPConnection | None = None
        self._line: Line | None = None
        self._address: tuple[str, int] | None = None
        self._used = 0.0
        self._directory: Dienstverzeichnis | None = None
        self._lock = threading.RLock()

    # -- the port --------------------------------------------------------------

    def zertifikat(self) -> Serverzertifikat:
        with self._lock:
            sock, certificate = self._device.shake_hands(*self._configured())
            sock.close()
            return certificate

    def dienstverzeichnis(self) -> Dienstverzeichnis:
        with self._lock:
            host, port = self._configured()
            status, data = self._exchange((host, port), "GET", _DIRECTORY_PATH, SDS_TIMEOUT_S)
            try:
                directory = parse_directory(data) if status == http.client.OK else None
            except DirectoryIncomplete:
                directory = None
            if directory is None:
                raise failure("kon.booting", daten={"http": str(status)})
            self._directory = rewrite_hosts(directory, host, port) if self._settings.host_ersetzen else directory
            return self._directory

    def lage(self) -> Konnektorlage:
        return self._ask(envelope.resource_information(self._kontext()), answers.read_lage, LAGE_TIMEOUT_S)

    def karten(self) -> tuple[Karte, ...]:
        return self._ask(envelope.cards(self._kontext()), answers.read_cards, CARDS_TIMEOUT_S)

    def terminals(self) -> tuple[Terminal, ...]:
        return self._ask(envelope.card_terminals(self._kontext()), answers.read_terminals, CARDS_TIMEOUT_S)

    def pin_stand(self, karte: str, pin: str = "PIN.SMC") -> PinStand:
        # The PINs of an HBA belong to a user, that of an SMC-B does not.
        kontext = self._kontext(None if pin == "PIN.SMC" else self._settings.user_id)
        return self._ask(envelope.pin_status(kontext, karte, pin), answers.read_pin, CARDS_TIMEOUT_S)

    def zertifikatsablauf(self) -> tuple[Zertifikatsablauf, ...]:
        with self._lock:
            if not self._knows_crypt():
                return answers.read_expirations(self._expirations(None))
            rsa, ecc = self._expirations("RSA"), self._expirations("ECC")
            return answers.merge_expirations(
                answers.read_expirations(rsa),
                answers.read_expirations(ecc),
                without_ecc=NO_ECC in answers.warning_codes(ecc),
            )

    def kartenzertifikat(self, karte: str) -> Kartenzertifikat:
        with self._lock:
            request = envelope.read_card_certificate(self._kontext(), karte, "ECC" if self._knows_crypt() else None)
            return self._ask(request, answers.read_card_certificate, CARDS_TIMEOUT_S)

    def zertifikat_pruefen(self, der: bytes) -> str:
        request = envelope.verify_certificate(self._kontext(), der)
        return self._ask(request, answers.read_verification, EXPIRATION_TIMEOUT_S)

    def abonnieren(self, ziel: str, thema: str) -> Abonnement:
        request = envelope.subscribe(self._kontext(), ziel, thema)
        return self._ask(request, answers.read_subscription, LAGE_TIMEOUT_S)

    def abos_verlaengern(self, ids: tuple[str, ...]) -> tuple[Abonnement, ...]:
        return self._ask(envelope.renew_subscriptions(self._kontext(), ids), answers.read_renewals, LAGE_TIMEOUT_S)

    def abos_kuendigen(self, ziel: str) -> None:
        self._ask(envelope.unsubscribe(self._kontext(), ziel), answers.read_nothing, LAGE_TIMEOUT_S)

    def jobnummer(self) -> str:
        with self._lock:
            request = envelope.job_number(self._kontext(), self._signature_service())
            return self._ask(request, answers.read_job, LAGE_TIMEOUT_S)

    def clientzertifikat_bis(self) -> datetime | None:
        return self._device.client_until()

    def signaturmodus(self, karte: str, user_id: str | None) -> Signaturmodus:
        with self._lock:
            service = self._signature_service()
            if service not in COMFORT:
                return Signaturmodus(komfort=False)
            request = envelope.signature_mode(self._kontext(user_id), service, karte)
            return self._ask(request, answers.read_signature_mode, LAGE_TIMEOUT_S)

    def komfort_einschalten(self, karte: str, user_id: str) -> None:
        with self._lock:
            request = envelope.activate_comfort(self._kontext(user_id), self._comfort_service(), karte)
            self._ask(request, answers.read_nothing, SIGN_TIMEOUT_S, again=False)

    def komfort_ausschalten(self, karte: str) -> None:
        with self._lock:
            self._ask(envelope.deactivate_comfort(self._comfort_service(), karte), answers.read_nothing, LAGE_TIMEOUT_S)

    def signatur_stoppen(self, jobnummer: str) -> None:
        # The lock and the connection belong to the call that is to be stopped: this one needs a line of its own.
        second = SoapKonnektor(self._settings, self._clock)
        second._directory = self._directory
        try:
            request = envelope.stop_signature(second._kontext(), second._signature_service(), jobnummer)
            second._ask(request, answers.read_nothing, LAGE_TIMEOUT_S)
        finally:
            second.close()

    def sign(
        self,
        documents: dict[str, bytes],
        karte: str,
        user_id: str | None,
        on_job: Callable[[str], None] | None = None,
    ) -> tuple[Signatur, ...]:
        with self._lock:
            job = self.jobnummer()
            if on_job is not None:
                on_job(job)
            request = envelope.sign_document(self._kontext(user_id), self._signature_service(), karte, job, documents)
            return self._ask(
                request,
                lambda content: answers.read_signatures(content, documents),
                SIGN_TIMEOUT_S,
                max_bytes=MAX_SIGNED_BYTES,
                again=False,
            )

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    # -- SOAP --------------------------------------------------------------------

    def _kontext(self, user_id: str | None = None) -> envelope.Kontext:
        settings = self._settings
        return envelope.Kontext(settings.mandant, settings.clientsystem, settings.arbeitsplatz, user_id)

    def _known_directory(self) -> Dienstverzeichnis:
        return self._directory or self.dienstverzeichnis()

    def _knows_crypt(self) -> bool:
        return version_of(self._known_directory().versionen.get(CERTIFICATE, "")) >= _CRYPT_SINCE

    def _signature_service(self) -> str:
        endpoints = self._known_directory().endpunkte
        for namespace in SIGNATURE:
            if namespace in endpoints:
                return namespace
        raise failure("kon.unsupported")

    def _comfort_service(self) -> str:
        service = self._signature_service()
        if service not in COMFORT:
            raise failure("kon.unsupported")
        return service

    def _expirations(self, crypt: str | None) -> "_Element":
        request = envelope.certificate_expiration(self._kontext(), crypt)
        return self._ask(request, lambda content: content, EXPIRATION_TIMEOUT_S)

    def _ask(
        self,
        request: envelope.Request,
        read: "Callable[[_Element], T]",
        seconds: float,
        *,
        max_bytes: int = MAX_ANSWER_BYTES,
        again: bool = True,
    ) -> T:
        """One SOAP call and its answer as a value.

        ``again``: a kept connection that turns out dead may be replaced once; not for a call
        that makes a person type a PIN.
        """
        with self._lock:
            location = self._known_directory().endpunkte.get(request.namespace)
            if location is None:
                raise failure("kon.unsupported")
            parts = urlsplit(location)
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{request.action}"'}
            try:
                status, data = self._exchange(
                    (parts.hostname or "", parts.port or 443),
                    "POST",
                    path,
                    seconds,
                    body=request.body,
                    headers=headers,
                    max_bytes=max_bytes,
                    again=again,
                )
                return _read(status, data, read)
            except KonnektorFehler:
                # After trouble the endpoints are read anew (§1.1): a restart may have moved them.
                self._directory = None
                raise

    # -- HTTP over a trusted line ------------------------------------------------

    def _configured(self) -> tuple[str, int]:
        if self._settings.adresse is None:
            raise AssertionError("the wiring makes no Konnektor without an address")
        return self._settings.adresse, self._settings.port

    def _exchange(
        self,
        address: tuple[str, int],
        method: str,
        path: str,
        seconds: float,
        *,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        max_bytes: int = MAX_ANSWER_BYTES,
        again: bool = True,
    ) -> tuple[int, bytes]:
        kept = self._keep(address)
        try:
            status, data = self._send(address, method, path, seconds, body, headers or {}, max_bytes)
        except (http.client.RemoteDisconnected, ConnectionError, ssl.SSLEOFError) as error:
            self.close()
            if kept and again:
                return self._exchange(
                    address, method, path, seconds, body=body, headers=headers, max_bytes=max_bytes, again=False
                )
            raise failure(self._device.blame(classify(error))) from None
        except OSError as error:  # also TLS 1.3, where a missing client certificate shows at the first read
            self.close()
            raise failure(self._device.blame(classify(error))) from None
        except (http.client.HTTPException, TooMuch):
            self.close()
            raise failure("kon.internal") from None
        if status in (http.client.UNAUTHORIZED, http.client.FORBIDDEN):
            raise failure(self._device.blame("client_rejected"), daten={"http": str(status)})
        return status, data

    def _send(
        self,
        address: tuple[str, int],
        method: str,
        path: str,
        seconds: float,
        body: bytes | None,
        headers: dict[str, str],
        max_bytes: int,
    ) -> tuple[int, bytes]:
        connection = self._connection or self._connect(address)
        if self._line is None:
            raise AssertionError("a connection has its line")
        self._line.allow(seconds, max_bytes)
        connection.request(method, path, body=body, headers=headers | self._credentials())
        response = connection.getresponse()
        data = response.read()
        self._used = time.monotonic()
        return response.status, data

    def _keep(self, address: tuple[str, int]) -> bool:
        """Whether the kept connection serves for this address; otherwise it is closed."""
        connection = self._connection
        if connection is not None and (
            connection.sock is None or self._address != address or time.monotonic() - self._used > MAX_IDLE_S
        ):
            self.close()
        return self._connection is not None

    def _connect(self, address: tuple[str, int]) -> http.client.HTTPConnection:
        sock = self._device.connect(*address)
        connection = http.client.HTTPConnection(*address)
        connection.auto_open = 0  # never a connection that we did not judge
        self._line = Line(sock, HANDSHAKE_TIMEOUT_S, MAX_ANSWER_BYTES)
        connection.sock = self._line  # it has all that http.client uses of a socket
        self._connection, self._address = connection, address
        return connection

    def _credentials(self) -> dict[str, str]:
        if self._settings.benutzer is None:
            return {}
        pair = f"{self._settings.benutzer}:{self._settings.passwort or ''}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode('ascii')}"}


def _read(status: int, data: bytes, read: "Callable[[_Element], T]") -> T:
    """The value in an answer, or what the fault in it means."""
    daten = {"http": str(status)}
    try:
        return read(answers.read_body(data))
    except answers.SoapFault as fault:
        if not fault.codes:
            raise failure("kon.internal", daten=daten) from None
        daten["codes"] = ",".join(str(code) for code in fault.codes)
        raise failure_of_fault(fault.codes[-1], daten) from None
    except answers.NotUnderstood:
        booting = status in (http.client.NOT_FOUND, http.client.SERVICE_UNAVAILABLE)
        raise failure("kon.booting" if booting else "kon.internal", daten=daten) from None
