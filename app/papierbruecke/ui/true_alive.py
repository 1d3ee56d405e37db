"""A guard against a counting error of the Qt binding that would end the program after some hours.

PySide 6.12 returns ``True`` from every ``Signal.emit`` without counting that reference. From
Python 3.12 on ``True`` is immortal and nothing happens; on 3.11 the count of ``True`` falls by
one with each signal until the interpreter aborts ("deallocating True or False"). The guard
lifts the count once, beyond what any number of signals can take away.
"""

import ctypes
import sys

_SPARE = 1 << 48 if sys.maxsize > 1 << 32 else 1 << 28
_lifted = False


def keep_true_alive() -> None:
    """Make ``True`` as good as immortal, as newer Pythons do by themselves; once is enough."""
    global _lifted
    if _lifted or sys.version_info >= (3, 12) or sys.implementation.name != "cpython":
        return
    # The count is the first word of every object (CPython 3.11, Include/object.h).
    ctypes.c_ssize_t.from_address(id(True)).value += _SPARE
    _lifted = True
