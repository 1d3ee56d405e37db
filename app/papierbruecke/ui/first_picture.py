"""What would stand between the click and the first picture of the window, put out of the way.

Two things that a start does not need cost a quarter of it: the collector of cycles, which goes
over everything that was just read again and again, and a hook of the Qt binding, which from its
first import on reads the source text of every module once more, looking for ``__feature__``
(nobody uses that here), and keeps it in memory.
"""

import builtins
import gc


def make_way() -> None:
    """Before anything of Qt is imported; ``picture_stands`` ends it."""
    gc.disable()
    plain = builtins.__import__
    import PySide6.QtCore  # noqa: F401  (installs the hook)

    builtins.__import__ = plain


def picture_stands() -> None:
    """The window is there: collect again, but never more go over what stays as long as the program.

    Without ``make_way`` before (a test, a command that opens a window on its way) nothing changes.
    """
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
