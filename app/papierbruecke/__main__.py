"""``python -m papierbruecke``: the command line, and without a command the window."""

import sys
from pathlib import Path


def open_window(daten: Path, passphrase: str | None, quiet: bool = False) -> int:
    """Open the window of this desk and stay until it is closed."""
    from papierbruecke.ui.application import run
    from papierbruecke.wiring import Desk

    return run(Desk(daten, passphrase=passphrase), quiet)


if __name__ == "__main__":
    from papierbruecke.cli import main

    sys.exit(main())
