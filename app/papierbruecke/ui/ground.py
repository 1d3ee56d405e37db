"""How the window is laid out: line, banner, places beside pages, keys at the foot."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget


def pages_ground(navigation: QWidget, notice: QWidget, pages: QWidget) -> QWidget:
    """What a lock hides: the places at the left, the page at the right."""
    right = QWidget()
    right.setObjectName("seiten")
    inner = QVBoxLayout(right)
    inner.setContentsMargins(18, 16, 18, 14)
    inner.setSpacing(10)
    inner.addWidget(notice)
    inner.addWidget(pages, 1)
    work = QWidget()
    middle = QHBoxLayout(work)
    middle.setContentsMargins(0, 0, 0, 0)
    middle.setSpacing(0)
    middle.addWidget(navigation)
    middle.addWidget(right, 1)
    return work


def window_ground(line: QWidget, banner: QWidget, cover: QWidget, foot: QWidget) -> QWidget:
    """Everything, from the line of the mode to the keys."""
    ground = QWidget()
    ground.setObjectName("fenster")
    layout = QVBoxLayout(ground)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    layout.addWidget(line)
    layout.addWidget(banner)
    layout.addWidget(cover, 1)
    layout.addWidget(foot)
    return ground
