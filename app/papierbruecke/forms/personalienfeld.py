"""The Personalienfeld: 7 lines of 30 characters that a Belegleser reads (pure).

Every position is fixed; nothing moves when a field is missing. Source: KBV Technische Anlage
zu Anlage 4a BMV-Ä (Mapping_KVK) V1.19, 2.3.2 and 2.3.4.2 Tabelle 13; FB V1.37 P7-10, P7-20,
P7-45, P7-130, KP7-80; DiMus Tabelle 7 for the blank before the house number.
"""

from datetime import date

from papierbruecke.card.kostentraeger import full_ik, payer_ik, payer_name
from papierbruecke.card.model import Versicherter
from papierbruecke.record.model import Eingabe, RezeptEingabe
from papierbruecke.redact import PatientValue

ZEILEN = 7
SPALTEN = 30

_NAME_MAX = 24  # line 1
_LINE_3_MAX = 21  # P7-20 (2)
_ORT_MAX = 24  # line 5
_IK_MAX = 9
_ID_MAX = 12  # P7-45 (2)
ASV = frozenset({"01", "11"})
"""Rechtsgrundlage of ASV: the team number stands in the place of the BSNR (P7-130)."""


class Personalien(PatientValue):
    """What goes into the grid, every field as text; empty = stays blank.

    Dates are ``JJJJ-MM-TT``; of ``geburtsdatum`` day and month may be missing. ``nummer`` is
    the Versicherten-ID, or the reference of a Sonstiger Kostenträger (FK 4124).
    """

    kostentraeger: str = ""
    wop: str = ""
    nachname: str = ""
    titel: str = ""
    vorname: str = ""
    namenszusatz: str = ""
    vorsatzwort: str = ""
    geburtsdatum: str = ""
    strasse: str = ""
    hausnummer: str = ""
    postfach: str = ""
    land: str = ""
    plz: str = ""
    ort: str = ""
    schutz_ende: str = ""
    ik: str = ""
    nummer: str = ""
    status: str = ""
    betriebsstaette: str = ""
    arzt: str = ""
    datum: date


def zeilen(p: Personalien) -> tuple[str, ...]:
    """The seven lines, each exactly 30 characters."""
    return (
        _line((1, _cut(p.kostentraeger, _NAME_MAX)), (29, p.wop.rjust(2) if p.wop else "")),
        _line((1, _cut(p.nachname, SPALTEN))),
        _line(
            (1, _cut(_join(p.titel, p.vorname, p.namenszusatz, p.vorsatzwort), _LINE_3_MAX)),
            (23, _birth(p.geburtsdatum)),
        ),
        _line((1, _street(p))),
        _line((1, _town(p)), (26, f"{p.schutz_ende[5:7]}/{p.schutz_ende[2:4]}" if p.schutz_ende else "")),
        _line((1, _cut(full_ik(p.ik), _IK_MAX)), (11, _cut(p.nummer, _ID_MAX)), (24, p.status)),
        _line((1, p.betriebsstaette), (11, p.arzt), (22, f"{p.datum:%d.%m.%y}")),
    )


def personalien_of(eingabe: Eingabe, *, unfall_mit_status: bool = True) -> Personalien:
    """The grid's content for a form of the public system.

    The payer is the one of ``card.kostentraeger``. On an Arbeitsunfall the accident insurer takes
    line 1, and IK, WOP and end of cover stay blank (KP7-80, design §6.4); ``unfall_mit_status``
    False also leaves number and status out, on which the rule is silent. Kostenerstattung: that
    word stands for the fund, without its IK.
    """
    cover, person = eingabe.versicherung, eingabe.versicherter
    name, ik = payer_name(cover), payer_ik(cover)
    # Practice stock has a payer and no patient: nothing that belongs to one insured person.
    wop, ende = (cover.wop or "", cover.ende or "") if person is not None else ("", "")
    unfall = eingabe.rezept.arbeitsunfall if isinstance(eingabe, RezeptEingabe) else None
    if unfall is not None:
        insurer = eingabe.unfallversicherung
        name, ik, wop, ende = unfall.traeger or (insurer.name if insurer else ""), "", "", ""
    elif cover.kostenerstattung is not None and cover.kostenerstattung.veranlasste_leistungen:
        name, ik = "Kostenerstattung", ""
    asv = cover.rechtsgrundlage in ASV and eingabe.arzt.asv_teamnummer
    status, nummer = "", (person.versicherten_id if person else None) or eingabe.skt_zusatz or ""
    if unfall is not None and not unfall_mit_status:
        nummer = ""
    elif person is not None:
        status = (
            f"{cover.versichertenart or ' '}{(cover.personengruppe or '00').rjust(2, '0')}"
            f"{(cover.dmp or '00').rjust(2, '0')}{cover.rechtsgrundlage}"
        )
    return Personalien(
        kostentraeger=name,
        wop=wop,
        schutz_ende=ende,
        ik=ik,
        nummer=nummer,
        status=status,
        betriebsstaette=str(asv) if asv else eingabe.betriebsstaette.bsnr,
        arzt=eingabe.arzt.lanr,
        datum=eingabe.datum,
        **(_of_person(person) if person is not None else {}),
    )


def _of_person(person: Versicherter) -> dict[str, str]:
    place = person.anschrift
    # The street has priority; the post box only stands in where there is none (P7-10, note).
    box = person.postfach if person.postfach is not None and not (place and place.strasse) else None
    fields = {
        "nachname": person.nachname,
        "titel": person.titel,
        "vorname": person.vorname,
        "namenszusatz": person.namenszusatz,
        "vorsatzwort": person.vorsatzwort,
        "geburtsdatum": person.geburtsdatum,
    }
    if box is not None:
        fields |= {"postfach": box.postfach, "land": box.land, "plz": box.plz, "ort": box.ort}
    elif place is not None:
        fields |= {"strasse": place.strasse, "hausnummer": place.hausnummer}
        fields |= {"land": place.land, "plz": place.plz, "ort": place.ort}
    return {name: text or "" for name, text in fields.items()}


def _line(*fields: tuple[int, str]) -> str:
    line = ""
    for column, text in fields:
        if len(line) >= column:
            raise AssertionError("a field is longer than its place in the grid")
        if text:
            line = line.ljust(column - 1) + text
    if len(line) > SPALTEN:
        raise AssertionError("a field is longer than its place in the grid")
    return line.ljust(SPALTEN)


def _cut(text: str, width: int) -> str:
    """At most ``width`` characters, single blanks inside, none at the ends."""
    return " ".join(text.split())[:width].rstrip()


def _join(*parts: str) -> str:
    return " ".join(part for part in parts if part.strip())


def _birth(text: str) -> str:
    if not text:
        return ""
    year, month, day = [*text.split("-"), "00", "00"][:3]
    return f"{day}.{month}.{year[2:]}"


def _street(p: Personalien) -> str:
    if p.postfach:
        return _cut(f"Postfach {p.postfach}", SPALTEN)
    number = _cut(p.hausnummer, SPALTEN)
    if not number:
        return _cut(p.strasse, SPALTEN)
    # The house number is never cut, and the blank before it counts (DiMus Tabelle 7).
    return _join(_cut(p.strasse, SPALTEN - 1 - len(number)), number)


def _town(p: Personalien) -> str:
    # A country without any place says nothing.
    return _cut(_join(p.land, p.plz, p.ort), _ORT_MAX) if p.plz or p.ort else ""
