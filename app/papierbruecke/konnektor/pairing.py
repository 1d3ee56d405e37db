"""The one device that this program is paired with, on whichever of its ports: handshake, then the fingerprint.

SOAP and the directory (LDAP) go through the same Konnektor, which shows the same certificate
everywhere; so both trust it by the same rule. Source: domain sheet ti-detection §1.2, §1.3.
"""

import ssl
from datetime import datetime

from papierbruecke.clock import Clock
from papierbruecke.konnektor.faults import failure
from papierbruecke.konnektor.model import Serverzertifikat, judge_certificate
from papierbruecke.konnektor.tls import ClientkeyRefused, TlsFailed, build_contexts, client_expiry, shake_hands
from papierbruecke.settings import KonnektorEinstellungen


class PairedDevice:
    """Lines to the Konnektor of this practice. Every verb raises KonnektorFehler."""

    def __init__(self, settings: KonnektorEinstellungen, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._contexts: tuple[ssl.SSLContext, ...] | None = None

    def connect(self, host: str, port: int) -> ssl.SSLSocket:
        """A line over which anything may be said: the certificate is the one that a person confirmed."""
        sock, certificate = self.shake_hands(host, port)
        wrong = judge_certificate(certificate, self._settings.fingerabdruck, self._clock.now())
        if wrong in ("kon.server_cert_changed", "kon.not_paired"):
            sock.close()
            raise failure(
                wrong,
                daten={
                    "sha256": certificate.sha256,
                    "bestaetigt": self._settings.fingerabdruck or "",
                    "schluesselart": certificate.schluesselart,
                    "gueltig_bis": certificate.not_after.isoformat(),
                },
            )
        # An expired certificate that a person confirmed is still the confirmed device; D11 is
        # said by the probe, and the queue may go on.
        return sock

    def shake_hands(self, host: str, port: int) -> tuple[ssl.SSLSocket, Serverzertifikat]:
        """A line and the certificate that was shown, trusted or not."""
        try:
            if self._contexts is None:
                self._contexts = build_contexts(self._settings.client_p12, self._settings.client_p12_passwort)
            sock, certificate, worked = shake_hands(host, port, self._contexts)
        except ClientkeyRefused as refused:
            raise failure(f"kon.{refused.ursache}") from None
        except TlsFailed as failed:
            raise failure(self.blame(failed.ursache)) from None
        self._contexts = (worked, *(context for context in self._contexts if context is not worked))
        return sock, certificate

    def client_until(self) -> datetime | None:
        """When our own client certificate ends; None if the practice uses none."""
        if self._settings.client_p12 is None:
            return None
        try:
            return client_expiry(self._settings.client_p12, self._settings.client_p12_passwort)
        except ClientkeyRefused as refused:
            raise failure(f"kon.{refused.ursache}") from None

    def blame(self, ursache: str) -> str:
        """The key for a failed line: who refuses an expired certificate of ours is not to blame."""
        if ursache in ("client_cert_rejected", "client_rejected"):
            until = self.client_until()
            if until is not None and until < self._clock.now():
                return "kon.p12_expired"
        return f"kon.{ursache}"
