"""``python -m papierbruecke``: the command line, and without a command the window."""

import sys

from papierbruecke.cli import main

if __name__ == "__main__":
    sys.exit(main())
