"""The outages of a year as a picture: a lane per Dienst over twelve months, then every Störung in words.

The number above a lane leads to the row below that tells cause, length and Dienste.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from papierbruecke.clock import PRAXISZEIT, local
from papierbruecke.outage.model import Dienst
from papierbruecke.outage.rueckblick import Ausfall, DienstJahr, Rueckblick, Strecke, dauer
from papierbruecke.ui import texts
from papierbruecke.ui.drawing import Box, Drawing, Muster, Place, Satz, Seite, Sheet, Text

MONATE = ("Jan", "Feb", "März", "Apr", "Mai", "Juni", "Juli", "Aug", "Sep", "Okt", "Nov", "Dez")
TAGE = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
WIDE_PX = 760
"""From this width on, the names and figures of the Dienste stand beside their lanes, else above them."""
NAME_PX, FIGURES_PX, GAP_PX = 118, 230, 12
BAR_PX, MIN_BAR_PX = 22, 5
_DAY_S = 86400
NO_OUTAGE = "In diesem Jahr war nichts auf Papier."
LEGEND = "Schräg: auf Papier · glatt: übrige Zeit · leer: noch nicht gewesen. Die Zahlen führen zur Liste."


@dataclass(frozen=True, slots=True)
class Flag:
    """The numbers of outages that lie at one place of the lanes; ``x`` is the middle."""

    x: float
    text: str
    width: float


def year_chart(rueckblick: Rueckblick, width: float, satz: Satz) -> Drawing:
    """The whole picture in this width."""
    sheet = Sheet(width, satz)
    sheet.y = sheet.paragraph(f"Ausfälle {rueckblick.jahr}", 0, 0, width, size=22, bold=True)
    sheet.y = sheet.paragraph(summary(rueckblick), 0, sheet.y + satz.px(2), width, tint="ink2") + satz.px(10)
    _lanes(sheet, rueckblick)
    sheet.y = sheet.paragraph(LEGEND, 0, sheet.y + satz.px(4), width, size=12, tint="ink2") + satz.px(14)
    sheet.may_break()
    for ausfall in rueckblick.ausfaelle:
        _row(sheet, ausfall, max(a.dauer_s for a in rueckblick.ausfaelle))
        sheet.may_break()
    return sheet.drawing()


def summary(rueckblick: Rueckblick) -> str:
    """The year in a sentence or two."""
    if not rueckblick.ausfaelle:
        return NO_OUTAGE
    count = texts.anzahl(len(rueckblick.ausfaelle), "Störung", "Störungen")
    longest = max(rueckblick.ausfaelle, key=lambda a: a.dauer_s)
    sentence = f"{count}, zusammen {dauer(rueckblick.papier_s)} auf Papier."
    if len(rueckblick.ausfaelle) > 1:
        verb = "dauert bisher" if longest.ende is None else "dauerte"
        sentence += f" Die längste ({longest.nummer}) {verb} {dauer(longest.dauer_s)}".rstrip(".") + "."
    elif longest.ende is None:
        sentence += " Sie besteht noch."
    return sentence


def described(rueckblick: Rueckblick) -> str:
    """The picture for those who do not see it."""
    figures = [f"{texts.DIENST[row.dienst]}: {figure_words(row)}" for row in rueckblick.dienste]
    rows = [f"{a.nummer}. {when(a)}, {how_long(a)}, {dienste_words(a)}, {a.ursache}" for a in rueckblick.ausfaelle]
    return "; ".join([summary(rueckblick), *figures, *rows])


def figure_words(row: DienstJahr) -> str:
    """``99,64 % verfügbar · 3 Störungen · 14 Std. auf Papier``."""
    share = "keine Messung" if row.anteil is None else f"{percent(row.anteil)} verfügbar"
    if not row.ausfaelle:
        return f"{share} · nie auf Papier"
    return f"{share} · {texts.anzahl(row.ausfaelle, 'Störung', 'Störungen')} · {dauer(row.papier_s)} auf Papier"


def percent(share: float) -> str:
    """``99,64 %``; what was not quite whole is never rounded up to 100."""
    shown = min(round(share * 100, 2), 99.99) if share < 1 else 100.0
    return f"{shown:.2f}".replace(".", ",") + " %"


def when(ausfall: Ausfall) -> str:
    """``Mo 23.11.2026, 08:19 bis 14:06 Uhr``; days that differ are both named."""
    begin = local(ausfall.beginn)
    text = f"{TAGE[begin.weekday()]} {begin:%d.%m.%Y, %H:%M}"
    if ausfall.ende is None:
        return f"seit {text} Uhr"
    end = local(ausfall.ende)
    if end.date() == begin.date():
        return f"{text} bis {end:%H:%M} Uhr"
    return f"{text} bis {TAGE[end.weekday()]} {end:%d.%m.%Y, %H:%M} Uhr"


def how_long(ausfall: Ausfall) -> str:
    """``5 Std. 47 Min.``, that it is not over, and why the clock seems to tell another length."""
    text = dauer(ausfall.dauer_s)
    if ausfall.ende is None:
        return f"{text}, besteht noch"
    shift = local(ausfall.ende).utcoffset() != local(ausfall.beginn).utcoffset()
    return f"{text} (mit Zeitumstellung)" if shift and ausfall.dauer_s < _DAY_S else text


def dienste_words(ausfall: Ausfall) -> str:
    """The Dienste that were on paper, in their fixed order."""
    return ", ".join(texts.DIENST[dienst] for dienst in Dienst if dienst in ausfall.dienste)


# -- lanes ---------------------------------------------------------------------


def span(part: Strecke, rueckblick: Rueckblick, left: float, width: float, least: float) -> tuple[float, float]:
    """Left edge and width of a stretch: in proportion, but wide enough to be seen and never outside."""
    whole = (rueckblick.bis - rueckblick.von).total_seconds()
    begin = (part.von - rueckblick.von).total_seconds() / whole * width
    wide = max(part.dauer_s / whole * width, least)
    return left + min(begin, width - wide), wide


def flags(rueckblick: Rueckblick, left: float, width: float, satz: Satz) -> list[Flag]:
    """The numbers above the lanes; what would overlap becomes one flag (``3–5``)."""
    groups: list[list[int]] = []
    made: list[Flag] = []
    for ausfall in rueckblick.ausfaelle:
        begin, wide = span(ausfall.teil, rueckblick, left, width, satz.px(MIN_BAR_PX))
        numbers, middle = [ausfall.nummer], begin + wide / 2
        flag = _flag(numbers, middle, left, width, satz)
        while made and flag.x - flag.width / 2 < made[-1].x + made[-1].width / 2 + satz.px(3):
            numbers = groups.pop() + numbers
            before = made.pop()
            flag = _flag(numbers, (before.x + flag.x) / 2, left, width, satz)
        groups.append(numbers)
        made.append(flag)
    return made


def _flag(numbers: Sequence[int], middle: float, left: float, width: float, satz: Satz) -> Flag:
    text = str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}–{numbers[-1]}"
    wide = satz.width(text, 12, bold=True) + satz.px(8)
    return Flag(min(max(middle, left + wide / 2), left + width - wide / 2), text, wide)


def _lanes(sheet: Sheet, rueckblick: Rueckblick) -> None:
    satz = sheet.satz
    beside = sheet.width >= satz.px(WIDE_PX)
    left = satz.px(NAME_PX) if beside else 0.0
    width = sheet.width - left - (satz.px(FIGURES_PX + GAP_PX) if beside else 0.0)
    _months(sheet, rueckblick, left, width)
    step, top = satz.line(12), sheet.y
    for flag in flags(rueckblick, left, width, satz):
        place = Place(flag.x - flag.width / 2, top, flag.width, step)
        sheet.add(Text(place, flag.text, 12, bold=True, seite=Seite.MITTE))
    sheet.y = top + step + satz.px(2)
    for row in rueckblick.dienste:
        if beside:
            _lane_beside(sheet, rueckblick, row, left, width)
        else:
            words = f"{texts.DIENST[row.dienst]}: {figure_words(row)}"
            sheet.y = sheet.paragraph(words, 0, sheet.y, sheet.width, size=13) + satz.px(2)
            _bar(sheet, rueckblick, row.dienst, Place(left, sheet.y, width, satz.px(BAR_PX)))
            sheet.y += satz.px(BAR_PX + 8)


def _lane_beside(sheet: Sheet, rueckblick: Rueckblick, row: DienstJahr, left: float, width: float) -> None:
    satz, y = sheet.satz, sheet.y
    words = figure_words(row).split(" · ", 1)
    at = left + width + satz.px(GAP_PX)
    end = sheet.paragraph(words[0], at, y, satz.px(FIGURES_PX), size=13, bold=True)
    end = sheet.paragraph(words[1], at, end, satz.px(FIGURES_PX), size=12, tint="ink2")
    bar = Place(left, y + (end - y - satz.px(BAR_PX)) / 2, width, satz.px(BAR_PX))
    line = satz.line(15)
    sheet.add(Text(Place(0, bar.y + (bar.height - line) / 2, left - satz.px(8), line), texts.DIENST[row.dienst]))
    _bar(sheet, rueckblick, row.dienst, bar)
    sheet.y = end + satz.px(8)


def _bar(sheet: Sheet, rueckblick: Rueckblick, dienst: Dienst, place: Place) -> None:
    """The whole year: what has been, what is still to come, and the outages on it."""
    whole = (rueckblick.bis - rueckblick.von).total_seconds()
    been = (rueckblick.stand - rueckblick.von).total_seconds() / whole * place.width
    sheet.add(Box(place, "field_line", Muster.LEER))
    if been:
        sheet.add(Box(Place(place.x, place.y, been, place.height), "chart_empty"))
    for ausfall in rueckblick.ausfaelle:
        if dienst in ausfall.dienste:
            x, wide = span(ausfall.dienste[dienst], rueckblick, place.x, place.width, sheet.satz.px(MIN_BAR_PX))
            sheet.add(Box(Place(x, place.y, wide, place.height), "bad", Muster.SCHRAEG, 1))


def _months(sheet: Sheet, rueckblick: Rueckblick, left: float, width: float) -> None:
    satz, step = sheet.satz, sheet.satz.line(12)
    whole = (rueckblick.bis - rueckblick.von).total_seconds()
    narrowest = width * 28 / 366 - satz.px(4)
    names = MONATE if max(satz.width(name, 12) for name in MONATE) <= narrowest else [name[0] for name in MONATE]
    for month, name in enumerate(names, start=1):
        begin = datetime(rueckblick.jahr, month, 1, tzinfo=PRAXISZEIT)
        after = rueckblick.bis if month == 12 else datetime(rueckblick.jahr, month + 1, 1, tzinfo=PRAXISZEIT)
        x = left + (begin - rueckblick.von).total_seconds() / whole * width
        wide = (after - begin).total_seconds() / whole * width
        sheet.add(Box(Place(x, sheet.y + step - satz.px(6), 1, satz.px(6)), "field_line", radius=0))
        sheet.add(Text(Place(x + satz.px(3), sheet.y, wide - satz.px(3), step), name, 12, tint="ink2"))
    sheet.y += step + satz.px(2)


# -- rows ----------------------------------------------------------------------


def _row(sheet: Sheet, ausfall: Ausfall, longest_s: float) -> None:
    """Number, begin and end, length in proportion to the longest, Dienste, cause."""
    satz, top = sheet.satz, sheet.y
    sheet.add(Box(Place(0, top, sheet.width, 1), "line", radius=0))
    top += satz.px(8)
    wide = max(satz.px(26), satz.width(str(ausfall.nummer), 13, bold=True) + satz.px(10))
    badge = Place(0, top, wide, satz.px(22))
    sheet.add(Box(badge, "field_line", Muster.LEER, satz.px(6)))
    sheet.add(Text(badge, str(ausfall.nummer), 13, bold=True, seite=Seite.MITTE))
    left = wide + satz.px(12)
    room = sheet.width - left
    if sheet.width >= satz.px(WIDE_PX):
        columns = ((left, room * 0.36), (left + room * 0.38, room * 0.2), (left + room * 0.6, room * 0.4))
        ends = [
            _moment(sheet, ausfall, columns[0], top),
            _length(sheet, ausfall, longest_s, columns[1], top),
            _cause(sheet, ausfall, columns[2], top),
        ]
        sheet.y = max(ends) + satz.px(8)
    else:
        end = _moment(sheet, ausfall, (left, room), top)
        end = _length(sheet, ausfall, longest_s, (left, room), end + satz.px(4))
        sheet.y = _cause(sheet, ausfall, (left, room), end + satz.px(4)) + satz.px(8)


def _moment(sheet: Sheet, ausfall: Ausfall, column: tuple[float, float], y: float) -> float:
    y = sheet.paragraph(when(ausfall), column[0], y, column[1], bold=True)
    return sheet.paragraph(dienste_words(ausfall), column[0], y, column[1], size=13, tint="ink2")


def _length(sheet: Sheet, ausfall: Ausfall, longest_s: float, column: tuple[float, float], y: float) -> float:
    satz = sheet.satz
    y = sheet.paragraph(how_long(ausfall), column[0], y, column[1])
    wide = max(column[1] * ausfall.dauer_s / longest_s if longest_s else 0.0, satz.px(MIN_BAR_PX))
    sheet.add(Box(Place(column[0], y + satz.px(3), wide, satz.px(8)), "bad", Muster.SCHRAEG))
    return y + satz.px(12)


def _cause(sheet: Sheet, ausfall: Ausfall, column: tuple[float, float], y: float) -> float:
    y = sheet.paragraph(ausfall.ursache, column[0], y, column[1])
    if not ausfall.zustaendig:
        return y
    return sheet.paragraph(f"Zuständig: {ausfall.zustaendig}", column[0], y, column[1], size=13, tint="ink2")
