"""The trays of a printer as the Windows spooler names them, and a job that takes its paper from one.

Qt knows the numbers but not the names, and its binding for Python not even the list
(``supportedPaperSources``). The spooler itself has both: ``DeviceCapabilities`` with ``DC_BINNAMES``
and ``DC_BINS`` (Win32, wingdi.h). A job is told its tray through Qt: the number of the driver from
``DMBIN_USER`` on, below it Qt's own number for the same tray (qprintengine_win.cpp, PPK_PaperSource).
"""

import ctypes
import sys
from collections.abc import Callable
from typing import Any

DC_BINS, DC_BINNAMES = 6, 12
NAME_LENGTH = 24
DMBIN_USER = 256
PAPER_SOURCE = 0x0C
"""``QPrintEngine.PPK_PaperSource``."""
_QT_NUMBERS = {1: 0, 2: 1, 3: 2, 4: 3, 5: 4, 6: 5, 7: 6, 8: 7, 9: 8, 10: 9, 11: 10, 14: 11, 15: 12}
"""DMBIN_* of wingdi.h, and ``QPrinter.PaperSource`` for the same tray."""

Ask = Callable[[str, int, Any], int]


def _spooler(drucker: str, what: int, buffer: Any) -> int:
    """``DeviceCapabilitiesW``: how many, and with a buffer also which; -1 = no answer."""
    if sys.platform != "win32":
        return -1
    return int(ctypes.WinDLL("winspool.drv").DeviceCapabilitiesW(drucker, None, what, buffer, None))


def bins(drucker: str, ask: Ask = _spooler) -> dict[str, int] | None:
    """The trays by name with the driver's number; None where the spooler does not answer."""
    count = ask(drucker, DC_BINS, None)
    if count < 0 or ask(drucker, DC_BINNAMES, None) != count:
        return None
    numbers, names = (ctypes.c_uint16 * count)(), ctypes.create_unicode_buffer(max(1, count * NAME_LENGTH))
    if count and (ask(drucker, DC_BINS, numbers) != count or ask(drucker, DC_BINNAMES, names) != count):
        return None
    found: dict[str, int] = {}
    for index, number in enumerate(numbers):
        name = "".join(names[index * NAME_LENGTH : (index + 1) * NAME_LENGTH]).split("\0")[0].strip()
        if name and (number >= DMBIN_USER or number in _QT_NUMBERS):
            found.setdefault(name, int(number))
    return found


def trays(drucker: str) -> tuple[str, ...] | None:
    """The trays of this printer in the words of its driver; None where nobody answers."""
    known = bins(drucker)
    return None if known is None else tuple(known)


def job_option(drucker: str, tray: str, ask: Ask = _spooler) -> tuple[int, object] | None:
    """What the print engine is told so that the job takes its paper there; None: nothing, the tray is gone."""
    number = (bins(drucker, ask) or {}).get(tray)
    if number is None:
        return None
    return PAPER_SOURCE, number if number >= DMBIN_USER else _QT_NUMBERS[number]
