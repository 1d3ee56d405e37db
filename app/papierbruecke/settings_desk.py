"""What belongs to one computer: printers, reader, exchange folder, look, start, lock.

None of it travels with a set-up to the second desk, except how the practice system reads its
files (``practice/share_setup.py``).
"""

from typing import Literal

from papierbruecke.declared import declared
from papierbruecke.redact import Value

_SHIFT_MM = 20.0
_PRINTING = "Design §8"


class DruckEinstellungen(Value):
    """Which printer takes which form; ``None`` = not chosen yet."""

    muster16_drucker: str | None = declared(
        None,
        "Drucker für Muster 16",
        "Liegt das rosa Papier in einem eigenen Fach, dann die Zeile mit diesem Fach wählen. Unter Windows gibt es "
        "sie nicht: dort im System einen zweiten Drucker für das Fach anlegen und hier wählen.",
        _PRINTING,
        names="drucker",
    )
    muster16_dx_mm: float = declared(
        0.0,
        "Muster 16: Versatz nach rechts",
        "Steht auf der Kalibrierseite. Ein Minus schiebt nach links.",
        _PRINTING,
        unit="mm",
        ge=-_SHIFT_MM,
        le=_SHIFT_MM,
    )
    muster16_dy_mm: float = declared(
        0.0,
        "Muster 16: Versatz nach unten",
        "Steht auf der Kalibrierseite. Ein Minus schiebt nach oben.",
        _PRINTING,
        unit="mm",
        ge=-_SHIFT_MM,
        le=_SHIFT_MM,
    )
    muster16_papier: Literal["a6", "a4"] = declared(
        "a6",
        "Muster 16: Papier im Drucker",
        "A4: der Drucker kennt nur A4; das Formular liegt dann links oben.",
        _PRINTING,
    )
    muster16_drehung: Literal[0, 90, 180, 270] = declared(
        0,
        "Muster 16: Drehung im Uhrzeigersinn",
        "Wenn das Blatt quer oder kopfüber eingelegt wird.",
        _PRINTING,
        unit="Grad",
    )
    unfall_mit_status: bool = declared(
        True,
        "Arbeitsunfall: Versicherten-Nummer und Status drucken",
        "Vorgeschrieben ist nur, dass IK und Kassenname fehlen; manche KV will auch diese Felder leer.",
        "KBV KP7-80; Design §6.4",
    )
    au_drucker: str | None = declared(
        None, "Drucker für die AU", "Weißes Papier; die AU wird ganz gezeichnet.", _PRINTING, names="drucker"
    )
    au_papier: Literal["a5", "a4"] = declared("a5", "Papier der AU", "Bei A4 steht die AU links oben.", _PRINTING)
    au_dx_mm: float = declared(
        0.0,
        "AU: Versatz nach rechts",
        "Nur nötig, wenn am linken Rand etwas fehlt.",
        _PRINTING,
        unit="mm",
        ge=-_SHIFT_MM,
        le=_SHIFT_MM,
    )
    au_dy_mm: float = declared(
        0.0,
        "AU: Versatz nach unten",
        "Nur nötig, wenn am oberen Rand etwas fehlt.",
        _PRINTING,
        unit="mm",
        ge=-_SHIFT_MM,
        le=_SHIFT_MM,
    )
    au_drehung: Literal[0, 90, 180, 270] = declared(
        0,
        "AU: Drehung im Uhrzeigersinn",
        "Wenn das Papier quer oder kopfüber eingelegt wird.",
        _PRINTING,
        unit="Grad",
    )
    ersatzschein_drucker: str | None = declared(
        None,
        "Drucker für den Ersatzschein",
        "Ohne Auswahl nimmt der Ersatzschein den Drucker der AU. Auch Listen und Berichte kommen hier heraus.",
        _PRINTING,
        names="drucker",
    )
    ersatzschein_dx_mm: float = declared(
        0.0,
        "Ersatzschein: Versatz nach rechts",
        "Gilt nur, wenn er einen eigenen Drucker hat.",
        _PRINTING,
        unit="mm",
        ge=-_SHIFT_MM,
        le=_SHIFT_MM,
    )
    ersatzschein_dy_mm: float = declared(
        0.0,
        "Ersatzschein: Versatz nach unten",
        "Gilt nur, wenn er einen eigenen Drucker hat.",
        _PRINTING,
        unit="mm",
        ge=-_SHIFT_MM,
        le=_SHIFT_MM,
    )


