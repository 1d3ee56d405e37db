"""What must still go into the practice system, patient by patient, with boxes to tick: works with every one.

It holds medical content, because it is typed off; it stays in the practice and is destroyed when
everything is entered. Source: domain sheet reconciliation §11.6.
"""

from collections.abc import Sequence

from papierbruecke.clock import local
from papierbruecke.outbox.model import SPALTE, Spalte, Uebersicht, Zustand
from papierbruecke.outbox.store import BelegStore
from papierbruecke.pdf.barcode import draw, qr
from papierbruecke.pdf.canvas import Kasten, Seite
from papierbruecke.pdf.flow import LEFT_MM, RIGHT_MM, Fluss
from papierbruecke.pdf.fonts import Schrift
from papierbruecke.pvs.hand_back import entry_texts
from papierbruecke.reconcile.report_abgleich import ART_TEXT
from papierbruecke.record.model import Beleg, BelegArt, Weg
from papierbruecke.settings import Einstellungen

TITEL = "Nacherfassungsbogen"
_TEXT_MM = RIGHT_MM - LEFT_MM - 22  # the code stands to the right of the text
_ROW_MM = 6.0
_HAKEN = {
    BelegArt.REZEPT: ("Vorbereitetes E-Rezept gelöscht, oder es gab keines", "Medikationsplan ergänzt"),
    BelegArt.AU: ("eAU in der Praxissoftware erfasst und gesendet", "Nicht noch einmal gedruckt"),
    BelegArt.ERSATZSCHEIN: ("Ersatzverfahren in der Praxissoftware angelegt", "Karte im selben Quartal eingelesen"),
    BelegArt.ERINNERUNG: ("In der Praxissoftware dokumentiert", "Teil III oder II des Formulars abgelegt"),
}


def to_enter(store: BelegStore) -> tuple[Beleg, ...]:
    """The Belege that somebody must type into the practice system, sorted by patient, then number."""
    waiting = [zeile for zeile in store.find() if _waits(zeile)]
    waiting.sort(key=lambda zeile: (zeile.patient.casefold(), zeile.belegnummer))
    found = [store.get(zeile.kennung) for zeile in waiting]
    return tuple(beleg for beleg in found if beleg is not None)


def _waits(zeile: Uebersicht) -> bool:
    if SPALTE[zeile.zustand] is not Spalte.OFFEN or zeile.zustand is Zustand.ERFASST:
        return False
    if zeile.art is BelegArt.STORNO:
        return False  # the program sends it itself
    return zeile.art is not BelegArt.AU or zeile.weg == Weg.PVS.value


def render_nacherfassung(belege: Sequence[Beleg], settings: Einstellungen, uebung: bool) -> bytes:
    """The sheet as PDF, A4; a Beleg never breaks over two pages."""
    places = settings.praxis.betriebsstaetten
    practice = f"{places[0].name}, BSNR {places[0].bsnr}" if places else "Praxis"
    foot = "Enthält Diagnosen und Verordnungen: nach dem Erfassen vernichten."
    flow = Fluss(TITEL, kopf=practice, fuss=foot, uebung=uebung)
    if not belege:
        flow.paragraph("Es ist nichts in die Praxissoftware zu übertragen.")
    patient = None
    for beleg in belege:
        name = _patient(beleg)
        if name != patient:
            flow.heading(name, 11.5)
            patient = name
        _beleg(flow, beleg)
    return flow.as_bytes()


def _patient(beleg: Beleg) -> str:
    person = beleg.inhalt.versicherter
    if person is None:
        return "Sprechstundenbedarf"
    parts = (f"{person.nachname}, {person.vorname}", _born(person.geburtsdatum), person.versicherten_id)
    return " · ".join(part for part in parts if part)


def _born(text: str | None) -> str | None:
    return "geboren " + ".".join(reversed(text.split("-"))) if text else None


def _beleg(flow: Fluss, beleg: Beleg) -> None:
    lines = [text for _, text in entry_texts(beleg)]
    boxes = _HAKEN[beleg.art]
    wrapped = flow.measure(lines, _TEXT_MM)
    flow.keep(wrapped + _ROW_MM * (len(boxes) + 2) + 4)
    symbol = qr(beleg.belegnummer, 0.6)
    flow.place(0, lambda page, y: draw(page, symbol, RIGHT_MM - symbol.width_mm, y))
    head = f"{beleg.belegnummer}  {ART_TEXT[beleg.art]} vom {local(beleg.angelegt):%d.%m.%Y, %H:%M} Uhr"
    flow.paragraph(head, schrift=Schrift.SANS_BOLD, limit_mm=_TEXT_MM)
    for line in lines:
        flow.paragraph(line, limit_mm=_TEXT_MM)
    flow.space(1)
    for box in boxes:
        flow.place(_ROW_MM, lambda page, y, box=box: _tick(page, y, box))  # type: ignore[misc]
    flow.place(_ROW_MM + 2, lambda page, y: _tick(page, y, "Eingetragen am _______________  von _______________"))
    flow.rule()


def _tick(page: Seite, y_mm: float, text: str) -> None:
    page.frame(Kasten(LEFT_MM, y_mm + 1, LEFT_MM + 3.6, y_mm + 4.6), 0.3)
    page.text(LEFT_MM + 6, y_mm + 4.1, text, Schrift.SANS, 9.5)
