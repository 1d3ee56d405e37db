"""What only a person can decide about a Beleg: documented, posted, stays paper, void.

Each is one step with a name behind it; a step that was done is done, doing it twice changes nothing.
Raises InputRefused with a sentence if the Beleg does not stand where this makes sense.
"""

from collections.abc import Iterable
from uuid import UUID

from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.outbox.model import Ereignis, Uebersicht, Zustand, may_follow
from papierbruecke.outbox.store import Outbox, TransitionRefused
from papierbruecke.record.model import AuEingabe, BelegArt, Weg
from papierbruecke.resubmit.plan import KK_FEHLT, NIE_SENDEN, group_assumed

UNTERSCHRIEBEN = "unterschrieben"
"""Event of a slip of the Ersatzverfahren: the signature of the patient is on the paper."""
NACHGELESEN = "ersatzschein.nachgelesen"
NACHGELESEN_WIE = {  # domain sheet reconciliation §9.1: how a slip of the Ersatzverfahren comes to its end
    "karte": "Karte im selben Quartal in der Praxissoftware eingelesen",
    "eeb": "Elektronische Ersatzbescheinigung in der Praxissoftware übernommen",
    "abgerechnet": "Ohne Karte im Ersatzverfahren abgerechnet; der Schein bleibt vier Quartale in der Praxis",
}
EINGETRAGEN = "rezept.eingetragen"  # event: entered, a second person has not checked it yet
EREZEPT_GEPRUEFT = "erezept.geprueft"
EREZEPT_STAND = {  # domain sheet reconciliation §9.5: what became of an E-Rezept that was under way
    "keines": "Es war kein E-Rezept vorbereitet.",
    "verworfen": "Das vorbereitete E-Rezept ist gelöscht, es war noch nicht gesendet.",
    "geloescht": "Das gesendete E-Rezept ist in der Praxissoftware gelöscht.",
    "eingeloest": "Das E-Rezept war schon eingelöst; die Apotheke ist angerufen, das Papier ist zurückgezogen.",
}


