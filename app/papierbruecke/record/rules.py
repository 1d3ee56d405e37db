"""Rules that hold for every form: insured person, cover, doctor, practice, characters.

Each rule names its requirement. ``Befund`` collects objections (the form is refused) and
warnings (the practice decides). Pure.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from papierbruecke.card.checks import ik_valid, kvnr_valid
from papierbruecke.card.kostentraeger import payer_name
from papierbruecke.card.model import Versicherter, Versicherung, Warnung
from papierbruecke.errors import Einwand
from papierbruecke.record.checks import lanr_valid
from papierbruecke.record.model import Arzt, Betriebsstaette, Eingabe
from papierbruecke.redact import Value

PERSONENGRUPPEN = frozenset({"00", "04", "06", "07", "08", "09"})  # A4a Tabelle 13
ERSATZVERORDNUNG = frozenset({"10", "11", "14", "17"})  # drug recall, never an outage: AVWG P3-630

_MAX_LENGTH = {  # KVDT field table; eAU profiles FOR 1.2
    "versicherter.vorname": 45,
    "versicherter.nachname": 45,
    "versicherter.titel": 20,
    "versicherter.namenszusatz": 20,
    "versicherter.vorsatzwort": 20,
    "versicherter.anschrift.strasse": 46,
    "versicherter.anschrift.hausnummer": 9,
    "versicherter.anschrift.zusatz": 40,
    "versicherter.anschrift.plz": 10,
    "versicherter.anschrift.ort": 40,
    "versicherter.postfach.postfach": 8,
    "versicherter.postfach.plz": 10,
    "versicherter.postfach.ort": 40,
    "versicherung.name": 45,
    "versicherung.abrechnend_name": 45,
    "versicherung.druckname": 45,
    "arzt.vorname": 45,
    "arzt.nachname": 45,
    "arzt.berufsbezeichnung": 100,
    "arzt.titel": 100,
    "verantwortlich.vorname": 45,
    "verantwortlich.nachname": 45,
    "verantwortlich.berufsbezeichnung": 100,
    "betriebsstaette.name": 60,
    "betriebsstaette.strasse": 46,
    "betriebsstaette.hausnummer": 9,
    "betriebsstaette.plz": 10,
    "betriebsstaette.ort": 40,
    "betriebsstaette.telefon": 30,
    "betriebsstaette.fax": 30,
    "betriebsstaette.email": 256,
}


@dataclass(slots=True)
class Befund:
    """What the rules found: objections refuse the form, warnings are for the practice."""

    einwaende: list[Einwand] = field(default_factory=list)
    warnungen: list[Warnung] = field(default_factory=list)

    def refuse(self, feld: str, regel: str, text: str) -> None:
        self.einwaende.append(Einwand(feld, regel, text))

    def warn(self, code: str, text: str) -> None:
        self.warnungen.append(Warnung(code=code, text=text))


def check_common(eingabe: Eingabe, befund: Befund, heute: date) -> None:
    """Everything that Muster 16 and AU share."""
    _check_characters(eingabe, befund)
    if eingabe.versicherter is not None:
        _check_versicherter(eingabe.versicherter, eingabe, befund)
    _check_versicherung(eingabe.versicherung, eingabe, befund)
    _check_arzt(eingabe.arzt, "arzt", befund)
    if eingabe.verantwortlich is not None:
        _check_arzt(eingabe.verantwortlich, "verantwortlich", befund)
        if eingabe.verantwortlich.qualifikation == "03":
            befund.refuse(
                "verantwortlich.qualifikation",
                "-eau-angabeVerantwortlichePersonVerbot-2",
                "Die verantwortliche Person ist selbst nicht in Weiterbildung.",
            )
    elif eingabe.arzt.qualifikation == "03":
        befund.warn("arzt.weiterbildung", "Bitte die verantwortliche Ärztin oder den verantwortlichen Arzt angeben.")
    _check_betriebsstaette(eingabe.betriebsstaette, befund)
    if eingabe.datum > heute:
        befund.warn("datum.zukunft", "Das Ausstellungsdatum liegt in der Zukunft.")


def _check_versicherter(person: Versicherter, eingabe: Eingabe, befund: Befund) -> None:
    if not person.nachname.strip():
        befund.refuse("versicherter.nachname", "KVDT P2-400", "Der Nachname fehlt.")
    if not person.vorname.strip():
        befund.refuse("versicherter.vorname", "KVDT P2-400", "Der Vorname fehlt.")
    if person.versicherten_id is not None and not kvnr_valid(person.versicherten_id):
        if eingabe.herkunft == "karte":
            befund.warn("karte.pruefziffer", "Die Prüfziffer der Versicherten-ID auf der Karte stimmt nicht.")
        else:
            befund.refuse(
                "versicherter.versicherten_id",
                "KVDT FK 3119",
                "Die Versicherten-ID stimmt nicht (ein Buchstabe, neun Ziffern, Prüfziffer).",
            )
    _check_geburtsdatum(person.geburtsdatum, eingabe.datum, befund)
    places = [a for a in (person.anschrift, person.postfach) if a is not None]
    for name, place in (("anschrift", person.anschrift), ("postfach", person.postfach)):
        if place is None or not place.plz:
            continue
        if place.land in (None, "D") and not re.fullmatch(r"[0-9]{5}", place.plz):
            if eingabe.herkunft == "karte":
                befund.warn("karte.plz", "Die Postleitzahl auf der Karte hat nicht fünf Ziffern.")
            else:
                befund.refuse(f"versicherter.{name}.plz", "KVDT P2-400", "Die Postleitzahl hat fünf Ziffern.")
        if place.land is not None and not re.fullmatch(r"[A-Z]{1,3}", place.land):
            befund.refuse(f"versicherter.{name}.land", "DEÜV Anlage 8", "Das Land hat ein bis drei Großbuchstaben.")
    if eingabe.herkunft == "hand":
        if not any(place.plz for place in places):
            befund.refuse(
                "versicherter.anschrift.plz", "KVDT P2-400", "Im Ersatzverfahren wird die Postleitzahl gebraucht."
            )
        if person.geschlecht is None:
            befund.refuse("versicherter.geschlecht", "KVDT P2-400", "Im Ersatzverfahren wird das Geschlecht gebraucht.")


def _check_geburtsdatum(text: str | None, datum: date, befund: Befund) -> None:
    if text is None:
        return
    feld = "versicherter.geburtsdatum"
    if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?", text):
        befund.refuse(feld, "KVDT P2-430", "Bitte JJJJ-MM-TT, JJJJ-MM oder JJJJ angeben.")
        return
    try:
        earliest = date.fromisoformat(text + "0000-01-01"[len(text) :])
    except ValueError:
        befund.refuse(feld, "KVDT P2-430", "Diesen Tag gibt es nicht.")
        return
    if earliest > datum:
        befund.refuse(feld, "-eau-geburtsdatumPatient", "Das Geburtsdatum liegt nach dem Ausstellungsdatum.")


def _check_versicherung(cover: Versicherung, eingabe: Eingabe, befund: Befund) -> None:
    for feld, ik in (("ik", cover.ik), ("abrechnend_ik", cover.abrechnend_ik)):
        if ik is None or ik_valid(ik):
            continue
        if eingabe.herkunft == "karte":
            befund.warn("karte.pruefziffer_ik", "Die Prüfziffer der Kassennummer (IK) auf der Karte stimmt nicht.")
        else:
            befund.refuse(f"versicherung.{feld}", "KVDT FK 4111", "Die Kassennummer (IK) stimmt nicht (neun Ziffern).")
    if cover.ik is None and cover.typ != "SEL":
        befund.refuse("versicherung.ik", "KVDT P2-400", "Die Kassennummer (IK) fehlt.")
    if not payer_name(cover):
        befund.refuse("versicherung.name", "KVDT P2-210", "Der Name der Krankenkasse fehlt.")
    if cover.versichertenart is None and eingabe.versicherter is not None and cover.typ not in ("PKV", "SEL"):
        befund.refuse(
            "versicherung.versichertenart", "KVDT P2-400", "Bitte angeben: 1 Mitglied, 3 familienversichert, 5 Rentner."
        )
    if cover.personengruppe is not None and cover.personengruppe not in PERSONENGRUPPEN:
        befund.refuse("versicherung.personengruppe", "A4a Tabelle 13", "Erlaubt sind 00, 04, 06, 07, 08, 09.")
    if cover.dmp is not None and not _dmp_known(cover.dmp):
        befund.refuse("versicherung.dmp", "A4a Tabelle 13", "Erlaubt sind 00 bis 12 und 30 bis 58.")
    if cover.wop is not None and not re.fullmatch(r"[0-9]{2}", cover.wop):
        befund.refuse("versicherung.wop", "KVDT FK 3116", "Das WOP-Kennzeichen hat zwei Ziffern.")
    if cover.vknr is not None and not re.fullmatch(r"[0-9]{5}", cover.vknr):
        befund.refuse("versicherung.vknr", "KVDT FK 4104", "Die VKNR hat fünf Ziffern.")
    _check_rechtsgrundlage(cover.rechtsgrundlage, eingabe, befund)
    days: dict[str, date] = {}
    for feld, text in (("beginn", cover.beginn), ("ende", cover.ende)):
        if text is None:
            continue
        try:
            if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
                raise ValueError
            days[feld] = date.fromisoformat(text)
        except ValueError:
            befund.refuse(f"versicherung.{feld}", "KVDT FK 4110", "Bitte ein Datum im Format JJJJ-MM-TT angeben.")
    if "ende" in days and days["ende"] < eingabe.datum:
        befund.warn("versicherung.beendet", "Der Versicherungsschutz ist laut diesen Daten schon beendet.")
    if "beginn" in days and days["beginn"] > eingabe.datum:
        befund.warn("versicherung.noch_nicht", "Der Versicherungsschutz hat laut diesen Daten noch nicht begonnen.")


def _dmp_known(text: str) -> bool:
    return re.fullmatch(r"[0-9]{2}", text) is not None and (int(text) <= 12 or 30 <= int(text) <= 58)


def _check_rechtsgrundlage(code: str, eingabe: Eingabe, befund: Befund) -> None:
    feld = "versicherung.rechtsgrundlage"
    if code in ERSATZVERORDNUNG:
        befund.refuse(
            feld,
            "AVWG P3-630",
            "Die Ersatzverordnung gilt nur nach einem Arzneimittelrückruf, nie wegen einer Störung.",
        )
    elif code not in {"00", "01", "04", "06", "07"}:
        befund.refuse(feld, "A4a Tabelle 13", "Erlaubt sind 00, 01, 04, 06 und 07.")
    if code == "01" and not eingabe.arzt.asv_teamnummer:
        befund.refuse(
            "arzt.asv_teamnummer", "-eau-angabeAsvTeamnummerPflicht", "Bei ASV (01) wird die Teamnummer gebraucht."
        )


def _check_arzt(arzt: Arzt, feld: str, befund: Befund) -> None:
    if not lanr_valid(arzt.lanr):
        befund.refuse(f"{feld}.lanr", "KVDT LANR", "Die Arztnummer (LANR) stimmt nicht (neun Ziffern, Prüfziffer).")
    for name in ("vorname", "nachname", "berufsbezeichnung"):
        if not getattr(arzt, name).strip():
            befund.refuse(f"{feld}.{name}", "AMVV § 2", "Diese Angabe gehört in den Arztstempel und fehlt.")
    if arzt.asv_teamnummer is not None and not re.fullmatch(r"[0-9]{9}", arzt.asv_teamnummer):
        befund.refuse(f"{feld}.asv_teamnummer", "KBV_PR_FOR_PractitionerRole", "Die Teamnummer hat neun Ziffern.")


def _check_betriebsstaette(place: Betriebsstaette, befund: Befund) -> None:
    if not re.fullmatch(r"[0-9]{9}", place.bsnr):
        befund.refuse("betriebsstaette.bsnr", "KVDT FK 0201", "Die Betriebsstättennummer hat neun Ziffern.")
    for name in ("name", "strasse", "hausnummer", "plz", "ort", "telefon"):
        if not getattr(place, name).strip():
            befund.refuse(
                f"betriebsstaette.{name}", "KVDT Arztstempel", "Diese Angabe gehört in den Praxisstempel und fehlt."
            )


def _check_characters(eingabe: Eingabe, befund: Befund) -> None:
    for feld, text in texts(eingabe):
        bad = {char for char in text if not _printable(char)}
        if bad:
            befund.refuse(
                feld,
                "ISO 8859-15",
                "Ein Zeichen lässt sich nicht drucken: " + ", ".join(f"U+{ord(c):04X}" for c in sorted(bad)),
            )
        limit = _MAX_LENGTH.get(feld)
        if limit is not None and len(text) > limit:
            befund.refuse(feld, "KVDT Feldtabelle", f"Höchstens {limit} Zeichen.")


def _printable(char: str) -> bool:
    try:
        code = char.encode("iso8859-15")[0]
    except UnicodeEncodeError:
        return False
    # Control characters would break the barcode's TAB-separated fields and the form's rows.
    return code >= 0x20 and not 0x7F <= code < 0xA0


def texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text field of a value with its path."""
    if isinstance(value, Value):
        for name in type(value).model_fields:
            yield from texts(getattr(value, name), f"{path}.{name}" if path else name)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from texts(item, f"{path}[{index}]")
    elif isinstance(value, str):
        yield path, value
