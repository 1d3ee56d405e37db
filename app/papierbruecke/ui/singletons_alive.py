"""A guard against a counting error of the Qt binding that would end the program after some hours.

PySide 6.12 returns ``None``, ``True`` and ``False`` from many calls (every ``Signal.emit``, every
``setText``) without counting that reference. From Python 3.12 on they are immortal and nothing
happens; on 3.11 their counts fall with each call until the interpreter aborts ("deallocating
None", "deallocating True or False"). The guard lifts the counts once, beyond what any number
of calls can take away.
"""

import ctypes
import sys

_SPARE = 1 << 48 if sys.maxsize > 1 << 32 else 1 << 28
_lifted = False


def keep_singletons_alive() -> None:
    """Make the three as good as immortal, as newer Pythons do by themselves; once is enough."""
    global _lifted
    if _lifted or sys.version_info >= (3, 12) or sys.implementation.name != "cpython":
        return
    for singleton in (None, True, False):
        # The count is the first word of every object (CPython 3.11, Include/object.h).
        ctypes.c_ssize_t.from_address(id(singleton)).value += _SPARE
    _lifted = True
