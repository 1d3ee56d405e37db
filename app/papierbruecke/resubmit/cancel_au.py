"""Take back an eAU that the Krankenkasse already has: a Storno, prepared at the desk, released by a doctor.

A Storno is a Beleg of its own: own Dokumenten-ID, own signature, own mail. Whoever asks twice gets
the same one. Source: TA eAU V1.26 P6-04, P310-10; domain sheet eau-kim §6.
"""

from collections.abc import Iterable
from uuid import UUID

from papierbruecke.clock import Clock, local
from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.outbox.model import INHALT_GELOESCHT, Ereignis, Uebersicht, Zustand
from papierbruecke.outbox.store import Outbox
from papierbruecke.record.kennung import new_kennung
from papierbruecke.record.model import AuEingabe, Beleg, BelegArt, StornoAngaben, StornoEingabe, Weg
from papierbruecke.resubmit.fristen import FRISTEN, Kalender
from papierbruecke.resubmit.plan import FREIGEGEBEN, is_released, is_skt
from papierbruecke.settings import Einstellungen

STORNO_ANGELEGT = "storno.angelegt"
"""Event of a Storno (``beleg``: the AU it takes back) and of that AU (``storno``): the link for ever."""

_WARUM_NICHT = {  # what to do instead, by the state of the AU
    Zustand.GESENDET: "Diese Krankschreibung ist noch nicht bestätigt. Bitte zuerst die Zustellbestätigung abwarten.",
    Zustand.UNGEKLAERT: "Es ist unklar, ob diese Krankschreibung ankam. Bitte zuerst den Nachversand starten.",
    Zustand.IN_UEBERTRAGUNG: "Diese Krankschreibung wird gerade gesendet. Bitte gleich noch einmal versuchen.",
    Zustand.ABGELEHNT: "Die Krankenkasse hat diese Krankschreibung abgelehnt. Ein Storno ist nicht nötig.",
    Zustand.STORNIERT: "Diese Krankschreibung ist schon ungültig.",
}
_NICHT_GESENDET = "Diese Krankschreibung hat die Krankenkasse nicht. Statt eines Stornos genügt „Ungültig“ mit Grund."
PAPIER_DAZU = (
    "Storno {storno} ist angelegt. Es wird gesendet, sobald Ärztin oder Arzt es freigegeben und signiert hat. "
    "Ausfertigungen auf Papier bitte zurückverlangen und vernichten; ging eine mit der Post zur Krankenkasse, dort "
    "anrufen."
)


