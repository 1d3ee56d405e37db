"""Clear the queue: everything that is owed electronically leaves once, and doubt is said aloud.

The order is always: take the lease, call the leftovers of a dead run unclear, read the mailbox,
sign, send, read the mailbox, look at the deadlines. Source: design §3; domain sheet eau-kim §9.
"""

import contextlib
import threading
from collections.abc import Callable, Sequence

from papierbruecke.clock import Clock, local
from papierbruecke.errors import Einwand, EnvironmentFailure, InputRefused
from papierbruecke.kim.model import Kim, KimFehler
from papierbruecke.konnektor.model import Konnektor
from papierbruecke.outbox.chain import digest
from papierbruecke.outbox.model import ELEKTRONISCH, SPALTE, VOR_SIGNATUR, Spalte, Uebersicht, Zustand
from papierbruecke.outbox.store import Outbox, TransitionRefused
from papierbruecke.practice.find_recipient import FindRecipient
from papierbruecke.record.model import Weg
from papierbruecke.resubmit.fassung import FASSUNGEN, Fassung, accepted_on, valid_on, version_of
from papierbruecke.resubmit.fristen import Kalender
from papierbruecke.resubmit.lease import Lease
from papierbruecke.resubmit.outcome import DrainErgebnis as DrainErgebnis
from papierbruecke.resubmit.outcome import Journal
from papierbruecke.resubmit.plan import Lauf, Schritt, may_be_under_way, next_step, post_is_due
from papierbruecke.resubmit.send_mail import SendMail, Versand
from papierbruecke.resubmit.settle_answers import SettleAnswers
from papierbruecke.resubmit.sign_batch import Notice, SignBatch
from papierbruecke.resubmit.texts import (
    BELEGT,
    EINRICHTUNG_FEHLT,
    FASSUNG_ALT,
    FASSUNG_FEHLT,
    FASSUNG_NEU,
    KIM_GESTOERT,
    PRUEFNUMMER_FEHLT,
    SIGNATUR_WARTET,
)
from papierbruecke.settings import Einstellungen

STOERUNGEN_MAX = 3  # so many disturbed attempts in a row: the way is down, not the record
ABHOLEN_S = 2.0  # pause between two looks into the mailbox while somebody waits

_OWED = frozenset(z for z, column in SPALTE.items() if column in (Spalte.OFFEN, Spalte.UNKLAR))

_KANDIDATEN = {  # where to look closer; what is due is decided in plan.py
    Schritt.SIGNIEREN: set(VOR_SIGNATUR.values()),
    Schritt.SENDEN: _OWED - {Zustand.GEDRUCKT, Zustand.ERFASST},
}

_OHNE_VORGESCHICHTE = {Zustand.GEDRUCKT, Zustand.SIGNIERT}

Progress = Callable[[int, int], None]


