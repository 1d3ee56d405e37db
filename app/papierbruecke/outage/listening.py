"""Listening to real work: every signature and every mail also tells how the TI is (P15).

Wrap the ports of Konnektor and KIM; the rooms that sign and send notice nothing. What is heard
names no patient, no card and no mail. Source: ti-detection §5.1 P15, issue 3 item 1.
"""

from collections.abc import Callable
from datetime import datetime

from papierbruecke.clock import Clock
from papierbruecke.kim.model import EebMail, Eingang, Gruss, Kim, KimFehler, Sendung
from papierbruecke.konnektor.model import (
    Dienstverzeichnis,
    Karte,
    Kartenzertifikat,
    Konnektor,
    KonnektorFehler,
    Konnektorlage,
    PinStand,
    Serverzertifikat,
    Signatur,
    Signaturmodus,
    Terminal,
    Zertifikatsablauf,
)
from papierbruecke.outage import passive
from papierbruecke.outage.model import Messung
from papierbruecke.outage.probe import Stopwatch

Hear = Callable[[Messung], None]

_SERVER = frozenset(
    {"kim.server_timeout", "kim.server_unreachable", "kim.no_answer", "kim.temporary", "kim.mailbox", "kim.quota"}
)
_CRYPTO = frozenset({"kim.cannot_sign"})
# One insured or one mail: nothing that another mail would meet too.
_ONLY_THIS = frozenset({"kim.recipient", "kim.too_big"})


class ListeningKonnektor:
    """A Konnektor whose signatures are heard: how long, and whether the card check answered."""

    def __init__(self, konnektor: Konnektor, clock: Clock, hear: Hear) -> None:
        self._konnektor = konnektor
        self._clock = clock
        self._hear = hear

    def sign(
        self,
        documents: dict[str, bytes],
        karte: str,
        user_id: str | None,
        on_job: Callable[[str], None] | None = None,
    ) -> tuple[Signatur, ...]:
        watch = Stopwatch()
        try:
            signed = self._konnektor.sign(documents, karte, user_id, on_job)
        except KonnektorFehler as failed:
            if failed.schluessel != "card.user_action":  # a person pressed cancel
                self._hear(passive.signatur(self._clock.now(), False, dauer_ms=watch.ms()))
            raise
        if signed:
            # A batch waits for a PIN once; only a single document tells how slow the card check is.
            duration = watch.ms() if len(signed) == 1 and user_id is None else None
            warned = any(s.p7s is not None and s.fehler is not None for s in signed)
            failed_ones = any(s.p7s is None for s in signed)
            word = passive.signatur(self._clock.now(), not (warned or failed_ones), dauer_ms=duration, ocsp=warned)
            self._hear(word)
        return signed

    def signaturmodus(self, karte: str, user_id: str | None) -> Signaturmodus:
        return self._konnektor.signaturmodus(karte, user_id)

    def komfort_einschalten(self, karte: str, user_id: str) -> None:
        self._konnektor.komfort_einschalten(karte, user_id)

    def komfort_ausschalten(self, karte: str) -> None:
        self._konnektor.komfort_ausschalten(karte)

    def signatur_stoppen(self, jobnummer: str) -> None:
        self._konnektor.signatur_stoppen(jobnummer)

    def zertifikat(self) -> Serverzertifikat:
        return self._konnektor.zertifikat()

    def dienstverzeichnis(self) -> Dienstverzeichnis:
        return self._konnektor.dienstverzeichnis()

    def lage(self) -> Konnektorlage:
        return self._konnektor.lage()

    def karten(self) -> tuple[Karte, ...]:
        return self._konnektor.karten()

    def terminals(self) -> tuple[Terminal, ...]:
        return self._konnektor.terminals()

    def pin_stand(self, karte: str, pin: str = "PIN.SMC") -> PinStand:
        return self._konnektor.pin_stand(karte, pin)

    def zertifikatsablauf(self) -> tuple[Zertifikatsablauf, ...]:
        return self._konnektor.zertifikatsablauf()

    def kartenzertifikat(self, karte: str) -> Kartenzertifikat:
        return self._konnektor.kartenzertifikat(karte)

    def zertifikat_pruefen(self, der: bytes) -> str:
        return self._konnektor.zertifikat_pruefen(der)

    def jobnummer(self) -> str:
        return self._konnektor.jobnummer()

    def clientzertifikat_bis(self) -> datetime | None:
        return self._konnektor.clientzertifikat_bis()

    def close(self) -> None:
        self._konnektor.close()


class ListeningKim:
    """A KIM mailbox whose sendings are heard."""

    def __init__(self, kim: Kim, clock: Clock, hear: Hear) -> None:
        self._kim = kim
        self._clock = clock
        self._hear = hear

    def __enter__(self) -> "ListeningKim":
        self._kim.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self._kim.__exit__(*exc)

    def banner(self) -> Gruss:
        return self._kim.banner()

    def send(self, sendung: Sendung) -> None:
        watch = Stopwatch()
        try:
            self._kim.send(sendung)
        except KimFehler as failed:
            if failed.schluessel not in _ONLY_THIS:
                self._hear(passive.kim_sendung(self._clock.now(), _kind(failed.schluessel), dauer_ms=watch.ms()))
            raise
        self._hear(passive.kim_sendung(self._clock.now(), None, dauer_ms=watch.ms()))

    def fetch(self, known: frozenset[str]) -> tuple[Eingang, ...]:
        return self._kim.fetch(known)

    def fetch_eeb(self) -> tuple[EebMail, ...]:
        return self._kim.fetch_eeb()

    def open_mail(self, uidl: str) -> str | None:
        return self._kim.open_mail(uidl)


def _kind(schluessel: str) -> str:
    if schluessel in _SERVER:
        return "kim.server"
    return "kim.krypto" if schluessel in _CRYPTO else schluessel
