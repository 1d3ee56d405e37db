"""The German words of the desk: one table each, short, kind and exact (shared/ui, "Words")."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from papierbruecke.clock import local
from papierbruecke.outage.model import Dienst, DienstZustand
from papierbruecke.outbox.model import SPALTE, Spalte, Uebersicht, Zustand
from papierbruecke.practice.model import Kostentraeger
from papierbruecke.record.model import BelegArt, Weg
from papierbruecke.ui.theme import Ton

if TYPE_CHECKING:
    from papierbruecke.reconcile.ledger import Zeile

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
    BelegArt.ERINNERUNG: "Vermerk",
    BelegArt.STORNO: "Storno",
}
AUSFERTIGUNG = {"kk": "Krankenkasse", "v": "versicherte Person", "ag": "Arbeitgeber"}
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
KARTE_WARTET = "Die Karte ist da. F2 übernimmt ihre Daten; was Sie von Hand tippen, bleibt bis dahin stehen."
NICHT_VERWENDBAR = "Es wurde nichts übernommen. F3 öffnet die Eingabe von Hand, mit diesen Angaben schon darin."
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


class Aktion(StrEnum):
    """The one thing to do with a Beleg, as its button says."""

    KLAEREN = "Klären"
    DRUCKEN = "Drucken"
    EINGETRAGEN = "Eingetragen"
    ERFASST = "Erfasst"
    SENDEN = "Senden"
    NACHSEHEN = "Nachsehen"
    POST = "Per Post"
    FREIGEBEN = "Freigeben"
    KARTE = "Karte da"
    VERLAUF = "Verlauf"


WARTET = "Wird gesendet, sobald die Störung beendet ist (F12)."
_AU_AKTION = {
    Zustand.GEDRUCKT: Aktion.SENDEN,
    Zustand.SIGNIERT: Aktion.SENDEN,
    Zustand.GESENDET: Aktion.NACHSEHEN,
    Zustand.UNGEKLAERT: Aktion.KLAEREN,
    Zustand.POST_FAELLIG: Aktion.POST,
}


def aktion(beleg: Uebersicht, kim_in_papier: bool) -> Aktion:
    """What the button of a row does."""
    if beleg.art is BelegArt.STORNO and beleg.weg == Weg.PVS.value:
        return Aktion.VERLAUF  # one eAU has one sender: what the practice system sent is taken back there
    if beleg.art is BelegArt.STORNO:
        return Aktion.FREIGEBEN if beleg.zustand is Zustand.ERFASST else _AU_AKTION.get(beleg.zustand, Aktion.VERLAUF)
    if beleg.zustand is Zustand.ERFASST:
        return Aktion.KLAEREN
    if beleg.zustand is Zustand.VERDORBEN:
        return Aktion.DRUCKEN
    if beleg.art is not BelegArt.AU:
        return Aktion.EINGETRAGEN if beleg.zustand is Zustand.GEDRUCKT else Aktion.VERLAUF
    if beleg.weg == Weg.PVS.value:
        return Aktion.ERFASST if beleg.zustand is Zustand.GEDRUCKT else Aktion.VERLAUF
    if kim_in_papier and beleg.zustand in (Zustand.GEDRUCKT, Zustand.SIGNIERT):
        return Aktion.VERLAUF
    return _AU_AKTION.get(beleg.zustand, Aktion.VERLAUF)


def rest(zeile: "Zeile", kim_in_papier: bool) -> str:
    """The sentence of the column "Was noch zu tun ist"."""
    beleg = zeile.beleg
    unsent = beleg.art is BelegArt.AU and beleg.zustand in (Zustand.GEDRUCKT, Zustand.SIGNIERT)
    if unsent and kim_in_papier and beleg.weg == Weg.DIREKT.value:
        return WARTET
    return zeile.noch_zu_tun or zeile.storno or "–"


def bis(moment: datetime | None, heute: date) -> str:
    """A deadline as one says it: ``heute, 24:00``, ``morgen, 24:00``, ``31.12.2026``."""
    if moment is None:
        return "–"
    there = local(moment)
    day = there.date()
    # A deadline at the very end of a day is stored as its last moment or as midnight after it.
    if (there.hour, there.minute) == (0, 0):
        day -= timedelta(days=1)
    hour = "24:00" if (there.hour, there.minute) in ((0, 0), (23, 59)) else f"{there:%H:%M}"
    word = {0: "heute", 1: "morgen"}.get((day - heute).days)
    return f"{word}, {hour}" if word else f"{day:%d.%m.%Y}"


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


def kassenzeile(fund: Kostentraeger) -> str:
    """A Krankenkasse in one line."""
    place = f", {fund.orte[0]}" if fund.orte else ""
    return f"{fund.name}{place} · {fund.vknr}"
