"""What the practice system gets of a Beleg: an entry in the record as text, and the pages (pure).

One entry per Beleg (GDT 6310). It is documentation, never billing and never a prescription as
data: nothing in it can become an E-Rezept or an insurance proof. Source: domain sheet
reconciliation §4.2, §5, §10, §11.6.
"""

from datetime import date

from papierbruecke.card.kostentraeger import payer_ik, payer_name
from papierbruecke.clock import local
from papierbruecke.pvs.build_gdt import Feld, text_fields
from papierbruecke.record.model import (
    AMTLICH,
    AuEingabe,
    Beleg,
    ErsatzscheinEingabe,
    FreitextPosition,
    KeineDosierung,
    RezeptEingabe,
    RezepturPosition,
    StornoEingabe,
    VermerkEingabe,
    Verordnung,
    Weg,
)

SATZART = "6310"
SOFTWARE = (("0102", "Papierbruecke Projekt"), ("0103", "Papierbruecke"))
_NAME_MAX = 28  # FK 3101, 3102 in GDT 2.1
_DATEIART = {
    "muster16": "Kopie Muster 16 (nur Dokumentation)",
    "kk": "AU, Ausfertigung Krankenkasse",
    "v": "AU, Ausfertigung Versicherter",
    "ag": "AU, Ausfertigung Arbeitgeber",
    "ersatzschein": "Ersatzschein",
}


def entry(beleg: Beleg, patientennummer: str, dateien: dict[str, str]) -> list[Feld]:
    """The fields of the entry after the head; ``dateien`` are the pages by name with their paths."""
    person = beleg.inhalt.versicherter
    felder: list[Feld] = [*SOFTWARE, ("3000", patientennummer)]
    if person is not None:
        felder += [("3101", person.nachname[:_NAME_MAX]), ("3102", person.vorname[:_NAME_MAX])]
        felder += [("3103", _birth_date(person.geburtsdatum))] if person.geburtsdatum else []
    issued = local(beleg.angelegt)
    felder += [("6200", f"{issued:%d%m%Y}"), ("6201", f"{issued:%H%M%S}")]
    for fk, text in entry_texts(beleg):
        felder += text_fields(fk, text)
    for number, (name, path) in enumerate(dateien.items(), start=1):
        felder += [("6302", f"{number:06d}"), ("6303", "PDF"), ("6304", _DATEIART.get(name, name)), ("6305", path)]
    return felder


def entry_texts(beleg: Beleg) -> list[Feld]:
    """What the entry says, as (FK, sentence): findings 6220, remarks 6227, medicines 6228, diagnoses 6205."""
    match beleg.inhalt:
        case RezeptEingabe():
            return _rezept(beleg, beleg.inhalt)
        case AuEingabe():
            return _au(beleg, beleg.inhalt)
        case ErsatzscheinEingabe():
            return _ersatzschein(beleg, beleg.inhalt)
        case StornoEingabe():
            return _storno(beleg, beleg.inhalt)
        case VermerkEingabe():
            return _official(beleg, beleg.inhalt)


def _official(beleg: Beleg, inhalt: VermerkEingabe) -> list[Feld]:
    name = AMTLICH[inhalt.vermerk.formular]
    return [
        ("6220", f"TI-Ausfall {_day(inhalt.datum)}: {name} Nr. {inhalt.vermerk.nummer} von Hand ausgestellt"),
        ("6227", f"Papierbrücke Beleg {beleg.belegnummer}; nur Vermerk, von diesem Programm nicht gedruckt"),
    ]


def _storno(beleg: Beleg, inhalt: StornoEingabe) -> list[Feld]:
    return [
        ("6220", f"{_day(inhalt.datum)}: Storno der Krankschreibung {inhalt.storno.belegnummer}"),
        ("6227", f"Papierbrücke Beleg {beleg.belegnummer}; Grund: {inhalt.storno.grund}"),
        ("6227", "Ausfertigungen auf Papier gelten nicht mehr"),
    ]


def _rezept(beleg: Beleg, inhalt: RezeptEingabe) -> list[Feld]:
    texts = [
        ("6220", f"TI-Ausfall {_day(inhalt.datum)}: Muster 16 auf Papier ausgestellt"),
        ("6227", f"Papierbrücke Beleg {beleg.belegnummer}, Blatt {beleg.blatt}"),
        ("6227", "KEIN E-Rezept für dieselbe Versorgung nachreichen"),
    ]
    return texts + [("6228", _medicine(position)) for position in inhalt.rezept.positionen]


