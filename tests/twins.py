"""Scripted twins of Konnektor and KIM that sign, deliver, answer, lose answers, and die.

They keep the promises of the ports and nothing more; the Krankenkasse behind ``TwinKim`` counts
what it accepted, so that a test can ask whether anything arrived twice as content.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from asn1crypto import cms

from papierbruecke.clock import Clock
from papierbruecke.kim.model import EebMail, Eingang, FremdeMail, Kassenfehler, KimFehler, Sendung, Zustellnachricht
from papierbruecke.konnektor.model import Karte, KonnektorFehler, Signatur, Signaturmodus, Terminal

HBA = Karte(handle="HBA-1", typ="HBA", iccsn="80276883110000000001", terminal="T1", zertifikat_bis=None)

NUR_PIN = Signaturmodus(komfort=False)


class Killed(BaseException):
    """The process is gone in the middle of a step; nothing after it runs."""


def envelope(content: bytes) -> bytes:
    """A CMS that holds the document; enough for everybody who does not check the signature."""
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [],
            "encap_content_info": {"content_type": "data", "content": content},
            "signer_infos": [],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump())


@dataclass
class TwinKonnektor:
    """Signs what it gets. ``refuse`` holds request ids that fail alone; ``broken`` fails the whole call."""

    cards: tuple[Karte, ...] = (HBA,)
    refuse: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)  # request ids without an answer
    swapped: bool = False  # every signature belongs to the neighbour
    broken: bool = False
    mode: Signaturmodus | None = NUR_PIN  # None: the Konnektor cannot say
    calls: list[int] = field(default_factory=list)

    def karten(self) -> tuple[Karte, ...]:
        return self.cards

    def terminals(self) -> tuple[Terminal, ...]:
        place = Terminal(
            id="T1", name="Anmeldung", verbunden=True, physisch=True, arbeitsplaetze=(), ip=None, firmware=None
        )
        return (place,)

    def signaturmodus(self, karte: str, user_id: str | None) -> Signaturmodus:
        if self.mode is None:
            raise KonnektorFehler("kon.fault", "Der Konnektor hat den Auftrag abgelehnt.")
        return self.mode

    def sign(
        self,
        documents: dict[str, bytes],
        karte: str,
        user_id: str | None,
        on_job: Callable[[str], None] | None = None,
    ) -> tuple[Signatur, ...]:
        self.calls.append(len(documents))
        if on_job is not None:
            on_job(f"TWN-{len(self.calls):03d}")
        if self.broken:
            raise KonnektorFehler("kon.no_answer", "Der Konnektor antwortet nicht.")
        contents = list(documents.values())
        if self.swapped:
            contents = contents[1:] + contents[:1]
        answers = [
            Signatur(request_id=key, p7s=None, fehler=4123, fehlertext="Test")
            if key in self.refuse
            else Signatur(request_id=key, p7s=envelope(content))
            for key, content in zip(documents, contents, strict=True)
            if key not in self.silent
        ]
        return tuple(reversed(answers))  # the order of the answers means nothing


@dataclass
class Kasse:
    """Accepts each Dokumenten-ID once as content; the same bytes again are a Dublette (TA KP5-06)."""

    accepted: dict[str, str] = field(default_factory=dict)
    duplicates: int = 0
    misuse: list[str] = field(default_factory=list)

    def receive(self, sendung: Sendung) -> None:
        name = sendung.dateiname.removesuffix(".p7s")[6:]
        digest = hashlib.sha256(sendung.inhalt).hexdigest()
        if name not in self.accepted:
            self.accepted[name] = digest
        elif self.accepted[name] == digest:
            self.duplicates += 1
        else:
            self.misuse.append(name)


@dataclass
class TwinKim:
    """One mail server, one mailbox, one Kasse.

    ``script`` gives the fate of the next attempts, then everything goes well: ``ok``,
    ``lost_answer`` (arrived, nobody told us), ``dropped`` (did not arrive, nobody told us),
    ``refused`` (certainly not sent), ``unknown_recipient`` (550, certainly not sent).
    """

    clock: Clock
    script: list[str] = field(default_factory=list)
    box: dict[str, Eingang] = field(default_factory=dict)
    kasse: Kasse = field(default_factory=Kasse)
    sent: list[Sendung] = field(default_factory=list)
    dsn: Callable[[Sendung], Iterable[str]] = lambda sendung: ("zugestellt",)
    box_down: bool = False
    portion: int | None = None  # so many mails come with one fetch at most, newest first
    down: bool = False
    opened: int = 0
    eeb: list[EebMail] = field(default_factory=list)
    fetched: int = 0

    def __enter__(self) -> "TwinKim":
        if self.down:
            raise KimFehler("kim.no_answer", "KIM antwortet nicht.", certainly_not_sent=True)
        self.opened += 1
        return self

    def __exit__(self, *exc: object) -> None:
        return None

    def send(self, sendung: Sendung) -> None:
        fate = self.script.pop(0) if self.script else "ok"
        if fate == "refused":
            raise KimFehler("kim.mta", "Der Mailserver ist nicht erreichbar.", smtp_code=454, certainly_not_sent=True)
        if fate == "unknown_recipient":
            raise KimFehler("kim.recipient", "Kein Zertifikat.", smtp_code=550, certainly_not_sent=True)
        if fate != "dropped":
            self.deliver(sendung)
        if fate in ("lost_answer", "dropped"):
            raise KimFehler("kim.lost", "Keine Antwort auf DATA.", certainly_not_sent=False)

    def deliver(self, sendung: Sendung) -> None:
        """The mail arrives; the Kasse answers into the box."""
        self.sent.append(sendung)
        self.kasse.receive(sendung)
        for art in self.dsn(sendung):
            self.answer(sendung.message_id, art)

    def answer(self, message_id: str, art: str) -> None:
        """Put a DSN into the box."""
        uidl = f"u{len(self.box)}"
        self.box[uidl] = Zustellnachricht(uidl, (message_id,), art, datetime.now(UTC), "2.0.0")  # type: ignore[arg-type]

    def foreign(self, count: int = 1) -> None:
        """Mails that are none of our business."""
        for _ in range(count):
            uidl = f"u{len(self.box)}"
            self.box[uidl] = FremdeMail(uidl)

    def reject(self, code: str, *, dokumenten_id: str | None = None, message_id: str | None = None) -> None:
        """A Fehlernachricht of the Kasse."""
        uidl = f"u{len(self.box)}"
        self.box[uidl] = Kassenfehler(uidl, code, "Testfehler", dokumenten_id, message_id)

    def fetch_eeb(self) -> tuple[EebMail, ...]:
        return tuple(self.eeb)

    def open_mail(self, uidl: str) -> str | None:
        if self.box_down:
            raise KimFehler("kim.pop3", "Das Postfach antwortet nicht.", certainly_not_sent=True)
        return f"Text von {uidl}" if uidl in self.box else None

    def fetch(self, known: frozenset[str]) -> tuple[Eingang, ...]:
        if self.box_down:
            raise KimFehler("kim.pop3", "Das Postfach antwortet nicht.", certainly_not_sent=True)
        new = tuple(mail for uidl, mail in reversed(self.box.items()) if uidl not in known)[: self.portion]
        self.fetched += len(new)
        return new
