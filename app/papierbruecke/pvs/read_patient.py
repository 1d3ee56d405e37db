"""The patient whom the practice system hands over (GDT 6301, 6302, 6311).

Nothing is invented: what does not fit is left out with a remark, and the MFA looks at it.
Source: reconciliation.md §11.2.
"""

import re
from datetime import date
from typing import Literal, cast
from uuid import UUID

from papierbruecke.card.checks import ik_valid, kvnr_valid
from papierbruecke.card.model import Anschrift, Geschlecht, Versicherter, Versicherung, Warnung
from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.pvs.gdt import Satz, parse
from papierbruecke.redact import PatientValue

STAMMDATEN, UNTERSUCHUNG, ZEIGEN = "6301", "6302", "6311"
CUT_AT = 28  # the sender cuts names there (GDT 2.1, FK 3101 and 3102)
OLDEST_YEAR = 1880
_SEX: dict[str, Geschlecht] = {"1": "M", "2": "W", "M": "M", "W": "W", "X": "X", "D": "D"}


class PvsPatient(PatientValue):
    """Who was handed over. ``versicherter`` is None if the file only names the number (6311).

    ``eintrag`` is the entry in the list of today's patients.
    """

    satzart: str
    nummer: str | None
    versicherter: Versicherter | None
    versicherung: Versicherung | None
    warnungen: tuple[Warnung, ...]
    eintrag: UUID | None = None


def read_patients(data: bytes) -> tuple[PvsPatient, ...]:
    """Every patient of a GDT file; raises InputRefused for a broken file or one without patients."""
    patients = tuple(_patient(satz) for satz in parse(data) if satz.satzart in (STAMMDATEN, UNTERSUCHUNG, ZEIGEN))
    if not patients:
        raise InputRefused(
            (Einwand("datei", "GDT FK 8000", "In dieser GDT-Datei steht kein Patient (Satzart 6301, 6302 oder 6311)."),)
        )
    return patients


def _patient(satz: Satz) -> PvsPatient:
    warnungen = list(satz.warnungen)
    nachname, vorname, nummer = satz.first("3101"), satz.first("3102"), satz.first("3000")
    if satz.satzart == ZEIGEN and nachname is None and vorname is None:
        if nummer is None:
            raise _missing("3000", "Die Patientennummer fehlt in der GDT-Datei.")
        return PvsPatient(satzart=ZEIGEN, nummer=nummer, versicherter=None, versicherung=None, warnungen=(*warnungen,))
    if nachname is None:
        raise _missing("3101", "Der Nachname fehlt in der GDT-Datei.")
    if vorname is None:
        raise _missing("3102", "Der Vorname fehlt in der GDT-Datei.")
    if CUT_AT in (len(nachname), len(vorname)):
        warnungen.append(
            Warnung(
                code="pvs.name_gekuerzt",
                text=f"Der Name hat genau {CUT_AT} Zeichen; vielleicht wurde er gekürzt. Bitte prüfen.",
            )
        )
    zusatz, vorsatz = _name_parts(satz.first("3100"), satz.first("3120"))
    return PvsPatient(
        satzart=satz.satzart,
        nummer=nummer,
        versicherter=Versicherter(
            versicherten_id=_versicherten_id(satz, warnungen),
            titel=satz.first("3104"),
            vorname=vorname,
            namenszusatz=zusatz,
            vorsatzwort=vorsatz,
            nachname=nachname,
            geburtsdatum=_birth_date(satz.first("3103"), warnungen),
            geschlecht=_sex(satz.first("3110"), warnungen),
            anschrift=_address(satz),
        ),
        versicherung=_cover(satz),
        warnungen=tuple(warnungen),
    )


def _missing(fk: str, text: str) -> InputRefused:
    return InputRefused((Einwand(f"feld[{fk}]", f"GDT FK {fk}", text),))


def _name_parts(together: str | None, vorsatz: str | None) -> tuple[str | None, str | None]:
    """GDT puts Namenszusatz and Vorsatzwort into one field; small words at the end are the Vorsatzwort."""
    if together is None or vorsatz is not None:
        return together, vorsatz
    words = together.split()
    split = len(words)
    while split and words[split - 1][0].islower():
        split -= 1
    return " ".join(words[:split]) or None, " ".join(words[split:]) or None


def _versicherten_id(satz: Satz, warnungen: list[Warnung]) -> str | None:
    candidates = [text.replace(" ", "").upper() for fk in ("3119", "3105") if (text := satz.first(fk)) is not None]
    for candidate in candidates:
        if kvnr_valid(candidate):
            return candidate
    if candidates:
        warnungen.append(
            Warnung(
                code="pvs.versicherten_id",
                text="Die Versicherten-ID aus der Praxissoftware besteht die Prüfung nicht und wurde weggelassen.",
            )
        )
    return None


def _birth_date(text: str | None, warnungen: list[Warnung]) -> str | None:
    """``TTMMJJJJ`` (GDT), tolerated ``JJJJMMTT`` (KVDT); never both, because no month is 19 or 20."""
    if text is None or text == "00000000":
        return None
    if re.fullmatch(r"[0-9]{8}", text):
        for day, month, year in ((text[:2], text[2:4], text[4:]), (text[6:], text[4:6], text[:4])):
            if int(year) >= OLDEST_YEAR:
                found = _partial_date(year, month, day)
                if found is not None:
                    return found
    warnungen.append(
        Warnung(
            code="pvs.geburtsdatum",
            text="Das Geburtsdatum aus der Praxissoftware ist kein mögliches Datum. Bitte den Patienten fragen.",
        )
    )
    return None


def _partial_date(year: str, month: str, day: str) -> str | None:
    if month == day == "00":
        return year
    if day == "00" and "01" <= month <= "12":
        return f"{year}-{month}"
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _sex(text: str | None, warnungen: list[Warnung]) -> Geschlecht | None:
    if text is None:
        return None
    found = _SEX.get(text.upper())
    if found is None:
        warnungen.append(
            Warnung(
                code="pvs.geschlecht", text="Das Geschlecht aus der Praxissoftware ist unbekannt. Bitte nachfragen."
            )
        )
    return found


def _address(satz: Satz) -> Anschrift | None:
    plz, ort = satz.first("3112"), satz.first("3113")
    together = satz.first("3106")
    if together is not None and plz is None and ort is None:
        match = re.fullmatch(r"(?:[A-Z]{1,3}[- ])?([0-9]{4,5}) +(.+)", together)
        plz, ort = (match.group(1), match.group(2).strip()) if match else (None, together)
    fields = {
        "strasse": satz.first("3107"),
        "hausnummer": satz.first("3109"),
        "zusatz": satz.first("3115"),
        "plz": plz,
        "ort": ort,
    }
    if not any(fields.values()):
        return None
    return Anschrift(**fields, land=satz.first("3114") or "D")


def _cover(satz: Satz) -> Versicherung | None:
    """Fields that some systems pass through from KVDT; a reading date is never taken over (P2-140)."""
    art, ik = satz.first("3108"), satz.first("4111")
    ik = ik if ik is not None and ik_valid(ik) else None
    art = art if art in ("1", "3", "5") else None
    if art is None and ik is None:
        return None
    return Versicherung(
        ik=ik,
        name=satz.first("4134"),
        versichertenart=cast(Literal["1", "3", "5"] | None, art),
        personengruppe=_digits(satz.first("4131"), 2),
        dmp=_digits(satz.first("4132"), 2),
        wop=_digits(satz.first("3116"), 2),
    )


def _digits(text: str | None, count: int) -> str | None:
    return text if text is not None and re.fullmatch(f"[0-9]{{{count}}}", text) else None
