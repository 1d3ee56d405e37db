"""BtM and T prescriptions are never ours: a doctor writes them on the official form, here they are only noted.

So the Abgleich counts them and somebody enters them in the practice system on the same day.
Source: AVWG P3-730; domain sheet reconciliation §4.5, §9.3.
"""

from uuid import UUID, uuid4

from papierbruecke.clock import Clock, local
from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.outbox.model import SPALTE, Spalte, Uebersicht, Zustand
from papierbruecke.outbox.store import Outbox
from papierbruecke.record.kennung import new_kennung
from papierbruecke.record.model import Beleg, BelegArt, VermerkEingabe, Weg

VERMERKT = "amtlich.vermerkt"
"""Event: which official form (``formular``) with which printed number (``nummer``)."""


class NoteOfficial:
    """Notes official forms; prints nothing."""

    def __init__(self, store: Outbox, clock: Clock, platz: str) -> None:
        self._store = store
        self._clock = clock
        self._platz = platz

    def note(self, eingabe: VermerkEingabe, *, stoerung: UUID, wer: str) -> Uebersicht:
        """Store that this form was written; the same number again is the same Beleg.

        Raises InputRefused without a person, or without the number on the form.
        """
        form = eingabe.vermerk
        number = "".join(form.nummer.split())
        if eingabe.versicherter is None:
            raise _refusal("versicherter", "Bitte zuerst die Person wählen, für die das Formular geschrieben wurde.")
        if not number:
            raise _refusal("vermerk.nummer", "Bitte die Nummer eintragen, die auf dem amtlichen Formular steht.")
        with self._store.together():
            known = self._known(form.formular, number)
            if known is not None:
                return known
            now = self._clock.now()
            kennung = new_kennung(BelegArt.ERINNERUNG)
            beleg = Beleg(
                kennung=kennung,
                belegnummer=self._store.reserve_nummer(local(now).date(), self._platz),
                art=BelegArt.ERINNERUNG,
                stoerung=stoerung,
                vorgang=uuid4(),
                angelegt=now,
                platz=self._platz,
                weg=Weg.PVS,
                inhalt=eingabe.model_copy(update={"kennung": None}),
            )
            self._store.put(beleg, {}, wer)
            self._store.note(kennung, VERMERKT, wer, {"formular": form.formular, "nummer": number})
            return self._store.advance(kennung, Zustand.ERFASST, Zustand.GEDRUCKT, wer, {"grund": "amtliches Formular"})

    def _known(self, formular: str, number: str) -> Uebersicht | None:
        wanted = {"formular": formular, "nummer": number}
        for line in self._store.find(art=BelegArt.ERINNERUNG):
            if SPALTE[line.zustand] is Spalte.HINFAELLIG:
                continue
            if any(e.was == VERMERKT and e.detail == wanted for e in self._store.events(line.kennung)):
                return line
        return None


def _refusal(feld: str, text: str) -> InputRefused:
    return InputRefused((Einwand(feld, "AVWG P3-730", text),))
