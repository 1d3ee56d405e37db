"""What came back: DSN and Fehlernachrichten settle their Belege, everything else in the box stays untouched.

Source: TA eAU V1.26 P5-04, KP310-13; domain sheet eau-kim §6, §8.4. The mailbox may be shared with
the practice system: nothing is deleted, and what is not ours is only remembered as read.
"""

from itertools import islice
from uuid import UUID

from papierbruecke.kim.model import (
    Clientmodulfehler,
    EebAngekommen,
    Eingang,
    FremdeMail,
    Kassenfehler,
    Kim,
    KimFehler,
    Lesebestaetigung,
    Zustellnachricht,
)
from papierbruecke.outbox.model import Uebersicht, Zustand, may_follow
from papierbruecke.outbox.store import Outbox
from papierbruecke.record.model import BelegArt
from papierbruecke.resubmit.cancel_au import taken_back_by
from papierbruecke.resubmit.outcome import Journal
from papierbruecke.resubmit.plan import ZUSTELLUNG_GESCHEITERT
from papierbruecke.resubmit.texts import EEB_ANGEKOMMEN, POSTFACH_GESTOERT

INFO_FALSCHE_KASSE = "100"
SPAETE_ABLEHNUNG = "kassenfehler.spaet"  # event: rejected after the Beleg was done another way
_TAKEN_BACK = {
    Zustand.STORNIERT: "storniert; das Storno ist zugestellt",
    Zustand.ZUGESTELLT: "gilt weiter: Die Krankenkasse hat das Storno abgelehnt",
}
LESEBESTAETIGUNG = "lesebestaetigung"  # event: an MDN came
STAPEL = 100  # mails that are settled in one transaction


