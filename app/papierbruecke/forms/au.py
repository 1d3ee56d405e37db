"""The paper AU: what stands where on the three copies, as data in millimetres (pure).

The Muster 1 of old is gone; KK, V and AG copy are drawn whole on white paper, in the look
and order of the KBV stylesheets. One layout on A5; A4 is the same page enlarged, only the
barcode keeps its size. What does not fit is set smaller, then on more lines; only a name
that fits nowhere is cut, visibly, as the stylesheet cuts it.
Source: KBV Technische Anlage eAU V1.26 P6-02, P7-02; stylesheets eAU V1.2; order: domain
sheet forms §6.2.
"""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from papierbruecke.card.kostentraeger import payer_name
from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.forms import au_text as wording
from papierbruecke.forms.au_barcode import (
    barcode_bytes,
    betriebsstaettennummer,
    diagnose_text,
    kostentraegerkennung,
    versichertennummer,
)
from papierbruecke.forms.au_text import Ausfertigung
from papierbruecke.forms.drawing import (
    Box,
    Element,
    Line,
    Page,
    Paragraph,
    Pdf417,
    QrCode,
    Text,
    Tick,
    enlarged,
)
from papierbruecke.forms.fit_text import TooLong, fit, fit_or_cut, joined
from papierbruecke.pdf.fonts import Schrift
from papierbruecke.record.model import Arzt, AuEingabe, Eingabe, StornoEingabe

A5 = (148.0, 210.0)
A4 = (210.0, 297.0)
A4_FACTOR = 1.41  # the frame of A5 enlarged to A4, a hair under the square root of two

LEFT, MIDDLE, RIGHT = 7.0, 85.0, 141.0
"""Left edge of both columns and the right edge; 27 to 20 em wide as in the stylesheet."""
LEFT_END = 82.0
FRAME_X, FRAME_TOP, FRAME_BOTTOM = 5.0, 5.0, 205.0
FRAME_WIDTH = 138.0
STAMP_TOP, STAMP_BOTTOM = 54.0, 105.0
BARCODE_BOTTOM = 53.4
RULE_Y = 108.0
TICK = 3.5
THIN, THICK = 0.2, 0.4

LABEL_PT, INFO_PT, BOLD_PT, DATA_PT, STAMP_PT, FOOT_PT = 5.2, 6.0, 7.2, 8.0, 7.2, 5.5
SMALLEST_PT = 4.8
LABEL_STEP = 2.5


@dataclass(frozen=True, slots=True)
class AuCopy:
    """What one copy shows. ``eingabe`` None: blank; without a medical part: patient, BSNR and LANR only."""

    copy: Ausfertigung
    eingabe: Eingabe | None = None
    kennung: UUID | None = None
    belegnummer: str | None = None
    pruefnummer: str | None = None
    qr: bool = False
    notiz: str | None = None
    barcode: bool = True  # may be left out where the copy is only looked at (TA eAU P4-02)


@dataclass(slots=True)
class _Sheet:
    """Collects the elements of a page."""

    elements: list[Element] = field(default_factory=list)

    def label(self, x: float, y: float, *lines: str, size: float = INFO_PT) -> None:
        for index, line in enumerate(lines):
            self.elements.append(Text(x, y + index * LABEL_STEP, line, Schrift.SANS, size))

    def data(self, x: float, y: float, text: str, width: float, *, align: str = "left", lines: int = 1) -> None:
        """A value in the data font, smaller if it must be, at last on ``lines`` lines upwards of y."""
        if not text:
            return
        size, parts = fit_or_cut(text, width, DATA_PT, SMALLEST_PT, lines)
        step = SMALLEST_PT * 0.42
        for index, part in enumerate(parts):
            baseline = y - (len(parts) - 1 - index) * step
            self.elements.append(Text(x, baseline, part, Schrift.MONO, size, align))  # type: ignore[arg-type]

    def tick(self, x: float, y: float, marked: bool, *lines: str) -> None:
        """A ballot box with its upper edge at y and its label beside it."""
        self.elements.append(Tick(x, y, TICK, marked))
        first = y + (TICK / 2 + 0.75 if len(lines) == 1 else 1.3)
        self.label(x + 5.6, first, *lines)

    def rule(self, x1: float, y: float, x2: float) -> None:
        self.elements.append(Line(x1, y, x2, y, THIN))


