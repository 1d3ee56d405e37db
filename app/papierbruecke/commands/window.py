"""Without a command: the window."""

from papierbruecke.commands.answer import Given, open_desk


def window(given: Given) -> int:
    """Open the window of this desk and stay until it is closed."""
    from papierbruecke.ui.first_picture import make_way

    make_way()
    from papierbruecke.ui.application import run

    return run(open_desk(given), quiet=bool(given.get("leise")))
