"""The window on a real X server, with the keys of a real keyboard: Qt hears them from the server, not from us."""

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parents[1]
BOUND_S = 60.0
BUDGET = 10  # keystrokes beside the text of the medicine, design §7


class Person:
    """Somebody at the keyboard who looks at the screen before the next key."""

    def __init__(self, display: str, window: "subprocess.Popen[str]") -> None:
        self._display = display
        self._window = window
        self._seen: queue.Queue[dict[str, Any]] = queue.Queue()
        self._last: dict[str, Any] = {}
        self.pressed = 0
        self.eyes = threading.Thread(target=self._read)
        self.eyes.start()

    def _read(self) -> None:
        assert self._window.stdout is not None
        for line in self._window.stdout:
            self._seen.put(json.loads(line))

    def sees(self, what: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait until the window shows it."""
        while not (self._last and what(self._last)):
            try:
                self._last = self._seen.get(timeout=BOUND_S)
            except queue.Empty:
                pytest.fail(f"the window stayed at {self._last}")
        return self._last

    def press(self, *keys: str) -> None:
        self.pressed += len(keys)
        self._hands("key", *keys)

    def type(self, text: str) -> None:
        self._hands("type", "--delay", "5", text)

    def _hands(self, *words: str) -> None:
        subprocess.run(["xdotool", *words], check=True, env=os.environ | {"DISPLAY": self._display})


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Person]:
    missing = [name for name in ("Xvfb", "xdotool") if shutil.which(name) is None]
    if missing:
        reason = f"not installed: {' and '.join(missing)} (packaging/prepare.sh installs them)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1920x1080x24", "-nolisten", "tcp"],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as told:
        display = f":{told.readline().strip()}"
    window = subprocess.Popen(
        [sys.executable, str(TESTS / "desk_on_screen.py"), str(tmp_path / "platz")],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ
        | {
            "DISPLAY": display,
            "QT_QPA_PLATFORM": "xcb",
            "PYTHONPATH": os.pathsep.join((str(TESTS.parent / "app"), str(TESTS))),
        },
    )
    made = Person(display, window)
    try:
        yield made
    finally:
        for process in (window, server):
            process.terminate()
            process.wait(BOUND_S)
        made.eyes.join(BOUND_S)
        assert window.stdout is not None
        window.stdout.close()


def test_a_muster_16_from_the_patient_to_printed(person: Person) -> None:
    person.sees(lambda at: at["quiet"] and at["focus"] == "mittel_0")
    person.press("F2")
    person.sees(lambda at: at["quiet"] and at["patient"])
    person.type("Ramipril Test 5 mg")
    person.sees(lambda at: at["quiet"] and at["text"] == "Ramipril Test 5 mg")
    person.press("Return", "Return")
    person.sees(lambda at: at["focus"] == "dosierung_0")
    person.type("1-0-0")
    person.press("F9")
    person.sees(lambda at: at["question"] == "Ist das Blatt richtig gedruckt?")
    person.press("j")
    last = person.sees(lambda at: at["quiet"] and at["question"] == "" and at["states"] == ["gedruckt"])
    assert last["printed"] == 1
    assert last["focus"] == "mittel_0"
    assert person.pressed <= BUDGET


def test_f1_esc_and_letters_with_alt(person: Person) -> None:
    person.sees(lambda at: at["quiet"] and at["focus"] == "mittel_0")
    person.press("F1")
    person.sees(lambda at: at["place"] == "hilfe")
    person.press("Escape")
    person.sees(lambda at: at["place"] == "empfang")
    person.press("F5")
    person.sees(lambda at: at["focus"] == "au_bis")
    person.press("alt+s")
    person.sees(lambda at: at["focus"] == "au_seit")
    person.press("F3")
    person.sees(lambda at: at["focus"] == "hand_nachname")
    person.press("alt+o")  # letters of the entry, while the cursor is in it
    person.sees(lambda at: at["focus"] == "hand_ort")
    person.press("F5", "alt+s")
    person.sees(lambda at: at["focus"] == "au_seit")
    person.press("F4", "alt+1")
    person.sees(lambda at: at["focus"] == "mittel_0")
    person.press("alt+d")
    person.sees(lambda at: at["focus"] == "dosierung_0")
    person.press("F3")
    person.sees(lambda at: at["focus"] == "hand_nachname")
    person.press("Escape", "F12")
    person.sees(lambda at: at["place"] == "betriebsart")
    person.press("F12")
    person.sees(lambda at: at["place"] == "empfang")