def layout_objections(eingabe: AuEingabe) -> list[Einwand]:
    """What does not fit on this form in any size, before anything is stored."""
    try:
        au_page(AuCopy("kk", eingabe))
    except InputRefused as refused:
        return list(refused.einwaende)
    return []


def au_page(copy: AuCopy, papier: str = "a5") -> Page:
    """One copy as a page of A5 or A4."""
    sheet = _Sheet()
    shown = copy.eingabe if isinstance(copy.eingabe, AuEingabe) else None
    _personalienfeld(sheet, copy)
    _head(sheet, copy, shown)
    _dates(sheet, copy, shown)
    _stamp(sheet, copy)
    if copy.copy == "ag":
        bottom = 119.0
        _footer(sheet, copy, 111.0)
    else:
        bottom = FRAME_BOTTOM
        sheet.rule(FRAME_X, RULE_Y, FRAME_X + FRAME_WIDTH)
        _diagnosen(sheet, shown)
        _massnahmen(sheet, shown)
        _krankengeld(sheet, copy, shown)
        _footer(sheet, copy, 197.0)
    sheet.elements.append(Box(FRAME_X, FRAME_TOP, FRAME_WIDTH, bottom - FRAME_TOP, THIN))
    page = Page(*A5, tuple(sheet.elements))
    return page if papier == "a5" else enlarged(page, A4_FACTOR, *A4)


def _personalienfeld(sheet: _Sheet, copy: AuCopy) -> None:
    """Rows and cells of the stylesheet's own Personalienfeld (forms §6.3), same place on each copy."""
    left, right = LEFT, LEFT_END
    sheet.elements.append(Box(left, 7, right - left, 43.5, THIN))
    for y in (15.5, 36.5, 43.5):
        sheet.rule(left, y, right)
    for x, top, bottom in ((32.0, 39.4, 43.5), (59.8, 39.4, 43.5), (32.0, 46.4, 50.5), (57.0, 46.4, 50.5)):
        sheet.elements.append(Line(x, top, x, bottom, THIN))
    for x, y, text in (
        (left, 9.2, wording.KOSTENTRAEGER),
        (left, 17.8, wording.VERSICHERTER),
        (left, 38.7, wording.KENNUNG_KOSTENTRAEGER),
        (32.0, 38.7, wording.VERSICHERTEN_NR),
        (59.8, 38.7, wording.STATUS),
        (left, 45.7, wording.BETRIEBSSTAETTE),
        (32.0, 45.7, wording.ARZT),
        (57.0, 45.7, wording.DATUM),
    ):
        sheet.label(x + 0.8, y, text, size=LABEL_PT)
    sheet.elements.append(Text(72.3, 20.6, wording.GEBOREN, Schrift.SANS, LABEL_PT, "center"))
    if copy.copy == "ag":
        # Only solid black here: the values behind it are nowhere in the file (P6-02, forms §6.6).
        sheet.elements.append(Box(59.8, 39.4, right - 59.8, 4.1, 0, filled=True))
        sheet.elements.append(Box(left, 46.4, 32.0 - left, 4.1, 0, filled=True))
    if copy.eingabe is not None:
        _person(sheet, copy, copy.eingabe)


