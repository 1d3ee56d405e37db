"""The trays of a printer as CUPS knows them, and a printer's name together with one of its trays.

Qt asks CUPS for printers and sizes, but not for trays: ``QPrinter.setPaperSource`` does nothing
there, and ``supportedPaperSources`` exists on Windows only. CUPS itself lists them as the choices
of ``InputSlot`` (PPD keyword, also made for driverless printers) and takes one with each job.
On Windows a tray is a second printer of the operating system with that tray as its default.
"""

import re
import shutil
import subprocess

TRAY_MARK = " · Fach "
OPTION = "InputSlot"
ASK_S = 5.0
_LINE = re.compile(rf"^{OPTION}(?:/[^:]*)?:(.*)$", re.MULTILINE)


def trays(drucker: str) -> tuple[str, ...] | None:
    """The trays of this printer in the words of its driver; None where nobody can be asked, or answers in time."""
    lpoptions = shutil.which("lpoptions")
    if lpoptions is None:
        return None
    try:
        answer = subprocess.run(  # noqa: S603 (a program of the system, by its full path, without a shell)
            [lpoptions, "-p", drucker, "-l"], capture_output=True, text=True, check=False, timeout=ASK_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    if not answer.stdout.strip():  # a queue whose driver is not to be had just now; every driver has options
        return None
    found = _LINE.search(answer.stdout)
    return tuple(choice.lstrip("*") for choice in found[1].split()) if found else ()


def with_trays(drucker: str) -> list[str]:
    """What can be chosen: the printer as it is set up, and each of its trays where it has several."""
    known = trays(drucker) or ()
    return [drucker, *(f"{drucker}{TRAY_MARK}{tray}" for tray in known if len(known) > 1)]


def split_tray(wahl: str) -> tuple[str, str | None]:
    """A choice as printer and tray; None = the printer's own default."""
    drucker, mark, tray = wahl.rpartition(TRAY_MARK)
    return (drucker, tray) if mark else (wahl, None)
