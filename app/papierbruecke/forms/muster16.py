"""Muster 16: which sheets a prescription needs and what stands where on each (pure).

Only variable text: the pink original carries the form, and nothing but text and strike-outs
is printed on it (BFB ch. 1). Rows, sizes and refusals follow AVWG P3-720; the boxes FB KP7-60
and KP7-80; DiGA VDGA P4-342.
"""

from collections.abc import Iterator

from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.forms.geometry import Stufe, muster16
from papierbruecke.forms.layout import Text, mono_pitch_mm, wrap
from papierbruecke.forms.personalienfeld import personalien_of, zeilen
from papierbruecke.forms.stempel import stempel
from papierbruecke.forms.too_long import too_long
from papierbruecke.forms.verordnungstext import DICHTEN, rows_of
from papierbruecke.pdf.fonts import Schrift
from papierbruecke.record.model import RezeptEingabe, RezepturPosition
from papierbruecke.redact import PatientValue

ROWS = 6
ROWS_PER_ITEM = 2  # each item stands beside its aut idem box
FORMULAR = "muster16"


class Blatt(PatientValue):
    """One pink sheet: the indexes of its items, its six rows as printed, and every text on it."""

    positionen: tuple[int, ...]
    zeilen: tuple[str, ...]
    groesse_pt: float
    texte: tuple[Text, ...]


class _Rows(PatientValue):
    """The prescription area of one sheet: rows from the top, and where each item begins (from 0)."""

    positionen: tuple[int, ...]
    anfaenge: tuple[int, ...]
    zeilen: tuple[str, ...]
    stufe: Stufe


def blaetter(eingabe: RezeptEingabe, *, unfall_mit_status: bool = True) -> tuple[Blatt, ...]:
    """The sheets of a prescription, in the order of printing.

    Raises InputRefused if something does not fit even in the smallest font: nothing is ever
    cut but where a rule says so (AVWG P3-720 AK7).
    """
    areas, einwaende = _areas(eingabe)
    block, stempel_einwaende = stempel(eingabe)
    unfall, unfall_einwaende = _unfall(eingabe)
    einwaende += stempel_einwaende + unfall_einwaende
    if einwaende:
        raise InputRefused(tuple(einwaende))
    same = (*_personalien(eingabe, unfall_mit_status), *_kreuze(eingabe), *unfall, *block)
    return tuple(
        Blatt(
            positionen=area.positionen,
            zeilen=area.zeilen,
            groesse_pt=area.stufe.groesse_pt,
            texte=(*same, *_aut_idem(eingabe, area), *_verordnung(area)),
        )
        for area in areas
    )


def layout_objections(eingabe: RezeptEingabe) -> list[Einwand]:
    """What does not fit on the form; empty = printable."""
    try:
        blaetter(eingabe)
    except InputRefused as refused:
        return list(refused.einwaende)
    return []


def eingabe_of(eingabe: RezeptEingabe, blatt: Blatt) -> RezeptEingabe:
    """The part of a prescription that stands on one sheet; printing it gives that sheet again."""
    kept = tuple(eingabe.rezept.positionen[index] for index in blatt.positionen)
    return eingabe.model_copy(update={"rezept": eingabe.rezept.model_copy(update={"positionen": kept})})


# -- the prescription area ---------------------------------------------------


def _areas(eingabe: RezeptEingabe) -> tuple[list[_Rows], list[Einwand]]:
    """The prescription area of every sheet: as few sheets as possible (P3-720 AK6), in order."""
    positionen = eingabe.rezept.positionen
    if eingabe.rezept.art == "diga":
        return [_diga(eingabe, index) for index in range(len(positionen))], []
    einwaende = [
        einwand
        for index in range(len(positionen))
        if not _fits_alone(eingabe, index)
        for einwand in too_long(eingabe, index, _fits_alone)
    ]
    if einwaende:
        return [], list(dict.fromkeys(einwaende))  # one diagnosis stands below every item
    areas: list[_Rows] = []
    alone: list[_Rows] = []
    for index, position in enumerate(positionen):
        before = areas[-1].positionen if areas else ()
        if isinstance(position, RezepturPosition):  # K3-723 AK1: nothing else on its sheet
            alone.append(_need(_best(eingabe, (index,))))
        elif before and (together := _best(eingabe, (*before, index))) is not None:
            areas[-1] = together
        else:
            areas.append(_need(_best(eingabe, (index,))))
    return areas + alone, []


