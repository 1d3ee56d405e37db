"""GDT files of the practice system: lines, lengths, character sets (pure).

A line is three digits length, four digits field (FK), content, CR LF; the length counts all of
it in bytes. Tolerant where public software differs, strict where a length does not fit: then
a part of a name may be missing. Source: GDT 2.1 (QMS), reconciliation.md §11.1.
"""

import re
from collections.abc import Iterator
from typing import Literal

from papierbruecke.card.model import Warnung
from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.redact import PatientValue

MAX_BYTES = 2_000_000
MAX_OBJECTIONS = 20
HEAD_BYTES = 7  # length and field
LINE_END = 2  # CR LF are counted
FK_SATZART, FK_SATZLAENGE, FK_ZEICHENSATZ, FK_VERSION = "8000", "8100", "9206", "9218"

Zeichensatz = Literal["7bit", "cp437", "cp1252", "iso8859-15", "utf-8"]
_DECLARED: dict[str, Zeichensatz] = {"1": "7bit", "2": "cp437", "3": "cp1252"}
# The German seven-bit code puts umlauts where ASCII has brackets (DIN 66003).
_DIN_66003 = str.maketrans("[\\]{|}~", "ÄÖÜäöüß")
_ANSI_LETTERS = frozenset("äöüÄÖÜß".encode("cp1252"))


class Satz(PatientValue):
    """One record: ``satzart`` (6301 …) and every field in its order, also unknown ones."""

    satzart: str
    felder: tuple[tuple[str, str], ...]
    zeichensatz: Zeichensatz
    warnungen: tuple[Warnung, ...] = ()

    def first(self, fk: str) -> str | None:
        """The first content of this field, without blanks around; None if missing or empty."""
        return next((text.strip() for field, text in self.felder if field == fk and text.strip()), None)


class _Line(PatientValue):
    number: int
    length: int
    fk: str
    content: bytes


def parse(data: bytes) -> tuple[Satz, ...]:
    """Every record of a file; raises InputRefused with every objection, each naming its line.

    Rules named in the objections: ``GDT Zeilenende``, ``GDT Zeilenlänge``, ``GDT FK 8100``
    (record length), ``GDT FK 9206`` (character set), ``GDT Aufbau``.
    """
    lines = _lines(data)
    if not lines or lines[0].fk != FK_SATZART:
        raise _refused("GDT Aufbau", "Das ist keine GDT-Datei: Sie beginnt nicht mit der Satzart (Feld 8000).")
    starts = [index for index, line in enumerate(lines) if line.fk == FK_SATZART]
    groups = [lines[a:b] for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]
    _check_lengths(lines)
    _check_record_lengths(groups)
    return tuple(_record(group) for group in groups)


def _refused(regel: str, text: str) -> InputRefused:
    return InputRefused((Einwand("datei", regel, text),))


# -- lines ---------------------------------------------------------------------


def _lines(data: bytes) -> list[_Line]:
    if len(data) > MAX_BYTES:
        raise _refused("GDT Aufbau", "Die Datei ist zu groß für eine GDT-Datei.")
    body = data.removeprefix(b"\xef\xbb\xbf").rstrip(b"\x1a\0")  # byte order mark; end marks of old programs
    if not body.strip():
        raise _refused("GDT Aufbau", "Die Datei ist leer.")
    return list(_split(body))


def _split(body: bytes) -> Iterator[_Line]:
    parts = body.split(b"\n")
    if parts[-1].strip():
        raise _refused("GDT Zeilenende", "Die letzte Zeile ist nicht abgeschlossen; die Datei ist unvollständig.")
    for number, raw in enumerate(parts[:-1], start=1):
        if not raw.strip():
            continue
        if not raw.endswith(b"\r"):
            raise _refused("GDT Zeilenende", f"Zeile {number} endet nicht mit CR LF. Bitte die Datei neu ausgeben.")
        line = raw[:-1]
        if not re.fullmatch(rb"[0-9]{7}", line[:HEAD_BYTES]):
            raise _refused("GDT Aufbau", f"Zeile {number} beginnt nicht mit Länge und Feldkennung.")
        yield _Line(number=number, length=int(line[:3]), fk=line[3:7].decode("ascii"), content=line[7:])


