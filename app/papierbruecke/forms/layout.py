"""Printed text as data: what stands where on a sheet, before any PDF exists (pure)."""

from papierbruecke.pdf.fonts import MM_PER_POINT, Schrift
from papierbruecke.redact import PatientValue

MONO_ADVANCE_EM = 0.6
"""Width of one character of a Courier-like face: 10 characters per inch at 12 pt."""


class Text(PatientValue):
    """One line of text. ``x`` is its left edge or, with ``mittig``, its middle; ``y`` its baseline (mm).

    ``rolle`` names the field (``personalienfeld.3``, ``kreuz.noctu``, ``verordnung.2``,
    ``strich.6``, ``stempel.1``). ``raster`` sets monospaced text exactly on a grid (mm).
    """

    rolle: str
    x: float
    y: float
    text: str
    schrift: Schrift
    groesse_pt: float
    mittig: bool = False
    raster: float | None = None


def mono_pitch_mm(groesse_pt: float) -> float:
    """Distance of two characters of a monospaced face: 2.54 mm at 12 pt."""
    return groesse_pt * MONO_ADVANCE_EM * MM_PER_POINT


def wrap(words: list[str], width: int) -> list[str]:
    """Rows of at most ``width`` characters; a word longer than a row is broken, nothing is lost."""
    rows: list[str] = []
    for word in words:
        pieces = [word[start : start + width] for start in range(0, len(word), width)]
        for piece in pieces:
            if rows and len(rows[-1]) + 1 + len(piece) <= width and piece is pieces[0]:
                rows[-1] += f" {piece}"
            else:
                rows.append(piece)
    return rows
