"""Look at what a signature covers before it is given: page and words, out of the bytes themselves.

Source: TA eAU V1.26 P4-02 (single items of a Stapel too, the Storno as well); domain sheet eau-kim §7.
"""

from collections.abc import Sequence
from typing import Any, Literal

from papierbruecke.clock import Clock, local
from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.forms.render_au import render_au_view
from papierbruecke.forms.storno import render_storno
from papierbruecke.outbox.model import ELEKTRONISCH, INHALT_GELOESCHT, VOR_SIGNATUR, Uebersicht, Zustand
from papierbruecke.outbox.store import Outbox
from papierbruecke.record.model import AuEingabe, BelegArt, Weg
from papierbruecke.redact import PatientValue
from papierbruecke.resubmit.content_words import Angabe, content_words
from papierbruecke.resubmit.document_to_sign import document_to_sign, not_built
from papierbruecke.resubmit.fassung import FASSUNGEN, Fassung, valid_on
from papierbruecke.resubmit.plan import NIE_SENDEN, is_released, never_send
from papierbruecke.resubmit.read_bundle import EauInhalt, read_bundle
from papierbruecke.resubmit.texts import FASSUNG_FEHLT, PRUEFNUMMER_FEHLT
from papierbruecke.settings import Einstellungen

NICHT_LESBAR = (
    "Diese Datei lässt sich hier nicht vollständig anzeigen. Bitte nicht signieren, sondern die "
    "Krankenkassen-Ausfertigung mit der Post schicken und den IT-Betreuer fragen."
)
NOCH_NICHT_GEDRUCKT = "Signiert wird erst, wenn der Ausdruck bestätigt ist."
NOCH_NICHT_FREIGEGEBEN = "Signiert wird erst, wenn Ärztin oder Arzt dieses Storno freigegeben hat."
NICHTS_MEHR = "Hier wird nichts signiert: Dieser Beleg ist auf anderem Weg erledigt oder nicht mehr gültig."
GELOESCHT = "Der Inhalt dieses Belegs ist nach der Aufbewahrungsregel gelöscht."
UEBER_DIE_PRAXISSOFTWARE = "Diesen Beleg signiert und sendet die Praxissoftware; dort ist er vorher zu sehen."

_UNSIGNED = frozenset({Zustand.ERFASST, Zustand.VERDORBEN, Zustand.GEDRUCKT})


class Ansicht(PatientValue):
    """What a doctor sees of one Beleg. ``nicht``: nothing is signed, ``hinweis`` says why, there is no page."""

    beleg: Uebersicht
    stand: Literal["wird_signiert", "signiert", "nicht"]
    hinweis: str = ""
    xml: bytes = b""  # what the signature covers, exactly
    angaben: tuple[Angabe, ...] = ()
    pdf: bytes = b""

    def as_dict(self) -> dict[str, Any]:
        """For the command line."""
        angaben = [{"feld": label, "wert": value} for label, value in self.angaben]
        return {"stand": self.stand, "hinweis": self.hinweis or None, "angaben": angaben}

    def lines(self) -> list[str]:
        """The same for people."""
        words = [f"  {label}: {value}".replace("\n", ", ") for label, value in self.angaben]
        return [STAND[self.stand], *([self.hinweis] if self.hinweis else []), *words]


STAND = {
    "wird_signiert": "Das wird signiert:",
    "signiert": "Das ist signiert:",
    "nicht": "Wird nicht signiert.",
}


class ShowContent:
    """The look before the signature; changes nothing and asks nobody."""

    def __init__(
        self,
        store: Outbox,
        clock: Clock,
        settings: Einstellungen,
        *,
        uebung: bool = False,
        fassungen: Sequence[Fassung] = FASSUNGEN,
    ) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._uebung = uebung
        self._fassungen = fassungen

    def show(self, zeile: Uebersicht) -> Ansicht:
        """What will be signed for this Beleg, or what is signed already.

        Raises InputRefused for paper that is never signed here.
        """
        if zeile.art not in ELEKTRONISCH or zeile.weg != Weg.DIREKT.value:
            text = UEBER_DIE_PRAXISSOFTWARE if zeile.art in ELEKTRONISCH else "Dieser Beleg bleibt Papier."
            raise InputRefused((Einwand("nummer", "TA eAU P4-02", text),))
        if zeile.patient == INHALT_GELOESCHT:
            return Ansicht(beleg=zeile, stand="nicht", hinweis=GELOESCHT)
        if zeile.zustand in _UNSIGNED:
            return self._to_sign(zeile)
        signed = self._store.signed(zeile.kennung)
        if signed is None:
            return Ansicht(beleg=zeile, stand="nicht", hinweis=NICHTS_MEHR)
        return self._drawn(zeile, "signiert", signed[0], "")

    def _to_sign(self, zeile: Uebersicht) -> Ansicht:
        beleg = self._store.get(zeile.kennung)
        if beleg is None:
            raise AssertionError("only a stored Beleg is looked at")
        fassung = valid_on(local(self._clock.now()).date(), self._fassungen)
        reason = never_send(beleg.inhalt) if isinstance(beleg.inhalt, AuEingabe) else None
        why = NIE_SENDEN[reason] if reason is not None else FASSUNG_FEHLT if fassung is None else ""
        if not why and self._settings.pruefnummer is None and not self._settings.simulator:
            why = PRUEFNUMMER_FEHLT
        if why or fassung is None:
            return Ansicht(beleg=zeile, stand="nicht", hinweis=why)
        try:
            xml = document_to_sign(beleg, self._settings, fassung)
        except InputRefused as refused:
            return Ansicht(beleg=zeile, stand="nicht", hinweis=not_built(refused))
        return self._drawn(zeile, "wird_signiert", xml, self._awaited(zeile))

    def _awaited(self, zeile: Uebersicht) -> str:
        """What must happen before it is signed at all."""
        if zeile.art is BelegArt.STORNO:
            return "" if is_released(self._store.events(zeile.kennung)) else NOCH_NICHT_FREIGEGEBEN
        return "" if zeile.zustand is VOR_SIGNATUR[zeile.art] else NOCH_NICHT_GEDRUCKT

    def _drawn(
        self, zeile: Uebersicht, stand: Literal["wird_signiert", "signiert"], xml: bytes, hinweis: str
    ) -> Ansicht:
        inhalt = read_bundle(xml, self._fassungen)
        if inhalt is None:
            return Ansicht(beleg=zeile, stand="nicht", hinweis=NICHT_LESBAR)
        if isinstance(inhalt, EauInhalt):
            number, uebung = inhalt.pruefnummer, self._uebung
            pdf = render_au_view(inhalt.eingabe, kennung=inhalt.kennung, pruefnummer=number, uebung=uebung)
        else:
            pdf = render_storno(inhalt.eingabe, kennung=inhalt.kennung, uebung=self._uebung)
        angaben = content_words(inhalt)
        return Ansicht(beleg=zeile, stand=stand, hinweis=hinweis, xml=xml, angaben=angaben, pdf=pdf)