def _fits_alone(eingabe: RezeptEingabe, index: int) -> bool:
    return _best(eingabe, (index,)) is not None


def _need(area: _Rows | None) -> _Rows:
    if area is None:
        raise AssertionError("an item that fits alone was lost")
    return area


def _best(eingabe: RezeptEingabe, indexes: tuple[int, ...]) -> _Rows | None:
    """These items on one sheet: the clearest arrangement first, in it the largest font (P3-720 AK5)."""
    stufen = muster16().verordnung.stufen
    tries = (_fit(eingabe, indexes, stufe, dichte) for dichte in range(DICHTEN) for stufe in stufen)
    return next((area for area in tries if area is not None), None)


def _fit(eingabe: RezeptEingabe, indexes: tuple[int, ...], stufe: Stufe, dichte: int) -> _Rows | None:
    """These items in the six rows of one sheet at this size, or None.

    At first every item begins beside its own aut idem box; closer together it may begin one row
    lower, but never two items at one box.
    """
    rows: list[str] = []
    starts: list[int] = []
    for index in indexes:
        if dichte == 0:
            rows += [""] * (-len(rows) % ROWS_PER_ITEM)
        starts.append(len(rows))
        rows += rows_of(eingabe.rezept.positionen[index], stufe.zeichen, dichte)
    if eingabe.rezept.diagnose:
        rows += wrap(f"Diagnose: {eingabe.rezept.diagnose}".split(), stufe.zeichen)
    if len(rows) > ROWS or len({start // ROWS_PER_ITEM for start in starts}) < len(starts):
        return None
    rows += [""] * (ROWS - len(rows))
    return _Rows(positionen=indexes, anfaenge=tuple(starts), zeilen=tuple(rows), stufe=stufe)


def _diga(eingabe: RezeptEingabe, index: int) -> _Rows:
    """The six-row pattern of VDGA P4-342 AK2; the name is cut at the right if two rows do not suffice."""
    position = eingabe.rezept.positionen[index]
    name, pzn = getattr(position, "name", "").split(), getattr(position, "pzn", "")
    stufen = muster16().verordnung.stufen
    stufe = next((s for s in stufen if len(wrap(name, s.zeichen)) <= 2), stufen[-1])
    rows = [*wrap(name, stufe.zeichen), "", ""][:2]
    return _Rows(
        positionen=(index,),
        anfaenge=(0,),
        zeilen=("Digitale Gesundheitsanwendung", "", f"PZN{pzn}", "", *rows),
        stufe=stufe,
    )


# -- texts and their places --------------------------------------------------


def _personalien(eingabe: RezeptEingabe, unfall_mit_status: bool) -> Iterator[Text]:
    lage = muster16().personalienfeld
    lines = zeilen(personalien_of(eingabe, unfall_mit_status=unfall_mit_status))
    for number, (line, y) in enumerate(zip(lines, lage.grundlinien, strict=True), start=1):
        for column, word in _words_in(line):
            yield Text(
                rolle=f"personalienfeld.{number}",
                x=lage.x + column * lage.raster,
                y=y,
                text=word,
                schrift=Schrift.MONO,
                groesse_pt=lage.groesse_pt,
                raster=lage.raster,
            )


def _words_in(line: str) -> Iterator[tuple[int, str]]:
    """Runs of text with their column from 0; single blanks stay inside a run."""
    column = 0
    for run in line.split("  "):
        bare = run.strip()
        if bare:
            yield column + run.index(bare), bare
        column += len(run) + 2


def _kreuz(name: str) -> Text:
    lage = muster16().kreuz
    x, y = lage.mitten[name]
    return Text(
        rolle=f"kreuz.{name}",
        x=x,
        y=y + lage.zeichenhoehe_halb,
        text="X",
        schrift=Schrift.MONO_BOLD,
        groesse_pt=lage.groesse_pt,
        mittig=True,
    )


def _ziffer(name: str) -> Text:
    lage = muster16().ziffern
    mark, x = lage.mitten[name]
    return Text(
        rolle=f"kreuz.{name}",
        x=x,
        y=lage.grundlinie,
        text=mark,
        schrift=Schrift.MONO_BOLD,
        groesse_pt=lage.groesse_pt,
        mittig=True,
    )


def _kreuze(eingabe: RezeptEingabe) -> Iterator[Text]:
    rezept = eingabe.rezept
    if rezept.art != "diga":  # P4-342 AK5; design §6.4
        yield _kreuz("gebuehr_frei" if rezept.gebuehr == "frei" else "geb_pfl")
    if rezept.noctu:
        yield _kreuz("noctu")
    if rezept.sonstige or eingabe.versicherung.typ == "SKT":
        yield _kreuz("sonstige")
    if rezept.unfall:
        yield _kreuz("unfall")
    if rezept.arbeitsunfall is not None:
        yield _kreuz("arbeitsunfall")
    if rezept.ser:
        yield _ziffer("ser")
    # Practice stock of Hilfsmittel carries 7 and 9 together, of vaccines 8 and 9.
    if rezept.art == "hilfsmittel" or (
        rezept.art == "sprechstundenbedarf" and all(p.hilfsmittelnummer for p in rezept.positionen)
    ):
        yield _ziffer("hilfsmittel")
    if rezept.impfstoff:
        yield _ziffer("impfstoff")
    if rezept.art == "sprechstundenbedarf":
        yield _ziffer("sprechstundenbedarf")
    if rezept.begruendungspflicht:
        yield _ziffer("begruendungspflicht")


def _aut_idem(eingabe: RezeptEingabe, area: _Rows) -> Iterator[Text]:
    for index, start in zip(area.positionen, area.anfaenge, strict=True):
        if eingabe.rezept.positionen[index].aut_idem_ausgeschlossen:
            yield _kreuz(f"aut_idem_{start // ROWS_PER_ITEM + 1}")


def _verordnung(area: _Rows) -> Iterator[Text]:
    lage = muster16().verordnung
    for number, (row, y) in enumerate(zip(area.zeilen, lage.grundlinien, strict=True), start=1):
        yield Text(
            rolle=f"verordnung.{number}" if row else f"strich.{number}",
            x=lage.x,
            y=y,
            text=row or "-" * area.stufe.zeichen,
            schrift=Schrift.MONO,
            groesse_pt=area.stufe.groesse_pt,
            raster=mono_pitch_mm(area.stufe.groesse_pt),
        )


def _unfall(eingabe: RezeptEingabe) -> tuple[list[Text], list[Einwand]]:
    unfall, lage = eingabe.rezept.arbeitsunfall, muster16().unfall
    if unfall is None:
        return [], []
    rows = wrap(unfall.unfallbetrieb.split(), lage.betrieb.zeichen)
    if len(rows) > len(lage.betrieb.zweizeilig):
        text = f"Höchstens zwei Zeilen zu {lage.betrieb.zeichen} Zeichen; bitte kürzer schreiben."
        return [], [Einwand("rezept.arbeitsunfall.unfallbetrieb", "FB KP7-80", text)]
    baselines = lage.betrieb.grundlinien if len(rows) == 1 else lage.betrieb.zweizeilig
    placed = [(lage.tag[0], lage.tag[1], f"{unfall.unfalltag:%d.%m.%y}", "unfalltag")]
    placed += [(lage.betrieb.x, y, row, "unfallbetrieb") for row, y in zip(rows, baselines, strict=False)]
    return [
        Text(
            rolle=rolle,
            x=x,
            y=y,
            text=text,
            schrift=Schrift.MONO,
            groesse_pt=lage.groesse_pt,
            raster=mono_pitch_mm(lage.groesse_pt),
        )
        for x, y, text, rolle in placed
    ], []
