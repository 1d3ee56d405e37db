"""The bytes that are signed for a Beleg: one place, for the signature and for whoever looks before it (pure)."""

from papierbruecke.errors import InputRefused
from papierbruecke.record.model import AuEingabe, Beleg, StornoEingabe
from papierbruecke.resubmit.fassung import Fassung
from papierbruecke.resubmit.fhir import TEST_PRUEFNUMMER, build_eau
from papierbruecke.resubmit.fhir_storno import build_storno
from papierbruecke.settings import Einstellungen


def document_to_sign(beleg: Beleg, settings: Einstellungen, fassung: Fassung) -> bytes:
    """The eAU or its Storno as XML; equal arguments give equal bytes. Raises InputRefused (``not_built``)."""
    # The moment of the Beleg, not of this run: built again (after a restored backup) the
    # eAU has the same bytes, and the Kasse sees a Dublette (KP5-06), never a misuse.
    kennung, moment = beleg.kennung, beleg.angelegt
    if isinstance(beleg.inhalt, StornoEingabe):
        return build_storno(beleg.inhalt, kennung=kennung, erstellt=moment, fassung=fassung)
    if not isinstance(beleg.inhalt, AuEingabe):
        raise AssertionError("only an AU or its Storno is signed")
    number = settings.pruefnummer or TEST_PRUEFNUMMER
    return build_eau(beleg.inhalt, kennung=kennung, erstellt=moment, pruefnummer=number, fassung=fassung)


def not_built(refused: InputRefused) -> str:
    """Why these data make no eAU, and what to do: the paper copy is the way to the Kasse."""
    reasons = " ".join(dict.fromkeys(each.text for each in refused.einwaende))
    return f"{reasons} Bitte die Krankenkassen-Ausfertigung mit der Post schicken."
