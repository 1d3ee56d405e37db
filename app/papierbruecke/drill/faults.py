"""Which disturbance hits next: the scenario's list, counted down as it strikes."""

import threading

from papierbruecke.drill.model import Stoerfall


class Faults:
    """The disturbances that are armed. Safe to ask from every server thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: list[tuple[Stoerfall, int]] = []  # with how often its place was passed
        self.released = threading.Event()  # set to end every slow answer at once

    def arm(self, stoerfaelle: tuple[Stoerfall, ...]) -> None:
        """Replace what is armed (a new state of the scenario)."""
        with self._lock:
            self._armed = [(fall, 0) for fall in stoerfaelle]

    def add(self, fall: Stoerfall) -> None:
        """Arm one more."""
        with self._lock:
            self._armed.append((fall, 0))

    def strike(self, stelle: str) -> Stoerfall | None:
        """The disturbance that hits this passage of ``stelle``, or None. ``jede`` = every n-th passage."""
        with self._lock:
            for index, (fall, passed) in enumerate(self._armed):
                if fall.stelle != stelle:
                    continue
                passed += 1
                self._armed[index] = (fall, passed)
                if passed % fall.jede:
                    continue
                if fall.anzahl is not None and passed // fall.jede >= fall.anzahl:
                    del self._armed[index]
                return fall
        return None

    def wait(self, dauer_s: float) -> None:
        """Take this long to answer; ends at once when the simulator stops."""
        if dauer_s > 0:
            self.released.wait(dauer_s)
