"""Dates as people type them at a desk: ``27.11.``, ``271126``, ``27``, ``+4``, ``heute`` (pure)."""

import re
from datetime import date, timedelta

HINWEIS = "Bitte ein Datum wie 27.11.2026, 27.11. oder +4 (Tage)."
_MAX_DAYS = 999


def parse_date(text: str, heute: date) -> date | None:
    """The day that was meant, or None.

    A day without month is the next such day from ``heute`` on; two-digit years are of this
    century; ``+4`` counts from ``heute``; ``h`` or ``heute`` is today.
    """
    bare = text.strip().lower()
    if bare in ("h", "heute"):
        return heute
    offset = re.fullmatch(r"([+-])([0-9]{1,3})", bare)
    if offset:
        days = min(int(offset.group(2)), _MAX_DAYS)
        return heute + timedelta(days=days if offset.group(1) == "+" else -days)
    compact = re.fullmatch(r"([0-9]{2})([0-9]{2})([0-9]{2}|[0-9]{4})", bare)
    dotted = re.fullmatch(r"([0-9]{1,2})[.,/ -]([0-9]{1,2})[.,/ -]?([0-9]{2}|[0-9]{4})?", bare)
    iso = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", bare)
    single = re.fullmatch(r"([0-9]{1,2})\.?", bare)
    try:
        if iso:
            return date(int(iso.group(1)), int(iso.group(2)), int(iso.group(3)))
        if compact or dotted:
            day, month, year = (compact or dotted).groups()  # type: ignore[union-attr]
            return date(_year(year, heute), int(month), int(day))
        if single:
            return _next_day(int(single.group(1)), heute)
    except ValueError:
        return None
    return None


def _year(text: str | None, heute: date) -> int:
    if text is None:
        return heute.year
    return int(text) if len(text) == 4 else heute.year // 100 * 100 + int(text)


def _next_day(day: int, heute: date) -> date:
    month = date(heute.year, heute.month, 1)
    for _ in range(3):
        try:
            candidate = month.replace(day=day)
        except ValueError:
            candidate = None
        if candidate is not None and candidate >= heute:
            return candidate
        month = (month + timedelta(days=32)).replace(day=1)
    raise ValueError(day)


def parse_birthday(text: str) -> str | None:
    """A birthday as the card writes it (``JJJJ-MM-TT``, ``JJJJ-MM``, ``JJJJ``), or None.

    Two-digit years are refused: 25 may be 1925 or 2025. Unknown parts may be written as 00 (KVDT P2-430).
    """
    bare = re.sub(r"^(00[.,/ -])+", "", text.strip())
    full = re.fullmatch(r"([0-9]{1,2})[.,/ -]([0-9]{1,2})[.,/ -]([0-9]{4})", bare) or re.fullmatch(
        r"([0-9]{2})([0-9]{2})([0-9]{4})", bare
    )
    if full:
        day, month, year = full.groups()
        try:
            return date(int(year), int(month), int(day)).isoformat()
        except ValueError:
            return None
    month_only = re.fullmatch(r"([0-9]{1,2})[.,/]([0-9]{4})", bare)
    if month_only and 1 <= int(month_only.group(1)) <= 12:
        return f"{month_only.group(2)}-{int(month_only.group(1)):02d}"
    return bare if re.fullmatch(r"[0-9]{4}", bare) else None


def written(day: date) -> str:
    """``27.11.2026``."""
    return f"{day:%d.%m.%Y}"
