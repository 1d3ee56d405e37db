"""The entries of a file that a practice brings along, one by one, counted, until somebody stops it."""

import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, TypeVar

from papierbruecke.errors import Cancelled, Einwand, InputRefused

PROGRESS_EVERY = 200

T = TypeVar("T")


def entries_of(
    path: Path,
    read: Callable[[IO[bytes]], Iterable[T]],
    on_progress: Callable[[int], None] | None,
    cancel: threading.Event | None,
) -> Iterator[T]:
    """What ``read`` finds in this file; the store that takes them keeps all or none.

    Raises ``Cancelled`` at the next entry after ``cancel`` was set, InputRefused for a file that cannot be read.
    """
    try:
        with path.open("rb") as stream:
            for number, entry in enumerate(read(stream), start=1):
                if cancel is not None and cancel.is_set():
                    raise Cancelled
                if on_progress is not None and number % PROGRESS_EVERY == 0:
                    on_progress(number)
                yield entry
    except OSError as error:
        raise InputRefused((Einwand("datei", "Aufruf", f"Die Datei lässt sich nicht lesen: {path.name}"),)) from error


def taken_in(number: int) -> str:
    """How many entries came in, as a sentence: ``1 Eintrag eingelesen.``, ``12.345 Einträge eingelesen.``"""
    words = "1 Eintrag" if number == 1 else f"{number:,} Einträge".replace(",", ".")
    return f"{words} eingelesen."
