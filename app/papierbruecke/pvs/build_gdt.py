"""A record of the practice system's device interface, byte for byte: GDT 2.1 out (pure).

Strict where reading is tolerant: lengths are counted in the bytes of the character set, fields
stand in the order of the standard, nothing that only a card reader may claim is ever written.
Source: GDT 2.1 (QMS); domain sheet reconciliation §3.4, §11.1, §11.2.
"""

from collections.abc import Iterable
from typing import Literal

from papierbruecke.errors import Einwand, InputRefused

Zeichensatz = Literal["1", "2", "3"]
CODECS: dict[str, str] = {"1": "ascii", "2": "cp437", "3": "cp1252"}  # FK 9206
VERSION = "02.10"
TEXT_MAX = 60  # characters of a text field

NIE = frozenset({"4109", "4108", "4134", "3006", "3010", "3011", "3012", "3013"})
"""Only a successful read in the billing system makes these (KVDT P2-140 no. 7); never written here."""

Feld = tuple[str, str]


def build_record(
    satzart: str, empfaenger: str, absender: str, felder: Iterable[Feld], zeichensatz: Zeichensatz
) -> bytes:
    """One record with its head; ``felder`` are (FK, content) after the head, in their order.

    ``empfaenger`` and ``absender`` are the 8-character GDT-IDs (FK 8315, 8316). Raises
    InputRefused for a character that the character set does not have.
    """
    body = [("8315", empfaenger), ("8316", absender), ("9206", zeichensatz), ("9218", VERSION), *felder]
    forbidden = NIE & {fk for fk, _ in body}
    if forbidden:
        raise AssertionError(f"field {sorted(forbidden)} may only come from a card read in the billing system")
    codec = CODECS[zeichensatz]
    lines = [_line("8000", satzart, codec), _line("8100", "00000", codec)]
    lines += [_line(fk, content, codec) for fk, content in body if content]
    total = sum(map(len, lines))
    lines[1] = _line("8100", f"{total:05d}", codec)
    return b"".join(lines)


def _line(fk: str, content: str, codec: str) -> bytes:
    try:
        data = content.encode(codec)
    except UnicodeEncodeError as error:
        bad = f"U+{ord(content[error.start]):04X}"
        text = f"Ein Zeichen ({bad}) gibt es im Zeichensatz der Praxissoftware nicht; bitte ANSI einstellen."
        raise InputRefused((Einwand(f"gdt.{fk}", "GDT FK 9206", text),)) from None
    if b"\r" in data or b"\n" in data:
        raise AssertionError("a line of a record has one line")
    return f"{len(data) + 9:03d}{fk}".encode("ascii") + data + b"\r\n"


def text_fields(fk: str, text: str) -> list[Feld]:
    """A text as so many lines of this repeatable field as it needs, broken between words."""
    lines: list[str] = []
    current = ""
    for word in text.split():
        longer = f"{current} {word}".strip()
        if len(longer) <= TEXT_MAX:
            current = longer
            continue
        if current:
            lines.append(current)
        while len(word) > TEXT_MAX:
            lines.append(word[:TEXT_MAX])
            word = word[TEXT_MAX:]
        current = word
    return [(fk, line) for line in [*lines, current] if line]
