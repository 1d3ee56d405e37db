"""How the desk looks: colours as tokens, and the style sheet made of them.

The values are data (``resources/theme``): three themes (light, dark, high contrast) with the
same names. ``PAIRS`` lists every text-on-ground pair that a screen may show; the contrast
test walks it. Sizes written as ``sp`` in the style sheet follow the text size of the desk.
"""

import json
import re
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from string import Template

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from papierbruecke import resources

PAIRS = (
    ("ink", "background"),
    ("ink", "surface"),
    ("ink", "raised"),
    ("ink", "accent_soft"),
    ("ink2", "background"),
    ("ink2", "surface"),
    ("ink2", "unknown_soft"),
    ("accent", "surface"),
    ("accent", "accent_soft"),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("ok", "surface"),
    ("ok", "ok_soft"),
    ("warn", "surface"),
    ("warn", "warn_soft"),
    ("bad", "surface"),
    ("bad", "bad_soft"),
    ("paper", "surface"),
    ("paper", "paper_soft"),
    ("on_paper", "paper"),
    ("ink", "paper_soft"),
    ("ink2", "paper_soft"),
    ("unknown", "surface"),
    ("unknown", "unknown_soft"),
    ("ink", "bad_soft"),
    ("ink", "warn_soft"),
    ("ink", "ok_soft"),
    ("surface", "ink"),
)
"""Text colour and ground, each at least 4.5:1 in every theme (WCAG 2.2, 1.4.3)."""


class Ton(StrEnum):
    """The meaning of a colour; always beside a word and a symbol, never alone."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"
    PAPER = "paper"
    UNKNOWN = "unknown"
    ACCENT = "accent"


class Thema(StrEnum):
    """The three looks."""

    HELL = "hell"
    DUNKEL = "dunkel"
    KONTRAST = "kontrast"


@dataclass(frozen=True, slots=True)
class Look:
    """What is shown now: the theme and the size of the text (1.0 to 2.0)."""

    thema: Thema = Thema.HELL
    text: float = 1.0

    def color(self, token: str) -> QColor:
        """The colour behind a token."""
        return QColor(tokens(self.thema)[token])

    def px(self, size: float) -> int:
        """A text-bound size in pixels."""
        return round(size * self.text)


TEXT_STEPS = (1.0, 1.15, 1.3, 1.5, 1.75, 2.0)
_current = Look()


def wished(thema: str, text: float) -> Look:
    """The look that the settings ask for; "system" keeps light or dark as it is."""
    return Look(current().thema if thema == "system" else Thema(thema), text)


def resized(look: Look, step: int) -> Look:
    """The same look with the text one step larger or smaller, up to 200 %."""
    index = min(range(len(TEXT_STEPS)), key=lambda i: abs(TEXT_STEPS[i] - look.text))
    return Look(look.thema, TEXT_STEPS[max(0, min(index + step, len(TEXT_STEPS) - 1))])


def current() -> Look:
    """The look that was applied last; painted widgets ask it for their colours."""
    return _current


@cache
def tokens(thema: Thema) -> dict[str, str]:
    """The tokens of one theme: name to ``#RRGGBB``."""
    table = json.loads((resources.folder() / "theme" / "tokens.json").read_text(encoding="utf-8"))
    values: dict[str, str] = table[thema.value]
    return values


def contrast(front: QColor, ground: QColor) -> float:
    """The contrast ratio of two colours, 1 to 21. Source: WCAG 2.2, relative luminance."""
    lighter, darker = sorted((_luminance(front), _luminance(ground)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.03928 else float(((part + 0.055) / 1.055) ** 2.4)

    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())


def stylesheet(look: Look) -> str:
    """The style sheet for one look."""
    text = (resources.folder() / "theme" / "desk.qss").read_text(encoding="utf-8")
    text = re.sub(r"\b(\d+(?:\.\d+)?)sp\b", lambda m: f"{look.px(float(m.group(1)))}px", text)
    images = {
        "haken": _tinted("haken", look, "on_accent"),
        "pfeil": _tinted("pfeil_unten", look, "ink2"),
    }
    return Template(text).substitute(tokens(look.thema) | images)


@cache
def _tinted_folder() -> tempfile.TemporaryDirectory[str]:
    """Style sheets take images only as files; the folder lives as long as the program."""
    return tempfile.TemporaryDirectory(prefix="papierbruecke-bilder-")


def _tinted(name: str, look: Look, token: str) -> str:
    source = (resources.folder() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    path = f"{_tinted_folder().name}/{name}-{look.thema.value}.svg"
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(source.replace("#000000", tokens(look.thema)[token]).replace('"1.5"', '"2.6"'))
    return path.replace("\\", "/")


@cache
def load_fonts() -> None:
    """Make Inter known to this process; the desk looks the same on every computer."""
    for path in sorted((resources.folder() / "fonts").glob("Inter*.otf")):
        if QFontDatabase.addApplicationFont(str(path)) < 0:
            raise AssertionError("a shipped font cannot be loaded")


def choose(app: QApplication, look: Look) -> None:
    """Fonts and colours of one look, for everything that is made or painted from now on.

    The style sheet is set on each part of the window when it is whole (``dress``): set on the
    application it would be worked through anew for every widget that finds its place.
    """
    global _current
    _current = look
    load_fonts()
    font = QFont("Inter")
    font.setPixelSize(look.px(15))
    font.setFeature(QFont.Tag("tnum"), 1)  # figures of equal width: columns of numbers stand straight
    app.setFont(font)
    if app.style().name() != "fusion":
        app.setStyle(QStyleFactory.create("Fusion"))
    app.setPalette(_palette(look))


def _palette(look: Look) -> QPalette:
    palette = QPalette()
    for role, token in (
        (QPalette.ColorRole.Window, "background"),
        (QPalette.ColorRole.WindowText, "ink"),
        (QPalette.ColorRole.Base, "surface"),
        (QPalette.ColorRole.AlternateBase, "surface"),
        (QPalette.ColorRole.Text, "ink"),
        (QPalette.ColorRole.Button, "surface"),
        (QPalette.ColorRole.ButtonText, "ink"),
        (QPalette.ColorRole.Highlight, "accent"),
        (QPalette.ColorRole.HighlightedText, "on_accent"),
        (QPalette.ColorRole.PlaceholderText, "ink2"),
        (QPalette.ColorRole.ToolTipBase, "ink"),
        (QPalette.ColorRole.ToolTipText, "surface"),
        (QPalette.ColorRole.Link, "accent"),
    ):
        palette.setColor(role, look.color(token))
    return palette


def dress(part: QWidget, sheet: str) -> bool:
    """Give a part of the window its style sheet; whether it is another one than before."""
    if part.styleSheet() == sheet:
        return False
    part.setStyleSheet(sheet)
    return True


def mark(widget: QWidget, **properties: str) -> None:
    """Set style properties (``ton``, ``stil``, ``rang`` …) and let the style sheet follow."""
    for name, value in properties.items():
        widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
