"""Where a page lies on the paper in the printer: offset, turn, and A4 instead of A6 (pure).

Offsets are counted on the form as one reads it: right and down, whatever way the sheet lies in
the tray. Nothing is ever scaled (BFB-FAQ 3.2.1: a scaled Personalienfeld is a listed error).
"""

from dataclasses import dataclass
from typing import Literal

from papierbruecke.settings_desk import DruckEinstellungen

Drehung = Literal[0, 90, 180, 270]
A4_MM = (210.0, 297.0)


@dataclass(frozen=True, slots=True)
class Lage:
    """Paper size as the printer sees it, and the form on it.

    ``ursprung_mm`` is where the form's top-left corner lies on the paper; from there the form
    is turned clockwise by ``drehung`` degrees and then moved by ``versatz_mm`` in its own axes.
    """

    papier_mm: tuple[float, float]
    ursprung_mm: tuple[float, float]
    drehung: Drehung
    versatz_mm: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Ziel:
    """One printer and how a form lies in it; ``drucker`` None = not chosen yet."""

    drucker: str | None
    versatz_mm: tuple[float, float] = (0.0, 0.0)
    drehung: Drehung = 0
    a4: bool = False


def ziel(settings: DruckEinstellungen, formular: str) -> Ziel:
    """The printer of a form: ``muster16``, ``au`` or ``ersatzschein``."""
    if formular == "muster16":
        return Ziel(
            settings.muster16_drucker,
            (settings.muster16_dx_mm, settings.muster16_dy_mm),
            settings.muster16_drehung,
            settings.muster16_papier == "a4",
        )
    if formular == "ersatzschein" and settings.ersatzschein_drucker is not None:
        # Its own printer or tray has its own place; the offset of the AU belongs to another one.
        return Ziel(settings.ersatzschein_drucker, (settings.ersatzschein_dx_mm, settings.ersatzschein_dy_mm))
    return Ziel(settings.au_drucker, (settings.au_dx_mm, settings.au_dy_mm), settings.au_drehung)


def place(width_mm: float, height_mm: float, target: Ziel) -> Lage:
    """A page of this size in that printer; on A4 it lies at the top left corner."""
    sideways = target.drehung in (90, 270)
    own = (height_mm, width_mm) if sideways else (width_mm, height_mm)
    corner = {0: (0.0, 0.0), 90: (height_mm, 0.0), 180: (width_mm, height_mm), 270: (0.0, width_mm)}
    return Lage(A4_MM if target.a4 else own, corner[target.drehung], target.drehung, target.versatz_mm)
