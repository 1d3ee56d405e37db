"""Where everything stands on Muster 16: our own data file, read once (``resources/forms/muster16.json``).

Kept as data so that a new edition of the form is a change of numbers. Lengths in mm, origin
top-left, ``grundlinie`` = baseline. The numbers' source stands in the file.
"""

import json
from functools import cache
from typing import Any

from papierbruecke.pdf.canvas import Kasten
from papierbruecke.redact import Value
from papierbruecke.resources import folder


class Personalienlage(Value):
    """Left edge of column 1, distance of the columns, the seven baselines."""

    x: float
    raster: float
    groesse_pt: float
    grundlinien: tuple[float, ...]


class Kreuzlage(Value):
    """Centres of the boxes that take an X; ``zeichenhoehe_halb`` below the centre is the baseline."""

    groesse_pt: float
    zeichenhoehe_halb: float
    mitten: dict[str, tuple[float, float]]


class Ziffernlage(Value):
    """Centres of the boxes at the top right, each with its mark (KP7-60: the digit, not an X)."""

    groesse_pt: float
    grundlinie: float
    mitten: dict[str, tuple[str, float]]


class Stufe(Value):
    """One font size of the prescription rows and how many characters fit into a row."""

    groesse_pt: float
    zeichen: int


class Verordnungslage(Value):
    """The six rows, font sizes from large to small."""

    x: float
    x_ende: float
    grundlinien: tuple[float, ...]
    stufen: tuple[Stufe, ...]


class Stempellage(Value):
    """The stamp's box and the range of its font size."""

    kasten: tuple[float, float, float, float]
    groesse_pt_max: float
    groesse_pt_min: float


class Betriebslage(Value):
    """Place of the accident: one row if it fits, else two."""

    x: float
    grundlinien: tuple[float, ...]
    zweizeilig: tuple[float, ...]
    zeichen: int


class Unfalllage(Value):
    """The two fields for an Arbeitsunfall."""

    groesse_pt: float
    tag: tuple[float, float]
    betrieb: Betriebslage


class Vordruck(Value):
    """The pre-printed form itself: never printed by us, only drawn on screen."""

    kaesten: dict[str, tuple[float, float, float, float]]
    apotheke: dict[str, tuple[float, float, float, float]]
    codezeile: tuple[float, float, float, float]
    weisse_ecke: tuple[float, float, float, float]
    beschriftungen: dict[str, tuple[float, float, float, float]]
    linien: tuple[tuple[float, float, float, float], ...]
    texte: tuple[tuple[float, float, float, str], ...]

    def kasten(self, name: str) -> Kasten:
        """A pre-printed box by its name."""
        return Kasten(*self.kaesten[name])


class Muster16Geometrie(Value):
    """The whole sheet."""

    formular: str
    quelle: str
    einheit: str
    seite: tuple[float, float]
    personalienfeld: Personalienlage
    kreuz: Kreuzlage
    ziffern: Ziffernlage
    verordnung: Verordnungslage
    stempel: Stempellage
    unterschrift: tuple[float, float, float, float]
    unfall: Unfalllage
    vordruck: Vordruck


@cache
def muster16() -> Muster16Geometrie:
    """The geometry of Muster 16."""
    document: dict[str, Any] = json.loads((folder() / "forms" / "muster16.json").read_text(encoding="utf-8"))
    return Muster16Geometrie.model_validate(document)