class CancelAu:
    """The Storno of sick notes that this program sent."""

    def __init__(self, store: Outbox, clock: Clock, settings: Einstellungen) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._kalender = Kalender(settings.praxis.bundesland)

    def begin(self, kennung: UUID, wer: str, grund: str) -> Uebersicht:
        """Prepare the Storno of this AU, or return the one that exists; a new one only after a refusal.

        Raises InputRefused with what to do instead: the AU was not delivered, goes to a Sonstiger
        Kostenträger, went out by the practice system, or its 120 Werktage are over.
        """
        with self._store.together():  # two desks that press at once make one Storno
            zeile, eingabe = self._cancellable(kennung)
            if not grund.strip():
                raise _refusal("grund", "Design §8", "Bitte einen Grund angeben.")
            earlier = [line for line in self._store.find(art=BelegArt.STORNO) if self._takes_back(line, kennung)]
            for line in earlier:
                if line.zustand is not Zustand.ABGELEHNT:
                    return line
            made = self._put(zeile, eingabe, wer, grund.strip())
            for line in earlier:
                detail = {"durch": made.belegnummer}
                self._store.advance(line.kennung, Zustand.ABGELEHNT, Zustand.ERSETZT, wer, detail)
        return made

    def release(self, kennung: UUID, wer: str, freigabe: str) -> Uebersicht:
        """A doctor (``freigabe``: sign or name) lets the Storno be signed and sent; twice is once."""
        zeile = self._store.uebersicht(kennung)
        if zeile is None or zeile.art is not BelegArt.STORNO:
            raise _refusal("nummer", "TA eAU P6-04", "Freigeben lässt sich nur ein Storno.")
        if not freigabe.strip():
            raise _refusal("freigabe", "Design §4", "Bitte angeben, welche Ärztin oder welcher Arzt freigibt.")
        if zeile.zustand is not Zustand.ERFASST:
            raise _refusal("nummer", "TA eAU P6-04", "Dieses Storno wartet nicht auf eine Freigabe.")
        if not is_released(self._store.events(kennung)):
            self._store.note(kennung, FREIGEGEBEN, wer, {"freigabe": freigabe.strip()})
        return zeile

    def _cancellable(self, kennung: UUID) -> tuple[Uebersicht, AuEingabe]:
        zeile = self._store.uebersicht(kennung)
        if zeile is None:
            raise _refusal("nummer", "Belegnummer", "Diesen Beleg gibt es hier nicht.")
        if zeile.art is not BelegArt.AU:
            raise _refusal("nummer", "TA eAU P6-04", "Ein Storno gibt es nur für Krankschreibungen.")
        if zeile.weg != Weg.DIREKT.value:
            text = "Diese Krankschreibung hat die Praxissoftware gesendet. Bitte dort stornieren."
            raise _refusal("nummer", "Design §2", text)
        if zeile.zustand is not Zustand.ZUGESTELLT:
            raise _refusal("nummer", "TA eAU P6-04", _WARUM_NICHT.get(zeile.zustand, _NICHT_GESENDET))
        beleg = self._store.get(kennung)
        if zeile.patient == INHALT_GELOESCHT or beleg is None or not isinstance(beleg.inhalt, AuEingabe):
            text = "Der Inhalt ist nach der Aufbewahrungsregel gelöscht; stornieren lässt sie sich hier nicht mehr."
            raise _refusal("nummer", "Design §3", text)
        if is_skt(beleg.inhalt):
            text = "Beim Sonstigen Kostenträger gibt es kein Storno. Bitte dort anrufen."
            raise _refusal("nummer", "TA eAU P6-04", text)
        sent = self._store.versuche(kennung)[-1].datum
        if self._clock.now() > self._kalender.due(FRISTEN["au.storno"], sent):
            text = "Seit dem Senden sind mehr als 120 Werktage vergangen. Bitte die Krankenkasse anrufen."
            raise _refusal("nummer", "TA eAU P6-04 AC5", text)
        return zeile, beleg.inhalt

    def _takes_back(self, storno: Uebersicht, kennung: UUID) -> bool:
        if storno.zustand in (Zustand.STORNIERT, Zustand.ERSETZT):
            return False
        return taken_back_by(self._store.events(storno.kennung)) == kennung

    def _put(self, zeile: Uebersicht, eingabe: AuEingabe, wer: str, grund: str) -> Uebersicht:
        now, platz = self._clock.now(), self._settings.praxis.platz
        shared = {name: getattr(eingabe, name) for name in type(eingabe).model_fields if name != "au"}
        angaben = StornoAngaben(dokument=zeile.kennung, belegnummer=zeile.belegnummer, grund=grund)
        today = {"datum": local(now).date(), "kennung": None}
        beleg = Beleg(
            kennung=new_kennung(BelegArt.STORNO),
            belegnummer=self._store.reserve_nummer(local(now).date(), platz),
            art=BelegArt.STORNO,
            stoerung=zeile.stoerung,
            vorgang=zeile.vorgang,
            angelegt=now,
            platz=platz,
            weg=Weg.DIREKT,
            inhalt=StornoEingabe(**(shared | today), storno=angaben),
        )
        made = self._store.put(beleg, {}, wer)
        self._store.note(made.kennung, STORNO_ANGELEGT, wer, {"beleg": str(zeile.kennung), "nummer": zeile.belegnummer})
        self._store.note(zeile.kennung, STORNO_ANGELEGT, wer, {"storno": str(made.kennung), "nummer": made.belegnummer})
        return made


def taken_back_by(ereignisse: Iterable[Ereignis]) -> UUID | None:
    """The AU that the Storno with these events takes back."""
    found = (e.detail.get("beleg") for e in ereignisse if e.was == STORNO_ANGELEGT)
    return next((UUID(text) for text in found if text is not None), None)


def stornos(store: Outbox) -> dict[UUID, Uebersicht]:
    """AU → its newest Storno that is not void itself; for the lists, where the AU says what happens to it."""
    found: dict[UUID, Uebersicht] = {}
    for line in store.find(art=BelegArt.STORNO):
        au = taken_back_by(store.events(line.kennung))
        if au is not None and line.zustand not in (Zustand.STORNIERT, Zustand.ERSETZT):
            found[au] = line
    return found


def _refusal(feld: str, regel: str, text: str) -> InputRefused:
    return InputRefused((Einwand(feld, regel, text),))
