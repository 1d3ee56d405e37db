"""Cards for the tests: our own synthetic ones and the official cases of the reference folder."""

from datetime import date
from pathlib import Path

from papierbruecke.drill.card_image import Card, egk, load_card

KARTEN = Path(__file__).parents[1] / "resources" / "drill" / "karten"
HEUTE = date(2026, 11, 23)


def own_cards() -> list[Path]:
    return sorted(KARTEN.glob("*.json"))


def own_card(name: str) -> Card:
    return load_card(KARTEN / f"{name}.json")


def reference_case(referenz: Path, case: str) -> Card:
    folder = referenz / "data" / "cards" / "vsd" / case
    gvd = folder / f"{case}_gvd.xml"
    return egk(
        case,
        (folder / f"{case}_pd.xml").read_bytes(),
        (folder / f"{case}_vd.xml").read_bytes(),
        gvd.read_bytes() if gvd.exists() else None,
    )
