"""The Krankenkasse: takes every eAU, checks it as strictly as it can, remembers it, answers.

A Dublette (same Dokumenten-ID, same bytes) is harmless; the same Dokumenten-ID with other
content is a fault of the sender. Source: TA eAU V1.26 KP5-05, KP5-06, KP310-13.
"""

import hashlib
import queue
import threading
from dataclasses import dataclass, field
from typing import Any

from cryptography import x509

from papierbruecke.clock import Clock, SystemClock
from papierbruecke.drill.cades import SignatureRefused, check_enveloping
from papierbruecke.drill.eau_rules import BundleRefused, cancelled_document, check_bundle
from papierbruecke.drill.faults import Faults
from papierbruecke.drill.kassen_mail import MESSAGE_ID_CODES, build_dsn, build_fehlernachricht
from papierbruecke.drill.kim_rules import EauMail
from papierbruecke.drill.mailbox import Mailbox
from papierbruecke.drill.model import KasseZustand, Stoerfall

_ACCEPTED = frozenset({"angenommen", "storniert"})
_STORNO_CODES = {"201": "203", "202": "204"}


@dataclass(slots=True)
class Eingang:
    """One Dokumenten-ID as the Krankenkasse knows it."""

    nummer: int
    dokumenten_id: str
    art: str  # eAU or Storno
    empfaenger: str
    zeit: str
    zustand: str = "in Prüfung"  # angenommen, abgelehnt; eine eAU auch storniert
    anzahl: int = 0
    dubletten: int = 0
    konflikte: int = 0  # same Dokumenten-ID, other content
    sha256: str = ""
    unterzeichner: str = ""
    sperrauskunft: bool = False
    message_ids: list[str] = field(default_factory=list)
    befunde: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The JSON form of the control port."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