def _person(sheet: _Sheet, copy: AuCopy, eingabe: Eingabe) -> None:
    left, right = LEFT + 0.8, LEFT_END - 0.8
    cover, person = eingabe.versicherung, eingabe.versicherter
    accident = eingabe.unfallversicherung
    payer = accident.name if accident else payer_name(cover)
    sheet.data(left, 13.9, payer, right - left - 6)
    sheet.data(right, 13.9, cover.wop or "", 5, align="right")
    if person is not None:
        birth = _birth(person.geburtsdatum)
        name = joined(person.titel, person.vorname, person.namenszusatz, person.vorsatzwort)
        sheet.data(left, 22.0, person.nachname, 54)
        sheet.data(left, 26.2, name, 54, lines=2)
        sheet.data(right, 26.2, birth, 18, align="right")
        street, town = _address(eingabe)
        sheet.data(left, 30.5, street, right - left)
        sheet.data(left, 34.8, town, right - left)
        sheet.data(32.8, 42.6, versichertennummer(eingabe), 26)
    sheet.data(left, 42.6, kostentraegerkennung(eingabe), 24)
    sheet.data(32.8, 49.6, eingabe.arzt.lanr, 23)
    if copy.copy != "ag":
        parts = (
            cover.versichertenart or " ",
            cover.personengruppe or "00",
            cover.dmp or "00",
            cover.rechtsgrundlage,
        )
        sheet.data(60.6, 42.6, " ".join(parts), 20.6)
        sheet.data(left, 49.6, betriebsstaettennummer(eingabe), 24)
    if isinstance(eingabe, AuEingabe):
        sheet.data(57.8, 49.6, _day(eingabe.datum), 23)


def _head(sheet: _Sheet, copy: AuCopy, shown: AuEingabe | None) -> None:
    """Title, kind of AU and the zone above the stamp: barcode (KK), nothing (V), a sentence (AG)."""
    for y, line in zip((11.0, 15.8), wording.TITEL, strict=True):
        sheet.elements.append(Text(MIDDLE, y, line, Schrift.SANS_BOLD, 11))
    sheet.elements.append(Text(137.0, 11.0, wording.MUSTER, Schrift.SANS_BOLD, 11, "right"))
    art = shown.au.art if shown else None
    for y, marked, text in (
        (19.0, art == "erst", wording.ERSTBESCHEINIGUNG),
        (24.4, art == "folge", wording.FOLGEBESCHEINIGUNG),
    ):
        sheet.elements.append(Tick(MIDDLE, y, TICK, marked))
        sheet.elements.append(Text(MIDDLE + 5.6, y + 2.7, text, Schrift.SANS_BOLD, BOLD_PT))
    if copy.copy == "ag":
        sheet.elements.append(Paragraph(MIDDLE, 33.0, 56.0, wording.KASSE_ERFAEHRT, Schrift.SANS, INFO_PT, LABEL_STEP))
    elif copy.copy == "kk" and copy.eingabe is not None and copy.barcode:
        data = barcode_bytes(copy.eingabe)
        sheet.elements.append(Pdf417(RIGHT, BARCODE_BOTTOM, data))


def _dates(sheet: _Sheet, copy: AuCopy, shown: AuEingabe | None) -> None:
    au = shown.au if shown else None
    middle = LEFT + 38.9
    sheet.tick(LEFT, 54.0, au is not None and "arbeitsunfall" in au.ursachen, *wording.ARBEITSUNFALL)
    sheet.tick(middle, 54.0, au is not None and au.durchgangsarzt, *wording.DURCHGANGSARZT)
    for label_y, y, label, day in (
        (65.0, 65.0, wording.SEIT, au.seit if au else None),
        (70.5, 73.0, wording.BIS, au.bis if au else None),
        (82.0, 82.0, wording.FESTGESTELLT, au.festgestellt if au else None),
    ):
        sheet.label(LEFT, label_y, *label)
        sheet.rule(middle, y + 1.0, LEFT_END)
        sheet.data((middle + LEFT_END) / 2, y, _day(day), 30, align="center")
    if copy.copy == "ag":
        sheet.tick(LEFT, 87.0, au is not None and "sonstiger_unfall" in au.ursachen, *wording.SONSTIGER_UNFALL)
    top = STAMP_BOTTOM - 5.2
    sheet.elements.append(Box(LEFT, top, LEFT_END - LEFT, 5.2, THICK))
    sheet.elements.append(
        Text((LEFT + LEFT_END) / 2, top + 3.5, wording.AUSFERTIGUNG[copy.copy], Schrift.SANS_BOLD, BOLD_PT, "center")
    )


