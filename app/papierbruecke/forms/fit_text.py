"""Bring a value into its cell: smaller, then on more lines, and only then visibly cut (pure)."""

from papierbruecke.forms.layout import mono_pitch_mm, wrap

CUT = "…"


class TooLong(Exception):
    """The text does not fit at this size on this number of lines."""


def joined(*parts: str | None) -> str:
    """The parts that exist, with exactly one blank between them (A4a 2.3)."""
    return " ".join(" ".join(part.split()) for part in parts if part and part.strip())


def fit(text: str, width_mm: float, size_pt: float, smallest_pt: float, lines: int = 1) -> tuple[float, list[str]]:
    """Size and lines in which a text in the data font stays inside ``width_mm``.

    Sizes go down in steps of a fifth of a point to ``smallest_pt``; more than one line is used
    only there. Raises TooLong if even that is too little: the caller decides whether a rule
    allows to cut (``cut``) or the form is refused.
    """
    size = size_pt
    while size > smallest_pt and len(text) * mono_pitch_mm(size) > width_mm:
        size = max(smallest_pt, round(size - 0.2, 2))
    if len(text) * mono_pitch_mm(size) <= width_mm:
        return size, [text]
    broken = wrap(text.split(), _room(width_mm, size))
    if len(broken) > lines:
        raise TooLong
    return size, broken


def fit_or_cut(
    text: str, width_mm: float, size_pt: float, smallest_pt: float, lines: int = 1
) -> tuple[float, list[str]]:
    """Like ``fit``, but what fits nowhere ends in a visible mark; only where a rule allows to cut."""
    try:
        return fit(text, width_mm, size_pt, smallest_pt, lines)
    except TooLong:
        room = _room(width_mm, smallest_pt) * lines
        shorter = text[: room - 1]
        while True:
            try:
                return fit(shorter.rstrip() + CUT, width_mm, smallest_pt, smallest_pt, lines)
            except TooLong:
                shorter = shorter[:-1]


def _room(width_mm: float, size_pt: float) -> int:
    return max(1, int(width_mm / mono_pitch_mm(size_pt) + 1e-6))