class Krankenkasse:
    """Every Krankenkasse at once, with one memory.

    The DSN is the mail server's: it lies in the box before the sender has its 250. The checks
    run afterwards in a thread of their own; ``settle`` waits for them.
    """

    def __init__(
        self, mailbox: Mailbox, faults: Faults, karten_ca: x509.Certificate, clock: Clock | None = None
    ) -> None:
        self._mailbox = mailbox
        self._faults = faults
        self._karten_ca = karten_ca
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._eingaenge: dict[str, Eingang] = {}
        self._held: list[bytes] = []  # until the next step
        self._overtaken: list[bytes] = []  # until the next answer has gone ahead
        self._queue: queue.Queue[EauMail | None] = queue.Queue()
        self.zustand = KasseZustand()
        self._thread = threading.Thread(target=self._work, name="drill-kasse", daemon=True)
        self._thread.start()

    def deliver(self, mail: EauMail) -> None:
        """The mail server of the Kasse takes the mail: DSN at once, the checks later."""
        fall = self._faults.strike("dsn")
        if fall is not None and fall.art == "ablehnen":
            self._mailbox.add(build_dsn(mail.message_id, mail.empfaenger, "failed", fall.text or "5.1.1"))
            return
        if fall is not None and fall.art == "langsam":
            self._mailbox.add(build_dsn(mail.message_id, mail.empfaenger, "delayed", "4.4.7"))
        self._answer(fall, build_dsn(mail.message_id, mail.empfaenger))
        self._queue.put(mail)

    def settle(self) -> None:
        """Wait until everything that was delivered has been checked."""
        self._queue.join()

    def eingaenge(self) -> list[dict[str, Any]]:
        """What arrived, in order, with how often; waits for the checks."""
        self.settle()
        with self._lock:
            return [eingang.as_dict() for eingang in self._eingaenge.values()]

    def fehlernachricht(self, code: str, dokumenten_id: str, virenbefall: bool = False) -> None:
        """Send a Kassen-Fehlernachricht for an eAU that arrived (or for any other number)."""
        self.settle()
        with self._lock:
            known = self._eingaenge.get(dokumenten_id)
        message_id = known.message_ids[-1] if known else f"<{dokumenten_id}@unbekannt>"
        empfaenger = known.empfaenger if known else "eau@kasse-101234561.kim.telematik-test"
        self._send_fehler(code, empfaenger, dokumenten_id, message_id, virenbefall)

    def release(self) -> None:
        """Let go of every answer that was held back."""
        with self._lock:
            held, self._held = self._held + self._overtaken, []
            self._overtaken = []
        for answer in held:
            self._mailbox.add(answer)

    def close(self) -> None:
        """Finish what is in the queue and stop."""
        self._queue.put(None)
        self._thread.join(timeout=30)

    def _work(self) -> None:
        while (mail := self._queue.get()) is not None:
            try:
                self._judge(mail)
            finally:
                self._queue.task_done()
        self._queue.task_done()

    def _judge(self, mail: EauMail) -> None:
        eingang = self._register(mail)
        code = None
        try:
            signed = check_enveloping(mail.p7s, self._karten_ca)
            sha256 = hashlib.sha256(signed.content).hexdigest()
            if eingang.zustand in _ACCEPTED:
                if eingang.sha256 == sha256:
                    eingang.dubletten += 1
                    return
                eingang.konflikte += 1
                raise BundleRefused("101", "Dieselbe Dokumenten-ID kam schon mit anderem Inhalt.")
            check_bundle(signed.content, mail.dokumenten_id, mail.storno, self.zustand, mail.datum.date(), mail.kim)
            if mail.storno:
                self._check_storno(signed.content)
            eingang.sha256, eingang.unterzeichner = sha256, signed.signer
            eingang.sperrauskunft = signed.revocation_info
            eingang.zustand = "angenommen"
            code = self.zustand.fehlercode
        except SignatureRefused as refused:
            code = _STORNO_CODES.get(refused.code, refused.code) if mail.storno else refused.code
            self._note(eingang, refused.text)
        except BundleRefused as refused:
            code = refused.code
            self._note(eingang, refused.text)
        if code is not None:
            self._send_fehler(code, mail.empfaenger, mail.dokumenten_id, mail.message_id, self.zustand.virenbefall)

    def _check_storno(self, content: bytes) -> None:
        """Only what arrived and was accepted can be taken back, once. Source: TA eAU V1.26 P6-04, code 105.

        The TA has no code for a document that was never there: 102 is the nearest (own choice, stricter).
        """
        nummer = cancelled_document(content)
        with self._lock:
            eau = self._eingaenge.get(nummer)
            if eau is None or eau.art != "eAU":
                raise BundleRefused("102", "Zu dieser Dokumenten-ID kam nie eine eAU an.")
            if eau.zustand == "abgelehnt":
                raise BundleRefused("105", "Die zu stornierende eAU wurde bereits abgelehnt.")
            if eau.zustand == "storniert":
                raise BundleRefused("102", "Diese eAU ist schon storniert.")
            eau.zustand = "storniert"

    def _register(self, mail: EauMail) -> Eingang:
        with self._lock:
            eingang = self._eingaenge.get(mail.dokumenten_id)
            if eingang is None:
                eingang = Eingang(
                    nummer=len(self._eingaenge) + 1,
                    dokumenten_id=mail.dokumenten_id,
                    art="Storno" if mail.storno else "eAU",
                    empfaenger=mail.empfaenger,
                    zeit=self._clock.now().isoformat(timespec="seconds"),
                )
                self._eingaenge[mail.dokumenten_id] = eingang
            eingang.anzahl += 1
            eingang.message_ids.append(mail.message_id)
        return eingang

    @staticmethod
    def _note(eingang: Eingang, text: str) -> None:
        if eingang.zustand not in _ACCEPTED:
            eingang.zustand = "abgelehnt"
        eingang.befunde.append(text)

    def _send_fehler(self, code: str, empfaenger: str, dokumenten_id: str, message_id: str, virenbefall: bool) -> None:
        by_message = code in MESSAGE_ID_CODES
        self._answer(
            self._faults.strike("fehlernachricht"),
            build_fehlernachricht(code, empfaenger, None if by_message else dokumenten_id, message_id, virenbefall),
        )

    def _answer(self, fall: Stoerfall | None, data: bytes) -> None:
        match None if fall is None else fall.art:
            case "verlieren":
                return
            case "verzoegern" | "langsam":
                with self._lock:
                    self._held.append(data)
                return
            case "umordnen":
                with self._lock:
                    self._overtaken.append(data)
                return
            case "verdoppeln":
                self._mailbox.add(data)
        self._mailbox.add(data)
        with self._lock:
            overtaken, self._overtaken = self._overtaken, []
        for late in reversed(overtaken):
            self._mailbox.add(late)
