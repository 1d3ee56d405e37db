"""What must be done by when, as a picture: one bar per urgency, then every Beleg with its deadline.

Contains names: it is shown where Belege are shown, and printed only by a person.
"""

from dataclasses import dataclass
from datetime import date

from papierbruecke.clock import local
from papierbruecke.reconcile.dringlichkeit import Dringlichkeit, Fristenliste
from papierbruecke.reconcile.ledger import Zeile
from papierbruecke.record.model import BelegArt
from papierbruecke.ui import texts
from papierbruecke.ui.drawing import Box, Drawing, Muster, Place, Satz, Seite, Sheet, Symbol, Text

WIDE_PX = 640
"""From this width on, the rows of the list stand in columns, else one below the other."""
LABEL_PX, NUMBER_PX, BLOCK_PX, BLOCK_GAP_PX = 190, 44, 18, 3
NOTHING_LEFT = "Nichts ist offen. Es gibt keine Frist, an die zu denken wäre."


@dataclass(frozen=True, slots=True)
class Stufe:
    """How one urgency looks: a word, a symbol, a pattern and a colour."""

    wort: str
    symbol: str
    muster: Muster
    tint: str


STUFEN = {
    Dringlichkeit.UEBERFAELLIG: Stufe("überfällig", "ausruf", Muster.SCHRAEG, "bad"),
    Dringlichkeit.HEUTE: Stufe("heute", "uhr", Muster.KARIERT, "warn"),
    Dringlichkeit.WOCHE: Stufe("nächste 7 Tage", "liste", Muster.SENKRECHT, "accent"),
    Dringlichkeit.SPAETER: Stufe("später", "weiter", Muster.GLATT, "unknown"),
    Dringlichkeit.OHNE_FRIST: Stufe("ohne Frist", "frage", Muster.LEER, "unknown"),
}
ARTEN = {
    BelegArt.REZEPT: ("Rezept", "Rezepte"),
    BelegArt.AU: ("Krankschreibung", "Krankschreibungen"),
    BelegArt.ERSATZSCHEIN: ("Ersatzschein", "Ersatzscheine"),
    BelegArt.ERINNERUNG: ("Erinnerung", "Erinnerungen"),
    BelegArt.STORNO: ("Storno", "Stornos"),
}


def deadline_chart(fristen: Fristenliste, width: float, satz: Satz, kim_in_papier: bool) -> Drawing:
    """The whole picture in this width. ``kim_in_papier``: unsent Krankschreibungen wait for the end of the Störung."""
    sheet = Sheet(width, satz)
    stand = local(fristen.stand)
    sheet.y = sheet.paragraph(f"Fristen, Stand {stand:%d.%m.%Y, %H:%M} Uhr", 0, 0, width, size=22, bold=True)
    sheet.y = sheet.paragraph(summary(fristen), 0, sheet.y + satz.px(2), width, tint="ink2") + satz.px(12)
    if not fristen.anzahl:
        sheet.may_break()
        return sheet.drawing()
    for dringlichkeit in Dringlichkeit:
        _bar(sheet, fristen, dringlichkeit)
    sheet.y += satz.px(10)
    for dringlichkeit, rows in fristen.gruppen.items():
        if rows:
            sheet.may_break()
            _heading(sheet, dringlichkeit, len(rows))
        for number, row in enumerate(rows):
            if number:
                sheet.may_break()
            _row(sheet, row, stand.date(), kim_in_papier)
    sheet.may_break()
    return sheet.drawing()


def summary(fristen: Fristenliste) -> str:
    """The list in one sentence: what presses first."""
    if not fristen.anzahl:
        return NOTHING_LEFT
    late = len(fristen.gruppen[Dringlichkeit.UEBERFAELLIG])
    today = len(fristen.gruppen[Dringlichkeit.HEUTE])
    count = texts.anzahl(fristen.anzahl, "Beleg braucht", "Belege brauchen")
    return f"{count} noch etwas: {late or 'nichts'} überfällig, {today or 'nichts'} heute fällig."


def described(fristen: Fristenliste) -> str:
    """The picture for those who do not see it; without names, these are in the list."""
    groups = [f"{STUFEN[each].wort}: {kinds(fristen, each)}" for each in Dringlichkeit if fristen.gruppen[each]]
    return "; ".join([summary(fristen), *groups])


def kinds(fristen: Fristenliste, dringlichkeit: Dringlichkeit) -> str:
    """``3 Krankschreibungen · 2 Rezepte``."""
    found = fristen.je_art(dringlichkeit)
    return " · ".join(texts.anzahl(count, *ARTEN[art]) for art, count in found.items()) or "nichts"


