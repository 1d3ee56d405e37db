"""``rezept``, ``au``, ``notfallmappe``: paper as PDF, on request stored as a Beleg."""

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from papierbruecke.card.model import Warnung
from papierbruecke.clock import local
from papierbruecke.commands.answer import DONE, WER, Adder, Given, answer, open_desk, refuse, warn
from papierbruecke.errors import Einwand, EnvironmentFailure, InputRefused
from papierbruecke.files import read_input, write_output
from papierbruecke.outbox.model import Uebersicht
from papierbruecke.record.belegnummer import normalize
from papierbruecke.record.model import AuEingabe, BelegArt, Eingabe
from papierbruecke.record.read_input import read_au, read_personalien, read_rezept
from papierbruecke.settings import Einstellungen
from papierbruecke.wiring import Desk

MAX_SETS = 200  # of the Notfallmappe in one go; more is a typing error


def register(add: Adder) -> None:
    """The commands of this file."""
    parser = add(rezept, "Muster 16 als PDF für das rosa Original.")
    _input_and_output(parser)
    parser.add_argument("--vorschau", action="store_true", help="Formular dahinter zeichnen (nur Bildschirm)")
    parser = add(vermerk, "BtM- oder T-Rezept nur vermerken, das von Hand auf dem amtlichen Formular steht.")
    parser.add_argument("eingabe", type=Path, metavar="EINGABE.json", help="Person, Ärztin oder Arzt, Praxis")
    parser.add_argument("--formular", choices=("btm", "t_rezept"), required=True, help="btm oder t_rezept")
    parser.add_argument("--nummer", required=True, metavar="NR", help="Nummer auf dem amtlichen Formular")
    parser = add(au, "Krankschreibung auf Papier, auf Wunsch mit eAU-Datensatz.")
    _input_and_output(parser, optional=True)
    parser.add_argument("--ausfertigung", default="kk,v,ag", metavar="LISTE", help="kk, v, ag (Vorgabe: kk,v,ag)")
    parser.add_argument("--papier", choices=("a5", "a4"), default="a5", help="Papier (Vorgabe: a5)")
    parser.add_argument("--fhir", type=Path, metavar="DATEI.xml", help="auch den eAU-Datensatz schreiben")
    parser.add_argument("--blanko", action="store_true", help="leere Ausfertigungen für den Notfallstapel")
    parser.add_argument("--nur-personalien", action="store_true", help="nur Personalien, BSNR und LANR drucken")
    parser.add_argument(
        "--belegnummer", metavar="NUMMER", help="Nummer des Vordrucks aus der Notfallmappe (Nacherfassung)"
    )
    parser = add(notfallmappe, "Vordrucke, Checklisten und Aushänge für die Stunde ohne Computer.")
    parser.add_argument("-o", "--ausgabe", type=Path, required=True, metavar="ORDNER", help="Ausgabeordner")
    parser.add_argument(
        "--anzahl", type=int, default=10, metavar="N", help="Sätze Krankschreibungen und Bögen (Vorgabe: 10)"
    )
    parser.add_argument(
        "--papier", choices=("a5", "a4"), default="a5", help="Papier der Krankschreibungen (Vorgabe: a5)"
    )
    parser.add_argument("--ersetzen-nach", metavar="DATUM", help="JJJJ-MM-TT (Vorgabe: Ende des nächsten Quartals)")


def _input_and_output(parser: argparse.ArgumentParser, *, optional: bool = False) -> None:
    parser.add_argument(
        "eingabe",
        type=Path,
        nargs="?" if optional else None,
        metavar="EINGABE.json",
        help="Eingabedatei (siehe: schema)",
    )
    parser.add_argument("-o", "--ausgabe", type=Path, required=True, metavar="DATEI.pdf", help="Ausgabedatei")
    parser.add_argument("--ablegen", action="store_true", help="auch als Beleg ablegen")


def rezept(given: Given) -> int:
    """``rezept``: Muster 16 as PDF, on request also stored as a Beleg."""
    from papierbruecke.forms.muster16 import blaetter
    from papierbruecke.forms.render import render_muster16

    desk = open_desk(given)
    eingabe = read_rezept(read_input(given["eingabe"]))
    befund = desk.check_rezept(eingabe)
    refuse(befund.einwaende)
    sheets = blaetter(eingabe)
    if eingabe.kennung is not None and len(sheets) > 1:
        raise InputRefused((Einwand("kennung", "Design §6.4", "Eine Kennung gilt nur für ein einzelnes Blatt."),))
    status = _settings_or_defaults(desk).druck.unfall_mit_status
    pdf = render_muster16(eingabe, vorschau=given["vorschau"], uebung=desk.uebung, unfall_mit_status=status)
    stored = _store(given, lambda: desk.issue_rezept(eingabe, WER))
    write_output(given["ausgabe"], pdf, _first_number(stored))
    warn(befund.warnungen)
    if len(sheets) > 1:
        print(f"{len(sheets)} Blätter: bitte {len(sheets)} rosa Originale einlegen.", file=sys.stderr)
    answer(
        given,
        {
            "schema": "rezept-antwort",
            "version": 1,
            "blaetter": len(sheets),
            "belegnummern": [u.belegnummer for u in stored],
            "warnungen": [w.model_dump() for w in befund.warnungen],
        },
        [*(f"Abgelegt als {u.belegnummer}." for u in stored), "Bitte von Hand unterschreiben."],
    )
    return DONE


