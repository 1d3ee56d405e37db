"""What an eAU or a Storno says, line by line for people, in the order of the Krankenkasse copy (pure).

For the screen reader, for large text and for the command line; the page beside it is drawn from the same.
Source: KBV stylesheet EAU_Stylesheet_KK of eAU V1.2; domain sheet forms §6.2, §6.4.
"""

from datetime import date

from papierbruecke.forms import au_text
from papierbruecke.forms.au import stamp_lines
from papierbruecke.forms.au_barcode import betriebsstaettennummer, diagnose_text, kostentraegerkennung
from papierbruecke.forms.fit_text import joined
from papierbruecke.forms.storno import NIMMT_ZURUECK
from papierbruecke.forms.storno import TITEL as STORNO
from papierbruecke.record.model import AuAngaben, AuEingabe
from papierbruecke.resubmit.read_bundle import EauInhalt, StornoInhalt

Angabe = tuple[str, str]
"""What it is called on the form, and what it says."""

_URSACHE = {
    "arbeitsunfall": "Arbeitsunfall, Arbeitsunfallfolgen, Berufskrankheit",
    "sonstiger_unfall": "sonstiger Unfall, Unfallfolgen",
    "ser": "Versorgungsleiden (z.B. SER)",
}
_QUALIFIKATION = {"00": "", "03": " (in Weiterbildung)", "04": " (in Vertretung)"}


def content_words(inhalt: EauInhalt | StornoInhalt) -> tuple[Angabe, ...]:
    """Every statement that is there; what is not stated has no line."""
    if isinstance(inhalt, StornoInhalt):
        storno = inhalt.eingabe
        lines = [
            ("Was signiert wird", STORNO),
            (NIMMT_ZURUECK, str(storno.storno.dokument)),
            ("Datum des Stornos", _day(storno.datum)),
            ("Praxis, Ärztin oder Arzt", "\n".join(filter(None, stamp_lines(storno, "kk")))),
        ]
    else:
        eau = inhalt.eingabe
        lines = [*_person(eau), *_sick_note(eau.au), *_stamp(eau), *_findings(eau.au)]
        lines.append((au_text.PRUEFNUMMER, inhalt.pruefnummer))
    return (*((label, value) for label, value in lines if value), ("Dokumenten-ID", str(inhalt.kennung)))


def _person(eau: AuEingabe) -> list[Angabe]:
    cover, person, accident = eau.versicherung, eau.versicherter, eau.unfallversicherung
    if person is None:
        raise AssertionError("an eAU without a person is never built")
    status = joined(cover.versichertenart, cover.personengruppe, cover.dmp, cover.rechtsgrundlage)
    insurer = joined(accident.name, f"(IK {accident.ik})" if accident.ik else None) if accident else cover.name or ""
    place = person.anschrift
    town = place or person.postfach
    street = joined(place.strasse, place.hausnummer, place.zusatz) if place else ""
    box = person.postfach
    return [
        (au_text.KOSTENTRAEGER, insurer),
        ("WOP", cover.wop or ""),
        (
            "Name",
            joined(person.titel, person.vorname, person.namenszusatz, person.vorsatzwort, person.nachname),
        ),
        (au_text.GEBOREN, ".".join(reversed((person.geburtsdatum or "").split("-")))),
        ("Anschrift", street or (f"Postfach: {box.postfach}" if box else "")),
        ("Wohnort", joined(town.land, town.plz, town.ort) if town else ""),
        (au_text.KENNUNG_KOSTENTRAEGER, kostentraegerkennung(eau)),
        ("Versicherungsschutz bis", ".".join(reversed((cover.ende or "").split("-")))),
        (au_text.VERSICHERTEN_NR, person.versicherten_id or ""),
        (au_text.STATUS, status),
        (au_text.BETRIEBSSTAETTE, betriebsstaettennummer(eau)),
        (au_text.ARZT, eau.arzt.lanr),
        (au_text.DATUM, _day(eau.datum)),
    ]


def _sick_note(au: AuAngaben) -> list[Angabe]:
    kind = au_text.ERSTBESCHEINIGUNG if au.art == "erst" else au_text.FOLGEBESCHEINIGUNG
    return [
        ("Bescheinigung", kind),
        ("Unfall", ", ".join(_URSACHE[cause] for cause in au.ursachen)),
        ("Durchgangsarzt", "zugewiesen" if au.durchgangsarzt else ""),
        (" ".join(au_text.SEIT), _day(au.seit)),
        ("voraussichtlich arbeitsunfähig bis", _day(au.bis)),
        (" ".join(au_text.FESTGESTELLT), _day(au.festgestellt)),
    ]


def _stamp(eau: AuEingabe) -> list[Angabe]:
    issuer = eau.arzt
    name = joined(issuer.titel, issuer.vorname, issuer.namenszusatz, issuer.vorsatzwort, issuer.nachname)
    lines = [("Ausgestellt von", f"{name}, {issuer.berufsbezeichnung}{_QUALIFIKATION[issuer.qualifikation or '00']}")]
    if eau.verantwortlich is not None:
        doctor = eau.verantwortlich
        name = joined(doctor.titel, doctor.vorname, doctor.namenszusatz, doctor.vorsatzwort, doctor.nachname)
        lines.append(("Verantwortlich", f"{name}, {doctor.berufsbezeichnung}, {doctor.lanr}"))
    place = eau.betriebsstaette
    street = joined(place.strasse, place.hausnummer, place.zusatz)
    return [*lines, ("Praxis", ", ".join((place.name, street, joined(place.land, place.plz, place.ort))))]


def _findings(au: AuAngaben) -> list[Angabe]:
    wanted = (
        " ".join(au_text.REHA) if au.reha else "",
        " ".join(au_text.WIEDEREINGLIEDERUNG) if au.wiedereingliederung else "",
        au.sonstige_massnahme or "",
    )
    return [
        (au_text.DIAGNOSEN, ", ".join(map(diagnose_text, au.diagnosen))),
        ("Diagnose in Worten", au.diagnosetext or ""),
        ("Besondere Maßnahmen", ", ".join(filter(None, wanted))),
        (au_text.KRANKENGELDFALL, " ".join(au_text.AB_WOCHE_7) if au.krankengeldfall else ""),
        ("Ende der Arbeitsunfähigkeit", "Endbescheinigung" if au.endbescheinigung else ""),
    ]


def _day(day: date | None) -> str:
    return "" if day is None else f"{day:%d.%m.%Y}"