class SettleAnswers:
    """Reads the KIM mailbox and moves the Belege that it speaks of."""

    def __init__(self, store: Outbox, kim: Kim) -> None:
        self._store = store
        self._kim = kim

    def run(self, wer: str, journal: Journal) -> bool:
        """Fetch what is new, portion by portion, and settle it; False if the box could not be read to its end."""
        try:
            while mails := self._kim.fetch(self._store.seen_mails()):
                if not self._settle_all(mails, wer, journal):
                    break  # only mails that cannot be read now
        except KimFehler as error:
            journal.hint(POSTFACH_GESTOERT.format(text=error.text))
            return False
        return True

    def _settle_all(self, mails: tuple[Eingang, ...], wer: str, journal: Journal) -> bool:
        """Whether at least one of these need not be fetched again."""
        settled = False
        waiting = iter(mails)
        while batch := list(islice(waiting, STAPEL)):
            with self._store.together():
                notes = {mail.uidl: self._settle(mail, wer, journal) for mail in batch}
                done = {uidl: note for uidl, note in notes.items() if note is not None}
                self._store.remember_mails(done)
            settled = settled or bool(done)
        return settled

    def _settle(self, mail: Eingang, wer: str, journal: Journal) -> str | None:
        """What became of a mail; None = it must be read again another time."""
        match mail:
            case FremdeMail():
                return "fremd"
            case EebAngekommen():
                journal.hint(EEB_ANGEKOMMEN)
                return "ersatzbescheinigung"
            case Clientmodulfehler():
                return None if mail.voruebergehend else self._refused_by_kim(mail, wer, journal)
            case Lesebestaetigung():
                return self._shown(mail, wer)
            case Zustellnachricht():
                return self._delivered(mail, wer, journal)
            case Kassenfehler():
                return self._rejected(mail, wer, journal)

    def _delivered(self, mail: Zustellnachricht, wer: str, journal: Journal) -> str:
        zeile = self._by_message_ids(mail.in_reply_to)
        if zeile is None:
            return "zustellnachricht ohne eigene Sendung"
        if mail.art == "zugestellt":
            # The box is read newest first: a rejection outweighs the confirmation that went before it. And a second
            # confirmation of an AU whose Storno arrived does not make it valid again.
            judged = zeile.zustand in (Zustand.ABGELEHNT, Zustand.STORNIERT)
            if not judged and may_follow(zeile.art, zeile.zustand, Zustand.ZUGESTELLT):
                detail = {"status": mail.status}
                if mail.zeit is not None:
                    detail["ankunft"] = mail.zeit.isoformat()
                moved = self._store.advance(zeile.kennung, zeile.zustand, Zustand.ZUGESTELLT, wer, detail)
                journal.moved(moved)
                self._take_back(moved, Zustand.ZUGESTELLT, Zustand.STORNIERT, wer, journal)
            return "zugestellt"
        if zeile.zustand is Zustand.ZUGESTELLT:
            return f"{mail.art}, aber schon zugestellt"
        was = ZUSTELLUNG_GESCHEITERT if mail.art == "fehlgeschlagen" else "zustellung.verzoegert"
        self._store.note(zeile.kennung, was, wer, {"status": mail.status})
        if mail.art == "fehlgeschlagen":
            journal.left(zeile, "nicht zugestellt; wird mit derselben Datei wieder versucht")
        return mail.art

    def _shown(self, mail: Lesebestaetigung, wer: str) -> str:
        """Kept in the history; only a DSN says that a mail was delivered (TA eAU P5-04 AC4)."""
        zeile = self._by_message_ids(mail.in_reply_to)
        if zeile is None:
            return "lesebestaetigung ohne eigene Sendung"
        self._store.note(zeile.kennung, LESEBESTAETIGUNG, wer, {"art": mail.art})
        return "lesebestaetigung"

    def _refused_by_kim(self, mail: Clientmodulfehler, wer: str, journal: Journal) -> str:
        zeile = self._by_message_ids(mail.in_reply_to)
        if zeile is None:
            return "clientmodul ohne eigene Sendung"
        codes = ", ".join(mail.codes)
        if zeile.zustand is not Zustand.ZUGESTELLT:
            self._store.note(zeile.kennung, ZUSTELLUNG_GESCHEITERT, wer, {"kim": codes})
            journal.left(zeile, f"KIM konnte nicht zustellen (Code {codes}); wird wieder versucht")
        return f"clientmodul {codes}"

    def _rejected(self, mail: Kassenfehler, wer: str, journal: Journal) -> str:
        zeile = self._by_document(mail.dokumenten_id)
        if zeile is None and mail.message_id is not None:
            zeile = self._by_message_ids((mail.message_id,))
        if zeile is None:
            return "fehlernachricht ohne eigene Sendung"
        if not may_follow(zeile.art, zeile.zustand, Zustand.ABGELEHNT):
            # A late answer for a Beleg that is done reopens nothing; it is kept in its history.
            self._store.note(zeile.kennung, SPAETE_ABLEHNUNG, wer, {"code": mail.code})
            journal.left(zeile, f"späte Fehlernachricht der Krankenkasse (Code {mail.code}); bitte prüfen")
            return "fehlernachricht zu einem erledigten Beleg"
        detail = {"code": mail.code, "titel": mail.titel}
        moved = self._store.advance(zeile.kennung, zeile.zustand, Zustand.ABGELEHNT, wer, detail)
        journal.moved(moved, _rejection(mail))
        self._take_back(moved, Zustand.STORNIERT, Zustand.ZUGESTELLT, wer, journal)
        return "fehlernachricht"

    def _take_back(self, storno: Uebersicht, before: Zustand, after: Zustand, wer: str, journal: Journal) -> None:
        """A delivered Storno makes its AU void; a refused one leaves it as valid as it was."""
        if storno.art is not BelegArt.STORNO:
            return
        kennung = taken_back_by(self._store.events(storno.kennung))
        au = self._store.uebersicht(kennung) if kennung is not None else None
        if au is not None and au.zustand is before:
            words = "zugestellt" if after is Zustand.STORNIERT else "abgelehnt"
            detail = {"grund": f"Storno {storno.belegnummer} {words}", "storno": str(storno.kennung)}
            journal.left(self._store.advance(au.kennung, before, after, wer, detail), _TAKEN_BACK[after])

    def _by_message_ids(self, message_ids: tuple[str, ...]) -> Uebersicht | None:
        for message_id in message_ids:
            kennung = self._store.by_message_id(message_id)
            if kennung is not None:
                return self._store.uebersicht(kennung)
        return None

    def _by_document(self, dokumenten_id: str | None) -> Uebersicht | None:
        if dokumenten_id is None:
            return None
        try:
            kennung = UUID(dokumenten_id.removeprefix("urn:uuid:"))
        except ValueError:
            return None
        # Only what really left this desk can be rejected; a foreign or invented number settles nothing.
        return self._store.uebersicht(kennung) if self._store.versuche(kennung) else None


def _rejection(mail: Kassenfehler) -> str:
    if mail.code == INFO_FALSCHE_KASSE:
        return "Info der Krankenkasse (Code 100): dort nicht versichert. Bitte die aktuelle Karte zeigen lassen."
    return f"Fehlernachricht der Krankenkasse: {mail.titel} (Code {mail.code})"
