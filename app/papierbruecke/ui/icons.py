"""The one icon family: outlines from ``resources/icons``, tinted with a token of the theme."""

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QPushButton, QWidget

from papierbruecke import resources
from papierbruecke.ui import theme

BUTTON_PX = 18
BUTTON_MOST_PX = 22  # beyond, the words of large buttons lose their place


@cache
def _source(name: str) -> str:
    return (resources.folder() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


def outline(name: str, color: str, stroke: str) -> str:
    """An icon as SVG in one colour (``#RRGGBB``) and one width of line."""
    return _source(name).replace("#000000", color).replace('"1.5"', f'"{stroke}"')


def pixmap(name: str, tint: str, size: int, ratio: float = 2.0, stroke: float = 1.5) -> QPixmap:
    """An icon as pixels: ``size`` in logical pixels, drawn ``ratio`` times finer."""
    svg = outline(name, theme.current().color(tint).name(), str(stroke))
    image = QPixmap(round(size * ratio), round(size * ratio))
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, image.width(), image.height()))
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image


def icon(name: str, tint: str = "ink2", checked: str | None = None, size: int = 24) -> QIcon:
    """An icon for a button, with its own tint while the button is on."""
    made = QIcon(pixmap(name, tint, size))
    if checked is not None:
        made.addPixmap(pixmap(name, checked, size), QIcon.Mode.Normal, QIcon.State.On)
    return made


def dress(button: QPushButton) -> None:
    """Draw the icon of a button (property ``symbol``) in the colours and the size of the look."""
    symbol = button.property("symbol")
    if symbol:
        side = min(theme.current().px(BUTTON_PX), BUTTON_MOST_PX)
        button.setIconSize(QSize(side, side))
        button.setIcon(icon(symbol, "on_accent" if button.property("rang") == "haupt" else "accent", size=side))


def dress_all(window: QWidget) -> None:
    """The look changed: every button of the window."""
    for button in window.findChildren(QPushButton):
        dress(button)


def badge(name: str, tint: str, size: int, ratio: float = 2.0) -> QPixmap:
    """A state symbol: the outline in the colour of the ground, on a full round of the tone."""
    image = QPixmap(round(size * ratio), round(size * ratio))
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.current().color(tint))
    painter.drawEllipse(0, 0, image.width(), image.height())
    inset = image.width() * 0.14
    svg = outline(name, theme.current().color("surface").name(), "3")
    inner = QRectF(inset, inset, image.width() - 2 * inset, image.height() - 2 * inset)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, inner)
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image