def until(zeile: Zeile, heute: date) -> str:
    """``bis heute, 24:00 Uhr``, ``seit 02.11.2026 überfällig``, or that there is no deadline."""
    if zeile.bis is None:
        return "ohne Frist"
    word = texts.bis(zeile.bis, heute)
    if zeile.ueberfaellig:
        return f"überfällig, war bis {word}"
    return f"bis {word}{' Uhr' if ':' in word else ''}"


# -- bars ------------------------------------------------------------------------


def _bar(sheet: Sheet, fristen: Fristenliste, dringlichkeit: Dringlichkeit) -> None:
    """Symbol, word, number, one block per Beleg; below it the kinds in words."""
    satz, top, stufe = sheet.satz, sheet.y, STUFEN[dringlichkeit]
    rows = fristen.gruppen[dringlichkeit]
    step = satz.line(15)
    sheet.add(Symbol(Place(0, top + (step - satz.px(18)) / 2, satz.px(18), satz.px(18)), stufe.symbol, stufe.tint))
    left = satz.px(26)
    sheet.add(Text(Place(left, top, satz.px(LABEL_PX) - left, step), stufe.wort, bold=bool(rows)))
    number = Place(satz.px(LABEL_PX), top, satz.px(NUMBER_PX), step)
    sheet.add(Text(number, str(len(rows)), 18, bold=True, tint=stufe.tint, seite=Seite.RECHTS))
    x = number.right + satz.px(14)
    if sheet.width - x < satz.px(LABEL_PX):  # a narrow sheet: the blocks stand below the word
        x, top = left, top + step
    y = top + (step - satz.px(BLOCK_PX)) / 2
    for place in blocks(len(rows), x, y, sheet.width - x, satz):
        sheet.add(Box(place, stufe.tint, stufe.muster, 3))
        top = max(top, place.y - (step - satz.px(BLOCK_PX)) / 2)
    below = top + step if rows else top + (step - satz.line(13)) / 2
    end = sheet.paragraph(kinds(fristen, dringlichkeit), x, below, sheet.width - x, size=13, tint="ink2")
    sheet.y = max(end, top + step) + satz.px(8)


def blocks(count: int, x: float, y: float, width: float, satz: Satz) -> list[Place]:
    """One block per Beleg, in as many lines as they need; in thin strips if there are very many."""
    wide, gap = satz.px(BLOCK_PX), satz.px(BLOCK_GAP_PX)
    per_line = max(1, int((width + gap) // (wide + gap)))
    if count > 3 * per_line:  # a heap: the length still tells the amount, the number tells it exactly
        return [Place(x, y, width, wide)]
    return [
        Place(x + number % per_line * (wide + gap), y + number // per_line * (wide + gap), wide, wide)
        for number in range(count)
    ]


# -- list ------------------------------------------------------------------------


def _heading(sheet: Sheet, dringlichkeit: Dringlichkeit, count: int) -> None:
    satz, stufe = sheet.satz, STUFEN[dringlichkeit]
    step = satz.line(15)
    size = satz.px(18)
    sheet.y += satz.px(10)
    sheet.add(Symbol(Place(0, sheet.y + (step - size) / 2, size, size), stufe.symbol, stufe.tint))
    words = f"{stufe.wort[0].upper()}{stufe.wort[1:]} ({count})"
    sheet.y = sheet.paragraph(words, satz.px(26), sheet.y, sheet.width - satz.px(26), bold=True, tint=stufe.tint)
    sheet.y += satz.px(4)


def _row(sheet: Sheet, zeile: Zeile, heute: date, kim_in_papier: bool) -> None:
    """Until when; which paper; for whom; what to do."""
    satz = sheet.satz
    sheet.add(Box(Place(0, sheet.y, sheet.width, 1), "line", radius=0))
    top = sheet.y + satz.px(6)
    beleg = zeile.beleg
    what = f"{texts.ART[beleg.art]} {beleg.belegnummer}"
    todo = texts.rest(zeile, kim_in_papier)
    if sheet.width >= satz.px(WIDE_PX):
        widths = (0.19, 0.2, 0.2, 0.41)
        x, ends = 0.0, []
        for words, part, bold in zip(
            (until(zeile, heute), what, beleg.patient, todo), widths, (True, False, False, False), strict=True
        ):
            room = sheet.width * part
            ends.append(sheet.paragraph(words, x, top, room - satz.px(12), size=13.5, bold=bold))
            x += room
        sheet.y = max(ends)
    else:
        end = sheet.paragraph(f"{what} · {beleg.patient}", 0, top, sheet.width, bold=True)
        end = sheet.paragraph(until(zeile, heute), 0, end, sheet.width, size=13.5)
        sheet.y = sheet.paragraph(todo, 0, end, sheet.width, size=13.5)
    sheet.y += satz.px(6)
