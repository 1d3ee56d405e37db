"""From SIGNIERT over the wire: each attempt is durable before its first byte leaves.

Source: TA eAU V1.26 P5-02, P5-07, KP5-06; domain sheet eau-kim §8. The very bytes that were signed
are sent, in every attempt; Message-ID and Date are new each time (design §3 rule 2).
"""

import contextlib
import hashlib
import uuid
from collections.abc import Sequence
from datetime import datetime
from enum import Enum

from papierbruecke.clock import Clock, local
from papierbruecke.kim.model import Kim, KimFehler, Sendung
from papierbruecke.outbox.model import Uebersicht, Versuch, Zustand
from papierbruecke.outbox.store import Outbox, TransitionRefused
from papierbruecke.practice.find_recipient import Empfaenger, FindRecipient, KeinEmpfaenger
from papierbruecke.record.model import BelegArt, StornoEingabe
from papierbruecke.resubmit.fassung import FASSUNGEN, Fassung, accepted_on, valid_on, version_of
from papierbruecke.resubmit.outcome import Journal
from papierbruecke.resubmit.plan import may_be_under_way
from papierbruecke.resubmit.texts import (
    EMPFAENGER_FEHLT,
    EMPFAENGER_MEHRERE,
    FASSUNG_ALT,
    NICHT_GESENDET,
    VERZEICHNIS_GESTOERT,
)
from papierbruecke.settings import Einstellungen

ALS_MAIL = {  # TA eAU V1.26 P5-02: service, infix of subject and file name, Content-Description
    BelegArt.AU: ("eAU;Lieferung", "", "eAU"),
    BelegArt.STORNO: ("eAU;Storno-Arzt", "Storno_", "eAUStorno"),
}
MESSAGE_ID_DOMAIN = "kim.telematik"
"""Never the name of a host or a practice: the Message-ID must reveal nothing (api-kim, Primärsystem)."""

NUR_DIESE = frozenset({"kim.recipient", "kim.too_big", "kim.refused"})
"""Refusals that concern this one mail (recipient, its certificate, size, content), not the way."""


class Versand(Enum):
    """How one attempt ended, for the one who decides whether to go on."""

    GESENDET = "gesendet"
    DIESE_NICHT = "diese_nicht"  # this record has a problem of its own
    GESTOERT = "gestoert"  # the way itself is disturbed


