"""The real program at the moment somebody ends it: ``python tests/desk_that_ends.py FOLDER``.

Opens the window as ``papierbruecke`` does, types half a word and sends what is owed; says ``sendet``
when the Nachversand runs. The exit code is that of the program.
"""

import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from papierbruecke.ui.application import application, run
from papierbruecke.ui.main_window import MainWindow
from papierbruecke.wiring import Desk

LOOK_MS = 20
HALF_A_WORD = "Ramip"


def main() -> int:
    application()
    begun: list[str] = []

    def look() -> None:
        window = next((each for each in QApplication.topLevelWidgets() if isinstance(each, MainWindow)), None)
        if window is None or not window.quiet:
            return
        if not begun and window.outbox.sending.possible:
            window.reception.rezept.rows[0].mittel.edit.setText(HALF_A_WORD)
            window.show_place("nachbearbeitung")
            window.outbox.send()
            begun.append("sendet")
            print("sendet", flush=True)
            timer.stop()

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(LOOK_MS)
    return run(Desk(Path(sys.argv[1])))


if __name__ == "__main__":
    sys.exit(main())