def _medicine(position: Verordnung) -> str:
    if isinstance(position, FreitextPosition):
        return f"{position.anzahl}x {position.text}"
    if isinstance(position, RezepturPosition):
        parts = ", ".join(f"{each.name} {each.menge}" for each in position.bestandteile)
        use = f"; {position.gebrauch}" if position.gebrauch else ""
        return f"{position.anzahl}x Rezeptur {position.name} {position.menge}: {parts}{use}"
    details = (position.name, position.staerke, position.darreichung, position.packung, position.norm)
    dosage = position.dosierung if not isinstance(position.dosierung, KeineDosierung) else None
    number = f" PZN {position.pzn}" if position.form == "pzn" else ""
    text = f"{position.anzahl}x {' '.join(part for part in details if part)}{number}"
    return f"{text} Dosierung: {dosage}" if dosage else text


def _au(beleg: Beleg, inhalt: AuEingabe) -> list[Feld]:
    au = inhalt.au
    since = f" seit {_day(au.seit)}" if au.seit else ""
    kind = "Erstbescheinigung" if au.art == "erst" else "Folgebescheinigung"
    texts = [
        ("6220", f"TI-Ausfall {_day(inhalt.datum)}: AU auf Papier ausgestellt und ausgehändigt"),
        ("6220", f"{kind}, arbeitsunfähig{since} bis {_day(au.bis)}, festgestellt am {_day(au.festgestellt)}"),
    ]
    for diagnose in au.diagnosen:
        texts.append(("6205", " ".join(filter(None, (diagnose.icd, diagnose.sicherheit, diagnose.seite)))))
    texts.append(("6227", f"Papierbrücke Beleg {beleg.belegnummer}"))
    if beleg.weg is Weg.PVS:
        handed_out = f"Nacherfassung: Papier ausgehändigt am {_day(inhalt.datum)}."
        texts.append(("6227", f"{handed_out} eAU hier erfassen und senden."))
        texts.append(("6227", "Nicht noch einmal drucken und nicht noch einmal aushändigen"))
    else:
        texts.append(("6227", f"Die eAU sendet Papierbrücke, Dokumenten-ID {beleg.kennung}"))
        texts.append(("6227", "Hier KEINE zweite eAU erfassen"))
    return texts


_HERKUNFT = {
    "karte": "Kartendaten übernommen (kein Nachweis)",
    "hand": "Daten von Hand aufgenommen",
    "eeb": "Daten aus einer elektronischen Ersatzbescheinigung",
    "pvs": "Daten aus der Praxissoftware",
}
_GRUND = {
    "karte_defekt": "Karte defekt",
    "technik_defekt": "Technik defekt",
    "hausbesuch": "Hausbesuch",
    "karte_nicht_dabei": "Karte nicht dabei",
    "kartendaten_falsch": "Kartendaten falsch",
    "saeugling": "Säugling ohne Karte",
    "ersatzbescheinigung": "Ersatzbescheinigung",
}


def _ersatzschein(beleg: Beleg, inhalt: ErsatzscheinEingabe) -> list[Feld]:
    cover, slip = inhalt.versicherung, inhalt.ersatzschein
    reason = f", Grund: {_GRUND[slip.grund]}" if slip.grund else ""
    number = inhalt.versicherter.versicherten_id if inhalt.versicherter else None
    facts = (
        ("Kasse", payer_name(cover)),
        ("IK", payer_ik(cover)),
        ("Versicherten-ID", number),
        ("Versichertenart", cover.versichertenart),
    )
    return [
        ("6220", f"TI-Ausfall {_day(inhalt.datum)}: Ersatzverfahren{reason}"),
        ("6220", ", ".join(f"{name} {value}" for name, value in facts if value)),
        ("6227", f"Papierbrücke Beleg {beleg.belegnummer}; {_HERKUNFT[inhalt.herkunft]}"),
        ("6227", "Karte im selben Quartal einlesen"),
    ]


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"


def _birth_date(text: str) -> str:
    """TTMMJJJJ; unknown parts are 00 (GDT writes the day first, unlike KVDT)."""
    year, month, day = [*text.split("-"), "00", "00"][:3]
    return f"{day}{month}{year}"
