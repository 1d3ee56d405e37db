"""The recovery sheet on paper: the code that opens the data folder when everything else is lost."""

from datetime import datetime

from papierbruecke.clock import local
from papierbruecke.pdf.barcode import draw, qr
from papierbruecke.pdf.canvas import Seite
from papierbruecke.pdf.flow import LEFT_MM, Fluss
from papierbruecke.pdf.fonts import Schrift
from papierbruecke.settings import Einstellungen

_MODULE_MM = 1.1
_STEPS = (
    "1. Papierbrücke auf dem neuen Computer installieren und den Datenordner (oder eine Sicherung) dorthin kopieren.",
    "2. Den Code in eine Textdatei schreiben und das Programm mit --schluessel-datei starten. Bindestriche und "
    "Kleinbuchstaben sind gleichgültig.",
    "3. Bei einer Sicherung: papierbruecke sicherung zurueckholen.",
    "4. papierbruecke schluessel anmelden: Danach öffnet die Anmeldung am Computer den Ordner wieder von selbst.",
    "5. Zum Schluss ein neues Blatt drucken (papierbruecke schluessel blatt) und dieses vernichten.",
)


def render_recovery_sheet(code: str, settings: Einstellungen, erstellt: datetime, uebung: bool) -> bytes:
    """One A4 page with the code as text and as QR; whoever holds it can read all records of this desk."""
    places = settings.praxis.betriebsstaetten
    flow = Fluss(
        "Wiederherstellungsblatt",
        kopf=places[0].name if places else "Praxis",
        fuss="Verschlossen aufbewahren, nicht beim Computer. Nicht kopieren, nicht fotografieren.",
        uebung=uebung,
    )
    flow.paragraph(
        f"Platz {settings.praxis.platz}, gedruckt am {local(erstellt):%d.%m.%Y um %H:%M} Uhr. Ältere Blätter dieses "
        "Platzes gelten nicht mehr."
    )
    flow.paragraph(
        "Mit diesem Code lässt sich der verschlüsselte Datenordner öffnen, wenn das Benutzerkonto des Computers oder "
        "die Passphrase verloren ist. Wer ihn hat, kann alle Belege lesen."
    )
    flow.space(4)
    groups = code.split("-")
    half = len(groups) // 2
    for line in (groups[:half], groups[half:]):
        flow.paragraph("-".join(line), schrift=Schrift.MONO, size_pt=17)
        flow.space(1)
    flow.space(3)
    symbol = qr(code, _MODULE_MM)

    def place(seite: Seite, y_mm: float) -> None:
        draw(seite, symbol, LEFT_MM, y_mm)

    flow.place(symbol.height_mm, place)
    flow.heading("So geht es", 11)
    for step in _STEPS:
        flow.paragraph(step)
        flow.space(1)
    flow.lines_to_sign(("Aufbewahrt in", "Übergeben an", "Datum"))
    return flow.as_bytes()
