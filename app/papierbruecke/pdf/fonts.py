"""The typefaces on paper: shipped with the program, embedded in every file.

Liberation Mono stands on Courier's grid and covers all of ISO 8859-15, so it replaces the
Courier that KBV forms ask for ("another metrically compatible typeface", VDGA P4-342 AK4).
"""

import threading
from enum import StrEnum

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from papierbruecke.resources import folder

MM_PER_POINT = 25.4 / 72

_lock = threading.Lock()


class Schrift(StrEnum):
    """A typeface; the value is the name of its file under ``resources/fonts``."""

    MONO = "LiberationMono-Regular"
    MONO_BOLD = "LiberationMono-Bold"
    SANS = "LiberationSans-Regular"
    SANS_BOLD = "LiberationSans-Bold"
    SANS_ITALIC = "LiberationSans-Italic"
    SANS_BOLD_ITALIC = "LiberationSans-BoldItalic"


def register(schrift: Schrift) -> str:
    """Make a typeface known to the PDF library and return its name there; reads the file once."""
    with _lock:
        if schrift.value not in pdfmetrics.getRegisteredFontNames():
            path = folder() / "fonts" / f"{schrift.value}.ttf"
            pdfmetrics.registerFont(TTFont(schrift.value, str(path)))
    return schrift.value


def width_mm(text: str, schrift: Schrift, size_pt: float) -> float:
    """How wide this text is on paper, without kerning (none is printed)."""
    width_pt: float = pdfmetrics.stringWidth(text, register(schrift), size_pt)
    return width_pt * MM_PER_POINT
