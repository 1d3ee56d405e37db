"""The doctor's stamp as text, for forms that are printed complete (pure).

Content: practice, name with title, Berufsbezeichnung, address, telephone, BSNR, LANR; AMVV § 2
also wants given and family name of the actual prescriber. The layout is free (BFB 2.8).
"""

from papierbruecke.errors import Einwand
from papierbruecke.forms.geometry import muster16
from papierbruecke.forms.layout import Text
from papierbruecke.pdf.canvas import Kasten
from papierbruecke.pdf.fonts import MM_PER_POINT, Schrift, width_mm
from papierbruecke.record.model import Arzt, Eingabe

LEADING = 1.15
CAP_HEIGHT = 0.73
STEP_PT = 0.25


def stempel(eingabe: Eingabe) -> tuple[list[Text], list[Einwand]]:
    """The stamp in its box on Muster 16, as large as it fits; an objection if it does not fit."""
    lage = muster16().stempel
    box = Kasten(*lage.kasten)
    size = lage.groesse_pt_max
    while size >= lage.groesse_pt_min:
        lines = [(row, face) for text, face in stempel_lines(eingabe) for row in _wrap(text, face, size, box)]
        leading_mm = size * LEADING * MM_PER_POINT
        if len(lines) * leading_mm <= box.y1 - box.y0:
            return [
                Text(
                    rolle=f"stempel.{number}",
                    x=(box.x0 + box.x1) / 2,
                    y=box.y0 + size * CAP_HEIGHT * MM_PER_POINT + (number - 1) * leading_mm,
                    text=row,
                    schrift=face,
                    groesse_pt=size,
                    mittig=True,
                )
                for number, (row, face) in enumerate(lines, start=1)
            ], []
        size -= STEP_PT
    return [], [
        Einwand(
            "betriebsstaette",
            "BFB 2.8",
            "Der Praxisstempel ist zu lang für sein Feld; bitte Praxisname oder Berufsbezeichnung kürzen.",
        )
    ]


def stempel_lines(eingabe: Eingabe) -> list[tuple[str, Schrift]]:
    """The lines of the stamp with their typeface."""
    place, arzt = eingabe.betriebsstaette, eingabe.arzt
    reach = f"Tel. {place.telefon}" + (f"  Fax {place.fax}" if place.fax else "")
    lines = [(place.name, Schrift.SANS_BOLD)]
    lines += [(text, Schrift.SANS) for text in (full_name(arzt), arzt.berufsbezeichnung)]
    if eingabe.verantwortlich is not None:
        lines += [
            (f"verantwortlich: {full_name(eingabe.verantwortlich)}", Schrift.SANS),
            (eingabe.verantwortlich.berufsbezeichnung, Schrift.SANS),
        ]
    lines.append((f"{place.strasse} {place.hausnummer}, {place.plz} {place.ort}", Schrift.SANS))
    if place.zusatz:
        lines.append((place.zusatz, Schrift.SANS))
    lines += [(reach, Schrift.SANS), (f"BSNR {place.bsnr}  LANR {arzt.lanr}", Schrift.SANS)]
    return [(text, face) for text, face in lines if text.strip()]


def full_name(arzt: Arzt) -> str:
    """Title, given name, additions and family name of a doctor."""
    parts = (arzt.titel, arzt.vorname, arzt.namenszusatz, arzt.vorsatzwort, arzt.nachname)
    return " ".join(" ".join(part.split()) for part in parts if part and part.strip())


def _wrap(text: str, schrift: Schrift, size_pt: float, box: Kasten) -> list[str]:
    width = box.x1 - box.x0
    rows: list[str] = []
    for word in text.split():
        if rows and width_mm(f"{rows[-1]} {word}", schrift, size_pt) <= width:
            rows[-1] += f" {word}"
            continue
        while width_mm(word, schrift, size_pt) > width:
            cut = next(n for n in range(len(word), 0, -1) if width_mm(word[:n], schrift, size_pt) <= width)
            rows.append(word[:cut])
            word = word[cut:]
        rows.append(word)
    return rows
