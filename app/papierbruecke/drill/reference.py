"""Where the official schemas and the eAU validator are, if they are beside the project (design §11)."""

import os
from functools import cache
from pathlib import Path


@cache
def reference_folder() -> Path | None:
    """The reference folder, or None: then the simulator falls back on its own checks."""
    folder = Path(os.environ.get("PAPIERBRUECKE_REFERENZ", Path(__file__).parents[4] / "shared"))
    return folder if (folder / "data").is_dir() else None
