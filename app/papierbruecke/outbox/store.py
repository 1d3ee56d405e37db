"""The port of the store: everything that may ever happen to a Beleg, in four small parts.

A service asks for the part that it needs; only who opens and closes the file sees the whole.
Two stores live behind it: the SQLCipher file of this desk and its in-memory twin; both pass
``tests/contracts/test_outbox_contract.py``. Every verb that writes is one immediate
transaction together with its event row, durable (``synchronous=FULL``) when it returns.
All verbs raise ``EnvironmentFailure`` with a ``speicher.*`` code if the file cannot be used.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from papierbruecke.outage.incident import Stoerung
from papierbruecke.outage.switch_mode import StoerungStore
from papierbruecke.outbox.model import Ereignis, GeleseneMail, Uebersicht, Versuch, Zustand
from papierbruecke.record.model import Beleg, BelegArt, Eingabe

EINZELFAELLE = UUID("b0a4b8a2-6a0e-4d2e-8a53-5b1f2a0c9d31")
"""Namespace of the standing Störungen; one per day, so that two programs make the same one."""


PREPRINTED = "vorgedruckt"
"""Event of a sheet of the Notfallmappe: its Kennung and number exist, its content not yet."""


def preprinted_of(events: Iterable[Ereignis]) -> dict[str, UUID]:
    """Number and Kennung of every sheet that these events tell of."""
    return {e.detail["belegnummer"]: e.kennung for e in events if e.was == PREPRINTED and e.kennung is not None}


def patient_of(inhalt: Eingabe) -> str:
    """How a Beleg is called in lists: ``Nachname, Vorname``."""
    person = inhalt.versicherter
    return f"{person.nachname}, {person.vorname}" if person is not None else "Sprechstundenbedarf"


class TransitionRefused(Exception):
    """The Beleg is not in the state that the caller believed; nothing was changed.

    ``actual`` tells where it stands. The caller looks again, it never forces.
    """

    def __init__(self, kennung: UUID, actual: Zustand | None, wanted: Zustand) -> None:
        super().__init__(f"{kennung}: {actual} -> {wanted}")
        self.kennung = kennung
        self.actual = actual
        self.wanted = wanted


class NummernStore(Protocol):
    """The numbers on paper: drawn once, never given twice."""

    def reserve_nummer(self, tag: date, platz: str) -> str:
        """Draw the next Belegnummer of this day and desk; never given twice, gaps are allowed."""

    def preprint(self, tag: date, platz: str, kennungen: Sequence[UUID], wer: str) -> dict[UUID, str]:
        """Draw a number of the Notfallmappe for each of these and remember which belong together.

        Each desk has its own block of numbers; the caller sees to it that the day's block suffices.

        Such a sheet is no Beleg yet; it becomes one when somebody types in what was written on it.
        """

    def preprinted(self) -> dict[str, UUID]:
        """Every number printed in advance, with its Kennung."""

    def skip_nummern(self, tag: date, platz: str, *, bis: int = 0, um: int = 0) -> None:
        """Never give the next ``um`` running numbers of this day and desk, nor those up to ``bis``.

        They may be on paper already.
        """


class BelegStore(Protocol):
    """The Belege, their states, their pages and their history."""

    def put(self, beleg: Beleg, seiten: dict[str, bytes], wer: str) -> Uebersicht:
        """Store a Beleg with its pages (name → PDF) in state ERFASST.

        Storing the same Kennung with identical content again is a success and changes nothing;
        with other content it is a bug.
        """

    def get(self, kennung: UUID) -> Beleg | None:
        """The frozen Beleg, or None."""

    def by_nummer(self, belegnummer: str) -> Uebersicht | None:
        """Find by the number on the paper."""

    def uebersicht(self, kennung: UUID) -> Uebersicht | None:
        """The one line of this Beleg."""

    def find(
        self,
        *,
        stoerung: UUID | None = None,
        zustaende: Collection[Zustand] | None = None,
        art: BelegArt | None = None,
        limit: int | None = None,
    ) -> list[Uebersicht]:
        """Belege in order of storing, newest last; filters combine."""

    def advance(
        self, kennung: UUID, before: Zustand, after: Zustand, wer: str, detail: dict[str, str] | None = None
    ) -> Uebersicht:
        """Move one Beleg from a state to the next, if the table allows it and it stands there.

        Raises TransitionRefused otherwise, also for an answer to an AU that was never sent.
        """

    def note(self, kennung: UUID | None, was: str, wer: str, detail: dict[str, str] | None = None) -> None:
        """Write an event without change of state (print job, reprint, question asked).

        Without ``kennung`` it concerns the store as a whole (backup brought back, key changed).
        """

    def events(self, kennung: UUID | None = None, *, limit: int | None = None) -> list[Ereignis]:
        """The history of one Beleg, or of everything, oldest first; with ``limit`` only the newest."""

    def seiten(self, kennung: UUID) -> dict[str, bytes]:
        """The stored pages: ``muster16``, or ``kk``, ``v``, ``ag``."""

    def remove_content(self, kennung: UUID, wer: str, regel: str) -> Uebersicht:
        """Delete what is medical or names a person in a finished Beleg; its skeleton and its history stay.

        ``regel`` is the rule that asks for it. Doing it twice changes nothing. Raises
        TransitionRefused if the Beleg is not finished. Nothing of it may be left in freed
        pages or journals after ``forget_journal``.
        """

    def einzelfaelle(self, tag: date, moment: datetime, wer: str) -> Stoerung:
        """The standing Störung of a day for a Beleg without an outage; made on first use."""


class VersandStore(Protocol):
    """What is signed and sent: the exact bytes, each attempt, the mails that were read, the right to send."""

    def sign(self, kennung: UUID, xml: bytes, p7s: bytes, wer: str) -> Uebersicht:
        """Keep the exact signed bytes and go to SIGNIERT, in one transaction.

        From the state that ``VOR_SIGNATUR`` names; a signature that lapsed there is replaced.
        """

    def signed(self, kennung: UUID) -> tuple[bytes, bytes] | None:
        """The stored ``(xml, p7s)``; the very bytes that every attempt sends."""

    def begin_versuch(self, versuch: Versuch, before: Zustand, wer: str) -> None:
        """Make an attempt durable and go to IN_UEBERTRAGUNG, in one transaction, before any byte leaves.

        Raises TransitionRefused if it does not stand in ``before`` or another attempt is under way.
        """

    def versuche(self, kennung: UUID) -> list[Versuch]:
        """All attempts, oldest first."""

    def by_message_id(self, message_id: str) -> UUID | None:
        """Which Beleg an answer belongs to; None = not ours."""

    def seen_mails(self) -> frozenset[str]:
        """The UIDLs that were read and settled before; they are not fetched again."""

    def remember_mails(self, mails: Mapping[str, str]) -> None:
        """Note what became of these mails (UIDL → ``zugestellt``, ``fremd``, …); known ones stay as they are."""

    def read_mails(self, limit: int = 500) -> list[GeleseneMail]:
        """The mails that were remembered, newest first."""

    def acquire_lease(self, name: str, holder: str, until: datetime) -> bool:
        """Take the right to drain; False if another holder's lease is still running."""

    def lease_holder(self, name: str) -> str | None:
        """Who took it last and did not give it back, whether it still runs or not."""

    def release_lease(self, name: str, holder: str) -> None:
        """Give it back."""


class Outbox(NummernStore, BelegStore, VersandStore, StoerungStore, Protocol):
    """The store of one desk, whole. Belongs to one lane (thread); see ``ui/background.py``."""

    def forget_journal(self) -> bool:
        """Make sure that no journal still holds what was deleted; False if somebody is just reading there."""

    def together(self) -> AbstractContextManager[None]:
        """Whatever is written inside is one transaction: durable at its end, or none of it."""

    def verify(self) -> list[str]:
        """Check integrity and the hash chain; an empty list means all is well, else findings."""

    def close(self) -> None:
        """Give the file back."""