class ByHand:
    """The decisions of a person, one method each."""

    def __init__(self, store: Outbox, *, zu_zweit: bool = False) -> None:
        """``zu_zweit``: a prescription is done only when a second person checked the entry."""
        self._store = store
        self._zu_zweit = zu_zweit

    def document(self, kennung: UUID, wer: str, hinweis: str) -> None:
        """Somebody entered this paper in the practice system: it is done.

        With ``zu_zweit`` the first tick of a prescription leaves it open; the tick of another person ends it.
        Refused for an AU of the way ``direkt`` (one AU has one sender) and for paper that nobody
        confirmed yet.
        """
        zeile = self._line(kennung)
        if zeile.zustand is Zustand.DOKUMENTIERT:
            return
        if zeile.art is BelegArt.AU and zeile.weg == Weg.DIREKT.value:
            raise _refusal("Design §2", "Diese Krankschreibung sendet dieses Programm selbst; nicht doppelt erfassen.")
        if zeile.art is BelegArt.STORNO:
            self._settle_storno(zeile, wer, hinweis)
            return
        if self._zu_zweit and zeile.art is BelegArt.REZEPT and zeile.zustand is Zustand.GEDRUCKT:
            first = entered_by(self._store.events(kennung))
            if first is None:
                self._store.note(kennung, EINGETRAGEN, wer, {"hinweis": hinweis})
                return
            if first == wer:
                raise _refusal("Praxis", "Bitte von einer zweiten Person prüfen und abhaken lassen.")
        try:
            self._store.advance(kennung, Zustand.GEDRUCKT, Zustand.DOKUMENTIERT, wer, {"hinweis": hinweis})
        except TransitionRefused:
            raise _refusal("Design §9", "Bitte zuerst bestätigen, dass der Ausdruck gelungen ist.") from None

    def _settle_storno(self, zeile: Uebersicht, wer: str, hinweis: str) -> None:
        """The Krankenkasse said in another way that the AU is void; or that nothing needs to be done."""
        if not may_follow(zeile.art, zeile.zustand, Zustand.DOKUMENTIERT):
            raise _refusal("TA eAU P6-04", "Dieses Storno ging noch nicht hinaus. Unnötig? Dann „Ungültig“.")
        self._store.advance(zeile.kennung, zeile.zustand, Zustand.DOKUMENTIERT, wer, {"hinweis": hinweis})

    def mark_posted(self, kennung: UUID, wer: str) -> None:
        """The Krankenkasse copy went by post (TA eAU V1.26 P6-02 AC1c); also before it was due."""
        zeile = self._line(kennung)
        if zeile.zustand is Zustand.PER_POST:
            return
        if zeile.zustand is not Zustand.POST_FAELLIG:
            if not may_follow(zeile.art, zeile.zustand, Zustand.POST_FAELLIG):
                raise _refusal("Design §9", "Bei diesem Beleg ist nichts mit der Post zu schicken.")
            self._store.advance(kennung, zeile.zustand, Zustand.POST_FAELLIG, wer, {"grund": "von Hand"})
        self._store.advance(kennung, Zustand.POST_FAELLIG, Zustand.PER_POST, wer)

    def note_copy_stayed(self, kennung: UUID, wer: str) -> None:
        """The Krankenkasse copy did not go along with the patient: it must be posted if sending fails in time."""
        self._line(kennung)
        if not any(event.was == KK_FEHLT for event in self._store.events(kennung)):
            self._store.note(kennung, KK_FEHLT, wer)

    def note_signature(self, kennung: UUID, wer: str) -> None:
        """The patient signed the slip of the Ersatzverfahren (P2-401)."""
        if self._line(kennung).art is not BelegArt.ERSATZSCHEIN:
            raise _refusal("KVDT P2-401", "Nur ein Ersatzschein trägt die Unterschrift der versicherten Person.")
        if not any(event.was == UNTERSCHRIEBEN for event in self._store.events(kennung)):
            self._store.note(kennung, UNTERSCHRIEBEN, wer)

    def keep_on_paper(self, kennung: UUID, wer: str, grund: str) -> None:
        """This AU must never be sent (Personengruppe 07 and the like, see NIE_SENDEN); the paper is final."""
        zeile = self._line(kennung)
        if zeile.zustand is Zustand.NUR_PAPIER:
            return
        if grund not in NIE_SENDEN:
            raise _refusal("TA eAU P6-03", "Diesen Grund gibt es nicht.")
        if not may_follow(zeile.art, zeile.zustand, Zustand.NUR_PAPIER):
            raise _refusal("TA eAU P6-03", "Dieser Beleg ist keine Krankschreibung, die noch auf das Signieren wartet.")
        self._store.advance(kennung, zeile.zustand, Zustand.NUR_PAPIER, wer, {"grund": grund})

    def declare_void(self, kennung: UUID, wer: str, grund: str) -> None:
        """Wrong patient, double, not wanted: nothing of it may be used or sent. What was sent needs a Storno."""
        zeile = self._line(kennung)
        if zeile.zustand is Zustand.STORNIERT:
            return
        if not grund.strip():
            raise _refusal("Design §8", "Bitte einen Grund angeben.")
        if zeile.zustand is Zustand.ZUGESTELLT and zeile.art is BelegArt.AU:
            raise _refusal("TA eAU P6-04", "Diese Krankschreibung hat die Krankenkasse schon. Bitte stornieren.")
        if not may_follow(zeile.art, zeile.zustand, Zustand.STORNIERT):
            raise _refusal("TA eAU P6-04", "Dieser Beleg ist schon gesendet oder dokumentiert.")
        self._store.advance(kennung, zeile.zustand, Zustand.STORNIERT, wer, {"grund": grund.strip()})

    def check_off_erezept(self, kennung: UUID, wer: str, stand: str) -> None:
        """A person looked whether an E-Rezept for the same supply exists; ``stand`` is a key of EREZEPT_STAND."""
        zeile = self._line(kennung)
        if zeile.art is not BelegArt.REZEPT or stand not in EREZEPT_STAND:
            raise _refusal("Design §3", "Das gibt es nur für Rezepte: keines, verworfen, gelöscht oder eingelöst.")
        self._store.note(kennung, EREZEPT_GEPRUEFT, wer, {"stand": stand})

    def note_proof(self, kennung: UUID, wer: str, wie: str) -> None:
        """Card read, eEB taken over, or billed without: ``wie`` is a key of NACHGELESEN_WIE.

        A better proof may follow a worse one (reconciliation §3.6); after the card nothing follows.
        """
        zeile = self._line(kennung)
        if zeile.art is not BelegArt.ERSATZSCHEIN or wie not in NACHGELESEN_WIE:
            raise _refusal("KVDT P2-150", "Das gibt es nur für Ersatzscheine: Karte, Ersatzbescheinigung, abgerechnet.")
        known = proof_of(self._store.events(kennung))
        if known == wie:
            return
        if known == "karte":
            raise _refusal("TA-EEB P2-02", "Die Karte ist schon eingelesen; etwas Besseres gibt es nicht.")
        self._store.note(kennung, NACHGELESEN, wer, {"wie": wie})

    def ask_about_group(self) -> tuple[Uebersicht, ...]:
        """Unsigned AUs whose Personengruppe is only assumed: ask before sending whether it is 07 (design §3)."""
        found: list[Uebersicht] = []
        for zeile in self._store.find(zustaende={Zustand.ERFASST, Zustand.GEDRUCKT}, art=BelegArt.AU):
            beleg = self._store.get(zeile.kennung)
            if zeile.weg == Weg.DIREKT.value and beleg is not None and isinstance(beleg.inhalt, AuEingabe):
                found += [zeile] if group_assumed(beleg.inhalt) else []
        return tuple(found)

    def _line(self, kennung: UUID) -> Uebersicht:
        zeile = self._store.uebersicht(kennung)
        if zeile is None:
            raise _refusal("Belegnummer", "Diesen Beleg gibt es hier nicht.")
        return zeile


def entered_by(ereignisse: Iterable[Ereignis]) -> str | None:
    """Who entered this prescription, if a second person must still check it."""
    return next((event.wer for event in ereignisse if event.was == EINGETRAGEN), None)


def proof_of(ereignisse: Iterable[Ereignis]) -> str | None:
    """How a slip of the Ersatzverfahren came to its end, a key of NACHGELESEN_WIE; None = still open."""
    found = [event.detail["wie"] for event in ereignisse if event.was == NACHGELESEN]
    return found[-1] if found else None


def _refusal(regel: str, text: str) -> InputRefused:
    return InputRefused((Einwand("nummer", regel, text),))