def _stamp(sheet: _Sheet, copy: AuCopy) -> None:
    sheet.elements.append(Box(MIDDLE, STAMP_TOP, RIGHT - MIDDLE, STAMP_BOTTOM - STAMP_TOP, THIN))
    sheet.elements.append(
        Text((MIDDLE + RIGHT) / 2, STAMP_BOTTOM - 1.2, wording.STEMPEL, Schrift.SANS, LABEL_PT, "center")
    )
    if copy.eingabe is None:
        return
    lines = stamp_lines(copy.eingabe, copy.copy)
    size = STAMP_PT
    room = STAMP_BOTTOM - STAMP_TOP - 4.5
    while size >= SMALLEST_PT:
        step = size * 0.4
        try:
            broken = [part for line in lines for part in (fit(line, 54.4, size, size, 9)[1] if line else [""])]
        except TooLong:
            broken = []
        if broken and len(broken) * step <= room:
            for index, part in enumerate(broken):
                if part:
                    sheet.elements.append(Text(MIDDLE + 0.8, STAMP_TOP + 3.2 + index * step, part, Schrift.MONO, size))
            return
        size -= 0.4
    raise InputRefused(
        (Einwand("betriebsstaette", "TA eAU P6-02", "Die Angaben passen nicht in das Feld für den Arztstempel."),)
    )


def stamp_lines(eingabe: Eingabe, copy: Ausfertigung) -> list[str]:
    """Practice and doctors as the stylesheet lists them; on AG the BSNR's line stays empty."""
    place = eingabe.betriebsstaette
    number = "" if copy == "ag" else betriebsstaettennummer(eingabe)
    if not isinstance(eingabe, AuEingabe | StornoEingabe):
        return [number, eingabe.arzt.lanr]
    practice = [
        place.name,
        number,
        joined(place.strasse, place.hausnummer),
        place.zusatz or None,
        joined(place.plz, place.ort),
        f"Tel: {place.telefon}",
        f"Fax: {place.fax}" if place.fax else None,
        f"E-Mail: {place.email}" if place.email else None,
    ]
    if copy == "ag":
        # Whatever the practice typed elsewhere in its stamp: the number is not on this copy.
        secret = {place.bsnr, eingabe.arzt.asv_teamnummer}
        for hidden in filter(None, secret):
            practice = [line and joined(line.replace(hidden, " ")) for line in practice]
    lines = [line for line in practice if line is not None] + _doctor(eingabe.arzt)
    if eingabe.verantwortlich is not None:
        lines += _doctor(eingabe.verantwortlich)
    return lines


def _doctor(arzt: Arzt) -> list[str]:
    name = joined(arzt.titel, arzt.vorname, arzt.namenszusatz, arzt.vorsatzwort, arzt.nachname)
    return [name, arzt.berufsbezeichnung, arzt.lanr]


def _diagnosen(sheet: _Sheet, shown: AuEingabe | None) -> None:
    sheet.elements.append(Text(LEFT, 112.6, wording.DIAGNOSEN, Schrift.SANS_BOLD, BOLD_PT))
    sheet.elements.append(Text(LEFT + 36.6, 112.6, wording.DIAGNOSEN_ZUSATZ, Schrift.SANS_ITALIC, LABEL_PT))
    diagnosen = shown.au.diagnosen if shown else ()
    for index in range(6):
        row, column = divmod(index, 3)
        x, y = LEFT + column * 31.0, 120.6 + row * 8.4
        sheet.label(x, y - 4.4, wording.ICD, size=LABEL_PT)
        sheet.rule(x, y + 1.0, x + 28.0)
        if index < len(diagnosen):
            sheet.data(x, y, diagnose_text(diagnosen[index]), 28)
    sheet.rule(LEFT, 137.4, RIGHT)
    if shown:
        sheet.data(LEFT, 136.4, shown.au.diagnosetext or "", RIGHT - LEFT)


def _massnahmen(sheet: _Sheet, shown: AuEingabe | None) -> None:
    au = shown.au if shown else None
    right = LEFT + 36.4
    sheet.tick(LEFT, 140.4, au is not None and "sonstiger_unfall" in au.ursachen, *wording.SONSTIGER_UNFALL)
    sheet.tick(right, 140.4, au is not None and "ser" in au.ursachen, *wording.VERSORGUNGSLEIDEN)
    sheet.label(LEFT, 148.6, wording.MASSNAHMEN)
    sheet.tick(LEFT, 150.8, au is not None and au.reha, *wording.REHA)
    sheet.tick(right, 150.8, au is not None and au.wiedereingliederung, *wording.WIEDEREINGLIEDERUNG)
    sonstige = au.sonstige_massnahme if au else None
    sheet.tick(LEFT, 157.2, bool(sonstige), wording.SONSTIGE)
    sheet.rule(LEFT + 15.4, 160.7, RIGHT)
    sheet.data(LEFT + 15.4, 159.7, sonstige or "", RIGHT - LEFT - 15.4)


