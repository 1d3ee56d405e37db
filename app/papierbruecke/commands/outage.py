"""The Lage on the command line: what is broken, since when, whose job it is, and the proof of it."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from papierbruecke.commands.answer import DONE, FINDING, WER, Adder, Given, answer, open_desk
from papierbruecke.errors import Einwand, EnvironmentFailure, InputRefused
from papierbruecke.files import write_output
from papierbruecke.outage.model import Dienst, DienstZustand, Ergebnis
from papierbruecke.outage.timeline_table import ZEITRAEUME, period, verlauf_document, verlauf_file, verlauf_lines
from papierbruecke.outbox.model import SPALTE, Spalte
from papierbruecke.wiring import Desk

if TYPE_CHECKING:
    from papierbruecke.resubmit.drain_outbox import DrainErgebnis

_ENDED = ("ok", "fehler")  # how a work of the practice system went, as it tells it on the command line


def register(add: Adder) -> None:
    """The commands of this file."""
    parser = add(lage, "Was ist gestört, und wessen Aufgabe ist es? Eine Runde Proben.")
    parser.add_argument(
        "--erezept", action="store_true", help="auch den E-Rezept-Dienst selbst fragen (höchstens alle zehn Minuten)"
    )
    parser = add(wache, "Beobachten und jede Änderung als JSON-Zeile melden.")
    parser.add_argument("--dauer-s", type=float, metavar="N", help="nach N Sekunden aufhören")
    parser.add_argument(
        "--tempo", type=float, default=1.0, metavar="N", help="N-mal schneller (nur im Simulator-Ordner)"
    )
    parser = add(stoerung, "Störung erklären, beenden oder zeigen.")
    parser.add_argument("was", choices=("beginn", "ende", "stand"), help="beginn, ende oder stand")
    parser.add_argument("--dienste", metavar="LISTE", help="vsdm, erezept, kim, epa (Vorgabe: die gestörten)")
    parser.add_argument("--grund", metavar="TEXT", help="kurzer Grund für den Bericht, ohne Namen")
    parser = add(zertifikate, "Karten und Zertifikate: was läuft wann ab?")
    parser.add_argument("-o", "--ausgabe", type=Path, metavar="DATEI", help="PDF, oder CSV bei Endung .csv")
    parser.add_argument("--ohne-abruf", action="store_true", help="nur Gespeichertes zeigen, nichts fragen")
    parser.add_argument(
        "--pruefen", action="store_true", help="die Praxiskarte beim Aussteller prüfen lassen (nur bei Verdacht)"
    )
    parser = add(stoerungsbericht, "Beweise einer Störung für Hotline, KV und Krankenkasse.")
    parser.add_argument("-o", "--ausgabe", type=Path, metavar="DATEI", help="PDF, oder JSON bei Endung .json")
    parser.add_argument("--stoerung", metavar="KENNUNG", help="Anfang der Kennung; Vorgabe: die neueste")
    parser = add(verlauf, "Verlauf und Verfügbarkeit je Dienst, heute, in der Woche, im Monat, im Jahr.")
    parser.add_argument("--zeitraum", choices=ZEITRAEUME, default="heute", help="heute, woche, monat oder jahr")
    parser.add_argument(
        "-o",
        "--ausgabe",
        type=Path,
        metavar="DATEI",
        help="CSV, oder JSON bei Endung .json",
    )
    parser = add(melden, "Der Beobachtung sagen, was die echte Arbeit zeigte: Nachweis, E-Rezept, ePA, Neustart.")
    parser.add_argument("was", choices=("nachweis", "erezept", "epa", "neustart"))
    parser.add_argument("wert", nargs="?", metavar="WERT", help="nachweis: 1 bis 6; erezept und epa: ok oder fehler")
    parser.add_argument("--fehler", type=int, metavar="CODE", help="Fehlercode im Prüfungsnachweis, zum Beispiel 12101")
    parser.add_argument("--ik", metavar="IK", help="Krankenkasse, neun Ziffern: stört es nur bei ihr?")
    parser.add_argument("--dauer-ms", type=int, metavar="N", help="wie lange es dauerte")
    add(netzseite, "Adressen, Ports, Namen, Versionen und letzte Fehler für den IT-Betreuer.")


def lage(given: Given) -> int:
    """``lage``: one round of probes; ``--erezept``: a person also asks the E-Rezept-Fachdienst itself."""
    from papierbruecke.outage.answer import erezept_sentence, lage_json, lage_lines

    desk = open_desk(given)
    picture, asked = desk.look(), []
    if given["erezept"]:
        picture = desk.ask_erezept()
        asked = [erezept_sentence(picture)]
    answer(given, lage_json(picture), [*lage_lines(picture), *asked])
    return FINDING if picture.diagnose is not None else DONE


def wache(given: Given) -> int:
    """``wache``: one JSON line per change of state."""
    import threading

    from papierbruecke.outage.answer import lage_json

    desk = open_desk(given)
    tempo = given["tempo"]
    if tempo != 1.0 and not desk.uebung:
        raise InputRefused((Einwand("--tempo", "Design §6", "Schneller geht es nur in einem Simulator-Ordner."),))
    stop = threading.Event()
    duration = given.get("dauer_s")
    if duration is not None:
        timer = threading.Timer(duration, stop.set)
        timer.daemon = True
        timer.start()
    desk.keep_watch(
        stop, lambda picture: print(json.dumps(lage_json(picture), ensure_ascii=False), flush=True), tempo=tempo
    )
    return DONE


def stoerung(given: Given) -> int:
    """``stoerung beginn|ende|stand``: a person declares and ends it."""
    desk = open_desk(given)
    if given["was"] == "beginn":
        dienste, diagnose = _dienste(given.get("dienste")), None
        if dienste is None:
            picture = desk.look()
            diagnose = picture.diagnose.id if picture.diagnose is not None else None
            dienste = tuple(d for d, s in picture.dienste.items() if s.zustand is DienstZustand.GESTOERT)
            if not dienste:
                raise InputRefused(
                    (
                        Einwand(
                            "--dienste", "Design §6", "Es ist kein Dienst als gestört bekannt; bitte --dienste angeben."
                        ),
                    )
                )
        desk.begin_stoerung(dienste, given.get("grund"), WER, diagnose)
    sent = None
    if given["was"] == "ende":
        before = frozenset(desk.papier())
        desk.end_stoerung(_dienste(given.get("dienste")), WER)
        sent = _send_by_itself(desk, before)
    papier = desk.papier()
    document = {
        "schema": "stoerung",
        "version": 1,
        "dienste": {
            d.value: {
                "betriebsart": "papier" if d in papier else "online",
                "seit": papier[d].beginn.isoformat() if d in papier else None,
            }
            for d in Dienst
        },
        "stoerungen": [s.model_dump(mode="json") for s in (desk.store().stoerungen() if desk.set_up else [])],
    }
    lines = [f"{d.value:<8} {'papier' if d in papier else 'online'}" for d in Dienst]
    if sent is not None:
        document["nachversand"] = sent.as_dict()
        lines += sent.lines()
    answer(given, document, lines)
    return FINDING if papier else DONE


def _send_by_itself(desk: Desk, before: frozenset[Dienst]) -> "DrainErgebnis | None":
    """When KIM is back the queued eAUs go by themselves (TA eAU P6-05); a problem never undoes the end."""
    from papierbruecke.resubmit.after_end import releases_sending

    waiting = any(SPALTE[line.zustand] in (Spalte.OFFEN, Spalte.UNKLAR) for line in desk.belege())
    if not waiting or not releases_sending(before, frozenset(desk.papier())):
        return None
    try:
        return desk.drain(WER, automatisch=True)
    except EnvironmentFailure as failure:
        print(failure.text, file=sys.stderr)
        return None


def _dienste(text: str | None) -> tuple[Dienst, ...] | None:
    if text is None:
        return None
    try:
        return tuple(dict.fromkeys(Dienst(part.strip().lower()) for part in text.split(",") if part.strip()))
    except ValueError:
        raise InputRefused((Einwand("--dienste", "Design §2", "Möglich sind vsdm, erezept, kim und epa."),)) from None


def zertifikate(given: Given) -> int:
    """``zertifikate``: the inventory; exit 1 if anything is over or within a warning step."""
    desk = open_desk(given)
    if desk.set_up and not given["ohne_abruf"]:
        desk.look()
    if not desk.set_up:
        raise EnvironmentFailure(
            "zertifikate.einrichtung",
            "Hier ist noch nichts eingerichtet. Bitte zuerst Konnektor und KIM in den Einstellungen eintragen.",
        )
    back = desk.look_back()
    inventar = back.inventory()
    target: Path | None = given.get("ausgabe")
    if target is not None:
        as_table = target.suffix.lower() == ".csv"
        # The mark lets a German spreadsheet see that this is UTF-8.
        write_output(target, inventar.csv().encode("utf-8-sig") if as_table else back.inventory_pdf())
    document, lines, fine = inventar.as_dict(), inventar.lines(), inventar.good and bool(inventar.zertifikate)
    if given["pruefen"]:
        checked = desk.check_smcb()
        document["praxiskarte"] = {
            "ergebnis": checked.ergebnis.value,
            "satz": checked.befund,
            "aussteller": checked.daten.get("aussteller"),
        }
        lines.append(checked.befund)
        fine = fine and checked.ergebnis is Ergebnis.OK
    answer(given, {"schema": "zertifikate", "version": 1} | document, lines)
    return DONE if fine else FINDING


def stoerungsbericht(given: Given) -> int:
    """``stoerungsbericht``: the evidence of the newest Störung, or of the named one."""
    desk = open_desk(given)
    known = [s for s in (desk.store().stoerungen() if desk.set_up else []) if not s.einzelfaelle]
    wanted = given.get("stoerung")
    chosen = [s for s in known if wanted is None or str(s.id).startswith(wanted.lower())]
    if not chosen:
        raise InputRefused((Einwand("--stoerung", "Design §2", "Es gibt keine Störung, über die zu berichten wäre."),))
    lines = desk.store().find(stoerung=chosen[-1].id)
    back = desk.look_back()
    bericht = back.bericht(chosen[-1], [line.art.value for line in lines], len({line.vorgang for line in lines}))
    document = {"schema": "stoerungsbericht", "version": 1} | bericht.model_dump(mode="json")
    target: Path | None = given.get("ausgabe")
    if target is not None and target.suffix.lower() == ".json":
        write_output(target, json.dumps(document, ensure_ascii=False, indent=1).encode())
    elif target is not None:
        write_output(target, back.bericht_pdf(bericht))
    text = [
        f"Störung vom {bericht.beginn.lokal} Uhr, Dauer {bericht.dauer_min} Minuten.",
        bericht.haupt.satz if bericht.haupt is not None else "Die Ursache wurde nicht benannt.",
        f"Zuständig, soweit erkennbar: {bericht.verantwortlich}.",
        f"Kopf der Prüfsummenkette: {bericht.kopf_hash}",
        *bericht.kette,
    ]
    answer(given, document, text)
    return FINDING if bericht.kette else DONE


def verlauf(given: Given) -> int:
    """``verlauf``: own measuring and Lagebild over a period; exit 1 if a Dienst was broken in it."""
    desk = open_desk(given)
    if not desk.set_up:
        raise EnvironmentFailure("verlauf.einrichtung", "Hier ist noch nichts eingerichtet und nichts gemessen.")
    found = desk.look_back().verlauf(*period(given["zeitraum"], desk.clock.now()))
    target: Path | None = given.get("ausgabe")
    if target is not None:
        write_output(target, verlauf_file(found, target.name))
    answer(given, verlauf_document(found), verlauf_lines(found))
    return FINDING if any(spur.ausfall_s for spur in found.spuren) else DONE


def melden(given: Given) -> int:
    """``melden``: the practice system, a script or a person tells what real work showed (P15); no patient data."""
    from papierbruecke.outage import passive

    desk = open_desk(given)
    now, what, value, duration = desk.clock.now(), given["was"], given.get("wert"), given.get("dauer_ms")
    ik = given.get("ik")
    if ik is not None and not (ik.isascii() and ik.isdigit() and len(ik) == 9):
        raise InputRefused((Einwand("--ik", "KVDT IK", "Eine IK hat neun Ziffern."),))
    if what == "neustart":
        word = passive.neustart(now)
    elif what == "nachweis":
        if value not in ("1", "2", "3", "4", "5", "6"):
            raise InputRefused((Einwand("wert", "VSDM PN", "Ein Prüfungsnachweis hat das Ergebnis 1 bis 6."),))
        word = passive.nachweis(now, int(value), given.get("fehler"), ik=ik, dauer_ms=duration)
    else:
        if value not in _ENDED:
            raise InputRefused((Einwand("wert", "Design §6", f"Möglich sind {' und '.join(_ENDED)}."),))
        word = passive.fachdienst(now, what, value == _ENDED[0], dauer_ms=duration)
    desk.tell(word)
    text = "Gemeldet. „papierbruecke lage“ zeigt, was das bedeutet."
    told = {"ziel": word.ziel, "ergebnis": word.ergebnis.value, "schluessel": word.schluessel}
    answer(given, {"schema": "melden", "version": 1} | told, [text])
    return DONE


def netzseite(given: Given) -> int:
    """``netzseite``: addresses, ports, names, versions and last errors as text for the IT-Betreuer."""
    desk = open_desk(given)
    if not desk.set_up:
        raise EnvironmentFailure("netzseite.einrichtung", "Hier ist noch nichts eingerichtet und nichts gemessen.")
    back = desk.look_back()
    known, unreadable = back.advisories(desk.daten / "hinweise")
    lines = [*back.network_page(), "", "Bekannte Probleme"]
    lines += [f"  {known_one.satz} {known_one.anweisung}" for known_one in known] or ["  keine"]
    lines += [f"  nicht lesbar: {name}" for name in unreadable]
    answer(given, {"schema": "netzseite", "version": 1, "zeilen": lines}, lines)
    return DONE
