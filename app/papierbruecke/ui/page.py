"""What every place of the window can do: be entered, and do its one main action (F9)."""

from PySide6.QtWidgets import QWidget


class Page:
    """Mixed into the widgets of the places."""

    def enter(self) -> None:
        """Somebody came here: put the cursor where work begins, read what may have changed."""

    def dressed(self) -> None:
        """The page took on another look: fit what was measured by the old one."""

    def main_action(self) -> None:
        """F9."""


def page_of(widget: QWidget) -> Page:
    """A place of the window, as a page."""
    assert isinstance(widget, Page)
    return widget
