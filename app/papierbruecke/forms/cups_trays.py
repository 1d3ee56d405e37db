"""The trays of a printer as CUPS knows them, and a job that takes its paper from one.

Qt asks CUPS for printers and sizes, but not for trays: ``QPrinter.setPaperSource`` does nothing
there, and ``supportedPaperSources`` exists on Windows only. CUPS itself lists them as the choices
of ``InputSlot`` (PPD keyword, also made for driverless printers) and takes one with each job.
"""

import re
import shutil
import subprocess

OPTION = "InputSlot"
CUPS_OPTIONS = 0xFE00
"""Options of a CUPS job as a list of names and values (``PPK_CupsOptions``, qcups_p.h); other engines ignore it."""
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


def job_option(drucker: str, tray: str) -> tuple[int, object] | None:
    """What the print engine is told so that the job takes its paper there."""
    return CUPS_OPTIONS, [OPTION, tray]