class KartenEinstellungen(Value):
    """How cards are read."""

    leser: str | None = declared(
        None,
        "Kartenleser",
        "Automatisch nimmt den Leser, in dem eine Gesundheitskarte steckt.",
        "egk.md §11",
        names="leser",
    )
    mit_gvd: bool = declared(
        False,
        "Kopie der geschützten Daten lesen",
        "Besondere Personengruppe und DMP stehen auch in einer frei lesbaren Kopie. Nur einschalten, wenn die Praxis "
        "das so entschieden hat.",
        "egk.md §6.4; Design §6.4",
    )
    lange_apdus: bool = declared(
        False,
        "Lange Kartenbefehle",
        "Etwas schneller; viele Leser und Fernzugriffe vertragen sie nicht.",
        "egk.md §3.2",
    )


class PvsEinstellungen(Value):
    """How records go back to the practice system (GDT 2.1)."""

    ordner: str | None = declared(
        None,
        "Austauschordner",
        "Hier legt das Programm Belege ab, und hier holt die Praxissoftware sie ab. Niemals der Datenordner dieses "
        "Programms.",
        "reconciliation.md §11.1 (GDT 2.1); Design §3 Regel 9",
        names="ordner",
    )
    empfaenger: str = declared(
        "PRAX_EDV",
        "GDT-ID der Praxissoftware",
        "Bis acht Zeichen ohne Leerzeichen; steht in deren GDT-Einstellungen.",
        "GDT 2.1, FK 8315",
        pattern=r"^\S{1,8}$",
    )
    absender: str = declared(
        "PAPBRUCK",
        "GDT-ID dieses Programms",
        "Bis acht Zeichen ohne Leerzeichen; dieselbe muss in der Praxissoftware stehen.",
        "GDT 2.1, FK 8316",
        pattern=r"^\S{1,8}$",
    )
    zeichensatz: Literal["1", "2", "3"] = declared(
        "3",
        "Zeichensatz der GDT-Dateien",
        "Sind Umlaute in der Praxissoftware falsch, hier einen anderen versuchen.",
        "GDT 2.1, FK 9206",
    )
    kurzname: str | None = declared(
        None,
        "Kurzname der Praxissoftware",
        "Vier Zeichen, wenn sie feste Dateinamen erwartet (EDV1PBRK.gdt). Leer: eine Datei je Beleg.",
        "reconciliation.md §11.1 (GDT 2.1)",
        pattern=r"^[A-Za-z0-9_]{4}$",
    )


class DarstellungEinstellungen(Value):
    """How the window looks."""

    thema: Literal["system", "hell", "dunkel", "kontrast"] = declared(
        "system", "Farben", "Gilt sofort nach dem Sichern.", "Design §7"
    )
    text: float = declared(
        1.0, "Schriftgröße", "1 bis 2; auch mit Strg + und Strg -.", "Design §7", unit="fach", ge=1.0, le=2.0
    )


class StartEinstellungen(Value):
    """How the program comes up on this computer."""

    mit_computer: bool = declared(
        False,
        "Mit dem Computer starten",
        "Das Programm wartet dann als Symbol neben der Uhr und meldet sich nur, wenn es etwas gibt.",
        "Design §7",
    )


class SperreEinstellungen(Value):
    """When the desk locks itself."""

    minuten: int = declared(
        10,
        "Sperren ohne Eingabe nach",
        "0 = nie. Gilt, sobald es Benutzer gibt; Angefangenes bleibt stehen.",
        "Design §9",
        unit="Minuten",
        ge=0,
        le=240,
    )
