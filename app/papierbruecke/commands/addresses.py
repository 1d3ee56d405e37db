"""``kassenadresse``: where the eAU for a Krankenkasse goes, asked, confirmed by a person, or forgotten."""

from typing import Any

from papierbruecke.card.checks import ik_valid
from papierbruecke.card.kostentraeger import full_ik
from papierbruecke.clock import local
from papierbruecke.commands.answer import DONE, FINDING, WER, Adder, Given, answer, open_desk
from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.practice.find_recipient import Empfaenger, KeinEmpfaenger
from papierbruecke.wiring import Desk

GRUND = {
    "keiner": "Im Adressverzeichnis der TI steht dazu keine KIM-Adresse.",
    "mehrere": "Das Adressverzeichnis nennt mehrere KIM-Adressen; bitte eine bestätigen.",
    "unbefragt": "Das Adressverzeichnis der TI ist nicht eingerichtet (Adresse des Konnektors fehlt).",
}
QUELLE = {"hand": "von Hand bestätigt", "gemerkt": "aus dem Verzeichnis", "verzeichnis": "aus dem Verzeichnis"}


def register(add: Adder) -> None:
    """The command of this file."""
    parser = add(kassenadresse, "KIM-Adresse einer Krankenkasse erfragen oder bestätigen.")
    parser.add_argument("ik", nargs="?", metavar="IK", help="Kassennummer; ohne: alle bekannten Adressen")
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--bestaetigen", metavar="ADRESSE", help="diese Adresse gilt, bis jemand sie ändert")
    group.add_argument("--vergessen", action="store_true", help="die bestätigte Adresse nicht mehr verwenden")
    group.add_argument("--erfragen", action="store_true", help="jetzt im Adressverzeichnis der TI suchen")


def kassenadresse(given: Given) -> int:
    """``kassenadresse``: exit 1 if no address is known and the directory has none."""
    desk = open_desk(given)
    if given["ik"] is None:
        return _list(given, desk)
    ik = full_ik(given["ik"].replace(" ", ""))
    if not ik_valid(ik):
        raise InputRefused((Einwand("ik", "Kassenliste", "Die Kassennummer (IK) stimmt nicht."),))
    if given["bestaetigen"] is not None or given["vergessen"]:
        desk.confirm_address(ik, given["bestaetigen"] or "", WER)
    service = desk.find_recipient()
    found = service.ask(ik) if given["erfragen"] else service.find(ik)
    document = {"schema": "kassenadresse", "version": 1, "ik": ik, "adresse": None} | found.model_dump(mode="json")
    answer(given, document, _lines(found))
    return DONE if isinstance(found, Empfaenger) else FINDING


def _list(given: Given, desk: Desk) -> int:
    by_hand = desk.settings.kim.kassenadressen
    rows: list[dict[str, Any]] = [
        {"ik": ik, "adresse": adresse, "quelle": "hand", "name": "", "stand": None} for ik, adresse in by_hand.items()
    ]
    for kept in desk.find_recipient().known():
        if kept.ik not in by_hand:
            stand = kept.erfragt.isoformat()
            rows.append(
                {"ik": kept.ik, "adresse": kept.adresse, "quelle": "gemerkt", "name": kept.name, "stand": stand}
            )
    lines = [f"{row['ik']}  {row['adresse']}  {QUELLE[row['quelle']]}" for row in rows]
    answer(given, {"schema": "kassenadressen", "version": 1, "adressen": rows}, lines or ["Noch keine Adressen."])
    return DONE


def _lines(found: Empfaenger | KeinEmpfaenger) -> list[str]:
    if isinstance(found, KeinEmpfaenger):
        return [text for text in (GRUND.get(found.grund), found.text, *found.auswahl) if text]
    when = f", erfragt am {local(found.stand):%d.%m.%Y um %H:%M Uhr}" if found.stand is not None else ""
    return [f"{found.adresse} ({QUELLE[found.quelle]}{when})"]
