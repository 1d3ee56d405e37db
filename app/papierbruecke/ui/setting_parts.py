"""The parts of the set-up as data: which declared tables each shows, what it is good for, what can be tried out."""

from dataclasses import dataclass

from pydantic import BaseModel

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
class Section:
    """Fields of one declared table. ``path`` is where it lies in the settings (empty: at the top)."""

    name: str
    path: str
    model: type[BaseModel]
    only: tuple[str, ...] | None = None
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the set-up. ``first``: the first-run assistant asks for it. ``tests``: name and words."""

    name: str
    title: str
    why: str
    sections: tuple[Section, ...] = ()
    tests: tuple[tuple[str, str], ...] = ()
    panel: str = ""  # what is more than a table of values
    first: bool = False

    def shows(self, path: str) -> bool:
        """Whether a value has its field here (``konnektor.port``, ``weg_au``)."""
        table, _, name = path.rpartition(".")
        return any(section.path == table and name in (section.only or (name,)) for section in self.sections)


PARTS = (
    Part(
        "praxis",
        "Praxis",
        "Steht auf jedem Formular. Ohne diese Angaben druckt das Programm nichts.",
        (Section("praxis", "praxis", PraxisEinstellungen, ("platz", "bundesland"), "Dieser Platz"),),
        panel="praxis",
        first=True,
    ),
    Part(
        "druck",
        "Drucker",
        "Wählen, welcher Drucker welches Papier hat. Solange keiner gewählt ist, wird nichts gedruckt.",
        (Section("druck", "druck", DruckEinstellungen),),
        (
            ("kalibrierung", "&Kalibrierseite Muster 16 drucken"),
            ("testseite", "&Testseite der AU drucken"),
            ("drucker_liste", "Liste &neu lesen"),
        ),
        first=True,
    ),
    Part(
        "karten",
        "Kartenleser",
        "Ein gewöhnlicher USB-Leser genügt.",
        (Section("karten", "karten", KartenEinstellungen),),
        (("leser", "Leser &prüfen"), ("karte", "Karte p&robelesen"), ("leser_liste", "Liste &neu lesen")),
        first=True,
    ),
    Part(
        "konnektor",
        "Konnektor",
        "Für die Lage und den Nachversand.",
        (Section("konnektor", "konnektor", KonnektorEinstellungen),),
        (("konnektor", "&Verbindung prüfen"),),
        "konnektor",
        first=True,
    ),
    Part(
        "kim",
        "KIM",
        "Für den Nachversand der Krankschreibungen.",
        (Section("kim", "kim", KimEinstellungen),),
        (("kim", "&Verbindung prüfen"), ("kim_konto", "Anmeldung am &Konto prüfen")),
        "kim",
        first=True,
    ),
    Part(
        "lage",
        "Lagebild, Netz",
        "Woran das Programm erkennt, wessen Störung es ist.",
        (
            Section("lagebild", "lagebild", LagebildEinstellungen, None, "TI-Lagebild"),
            Section("netz", "netz", NetzEinstellungen, ("namen", "feste_adressen"), "Eigenes Netz"),
        ),
        (("lage", "&Verbindung prüfen"),),
    ),
    Part(
        "wege",
        "Wege, Praxissoftware",
        "Wer sendet, wer prüft, und wie Belege in die Praxissoftware kommen.",
        (
            Section(
                "wege",
                "",
                Einstellungen,
                ("weg_au", "weg_rezept", "rezept_zu_zweit", "automatisch_papier", "behalten_tage", "pruefnummer"),
                "Wege und Regeln",
            ),
            Section("pvs", "pvs", PvsEinstellungen, None, "Übergabe an die Praxissoftware (GDT)"),
        ),
        first=True,
    ),
    Part(
        "listen",
        "Vorschläge",
        "Was beim Tippen von Mitteln und Diagnosen angeboten wird.",
        panel="listen",
    ),
    Part(
        "darstellung",
        "Dieser Computer",
        "Hell, dunkel, hoher Kontrast; Schrift bis 200 %; Start mit dem Computer.",
        (
            Section("darstellung", "darstellung", DarstellungEinstellungen, None, "Darstellung"),
            Section("start", "start", StartEinstellungen, None, "Start"),
        ),
    ),
    Part(
        "benutzer",
        "Benutzer",
        "Wer hier arbeitet, mit Kürzel und PIN. Im Verlauf steht dann, wer was getan hat.",
        (Section("sperre", "sperre", SperreEinstellungen),),
        panel="benutzer",
        first=True,
    ),
    Part(
        "schluessel",
        "Schlüssel",
        "Damit nach einem Schaden nichts verloren ist.",
        panel="schluessel",
        first=True,
    ),
    Part(
        "sicherung",
        "Sicherung",
        "Jeden Tag von selbst, verschlüsselt, zwei Wochen lang.",
        (Section("sicherung", "", Einstellungen, ("sicherung_zweiter_ort",)),),
        panel="sicherung",
    ),
    Part(
        "weitergabe",
        "Zweiter Platz",
        "Eine Einrichtung an einen anderen Platz mitnehmen.",
        panel="weitergabe",
    ),
)
NOT_TO_BE_TYPED = frozenset(
    {
        "praxis.betriebsstaetten",  # the lists of the part "Praxis"
        "praxis.aerzte",
        "konnektor.client_p12",  # a file, loaded in the panel of the Konnektor
        "kim.kassenadressen",  # imported, or remembered from the Nachbearbeitung
        "kassenanschriften",
        "minuten_je_beleg",
        "netz.gespielt_von",  # the drill's own
        "simulator",
    }
)
"""Declared settings without a field of their own, and why."""