def _counted(line: _Line) -> int:
    return HEAD_BYTES + len(line.content) + LINE_END


def _check_lengths(lines: list[_Line]) -> None:
    wrong = [line for line in lines if line.length != _counted(line)]
    if not wrong:
        return
    if all(_fits_as_utf_8(line) for line in wrong):
        raise _refused(
            "GDT FK 9206",
            "Die Datei ist in UTF-8 geschrieben, aber ihre Längen zählen einen anderen Zeichensatz. Bitte in der "
            "Praxissoftware den Zeichensatz ANSI oder IBM einstellen.",
        )
    raise InputRefused(
        tuple(
            Einwand(
                f"zeile[{line.number}].{line.fk}",
                "GDT Zeilenlänge",
                f"Zeile {line.number}: angegebene Länge {line.length}, gezählt {_counted(line)}. Ein Teil kann fehlen.",
            )
            for line in wrong[:MAX_OBJECTIONS]
        )
    )


def _fits_as_utf_8(line: _Line) -> bool:
    try:
        return line.length == HEAD_BYTES + len(line.content.decode("utf-8")) + LINE_END
    except UnicodeDecodeError:
        return False


def _check_record_lengths(groups: list[list[_Line]]) -> None:
    for group in groups:
        total = sum(line.length for line in group)
        for line in group:
            if line.fk != FK_SATZLAENGE:
                continue
            said = line.content.strip().decode("ascii", "replace")
            if not said.isdigit() or int(said) != total:
                raise InputRefused(
                    (
                        Einwand(
                            f"zeile[{line.number}].{FK_SATZLAENGE}",
                            "GDT FK 8100",
                            f"Die Satzlänge passt nicht: gezählt {total}. Die Datei ist unvollständig oder beschädigt.",
                        ),
                    )
                )


# -- one record ----------------------------------------------------------------


def _record(group: list[_Line]) -> Satz:
    warnungen: list[Warnung] = []
    declared = next(
        (line.content.strip().decode("ascii", "replace") for line in group if line.fk == FK_ZEICHENSATZ), ""
    )
    zeichensatz = _character_set(declared, b"".join(line.content for line in group), warnungen)
    if not any(line.fk == FK_SATZLAENGE for line in group):
        warnungen.append(Warnung(code="gdt.satzlaenge", text="Die Satzlänge (Feld 8100) fehlt in der GDT-Datei."))
    return Satz(
        satzart=group[0].content.strip().decode("ascii", "replace"),
        felder=tuple((line.fk, _decode(line.content, zeichensatz)) for line in group),
        zeichensatz=zeichensatz,
        warnungen=tuple(warnungen),
    )


def _character_set(declared: str, content: bytes, warnungen: list[Warnung]) -> Zeichensatz:
    """The declared character set if it can be right, else the one that fits, with a remark."""
    high = bytes(byte for byte in content if byte >= 0x80)
    chosen = _DECLARED.get(declared)
    if not high:
        return chosen or "cp437"
    guessed = _guess(content, high)
    fits = chosen is not None and chosen != "7bit" and guessed != "utf-8" and _decodes(content, chosen)
    if fits and chosen is not None:
        return chosen
    warnungen.append(
        Warnung(
            code="gdt.zeichensatz",
            text="Der Zeichensatz der GDT-Datei ist nicht oder falsch angegeben. Bitte die Umlaute im Namen prüfen.",
        )
    )
    return guessed


def _guess(content: bytes, high: bytes) -> Zeichensatz:
    if _decodes(content, "utf-8"):
        return "utf-8"
    if set(high) <= _ANSI_LETTERS:
        return "cp1252"
    if any(0x80 <= byte <= 0x9F for byte in high):
        return "cp437"
    return "iso8859-15"


def _decodes(content: bytes, zeichensatz: Zeichensatz) -> bool:
    try:
        content.decode(zeichensatz)
    except UnicodeDecodeError:
        return False
    return True


def _decode(content: bytes, zeichensatz: Zeichensatz) -> str:
    if zeichensatz == "7bit":
        return content.decode("ascii").translate(_DIN_66003)
    return content.decode(zeichensatz)
