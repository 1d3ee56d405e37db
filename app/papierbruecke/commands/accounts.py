"""``konten``: who may work at this desk, from the command line."""

import getpass
import sys
from pathlib import Path

from papierbruecke.commands.answer import DONE, WER, Adder, Given, answer, open_desk, passphrase
from papierbruecke.errors import Einwand, EnvironmentFailure, InputRefused
from papierbruecke.vault.users import PRAXIS, Angemeldet, Benutzer, Gesperrt, Rolle
from papierbruecke.wiring import Desk

ROLLEN = {Rolle.MFA: "MFA", Rolle.ARZT: "Ärztin/Arzt", Rolle.ADMIN: "Admin"}


def register(add: Adder) -> None:
    """The command of this file."""
    parser = add(konten, "Konten dieses Platzes: liste, anlegen, pin, schliessen. Die PIN steht nie im Aufruf.")
    parser.add_argument("was", choices=("liste", "anlegen", "pin", "schliessen"), help="was zu tun ist")
    parser.add_argument("kuerzel", nargs="?", metavar="KUERZEL", help="um wessen Konto es geht")
    parser.add_argument("--name", metavar="NAME", help="anlegen: der ganze Name")
    parser.add_argument("--rolle", choices=[rolle.value for rolle in Rolle], default="mfa", help="anlegen: Rolle")
    parser.add_argument("--pin-datei", type=Path, metavar="DATEI", help="anlegen, pin: Datei mit der neuen PIN")
    parser.add_argument("--als", metavar="KUERZEL", help="wer das tut (Admin, oder die Person selbst bei pin)")
    parser.add_argument("--als-pin-datei", type=Path, metavar="DATEI", help="Datei mit der PIN zu --als")


def konten(given: Given) -> int:
    """``konten``: the PIN comes from a file or is asked for, so that no list of processes shows it.

    As soon as there are accounts, changes need an Admin (``--als``), or the passphrase of the
    data folder: it opens everything anyway, and it is the way back when the Admin's PIN is lost.
    """
    desk = open_desk(given)
    lines: list[str] = []
    if given["was"] != "liste":
        kuerzel = given.get("kuerzel") or ""
        if not kuerzel:
            raise InputRefused((Einwand("kuerzel", "Aufruf", "Bitte das Kürzel nennen."),))
        lines = [_change(given, desk, _actor(given, desk), kuerzel)]
    everybody = desk.users().all() if desk.set_up else []
    document = {
        "schema": "konten",
        "version": 1,
        "konten": [each.model_dump(mode="json") for each in everybody],
    }
    lines += [_line(each) for each in everybody] or ["Noch hat niemand ein Konto; hier darf jeder alles."]
    answer(given, document, lines)
    return DONE


def _line(each: Benutzer) -> str:
    return f"  {each.kuerzel:<6}  {ROLLEN[each.rolle]:<11}  {each.name}{'' if each.aktiv else ' · geschlossen'}"


def _change(given: Given, desk: Desk, wer: Benutzer, kuerzel: str) -> str:
    users = desk.users()
    if given["was"] == "schliessen":
        users.close_account(wer, kuerzel)
        return f"Das Konto {kuerzel} ist geschlossen. Im Verlauf bleibt das Kürzel stehen."
    if given["was"] == "anlegen":
        name = (given.get("name") or "").strip()
        if not name:
            raise InputRefused((Einwand("--name", "Aufruf", "Bitte mit --name den ganzen Namen nennen."),))
        users.add(wer, kuerzel, name, Rolle(given["rolle"]), _pin(given.get("pin_datei"), "Neue PIN", again=True))
        return f"Das Konto {kuerzel} ist angelegt."
    users.set_pin(wer, kuerzel, _pin(given.get("pin_datei"), "Neue PIN", again=True))
    return f"{kuerzel} hat eine neue PIN; eine Sperre ist aufgehoben."


def _actor(given: Given, desk: Desk) -> Benutzer:
    users = desk.users()
    if not users.all():
        return PRAXIS
    if given.get("als"):
        entered = users.login(given["als"], _pin(given.get("als_pin_datei"), f"PIN von {given['als']}", again=False))
        match entered:
            case Angemeldet():
                return entered.benutzer
            case Gesperrt():
                text = "Dieses Konto ist gerade gesperrt."
            case _:
                text = "Kürzel oder PIN stimmen nicht."
        raise InputRefused((Einwand("--als", "Design §9", text),))
    if passphrase(given) is not None:  # it has just opened the folder
        return Benutzer(kuerzel=WER, name=WER, rolle=Rolle.ADMIN)
    text = "Konten ändert nur der Admin: bitte --als KUERZEL, oder die Passphrase des Datenordners angeben."
    raise InputRefused((Einwand("--als", "Design §9", text),))


def _pin(path: Path | None, what: str, *, again: bool) -> str:
    if path is not None:
        try:
            return path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise EnvironmentFailure("datei.lesen", "Die Datei mit der PIN lässt sich nicht lesen.") from error
    if not sys.stdin.isatty():
        raise InputRefused((Einwand("--pin-datei", "Aufruf", f"{what}: bitte eine Datei nennen."),))
    typed = getpass.getpass(f"{what}: ")
    if again and getpass.getpass("Noch einmal: ") != typed:
        raise InputRefused((Einwand("pin", "Eingabe", "Die beiden PINs sind verschieden."),))
    return typed
