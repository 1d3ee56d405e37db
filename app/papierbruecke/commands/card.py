"""``karte``, ``kostentraeger``, ``eebaushang``: the eGK in the reader, who pays, and what helps without a card."""

import math
from pathlib import Path

from papierbruecke.card.model import KarteGelesen
from papierbruecke.clock import local
from papierbruecke.commands.answer import DONE, FINDING, Adder, Given, answer, open_desk
from papierbruecke.errors import Einwand, EnvironmentFailure, InputRefused
from papierbruecke.files import write_output

MAX_WAIT_S = 3600.0


def register(add: Adder) -> None:
    """The commands of this file."""
    parser = add(karte, "Die eGK im Kartenleser lesen (kein Versicherungsnachweis).")
    parser.add_argument("--leser", metavar="NAME", help="diesen Kartenleser benutzen")
    parser.add_argument("--warten-s", type=float, default=0.0, metavar="N", help="so lange auf die Karte warten")
    parser.add_argument("--mit-gvd", action="store_true", help="Kopie von Personengruppe und DMP mitlesen")
    parser = add(kostentraeger, "Kostenträgerdatei der KBV einlesen, oder eine Krankenkasse suchen.")
    parser.add_argument("was", choices=("einlesen", "suchen"), help="einlesen oder suchen")
    parser.add_argument("angabe", metavar="DATEI|TEXT", help="SDKT-Datei (XML), oder Name, Ort, IK, VKNR")
    parser = add(eebaushang, "Aushang mit QR-Code für die elektronische Ersatzbescheinigung (eEB).")
    parser.add_argument("-o", "--ausgabe", type=Path, required=True, metavar="DATEI.pdf", help="diese Datei schreiben")
    parser.add_argument("--kim-adresse", metavar="ADRESSE", help="statt der eingerichteten KIM-Adresse")
    parser.add_argument("--papier", choices=("a4", "a5"), default="a4", help="a4 = Aushang, a5 = Aufsteller am Tresen")


def karte(given: Given) -> int:
    """``karte``: read the eGK; exit 1 outside Beginn/Ende, exit 3 for every other card."""
    warten_s = given["warten_s"]
    if not (math.isfinite(warten_s) and 0 <= warten_s <= MAX_WAIT_S):
        raise InputRefused((Einwand("warten_s", "Aufruf", "Bitte 0 bis 3600 Sekunden angeben."),))
    desk = open_desk(given)
    outcome = desk.read_card(warten_s, given.get("leser"), True if given["mit_gvd"] else None)
    if not isinstance(outcome, KarteGelesen):
        raise EnvironmentFailure(outcome.code, outcome.text, retryable=True)
    daten = outcome.daten
    person, cover = daten.versicherter, daten.versicherung
    lines = [
        f"{person.nachname}, {person.vorname} · geboren {person.geburtsdatum or 'unbekannt'}",
        f"{cover.name} · IK {cover.ik} · Versicherten-ID {person.versicherten_id}",
        *(warnung.text for warnung in daten.warnungen),
    ]
    answer(given, daten.model_dump(mode="json"), lines)
    return DONE if daten.verwendbar else FINDING


def kostentraeger(given: Given) -> int:
    """``kostentraeger einlesen|suchen``: the Stammdatei; exit 1 if the search finds nothing."""
    desk = open_desk(given)
    schema = {"schema": "kostentraeger", "version": 1}
    if given["was"] == "einlesen":
        number = desk.find_kostentraeger().import_sdkt(Path(given["angabe"]))
        answer(given, schema | {"eingelesen": number}, [f"{number} Kostenträger eingelesen."])
        return DONE
    heute = local(desk.clock.now()).date()
    found = desk.find_kostentraeger().search(given["angabe"], heute) if desk.set_up else []
    entries = [
        {
            "vknr": fund.vknr,
            "name": fund.name,
            "ik": fund.billing_ik(heute),
            "druckname": fund.druckname(heute),
            "beendet": fund.ended(heute),
        }
        for fund in found
    ]
    lines = [f"{e['ik'] or '–'}  {e['vknr']}  {e['name']}{' (beendet)' if e['beendet'] else ''}" for e in entries]
    answer(given, schema | {"treffer": entries}, lines or ["Keine Krankenkasse gefunden."])
    return DONE if entries else FINDING


def eebaushang(given: Given) -> int:
    """``eebaushang``: the check-in sheet for wall or desk, with the practice's KIM address."""
    from papierbruecke.practice.eeb_poster import render_poster

    settings = open_desk(given).settings
    adresse = given.get("kim_adresse") or settings.kim.adresse
    if adresse is None:
        raise InputRefused(
            (Einwand("kim_adresse", "eEB-IG", "Die KIM-Adresse der Praxis fehlt. Bitte --kim-adresse angeben."),)
        )
    praxis = next((place.name for place in settings.praxis.betriebsstaetten), None)
    write_output(given["ausgabe"], render_poster(adresse, praxis, given["papier"]))
    answer(
        given,
        {"schema": "eebaushang", "version": 1},
        [f"Aushang geschrieben. Bitte auf {given['papier'].upper()} in 100 % drucken."],
    )
    return DONE
