"""The German words of the desk: one table each, short, kind and exact (shared/ui, "Words")."""

from dataclasses import dataclass
from datetime import date, datetime

from papierbruecke.clock import local
from papierbruecke.outage.model import Dienst, DienstZustand
from papierbruecke.outbox.model import SPALTE, Spalte, Zustand
from papierbruecke.record.model import BelegArt
from papierbruecke.ui.theme import Ton

DIENST = {Dienst.VSDM: "Karte (VSDM)", Dienst.EREZEPT: "E-Rezept", Dienst.KIM: "eAU · KIM", Dienst.EPA: "ePA"}
DIENST_SATZ = {
    Dienst.VSDM: "Karten in der Praxissoftware ohne Online-Nachweis",
    Dienst.EREZEPT: "Rezepte auf Muster 16",
    Dienst.KIM: "Krankschreibungen auf Papier, die eAU folgt später",
    Dienst.EPA: "Was in die ePA gehört, wird vorgemerkt",
}
PAPIER_WORT = {
    Dienst.VSDM: "ohne Nachweis",
    Dienst.EREZEPT: "Papier · Muster 16",
    Dienst.KIM: "Papier, folgt später",
    Dienst.EPA: "wird vorgemerkt",
}
ART = {
    BelegArt.REZEPT: "Rezept",
    BelegArt.AU: "AU",
    BelegArt.ERSATZSCHEIN: "Ersatzschein",
    BelegArt.ERINNERUNG: "Erinnerung",
}
SPALTE_WORT = {
    Spalte.ERLEDIGT: "erledigt",
    Spalte.OFFEN: "offen",
    Spalte.UNKLAR: "unklar",
    Spalte.HINFAELLIG: "hinfällig",
}
SPALTE_TON = {
    Spalte.ERLEDIGT: Ton.OK,
    Spalte.OFFEN: Ton.WARN,
    Spalte.UNKLAR: Ton.BAD,
    Spalte.HINFAELLIG: Ton.UNKNOWN,
}
SPALTE_BILD = {Spalte.ERLEDIGT: "haken", Spalte.OFFEN: "uhr", Spalte.UNKLAR: "frage", Spalte.HINFAELLIG: "kreuz"}
TON_BILD = {
    Ton.OK: "haken",
    Ton.WARN: "ausruf",
    Ton.BAD: "kreuz",
    Ton.PAPER: "papier",
    Ton.UNKNOWN: "frage",
    Ton.ACCENT: "haken",
}
ZUSTAND = {
    Zustand.ERFASST: "gespeichert",
    Zustand.GEDRUCKT: "gedruckt",
    Zustand.VERDORBEN: "Blatt verdorben",
    Zustand.STORNIERT: "storniert",
    Zustand.ERSETZT: "ersetzt",
    Zustand.DOKUMENTIERT: "eingetragen",
    Zustand.SIGNIERT: "unterschrieben",
    Zustand.IN_UEBERTRAGUNG: "in Übertragung",
    Zustand.GESENDET: "gesendet",
    Zustand.ZUGESTELLT: "zugestellt",
    Zustand.UNGEKLAERT: "unklar",
    Zustand.ABGELEHNT: "abgelehnt",
    Zustand.POST_FAELLIG: "Post fällig",
    Zustand.PER_POST: "per Post",
    Zustand.NUR_PAPIER: "nur Papier",
}
VERSICHERTENART = {"1": "Mitglied", "3": "familienversichert", "5": "Rentnerin/Rentner"}
GESCHLECHT = {"W": "weiblich", "M": "männlich", "D": "divers", "X": "unbestimmt"}
HERKUNFT = {"karte": "von der Karte", "hand": "von Hand", "eeb": "aus der eEB", "pvs": "aus der Praxissoftware"}
KEIN_NACHWEIS = (
    "Kein Nachweis: ob die Karte gesperrt ist, sieht man nur online. "
    "Karte im Quartal noch einmal in der Praxissoftware einlesen."
)
VON_HAND = "Von Hand erfasst: bitte mit der Karte oder der Praxissoftware vergleichen, sobald es geht."
NICHT_VERWENDBAR = (
    "Diese Karte ist heute nicht gültig. Die Daten werden nicht übernommen. "
    "Wenn die Praxis es so entscheidet: mit F3 von Hand erfassen."
)
ZWECK = "Keine Prüfung auf Wechselwirkungen oder Allergien. BtM und T-Rezept nie auf Muster 16."


