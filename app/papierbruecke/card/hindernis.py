"""Why a card gives no data: one code and one German sentence per reason (egk.md §2, §5).

The desk must know three things within a second: what is in the slot, what that means for the
patient in front of it, what to do now. No sentence ever holds a word from the card.
"""

from dataclasses import dataclass

_HAND = "Den Patienten können Sie sofort behandeln: bitte die Daten von Hand eingeben (F3)."


@dataclass(frozen=True, slots=True)
class Hindernis:
    """One reason: ``code`` is stable (card/model.py lists them), ``text`` is for the desk."""

    code: str
    text: str


class KarteUnlesbar(Exception):
    """Reading ended without data; becomes the value ``KarteNichtLesbar`` in ``read_card``."""

    def __init__(self, hindernis: Hindernis) -> None:
        super().__init__(hindernis.code)
        self.hindernis = hindernis


KEINE_KARTE = Hindernis(
    "karte.keine",
    "Im Kartenleser steckt keine lesbare Karte. Bitte die Gesundheitskarte mit dem Chip voran stecken; "
    "auf der Rückseite (Europäische Krankenversicherungskarte) ist kein Chip.",
)
HEILBERUFSAUSWEIS = Hindernis(
    "karte.falsch", "Das ist ein Heilberufsausweis. Bitte die Gesundheitskarte des Patienten stecken."
)
PRAXISAUSWEIS = Hindernis(
    "karte.falsch",
    "Das ist ein Praxisausweis (SMC-B). Bitte wieder in das Kartenterminal stecken und hier die Gesundheitskarte.",
)
ANDERE_KARTE = Hindernis(
    "karte.falsch",
    "Das ist keine Gesundheitskarte, sondern eine andere Chipkarte. Bitte die Gesundheitskarte des Patienten stecken.",
)
KVK = Hindernis(
    "karte.falsch",
    "Das ist eine alte Krankenversichertenkarte (KVK) oder eine andere Speicherkarte; dieses Programm liest sie nicht. "
    "Bei gesetzlich Versicherten gilt sie seit 2015 nicht mehr: bitte nach der Gesundheitskarte fragen. Bei "
    f"sonstigen Kostenträgern kann sie noch gelten. {_HAND}",
)
STUMM = Hindernis(
    "karte.defekt",
    "Die Karte steckt, aber ihr Chip antwortet nicht. Bitte Lage und Kontakte prüfen und neu stecken. "
    f"Alte Krankenversichertenkarten kann dieser Leser nicht lesen. {_HAND}",
)
DEFEKT = Hindernis(
    "karte.defekt",
    f"Der Chip der Karte meldet einen Fehler. Bitte die Kontakte abwischen und neu stecken. Hilft das nicht: {_HAND}",
)
UNSICHER = Hindernis(
    "karte.defekt",
    "Die Karte liefert unsichere Daten, deshalb wurde nichts übernommen. Bitte einmal neu stecken. "
    f"Hilft das nicht: {_HAND}",
)
GEZOGEN = Hindernis(
    "karte.gezogen",
    "Die Karte wurde beim Lesen gezogen. Es wurde nichts übernommen. Bitte stecken und stecken lassen, bis die Daten "
    "erscheinen.",
)
DEAKTIVIERT = Hindernis(
    "karte.deaktiviert",
    f"Die Gesundheitsanwendung dieser Karte ist abgeschaltet; sie gilt nicht. Bitte bei der Kasse klären. {_HAND}",
)
GESPERRT = Hindernis(
    "karte.gesperrt",
    f"Diese Karte ist endgültig gesperrt. Bitte nach der neuen Karte fragen. {_HAND}",
)
KONTAKTLOS = Hindernis(
    "karte.kontaktlos",
    "Die Karte liegt auf dem kontaktlosen Feld; dort gibt sie keine Daten heraus. Bitte stecken, nicht auflegen.",
)
UNVOLLSTAENDIG = Hindernis(
    "karte.unvollstaendig",
    f"Die Daten auf der Karte sind beschädigt oder unvollständig. Es wurde nichts übernommen. {_HAND}",
)
IN_AKTUALISIERUNG = Hindernis(
    "karte.in_aktualisierung",
    "Eine Aktualisierung dieser Karte wurde nicht beendet, ihre Daten sind unsicher und wurden nicht übernommen. "
    f"Sie muss zuerst online aktualisiert werden. {_HAND}",
)
ALT = Hindernis(
    "karte.alt",
    f"Das ist eine Gesundheitskarte der ersten Generation; sie gilt seit 2019 nicht mehr. Bitte nach der neuen Karte "
    f"fragen. {_HAND}",
)
VERSION = Hindernis(
    "karte.version",
    "Diese Karte hat ein Datenformat, das dieses Programm nicht kennt. Es wurde nichts übernommen, weil Felder falsch "
    f"gedeutet werden könnten. {_HAND}",
)
MEHRERE = Hindernis(
    "karte.mehrere",
    "Es stecken zwei Gesundheitskarten. Damit nichts beim falschen Patienten landet: bitte eine ziehen und neu lesen.",
)
BELEGT = Hindernis(
    "karte.belegt",
    "Ein anderes Programm, meist die Praxissoftware, benutzt den Kartenleser gerade allein. Bitte dort kurz warten "
    f"oder das Lesen beenden und hier neu lesen. {_HAND}",
)
KEIN_LESER = Hindernis(
    "leser.keiner",
    "Es ist kein Kartenleser angeschlossen. Bitte das USB-Kabel prüfen; bei Fernzugriff (RDP) muss der Leser "
    f"weitergeleitet sein. {_HAND}",
)
LESER_FEHLT = Hindernis(
    "leser.keiner",
    "Der eingestellte Kartenleser ist nicht angeschlossen. Bitte das USB-Kabel prüfen oder in den Einstellungen einen "
    f"anderen Leser wählen. {_HAND}",
)
KEIN_DIENST = Hindernis(
    "leser.dienst",
    "Der Kartendienst dieses Computers läuft nicht. Bitte den Kartenleser ab- und wieder anstecken; hilft das nicht, "
    f"den Computer neu starten. Bei Fernzugriff (RDP) muss der Leser weitergeleitet sein. {_HAND}",
)
LESER_GETRENNT = Hindernis(
    "leser.getrennt",
    "Der Kartenleser wurde beim Lesen getrennt. Es wurde nichts übernommen. Bitte wieder anstecken und neu lesen.",
)
LESER_HAENGT = Hindernis(
    "leser.getrennt",
    "Der Kartenleser antwortet nicht mehr. Es wurde nichts übernommen. Bitte abziehen, wieder anstecken und neu lesen. "
    f"{_HAND}",
)
