"""Whom does the eAU of this patient go to? The answers for the desk, as works for a lane (see ``steps``)."""

from papierbruecke.card.kostentraeger import full_ik
from papierbruecke.clock import local
from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.outbox.model import Uebersicht
from papierbruecke.practice.find_recipient import KeinEmpfaenger
from papierbruecke.practice.read_kassen import kim_objection
from papierbruecke.ui.desk import Desk

KEINER = (
    "Im Adressverzeichnis der TI steht für diese Krankenkasse keine KIM-Adresse. Bitte die Ausfertigung für die "
    "Krankenkasse mit der Post schicken, oder die Adresse dort erfragen und unten bestätigen."
)
MEHRERE = "Das Adressverzeichnis nennt mehrere Adressen. Bitte bei der Krankenkasse fragen und die richtige bestätigen:"
OHNE_VERZEICHNIS = "Ohne eingerichteten Konnektor lässt sich das Adressverzeichnis nicht fragen (Einstellungen, F11)."


def look_up(desk: Desk, line: Uebersicht, wer: str, _: str) -> str:
    """Ask the directory now; a single answer is remembered for a day and shown with its moment."""
    ik = _ik(desk, line)
    found = desk.find_recipient().ask(ik)
    if not isinstance(found, KeinEmpfaenger):
        when = f"{local(found.stand):%d.%m.%Y, %H:%M Uhr}" if found.stand is not None else ""
        return (
            f"{found.name or 'Die Krankenkasse'} ({ik}): {found.adresse}. Erfragt am {when}. Der Nachversand nimmt sie."
        )
    if found.grund == "mehrere":
        return "\n".join([found.text or MEHRERE, *found.auswahl])
    return found.text or (OHNE_VERZEICHNIS if found.grund == "unbefragt" else KEINER)


def confirm(desk: Desk, line: Uebersicht, wer: str, adresse: str) -> str:
    """Take the typed address for this Krankenkasse, for every later eAU as well."""
    ik = _ik(desk, line)
    desk.confirm_address(ik, adresse, wer)
    return f"Bestätigt: {adresse} gilt ab jetzt für die Krankenkasse {ik}. Jetzt den Nachversand starten (F9)."


def objection(adresse: str) -> str | None:
    """What is wrong with a typed address, for the field; whether it fits a practice or a drill is judged later."""
    return kim_objection(adresse, test=adresse.endswith("-test"))


def _ik(desk: Desk, line: Uebersicht) -> str:
    beleg = desk.store().get(line.kennung)
    cover = beleg.inhalt.versicherung if beleg is not None else None
    ik = full_ik(cover.ik or cover.abrechnend_ik or "") if cover is not None else ""
    if not ik:
        raise InputRefused(
            (Einwand("versicherung.ik", "TA eAU P5-02", "Auf dieser AU steht keine Kassennummer (IK)."),)
        )
    return ik
