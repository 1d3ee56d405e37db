"""The 28 fields of the barcode on the Krankenkasse copy (pure).

Only the data side: which text stands in which field. The symbol is made in ``pdf/barcode.py``.
Source: KBV Technische Anlage eAU V1.26, chapter 7 (P7-01 to P7-03, Tabelle 22).
"""

from datetime import date

from papierbruecke.card.kostentraeger import payer_ik
from papierbruecke.forms.personalienfeld import ASV
from papierbruecke.record.model import AuEingabe, Diagnose, Eingabe

SEPARATOR = "\t"  # TAB after every field, also an empty one, never after the last: TA eAU 7.1
CHARSET = "iso8859-15"  # P7-03 AC1
FORMULARCODE, ERGAENZUNG, VERSION = "01", "a", "12"  # Tabelle 22, fields 01 to 03
FREITEXT_MAX = 70  # Tabelle 22, fields 24, 27, 28
FIELDS = 28


def barcode_fields(eingabe: Eingabe) -> tuple[str, ...]:
    """The fields in their order; what is not printed stays empty.

    Dates are ``JJJJMMTT``, marks are ``1``. Without a medical part the sheet carries only the
    patient, BSNR and LANR, so everything from the date of issue on is empty (BFB P4.8-30).
    """
    cover = eingabe.versicherung
    person = (
        FORMULARCODE,
        ERGAENZUNG,
        VERSION,
        # As in the data set: only a card knows the end of cover (Coverage.period, TA ID 26).
        (cover.ende or "").replace("-", "") if eingabe.herkunft == "karte" else "",
        kostentraegerkennung(eingabe),
        versichertennummer(eingabe),
        cover.versichertenart or "",
        cover.personengruppe or "00",
        cover.dmp or "00",
        betriebsstaettennummer(eingabe),
        eingabe.arzt.lanr,
    )
    if not isinstance(eingabe, AuEingabe):
        return person + ("",) * (FIELDS - len(person))
    au = eingabe.au
    return (
        *person,
        _day(eingabe.datum),
        _mark(au.art == "erst"),
        _mark(au.art == "folge"),
        _mark("arbeitsunfall" in au.ursachen),
        _mark(au.durchgangsarzt),
        _day(au.seit),
        _day(au.bis),
        _day(au.festgestellt),
        _mark("sonstiger_unfall" in au.ursachen),
        _mark("ser" in au.ursachen),
        _mark(au.reha),
        _mark(au.wiedereingliederung),
        (au.sonstige_massnahme or "")[:FREITEXT_MAX],
        _mark(au.krankengeldfall),
        _mark(au.endbescheinigung),
        ", ".join(diagnose_text(d) for d in au.diagnosen)[:FREITEXT_MAX],
        (au.diagnosetext or "")[:FREITEXT_MAX],
    )


def barcode_bytes(eingabe: Eingabe) -> bytes:
    """What the symbol carries: the fields, TAB-separated, in ISO 8859-15."""
    fields = barcode_fields(eingabe)
    if len(fields) != FIELDS or any(SEPARATOR in field for field in fields):
        raise AssertionError("28 fields, and no TAB inside any of them")
    return SEPARATOR.join(fields).encode(CHARSET)


def diagnose_text(diagnose: Diagnose) -> str:
    """Code, certainty and side with single blanks (P7-03 AC3; FB P7-90)."""
    return " ".join(part for part in (diagnose.icd, diagnose.sicherheit, diagnose.seite) if part)


def kostentraegerkennung(eingabe: Eingabe) -> str:
    """The IK that is printed and encoded: the billing payer first, nine digits (A4a Tabelle 1).

    Also after an accident at work the IK stays that of the patient's Krankenkasse, which
    forwards (TH Digitale Muster P4-04).
    """
    return payer_ik(eingabe.versicherung)


def versichertennummer(eingabe: Eingabe) -> str:
    """The Versicherten-ID, else the reference of a Sonstiger Kostenträger, at most 12 characters (FB P7-45)."""
    number = eingabe.versicherter.versicherten_id if eingabe.versicherter else None
    return (number or eingabe.skt_zusatz or "")[:12]


def betriebsstaettennummer(eingabe: Eingabe) -> str:
    """The BSNR, or the Teamnummer of an ASV team, if one issues (Tabelle 22, field 10)."""
    if eingabe.versicherung.rechtsgrundlage in ASV and eingabe.arzt.asv_teamnummer:
        return eingabe.arzt.asv_teamnummer
    return eingabe.betriebsstaette.bsnr


def _day(day: date | None) -> str:
    return "" if day is None else f"{day:%Y%m%d}"


def _mark(marked: bool) -> str:
    return "1" if marked else ""