def _krankengeld(sheet: _Sheet, copy: AuCopy, shown: AuEingabe | None) -> None:
    au = shown.au if shown else None
    sheet.elements.append(Box(LEFT, 164.4, RIGHT - LEFT, 28.4 if copy.copy == "v" else 20.4, THICK))
    x = LEFT + 1.4
    sheet.elements.append(Text(x, 169.4, wording.KRANKENGELDFALL, Schrift.SANS_BOLD, BOLD_PT))
    sheet.tick(LEFT + 36.4, 166.6, au is not None and au.krankengeldfall, *wording.AB_WOCHE_7)
    sheet.tick(LEFT + 79.0, 166.6, au is not None and au.endbescheinigung, *wording.ENDBESCHEINIGUNG)
    sheet.elements.append(Text(x, 175.2, wording.HINWEIS_TITEL[copy.copy], Schrift.SANS_BOLD_ITALIC, BOLD_PT))
    sheet.elements.append(
        Paragraph(x, 178.8, RIGHT - LEFT - 2.8, wording.HINWEIS[copy.copy], Schrift.SANS_ITALIC, INFO_PT, 2.7)
    )


def _footer(sheet: _Sheet, copy: AuCopy, y: float) -> None:
    """Version and kind of the data set, the certificate number, and what ties paper and message together."""
    right = MIDDLE
    for step, (label, value) in enumerate((wording.DOKUMENTENVERSION, wording.DOKUMENTENTYP)):
        sheet.elements.append(Text(LEFT, y + step * 2.7, f"{label} {value}", Schrift.SANS, FOOT_PT))
    number = copy.pruefnummer or wording.KEINE_PRUEFNUMMER
    sheet.elements.append(Text(right, y, f"{wording.PRUEFNUMMER} {number}", Schrift.SANS, FOOT_PT))
    if copy.kennung is not None:
        sheet.elements.append(Text(right, y + 2.7, str(copy.kennung), Schrift.SANS, FOOT_PT))
    if copy.belegnummer is not None:
        sheet.elements.append(Text(LEFT, y + 5.4, f"Belegnummer: {copy.belegnummer}", Schrift.SANS, FOOT_PT))
    if copy.notiz is not None:
        sheet.elements.append(Text(right, y + 5.4, copy.notiz, Schrift.SANS, FOOT_PT))
    if copy.qr and copy.belegnummer is not None:
        # In the zone that is empty on a sheet without barcode, for the scanner that types it in later.
        sheet.elements.append(QrCode(RIGHT - 13.5, 39.0, 0.45, copy.belegnummer))
        sheet.elements.append(Text(RIGHT - 14.5, 50.5, copy.belegnummer, Schrift.SANS_BOLD, BOLD_PT, "right"))


def _address(eingabe: Eingabe) -> tuple[str, str]:
    """Street and town; a post box only where no street address exists (FB P7-10)."""
    person = eingabe.versicherter
    street = person.anschrift if person else None
    box = person.postfach if person else None
    if street is not None and (box is None or any((street.strasse, street.hausnummer, street.plz, street.ort))):
        return joined(street.strasse, street.hausnummer), joined(street.land, street.plz, street.ort)
    if box is not None:
        # Worded as the stylesheet words it.
        return f"Postfach: {box.postfach}", joined(box.land, box.plz, box.ort)
    return "", ""


def _day(day: date | None) -> str:
    return "" if day is None else f"{day:%d.%m.%Y}"


def _birth(text: str | None) -> str:
    """TT.MM.JJJJ from what is known; unknown parts are 00, as the stylesheet writes them."""
    if not text:
        return ""
    year, month, day = (*text.split("-"), "00", "00")[:3]
    return f"{day}.{month}.{year}"
