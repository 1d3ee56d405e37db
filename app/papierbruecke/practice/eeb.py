"""Elektronische Ersatzbescheinigung: the code that patients scan, and what a later request needs (pure).

During an outage a patient with the app of the Krankenkasse can already ask for it over the mobile
network; the answer waits in the KIM mailbox. The practice itself can ask only afterwards.
Source: eEB-IG, TA-EEB; reconciliation.md §3.7.
"""

import re
from datetime import date
from urllib.parse import quote

from papierbruecke.card.checks import ik_valid, kvnr_valid
from papierbruecke.card.kostentraeger import payer_ik
from papierbruecke.card.model import Versicherter, Versicherung
from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.redact import PatientValue

CHECK_IN = "https://www.praxis-check-in.de"
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")


def check_in_url(kim_adresse: str) -> str:
    """What the QR code at the desk says: the practice's KIM address behind the check-in page."""
    if not _ADDRESS.fullmatch(kim_adresse):
        raise InputRefused(
            (
                Einwand(
                    "kim_adresse",
                    "eEB-IG",
                    "Das ist keine KIM-Adresse; sie sieht aus wie name@praxis.kim.telematik.",
                ),
            )
        )
    return f"{CHECK_IN}?mail={quote(kim_adresse, safe='@')}"


class EebAnfrage(PatientValue):
    """A request that waits for the TI: for whom, at which fund, for which day, with whose consent."""

    versicherter: Versicherter
    ik: str
    leistungsdatum: date
    einverstanden: bool


def plan_request(
    person: Versicherter, cover: Versicherung, leistungsdatum: date, *, einverstanden: bool
) -> EebAnfrage | tuple[Einwand, ...]:
    """The request as it can be sent later, or what is still missing.

    Needed: the patient's consent, the IK, and either a Versicherten-ID with a right check digit
    (a wrong one is error 113) or name, first name, birth date and PLZ.
    """
    missing: list[Einwand] = []
    if not einverstanden:
        missing.append(Einwand("einverstanden", "TA-EEB", "Der Patient muss der Anfrage bei der Kasse zustimmen."))
    ik = payer_ik(cover)
    if not ik_valid(ik):
        missing.append(Einwand("versicherung.ik", "TA-EEB", "Die Kassennummer (IK) fehlt oder stimmt nicht."))
    if person.versicherten_id is not None:
        if not kvnr_valid(person.versicherten_id):
            missing.append(Einwand("versicherter.versicherten_id", "eEB-IG 113", "Die Versicherten-ID stimmt nicht."))
    else:
        box, street = person.postfach, person.anschrift
        if person.geburtsdatum is None or len(person.geburtsdatum) != 10:
            missing.append(
                Einwand(
                    "versicherter.geburtsdatum",
                    "TA-EEB",
                    "Ohne Versicherten-ID braucht die Kasse das ganze Geburtsdatum.",
                )
            )
        if not ((street and street.plz) or (box and box.plz)):
            missing.append(
                Einwand("versicherter.anschrift.plz", "TA-EEB", "Ohne Versicherten-ID braucht die Kasse die PLZ.")
            )
    if missing:
        return tuple(missing)
    return EebAnfrage(versicherter=person, ik=ik, leistungsdatum=leistungsdatum, einverstanden=einverstanden)
