"""What the rooms ask of the KIM-Clientmodul (port), and its answers as values."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol

from papierbruecke.errors import EnvironmentFailure
from papierbruecke.konnektor.model import Serverzertifikat

LONGEST_SEND = timedelta(minutes=27)
"""``send`` never lasts longer, whatever the Clientmodul does; whoever guards a mail under way waits as long."""


class KimFehler(EnvironmentFailure):
    """The Clientmodul refused or failed; ``schluessel`` says how (``kim/replies.py``).

    ``certainly_not_sent``: no answer to DATA was outstanding, so the mail provably did not
    leave. If it is False, nobody knows: the attempt is in doubt.
    """

    def __init__(
        self,
        schluessel: str,
        text: str,
        *,
        smtp_code: int | None = None,
        certainly_not_sent: bool,
        retryable: bool = True,
    ) -> None:
        super().__init__(schluessel, text, retryable=retryable)
        self.schluessel = schluessel
        self.smtp_code = smtp_code
        self.certainly_not_sent = certainly_not_sent


@dataclass(frozen=True, slots=True)
class Gruss:
    """What the Clientmodul shows before any login: its greeting line and its certificate."""

    zeile: str
    zertifikat: Serverzertifikat


@dataclass(frozen=True, slots=True)
class Sendung:
    """One eAU as a mail; ``message_id`` and ``datum`` were made durable before."""

    message_id: str  # with angle brackets
    datum: datetime
    empfaenger: str
    dienstkennung: str  # "eAU;Lieferung;V1.2"
    betreff: str  # "EEAU0_<Dokumenten-ID>"
    dateiname: str  # "EEAU0_<Dokumenten-ID>.p7s"
    beschreibung: str  # "eAU"
    inhalt: bytes


@dataclass(frozen=True, slots=True)
class Zustellnachricht:
    """A DSN that answers one of the mails with these Message-IDs."""

    uidl: str
    in_reply_to: tuple[str, ...]
    art: Literal["zugestellt", "verzoegert", "fehlgeschlagen"]
    zeit: datetime | None
    status: str  # "2.0.0"


@dataclass(frozen=True, slots=True)
class Lesebestaetigung:
    """An MDN: somebody's program showed, passed on or threw away a mail of ours. It proves no delivery.

    ``art`` is the disposition-type in lower case (``displayed``, ``dispatched``, ``deleted`` …).
    """

    uidl: str
    in_reply_to: tuple[str, ...]
    art: str


@dataclass(frozen=True, slots=True)
class Kassenfehler:
    """A Fehlernachricht of a Krankenkasse (TA eAU KP310-13)."""

    uidl: str
    code: str
    titel: str
    dokumenten_id: str | None
    message_id: str | None


@dataclass(frozen=True, slots=True)
class Clientmodulfehler:
    """A mail that carries ``X-KIM-Fehlermeldung``: the Clientmodul could not send or decrypt something.

    ``voruebergehend``: the same mail may be readable later (card locked, Konnektor away), so
    it must be fetched again and its ``uidl`` must not count as known.
    """

    uidl: str
    codes: tuple[str, ...]  # "4004", vendor codes begin with "x"
    in_reply_to: tuple[str, ...]
    voruebergehend: bool


@dataclass(frozen=True, slots=True)
class EebAngekommen:
    """An elektronische Ersatzbescheinigung lies in the box; its content is fetched only when somebody asks."""

    uidl: str


@dataclass(frozen=True, slots=True)
class EebMail:
    """The signed bundle of an Ersatzbescheinigung, as it came.

    ``unversehrt``: the Clientmodul decrypted it and found the sender's signature right.
    """

    uidl: str
    absender: str
    zeit: datetime | None
    unversehrt: bool
    daten: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class FremdeMail:
    """Anything else in the box: never ours to delete."""

    uidl: str


Eingang = Zustellnachricht | Lesebestaetigung | Kassenfehler | Clientmodulfehler | EebAngekommen | FremdeMail


class Kim(Protocol):
    """The verbs that the rooms need; one connection is reused inside ``with``."""

    def __enter__(self) -> "Kim": ...

    def __exit__(self, *exc: object) -> None: ...

    def banner(self) -> Gruss:
        """Connect, EHLO, QUIT (probe P12): no login, no mail."""

    def send(self, sendung: Sendung) -> None:
        """Hand over one mail with DSN request; returns after ``250`` to DATA, else KimFehler."""

    def fetch(self, known: frozenset[str]) -> tuple[Eingang, ...]:
        """Read what is new in the box (by UIDL), newest first; deletes nothing.

        At most 500 mails per call; what remains comes with the next call.
        """

    def fetch_eeb(self) -> tuple[EebMail, ...]:
        """Every Ersatzbescheinigung among the newest 500 mails, newest first; deletes nothing."""

    def open_mail(self, uidl: str) -> str | None:
        """The readable text of a status mail of ours; None if it is gone or not ours. Deletes nothing."""