def vermerk(given: Given) -> int:
    """``vermerk``: an official form was written by hand; counted in the Abgleich, never printed by us."""
    from pydantic import ValidationError

    from papierbruecke.record.model import VermerkAngaben, VermerkEingabe

    persons = read_personalien(read_input(given["eingabe"]))
    try:
        form = VermerkAngaben(formular=given["formular"], nummer=given["nummer"])
    except ValidationError:
        text = "Die Nummer auf dem Formular hat ein bis zwanzig Zeichen."
        raise InputRefused((Einwand("--nummer", "AVWG P3-730", text),)) from None
    shared = {name: getattr(persons, name) for name in type(persons).model_fields}
    stored = open_desk(given).note_official(VermerkEingabe(**shared, vermerk=form), WER)
    document = {"schema": "vermerk", "version": 1, "belegnummer": stored.belegnummer}
    answer(given, document, [f"Vermerkt als {stored.belegnummer}. Heute in der Praxissoftware dokumentieren."])
    return DONE


def au(given: Given) -> int:
    """``au``: the copies of a sick note, on request the eAU data set and the Beleg."""
    from papierbruecke.forms.render_au import render_au, render_au_blanko
    from papierbruecke.record.kennung import new_kennung

    desk = open_desk(given)
    copies = _copies(given["ausfertigung"])
    _no_beleg_of_a_half_empty_sheet(given)
    if given["blanko"]:
        write_output(given["ausgabe"], render_au_blanko(copies, papier=given["papier"], uebung=desk.uebung))
        return _au_answer(given, copies, None, (), ())
    if given["eingabe"] is None:
        raise InputRefused((Einwand("eingabe", "Aufruf", "Es fehlt die Eingabedatei (oder --blanko)."),))
    settings = _settings_or_defaults(desk)
    data = read_input(given["eingabe"])
    if given["nur_personalien"]:
        persons = read_personalien(data)
        befund = desk.check_personalien(persons)
        refuse(befund.einwaende)
        kennung = persons.kennung or new_kennung(BelegArt.AU)
        stored: tuple[Uebersicht, ...] = ()
        fhir: bytes | None = None
        eingabe: Eingabe = persons
    else:
        full = read_au(data)
        full = full.model_copy(update={"kennung": kennung_on_sheet(given, desk, full)})
        befund = desk.check_au(full)
        refuse(befund.einwaende)
        kennung = full.kennung or new_kennung(BelegArt.AU)
        full = full.model_copy(update={"kennung": kennung})
        fhir = _fhir(given, full, kennung, settings)
        stored = _store(given, lambda: (desk.issue_au(full, WER),))
        eingabe = full
    number = _first_number(stored) or (normalize(given["belegnummer"]) if given["belegnummer"] else None)
    pdf = render_au(
        eingabe,
        copies,
        kennung=kennung,
        belegnummer=number,
        pruefnummer=settings.pruefnummer,
        papier=given["papier"],
        uebung=desk.uebung,
    )
    write_output(given["ausgabe"], pdf, number)
    if fhir is not None:
        write_output(given["fhir"], fhir, number)
    warn(befund.warnungen)
    return _au_answer(given, copies, kennung, stored, befund.warnungen)


def kennung_on_sheet(given: Given, desk: Desk, eingabe: Eingabe) -> UUID | None:
    """The Kennung of this input: the one of the sheet of the Notfallmappe if its number was given."""
    number = given["belegnummer"]
    if number is None:
        return eingabe.kennung
    blatt = desk.find_sheet(number)
    art = BelegArt.AU if isinstance(eingabe, AuEingabe) else BelegArt.ERSATZSCHEIN
    if blatt is None or blatt.art is not art or eingabe.kennung not in (None, blatt.kennung):
        text = "Einen Vordruck mit dieser Nummer gibt es hier nicht. Bitte die Nummer auf dem Blatt prüfen."
        raise InputRefused((Einwand("--belegnummer", "Design §2", text),))
    return blatt.kennung