class SendMail:
    """Sends single AUs and Stornos over one KIM connection."""

    def __init__(
        self,
        store: Outbox,
        kim: Kim,
        clock: Clock,
        settings: Einstellungen,
        recipients: FindRecipient,
        fassungen: Sequence[Fassung] = FASSUNGEN,
    ) -> None:
        self._store = store
        self._kim = kim
        self._clock = clock
        self._settings = settings
        self._recipients = recipients
        self._fassungen = fassungen
        self._accepted: Uebersicht | None = None  # got its 250, stored together with the next attempt

    def run(self, zeile: Uebersicht, wer: str, journal: Journal) -> Versand:
        """One attempt for one of them; afterwards it is GESENDET, provably not sent, or UNGEKLAERT."""
        found = self._recipient(zeile)
        if isinstance(found, KeinEmpfaenger):
            return self._without(zeile, found, wer, journal)
        sendung = self._begin(zeile, found.adresse, wer, journal)
        if sendung is None:
            return Versand.DIESE_NICHT
        try:
            self._kim.send(sendung)
        except KimFehler as error:
            return self._failed(zeile, error, wer, journal)
        self._accepted = zeile
        return Versand.GESENDET

    def finish(self, wer: str, journal: Journal) -> None:
        """Store that the newest mail was taken over; a crash before this leaves it in doubt, as it should be."""
        if self._accepted is None:
            return
        with contextlib.suppress(TransitionRefused):  # somebody else was faster, and knows more
            kennung = self._accepted.kennung
            journal.moved(self._store.advance(kennung, Zustand.IN_UEBERTRAGUNG, Zustand.GESENDET, wer))
        self._accepted = None

    def _recipient(self, zeile: Uebersicht) -> Empfaenger | KeinEmpfaenger:
        beleg = self._store.get(zeile.kennung)
        if beleg is None:
            raise AssertionError("only a stored Beleg is sent")
        if isinstance(beleg.inhalt, StornoEingabe):  # it goes where the eAU went, wherever that address is now
            attempt = self._store.versuche(beleg.inhalt.storno.dokument)[-1]
            return Empfaenger(adresse=attempt.empfaenger, quelle="gemerkt")
        cover = beleg.inhalt.versicherung
        # Also in BG/UK cases the patient's own Krankenkasse gets it and passes it on (FAQ eAU).
        return self._recipients.find(cover.ik, cover.abrechnend_ik)

    def _without(self, zeile: Uebersicht, found: KeinEmpfaenger, wer: str, journal: Journal) -> Versand:
        if found.grund == "gestoert":
            journal.left(zeile, VERZEICHNIS_GESTOERT.format(text=found.text))  # the next run asks again
            return Versand.DIESE_NICHT
        if not any(e.was == "empfaenger.fehlt" for e in self._store.events(zeile.kennung)):
            self._store.note(zeile.kennung, "empfaenger.fehlt", wer, {"grund": found.grund})
        journal.left(zeile, EMPFAENGER_MEHRERE if found.grund == "mehrere" else EMPFAENGER_FEHLT)
        return Versand.DIESE_NICHT

    def _begin(self, zeile: Uebersicht, recipient: str, wer: str, journal: Journal) -> Sendung | None:
        stored = self._store.signed(zeile.kennung)
        if stored is None:
            raise AssertionError("only signed bytes are sent")
        now = self._clock.now()
        today = valid_on(local(now).date(), self._fassungen)
        if today is None or not self._may_go(zeile, stored[0], now):
            journal.left(zeile, FASSUNG_ALT)
            return None
        service, infix, description = ALS_MAIL[zeile.art]
        name = f"{self._letter}EAU0_{infix}{zeile.kennung}"
        versuch = Versuch(
            kennung=zeile.kennung,
            message_id=f"<{uuid.uuid4()}@{MESSAGE_ID_DOMAIN}>",
            datum=now,
            p7s_sha256=hashlib.sha256(stored[1]).hexdigest(),
            empfaenger=recipient,
        )
        before = self._accepted
        try:
            with self._store.together():  # one commit for the end of the last mail and the start of this one
                self.finish(wer, journal)
                self._store.begin_versuch(versuch, zeile.zustand, wer)
        except TransitionRefused:
            self._accepted = before
            raise
        return Sendung(
            message_id=versuch.message_id,
            datum=versuch.datum,
            empfaenger=recipient,
            dienstkennung=f"{service};{today.kim}",
            betreff=name,
            dateiname=f"{name}.p7s",
            beschreibung=description,
            inhalt=stored[1],
        )

    def _may_go(self, zeile: Uebersicht, xml: bytes, now: datetime) -> bool:
        """Whether these bytes are accepted today; in doubt about an earlier attempt the same bytes do no harm.

        A run by itself never comes here with an old version in doubt (``drain_outbox``), a person may.
        """
        accepted = accepted_on(local(now).date(), self._fassungen)
        return version_of(xml) in accepted or zeile.zustand is Zustand.UNGEKLAERT

    @property
    def _letter(self) -> str:
        return "T" if self._settings.simulator else "E"  # T marks a test message: TA eAU V1.26 P5-02

    def _failed(self, zeile: Uebersicht, error: KimFehler, wer: str, journal: Journal) -> Versand:
        # "Certainly not sent" speaks of this attempt only; an earlier one may still be under way.
        certain = error.certainly_not_sent and not may_be_under_way(self._store.events(zeile.kennung))
        after = Zustand.SIGNIERT if certain else Zustand.UNGEKLAERT
        detail = {"fehler": error.schluessel}
        if error.smtp_code is not None:
            detail["smtp"] = str(error.smtp_code)
        moved = self._store.advance(zeile.kennung, Zustand.IN_UEBERTRAGUNG, after, wer, detail)
        if certain:
            journal.left(moved, NICHT_GESENDET.format(code=error.smtp_code or error.schluessel))
        else:
            journal.moved(moved)
        return Versand.DIESE_NICHT if error.schluessel in NUR_DIESE else Versand.GESTOERT
