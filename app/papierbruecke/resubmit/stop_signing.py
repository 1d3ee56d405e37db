"""A cancelled Stapel is stopped at the Konnektor too, or its terminal goes on asking for the PIN.

Source: SignatureService 7.5 StopSignature; domain sheet ti-detection §1.10.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator

from papierbruecke.konnektor.model import Konnektor, KonnektorFehler

LOOK_S = 0.2  # how often it is looked whether somebody cancelled, and a refused stop tried again


@contextlib.contextmanager
def stopping(konnektor: Konnektor, cancel: threading.Event) -> Iterator[Callable[[str], None]]:
    """While the block signs: ``cancel`` ends the job whose number was given to what is yielded.

    ``sign`` holds its caller until the Konnektor answers, so this looks from a thread of its own. A Konnektor that
    does not know the job yet is asked again.
    """
    done = threading.Event()
    jobs: list[str] = []

    def watch() -> None:
        while not done.wait(LOOK_S):
            if jobs and cancel.is_set():
                with contextlib.suppress(KonnektorFehler):
                    konnektor.signatur_stoppen(jobs[-1])
                    return

    thread = threading.Thread(target=watch, name="stop-signing", daemon=True)
    thread.start()
    try:
        yield jobs.append
    finally:
        done.set()
        thread.join()