def zustand_wort(dienst: Dienst, zustand: DienstZustand, papier: bool) -> tuple[str, Ton]:
    """The word and tone of one Dienst: what the desk can do with it now."""
    if papier:
        return PAPIER_WORT[dienst], Ton.PAPER
    if zustand is DienstZustand.VERFUEGBAR:
        return "verfügbar", Ton.OK
    if zustand is DienstZustand.UNKLAR:
        return "unklar", Ton.UNKNOWN
    return ("ohne Nachweis" if dienst is Dienst.VSDM else "gestört"), Ton.BAD


@dataclass(frozen=True, slots=True)
class Rest:
    """What remains to be done for one Beleg: a sentence, and the word on its button."""

    satz: str
    aktion: str


NICHTS = Rest("–", "Verlauf")


def was_bleibt(art: BelegArt, zustand: Zustand, weg: str, kim_in_papier: bool) -> Rest:
    """The sentence of the column "Was noch zu tun ist" and the one action that settles it."""
    if zustand is Zustand.ERFASST:
        return Rest("Klären, ob das Blatt richtig gedruckt wurde", "Klären")
    if zustand is Zustand.VERDORBEN:
        return Rest("Blatt entwertet; bei Bedarf noch einmal drucken", "Drucken")
    if art is not BelegArt.AU:
        if zustand is Zustand.GEDRUCKT:
            tail = " – kein E-Rezept nachreichen" if art is BelegArt.REZEPT else ""
            return Rest(f"In der Praxissoftware eintragen{tail}", "Eingetragen")
        return NICHTS
    return _au_rest(zustand, weg, kim_in_papier)


def _au_rest(zustand: Zustand, weg: str, kim_in_papier: bool) -> Rest:
    if zustand is Zustand.GEDRUCKT and weg == "pvs":
        return Rest("In der Praxissoftware erfassen und von dort senden – nichts neu drucken", "Erfasst")
    if zustand in (Zustand.GEDRUCKT, Zustand.SIGNIERT):
        if kim_in_papier:
            return Rest("Wird gesendet, sobald die Störung beendet ist", "Verlauf")
        if zustand is Zustand.GEDRUCKT:
            return Rest("Unterschreiben lassen und an die Kasse senden", "Senden")
        return Rest("Unterschrieben; an die Kasse senden", "Senden")
    return {
        Zustand.IN_UEBERTRAGUNG: Rest("Wird gerade gesendet", "Verlauf"),
        Zustand.GESENDET: Rest("Zustellbestätigung der Kasse abwarten", "Nachsehen"),
        Zustand.UNGEKLAERT: Rest(
            "Antwort ging verloren – Postfach prüfen, dann gleicher Versand noch einmal", "Klären"
        ),
        Zustand.ABGELEHNT: Rest("Die Kasse hat abgelehnt – bitte prüfen und berichtigt neu ausstellen", "Verlauf"),
        Zustand.POST_FAELLIG: Rest("Ausfertigung für die Krankenkasse mit der Post schicken", "Verlauf"),
    }.get(zustand, NICHTS)


def spalte(zustand: Zustand) -> Spalte:
    """The column of the Abgleich."""
    return SPALTE[zustand]


def uhrzeit(moment: datetime) -> str:
    """``08:19``, in the practice's time."""
    return f"{local(moment):%H:%M}"


def seit(moment: datetime | None, heute: date) -> str:
    """``seit 08:19 Uhr``, with the day if it was not today."""
    if moment is None:
        return ""
    there = local(moment)
    text = f"seit {there:%H:%M} Uhr" if there.date() == heute else f"seit {there:%d.%m., %H:%M} Uhr"
    return text.replace(" ", "\u00a0")  # the time is never torn from its word


def datum(text: str | None) -> str:
    """A card date (``JJJJ-MM-TT``, ``JJJJ-MM``, ``JJJJ``) as a person writes it."""
    if not text:
        return "unbekannt"
    return ".".join(reversed(text.split("-")))


def anzahl(count: int, one: str, many: str) -> str:
    """``1 Beleg``, ``12 Belege``."""
    return f"{count} {one if count == 1 else many}"
