"""The one bridge between the window and the services.

Services are plain blocking Python; each runs in a lane (a thread of its own, strictly one
job after the other), so that nothing blocks the window and no two jobs of a lane meet.
Every job comes back exactly once on the main thread: with its result, with a failure that a
person can mend, or as a crash report. Never with neither.
"""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from papierbruecke.crash import CrashReport, describe
from papierbruecke.errors import EnvironmentFailure, InputRefused
from papierbruecke.outbox.store import TransitionRefused
from papierbruecke.ui.singletons_alive import keep_singletons_alive

LANES = ("card", "outbox", "send", "print", "lists", "watch")
PROBES = "probe"
PROBE_THREADS = 3

Failure = EnvironmentFailure | InputRefused | TransitionRefused
"""What a caller must be ready to show; everything else is a bug."""

_T = TypeVar("_T")


def failure_text(failure: Failure) -> str:
    """The German sentence for a failure."""
    match failure:
        case EnvironmentFailure():
            number = f" Der Beleg {failure.belegnummer} ist gespeichert." if failure.belegnummer else ""
            return failure.text + number
        case InputRefused():
            return " ".join(dict.fromkeys(einwand.text for einwand in failure.einwaende))
        case TransitionRefused():
            return "Dieser Beleg steht inzwischen anders. Die Liste ist neu geladen; bitte noch einmal ansehen."


class Background(QObject):
    """Lanes for blocking work. Lives on the main thread and belongs to the window.

    Lanes: ``card``, ``outbox``, ``send``, ``print``, ``lists`` (imports, backups: nothing that a
    Beleg waits for), ``watch`` (one thread each), ``probe`` (a small pool for previews and tests
    of the set-up). Signals: ``crashed`` carries the ``CrashReport`` of a bug; ``idle`` tells that
    nothing short is under way any more (``watch`` runs all day and counts only at the end);
    ``stopping`` that the window is about to go, so that long work ends at its next step.
    """

    crashed = Signal(object)
    idle = Signal()
    stopping = Signal()
    _arrived = Signal(object)

    def __init__(self, end_of_lane: Callable[[], None] | None = None) -> None:
        """``end_of_lane`` runs once in every lane at the end (give back what the thread opened)."""
        super().__init__()
        keep_singletons_alive()
        self._end_of_lane = end_of_lane
        self._lanes = {name: ThreadPoolExecutor(1, thread_name_prefix=f"lane-{name}") for name in LANES}
        self._lanes[PROBES] = ThreadPoolExecutor(PROBE_THREADS, thread_name_prefix="lane-probe")
        self._open: Counter[str] = Counter()
        self._winding_down = False
        self._stopped = False
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        lane: str,
        work: Callable[[], _T],
        on_done: Callable[[_T], None] | None = None,
        on_failure: Callable[[Failure], None] | None = None,
    ) -> None:
        """Do ``work`` in a lane; call ``on_done(result)`` or ``on_failure(failure)`` on the main thread."""
        if self._stopped:
            return
        self._open[lane] += 1

        def job() -> None:
            outcome = _attempt(work)

            def settle() -> None:
                self._open[lane] -= 1
                try:
                    self._settle(outcome, on_done, on_failure)
                finally:
                    if self._counts(lane) and not self.busy:
                        self.idle.emit()

            self._arrived.emit(settle)

        self._lanes[lane].submit(job)

    def post(self, call: Callable[[], None]) -> None:
        """Let a running job show something: ``call`` runs on the main thread, in order."""
        self._arrived.emit(call)

    @property
    def busy(self) -> bool:
        """Whether any short job is still under way; at the end the watch counts as well."""
        return any(number for lane, number in self._open.items() if self._counts(lane))

    def _counts(self, lane: str) -> bool:
        return lane != "watch" or self._winding_down

    @Slot(object)
    def _deliver(self, call: Callable[[], None]) -> None:
        if not self._stopped:
            call()

    def _settle(
        self,
        outcome: "_Done | Failure | CrashReport",
        on_done: Callable[[Any], None] | None,
        on_failure: Callable[[Failure], None] | None,
    ) -> None:
        match outcome:
            case CrashReport():
                self.crashed.emit(outcome)
            case _Done(value):
                if on_done is not None:
                    on_done(value)
            case failure if on_failure is not None:
                on_failure(failure)
            case failure:
                # A failure that nobody wants to show would be lost: that is a bug of the window.
                self.crashed.emit(describe(failure))

    def wind_down(self) -> None:
        """The end is near: long work stops at its next step. ``idle`` tells when nothing at all is under way."""
        if not self._winding_down:
            self._winding_down = True
            self.stopping.emit()

    def stop(self) -> None:
        """Finish what is under way, give back what the lanes opened, deliver nothing more."""
        if self._stopped:
            return
        self.wind_down()
        self._stopped = True
        endings: list[Future[None]] = []
        if self._end_of_lane is not None:
            endings = [self._lanes[name].submit(self._end_of_lane) for name in LANES]
        for lane in self._lanes.values():
            lane.shutdown(wait=True)
        for ending in endings:
            ending.result()


@dataclass(frozen=True, slots=True)
class _Done:
    value: object


def _attempt(work: Callable[[], object]) -> "_Done | Failure | CrashReport":
    try:
        return _Done(work())
    except (EnvironmentFailure, InputRefused, TransitionRefused) as failure:
        return failure
    except BaseException as bug:
        return describe(bug)
