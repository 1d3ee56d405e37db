"""Handbook and desk card as PDF, with the pictures of a drill: those that are shipped, or fresh ones.

``handbook_pictures`` knows when those that are shipped are stale.
"""

from pathlib import Path

from papierbruecke import __version__
from papierbruecke.pdf.canvas import Kasten
from papierbruecke.pdf.flow import LEFT_MM, Fluss, Spaltenkopf
from papierbruecke.pdf.fonts import Schrift
from papierbruecke.ui.handbook_text import handbook, picture_path
from papierbruecke.ui.keys import IM_AUSFALL, IM_FORMULAR, TASTEN, shown

PICTURE_MM = 125.0
FUSS = f"Papierbrücke {__version__} · kein Medizinprodukt, keine KBV-Zertifizierung"
_TASTEN = (Spaltenkopf("Taste", 26, fett=True), Spaltenkopf("Was sie tut", 148))


def render_handbook(bilder: Path | None) -> bytes:
    """The handbook, A4. ``bilder``: pictures of a drill (``07-papierbetrieb.png``); else the shipped ones."""
    flow = Fluss("Handbuch", kopf="Papierbrücke", fuss=FUSS, uebung=False)
    for block in handbook():
        match block.art:
            case "kapitel":
                flow.heading(block.text)
            case "bild":
                _picture(flow, picture_path(block.bild) if bilder is None else taken(bilder, block.bild), block.text)
            case "punkt":
                flow.paragraph(f"•  {block.text}", size_pt=10.5)
            case _:
                flow.paragraph(block.text, size_pt=10.5)
                flow.space(1)
    flow.heading("Alle Tasten")
    flow.table(_TASTEN, _keys())
    return flow.as_bytes()


def render_desk_card() -> bytes:
    """One page for the desk: the five steps of an outage and every key."""
    flow = Fluss("Tischkarte", kopf="Papierbrücke", fuss=FUSS, uebung=False)
    flow.heading("Wenn die TI ausfällt", 15)
    for step in IM_AUSFALL:
        flow.paragraph(step, size_pt=11.5)
        flow.space(1)
    flow.heading("Tasten", 15)
    flow.table(_TASTEN, _keys())
    return flow.as_bytes()


def _keys() -> list[tuple[str, str]]:
    return [*((shown(taste.key), taste.text) for taste in TASTEN), *IM_FORMULAR]


def taken(bilder: Path, name: str) -> Path | None:
    """The picture with this name among the numbered ones of a drill."""
    return next(iter(sorted(bilder.glob(f"[0-9][0-9]-{name}.png"))), None)


def _picture(flow: Fluss, path: Path | None, caption: str) -> None:
    if path is None:
        return
    data = path.read_bytes()
    width, height = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")  # PNG, IHDR
    height_mm = PICTURE_MM * height / width
    flow.keep(height_mm + 10)
    flow.space(2)
    box = (LEFT_MM, PICTURE_MM, height_mm)
    flow.place(height_mm, lambda page, y: page.picture(data, Kasten(box[0], y, box[0] + box[1], y + box[2])))
    flow.space(1)
    flow.paragraph(caption, schrift=Schrift.SANS, size_pt=8.5)
    flow.space(2)
