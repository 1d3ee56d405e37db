"""The parts of the set-up as data: which declared tables each shows, and what it is good for."""

from dataclasses import dataclass

from pydantic import BaseModel

from papierbruecke.record.model import Arzt, Betriebsstaette
from papierbruecke.settings import (
    Einstellungen,
    KimEinstellungen,
    KonnektorEinstellungen,
    LagebildEinstellungen,
    NetzEinstellungen,
    PraxisEinstellungen,
)
from papierbruecke.settings_desk import (
    DarstellungEinstellungen,
    DruckEinstellungen,
    KartenEinstellungen,
    PvsEinstellungen,
    SperreEinstellungen,
    StartEinstellungen,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the set-up: which tables it shows, and what it is good for."""

    name: str
    title: str
    why: str
    forms: tuple[tuple[str, type[BaseModel], tuple[str, ...] | None], ...]
    test: str = ""
    panel: str = ""  # what is more than a table of values


PARTS = (
    Part(
        "praxis",
        "Praxis",
        "Steht auf jedem Formular. Ohne diese Angaben druckt das Programm nichts.",
        (
            ("arzt", Arzt, None),
            ("betriebsstaette", Betriebsstaette, None),
            ("praxis", PraxisEinstellungen, ("platz", "bundesland")),
        ),
    ),
    Part(
        "druck",
        "Drucker",
        "Ohne Auswahl entstehen PDF-Dateien im Datenordner.",
        (("druck", DruckEinstellungen, None),),
        "Kalibrierseite drucken",
    ),
    Part(
        "karten",
        "Kartenleser",
        "Ein gewöhnlicher USB-Leser genügt.",
        (("karten", KartenEinstellungen, None),),
        "Karte probelesen",
    ),
    Part(
        "konnektor",
        "Konnektor",
        "Für die Lage und den Nachversand.",
        (("konnektor", KonnektorEinstellungen, None),),
        "Verbindung prüfen",
        "konnektor",
    ),
    Part(
        "kim",
        "KIM",
        "Für den Nachversand der Krankschreibungen.",
        (("kim", KimEinstellungen, None),),
        "Verbindung prüfen",
    ),
    Part(
        "lage",
        "Lagebild, Netz",
        "Woran das Programm erkennt, wessen Störung es ist.",
        (
            ("lagebild", LagebildEinstellungen, None),
            ("netz", NetzEinstellungen, None),
        ),
        "Verbindung prüfen",
    ),
    Part(
        "wege",
        "Wege, Praxissoftware",
        "Wer sendet, und wie Belege in die Praxissoftware kommen.",
        (
            ("", Einstellungen, None),
            ("pvs", PvsEinstellungen, None),
        ),
    ),
    Part(
        "listen",
        "Vorschläge",
        "Was beim Tippen von Mitteln und Diagnosen angeboten wird.",
        (),
        panel="listen",
    ),
    Part(
        "darstellung",
        "Dieser Computer",
        "Hell, dunkel, hoher Kontrast; Schrift bis 200 %; Start mit dem Computer.",
        (
            ("darstellung", DarstellungEinstellungen, None),
            ("start", StartEinstellungen, None),
        ),
    ),
    Part(
        "benutzer",
        "Benutzer",
        "Wer hier arbeitet, mit Kürzel und PIN. Im Verlauf steht dann, wer was getan hat.",
        (("sperre", SperreEinstellungen, None),),
        panel="benutzer",
    ),
    Part(
        "schluessel",
        "Schlüssel",
        "Damit nach einem Schaden nichts verloren ist.",
        (),
        panel="schluessel",
    ),
    Part(
        "weitergabe",
        "Zweiter Platz",
        "Eine Einrichtung an einen anderen Platz mitnehmen.",
        (),
        panel="weitergabe",
    ),
)
HEADINGS = {
    "darstellung": "Darstellung",
    "start": "Start",
    "arzt": "Ärztin oder Arzt",
    "betriebsstaette": "Betriebsstätte",
    "praxis": "Dieser Platz",
    "lagebild": "TI-Lagebild",
    "netz": "Eigenes Netz",
    "pvs": "Übergabe an die Praxissoftware (GDT)",
}
