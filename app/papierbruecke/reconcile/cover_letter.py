"""The letter around the Krankenkasse copies that go by post (TA eAU V1.26 P6-02 AC1c).

One letter per Krankenkasse, address in the window of a DIN 5008 envelope; the copies themselves are
printed as always and put in. It names patient and Dokumenten-ID, never a diagnosis.
"""

from collections.abc import Sequence
from datetime import date

from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.pdf.canvas import Seite
from papierbruecke.pdf.flow import Fluss, Spaltenkopf
from papierbruecke.pdf.fonts import Schrift
from papierbruecke.record.model import AuEingabe, Beleg, Betriebsstaette
from papierbruecke.settings import Einstellungen, Kassenanschrift

TITEL = "Anschreiben"
_WINDOW_X_MM, _WINDOW_Y_MM = 25.0, 50.0  # DIN 5008, form B: address field from 45 mm, 20 mm from the edge
_LINE_MM = 5.0
_SPALTEN = (
    Spaltenkopf("Versicherte Person", 50, fett=True),
    Spaltenkopf("Versicherten-ID", 32, mono=True),
    Spaltenkopf("Ausgestellt", 24),
    Spaltenkopf("Dokumenten-ID", 68),
)


def kasse_of(beleg: Beleg) -> tuple[str | None, str]:
    """IK and name of the Krankenkasse that gets this copy."""
    cover = beleg.inhalt.versicherung
    return cover.ik or cover.abrechnend_ik, cover.name or cover.abrechnend_name or ""


def render_letter(belege: Sequence[Beleg], settings: Einstellungen, heute: date, uebung: bool) -> bytes:
    """The letter for the copies of one Krankenkasse, as PDF.

    Raises InputRefused if they belong to different ones, are no AU, or its address is not known yet.
    """
    kassen = {kasse_of(beleg) for beleg in belege if isinstance(beleg.inhalt, AuEingabe)}
    if len(kassen) != 1 or any(not isinstance(beleg.inhalt, AuEingabe) for beleg in belege):
        raise _refusal("nummer", "Bitte nur Krankschreibungen derselben Krankenkasse in einen Brief legen.")
    ((ik, name),) = kassen
    address = settings.kassenanschriften.get(ik or "")
    if address is None:
        raise _refusal("kassenanschriften", f"Die Postanschrift von {name} fehlt; bitte einmal eintragen.")
    places = settings.praxis.betriebsstaetten
    practice = _sender(places[0]) if places else "Praxis"
    flow = Fluss(TITEL, kopf=practice, fuss=f"Anlagen: {len(belege)}", uebung=uebung)
    flow.place(72, lambda page, _: _window(page, practice, address))
    flow.paragraph(f"{heute:%d.%m.%Y}")
    flow.space(4)
    flow.heading("Arbeitsunfähigkeitsbescheinigungen auf Papier")
    flow.paragraph(
        "Sehr geehrte Damen und Herren,\n\nwegen einer Störung der Telematikinfrastruktur konnten wir die folgenden "
        "Arbeitsunfähigkeitsbescheinigungen nicht rechtzeitig elektronisch übermitteln. Wir schicken Ihnen deshalb die "
        "Ausfertigungen für die Krankenkasse mit Barcode."
    )
    flow.space(3)
    flow.table(_SPALTEN, [_row(beleg) for beleg in belege])
    flow.space(5)
    flow.paragraph("Mit freundlichen Grüßen")
    flow.lines_to_sign(("Datum", "Praxis"))
    return flow.as_bytes()


def _sender(place: Betriebsstaette) -> str:
    return f"{place.name}, {place.strasse} {place.hausnummer}, {place.plz} {place.ort}"


def _row(beleg: Beleg) -> list[str]:
    person = beleg.inhalt.versicherter
    name = f"{person.nachname}, {person.vorname}" if person else ""
    number = person.versicherten_id if person else None
    return [name, number or "–", f"{beleg.inhalt.datum:%d.%m.%Y}", str(beleg.kennung)]


def _window(page: Seite, practice: str, address: Kassenanschrift) -> None:
    page.text(_WINDOW_X_MM, _WINDOW_Y_MM, practice, Schrift.SANS, 6.5)
    lines = (address.name, address.zusatz, address.strasse, f"{address.plz} {address.ort}")
    for number, line in enumerate(line for line in lines if line):
        page.text(_WINDOW_X_MM, _WINDOW_Y_MM + 8 + number * _LINE_MM, line, Schrift.SANS, 10.5)


def _refusal(feld: str, text: str) -> InputRefused:
    return InputRefused((Einwand(feld, "TA eAU P6-02", text),))
