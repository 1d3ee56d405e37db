"""One call, one PIN, many sick notes: from GEDRUCKT to SIGNIERT.

The Konnektor signs a whole Stapel; every answer is mapped by its RequestID and looked at before
it is stored, so that no patient ever gets another one's signature. Source: TA eAU V1.26 P4-01;
gemSpec_Kon 4.1.8; domain sheet eau-kim §7.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from papierbruecke.errors import InputRefused
from papierbruecke.konnektor.model import Konnektor, KonnektorFehler, Signatur, Signaturmodus
from papierbruecke.konnektor.switch_comfort import terminal_of
from papierbruecke.outbox.model import Uebersicht, Zustand
from papierbruecke.outbox.store import Outbox, TransitionRefused
from papierbruecke.record.model import AuEingabe
from papierbruecke.resubmit.document_to_sign import document_to_sign, not_built
from papierbruecke.resubmit.fassung import Fassung
from papierbruecke.resubmit.outcome import Journal
from papierbruecke.resubmit.plan import NIE_SENDEN, never_send
from papierbruecke.resubmit.signed_content import content_of
from papierbruecke.resubmit.stop_signing import stopping
from papierbruecke.resubmit.texts import (
    EINE_UNTERSCHRIFT,
    KARTE_FEHLT,
    KOMFORT_AKTIV,
    MIT_PRAXISAUSWEIS,
    PIN_GEFRAGT,
    SIGNATUR_GESTOERT,
    SIGNATUR_GESTOPPT,
    SIGNATUR_PASST_NICHT,
    SIGNIEREN_ABGEBROCHEN,
    UNTERSCHRIFTEN,
)
from papierbruecke.settings import Einstellungen

HEILBERUFSAUSWEIS = "HBA"
Notice = Callable[[str], None]
"""Gets a sentence that somebody must read while the run goes on."""


STAPEL = 100
"""Documents per SignDocument call: bounded memory here and in the Konnektor; Komfortsignatur allows 250."""


class SignBatch:
    """Builds and has signed what waits for it, in the version of today; one bad record never stops the others."""

    def __init__(
        self,
        store: Outbox,
        konnektor: Konnektor,
        settings: Einstellungen,
        fassung: Fassung,
        on_notice: Notice | None = None,
    ) -> None:
        self._store = store
        self._konnektor = konnektor
        self._settings = settings
        self._fassung = fassung
        self._on_notice = on_notice

    def run(self, zeilen: Sequence[Uebersicht], wer: str, journal: Journal, cancel: threading.Event) -> None:
        """Sign these AUs and Stornos, Stapel by Stapel; a failing Konnektor leaves the rest as it is."""
        waiting = iter(zeilen)
        handle: str | None = None
        while not cancel.is_set() and (stapel := list(islice(self._prepared(waiting, wer, journal), STAPEL))):
            try:
                handle = handle or self._handle()
                if handle is None:
                    journal.hint(KARTE_FEHLT.format(karte=self._settings.konnektor.signaturkarte))
                    return
                answers = self._signed(stapel, handle, cancel)
            except KonnektorFehler as error:
                text = SIGNIEREN_ABGEBROCHEN if cancel.is_set() else SIGNATUR_GESTOERT.format(text=error.text)
                journal.hint(text)
                return
            with self._store.together():
                self._keep(stapel, answers, wer, journal, cancelled=cancel.is_set())
            if self._settings.konnektor.signaturkarte != HEILBERUFSAUSWEIS:
                journal.hint(MIT_PRAXISAUSWEIS)

    def _signed(
        self, stapel: list[tuple[Uebersicht, bytes]], handle: str, cancel: threading.Event
    ) -> tuple[Signatur, ...]:
        """One call for all of them; ``cancel`` ends it at the Konnektor, too."""
        documents = {str(zeile.kennung): xml for zeile, xml in stapel}
        announce = self._announce(handle, len(documents))
        with stopping(self._konnektor, cancel) as note_job:

            def on_job(job: str) -> None:
                note_job(job)
                if announce is not None:
                    announce(job)

            return self._konnektor.sign(documents, handle, self._settings.konnektor.user_id, on_job)

    def signs_silently(self, documents: int) -> bool:
        """Whether nobody will be asked for a PIN: the SMC-B, or an active Komfortsignatur that lasts for all.

        The setting only allows it; whether it is active now says the Konnektor.
        """
        settings = self._settings.konnektor
        if settings.signaturkarte != HEILBERUFSAUSWEIS:
            return True
        if not settings.komfortsignatur:
            return False
        try:
            handle = self._handle()
            mode = None if handle is None else self._konnektor.signaturmodus(handle, settings.user_id)
        except KonnektorFehler:
            return False
        return mode is not None and mode.signs_silently(documents)

    def _announce(self, handle: str, documents: int) -> Callable[[str], None] | None:
        """What to say once the job number is known, before the terminal asks; None for the SMC-B."""
        settings = self._settings.konnektor
        tell = self._on_notice
        if settings.signaturkarte != HEILBERUFSAUSWEIS or tell is None:
            return None
        try:
            mode = self._konnektor.signaturmodus(handle, settings.user_id)
        except KonnektorFehler:
            mode = Signaturmodus(komfort=False)  # unknown: better told once too often
        if mode.signs_silently(documents):
            hours, minutes = divmod(mode.rest_s // 60, 60)
            left = KOMFORT_AKTIV.format(rest=mode.rest - documents, stunden=hours, minuten=minutes)
            return lambda _: tell(left)
        terminal = terminal_of(self._konnektor, handle)
        count = EINE_UNTERSCHRIFT if documents == 1 else UNTERSCHRIFTEN.format(zahl=documents)
        return lambda job: tell(PIN_GEFRAGT.format(terminal=terminal, job=job, zahl=count))

    def _prepared(self, zeilen: Iterator[Uebersicht], wer: str, journal: Journal) -> Iterator[tuple[Uebersicht, bytes]]:
        for zeile in zeilen:
            beleg = self._store.get(zeile.kennung)
            if beleg is None:
                raise AssertionError("only a stored Beleg is signed")
            reason = never_send(beleg.inhalt) if isinstance(beleg.inhalt, AuEingabe) else None
            if reason is not None:
                detail = {"grund": reason}
                moved = self._store.advance(zeile.kennung, Zustand.GEDRUCKT, Zustand.NUR_PAPIER, wer, detail)
                journal.moved(moved, NIE_SENDEN[reason])
                continue
            try:
                yield zeile, document_to_sign(beleg, self._settings, self._fassung)
            except InputRefused as refused:
                self._refused(zeile, refused, wer, journal)

    def _refused(self, zeile: Uebersicht, refused: InputRefused, wer: str, journal: Journal) -> None:
        """The data do not make an eAU: the paper copy is the way to the Kasse."""
        detail = {"grund": "nicht_baubar", "felder": ", ".join(e.feld for e in refused.einwaende)}
        moved = self._store.advance(zeile.kennung, Zustand.GEDRUCKT, Zustand.POST_FAELLIG, wer, detail)
        journal.moved(moved, not_built(refused))

    def _handle(self) -> str | None:
        wanted = self._settings.konnektor.signaturkarte
        return next((karte.handle for karte in self._konnektor.karten() if karte.typ == wanted), None)

    def _keep(
        self,
        stapel: list[tuple[Uebersicht, bytes]],
        answers: tuple[Signatur, ...],
        wer: str,
        journal: Journal,
        *,
        cancelled: bool,
    ) -> None:
        by_request = {answer.request_id: answer for answer in answers}
        for zeile, xml in stapel:
            answer = by_request.get(str(zeile.kennung))
            if answer is None or answer.p7s is None:
                code = str(answer.fehler) if answer is not None and answer.fehler is not None else "ohne Antwort"
                self._store.note(zeile.kennung, "signatur.fehler", wer, {"code": code})
                why = answer.fehlertext if answer is not None and answer.fehlertext else f"Konnektor: {code}."
                journal.left(zeile, SIGNATUR_GESTOPPT if cancelled else f"nicht signiert, wartet weiter. {why}")
            elif content_of(answer.p7s) != xml:
                self._store.note(zeile.kennung, "signatur.verworfen", wer)
                journal.left(zeile, SIGNATUR_PASST_NICHT)
            else:
                self._store_signed(zeile, xml, answer.p7s, answer.fehler, wer, journal)

    def _store_signed(
        self, zeile: Uebersicht, xml: bytes, p7s: bytes, warning: int | None, wer: str, journal: Journal
    ) -> None:
        try:
            journal.moved(self._store.sign(zeile.kennung, xml, p7s, wer))
        except TransitionRefused:
            return  # while the doctor entered the PIN, somebody declared it void or another run was faster
        if warning is not None:  # signed, with a warning of the Konnektor (no OCSP answer, …)
            self._store.note(zeile.kennung, "signatur.hinweis", wer, {"code": str(warning)})
