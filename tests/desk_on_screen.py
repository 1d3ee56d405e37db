"""The window over the scripted desk as a program of its own, for a test that sits at a real screen.

``python tests/desk_on_screen.py FOLDER``: says on stdout, one JSON line per change, what a person
would see (place, field with the cursor, question, what was printed) until it is closed.
"""

import json
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from desk_twin import DeskTwin
from papierbruecke.ui.application import application
from papierbruecke.ui.background import Background
from papierbruecke.ui.main_window import MainWindow

LOOK_MS = 20


def main() -> None:
    app = application()
    desk = DeskTwin(Path(sys.argv[1]))
    window = MainWindow(desk, Background(desk.close))
    window.closed.connect(app.quit)
    window.show()
    window.activateWindow()
    window.start()
    told: list[str] = []

    def tell() -> None:
        focus = QApplication.focusWidget()
        form = window.reception.form
        line = json.dumps(
            {
                "place": window.place,
                "focus": focus.objectName() if focus is not None else "",
                "text": str(focus.property("text") or "") if focus is not None else "",
                "quiet": window.quiet,
                "patient": window.reception.card.patient is not None,
                "question": form.bar.question,
                "printed": len(desk.printer_twin.printed),
                "states": [beleg.zustand.value for beleg in desk.belege()],
            }
        )
        if told[-1:] != [line]:
            told.append(line)
            print(line, flush=True)

    timer = QTimer()
    timer.timeout.connect(tell)
    timer.start(LOOK_MS)
    app.exec()


if __name__ == "__main__":
    main()
