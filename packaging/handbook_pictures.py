"""Write ``resources/handbuch/bilder``: the pictures of the handbook, taken from a drill that is played now.

By hand, when ``tests/ui/test_ui_handbook.py`` says that they are stale:

    python packaging/handbook_pictures.py [ORDNER einer Uebung]

Without a folder the drill is played anew. The pictures are made small (a few hundred kB in all).
"""

import os
import sys
import tempfile
from pathlib import Path

from PIL import Image

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "app"))

from papierbruecke.uebung import play  # noqa: E402
from papierbruecke.uebung.handbook import taken  # noqa: E402
from papierbruecke.uebung.handbook_pictures import STAND, fingerprint, picture_names  # noqa: E402

TARGET = ROOT / "resources" / "handbuch" / "bilder"
SIZE = (960, 600)
COLOURS = 64


def main() -> None:
    """Play, or take what was played; keep what the handbook shows."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(made) / "uebung"
        if len(sys.argv) == 1:
            play("vpn-zugangsdienst", folder, windowless=True, tempo=30.0)
        TARGET.mkdir(exist_ok=True)
        for old in TARGET.iterdir():
            old.unlink()
        for name in picture_names():
            path = taken(folder / "bilder", name)
            assert path is not None, f"the drill took no picture {name}"
            with Image.open(path) as picture:
                small = picture.convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)
                small.quantize(COLOURS).save(TARGET / f"{name}.png", optimize=True)
    (TARGET / STAND).write_text(f"{fingerprint()}\n", encoding="utf-8")
    print(f"{sum(path.stat().st_size for path in TARGET.iterdir()) // 1024} kB in {TARGET}")


if __name__ == "__main__":
    main()
