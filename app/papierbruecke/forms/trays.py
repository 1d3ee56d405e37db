"""A printer's name together with one of its trays, as it is chosen and stored ("Empfang · Fach Tray2")."""

from collections.abc import Sequence

TRAY_MARK = " · Fach "


def with_trays(drucker: str, known: Sequence[str] | None) -> list[str]:
    """What can be chosen: the printer as it is set up, and each of its trays where it has several."""
    return [drucker, *(f"{drucker}{TRAY_MARK}{tray}" for tray in known or () if known and len(known) > 1)]


def split_tray(wahl: str) -> tuple[str, str | None]:
    """A choice as printer and tray; None = the printer's own default."""
    drucker, mark, tray = wahl.rpartition(TRAY_MARK)
    return (drucker, tray) if mark else (wahl, None)