class DrainOutbox:
    """The Nachversand of one desk. Lane ``send``; everything it decides is in ``plan.py``."""

    def __init__(
        self,
        store: Outbox,
        konnektor: Konnektor | None,
        kim: Kim | None,
        clock: Clock,
        settings: Einstellungen,
        recipients: FindRecipient | None = None,
        fassungen: Sequence[Fassung] = FASSUNGEN,
    ) -> None:
        self._store = store
        self._konnektor = konnektor
        self._kim = kim
        self._clock = clock
        self._settings = settings
        # Without a directory only what a person confirmed is known.
        self._recipients = recipients or FindRecipient(settings.kim.kassenadressen, clock, test=settings.simulator)
        self._fassungen = fassungen
        self._kalender = Kalender(settings.praxis.bundesland)
        self._lease = Lease(store, clock)

    def drain(
        self,
        *,
        nur: str | None = None,
        wer: str,
        on_progress: Progress | None = None,
        cancel: threading.Event | None = None,
        automatisch: bool = False,
        on_notice: Notice | None = None,
    ) -> DrainErgebnis:
        """Send what is due, or only the Beleg ``nur``; never raises because of a single record.

        ``automatisch``: started by the program; then failed attempts wait 4 h and end after
        3 Werktage. ``on_notice`` gets what must be read while it runs, above all that the terminal is
        about to ask for a PIN. Started by hand everything that may be sent is tried at once. Raises
        InputRefused if ``nur`` cannot be sent, EnvironmentFailure if the store fails, the set-up or
        the Prüfnummer is missing.
        """
        chosen = self._chosen(nur)
        journal = Journal()
        owed = self._owed(chosen)
        if not owed and not self._answers_may_come():
            return self._result(journal, chosen, cancelled=False)
        if owed and self._settings.pruefnummer is None and not self._settings.simulator:
            raise EnvironmentFailure("nachversand.pruefnummer", PRUEFNUMMER_FEHLT)
        konnektor, kim = self._counterparts()
        settle = SettleAnswers(self._store, kim)
        if not self._lease.hold():
            return DrainErgebnis((), (BELEGT,), {}, offen=len(owed), unklar=0, belegt=True)
        stop = cancel or threading.Event()
        lauf = Lauf(self._clock.now(), wer, von_hand=not automatisch, gezielt=chosen is not None)
        try:
            self._call_leftovers_unclear(wer, journal)
            with kim:
                readable = settle.run(wer, journal)
                fassung = valid_on(local(lauf.jetzt).date(), self._fassungen)
                if fassung is None:
                    journal.hint(FASSUNG_FEHLT)
                else:
                    self._let_lapse(self._owed(chosen), fassung, wer, journal)
                    batch = SignBatch(self._store, konnektor, self._settings, fassung, on_notice)
                    self._sign(batch, self._with_step(Schritt.SIGNIEREN, chosen, lauf), lauf, journal, stop)
                    send = SendMail(self._store, kim, self._clock, self._settings, self._recipients, self._fassungen)
                    waiting = self._sendable(chosen, fassung, lauf, journal)
                    self._send_all(send, waiting, readable, wer, journal, on_progress, stop)
                    send.finish(wer, journal)
                    settle.run(wer, journal)
            self._look_at_deadlines(wer, journal)
        except KimFehler as error:
            journal.hint(KIM_GESTOERT.format(text=error.text))
        finally:
            self._lease.give_back()
        return self._result(journal, chosen, cancelled=stop.is_set())

    def drain_and_wait(
        self,
        *,
        nur: str | None = None,
        wer: str,
        warten_s: float,
        on_progress: Progress | None = None,
        cancel: threading.Event | None = None,
        on_notice: Notice | None = None,
    ) -> DrainErgebnis:
        """Drain, then look for the Zustellbestätigungen for at most ``warten_s`` seconds."""
        stop = cancel or threading.Event()
        result = self.drain(nur=nur, wer=wer, on_progress=on_progress, cancel=stop, on_notice=on_notice)
        chosen = self._chosen(nur)
        journal = Journal()
        rest_s = warten_s
        while rest_s > 0 and self._awaited(chosen) and not stop.wait(min(ABHOLEN_S, rest_s)):
            rest_s -= ABHOLEN_S
            self.collect(wer, journal)
        return result.followed_by(self._result(journal, chosen, cancelled=stop.is_set()))

    def collect(self, wer: str, journal: Journal) -> None:
        """Only read the mailbox and settle what came; sends nothing."""
        _, kim = self._counterparts()
        if not self._lease.hold():
            return
        try:
            with kim:
                SettleAnswers(self._store, kim).run(wer, journal)
        except KimFehler as error:
            journal.hint(KIM_GESTOERT.format(text=error.text))
        finally:
            self._lease.give_back()

    # -- steps -----------------------------------------------------------------

    def _call_leftovers_unclear(self, wer: str, journal: Journal) -> None:
        """We hold the lease, so whoever was sending is dead, and nobody knows how far it got."""
        for zeile in self._store.find(zustaende={Zustand.IN_UEBERTRAGUNG}):
            detail = {"fehler": "lauf.abgebrochen"}
            moved = self._store.advance(zeile.kennung, zeile.zustand, Zustand.UNGEKLAERT, wer, detail)
            journal.moved(moved)

    def _let_lapse(self, owed: list[Uebersicht], fassung: Fassung, wer: str, journal: Journal) -> None:
        """What is signed in a version that no longer holds and never left waits for a new signature.

        If an earlier attempt may have arrived it stays as it is: other bytes under the same
        Dokumenten-ID would be a misuse (KP5-06).
        """
        for zeile in owed:
            if zeile.zustand is not Zustand.SIGNIERT or not self._is_old(zeile, fassung):
                continue
            if may_be_under_way(self._store.events(zeile.kennung)):
                continue
            xml, p7s = self._store.signed(zeile.kennung) or (b"", b"")
            detail = {"grund": "fassung", "bisher": version_of(xml) or "", "neu": fassung.eau, "datei": digest(p7s)}
            with contextlib.suppress(TransitionRefused):  # somebody was faster
                moved = self._store.advance(zeile.kennung, zeile.zustand, VOR_SIGNATUR[zeile.art], wer, detail)
                journal.left(moved, FASSUNG_NEU)

    def _is_old(self, zeile: Uebersicht, fassung: Fassung) -> bool:
        """Whether its signed bytes name a version that is not accepted today."""
        if valid_on(local(zeile.angelegt).date(), self._fassungen) is fassung:
            return False  # no cut-over since it was issued: no need to look into a thousand files
        stored = self._store.signed(zeile.kennung)
        accepted = accepted_on(local(self._clock.now()).date(), self._fassungen)
        return stored is not None and version_of(stored[0]) not in accepted

    def _sign(
        self, batch: SignBatch, unsigned: list[Uebersicht], lauf: Lauf, journal: Journal, stop: threading.Event
    ) -> None:
        """By itself only what asks nobody for a PIN; otherwise unsigned AUs wait for the doctor (design §3)."""
        if lauf.von_hand or (unsigned and batch.signs_silently(len(unsigned))):
            batch.run(unsigned, lauf.wer, journal, stop)
        elif unsigned:
            journal.hint(SIGNATUR_WARTET.format(zahl=len(unsigned)))

    def _sendable(self, chosen: Uebersicht | None, fassung: Fassung, lauf: Lauf, journal: Journal) -> list[Uebersicht]:
        """What is to be sent now; what is in doubt in an old version only if a person names it."""
        found = []
        for zeile in self._with_step(Schritt.SENDEN, chosen, lauf):
            if zeile.zustand is Zustand.UNGEKLAERT and not lauf.gezielt and self._is_old(zeile, fassung):
                journal.left(zeile, FASSUNG_ALT)
            else:
                found.append(zeile)
        return found

    def _send_all(
        self,
        send: SendMail,
        waiting: list[Uebersicht],
        readable: bool,
        wer: str,
        journal: Journal,
        on_progress: Progress | None,
        stop: threading.Event,
    ) -> None:
        disturbed = 0
        for number, zeile in enumerate(waiting):
            if on_progress is not None:
                on_progress(number, len(waiting))
            if stop.is_set() or disturbed >= STOERUNGEN_MAX or not self._lease.hold():
                return
            if zeile.zustand is Zustand.UNGEKLAERT and not readable:
                continue  # first look for the DSN, then resend: without the box nobody looked
            try:
                sent = send.run(zeile, wer, journal)
            except TransitionRefused:
                continue  # somebody else moved it meanwhile; the next run looks again
            disturbed = disturbed + 1 if sent is Versand.GESTOERT else 0
        if on_progress is not None:
            on_progress(len(waiting), len(waiting))

    def _look_at_deadlines(self, wer: str, journal: Journal) -> None:
        now = self._clock.now()
        detail = {"grund": "frist"}
        for zeile in self._owed(None):
            facts = self._store.versuche(zeile.kennung), self._store.events(zeile.kennung)
            if post_is_due(zeile, *facts, now, self._kalender):
                with contextlib.suppress(TransitionRefused):  # somebody was faster
                    moved = self._store.advance(zeile.kennung, zeile.zustand, Zustand.POST_FAELLIG, wer, detail)
                    journal.moved(moved)

    def _counterparts(self) -> tuple[Konnektor, Kim]:
        if self._konnektor is None or self._kim is None:
            raise EnvironmentFailure("nachversand.einrichtung", EINRICHTUNG_FEHLT)
        return self._konnektor, self._kim

    # -- what there is -----------------------------------------------------------

    def _chosen(self, nur: str | None) -> Uebersicht | None:
        if nur is None:
            return None
        found = self._store.by_nummer(nur)
        if found is None:
            raise _refusal("Belegnummer", "Diese Belegnummer gibt es hier nicht.")
        if found.art not in ELEKTRONISCH:
            raise _refusal("Design §3", "Dieser Beleg bleibt Papier: nur dokumentieren, kein E-Rezept nachreichen.")
        if found.weg != Weg.DIREKT.value:
            raise _refusal("Design §2", "Dieser Beleg geht über die Praxissoftware und wird von dort gesendet.")
        return found

    def _owed(self, chosen: Uebersicht | None) -> list[Uebersicht]:
        if chosen is not None:
            now = self._store.uebersicht(chosen.kennung)
            return [now] if now is not None and now.zustand in _OWED else []
        found = self._store.find(zustaende=_OWED)
        return [zeile for zeile in found if zeile.art in ELEKTRONISCH and zeile.weg == Weg.DIREKT.value]

    def _answers_may_come(self) -> bool:
        """A Kasse may still reject what was delivered; the mailbox is read as long as anything was sent."""
        delivered = self._store.find(zustaende={Zustand.ZUGESTELLT, Zustand.PER_POST}, limit=1)
        return bool(delivered)

    def _with_step(self, schritt: Schritt, chosen: Uebersicht | None, lauf: Lauf) -> list[Uebersicht]:
        candidates = [zeile for zeile in self._owed(chosen) if zeile.zustand in _KANDIDATEN[schritt]]
        return [zeile for zeile in candidates if self._step(zeile, lauf) is schritt]

    def _step(self, zeile: Uebersicht, lauf: Lauf) -> Schritt:
        # What was just printed or signed has no history that matters: two queries less for each of a thousand.
        versuche = () if zeile.zustand is Zustand.GEDRUCKT else self._store.versuche(zeile.kennung)
        events = () if zeile.zustand in _OHNE_VORGESCHICHTE else self._store.events(zeile.kennung)
        return next_step(zeile, versuche, events, lauf, self._kalender)

    def _awaited(self, chosen: Uebersicht | None) -> bool:
        return any(zeile.zustand in (Zustand.GESENDET, Zustand.UNGEKLAERT) for zeile in self._owed(chosen))

    def _result(self, journal: Journal, chosen: Uebersicht | None, *, cancelled: bool) -> DrainErgebnis:
        owed = self._owed(chosen)
        return DrainErgebnis(
            zeilen=tuple(journal.zeilen.values()),
            hinweise=tuple(journal.hinweise),
            schritte=dict(journal.schritte),
            offen=len(owed),
            unklar=sum(SPALTE[zeile.zustand] is Spalte.UNKLAR for zeile in owed),
            abgebrochen=cancelled,
        )


def _refusal(regel: str, text: str) -> InputRefused:
    return InputRefused((Einwand("nummer", regel, text),))
