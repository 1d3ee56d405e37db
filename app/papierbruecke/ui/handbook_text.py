"""The German handbook as data: one text file, read by the help page and by the PDF (pure)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from papierbruecke.resources import folder

Art = Literal["kapitel", "absatz", "punkt", "schritt", "bild"]


@dataclass(frozen=True, slots=True)
class Block:
    """One piece: ``text`` is what is said; ``bild`` the name of the picture beside it."""

    art: Art
    text: str
    bild: str = ""


def handbook() -> list[Block]:
    """The handbook in order. Marks: ``# `` chapter, ``- `` point, ``1. `` step, ``![name] `` picture."""
    return list(_blocks((folder() / "handbuch" / "handbuch.txt").read_text(encoding="utf-8")))


def picture_path(name: str) -> Path | None:
    """Where the shipped picture of this name lies; None if there is none."""
    path = folder() / "handbuch" / "bilder" / f"{name}.png"
    return path if path.is_file() else None


def _blocks(source: str) -> Iterator[Block]:
    for line in filter(None, source.splitlines()):
        if line.startswith("# "):
            yield Block("kapitel", line[2:])
        elif line.startswith("- "):
            yield Block("punkt", line[2:])
        elif line.startswith("!["):
            name, caption = line[2:].split("] ", 1)
            yield Block("bild", caption, name)
        elif line[:1].isdigit() and line[1:3] == ". ":
            yield Block("schritt", line)
        else:
            yield Block("absatz", line)
