"""What did this patient get the last time? With dosage and aut idem, which may be taken over for the same patient.

Source: AVWG P3-625 AK10, P3-430. The doctor still decides each item anew.
"""

from papierbruecke.card.model import Versicherter
from papierbruecke.outbox.model import Zustand
from papierbruecke.outbox.store import BelegStore
from papierbruecke.practice.patient_index import same_person
from papierbruecke.record.model import BelegArt, RezeptEingabe, Verordnung

LOOK_BACK = 2000
"""So many prescriptions are looked through, newest first: several outages of a busy practice."""
_VOID = frozenset({Zustand.STORNIERT})


def last_prescription(store: BelegStore, person: Versicherter) -> tuple[Verordnung, ...]:
    """The items of the newest prescription of this person, all its sheets together; empty = none known."""
    name = f"{person.nachname}, {person.vorname}"
    lines = [line for line in store.find(art=BelegArt.REZEPT, limit=LOOK_BACK) if line.patient == name]
    for line in reversed(lines):
        beleg = store.get(line.kennung)
        if line.zustand in _VOID or beleg is None or not isinstance(beleg.inhalt, RezeptEingabe):
            continue
        known = beleg.inhalt.versicherter
        if known is None or not same_person(known, person):
            continue
        sheets = [store.get(other.kennung) for other in lines if other.vorgang == line.vorgang]
        kept = sorted((b for b in sheets if b is not None and b.ersetzt is None), key=lambda b: b.blatt)
        return tuple(
            position for b in kept if isinstance(b.inhalt, RezeptEingabe) for position in b.inhalt.rezept.positionen
        )
    return ()
