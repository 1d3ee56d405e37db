"""The window of a drill that a person plays: extra keys for the cards, what happens later, the score at the end."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QKeySequence, QShortcut

from papierbruecke.ui.application import application, live, open_main_window
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.score_window import Ergebnis, ScoreWindow


def live_in_window(
    desk: Desk,
    keys: Mapping[str, Callable[[], object]],
    later: Sequence[tuple[float, Callable[[], object]]],
    at_end: Callable[[], Ergebnis],
) -> None:
    """Open the window of this desk and stay until it is closed; then show the score until that is closed too.

    ``later``: seconds and what happens then; ``at_end`` is asked when nothing of the window uses its store any more.
    """
    app = application()
    window = open_main_window(desk)
    window.stays_in_tray = False  # closing the window ends the playing and brings the score
    for key, action in keys.items():
        QShortcut(QKeySequence(key), window).activated.connect(action)
    timers = [_timer(window, seconds, action) for seconds, action in later]
    live(app, window)
    for timer in timers:  # what was still to come is not played any more
        timer.stop()
    score = ScoreWindow(at_end())
    score.closed.connect(app.quit)
    score.show()
    app.exec()


def _timer(window: QObject, seconds: float, action: Callable[[], object]) -> QTimer:
    timer = QTimer(window)
    timer.setSingleShot(True)
    timer.timeout.connect(action)
    timer.start(round(seconds * 1000))
    return timer