def notfallmappe(given: Given) -> int:
    """``notfallmappe``: everything for the hour without a computer, made in advance."""
    desk = open_desk(given)
    if not 1 <= given["anzahl"] <= MAX_SETS:
        raise InputRefused((Einwand("--anzahl", "Aufruf", f"Möglich sind 1 bis {MAX_SETS} Sätze."),))
    replace_after = _replace_after(given["ersetzen_nach"], local(desk.clock.now()).date())
    files = desk.make_notfallmappe(given["anzahl"], WER, papier=given["papier"], ersetzen_nach=replace_after)
    written: list[Path] = []
    try:
        for name, content in files.items():
            write_output(given["ausgabe"] / name, content)
            written.append(given["ausgabe"] / name)
    except EnvironmentFailure:
        # Half a Notfallmappe is taken for a whole one.
        for path in written:
            path.unlink(missing_ok=True)
        raise
    answer(
        given,
        {"schema": "notfallmappe-antwort", "version": 1, "dateien": list(files)},
        [
            f"{len(files)} Dateien in {given['ausgabe']}. Bitte drucken und die Telefonliste ausfüllen.",
            "Jede Nummer gibt es nur einmal: nicht kopieren, verbrauchte Vordrucke neu erzeugen.",
        ],
    )
    return DONE


def _replace_after(text: str | None, today: date) -> date | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InputRefused((Einwand("--ersetzen-nach", "Aufruf", "Bitte JJJJ-MM-TT angeben."),)) from None
    if day <= today:
        raise InputRefused((Einwand("--ersetzen-nach", "Aufruf", "Dieser Tag ist schon vorbei."),))
    return day


def _au_answer(
    given: Given,
    copies: tuple[str, ...],
    kennung: UUID | None,
    stored: tuple[Uebersicht, ...],
    warnungen: Sequence[Warnung],
) -> int:
    notes = _notes(copies)
    document = {
        "schema": "au-antwort",
        "version": 1,
        "belegnummern": [u.belegnummer for u in stored],
        "warnungen": [w.model_dump() for w in warnungen],
        "hinweise": notes,
    }
    if kennung is not None:
        document["kennung"] = str(kennung)
    answer(given, document, [*(f"Abgelegt als {u.belegnummer}." for u in stored), *notes])
    return DONE


def _notes(copies: tuple[str, ...]) -> list[str]:
    """What the desk does with the paper (TA eAU P6-02 AC1a, AC1c)."""
    lines = ["Bitte jede Ausfertigung von Hand unterschreiben. Normales weißes Papier genügt."]
    if "kk" in copies:
        lines.append(
            "Die Ausfertigung für die Krankenkasse bitte mitgeben. Ist die Patientin oder der Patient schon gegangen, "
            "geht sie per Post an die Krankenkasse."
        )
    return lines


def _no_beleg_of_a_half_empty_sheet(given: Given) -> None:
    """A Beleg is what was handed out; a sheet for filling in by hand is none yet."""
    for option in ("blanko", "nur_personalien"):
        if given[option] and (given["ablegen"] or given.get("fhir") is not None):
            name = f"--{option.replace('_', '-')}"
            raise InputRefused(
                (Einwand(name, "TA eAU P6-02 AK5", f"{name} geht nicht zusammen mit --ablegen oder --fhir."),)
            )


def _copies(text: str) -> tuple[Literal["kk", "v", "ag"], ...]:
    wanted = [part.strip().lower() for part in text.split(",") if part.strip()]
    if not wanted or any(part not in ("kk", "v", "ag") for part in wanted):
        raise InputRefused((Einwand("--ausfertigung", "TA eAU P6-02 AK4", "Möglich sind kk, v und ag."),))
    return tuple(dict.fromkeys(wanted))  # type: ignore[arg-type]


def _fhir(given: Given, eingabe: AuEingabe, kennung: UUID, settings: Einstellungen) -> bytes | None:
    if given.get("fhir") is None:
        return None
    from papierbruecke.clock import SystemClock
    from papierbruecke.resubmit.fhir import TEST_PRUEFNUMMER, build_eau

    if settings.pruefnummer is None:
        print(
            "Ohne Prüfnummer: der Datensatz trägt die Testnummer der KBV-Beispiele und ist nur zum Prüfen.",
            file=sys.stderr,
        )
    return build_eau(
        eingabe,
        kennung=kennung,
        erstellt=SystemClock().now(),
        pruefnummer=settings.pruefnummer or TEST_PRUEFNUMMER,
    )


def _settings_or_defaults(desk: Desk) -> Einstellungen:
    """Forms work before anything is configured (design §7)."""
    return desk.settings if desk.set_up else Einstellungen()


def _store(given: Given, put: Any) -> tuple[Uebersicht, ...]:
    return tuple(put()) if given["ablegen"] else ()


def _first_number(stored: tuple[Uebersicht, ...]) -> str | None:
    return stored[0].belegnummer if stored else None
