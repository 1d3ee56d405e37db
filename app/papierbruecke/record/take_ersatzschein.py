"""May this slip of the Ersatzverfahren be printed, and what should still be asked for? (pure)

Source: KVDT 2.2.3.1, P2-400 Tabelle 5 (mandatory and optional data), P2-401, P2-402.
"""

from datetime import date

from papierbruecke.errors import InputRefused
from papierbruecke.practice.eeb import EebAnfrage, plan_request
from papierbruecke.record.model import ErsatzscheinEingabe
from papierbruecke.record.rules import Befund, check_common

BEMERKUNG_MAX = 70


def accept_ersatzschein(eingabe: ErsatzscheinEingabe, heute: date) -> Befund:
    """The warnings of an acceptable slip; raises InputRefused otherwise."""
    befund = check_ersatzschein(eingabe, heute)
    if befund.einwaende:
        raise InputRefused(tuple(befund.einwaende))
    return befund


def check_ersatzschein(eingabe: ErsatzscheinEingabe, heute: date) -> Befund:
    """Everything that speaks against this slip, and what the desk may still ask for."""
    befund = Befund()
    check_common(eingabe, befund, heute)
    angaben = eingabe.ersatzschein
    if eingabe.versicherter is None:
        befund.refuse("versicherter", "KVDT P2-400", "Die Daten der versicherten Person fehlen.")
    if eingabe.versicherung.typ in ("PKV", "SEL"):
        befund.refuse("versicherung.typ", "KVDT 2.2.3.1", "Das Ersatzverfahren gibt es nur für gesetzlich Versicherte.")
    if angaben.bemerkung is not None and len(angaben.bemerkung) > BEMERKUNG_MAX:
        befund.refuse("ersatzschein.bemerkung", "Ersatzschein", f"Höchstens {BEMERKUNG_MAX} Zeichen.")
    if angaben.grund == "karte_nicht_dabei":
        befund.warn(
            "ersatzschein.nachweis",
            "Die Karte ist nicht dabei: Das ist kein Ersatzverfahren. Bitte den Nachweis binnen zehn Tagen nachreichen "
            "lassen, am schnellsten als Ersatzbescheinigung (eEB) mit der App der Krankenkasse.",
        )
    if angaben.eeb_einverstanden and eingabe.versicherter is not None:
        wanted = plan_request(eingabe.versicherter, eingabe.versicherung, eingabe.datum, einverstanden=True)
        if not isinstance(wanted, EebAnfrage):
            texts = " ".join(einwand.text for einwand in wanted)
            befund.warn("ersatzschein.eeb", f"So lässt sich die Ersatzbescheinigung später nicht anfordern: {texts}")
    missing = _missing(eingabe)
    if missing:
        # P2-400 AK3: the software reminds of more data and never blocks.
        befund.warn("ersatzschein.weitere", f"Wenn möglich noch erfragen: {', '.join(missing)}.")
    return befund


def _missing(eingabe: ErsatzscheinEingabe) -> list[str]:
    person, cover = eingabe.versicherter, eingabe.versicherung
    if person is None:
        return []
    place = person.anschrift
    have = {
        "Geburtsdatum": person.geburtsdatum,
        "Geschlecht": person.geschlecht,
        "Versicherten-Nummer": person.versicherten_id or eingabe.skt_zusatz,
        "Straße": (place.strasse if place else None) or (person.postfach.postfach if person.postfach else None),
        "Ort": (place.ort if place else None) or (person.postfach.ort if person.postfach else None),
        "Ende des Versicherungsschutzes": cover.ende,
    }
    return [name for name, value in have.items() if not value]
