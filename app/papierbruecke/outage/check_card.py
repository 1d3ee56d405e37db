"""A person asks: is our own practice card accepted, and who would have to say so?

The Konnektor reads the certificate of the SMC-B and asks its issuer. "Nicht prüfbar" for a card
that has not ended points to the issuer's card check, not to the patients' cards. Only on a
click, because it costs an answer of a responder that may be overloaded (ti-detection §1.8).
"""

from papierbruecke.clock import Clock
from papierbruecke.konnektor.model import Konnektor, KonnektorFehler
from papierbruecke.outage.konnektor_probe import SMCB_TYPEN
from papierbruecke.outage.model import Messung
from papierbruecke.outage.probe import Stopwatch, bad, good

ZIEL = "praxiskarte"
_RESULTS = {
    "INCONCLUSIVE": ("card.check_inconclusive", "Die Kartenprüfung beim Aussteller {} antwortet nicht."),
    "INVALID": ("card.invalid", "Die Praxiskarte ist laut Aussteller {} gesperrt oder ungültig."),
}


def check_smcb(konnektor: Konnektor, clock: Clock) -> Messung:
    """One observation of P9; its ``befund`` is the sentence for the desk."""
    watch = Stopwatch()
    try:
        card = next((c for c in konnektor.karten() if c.typ.upper() in SMCB_TYPEN), None)
        if card is None:
            return bad("P9", ZIEL, clock.now(), "card.missing", "Es steckt keine Praxiskarte (SMC-B).", watch.ms())
        own = konnektor.kartenzertifikat(card.handle)
        result = konnektor.zertifikat_pruefen(own.der)
    except KonnektorFehler as failed:
        return bad("P9", ZIEL, clock.now(), failed.schluessel, failed.text, watch.ms())
    facts = {"aussteller": own.aussteller, "pruefung": result, "iccsn": card.iccsn}
    if result in _RESULTS:
        key, text = _RESULTS[result]
        return bad("P9", ZIEL, clock.now(), key, text.format(own.aussteller), watch.ms(), **facts)
    text = f"Die Praxiskarte ist gültig; geprüft beim Aussteller {own.aussteller}."
    return good("P9", ZIEL, clock.now(), text, watch.ms(), **facts)
