"""The Abgleich on paper: what came of every Beleg, to be looked through and signed in the evening.

It names patients, because somebody must find them in the practice system; it never names a
diagnosis or a medicine (domain sheet reconciliation §7, §8.1).
"""

from papierbruecke.clock import local
from papierbruecke.outage.model import Dienst
from papierbruecke.outbox.model import Spalte
from papierbruecke.pdf.flow import Fluss, Spaltenkopf
from papierbruecke.pdf.fonts import Schrift
from papierbruecke.reconcile.ledger import NACHFRAGE, SPALTE_TEXT, SPALTEN, Abgleich, StoerungsAbgleich, Zeile
from papierbruecke.record.model import BelegArt
from papierbruecke.settings import Einstellungen

ART_TEXT = {
    BelegArt.REZEPT: "Rezept",
    BelegArt.AU: "AU",
    BelegArt.ERSATZSCHEIN: "Ersatzschein",
    BelegArt.ERINNERUNG: "Vermerk",
    BelegArt.STORNO: "Storno",
}
DIENST_TEXT = {
    Dienst.VSDM: "Versichertendaten (VSDM)",
    Dienst.EREZEPT: "E-Rezept",
    Dienst.KIM: "KIM und eAU",
    Dienst.EPA: "ePA",
}
_OFFENE = (
    Spaltenkopf("Belegnummer", 34, mono=True),
    Spaltenkopf("Art", 21),
    Spaltenkopf("Patient", 33, fett=True),
    Spaltenkopf("Was noch zu tun ist", 65),
    Spaltenkopf("Bis", 21),
)
_FERTIGE = (
    Spaltenkopf("Belegnummer", 34, mono=True),
    Spaltenkopf("Art", 21),
    Spaltenkopf("Patient", 33, fett=True),
    Spaltenkopf("Stand", 65),
    Spaltenkopf("Seit", 21),
)


def render_abgleich(abgleich: Abgleich, settings: Einstellungen, uebung: bool) -> bytes:
    """The Abgleich as PDF, A4, with lines for two signatures."""
    places = settings.praxis.betriebsstaetten
    practice = f"{places[0].name}, BSNR {places[0].bsnr}" if places else "Praxis"
    made = f"Erstellt am {local(abgleich.erstellt):%d.%m.%Y um %H:%M} Uhr"
    flow = Fluss(
        "Abgleich", kopf=practice, fuss=f"{made}. Enthält Patientendaten: verschlossen aufbewahren.", uebung=uebung
    )
    if not abgleich.stoerungen:
        flow.paragraph("Es gibt noch keine Störung und keinen Beleg.")
    for each in abgleich.stoerungen:
        _stoerung(flow, each)
    if abgleich.stoerungen:
        flow.keep(40)
        flow.space(6)
        flow.paragraph(
            "Jeder Beleg steht in genau einer Spalte. Alles ist abgeschlossen."
            if abgleich.closed
            else "Jeder Beleg steht in genau einer Spalte. Noch ist nicht alles abgeschlossen."
        )
        flow.lines_to_sign(("Datum", "Nachbearbeitung durch", "Geprüft von"))
    return flow.as_bytes()


def _stoerung(flow: Fluss, each: StoerungsAbgleich) -> None:
    flow.heading(each.titel)
    if not each.stoerung.einzelfaelle:
        ended = each.stoerung.ende
        until = f"bis {local(ended):%d.%m.%Y, %H:%M} Uhr" if ended else "dauert noch an"
        services = ", ".join(DIENST_TEXT[dienst] for dienst in each.stoerung.dienste)
        reason = f" Grund: {each.stoerung.grund}" if each.stoerung.grund else ""
        flow.paragraph(f"Betroffen: {services}; {until}.{reason}")
        if each.nachfragen:
            flow.paragraph(NACHFRAGE, schrift=Schrift.SANS_BOLD)
        flow.space(1.5)
    flow.tiles([(str(each.erwartet), "erwartet"), *((str(each.count(s)), _words(s)) for s in SPALTEN)])
    for spalte in SPALTEN:
        rows = [zeile for zeile in each.zeilen if zeile.spalte is spalte]
        if not rows:
            continue
        flow.keep(26)
        flow.space(2)
        flow.heading(f"{_SYMBOL[spalte]} {SPALTE_TEXT[spalte].capitalize()} ({len(rows)})", 10.5)
        if spalte in (Spalte.OFFEN, Spalte.UNKLAR):
            flow.table(_OFFENE, [_open_row(zeile) for zeile in rows])
        else:
            flow.table(_FERTIGE, [_done_row(zeile) for zeile in rows])
    flow.space(5)


_SYMBOL = {Spalte.UNKLAR: "?", Spalte.OFFEN: "□", Spalte.ERLEDIGT: "√", Spalte.HINFAELLIG: "–"}


def _words(spalte: Spalte) -> str:
    return f"{_SYMBOL[spalte]} {SPALTE_TEXT[spalte]}"


def _open_row(zeile: Zeile) -> list[str]:
    until = f"{local(zeile.bis):%d.%m.%Y}" if zeile.bis else "–"
    return [
        zeile.beleg.belegnummer,
        ART_TEXT[zeile.beleg.art],
        zeile.beleg.patient,
        "\n".join((f"{_sentence(zeile.satz)} {zeile.noch_zu_tun}", *zeile.nachweis)),
        f"{until} überfällig!" if zeile.ueberfaellig else until,
    ]


def _done_row(zeile: Zeile) -> list[str]:
    since = f"{local(zeile.beleg.seit):%d.%m.%Y %H:%M}"
    stand = "\n".join((_sentence(zeile.satz), *zeile.nachweis))
    return [zeile.beleg.belegnummer, ART_TEXT[zeile.beleg.art], zeile.beleg.patient, stand, since]


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
