"""Entry of the frozen program."""

import sys

from papierbruecke.cli import main

sys.exit(main())
