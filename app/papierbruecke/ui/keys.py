"""The key table of the desk: data, shown by F1 and bound by the window (design §7)."""

from dataclasses import dataclass
from enum import StrEnum


class Befehl(StrEnum):
    """What a key does."""

    HILFE = "hilfe"
    KARTE = "karte"
    HAND = "hand"
    REZEPT = "rezept"
    AU = "au"
    ERSATZSCHEIN = "ersatzschein"
    HEUTE = "heute"
    NACHBEARBEITUNG = "nachbearbeitung"
    HAUPT = "haupt"
    LAGE = "lage"
    NOTFALLMAPPE = "notfallmappe"
    EINSTELLUNGEN = "einstellungen"
    BETRIEBSART = "betriebsart"
    NEU = "neu"
    HOTLINE = "hotline"
    SPERREN = "sperren"
    GROESSER = "groesser"
    KLEINER = "kleiner"
    ZURUECK = "zurueck"


@dataclass(frozen=True, slots=True)
class Taste:
    """One key: what it does, in words, and whether the foot line shows it."""

    befehl: Befehl
    key: str
    text: str
    fuss: str | None = None


TASTEN = (
    Taste(Befehl.HILFE, "F1", "diese Tasten und das Handbuch zeigen", "Hilfe"),
    Taste(Befehl.KARTE, "F2", "Gesundheitskarte lesen", "Karte"),
    Taste(Befehl.HAND, "F3", "Patientin oder Patienten von Hand erfassen", "Von Hand"),
    Taste(Befehl.REZEPT, "F4", "Rezept auf Muster 16", "Rezept"),
    Taste(Befehl.AU, "F5", "Krankschreibung", "AU"),
    Taste(Befehl.ERSATZSCHEIN, "F6", "Ersatzschein: Daten ohne gelesene Karte, zum Unterschreiben", "Ersatzschein"),
    Taste(Befehl.HEUTE, "F7", "Liste „Heute“ zeigen oder verbergen"),
    Taste(Befehl.NACHBEARBEITUNG, "F8", "Nachbearbeitung: was noch zu tun ist", "Nachbearbeitung"),
    Taste(Befehl.HAUPT, "F9", "das Wichtigste auf dieser Seite, zum Beispiel ablegen und drucken", "Drucken"),
    Taste(Befehl.LAGE, "F10", "Lage: was gestört ist, Verlauf, Zertifikate, Bericht", "Lage"),
    Taste(Befehl.EINSTELLUNGEN, "F11", "Einstellungen: Praxis, Drucker, Kartenleser, Konnektor, KIM"),
    Taste(Befehl.BETRIEBSART, "F12", "Betriebsart: Papier oder online, je Dienst", "Betriebsart"),
    Taste(Befehl.NEU, "Ctrl+N", "nächste Patientin, nächster Patient: leere Seite, Angefangenes wird zurückgelegt"),
    Taste(Befehl.NOTFALLMAPPE, "Ctrl+M", "Notfallmappe: erstellen, drucken, ausgefüllte Blätter erfassen"),
    Taste(Befehl.HOTLINE, "Ctrl+H", "Satz für die Hotline kopieren"),
    Taste(Befehl.SPERREN, "Ctrl+L", "Platz sperren oder jemand anders anmelden; Angefangenes bleibt"),
    Taste(Befehl.GROESSER, "Ctrl++", "Schrift größer"),
    Taste(Befehl.KLEINER, "Ctrl+-", "Schrift kleiner"),
    Taste(Befehl.ZURUECK, "Esc", "einen Schritt zurück; nichts geht verloren"),
)

ORTE = {
    Befehl.HILFE: "hilfe",
    Befehl.NACHBEARBEITUNG: "nachbearbeitung",
    Befehl.LAGE: "lage",
    Befehl.NOTFALLMAPPE: "notfallmappe",
    Befehl.EINSTELLUNGEN: "einstellungen",
}
"""Keys that only go somewhere."""

IM_FORMULAR = (
    (
        "Alt+Buchstabe",
        "zum Feld oder Knopf mit dem unterstrichenen Buchstaben; unterstrichen ist, was dort gilt, wo der Cursor steht",
    ),
    ("Alt+1 bis 9", "auf dem Rezept: in diese Zeile; Alt mit Buchstabe meint dann diese Zeile"),
    ("Strg+Bild", "in den Einstellungen der vorige, nächste Teil; im Formular das vorige, nächste Blatt"),
    ("Enter", "weiter zum nächsten Feld; im leeren Mittelfeld: zum Drucken"),
    ("Tab", "durch alle Felder, auch die seltenen"),
    ("Pfeil ab", "Vorschläge zeigen: Mittel, Diagnosen, Krankenkassen, Patienten von heute"),
    ("J", "auf die Frage nach dem Blatt: ja, richtig gedruckt"),
    ("V", "auf die Frage nach dem Blatt: verdorben"),
    ("N", "nach einem verdorbenen Blatt: noch einmal drucken"),
    ("1 bis 4", "in der Betriebsart: diesen Dienst umstellen"),
)
"""Keys that hold only where they are shown."""


IM_AUSFALL = (
    "1. Oben lesen: was gestört ist und wer zuständig ist. In der Praxis nichts umstellen.",
    "2. F12 drücken und übernehmen: nur die gestörten Dienste gehen auf Papier.",
    "3. F2 Karte, F4 Rezept, F5 AU oder F6 Ersatzschein, F9 drucken, Blatt prüfen, J drücken, unterschreiben.",
    "4. Läuft die TI wieder: F12, Störung beenden. Dann F8: nachsenden und eintragen.",
    "5. Am Abend: F8, Abgleich. Erst wenn alles erledigt ist, ist der Tag zu Ende.",
)
"""The day of an outage in five sentences."""


def shown(key: str) -> str:
    """A key as it is printed on a German keyboard."""
    return key.replace("Ctrl", "Strg")
