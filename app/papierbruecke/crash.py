"""What may be told about a bug: type and places in our code, never a value."""

import hashlib
import traceback
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CrashReport:
    """A crash without patient data: a short code to name, and the trace of places.

    Exception messages are left out on purpose: nobody can know what they quote.
    """

    code: str
    trace: str


def describe(bug: BaseException) -> CrashReport:
    """Reduce an exception to its type and the lines it went through."""
    lines: list[str] = []
    error: BaseException | None = bug
    while error is not None:
        for frame in traceback.extract_tb(error.__traceback__):
            lines.append(f"  {frame.filename.rsplit('papierbruecke', 1)[-1].lstrip('/')}:{frame.lineno} {frame.name}")
        lines.append(type(error).__name__)
        error = error.__cause__
    trace = "\n".join(lines)
    return CrashReport(hashlib.sha256(trace.encode()).hexdigest()[:8], trace)
